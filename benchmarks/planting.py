"""Plants a plan: which unit checks which site on which day for how long, with crews that are just enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.knobs import CREW_QUARTERS, Knobs
from planner.domain.plan import LATER, LEFT_OUT

Ints = NDArray[np.int64]
DURATIONS = np.array([2, 3, 4, 6, 8])
"""Quarter-hours of a check, without set-up."""
DURATION_SHARES = np.array([0.2, 0.2, 0.3, 0.2, 0.1])
LONGEST = 12
"""No check is longer, in quarter-hours: half a day."""
SITE_TASKS = 8
"""Most tasks of a site."""
SECTIONS = 2
"""So many units of a district are sections of its first ones: they merge with these, and are not joint with them."""


@dataclass(frozen=True, eq=False)
class Units:
    """U units; `parent` is a unit's own number, or that of the unit whose section it is."""

    zone: Ints
    """[U] district, -1 for a city body."""
    parent: Ints
    setup: Ints
    """[U] quarter-hours."""
    crews: Ints
    """[U, D] whole crews on duty."""
    scarce: NDArray[np.bool_]
    """[U] filled to the scarce use."""


@dataclass(frozen=True, eq=False)
class Checks:
    """T tasks, sorted by site. `day` is the planted plan: a day index, LATER or LEFT_OUT."""

    units: Units
    zone: Ints
    """[S] district of each site."""
    site: Ints
    unit: Ints
    day: Ints
    quarters: Ints
    lo: Ints
    hi: Ints
    """[T] window in day indexes, both inclusive; a waiting task's reaches past the last day."""
    listed: NDArray[np.bool_]
    """[S] on the not-to-join list."""


def plant_checks(knobs: Knobs, n_days: int, tasks: int, rng: np.random.Generator) -> Checks:
    """Return exactly `tasks` checks."""
    n_twice, n_waiting, n_surplus = (round(tasks * share) for share in (knobs.twice, knobs.waiting, knobs.surplus))
    units, unit, day, quarters = _fill(knobs, n_days, tasks - n_twice - n_waiting - n_surplus, rng)
    visit, visit_zone, visit_day = _deal(knobs, units, unit, day, rng)
    site_of_visit, zone = _sites(knobs, visit, visit_zone, visit_day, rng)
    site = site_of_visit[visit]
    listed = _listed(knobs, units.parent[unit], visit, site_of_visit, len(zone), rng)
    # A second task of the same unit at the same visit shares its set-up: one check's time is cut in two.
    room = np.bincount(site, minlength=len(zone))
    wanted = rng.permutation(np.flatnonzero((quarters >= 2) & (room[site] < SITE_TASKS)))
    first = np.unique(site[wanted], return_index=True)[1]
    cut = np.concatenate([wanted[np.sort(first)], np.delete(wanted, first)])[:n_twice]
    half = quarters[cut] // 2
    quarters[cut] -= half
    site, unit, day = (np.concatenate([a, a[cut]]) for a in (site, unit, day))
    quarters = np.concatenate([quarters, half])
    more_site, more_unit = _more(units, zone, site, n_waiting, np.ones(len(units.zone), dtype=np.bool_), rng)
    site, unit = np.concatenate([site, more_site]), np.concatenate([unit, more_unit])
    over_site, over_unit = _more(units, zone, site, n_surplus, units.scarce, rng)
    site, unit = np.concatenate([site, over_site]), np.concatenate([unit, over_unit])
    day = np.concatenate([day, np.full(n_waiting, LATER), np.full(n_surplus, LEFT_OUT)])
    more = rng.choice(DURATIONS, n_waiting + n_surplus, p=DURATION_SHARES)
    quarters = np.concatenate([quarters, more])
    lo, hi = _windows(knobs, n_days, day, rng)
    order = np.lexsort((rng.random(len(site)), site))
    return Checks(units, zone, site[order], unit[order], day[order], quarters[order], lo[order], hi[order], listed)


