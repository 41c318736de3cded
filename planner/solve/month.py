"""A month in three stages: match, timetable, crews. A day that cannot be walked or staffed is then solved exactly.

Stage 1 gives each task its day, stage 2 each visit its start and each stay its crew, stage 3 draws the inspectors of
each crew. A visit without a crew moves to where the month has room (`planner.solve.day.move_to_another_day`). Visits
for which there is no room are planned again with the sites around them, judged by start times and people
(`planner.solve.walk`). A unit that lacks crews on many days is dealt anew before, as routes of its crews
(`planner.solve.day.unit_routes`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from types import MappingProxyType

import numpy as np

from planner.checks import Violation, check_plan
from planner.checks.duty import check_duty
from planner.checks.duty_objective import duty_objective, workload_bound
from planner.checks.objective import objective_of
from planner.domain.case import Case, IntArray
from planner.domain.duty import NO_START, Cut, Duty, Stay, stays_of
from planner.domain.errors import MismatchError
from planner.domain.plan import Objective, Plan, Visit, loads_of, visits_of
from planner.domain.result import (
    DAY_LEVELS,
    DECISIVE_LEVELS,
    ENTRIES,
    FIRE_ALONE,
    LEFT_OUT_LEVELS,
    LEVELS,
    Level,
    Progress,
    Status,
)
from planner.domain.roster import Roster
from planner.draw.inspectors import TeamDraw
from planner.solve.day.crew_names import CrewSeeds, Manned, man_month
from planner.solve.day.half_rows import strengthened
from planner.solve.day.month_times import MonthTimes, opened, polished
from planner.solve.day.move_to_another_day import calm, move_visits_without_crew
from planner.solve.day.timetable import DayTimes, DayWork, timetable
from planner.solve.day.unit_routes import dealt
from planner.solve.levels import levels_with_proof, status_of
from planner.solve.match import solve_match
from planner.solve.matched import Match
from planner.solve.prices.bound import level_values
from planner.solve.run import Keep, Work
from planner.solve.site.arrays import SiteArrays, site_arrays
from planner.solve.walk.day_test import Judge
from planner.solve.walk.replan import ReplanWork, replan
from planner.solve.walk.settling import AttemptWork, MonthWalk

LATER_STAGES = ("timetable", "crew", "answer")
"""Progress levels of what comes after the match; "answer" plans anew what days could not carry."""

Tell = Callable[[Progress], None]
Cancel = Callable[[], bool]
PlanHash = Callable[[Plan], str]

WHOLE_TASKS = 120
"""Cases of no more tasks are planned as one exact problem at the end, unless their plan is proven already."""
WHOLE_WORK = ReplanWork(choice=3.0, rounds=200)
FAILING, FAILING_SHARE = 3, 0.4
"""A unit is dealt anew where more of its days lack crews than this number and this share of those on which it works."""
MANNED_ROUNDS = 6


@dataclass(frozen=True, eq=False)
class Solved:
    """A month's plan through all stages; `visits`, `duty` and what follows are empty where there is no plan.

    `cuts` are the days that could not be walked or manned as they were laid, `asked` how many days the exact test was
    asked about, by answer.
    """

    match: Match
    visits: tuple[Visit, ...] = ()
    duty: Duty | None = None
    day_levels: tuple[Level, ...] = ()
    draws: tuple[TeamDraw, ...] = ()
    cuts: tuple[Cut, ...] = ()
    asked: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    matched: Objective | None = None
    """What the match alone came to, before starts and crews gave days back."""


def solve_month(
    case: Case,
    roster: Roster,
    seeds: CrewSeeds,
    plan_hash: PlanHash,
    seed: int = 0,
    work: Work | None = None,
    progress: Tell | None = None,
    cancel: Cancel | None = None,
    keep: Keep | None = None,
    begin: IntArray | None = None,
) -> Solved:
    """Return the month's plan with starts and teams; `keep` and `begin` are those of `solve_match`.

    `plan_hash` gives the hash that the draw of inspectors rests on: it is fixed before anyone is drawn. `cancel` stops
    the match; what it has is timed and manned all the same. Raises MismatchError if an engine and the checks disagree.
    """
    chosen, tell, days = work or Work(), progress or (lambda _: None), DayWork()
    start = perf_counter()
    case = strengthened(case, roster)
    match = solve_match(case, seed, chosen, tell, cancel, keep, begin)
    if match.plan is None:
        return Solved(match)
    matched = match.objective
    seconds = {"timetable": 0.0, "crew": 0.0, "answer": 0.0}

    def told(level: str, note: str = "") -> None:
        tell(Progress(round(perf_counter() - start, 3), level, None, None, note))

    mark = perf_counter()
    told("timetable")
    arrays = site_arrays(case)
    judge = Judge(case, roster, arrays.allowed, seed=seed, cancel=cancel)
    walk, lost = _walked(arrays, judge, match.plan, days, seed, cancel)
    if lost:
        return Solved(_contradiction(match, case, lost), seconds=seconds)
    seconds["timetable"] += perf_counter() - mark
    mark = perf_counter()
    bound = _whole(walk, match, cancel)
    if not bound and not (cancel and cancel()) and _is_open(match, case, walk):
        told("answer", f"{len(walk.given_back)}")
        walk.attempts(AttemptWork(), seed)
    seconds["answer"] += perf_counter() - mark
    manned, times, lost = _manned(walk, case, roster, seeds, plan_hash, days, seed, seconds, told)
    if lost:
        return Solved(_contradiction(match, case, lost), seconds=seconds)
    plan, visits = walk.plan, tuple(visits_of(case, walk.plan))
    broken = check_plan(case, plan)
    if broken:
        raise MismatchError(f"the walked plan is unlawful: {broken[0].rule} {broken[0].subjects}")
    unlawful = check_duty(case, roster, visits, manned.duty)
    if unlawful:
        raise MismatchError(f"an unlawful duty: {unlawful[0].rule} {unlawful[0].subjects} {unlawful[0].message}")
    if bound or not np.array_equal(plan.day, match.plan.day):
        match = reproved(match, arrays, plan, chosen, bound)
    levels = day_levels(case, roster, visits, manned.duty, times.values())
    return Solved(
        match, visits, manned.duty, levels, manned.draws, tuple(walk.given_back), judge.asked, seconds, matched
    )


def _walked(
    arrays: SiteArrays, judge: Judge, plan: Plan, work: DayWork, seed: int, cancel: Cancel | None
) -> tuple[MonthWalk, list[Cut]]:
    """Return a plan near `plan` all of whose days can be walked, and what stands against that where there is none."""
    case, roster = arrays.case, judge.roster
    board = opened(case, roster, plan, timetable(case, roster, visits_of(case, plan), work.first, seed))
    short = _crowded_units(case, plan, board)
    if short:
        plan = Plan(dealt(arrays, roster, short, plan.day, seed))
        board = opened(case, roster, plan, timetable(case, roster, visits_of(case, plan), work.first, seed))
    housed = move_visits_without_crew(board, arrays, plan, case.capacity, work, seed)
    walk = MonthWalk(arrays, board, judge, housed.day.copy(), cancel=cancel)
    return walk, walk.give_back()


def _crowded_units(case: Case, plan: Plan, board: MonthTimes) -> list[int]:
    """Return the units that lack crews for a visit on many of the days on which they work."""
    lacking: dict[int, set[int]] = defaultdict(set)
    for entry in board.visits:
        for unit in board.lacking(entry):
            lacking[unit].add(entry[1])
    load = loads_of(case, plan)
    busy = {u: int((load[u] > 0).sum()) for u in lacking}
    return [u for u, days in sorted(lacking.items()) if len(days) > max(FAILING, FAILING_SHARE * busy[u])]


def _is_open(match: Match, case: Case, walk: MonthWalk) -> bool:
    """Return whether the walked plan may still be bettered: it gave something back, or the match's gap is open."""
    assert match.plan is not None
    return match.status is not Status.OPTIMAL or not np.array_equal(walk.day, match.plan.day)


