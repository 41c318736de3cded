"""The commands on filings, results, duties and the evaluation, run on a small folder of tables."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from tests.intake_reading.cases import csv_folder, good


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The good case with one more result, which has no code."""
    raw = good()
    raw["results"].append(
        {"result_id": "R2", "site_id": "S2", "agency_id": "SCJG", "date": date(2026, 5, 13), "result": "已停业"}
    )
    return csv_folder(tmp_path_factory.mktemp("commands"), raw)


def run(*words: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(app, [*words, "--json", "-"])
    return done.exit_code, json.loads(done.stdout)


def test_filings_say_what_bars_publishing(folder: Path) -> None:
    """A01-4.3.1: the bureau's leg alone is no route."""
    code, told = run("filings", str(folder), "--month", "2026-06", "--publish")
    assert (code, told["barred"]) == (1, ["F1"])
    one = told["filings"][0]
    assert (one["state"], one["open_step"], one["clauses"]) == ("internal", "section", ["A01-4.3.1"])
    assert run("filings", str(folder), "--month", "2026-06")[0] == 0


def test_results_say_what_lacks_a_code_and_what_is_left_to_do(folder: Path) -> None:
    """D-2.7b, D-2.3e."""
    code, told = run("results", str(folder), "--on", "2026-05-14")
    assert code == 1
    assert [one["code"] for one in told["findings"]] == ["code.none", "code.none"]
    assert [(todo["kind"], todo["site"]) for todo in told["todos"]] == [("remove", "S2")]


def test_duties_are_written_as_a_calendar(folder: Path, tmp_path: Path) -> None:
    """A01-4.3.3a: what the table says was done is done."""
    file = tmp_path / "duties.ics"
    code, told = run("duties", str(folder), "--on", "2026-06-01", "--agency", "SCJG", "--ics", str(file))
    assert code == 0
    assert [(one["row"], one["state"]) for one in told["duties"]] == [(4, "done"), (24, "late")]
    assert file.read_bytes().startswith(b"BEGIN:VCALENDAR")


def test_the_evaluation_is_written_with_its_recount(folder: Path, tmp_path: Path) -> None:
    """A01-7.5; a base without the period's months is not compared."""
    code, told = run("evaluate", str(folder), "--period", "2026", "--out", str(tmp_path))
    assert code == 0
    figures = {one["key"]: one["numerator"] for one in told["figures"] if not one["cut"]}
    assert (figures["planned_on"], figures["uncoded"]) == (1, 1)
    assert [one["change"] for one in told["compared"]] == [(1 - 400) / 400]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "evaluation.json",
        "evaluation.xlsx",
        "recount_evaluation.py",
    ]
    assert CliRunner().invoke(app, ["evaluate", str(folder), "--period", "夏天"]).exit_code == 2
