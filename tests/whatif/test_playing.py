"""Scenarios played from a small month: what they touch, what they come to, and that a checker agrees."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from planner.domain.errors import InputError
from planner.service import Planned
from planner.service.whatif.base import Base, inputs_of
from planner.service.whatif.changes import Inputs, apply_changes, lot
from planner.service.whatif.playing import Depth, Played, play
from planner.service.whatif.scenario import Scenario, scenarios_of
from planner.service.whatif.telling import played_json
from planner.service.whatif.verifying import verify_whatif


def scenario(*changes: str) -> Scenario:
    lines = "".join(f"  - {change}\n" for change in changes)
    return scenarios_of(f"name: one\ntitle: t\nchanges:\n{lines}" if changes else "name: one\ntitle: t\nchanges: []\n")[
        0
    ]


def touched(base: Planned, *changes: str) -> list[dict[str, int]]:
    return [dict(one.rows) for one in apply_changes(inputs_of(base), scenario(*changes)).touched]


def played(base: Planned, *changes: str, depth: Depth = Depth.AT_ONCE) -> Played:
    return play(Base(base), scenario(*changes), depth)


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        ("capacity: {unit: SCJG, crews: 1}", {"inspectors": 2}),
        ("capacity: {unit: SCJG, crews: 1, from: 2026-06-08, to: 2026-06-12}", {"inspectors": 2, "absences": 4}),
        ("capacity: {unit: SCJG, crews: -1}", {"absences": 2}),
        ("capacity: {domain: A12, inspectors_per_crew: 3}", {"rules": 1}),
        ("rule: {id: gap.domain, param: gap_months, domain: A07, value: 2}", {"rules": 1}),
        ("lists: {drop_not_to_join: true}", {"sites": 1}),
        ("lists: {quiet_grades: {A01: [B]}}", {"lists": 2}),
        ("lists: {quiet_items: [YJJ-1]}", {"items": 1}),
        ("grades: {steps: 1}", {"grades": 6}),
        ("filings: {filing: F-Y, withdraw: true}", {"filings": 1}),
        ("filings: {agency: SCJG, days_after: 15}", {"filings": 1}),
        ("filings: {ratio_percent: 50}", {"filings": 1}),
        ("calendar: {from: 2026-06-15, to: 2026-06-19}", {"calendar": 5}),
        ("calendar: {closed: [2026-06-15], town: 漕泾镇}", {"sites": 6}),
        ("people: {unit: SCJG, from: 2026-06-08, to: 2026-06-12}", {"absences": 4}),
        ("settings: {values: {entry_cap: 2}}", {"settings": 1}),
        ("tables: {table: filings, remove: [F-Y]}", {"filings": 1}),
    ],
)
def test_each_change_counts_what_it_touches(base: Planned, change: str, rows: dict[str, int]) -> None:
    before = inputs_of(base)
    assert touched(base, change) == [rows]
    assert inputs_of(base) == before


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("rule: {id: window, param: x, value: 1}", "参数"),
        ("rule: {id: capacity.crew, param: inspectors_per_crew, value: 1}", "法定"),
        ("rule: {id: frequency.fire, param: checks, value: {A: 1}}", "A03"),
        ("capacity: {domain: A12, inspectors_per_crew: 1}", "法定"),
        ("rule: {id: gap.domian, param: gap_months, value: 1}", "gap.domain"),
        ("rule: {id: gap.domain, param: gap_months, value: 一}", "int"),
        ("capacity: {unit: SCJ, crews: 1}", "SCJG"),
        ("filings: {filing: F-X, withdraw: true}", "F-"),
        ("settings: {values: {entry_cpa: 2}}", "entry_cap"),
        ("settings: {values: {entry_cap: 99}}", "0–31"),
        ("lists: {quiet_grades: {A99: [B]}}", "领域"),
        ("tables: {table: filing, remove: [F]}", "filings"),
    ],
)
def test_what_cannot_be_changed_is_refused_with_a_reason(base: Planned, change: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        apply_changes(inputs_of(base), scenario(change))
    assert told in str(error.value)
    assert "第 1 项改动" in str(error.value)


@pytest.mark.parametrize(
    "changes", [(), ("settings: {values: {entry_cap: 0}}",), ("capacity: {unit: SCJG, crews: 0}",)]
)
def test_a_scenario_like_its_base_has_its_hash_and_no_effect(base: Planned, changes: tuple[str, ...]) -> None:
    found = played(base, *changes)
    assert found.hash == base.result.plan_hash
    assert found.moved == 0
    assert len(found.nothing) == len(changes)
    assert found.comparison is not None
    assert found.comparison.same is not None
    assert (found.comparison.same.effect.low, found.comparison.same.effect.high) == (0, 0)
    assert found.comparison.verdict.word in ("equal", "undecided")


CHANGES = [
    ("capacity: {unit: SCJG, crews: 1}",),
    ("capacity: {unit: SCJG, crews: -1}",),
    ("lists: {drop_not_to_join: true}",),
    ("filings: {filing: F-Y, withdraw: true}",),
    ("settings: {values: {entry_cap: 1}}",),
    ("refusals: {share_percent: 60}",),
    ("calendar: {from: 2026-06-01, to: 2026-06-19}", "settings: {values: {prep_minutes: 15}}"),
    ("rule: {id: gap.domain, param: gap_months, domain: A07, value: 2}",),
    ("grades: {steps: 1}",),
]


@pytest.mark.parametrize("changes", CHANGES)
def test_a_checker_without_a_solver_agrees(base: Planned, changes: tuple[str, ...]) -> None:
    found = played(base, *changes)
    document = played_json(base, found)
    assert verify_whatif(document, base) == []
    assert document["comparable"]
    assert not document["findings"]


def test_whatever_is_tampered_with_is_found(base: Planned) -> None:
    good = played_json(base, played(base, "lists: {drop_not_to_join: true}"))

    def spoiled(*way: Any, value: Any) -> dict[str, Any]:
        one: Any = copy.deepcopy(good)
        document = one
        for part in way[:-1]:
            one = one[part]
        assert one[way[-1]] != value
        one[way[-1]] = value
        return document  # type: ignore[no-any-return]

    same = good["same_service"]
    first = next(iter(good["plan"]))
    for document in (
        spoiled("base", "plan_hash", value="0"),
        spoiled("base", "case_hash", value="0"),
        spoiled("case_hash", value="0"),
        spoiled("plan", first, value="2026-06-06"),
        spoiled("same_service", "effect", "low", value=same["effect"]["low"] - 1),
        spoiled("same_service", "whole", value=[-9, None]),
        spoiled("same_service", "before", value=[0, same["before"][1]]),
        spoiled("same_service", "certificates", 0, "bound", value=same["certificates"][0]["bound"] + 1),
        spoiled("levels", 3, "after", "value", value=0),
        spoiled("levels", 3, "effect", value={"low": -9, "high": -9, "word": "less"}),
        spoiled("touched", 0, "rows", value={"sites": 5}),
        spoiled("requirements", "common", value=1),
        spoiled("scenario", "file", "changes", value=[]),
    ):
        assert verify_whatif(document, base)


def test_dropping_marks_against_joining_saves_entries_and_that_is_proven(base: Planned) -> None:
    found = played(base, "lists: {drop_not_to_join: true}")
    assert found.comparison is not None
    assert found.comparison.same is not None
    assert found.comparison.same.effect.high < 0
    assert found.comparison.verdict.word == "better"


def test_one_more_inspector_may_be_no_crew_and_two_are_one(base: Planned) -> None:
    room = [int(played(base, f"capacity: {{unit: SCJG, inspectors: {n}}}").side.case.capacity.sum()) for n in (0, 1, 2)]  # type: ignore[union-attr]
    assert room[0] == room[1] < room[2]


def test_a_whole_scenario_has_starts_and_people(base: Planned) -> None:
    found = played(base, "capacity: {unit: SCJG, crews: -1}", depth=Depth.WHOLE)
    assert found.result is not None
    assert found.result.duty is not None
    assert (found.result.duty.start >= 0).all()
    document = played_json(base, found)
    assert document["walked"] == [True, True]
    assert verify_whatif(document, base) == []


def test_lots_are_nested_and_repeatable(base: Planned) -> None:
    some = [n for n in range(400) if lot("1", 0, "refuses", str(n)) < 3000]
    more = [n for n in range(400) if lot("1", 0, "refuses", str(n)) < 4000]
    assert set(some) < set(more)
    assert 80 < len(some) < 160
    assert some != [n for n in range(400) if lot("1", 1, "refuses", str(n)) < 3000]
    one: Inputs = apply_changes(inputs_of(base), scenario("refusals: {share_percent: 50}")).inputs
    other: Inputs = apply_changes(inputs_of(base), scenario("refusals: {share_percent: 50}")).inputs
    assert one == other


def test_a_scenario_in_which_nothing_is_due_says_so(base: Planned) -> None:
    found = played(base, "tables: {table: filings, remove: [F-S, F-Y, F-H]}")
    assert found.reason == "no_tasks"
    document = played_json(base, found)
    assert document["reason_zh"]
    assert verify_whatif(document, base) == []


def test_a_campaign_makes_tasks(base: Planned) -> None:
    found = played(
        base,
        "filings: {add: [{filing_id: UP-1, agency_id: YJJ, items: [YJJ-1], scope: {industry: [化工]},"
        " window_from: 2026-06-08, window_to: 2026-06-26}]}",
    )
    assert found.side is not None
    assert any("UP-1" in task.filings for task in found.side.case.tasks)
    assert found.new_errors == 0
    assert verify_whatif(played_json(base, found), base) == []
