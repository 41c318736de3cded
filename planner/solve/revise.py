"""A month's plan of which some days were changed by hand: everything else stays, starts and crews too where possible.

A visit that the change concerns is put into a gap of its day, and so is a visit whose crew no longer exists; other
visits move within the day only where there is no gap. If that does not help, the day is timed again, as close to the
old times as possible. No visit leaves its day to make room. The draw of inspectors depends on the plan's hash, so it is
repeated for the whole month; people drawn in a published version keep their visits where possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.checks.objective import objective_of
from planner.domain.case import Case, IntArray
from planner.domain.duty import NO_START, Cut, Duty, Stay, empty_duty, stays_of
from planner.domain.plan import Objective, Plan, Visit, visits_of
from planner.domain.result import Level, MonthResult, PriceList, Status
from planner.domain.roster import Roster
from planner.draw.inspectors import TeamDraw
from planner.solve.day.crew_names import CrewSeeds, Manned, man_month
from planner.solve.day.month_times import closed, follow, opened
from planner.solve.day.near_told_times import enter_near, settle, timed_near
from planner.solve.day.timetable import DayTimes
from planner.solve.matched import Match
from planner.solve.month import MANNED_ROUNDS, PlanHash, day_levels, joined, reproved
from planner.solve.run import Work
from planner.solve.site.arrays import site_arrays
from planner.solve.walk.day_test import Judge
from planner.solve.walk.settling import AttemptWork, MonthWalk


@dataclass(frozen=True, eq=False)
class Revised:
    """The changed plan with all that follows from it. Where there are `cuts`, it cannot be walked or manned, and the
    duty is of no use.
    """

    plan: Plan
    objective: Objective
    status: Status
    levels: tuple[Level, ...]
    certificates: tuple[PriceList, ...]
    visits: tuple[Visit, ...]
    duty: Duty
    day_levels: tuple[Level, ...]
    draws: tuple[TeamDraw, ...]
    cuts: tuple[Cut, ...] = ()


def revise_month(
    before: MonthResult, day: IntArray, seeds: CrewSeeds, plan_hash: PlanHash, *, give_way: bool = False
) -> Revised:
    """Return the plan `day` [T], which every check of days has passed, with starts and teams near those of `before`.

    With `give_way`, what is not pinned leaves days that cannot carry it; else such days come back as cuts.
    Deterministic. Levels are proven anew against the same case; certificates that still speak of the plan are kept.
    """
    case, roster = before.case, before.roster
    assert roster is not None
    done = manned_days(before, day, seeds, plan_hash, give_way=give_way)
    if not done.cuts:
        levels = day_levels(case, roster, done.visits, done.manned.duty, done.times)
        return proven(before, done.plan, done.visits, done.manned.duty, levels, done.manned.draws)
    visits, nobody = tuple(visits_of(case, done.plan)), empty_duty(0, 0)
    return Revised(done.plan, objective_of(case, done.plan), before.status, (), (), visits, nobody, (), (), done.cuts)


@dataclass(frozen=True, eq=False)
class MannedDays:
    """The plan with its visits, and when and by whom they are done; of no use where there are `cuts`."""

    plan: Plan
    visits: tuple[Visit, ...]
    times: tuple[DayTimes, ...]
    manned: Manned
    cuts: tuple[Cut, ...]


def manned_days(
    before: MonthResult, day: IntArray, seeds: CrewSeeds, plan_hash: PlanHash, *, give_way: bool = False
) -> MannedDays:
    """Return starts and teams of the plan `day` [T] near those of `before`; else as `revise_month`, nothing proven."""
    case, roster, plan = before.case, before.roster, Plan(day)
    assert before.plan is not None
    assert before.duty is not None
    assert roster is not None
    board = opened(case, roster, before.plan, _times_of(case, before.visits, before.duty))
    board.times.clear()  # they know no bounds
    follow(board, plan)
    settle(board)
    tight = [number for number, one in closed(board).items() if one.cuts]
    for one in [timed_near(board, number, before.seed) for number in tight]:
        if not one.cuts:
            enter_near(board, one)
    arrays = site_arrays(case)
    walk = MonthWalk(arrays, board, Judge(case, roster, arrays.allowed, seed=before.seed), plan.day.copy())
    cuts = tuple(cut for one in closed(board).values() for cut in one.cuts)
    for _ in range(MANNED_ROUNDS * case.n_days):
        if cuts and not (give_way and not walk.give_back(cuts)):
            break
        if cuts:
            walk.attempts(AttemptWork(company=0), before.seed)
        plan, times = walk.plan, closed(board)
        visits = tuple(visits_of(case, plan))
        start, crew = joined(visits, stays_of(case, visits), times.values())
        manned = man_month(case, roster, visits, stays_of(case, visits), start, crew, seeds, plan_hash(plan))
        cuts = walk.timed_otherwise(manned.cuts)
        if not manned.cuts:
            return MannedDays(plan, visits, tuple(times.values()), manned, ())
    visits = tuple(visits_of(case, plan))
    return MannedDays(plan, visits, (), Manned(empty_duty(0, 0), (), cuts), cuts)


def without_lost_crews(result: MonthResult, was: Roster) -> Duty:
    """Return the duty of `result`, with no crew at stays whose crew is gone since the people of `was` changed."""
    case, roster, duty = result.case, result.roster, result.duty
    assert result.plan is not None
    assert roster is not None
    assert duty is not None
    board = opened(case, roster, result.plan, _times_of(case, result.visits, duty))
    same_days = was.present.shape[1:] == roster.present.shape[1:]
    before = {p.id: there for p, there in zip(was.inspectors, was.present, strict=True) if same_days}
    people = zip(roster.inspectors, roster.present, strict=True)
    others = np.array([(before.get(person.id, ~there) != there).any(axis=1) for person, there in people])
    crew = duty.crew.copy()
    for n, stay in enumerate(stays_of(case, result.visits)):
        changed = others[roster.of_unit(stay.unit), stay.day].any()
        if changed and not board.able(stay, int(duty.start[stay.visit]), int(crew[n])):
            crew[n] = NO_START
    return Duty(duty.start, crew, duty.team)


def proven(
    before: MonthResult,
    plan: Plan,
    visits: tuple[Visit, ...],
    duty: Duty,
    of_days: tuple[Level, ...],
    draws: tuple[TeamDraw, ...],
) -> Revised:
    """Return another plan of the case of `before`, its levels proven; proofs of `before` are kept where they hold."""
    assert before.plan is not None
    assert before.objective is not None
    was = Match(before.status, before.plan, before.objective, before.levels, before.certificates, ())
    match = reproved(was, site_arrays(before.case), plan, Work())
    assert match.objective is not None
    return Revised(plan, match.objective, match.status, match.levels, match.certificates, visits, duty, of_days, draws)


def _times_of(case: Case, visits: tuple[Visit, ...], duty: Duty) -> tuple[DayTimes, ...]:
    """Return starts and crews of each day as the timetable gave them, without bounds."""
    stays: tuple[Stay, ...] = stays_of(case, visits)
    visit_day = np.array([visit.day for visit in visits], dtype=np.int64)
    stay_day = np.array([stay.day for stay in stays], dtype=np.int64)
    return tuple(
        DayTimes(day, duty.start[visit_day == day], duty.crew[stay_day == day], (0, 0), (0, 0), (), 0.0)
        for day in sorted({visit.day for visit in visits})
    )
