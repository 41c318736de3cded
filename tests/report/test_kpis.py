"""The figures of the month in `month.py`, counted by hand."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import replace

import pytest

from planner.domain.case import NONE
from planner.domain.errors import MismatchError
from planner.domain.plan import LEFT_OUT
from planner.domain.result import Status
from planner.report.figures import kpis as kpis_module
from planner.report.figures.kpis import Kpis, month_kpis
from planner.report.figures.summary import summary_json
from planner.report.words import texts
from tests.report.month import DAYS, ENVIRONMENT, FIRE, MARKET, NAMES, case_of, result_of, unplanned

FORBIDDEN = re.compile(r"penal|\bfine(s|d)?\b|punish|sanction|confiscat|处罚|罚款|罚没|罚金|没收", re.IGNORECASE)


@pytest.fixture(scope="module")
def kpis() -> Kpis:
    return month_kpis(result_of(), names=NAMES)


def test_tasks_add_up(kpis: Kpis) -> None:
    assert (kpis.tasks, kpis.scheduled, kpis.deferred, kpis.left_out, kpis.recognised) == (11, 8, 1, 1, 1)


def test_entries_are_sites_and_dates(kpis: Kpis) -> None:
    assert (kpis.entries, kpis.later_entries) == (5, 1)
    assert kpis.triggered_entries == 1  # S6 alone holds nothing but a check that the law counts as triggered


def test_entries_avoided_are_counted_on_tasks_served_in_all(kpis: Kpis) -> None:
    alone, first = kpis.against("alone"), kpis.against("first_come")
    assert alone is not None
    assert first is not None
    assert (alone.common_tasks, alone.entries_common, alone.ours_common, alone.avoided) == (8, 7, 5, 2)
    assert alone.avoided_share == 0.285714
    assert (first.common_tasks, first.entries_common, first.avoided, first.avoided_share) == (8, 6, 1, 0.166667)
    assert [(s.acceptance_percent, s.avoided) for s in kpis.sweep] == [(50, 2)]


def test_two_sections_of_one_bureau_are_merged_and_not_joint(kpis: Kpis) -> None:
    assert kpis.joint_visits == 2  # S1 and S3, never S2
    assert (kpis.merged_visits, kpis.cross_domain_visits) == (1, 1)  # S2: A01 with A04
    assert kpis.joint_share == 0.4
    assert kpis.joint_share_tasks == 0.5  # M1 E1 F3 E3 of eight


def test_disturbance_weighs_sensitive_days(kpis: Kpis) -> None:
    # (preparation 2 + set-up 1 + longest stay) quarter-hours: S1 2+1+6, S2 2+1+4, S3 twice (2+1+4), S4 and S6 7 each
    assert kpis.disturbance == 9 + 7 + 14 + 7 + 7
    assert kpis.worst_site is not None
    assert (kpis.worst_site.id, kpis.worst_site.disturbance, kpis.worst_site.visits) == ("S3", 14, 1)
    assert kpis.visits_per_site == ((1, 5),)


def test_entries_per_agency_count_each_participant(kpis: Kpis) -> None:
    found = {a.id: (a.tasks, a.scheduled, a.deferred, a.left_out, a.entries, a.joint_visits) for a in kpis.agencies}
    assert found == {
        MARKET: (4, 3, 0, 0, 2, 1),  # M4 is recognised; the drug unit acts in the bureau's name
        FIRE: (2, 1, 1, 0, 1, 1),
        ENVIRONMENT: (5, 4, 0, 1, 4, 2),
    }
    minutes = {a.id: a.minutes for a in kpis.agencies}
    assert minutes == {MARKET: 3 * 75, FIRE: 75, ENVIRONMENT: 105 + 3 * 75}


def test_load_by_unit_and_day(kpis: Kpis) -> None:
    rows = {row.unit: row for row in kpis.loads}
    assert rows[ENVIRONMENT].load == (7, 0, 5, 5, 5)
    assert rows[ENVIRONMENT].capacity == (12, 12, 12, 10, 10)
    assert rows[ENVIRONMENT].percent == (58, 0, 42, 50, 50)
    assert rows[ENVIRONMENT].total_percent == 39  # 22 of 56
    assert rows[MARKET].percent == (42, 42, 0, 0, None)  # no crew on Friday
    assert kpis.days == tuple(d.isoformat() for d in DAYS)


def test_groups_by_town_industry_grade(kpis: Kpis) -> None:
    towns = {g.key: (g.sites, g.tasks, g.scheduled, g.entries, g.joint_visits) for g in kpis.towns}
    assert towns == {"朱泾镇": (2, 4, 4, 2, 1), "枫泾镇": (2, 4, 3, 2, 1), "石化街道": (2, 3, 1, 1, 0)}
    industries = {g.key: (g.entries, g.deferred, g.left_out) for g in kpis.industries}
    assert industries == {"餐饮": (3, 0, 0), "化工": (2, 1, 1)}
    grades = {g.key: (g.tasks, g.entries) for g in kpis.grades}
    assert grades == {"A01 -": (3, 2), "A03 -": (2, 1), "A04 -": (1, 1), "A07 B": (5, 4)}


def test_tasks_by_clause_and_rule(kpis: Kpis) -> None:
    clauses = {c.clause: (c.tasks, c.scheduled, c.left_out) for c in kpis.clauses}
    assert clauses["A07-2.2"] == (1, 0, 1)
    assert clauses["A07-1.1"] == (4, 4, 0)
    assert kpis.left_out_rules == (("capacity.crew", 1),)


def test_what_is_no_entry_stands_apart_or_is_unknown() -> None:
    assert month_kpis(result_of()).summons is None
    counted = month_kpis(result_of(), summons=3, off_site=4)
    assert (counted.summons, counted.off_site, counted.entries) == (3, 4, 5)


def test_public_figures_know_no_unannounced_check() -> None:
    public, bureau = month_kpis(result_of(), "public"), month_kpis(result_of())
    assert bureau.unannounced_visits == 1
    assert public.unannounced_visits is None
    assert (public.tasks, public.scheduled, public.entries, public.joint_share) == (10, 7, 4, 0.5)
    assert public.disturbance == bureau.disturbance - 7
    alone, first = public.against("alone"), public.against("first_come")
    assert alone is not None
    assert first is not None
    assert (alone.common_tasks, alone.entries, alone.entries_common, alone.ours_common) == (7, 6, 6, 4)
    assert (first.entries, first.entries_common, first.ours_common, first.joint_visits) == (5, 5, 4, 1)
    assert alone.bound is None
    assert {row.unit: row.load for row in public.loads}[ENVIRONMENT] == (7, 0, 5, 0, 5)


def test_public_figures_are_those_of_a_month_without_the_check() -> None:
    """What the public reads is, value by value, what it would read if the check had never been planned."""
    case = case_of()
    keep = [n for n, task in enumerate(case.tasks) if not task.unannounced]
    without = case_of(tasks=[case.tasks[n] for n in keep])
    full = result_of()
    assert full.plan is not None
    bare = result_of(
        without,
        plan=replace(full.plan, day=full.plan.day[keep]),
        objective=None,
        counterfactuals=(),
        reasons=tuple(replace(r, task=keep.index(r.task)) for r in full.reasons),
    )
    hiding, never = (month_kpis(replace(r, counterfactuals=()), "public").to_json() for r in (full, bare))
    assert hiding.pop("left_out_rules") == (("reserved", 1),)  # what stood against X6 is not told
    assert never.pop("left_out_rules") == (("capacity.crew", 1),)
    assert hiding == never


def test_an_agency_with_nothing_but_unannounced_checks_does_not_show() -> None:
    case = case_of()
    tasks = [replace(t, unannounced=True) if t.unit == FIRE else t for t in case.tasks]
    public = month_kpis(replace(result_of(), case=case_of(tasks=tasks), objective=None), "public")
    assert FIRE not in {a.id for a in public.agencies}
    assert FIRE not in {row.unit for row in public.loads}


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.OUT_OF_TIME, Status.INVALID])
def test_no_plan_gives_no_claims(status: Status) -> None:
    kpis = month_kpis(unplanned(status))
    assert not kpis.planned
    assert (kpis.tasks, kpis.scheduled, kpis.left_out, kpis.recognised, kpis.entries) == (11, 0, 0, 0, 0)
    assert kpis.avoided == ()
    assert kpis.worst_site is None


def test_an_objective_that_the_plan_does_not_come_to_is_an_error() -> None:
    result = result_of()
    assert result.objective is not None
    with pytest.raises(MismatchError):
        month_kpis(replace(result, objective=replace(result.objective, entries=4)))


def test_an_empty_plan_divides_by_nothing() -> None:
    result = result_of()
    assert result.plan is not None
    empty = replace(result.plan, day=result.plan.day * 0 + LEFT_OUT)
    kpis = month_kpis(replace(result, plan=empty, objective=None))
    assert (kpis.entries, kpis.joint_share, kpis.joint_share_tasks, kpis.left_out) == (0, 0.0, 0.0, 10)
    assert NONE not in {a.entries for a in kpis.agencies}


def test_figures_are_json(kpis: Kpis) -> None:
    assert json.loads(json.dumps(kpis.to_json()))["entries"] == 5


def test_no_figure_about_penalties_or_fines_can_exist(kpis: Kpis) -> None:
    """A01-7.1, A04-7.1: what inspections lead to is never a figure, under whatever name."""
    types = [t for t in vars(kpis_module).values() if isinstance(t, type) and dataclasses.is_dataclass(t)]
    words = [field.name for t in types for field in dataclasses.fields(t)]
    words += [*texts.ZH, *texts.ZH.values(), *texts.EN, *texts.EN.values()]
    words.append(json.dumps(summary_json(result_of(), kpis), ensure_ascii=False))
    assert len(types) >= 7
    assert [word for word in words if FORBIDDEN.search(word)] == []
    assert FORBIDDEN.search("fines")
    assert FORBIDDEN.search("行政处罚数")
