"""The people of a unit's day as a flow through towns and time: linear sums of what they can do at most.

Each skill that is asked for is a flow of its own, of the people who have it. The flow ignores that these people are
also among the others, that crews stay together, and recusal. So if the flow is infeasible, the day is; if it is
feasible, the start times it finds still have to be staffed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ortools.sat.python import cp_model

from planner.domain.case import DAY_QUARTERS, Case
from planner.domain.duty import Stay
from planner.domain.roster import HALF_QUARTERS, Roster

Term = tuple[cp_model.IntVar, int]
"""A variable and what it is multiplied by."""
HUB = "→"
"""The place of those on the way from town to town."""


def add_flows(
    cp: cp_model.CpModel,
    case: Case,
    roster: Roster,
    day: int,
    stays: Iterable[Stay],
    begins: Sequence[Mapping[int, cp_model.IntVar]],
) -> None:
    """Add the flows of all units of `stays` on day `day`; `begins` are the literals of each visit's starts."""
    by_unit: dict[int, list[Stay]] = defaultdict(list)
    for stay in stays:
        by_unit[stay.unit].append(stay)
    for _, own in sorted(by_unit.items()):
        for skill in ("", *sorted({s for stay in own for s in stay.skills})):
            _walk(cp, case, roster, day, skill, [s for s in own if not skill or skill in s.skills], begins)


def _walk(
    cp: cp_model.CpModel,
    case: Case,
    roster: Roster,
    day: int,
    skill: str,
    stays: Sequence[Stay],
    begins: Sequence[Mapping[int, cp_model.IntVar]],
) -> None:
    """Let the unit's people with `skill` ("": all) walk to `stays`: who arrives in a town waits, works or walks on.

    Time is the stretched clock's; in the break anyone gets anywhere. Across it work only those who are there all day.
    """
    unit, way, noon = stays[0].unit, roster.travel_quarters, HALF_QUARTERS
    people = [i for i in roster.of_unit(unit) if not skill or skill in roster.inspectors[i].skills]
    present = roster.present[people, day]
    size, whole, there = int(roster.per_crew[unit]), int(present.all(axis=1).sum()), present.sum(axis=0).tolist()
    town_of = {stay.visit: case.sites[stay.site].town if way else "" for stay in stays}
    towns = sorted(set(town_of.values()))
    flow: dict[tuple[int, str, int], list[Term]] = defaultdict(list)
    """(half of the day, town or HUB, time) → who arrives (+) and who leaves (−)."""
    come: tuple[list[Term], list[Term]] = ([], [])
    across: list[Term] = []

    def walking() -> cp_model.IntVar:
        return cp.new_int_var(0, max(there), "")

    for half, (first, last) in enumerate(((0, noon), (noon + way, DAY_QUARTERS + way))):
        for town in towns:
            come[half].append((walking(), 1))
            flow[half, town, first].append(come[half][-1])
            for t in range(first, last):
                waiting = walking()
                flow[half, town, t].append((waiting, -1))
                flow[half, town, t + 1].append((waiting, 1))
            for t in range(first, last - way + 1) if len(towns) > 1 else ():
                off, on = walking(), walking()
                flow[half, town, t].append((off, -1))
                flow[half, HUB, t] += [(off, 1), (on, -1)]
                flow[half, town, t + way].append((on, 1))
    for stay in stays:
        for start, literal in begins[stay.visit].items():
            end = start + stay.quarters
            flow[int(start >= noon), town_of[stay.visit], start + (way if start >= noon else 0)].append(
                (literal, -size)
            )
            flow[int(end > noon), town_of[stay.visit], end + (way if end > noon else 0)].append((literal, size))
            if start < noon < end:
                across.append((literal, size))
    for (half, place, t), terms in flow.items():
        ends = place != HUB and t == (DAY_QUARTERS + way if half else noon)
        cp.add_linear_constraint(_sum(terms), 0, max(there) if ends else 0)
    cp.add(_sum(come[0]) <= there[0])
    cp.add(_sum([*come[1], *across]) <= there[1])
    cp.add(_sum(across) <= whole)


def _sum(terms: Sequence[Term]) -> cp_model.LinearExpr:
    return cp_model.LinearExpr.weighted_sum([var for var, _ in terms], [n for _, n in terms])
