"""Ctrl-C: once keeps the best plan, before a first plan nothing is written, twice leaves at once."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from planner.domain.result import Progress
from tests.cli.conftest import Month
from tests.cli.district import MONTH, content, run


def test_once_keeps_the_best_plan_and_says_so(month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from planner.solve import month as stages

    real = stages.solve_match

    def interrupted(case: Any, seed: int, work: Any, tell: Any, cancel: Any, *more: Any) -> Any:
        def press(step: Progress) -> None:
            if not cancel():
                signal.raise_signal(signal.SIGINT)
            tell(step)

        return real(case, seed, work, press, cancel, *more)

    monkeypatch.setattr(stages, "solve_match", interrupted)
    result = run("plan", month.source, "--month", MONTH, "--out", tmp_path, "--json", tmp_path / "v.json")
    values = content(tmp_path / "v.json")
    assert result.exit_code == 0, result.output
    assert (values["repeatable"], values["violations"], values["counterfactuals"]) == (False, 0, {})
    assert values["entries"] is not None
    assert "Ctrl-C" in result.stderr
    assert run("verify", tmp_path / "plan.json", "--case", month.source).exit_code == 0


def test_before_a_first_plan_nothing_is_written(month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from planner.service.month import planning

    real = planning.prepare_month

    def interrupted(*arguments: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return real(*arguments)

    monkeypatch.setattr(planning, "prepare_month", interrupted)
    result = run("plan", month.source, "--month", MONTH, "--out", tmp_path / "out")
    assert result.exit_code == 130
    assert not (tmp_path / "out").exists()


def test_twice_leaves_at_once(month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from planner.service.month import planning

    def interrupted(*_: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(planning, "prepare_month", interrupted)
    assert run("plan", month.source, "--month", MONTH, "--out", tmp_path / "out").exit_code == 130
    assert not (tmp_path / "out").exists()
    assert signal.getsignal(signal.SIGINT) is before
