"""What scenarios have in common is read once, and comes to what the whole intake comes to."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from planner.domain.case import Case
from planner.intake.month.outcome import Prepared
from planner.service import Planned, plan_tables
from planner.service.whatif.base import Base, only_people_differ
from planner.service.whatif.changes import apply_changes
from planner.service.whatif.playing import play
from planner.service.whatif.scenario import Scenario, scenarios_of
from tests.hidden.test_precedence import MONTH, hidden, month

PEOPLE = [
    "capacity: {unit: SCJG, crews: 1}",
    "capacity: {unit: YJJ, crews: -1}",
    "capacity: {unit: HBJ, crews: -1, from: 2026-06-08, to: 2026-06-12}",
    "capacity: {unit: SCJG, inspectors: -4}",
    "people: {unit: SCJG, from: 2026-06-01, to: 2026-06-30, share_percent: 50}",
]
OTHERS = [
    "settings: {values: {entry_cap: 1}}",
    "lists: {drop_not_to_join: true}",
    "calendar: {closed: [2026-06-15]}",
    "rule: {id: gap.domain, param: gap_months, domain: A07, value: 2}",
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
    for change in (*PEOPLE, *reversed(PEOPLE)):
        inputs = apply_changes(of.inputs, scenario(change)).inputs
        assert only_people_differ(of.inputs.tables, inputs.tables)
        quick: Prepared = of.prepare(inputs)
        assert plain(quick) == plain(of.prepare_anew(inputs)), change
        assert quick.case is not None
        cases.add(quick.case.content_hash())
    assert len(cases - {of.case_hash}) > 2


@pytest.mark.parametrize("change", OTHERS)
def test_what_changes_more_than_people_goes_through_the_intake(base: Planned, change: str) -> None:
    of = Base(base)
    inputs = apply_changes(of.inputs, scenario(change)).inputs
    assert not only_people_differ(of.inputs.tables, inputs.tables) or inputs.rulebook is not of.inputs.rulebook
    assert plain(of.prepare(inputs)) == plain(of.prepare_anew(inputs))


def test_what_is_set_aside_for_unannounced_checks_stays_aside_in_a_scenario() -> None:
    """The plan keeps a date for a heavier unannounced check; a scenario without a change is that very plan."""
    planned = plan_tables(month(secret=hidden()), MONTH)
    assert Base(planned).aside.windows
    played = play(Base(planned), scenario())
    assert played.hash == planned.result.plan_hash
    assert played.comparison is not None
    assert len(played.comparison.service.requirements) == planned.result.case.n_tasks