def _units(knobs: Knobs, n_days: int, checks: float, rng: np.random.Generator) -> Units:
    """Put crews on duty for about `checks` checks."""
    per, n_bodies = knobs.units, knobs.city_bodies
    zone = np.concatenate([np.repeat(np.arange(knobs.districts), per), np.full(n_bodies, -1)])
    count = len(zone)
    parent = np.arange(count)
    for district in range(knobs.districts):
        last = (district + 1) * per
        sections = np.arange(last - min(SECTIONS, per // 2), last)
        parent[sections] = district * per + np.arange(len(sections))
    share = rng.gamma(1.5, size=count) + 0.25
    city = zone < 0
    share[~city] *= (1 - knobs.coupling) / share[~city].sum()
    share[city] *= knobs.coupling / max(share[city].sum(), 1e-9)
    setup = rng.choice([1, 2], count, p=[0.7, 0.3])
    scarce = rng.permutation(count) < round(knobs.scarce_units * count)
    use = np.where(scarce, knobs.scarce_use, knobs.loose_use)
    load = checks * share * (setup + DURATIONS @ DURATION_SHARES)
    crew_days = np.maximum(1, np.floor(load / (CREW_QUARTERS * use) + rng.random(count))).astype(np.int64)
    crews = np.repeat((crew_days // n_days)[:, None], n_days, axis=1)
    for u, extra in enumerate((crew_days % n_days).tolist()):
        crews[u, rng.choice(n_days, extra, replace=False)] += 1
    return Units(zone, parent, setup, crews, scarce)


def _fill(knobs: Knobs, n_days: int, checks: int, rng: np.random.Generator) -> tuple[Units, Ints, Ints, Ints]:
    """Return units and exactly `checks` checks (unit, day, quarters) that fill their crews to the use asked for."""
    wanted = checks * 1.01
    while True:
        units = _units(knobs, n_days, wanted, rng)
        unit, day, quarters = _fill_cells(knobs, units, rng)
        if len(unit) >= checks:
            break
        wanted *= checks / len(unit) * 1.005
    # What is too many goes from units that are not scarce, as long as there is any.
    order = np.lexsort((rng.random(len(unit)), ~units.scarce[unit]))
    keep = np.sort(order[:checks])
    return units, unit[keep], day[keep], quarters[keep]


def _fill_cells(knobs: Knobs, units: Units, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Fill the crews of each unit and day with checks, the last one stretched or cut to fit."""
    use = np.where(units.scarce, knobs.scarce_use, knobs.loose_use)[:, None]
    target = np.minimum(units.crews * CREW_QUARTERS * use + rng.random(units.crews.shape), units.crews * CREW_QUARTERS)
    draws = iter(rng.choice(DURATIONS, int(target.sum() / 3) + target.size, p=DURATION_SHARES).tolist())
    unit, day, quarters = [], [], []
    for u, row in enumerate(target.astype(np.int64).tolist()):
        setup = int(units.setup[u])
        for d, left in enumerate(row):
            while left > setup:
                length = min(next(draws), left - setup)
                rest = left - setup - length
                if rest <= setup + 1 and length + rest <= LONGEST:  # too little for another check
                    length += rest
                unit.append(u)
                day.append(d)
                quarters.append(length)
                left -= setup + length
    return tuple(np.array(values, dtype=np.int64) for values in (unit, day, quarters))  # type: ignore[return-value]


def _deal(knobs: Knobs, units: Units, unit: Ints, day: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Deal each day's checks to visits of one district, no unit twice to one visit.

    Return the visit of each check, and district and day of each visit.
    """
    zone = units.zone[unit]
    city = zone < 0
    zone = np.where(city, rng.integers(0, knobs.districts, len(unit)), zone)
    order = np.lexsort((unit, zone, day))
    parts = np.flatnonzero(np.diff(day[order] * knobs.districts + zone[order], prepend=-1))
    visit = np.empty(len(unit), dtype=np.int64)
    first = 0
    for n, begin in enumerate(parts.tolist()):
        part = order[begin : parts[n + 1] if n + 1 < len(parts) else len(order)]
        _, counts = np.unique(unit[part], return_counts=True)
        slots = max(int(np.ceil(len(part) / knobs.per_visit)), int(counts.max()))
        visit[part] = first + np.concatenate([rng.permutation(slots)[:c] for c in counts.tolist()])
        first += slots
    _, index, visit = np.unique(visit, return_index=True, return_inverse=True)
    return visit, zone[index], day[index]


def _sites(knobs: Knobs, visit: Ints, zone: Ints, day: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Gather visits of different days to sites; return the site of each visit and the district of each site."""
    order = np.lexsort((rng.random(len(zone)), zone))
    shares = np.array(knobs.visits) / sum(knobs.visits)
    sizes = iter((1 + rng.choice(len(shares), len(zone), p=shares)).tolist())
    load = np.bincount(visit).tolist()
    site_of, zones = np.empty(len(zone), dtype=np.int64), []
    left, tasks, dates = 0, 0, set()
    for v, z, d in zip(order.tolist(), zone[order].tolist(), day[order].tolist(), strict=True):
        if not left or z != zones[-1] or d in dates or tasks + load[v] > SITE_TASKS - 1:
            zones.append(z)
            left, tasks, dates = next(sizes), 0, set()
        site_of[v] = len(zones) - 1
        left, tasks = left - 1, tasks + load[v]
        dates.add(d)
    return site_of, np.array(zones, dtype=np.int64)


def _listed(
    knobs: Knobs, parent: Ints, visit: Ints, site_of_visit: Ints, sites: int, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Choose sites for the not-to-join list where the planted visits are of one parent agency each."""
    pairs = np.unique(np.stack([visit, parent]), axis=1)[0]
    joint = np.zeros(sites, dtype=np.bool_)
    joint[site_of_visit[np.flatnonzero(np.bincount(pairs) > 1)]] = True
    able = rng.permutation(np.flatnonzero(~joint))
    listed = np.zeros(sites, dtype=np.bool_)
    listed[able[: round(knobs.listed * sites)]] = True
    return listed


def _more(
    units: Units, zone: Ints, site: Ints, count: int, able: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return site and unit of `count` more checks at sites that have room for one, by units that are `able` [U]."""
    room = rng.permutation(np.flatnonzero(np.bincount(site, minlength=len(zone)) < SITE_TASKS))
    chosen = np.resize(room, count) if count else np.zeros(0, dtype=np.int64)
    unit = np.empty(count, dtype=np.int64)
    weight = units.crews.sum(axis=1) * able
    for z in np.unique(zone[chosen]).tolist():
        here = np.flatnonzero(zone[chosen] == z)
        own = np.flatnonzero((units.zone == z) & (weight > 0))
        unit[here] = rng.choice(own, len(here), p=weight[own] / weight[own].sum())
    return chosen, unit


def _windows(knobs: Knobs, n_days: int, day: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return windows around the planted days; a task without one gets a window somewhere, or to the end if it waits."""
    count = len(day)
    low, high = knobs.narrow
    width = np.minimum(rng.integers(low, high + 1, count), n_days)
    width[rng.random(count) < knobs.whole] = n_days
    around = np.where(day >= 0, day, rng.integers(0, n_days, count))
    lo = np.clip(around - (rng.random(count) * width).astype(np.int64), 0, n_days - width)
    return lo, np.where(day == LATER, n_days - 1, lo + width - 1)