def _whole(walk: MonthWalk, match: Match, cancel: Cancel | None) -> dict[str, int]:
    """Plan a small case as one exact problem of days, starts and people; return what that proves of the levels.

    Nothing is done where a bound of the match meets the walked plan already.
    """
    case = walk.case
    now = level_values(objective_of(case, walk.plan))[: len(DECISIVE_LEVELS)]
    bounds = tuple(max(lv.bound_certified or 0, lv.bound_solver or 0) for lv in match.levels[: len(DECISIVE_LEVELS)])
    met = match.objective is not None and match.objective.left_out == now[:ENTRIES] and now == bounds
    if case.n_tasks > WHOLE_TASKS or met or (cancel and cancel()):
        return {}
    everyone = np.arange(len(case.sites), dtype=np.int64)
    found = replan(walk.arrays, walk.judge, walk.lessons, everyone, walk.day, WHOLE_WORK, cancel=cancel)
    if found.day is not None and _decisive_and_fire(case, found.day) < _decisive_and_fire(case, walk.day):
        walk.enter(found)
        now = level_values(objective_of(case, walk.plan))[: len(DECISIVE_LEVELS)]
    proven: dict[str, int] = {}
    for name, value, bound in zip(LEVELS, now, now if found.proven else found.bound, strict=False):
        proven[name] = bound
        if bound != value:  # the next level's bound speaks of plans that meet this one's
            break
    return proven


def _decisive_and_fire(case: Case, day: IntArray) -> tuple[int, ...]:
    return objective_of(case, Plan(day)).key()[: FIRE_ALONE + 1]


