"""Lower bounds for the timetable of a day: quiet hours and changes of town, given the day's visits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from planner.domain.case import DAY_QUARTERS
from planner.domain.duty import Stay
from planner.domain.roster import HALF_QUARTERS
from planner.solve.day.arrays import Day
from planner.solve.day.people_flow import add_flows


def least_quiet(day: Day) -> int:
    """Return what the visits cost in quiet hours if each had its own best start: a bound, often met."""
    return sum(min((day.quiet_cost(v, start) for start in options), default=0) for v, options in enumerate(day.options))


def least_changes(day: Day) -> int:
    """Return a number of town changes that no timetable of the day goes below.

    A crew that works in n towns changes n − 1 times at least, so a unit needs (sum over towns of the crews that the
    town's stays need) − (crews that its people make) changes.
    """
    by_unit: dict[int, dict[str, list[Stay]]] = defaultdict(lambda: defaultdict(list))
    for stay in day.stays:
        by_unit[stay.unit][day.case.sites[stay.site].town].append(stay)
    return sum(
        max(0, sum(_least_crews(day, stays) for stays in towns.values()) - most_crews(day, unit))
        for unit, towns in by_unit.items()
    )


def most_crews(day: Day, unit: int) -> int:
    """Return how many crews the unit's people are at most, in the half of the day that has more of them."""
    present = day.roster.present[day.roster.of_unit(unit), day.number].sum(axis=0)
    return int(present.max(initial=0)) // int(day.roster.per_crew[unit])


def _least_crews(day: Day, stays: Sequence[Stay]) -> int:
    """Return how many crews one town's stays of a unit need at least: by time, by how many fit into a half-day, and by
    how few can begin late enough for a crew that comes from another.
    """
    needed = -(-sum(s.quarters for s in stays) // DAY_QUARTERS)
    short = [s for s in stays if day.visits[s.visit].quarters <= HALF_QUARTERS]
    for fit in range(1, HALF_QUARTERS):
        # Of stays longer than a (fit + 1)-th of a half-day, no crew does more than `fit` in a half.
        long = sum(s.quarters * (fit + 1) > HALF_QUARTERS for s in short)
        needed = max(needed, -(-long // (2 * fit)))
    latest = [_latest(day.options[s.visit]) for s in short]
    for least in range(1, HALF_QUARTERS + 1):
        # Stays of `least` and more whose visits all begin before a crew can come from one to the next: one a half.
        apart = [late for s, late in zip(short, latest, strict=True) if s.quarters >= least and max(late) < least]
        in_one = max(sum(late[half] < 0 for late in apart) for half in (0, 1))
        needed = max(needed, -(-len(apart) // 2), in_one)
    return needed


def _latest(options: Sequence[int]) -> tuple[int, int]:
    """Return how late in each half-day, in quarters of it, a visit can begin; -1 where it cannot."""
    return (
        max((s for s in options if s < HALF_QUARTERS), default=-1),
        max((s - HALF_QUARTERS for s in options if s >= HALF_QUARTERS), default=-1),
    )


@dataclass(frozen=True, slots=True)
class Relaxed:
    """Starts by visit, None where none were found; `bound` is what no timetable of the day goes below."""

    start: tuple[int, ...] | None
    bound: int


def relaxed_quiet(day: Day, units: Iterable[int], start: Sequence[int], least: int, work: float, seed: int) -> Relaxed:
    """Minimise quiet hours (rule `objective.quiet-hours`) where only the people of `units` are short.

    They walk as a flow through towns and time. Each skill asked for is a flow of its own, of those who have it; that
    they are among the others, and that crews keep together, is what this does not know. `start` is where the search
    begins, `least` a bound that is known, `work` CP-SAT's deterministic time.
    """
    cp = cp_model.CpModel()
    begins = [{s: cp.new_bool_var(f"begin_{v}_{s}") for s in options} for v, options in enumerate(day.options)]
    for own, hint in zip(begins, start, strict=True):
        cp.add_exactly_one(own.values())
        for s, literal in own.items():
            cp.add_hint(literal, s == hint)
    add_flows(cp, day.case, day.roster, day.number, [stay for stay in day.stays if stay.unit in set(units)], begins)
    literals = [literal for own in begins for literal in own.values()]
    costs = [day.quiet_cost(v, s) for v, own in enumerate(begins) for s in own]
    total = cp_model.LinearExpr.weighted_sum(literals, costs)
    cp.add(total >= least)
    cp.minimize(total)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = work
    status = solver.solve(cp)
    if status == cp_model.INFEASIBLE:
        return Relaxed(None, least)
    bound = max(least, int(np.ceil(solver.best_objective_bound - 1e-6)))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Relaxed(None, bound)
    return Relaxed(tuple(next(s for s, b in own.items() if solver.boolean_value(b)) for own in begins), bound)
