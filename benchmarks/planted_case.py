"""From planted checks to a `Case`, with gaps, caps and history that the planted plan keeps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from benchmarks.knobs import CREW_QUARTERS, SCARCE_USE, Knobs
from benchmarks.planting import Checks
from planner.domain.calendar import months_after
from planner.domain.case import (
    QUARTER_MINUTES,
    AgencyInfo,
    CapacityRow,
    Case,
    GroupInfo,
    SiteInfo,
    Strength,
    TaskInfo,
)
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.plan import LATER, Plan, loads_of

GAP_MONTHS = 1
WAITS = 60
"""Most calendar days past the horizon that a waiting task can wait."""


@dataclass(frozen=True, eq=False)
class PlantedCase:
    """A case, the lawful plan that it was grown around, and how used its units are."""

    case: Case
    plan: Plan
    use: dict[str, float]
    """Unit id → planted load over capacity of the whole horizon."""
    demand: dict[str, float]
    """Unit id → load of all due tasks as they were planted, surplus included, over capacity: above 1, not all fits."""

    @property
    def scarce(self) -> tuple[str, ...]:
        """Return the units used to `SCARCE_USE` or more."""
        return tuple(unit for unit, use in self.use.items() if use >= SCARCE_USE)


def to_case(
    name: str, checks: Checks, knobs: Knobs, days: tuple[date, ...], period: tuple[date, date], rng: np.random.Generator
) -> PlantedCase:
    """Return the case of `checks`. Ids are numbers with leading zeros, so that their order is the order of `checks`."""
    units = checks.units
    unit_ids = [f"U{u:03d}" for u in range(len(units.zone))]
    site_ids = [f"S{s:07d}" for s in range(len(checks.zone))]
    domains = [f"D{p:03d}" for p in units.parent.tolist()]
    agencies = [
        AgencyInfo(unit_ids[u], unit_ids[u], unit_ids[p], "city" if z < 0 else "district", "", domains[u])
        for u, (p, z) in enumerate(zip(units.parent.tolist(), units.zone.tolist(), strict=True))
    ]
    sites = [SiteInfo(i, i, f"T{z:02d}", "", 121.0, 31.0) for i, z in zip(site_ids, checks.zone.tolist(), strict=True)]
    count = len(checks.site)
    strength = [Strength(s) for s in rng.choice(3, count, p=[0.15, 0.6, 0.25]).tolist()]
    priority = rng.integers(1, 10, count).tolist()
    waits = np.where(checks.day == LATER, rng.integers(1, WAITS + 1, count), 0).tolist()
    until = {n: period[1] + timedelta(days=n) for n in set(waits)}
    tasks = [
        TaskInfo(
            id=f"T{n:07d}",
            site=site_ids[s],
            unit=unit_ids[u],
            domain=domains[u],
            items=("item",),
            filings=("filing",),
            plan_codes=(),
            window=(days[lo], until[w] if w else days[hi]),
            minutes=q * QUARTER_MINUTES,
            strength=strength[n],
            priority=priority[n],
            clauses=(),
            waits_until=until[w] if w else None,
        )
        for n, (s, u, q, lo, hi, w) in enumerate(
            zip(
                *(a.tolist() for a in (checks.site, checks.unit, checks.quarters, checks.lo, checks.hi)),
                waits,
                strict=True,
            )
        )
    ]
    case = build_case(
        CaseParts(
            name=name,
            period=period,
            days=days,
            tasks=tasks,
            sites=sites,
            units=agencies,
            capacity={CapacityRow(i): (CREW_QUARTERS * units.crews[u]).tolist() for u, i in enumerate(unit_ids)},
            setup_minutes={i: int(units.setup[u]) * QUARTER_MINUTES for u, i in enumerate(unit_ids)},
            groups=_groups(checks, tasks, knobs, days, period, rng),
            listed=[site_ids[s] for s in np.flatnonzero(checks.listed).tolist()],
            synthetic=True,
        )
    )
    plan = Plan(checks.day.copy())
    return PlantedCase(case, plan, *_uses(case, plan))


def _groups(
    checks: Checks,
    tasks: list[TaskInfo],
    knobs: Knobs,
    days: tuple[date, ...],
    period: tuple[date, date],
    rng: np.random.Generator,
) -> list[GroupInfo]:
    """Return gap, cap and history for a share of (site, domain), wherever the planted dates keep them."""
    free_from = [months_after(day, GAP_MONTHS) for day in days]
    planted: dict[tuple[str, str], set[int]] = defaultdict(set)
    waiting: dict[tuple[str, str], date] = {}
    for task, d in zip(tasks, checks.day.tolist(), strict=True):
        key = (task.site, task.domain)
        if d >= 0:
            planted[key].add(d)
        elif task.waits_until is not None:
            waiting[key] = min(task.waits_until, waiting.get(key, task.waits_until))
    groups = []
    coins = rng.random((len(planted), 4)).tolist()
    for (key, dates), (grouped, quota, past, days_ago) in zip(planted.items(), coins, strict=True):
        order = sorted(dates)
        kept = all(days[b] >= free_from[a] for a, b in pairwise(order))
        kept = kept and (key not in waiting or waiting[key] >= free_from[order[-1]])
        if grouped >= knobs.grouped or not kept:
            continue
        # 31 days are a full month after any date.
        held = days[order[0]] - timedelta(days=31 + int(days_ago * 30))
        history = (held,) if past < knobs.history and held < period[0] else ()
        least = len(order) + (key in waiting)
        groups.append(GroupInfo(*key, GAP_MONTHS, least + int(quota * 3), history))
    return groups


def _uses(case: Case, plan: Plan) -> tuple[dict[str, float], dict[str, float]]:
    """Return, per unit, planted load and load of all due tasks over the capacity of the horizon."""
    capacity = case.capacity[: len(case.units)].sum(axis=1)
    load = loads_of(case, plan)[: len(case.units)].sum(axis=1)
    surplus = plan.day == -1
    own = np.bincount(
        case.unit_of[surplus],
        weights=(case.quarters + case.setup[case.unit_of])[surplus],
        minlength=len(case.units),
    )
    ids = [unit.id for unit in case.units]
    use, demand = load / capacity, (load + own) / capacity
    return (
        dict(zip(ids, use.round(4).tolist(), strict=True)),
        dict(zip(ids, demand.round(4).tolist(), strict=True)),
    )
