"""What no timetable of a day can go below: quiet hours and changes of town, given the visits of the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import cast

import numpy as np
from ortools.sat.python import cp_model

from planner.domain.case import DAY_QUARTERS
from planner.domain.duty import Stay
from planner.domain.roster import HALF_QUARTERS
from planner.solve.day_arrays import Day


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
    """The day without travel and without crews that keep their people: `start` per visit, None where none was found.

    `bound` is valid for the day itself.
    """

    start: tuple[int, ...] | None
    bound: int


def relaxed_quiet(day: Day, work: float, seed: int, travelling: int | None = None) -> Relaxed:
    """Minimise quiet hours where people only have to be enough at every moment, by half-day and skill.

    With `travelling` only that unit is short of people, but each of its inspectors needs time from town to town. `work`
    is CP-SAT's deterministic time.
    """
    cp = cp_model.CpModel()
    travel = day.roster.travel_quarters
    start, cost = [], []
    for v, options in enumerate(day.options):
        by_cost: dict[int, list[int]] = defaultdict(list)
        for s in options:
            by_cost[day.quiet_cost(v, s)].append(day.stretched(s))
        var = cp.new_int_var_from_domain(cp_model.Domain.from_values([day.stretched(s) for s in options]), f"start_{v}")
        start.append(var)
        if len(by_cost) == 1:
            cost.append(cp_model.LinearExpr.sum([next(iter(by_cost))]))
            continue
        chosen = {c: cp.new_bool_var(f"cost_{v}_{c}") for c in sorted(by_cost)}
        cp.add_exactly_one(chosen.values())
        for c, literal in chosen.items():
            cp.add_linear_expression_in_domain(var, cp_model.Domain.from_values(by_cost[c])).only_enforce_if(literal)
        cost.append(cp_model.LinearExpr.weighted_sum(list(chosen.values()), list(chosen)))
    spans = _spans(cp, day, start)
    for unit in day.units if travelling is None else (travelling,):
        own = [y for y, s in enumerate(day.stays) if s.unit == unit]
        for skill in ("", *sorted({s for y in own for s in day.stays[y].skills})):
            _enough(cp, day, unit, skill, [spans[y] for y in own if not skill or skill in day.stays[y].skills], travel)
    if travelling is not None:
        _each_in_one_place(cp, day, travelling, spans)
    cp.minimize(cp_model.LinearExpr.sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = work
    status = solver.solve(cp)
    least = least_quiet(day)
    if status == cp_model.INFEASIBLE:
        return Relaxed(None, least)
    bound = max(least, int(np.ceil(solver.best_objective_bound - 1e-6)))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Relaxed(None, bound)
    back = {day.stretched(s): s for s in range(DAY_QUARTERS)}
    return Relaxed(tuple(back[solver.value(var)] for var in start), bound)


def _spans(cp: cp_model.CpModel, day: Day, start: Sequence[cp_model.IntVar]) -> list[cp_model.IntervalVar]:
    """Return the time that each stay takes on the stretched clock; across the break it is longer by the break."""
    made: dict[tuple[int, int], cp_model.IntervalVar] = {}
    for stay in day.stays:
        v, length = stay.visit, stay.quarters
        if (v, length) in made:
            continue
        name = f"stay_{v}_{length}"
        ends = {s: s < HALF_QUARTERS < s + length for s in day.options[v]}
        if any(ends.values()):
            across = cp.new_bool_var(f"across_{v}_{length}")
            for value, literal in ((True, across), (False, ~across)):
                domain = cp_model.Domain.from_values([day.stretched(s) for s, a in ends.items() if a == value])
                cp.add_linear_expression_in_domain(start[v], domain).only_enforce_if(literal)
            size = length + day.roster.travel_quarters * across
            end = cp.new_int_var(0, DAY_QUARTERS + day.roster.travel_quarters, f"end_{v}_{length}")
            made[v, length] = cp.new_interval_var(start[v], size, end, name)
        else:
            made[v, length] = cp.new_fixed_size_interval_var(start[v], length, name)
    return [made[s.visit, s.quarters] for s in day.stays]


def _each_in_one_place(cp: cp_model.CpModel, day: Day, unit: int, spans: Sequence[cp_model.IntervalVar]) -> None:
    """Give each stay of `unit` its inspectors, who are at one stay at a time and need time between towns."""
    own, people = [y for y, s in enumerate(day.stays) if s.unit == unit], day.roster.of_unit(unit)
    town = {y: day.case.sites[day.stays[y].site].town for y in own}
    at = {(i, y): cp.new_bool_var(f"at_{i}_{y}") for i in people for y in own}
    for y in own:
        cp.add(cp_model.LinearExpr.sum([at[i, y] for i in people]) == int(day.roster.per_crew[unit]))
    begin = {y: cast("cp_model.LinearExprT", spans[y].start_expr()) for y in own}
    end = {y: cast("cp_model.LinearExprT", spans[y].end_expr()) for y in own}
    for y, z in combinations(own, 2):
        way = 0 if town[y] == town[z] else day.roster.travel_quarters
        shared, first = cp.new_bool_var(f"shared_{y}_{z}"), cp.new_bool_var(f"first_{y}_{z}")
        for (one, other), literal in (((y, z), first), ((z, y), ~first)):
            wait = cp_model.LinearExpr.weighted_sum([begin[other], end[one]], [1, -1])
            cp.add(wait >= way).only_enforce_if(shared, literal)
        for i in people:
            cp.add_bool_or([~at[i, y], ~at[i, z], shared])


def _enough(
    cp: cp_model.CpModel, day: Day, unit: int, skill: str, spans: list[cp_model.IntervalVar], travel: int
) -> None:
    """At every moment there are people for the stays; over the break only those who are there in both halves."""
    roster = day.roster
    people = [i for i in roster.of_unit(unit) if not skill or skill in roster.inspectors[i].skills]
    present = roster.present[people, day.number]
    size = int(roster.per_crew[unit])
    morning, afternoon, both = (int(n) // size for n in (*present.sum(axis=0), present.all(axis=1).sum()))
    most = max(morning, afternoon)
    fixed = [(0, HALF_QUARTERS, most - morning), (HALF_QUARTERS + travel, HALF_QUARTERS, most - afternoon)]
    if travel:
        fixed.append((HALF_QUARTERS, travel, most - both))
    away = [(cp.new_fixed_size_interval_var(at, length, "away"), n) for at, length, n in fixed if n]
    demands = [*(1 for _ in spans), *(n for _, n in away)]
    cp.add_cumulative([*spans, *(interval for interval, _ in away)], demands, most)
