"""Units whose days crews cannot get around: their stays are dealt anew to days, as routes of their crews.

The match knows hours, and where a unit is contested what half-days hold, but neither ways nor how late a visit may
begin: three stays of an hour fill a half-day in one town and do not fit into it in two, and the last of them cannot
begin at eleven where its visit lasts two hours. Where many days of a unit lack crews, its stays get routes, and with
them days: left out as little as can be found, then as few entries more, then the days of the match. All other visits
stay as they are, and a stay gets only days on which its site's plan remains lawful. Nothing is decided by it: all days
are timed and judged afterwards, and what is left out is tried again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from planner.checks import check_plan
from planner.domain.case import DAY_QUARTERS, NONE, Case, IntArray, Strength
from planner.domain.plan import LEFT_OUT, Plan, loads_of, visit_at
from planner.domain.roster import HALF_QUARTERS, Roster
from planner.solve.day.arrays import lawful_starts
from planner.solve.day.routes_kernel import Routes, search_routes
from planner.solve.exact.subcase import one_site
from planner.solve.site.arrays import SiteArrays

MOVED, ENTRY = 1, 20
"""What it costs that a stay leaves the day of the match, and that its site is entered once more for it."""
OUT = {Strength.MANDATORY: 2_000_000, Strength.ACCEPTED: 40_000, Strength.OPTIONAL: 800}
"""What a point of priority costs that is left out."""
NEVER = 1 << 40
"""What is pinned gives way to nothing."""
CHAINS, DEPTH = 4_000, 30
"""Chains that are tried, and stays of each at most."""
AMPLE = 1 << 30


@dataclass(frozen=True, eq=False)
class _Stay:
    """Tasks of one site that move together, and what each day costs on which they may be."""

    site: int
    tasks: tuple[int, ...]
    day: int
    costs: dict[int, int]
    out: int


def dealt(arrays: SiteArrays, roster: Roster, units: Iterable[int], day: IntArray, seed: int) -> IntArray:
    """Return `day` [T] with the stays of `units` on days that their crews can get around.

    The plan stays lawful, whatever the days of crews can hold. Deterministic for the same arguments.
    """
    now = day
    for unit in sorted(units):
        found = _routed(arrays, roster, unit, now, seed)
        limit = np.maximum(arrays.case.plan_capacity, loads_of(arrays.case, Plan(now)))
        if (loads_of(arrays.case, Plan(found)) <= limit).all():  # routes know hours and ways, not skills
            now = found
    return now


def _routed(arrays: SiteArrays, roster: Roster, unit: int, day: IntArray, seed: int) -> IntArray:
    case, stays = arrays.case, _stays(arrays, unit, day)
    if not stays:
        return day
    towns = sorted({case.sites[stay.site].town for stay in stays})
    cost = np.full((len(stays), case.n_days), NONE, dtype=np.int64)
    starts = np.zeros_like(cost)
    for n, stay in enumerate(stays):
        for d, worth in stay.costs.items():
            cost[n, d], starts[n, d] = worth, _starts(case, roster, stay, d, day)
    lengths = [int(case.quarters[list(stay.tasks)].sum() + case.setup[unit]) for stay in stays]
    made = Routes(
        np.array([towns.index(case.sites[stay.site].town) for stay in stays], dtype=np.int64),
        np.minimum(np.array(lengths, dtype=np.int64), DAY_QUARTERS),
        np.array([stay.out for stay in stays], dtype=np.int64),
        cost,
        starts,
        *_crews(roster, unit, case.n_days),
        HALF_QUARTERS,
        roster.travel_quarters,
    )
    wanted = np.array([stay.day for stay in stays], dtype=np.int64)
    best = search_routes(wanted, CHAINS, DEPTH, ENTRY, seed, made)
    found = day.copy()
    for stay, d in zip(stays, best.tolist(), strict=True):
        found[list(stay.tasks)] = d if d >= 0 else stay.day if stay.out == NEVER else LEFT_OUT
    for site in np.unique(case.site_of[found != day]).tolist():
        # Each stay was asked for alone; two of a site that move at once may not be lawful together.
        part = slice(int(case.start[site]), int(case.start[site + 1]))
        if check_plan(_alone(case, site), Plan(found[part])):
            found[part] = day[part]
    return found


def _alone(case: Case, site: int) -> Case:
    return one_site(case, site, np.full_like(case.plan_capacity, AMPLE))


def _stays(arrays: SiteArrays, unit: int, day: IntArray) -> list[_Stay]:
    """Return the unit's stays, pinned ones first, then those that matter most; those that wait are not among them."""
    case, columns = arrays.case, arrays.case.columns
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for t in np.flatnonzero((case.unit_of == unit) & (day >= LEFT_OUT)).tolist():
        groups[int(case.site_of[t]), int(day[t])].append(t)
    stays = []
    for (site, d), group in sorted(groups.items()):
        movable = not any(case.tasks[t].pinned or case.joint_of[t] >= 0 for t in group)
        costs = _costs(arrays, site, group, day) if movable else {d: 0} if d >= 0 else {}
        out = sum(OUT[Strength(int(columns.strength[t]))] * int(columns.priority[t]) for t in group)
        if costs:
            stays.append(_Stay(site, tuple(group), d, costs, out if movable else NEVER))
    return sorted(stays, key=lambda stay: -stay.out)


