"""Why a visit is on its day: what is said of other days and of absent agencies is what the whole case says."""

from __future__ import annotations

import pytest

from planner.checks import check_plan
from planner.checks.objective import crowding, disturbances, entry_counts, left_out_weights
from planner.domain.case import Case
from planner.domain.plan import Plan, visits_of
from planner.explain.visit_words import told_absent, told_day, told_margin
from planner.explain.why_visit import Could, VisitReasons, reasons_of_visit
from planner.rulebook.book import load_rulebook
from tests.tiny import random_case
from tests.whynot.test_conflict import lawful_plan

LAW = load_rulebook().versions[-1]


@pytest.fixture(scope="module")
def found() -> list[tuple[Case, Plan, VisitReasons]]:
    """Return why every visit of small lawful plans is as it is."""
    told = []
    for seed in range(60):
        case = random_case(seed, n_tasks=6)
        plan = lawful_plan(case, seed)
        visits = visits_of(case, plan) if plan else []
        told += [(case, plan, reasons_of_visit(case, plan, visit, lambda day, d: True)) for visit in visits if plan]
    return told


def worth(case: Case, plan: Plan) -> tuple[int, ...]:
    return (
        *left_out_weights(case, plan),
        sum(entry_counts(case, plan)),
        disturbances(case, plan)[0],
        crowding(case, plan),
    )


def test_every_other_day_and_absent_agency_is_judged_as_the_whole_case_is(
    found: list[tuple[Case, Plan, VisitReasons]],
) -> None:
    possible = barred = 0
    for case, plan, reasons in found:
        tried = [(reasons.visit.tasks, one.day, one) for one in reasons.days]
        tried += [(one.tasks, reasons.visit.day, one) for one in reasons.absent]  # type: ignore[misc]
        for tasks, d, one in tried:
            day = plan.day.copy()
            day[list(tasks)] = d
            wrong = {v.rule for v in check_plan(case, Plan(day))}
            assert {against.rule for against in one.against} == wrong, case.name
            assert (one.could is Could.NO) == bool(wrong)
            barred += bool(wrong)
            if one.more is not None:
                possible += 1
                more = zip(worth(case, Plan(day)), worth(case, plan), strict=True)
                assert one.more.key == tuple(then - now for then, now in more)
    assert min(possible, barred) >= 15, (possible, barred)


def test_all_days_of_every_window_and_all_others_of_the_site_are_answered(
    found: list[tuple[Case, Plan, VisitReasons]],
) -> None:
    for case, _, reasons in found:
        windows = [case.tasks[t].window for t in reasons.visit.tasks]
        inside = {d for d, day in enumerate(case.days) if all(first <= day <= last for first, last in windows)}
        assert {one.day for one in reasons.days} == inside - {reasons.visit.day}
        absent = [t for one in reasons.absent for t in one.tasks]
        assert sorted([*absent, *reasons.visit.tasks]) == list(case.tasks_at(reasons.visit.site))


def test_the_margin_is_the_least_of_the_days_that_are_possible(found: list[tuple[Case, Plan, VisitReasons]]) -> None:
    firm = 0
    for case, _, reasons in found:
        keys = [one.more.key for one in reasons.days if one.could is Could.YES and one.more]
        if reasons.margin is None:
            firm += 1
            assert not keys
        else:
            assert reasons.margin.more is not None
            assert reasons.margin.more.key == min(keys)
        zh, en = told_margin(case, reasons)
        assert zh.startswith("确定程度")
        assert en.startswith("How firm")
    assert 0 < firm < len(found)


def test_what_is_not_settled_or_not_walkable_is_said_and_is_no_margin() -> None:
    case = random_case(0, n_tasks=6)
    plan = next(p for p in (lawful_plan(random_case(s, n_tasks=6), s) for s in range(1)) if p)
    for visit in visits_of(case, plan):
        unsure = reasons_of_visit(case, plan, visit, lambda day, d: None)
        walled = reasons_of_visit(case, plan, visit, lambda day, d: False)
        assert unsure.margin is walled.margin is None
        assert walled.settled
        if not unsure.settled:
            assert "没有判明" in told_margin(case, unsure).zh


def test_every_answer_is_a_sentence_in_both_languages(found: list[tuple[Case, Plan, VisitReasons]]) -> None:
    for case, _, reasons in found:
        said = [told_day(case, one, LAW) for one in reasons.days]
        said += [told_absent(case, one, LAW) for one in reasons.absent]
        for (zh, en), one in zip(said, [*reasons.days, *reasons.absent], strict=True):
            assert zh.endswith("。")
            assert en.endswith(".")
            if one.could is Could.NO:
                assert all(against.words.zh in zh and against.words.en in en for against in one.against)
