"""A month in three stages: match, timetable, crews; and back to the match where a day cannot be walked.

Stage 1 gives each task its day, stage 2 each visit its start and each stay its crew, stage 3 each crew its inspectors,
drawn. A stage that fails on a day sends cuts back: capacity row, day, and less load than what failed. The match
answers, only days that changed are timed again, and so on. Each cut lowers a whole number that starts finite, by twice
as much as the last one on the same row and day, so this ends; the certified bound never sees a cut and stays valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np

from planner.checks import Violation, check_plan
from planner.checks.duty import check_duty
from planner.checks.duty_objective import duty_objective, workload_bound
from planner.checks.objective import objective_of
from planner.domain.case import Case, IntArray
from planner.domain.duty import NO_START, Cut, Duty, Stay, stays_of
from planner.domain.errors import MismatchError
from planner.domain.plan import Objective, Plan, Visit, visits_of
from planner.domain.result import DAY_LEVELS, Level, Progress, Reason, Status
from planner.domain.roster import Roster
from planner.draw.inspectors import TeamDraw
from planner.rulebook.nouns import RulebookVersion
from planner.solve.answer import Limits, answer
from planner.solve.arrays import SiteArrays, site_arrays
from planner.solve.crews import CrewSeeds, man_month
from planner.solve.levels import levels_with_proof, status_of
from planner.solve.match import Match, solve_match
from planner.solve.month_times import closed, follow, opened, polished
from planner.solve.reasons import reasons_for
from planner.solve.rehouse import calm, rehouse
from planner.solve.run import Keep, Work
from planner.solve.timetable import DayTimes, DayWork, timetable

LATER_STAGES = ("timetable", "crew", "answer")
"""Progress levels of what comes after the match; "answer" is the match again, after a cut."""

Tell = Callable[[Progress], None]
Cancel = Callable[[], bool]
PlanHash = Callable[[Plan], str]


@dataclass(frozen=True, eq=False)
class Solved:
    """A month's plan through all stages; `visits`, `duty` and what follows are empty where there is no plan."""

    match: Match
    limits: Limits | None = None
    visits: tuple[Visit, ...] = ()
    duty: Duty | None = None
    day_levels: tuple[Level, ...] = ()
    draws: tuple[TeamDraw, ...] = ()
    cuts: tuple[Cut, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    matched: Objective | None = None
    """What the match alone came to, before starts and crews gave days back."""

    def reasons(self, rulebook: RulebookVersion) -> tuple[Reason, ...]:
        """Return why each left-out task is not in the plan, and at which stage it failed."""
        assert self.limits is not None
        assert self.match.plan is not None
        return reasons_with_stage(self.limits.cut_case, self.match.plan, rulebook, self.cuts)


def reasons_with_stage(case: Case, plan: Plan, rulebook: RulebookVersion, cuts: Iterable[Cut]) -> tuple[Reason, ...]:
    """Return why each left-out task is not in the plan; `case` has the capacity that the cuts left."""
    stage = {(cut.row, cut.day): cut.stage for cut in cuts}
    return tuple(replace(one, stage=_stage(case, one, stage)) for one in reasons_for(case, plan, rulebook))


def _stage(case: Case, reason: Reason, stage: dict[tuple[int, int], str]) -> str:
    """Return the stage whose cut blocks a day of the task: "match" where crews were short without any cut."""
    rows = (int(case.unit_of[reason.task]), int(case.skill_row_of[reason.task]))
    for day, rule, _ in reason.blocked:
        if rule.startswith("capacity."):
            for row in rows:
                if (row, day) in stage:
                    return stage[row, day]
    return "match"


def solve_month(
    case: Case,
    roster: Roster,
    seeds: CrewSeeds,
    plan_hash: PlanHash,
    seed: int = 0,
    work: Work | None = None,
    day_work: DayWork | None = None,
    progress: Tell | None = None,
    cancel: Cancel | None = None,
    keep: Keep | None = None,
    begin: IntArray | None = None,
) -> Solved:
    """Return the month's plan with starts and teams; `keep` and `begin` are those of `solve_match`.

    `plan_hash` gives the hash that the draw of inspectors rests on: it is fixed before anyone is drawn. `cancel` stops
    the match; what it has is timed and manned all the same. Raises MismatchError if an engine and the checks disagree.
    """
    chosen, tell = work or Work(), progress or (lambda _: None)
    start = perf_counter()
    match = solve_match(case, seed, chosen, tell, cancel, keep, begin)
    if match.plan is None:
        return Solved(match)
    matched = match.objective
    seconds = {"timetable": 0.0, "crew": 0.0, "answer": 0.0}
    limits, arrays, rng = Limits(case), site_arrays(case), np.random.default_rng(seed)
    plan, work_a_day = match.plan, day_work or DayWork()
    cuts: list[Cut] = []

    def told(level: str, note: str = "") -> None:
        tell(Progress(round(perf_counter() - start, 3), level, None, None, note))

    mark = perf_counter()
    told("timetable")
    board = opened(case, roster, plan, timetable(case, roster, visits_of(case, plan), work_a_day.first, seed))
    while True:
        plan = rehouse(board, arrays, plan, limits.limit, work_a_day, seed)
        times = closed(board)
        failed = [cut for one in times.values() for cut in one.cuts]
        duty: Duty | None = None
        draws: tuple[TeamDraw, ...] = ()
        if not failed:
            times = polished(board, work_a_day, seed + 1)
            if any(one.quiet[0] for one in times.values()):
                plan = calm(board, arrays, plan, limits.limit, work_a_day)
                times = polished(board, work_a_day, seed + 1)
        visits = tuple(visits_of(case, plan))
        stays = stays_of(case, visits)
        seconds["timetable"] += perf_counter() - mark
        mark = perf_counter()
        if not failed:
            told("crew")
            start_of, crew_of = joined(visits, stays, times.values())
            manned = man_month(case, roster, visits, stays, start_of, crew_of, seeds, plan_hash(plan))
            duty, draws, failed = manned.duty, manned.draws, list(manned.cuts)
            seconds["crew"] += perf_counter() - mark
        if not failed:
            break
        mark = perf_counter()
        taken = limits.take(failed)
        if not taken:
            return Solved(_contradiction(match, case, failed), seconds=seconds)
        cuts += taken
        told("answer", f"{len(taken)}")
        site_of = {visit.id: visit.site for visit in visits}
        plan = answer(arrays, plan, limits, [site_of[name] for cut in taken for name in cut.visits], rng)
        broken = check_plan(case, plan)
        if broken:
            raise MismatchError(f"the answer to a cut is unlawful: {broken[0].rule} {broken[0].subjects}")
        seconds["answer"] += perf_counter() - mark
        mark = perf_counter()
        follow(board, plan)
    assert duty is not None
    unlawful = check_duty(case, roster, visits, duty)
    if unlawful:
        raise MismatchError(f"an unlawful duty: {unlawful[0].rule} {unlawful[0].subjects} {unlawful[0].message}")
    if not np.array_equal(plan.day, match.plan.day):
        match = reproved(match, arrays, plan, chosen)
    levels = day_levels(case, roster, visits, duty, times.values())
    return Solved(match, limits, visits, duty, levels, draws, tuple(cuts), seconds, matched)


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


def reproved(match: Match, arrays: SiteArrays, plan: Plan, work: Work) -> Match:
    """Return the match with `plan` in place of its own, which the later stages cut, its levels proven anew."""
    objective = objective_of(arrays.case, plan)
    assert match.objective is not None
    # CP-SAT's word holds among plans that leave out no more than the one it was given.
    same = objective.left_out == match.objective.left_out
    word = {level.name: level.bound_solver for level in match.levels if level.bound_solver is not None} if same else {}
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


def _day_level(name: str, value: int, certified: int | None, solver: int | None) -> Level:
    best = max(b for b in (certified, solver) if b is not None)
    if best > value:
        raise MismatchError(f"{name}: a value of {value} is below the proven bound {best}")
    proven = "certificate" if certified == value else "solver" if solver == value else ""
    return Level(name, value, certified, solver, (value - best) / value if value else 0.0, proven)