def _costs(arrays: SiteArrays, site: int, group: Sequence[int], day: IntArray) -> dict[int, int]:
    """Return what each day costs on which `group` may be while the rest of its site stays as it is."""
    case, before = arrays.case, int(day[group[0]])
    part = slice(int(case.start[site]), int(case.start[site + 1]))
    alone, trial, here = _alone(case, site), day[part].copy(), [t - part.start for t in group]
    trial[here] = LEFT_OUT
    others = set(trial[trial >= 0].tolist())
    costs: dict[int, int] = {}
    for d in np.flatnonzero(arrays.allowed[list(group)].all(axis=0)).tolist():
        trial[here] = d
        if d == before or not check_plan(alone, Plan(trial)):
            costs[d] = ENTRY * (d not in others) + MOVED * (d != before)
    # What the match has costs nothing: entries are counted from there.
    least = costs.get(before, 0)
    return {d: max(worth - least, 0) for d, worth in costs.items()}


def _starts(case: Case, roster: Roster, stay: _Stay, d: int, day: IntArray) -> int:
    """Return the lawful starts of the site's visit with `stay` on day `d`, as bits."""
    there = {t for t in case.tasks_at(stay.site) if day[t] == d} | {*stay.tasks}
    return sum(1 << q for q in lawful_starts(roster, visit_at(case, stay.site, d, tuple(sorted(there)))))


def _crews(roster: Roster, unit: int, n_days: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return the offsets of each day's routes [D+1], and where each begins and ends on the clock [R].

    As many crews as there are in both halves have a route of the whole day, the others one of their half.
    """
    halves = roster.present[roster.of_unit(unit)].sum(axis=0) // int(roster.per_crew[unit])
    way, offsets, spans = roster.travel_quarters, [0], list[tuple[int, int]]()
    for d in range(n_days):
        morning, afternoon = (int(n) for n in halves[d])
        spans += [(0, DAY_QUARTERS + way)] * min(morning, afternoon)
        spans += [(0, HALF_QUARTERS)] * (morning - min(morning, afternoon))
        spans += [(HALF_QUARTERS + way, DAY_QUARTERS + way)] * (afternoon - min(morning, afternoon))
        offsets.append(len(spans))
    both = np.array(spans, dtype=np.int64).reshape(-1, 2)
    return np.array(offsets, dtype=np.int64), both[:, 0].copy(), both[:, 1].copy()
