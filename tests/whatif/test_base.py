"""What scenarios have in common is read once, and comes to what the whole intake comes to."""

from __future__ import annotations

import random
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import numpy as np
import pytest

from planner.domain.case import Case
from planner.intake.make import screening
from planner.intake.make.screening import OF_PEOPLE
from planner.intake.month.outcome import Prepared
from planner.service import Planned, plan_month, plan_tables
from planner.service.whatif.base import Base, same_but
from planner.service.whatif.changes import apply_changes
from planner.service.whatif.playing import play
from planner.service.whatif.scenario import Scenario, scenarios_of
from tests.cli.district import MONTH, district, workbook
from tests.hidden.test_precedence import hidden, month
from tests.whatif.random_changes import KINDS, change

PEOPLE = [
    "capacity: {unit: SCJG, crews: 1}",
    "capacity: {unit: YJJ, crews: -1}",
    "capacity: {unit: HBJ, crews: -1, from: 2026-06-08, to: 2026-06-12}",
    "capacity: {unit: SCJG, inspectors: -4}",
    "people: {unit: SCJG, from: 2026-06-01, to: 2026-06-30, share_percent: 50}",
]


def scenario(change: str = "") -> Scenario:
    return scenarios_of("name: one\ntitle: t\nchanges: " + (f"\n  - {change}\n" if change else "[]\n"))[0]


def plain(value: Any) -> Any:
    """Return a value that can be compared: cases by their hash, arrays by content."""
    if isinstance(value, Case):
        return value.content_hash()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name not in ("seconds", "registers")}
    return [plain(one) for one in value] if isinstance(value, tuple) else value


def test_people_changed_on_a_screened_month_come_to_what_the_intake_comes_to(base: Planned) -> None:
    """Also one after the other, in any order: no scenario leaves anything behind for the next one."""
    of = Base(base)
    cases = set()
    for one in (*PEOPLE, *reversed(PEOPLE)):
        inputs = apply_changes(of.inputs, scenario(one)).inputs
        assert same_but(of.inputs.tables, inputs.tables, OF_PEOPLE)
        quick: Prepared = of.prepare(inputs)
        assert plain(quick) == plain(of.prepare_anew(inputs)), one
        assert quick.case is not None
        cases.add(quick.case.content_hash())
    assert len(cases - {of.case_hash}) > 2


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """A month with earlier checks, grades, marks, work that may wait and a filing of the next month."""
    raw = district()
    raw["sites"] = [{**row, "join": "不鼓励" if row["site_id"] == "S2" else "允许"} for row in raw["sites"]]
    raw["grades"] = [
        {"site_id": f"S{n}", "domain": domain, "grade": "ABC"[n % 3], "valid_from": "2026-01-01"}
        for n in range(1, 7)
        for domain in ("市场监管", "生态环境")
    ]
    raw["history"] = [
        {"entry_id": f"H{n}", "site_id": site, "agency_id": agency, "items": f"{agency}-1", "date": date(2026, *day),
         "trigger": "计划", "mode": "现场", "result": "未发现问题"}
        for n, (site, agency, day) in enumerate(
            (("S1", "SCJG", (5, 12)), ("S3", "SCJG", (3, 3)), ("S1", "YJJ", (4, 30)), ("S5", "YJJ", (5, 29)))
        )
    ]  # fmt: skip
    more = {"kind": "日常", "period": "月度", "plan_code": "JH-2607", "filed_on": date(2026, 5, 20)}
    raw["filings"] += [
        {"filing_id": "F-W", "agency_id": "HBJ", "items": "HBJ-1", "sites": "S1;S2;S6",
         "window_from": date(2026, 6, 10), "window_to": date(2026, 7, 20), **more},
        {"filing_id": "F-N", "agency_id": "SCJG", "items": "SCJG-1", "sites": "S5;S6",
         "window_from": date(2026, 7, 1), "window_to": date(2026, 7, 31), **more},
    ]  # fmt: skip
    planned = plan_month(workbook(tmp_path_factory.mktemp("rich") / "来源.xlsx", raw), MONTH)
    assert planned.result.plan is not None
    assert planned.prepared.look_ahead is not None
    return Base(planned)


@pytest.mark.parametrize("kind", KINDS)
def test_a_month_gone_on_with_comes_to_what_the_intake_comes_to(rich: Base, kind: str) -> None:
    """At least twenty random changes of each kind, one after the other on one base: cases, findings, removals, all."""
    draw, cases, tables = random.Random(kind), set(), rich.inputs.tables
    for _ in range(20):
        one = change(kind, tables, date(2026, 6, 1), draw)
        inputs = apply_changes(rich.inputs, scenario(one)).inputs
        quick = rich.prepare(inputs)
        assert plain(quick) == plain(rich.prepare_anew(inputs)), one
        cases.add(None if quick.case is None else quick.case.content_hash())
    assert len(cases) > 1


@pytest.mark.parametrize(
    ("change", "never"),
    [
        ("settings: {values: {entry_cap: 1}}", "unfold apply_caps settle_waits filed_later"),
        ("settings: {values: {travel_minutes: 45}}", "unfold apply_caps settle_waits filed_later"),
        ("rule: {id: gap.domain, param: gap_months, value: 2}", "unfold screen_history sort_by_window"),
        ("calendar: {closed: [2026-06-15]}", "unfold screen_history"),
    ],
)
def test_steps_that_ask_nothing_of_what_changed_are_not_taken(
    rich: Base, change: str, never: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rich.prepare(rich.inputs)
    inputs = apply_changes(rich.inputs, scenario(change)).inputs
    for name in never.split():
        monkeypatch.delattr(screening, name)
    assert rich.prepare(inputs).case is not None
    with pytest.raises(NameError):
        rich.prepare_anew(inputs)


def test_what_is_set_aside_for_unannounced_checks_stays_aside_in_a_scenario() -> None:
    """The plan keeps a date for a heavier unannounced check; a scenario without a change is that very plan."""
    planned = plan_tables(month(secret=hidden()), MONTH)
    assert Base(planned).aside.windows
    played = play(Base(planned), scenario())
    assert played.hash == planned.result.plan_hash
    assert played.comparison is not None
    assert len(played.comparison.service.requirements) == planned.result.case.n_tasks
