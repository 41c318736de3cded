"""A scenario played from a plan: inputs changed, the plan repaired and proven, and compared with the base."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from time import process_time

import numpy as np

from planner.checks.same_service import link_tasks
from planner.domain.case import Case, IntArray
from planner.domain.finding import Severity
from planner.domain.plan import Objective, Plan, loads_of
from planner.domain.result import Level, MonthResult, PriceList, Status
from planner.explain.effects.compare import Comparison, Side, compare
from planner.intake.month.outcome import Prepared
from planner.service.changes.carrying import carried
from planner.service.month.planning import Cancel, Planned, crew_seeds, plan_hash
from planner.service.whatif.base import Base
from planner.service.whatif.changes import Applied, Touched, apply_changes
from planner.service.whatif.scenario import Scenario
from planner.solve.day.half_rows import strengthened
from planner.solve.match import solve_match
from planner.solve.repair.carry import carried_days, carried_lists
from planner.solve.repair.search import Repaired, repair
from planner.solve.revise import revise_month


class Depth(StrEnum):
    """How far a scenario is played."""

    AT_ONCE = "at-once"
    """The plan repaired, bounds from the base's prices."""
    MATCHED = "matched"
    """As far as a month's match goes, where the repair is not proven."""
    WHOLE = "whole"
    """With starts and people: what changed is timed anew."""


@dataclass(frozen=True, eq=False)
class Played:
    """What a scenario came to. `side` and `comparison` are None where it has no plan, `reason` says why: "no_tasks",
    "infeasible" or "no_times".

    `moved` and `touched_sites` are those of the repair. `hash` is the plan's, as a plan of that case would have it.
    `seconds` is processor time by step.
    """

    scenario: Scenario
    depth: Depth
    applied: Applied
    prepared: Prepared
    side: Side | None
    comparison: Comparison | None
    status: Status
    hash: str
    moved: int
    touched_sites: int
    seconds: dict[str, float]
    result: MonthResult | None = None
    reason: str = ""
    new_errors: int = 0
    """Errors that intake finds in the changed input and not in the base."""

    @property
    def nothing(self) -> tuple[tuple[int, Touched], ...]:
        """Return the changes that touched nothing, with their numbers from 1."""
        return tuple((n, one) for n, one in enumerate(self.applied.touched, start=1) if one.nothing)


@dataclass(frozen=True, eq=False)
class _Found:
    """A plan of the scenario, repaired or matched."""

    day: IntArray
    objective: Objective
    status: Status
    levels: tuple[Level, ...]
    lists: tuple[PriceList, ...]


def play(base: Base, scenario: Scenario, depth: Depth = Depth.AT_ONCE, cancel: Cancel = lambda: False) -> Played:
    """Return what the scenario comes to, from the plan of `base`, which stays as it is.

    Raises InputError where a change cannot be made.
    """
    planned, from_, seconds, mark = base.planned, base.side, dict[str, float](), process_time()
    applied = apply_changes(base.inputs, scenario)
    prepared = base.prepare(applied.inputs)
    errors = [sum(f.severity is Severity.ERROR for f in of.findings) for of in (planned.prepared, prepared)]
    seconds["intake"] = process_time() - mark
    new_errors = max(0, errors[1] - errors[0])

    def ended(reason: str) -> Played:
        return Played(
            scenario, depth, applied, prepared, None, None, Status.INVALID, "", 0, 0, _rounded(seconds),
            reason=reason, new_errors=new_errors,
        )  # fmt: skip

    case = prepared.case
    if case is None or prepared.roster is None or not case.n_tasks:
        return ended("no_tasks")
    mark = process_time()
    case_hash = case.content_hash()
    found, repaired = _plan(base, prepared, case, case_hash, depth, cancel)
    seconds["plan"] = process_time() - mark
    if found is None:
        return ended("infeasible")
    settings = {k: v for k, v in planned.result.settings.items() if k.startswith("work.")} | prepared.settings
    side = Side(case, found.day, found.levels, found.lists)
    result = None
    if depth is Depth.WHOLE:
        mark = process_time()
        result = _timed(planned, prepared, case, found, settings, applied)
        seconds["times"] = process_time() - mark
        if result is None:
            return ended("no_times")
        assert result.plan is not None
        side = Side(case, result.plan.day, result.levels, result.certificates, walked=True)
    mark = process_time()
    comparison = compare(from_, side)
    seconds["effects"] = process_time() - mark
    return Played(
        scenario,
        depth,
        applied,
        prepared,
        side,
        comparison,
        result.status if result else found.status,
        plan_hash(case, Plan(side.day), settings, case_hash),
        len(repaired.moved),
        len(repaired.touched),
        _rounded(seconds),
        result,
        new_errors=new_errors,
    )