def _manned(
    walk: MonthWalk,
    case: Case,
    roster: Roster,
    seeds: CrewSeeds,
    plan_hash: PlanHash,
    work: DayWork,
    seed: int,
    seconds: dict[str, float],
    told: Callable[[str], None],
) -> tuple[Manned, dict[int, DayTimes], list[Cut]]:
    """Return teams for the whole month; a day that cannot be manned is asked exactly, and gives way where it must."""
    arrays, board = walk.arrays, walk.board
    for _ in range(MANNED_ROUNDS * case.n_days):
        mark = perf_counter()
        times = polished(board, work, seed + 1)
        if any(one.quiet[0] for one in times.values()):
            walk.day = calm(board, arrays, walk.plan, case.capacity, work).day.copy()
            times = polished(board, work, seed + 1)
        seconds["timetable"] += perf_counter() - mark
        mark = perf_counter()
        told("crew")
        visits = tuple(visits_of(case, walk.plan))
        stays = stays_of(case, visits)
        start_of, crew_of = joined(visits, stays, times.values())
        manned = man_month(case, roster, visits, stays, start_of, crew_of, seeds, plan_hash(walk.plan))
        seconds["crew"] += perf_counter() - mark
        if not manned.cuts:
            return manned, times, []
        failed = walk.timed_otherwise(manned.cuts)
        lost = walk.give_back(failed) if failed else []
        if lost:
            return manned, times, lost
    raise MismatchError("days that are walked again and again cannot be manned")


def joined(visits: Sequence[Visit], stays: Sequence[Stay], times: Iterable[DayTimes]) -> tuple[IntArray, IntArray]:
    """Return starts [V] and crew numbers [Y] of the whole month from its days, which keep the month's order."""
    start, crew = np.full(len(visits), NO_START, np.int64), np.full(len(stays), NO_START, np.int64)
    visit_day = np.array([visit.day for visit in visits], dtype=np.int64)
    stay_day = np.array([stay.day for stay in stays], dtype=np.int64)
    for one in times:
        start[visit_day == one.day] = one.start
        crew[stay_day == one.day] = one.crew
    return start, crew


def _contradiction(match: Match, case: Case, failed: Iterable[Cut]) -> Match:
    """Return the match of a month whose published visits cannot all be walked or manned."""
    found = tuple(
        Violation(
            cut.rule, (case.rows[cut.row].unit, case.days[cut.day].isoformat(), *cut.visits), "fixed visits clash"
        )
        for cut in failed
    )
    return replace(match, status=Status.INFEASIBLE, plan=None, objective=None, violations=found)


def reproved(
    match: Match, arrays: SiteArrays, plan: Plan, work: Work, whole: Mapping[str, int] = MappingProxyType({})
) -> Match:
    """Return the match with `plan` in place of its own, its levels proven anew.

    `whole` are bounds of the levels in turn that speak of days, starts and people together.
    """
    objective = objective_of(arrays.case, plan)
    assert match.objective is not None
    # CP-SAT's word holds among plans that leave out no more than the one it was given; of the first level, among all.
    same = objective.left_out == match.objective.left_out
    words = {level.name: level.bound_solver for level in match.levels if level.bound_solver is not None}
    word = words if same else {name: bound for name, bound in words.items() if name == LEFT_OUT_LEVELS[0]}
    word |= {name: max(bound, word.get(name, 0)) for name, bound in whole.items()}
    levels, certificates = levels_with_proof(arrays, objective, plan, work.bound_rounds, word, known=match.certificates)
    return replace(
        match, status=status_of(levels), plan=plan, objective=objective, levels=levels, certificates=certificates
    )


def day_levels(
    case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty, times: Iterable[DayTimes]
) -> tuple[Level, ...]:
    """Return the levels of timetable and crews; the first two bounds hold given the days."""
    values, days = duty_objective(case, roster, visits, duty).key(), list(times)
    quiet, changes = sum(one.quiet[1] for one in days), sum(one.changes[1] for one in days)
    load = workload_bound(case, roster, visits)
    rows = zip(DAY_LEVELS, values, ((None, quiet), (None, changes), (load, None)), strict=True)
    return tuple(_day_level(name, value, *bounds) for name, value, bounds in rows)


def with_teams(
    levels: Sequence[Level], case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty
) -> tuple[Level, ...]:
    """Return the levels of timetable and crews with other teams at the same starts: only the workload is theirs."""
    value = duty_objective(case, roster, visits, duty).workload
    load = workload_bound(case, roster, visits)
    return tuple(_day_level(one.name, value, load, None) if one.name == DAY_LEVELS[-1] else one for one in levels)


def _day_level(name: str, value: int, certified: int | None, solver: int | None) -> Level:
    best = max(b for b in (certified, solver) if b is not None)
    if best > value:
        raise MismatchError(f"{name}: a value of {value} is below the proven bound {best}")
    proven = "certificate" if certified == value else "solver" if solver == value else ""
    return Level(name, value, certified, solver, (value - best) / value if value else 0.0, proven)