def _plan(
    base: Base, prepared: Prepared, case: Case, case_hash: str, depth: Depth, cancel: Cancel
) -> tuple[_Found | None, Repaired]:
    """Return the scenario's plan: repaired, or matched where nothing can be repaired or more is asked for."""
    was, seed = base.planned.result, base.planned.result.seed
    assert was.plan is not None
    assert was.objective is not None
    assert prepared.roster is not None
    if case_hash == base.case_hash:
        nothing = np.zeros(0, dtype=np.int64)
        same = Repaired(was.plan, was.objective, was.status, was.levels, was.certificates, nothing, nothing)
        return _Found(was.plan.day, was.objective, was.status, was.levels, was.certificates), same
    whole = strengthened(case, prepared.roster)
    day, new = carried_days(was.case, was.plan.day, case, link_tasks(was.case, case))
    slack = [held.high - held.low for held in base.side.held]
    lists = carried_lists(was.certificates, was.case, whole)
    repaired = repair(whole, day, lists, new, seed, cancel=cancel, slack=slack)
    found = None
    if repaired.plan is not None and repaired.objective is not None:
        found = _Found(repaired.plan.day, repaired.objective, repaired.status, repaired.levels, repaired.certificates)
    if found is None or (depth is not Depth.AT_ONCE and found.status is not Status.OPTIMAL):
        match = solve_match(whole, seed, cancel=cancel, begin=None if found is None else found.day)
        if match.plan is None or match.objective is None:
            return found, repaired
        better = found is None or match.objective.key() < found.objective.key() or match.status is Status.OPTIMAL
        if better:
            found = _Found(match.plan.day, match.objective, match.status, match.levels, match.certificates)
    return found, repaired


def _timed(
    planned: Planned, prepared: Prepared, case: Case, found: _Found, settings: dict[str, str], applied: Applied
) -> MonthResult | None:
    """Return the scenario's month with starts and people near the base's; None where days cannot be walked."""
    seeds = crew_seeds(planned.result.seed, planned.given)
    stood = replace(carried(planned, prepared), cuts=(), notes=())
    start = replace(stood, status=found.status, levels=found.levels, certificates=found.lists, settings=settings)
    done = revise_month(start, found.day, seeds, lambda plan: plan_hash(case, plan, settings), give_way=True)
    if done.cuts:
        return None
    return replace(
        start,
        plan=done.plan,
        objective=done.objective,
        status=done.status,
        levels=done.levels,
        certificates=done.certificates,
        visits=done.visits,
        duty=done.duty,
        day_levels=done.day_levels,
    )


def moved_tasks(comparison: Comparison) -> int:
    """Return how many tasks that both cases have stand on another date."""
    before, after = comparison.before, comparison.after
    count = 0
    for one in comparison.links:
        if one.before and one.after:
            old, new = (_date(side.case, side.day, t[0]) for side, t in ((before, one.before), (after, one.after)))
            count += old != new
    return count


def _date(case: Case, day: IntArray, task: int) -> object:
    d = int(day[task])
    return case.days[d] if d >= 0 else d


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {key: round(value, 3) for key, value in seconds.items()}


def loads(side: Side) -> dict[str, int]:
    """Return quarter-hours of crews by unit, set-up included."""
    use = loads_of(side.case, Plan(side.day))[: len(side.case.units)].sum(axis=1)
    return {unit.id: int(n) for unit, n in zip(side.case.units, use.tolist(), strict=True)}
