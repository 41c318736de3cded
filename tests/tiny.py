"""Tiny random cases, small enough to enumerate every plan, with every rule able to bite."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import product

import numpy as np

from planner.checks import is_lawful
from planner.domain.case import AgencyInfo, CapacityRow, Case, GroupInfo, Levers, SiteInfo, Strength, TaskInfo
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.plan import LATER, Plan

PERIOD = date(2026, 6, 1), date(2026, 6, 30)
DAYS = (date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 12))
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)
NOVEMBER_DAYS = (date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 13))
"""A month from which tasks wait for December or for the next year, with a cap of its own."""
BESIDE_NOVEMBER = (date(2026, 10, 3), date(2026, 10, 13), date(2027, 1, 5))
BESIDE_JUNE = (date(2026, 5, 2), date(2026, 5, 12), date(2026, 7, 5))
SEASON = date(2026, 6, 1), date(2026, 9, 30)
SEASON_DAYS = (date(2026, 6, 1), date(2026, 6, 20), date(2026, 7, 2), date(2026, 8, 3))
"""A horizon in which a domain may come on several dates, a month apart."""


def lawful_plans(case: Case) -> list[Plan]:
    """Return every lawful plan of a case: each task has a day, waits, or is left out."""
    answers = product(range(LATER, case.n_days), repeat=case.n_tasks)
    plans = (Plan(np.array(days, dtype=np.int64)) for days in answers)
    return [plan for plan in plans if is_lawful(case, plan)]


def agency(name: str, parent: str = "", domain: str = "A01") -> AgencyInfo:
    return AgencyInfo(name, name, parent or name, "district", "", domain)


def site(name: str) -> SiteInfo:
    return SiteInfo(name, name, "朱泾镇", "餐饮", 121.0, 30.8)


def task(name: str, place: str, unit: str, **more: object) -> TaskInfo:
    """Return a task with plain defaults: whole-month window, one hour, accepted, priority 5."""
    given: dict[str, object] = {
        "domain": "A01",
        "items": ("item",),
        "filings": ("filing",),
        "plan_codes": (),
        "window": PERIOD,
        "minutes": 60,
        "strength": Strength.ACCEPTED,
        "priority": 5,
        "clauses": ("D-2.6a",),
    }
    return TaskInfo(id=name, site=place, unit=unit, **{**given, **more})  # type: ignore[arg-type]


def random_case(
    seed: int,
    days: tuple[date, ...] = DAYS,
    n_sites: int = 2,
    n_tasks: int = 4,
    period: tuple[date, date] = PERIOD,
    domains: int = 3,
    beside: tuple[date, ...] = BESIDE_JUNE,
) -> Case:
    """Return a case of a few tasks in which windows, gaps, caps, joins, pins, hours, levers and crews all may bind.

    `beside` are dates outside the period on which a domain may have come, or have published to come.
    """
    r, hours, caps = random.Random(seed), random.Random(f"hours of {seed}"), random.Random(f"caps of {seed}")
    long_stays = hours.random() < 0.25
    units = [agency("a"), agency("b", domain="A02"), agency("c", "b", "A02"), agency("f", domain="A03")]
    sites = [site(f"s{n}") for n in range(n_sites)]
    tasks = []
    for n in range(n_tasks):
        unit = r.choice(units)
        first = r.choice(days)
        last = r.choice([d for d in days if d >= first])
        waits = r.random() < 0.35
        until = period[1] + timedelta(days=r.choice([1, 5, 15, 40]))
        pinned = r.choice(days) if r.random() < 0.08 else None
        tasks.append(
            task(
                f"t{n}",
                r.choice(sites).id,
                unit.id,
                domain=min(unit.domain, f"A0{domains}"),
                window=(first, until if waits else last),
                waits_until=until if waits else None,
                minutes=r.choice([30, 60, 120]) + (hours.choice([0, 150, 250]) if long_stays else 0),
                strength=r.choice(list(Strength)),
                priority=r.randint(1, 3),
                skill="高空" if r.random() < 0.2 else "",
                unannounced=r.random() < 0.1,
                fire=unit.id == "f",
                follows_fire=unit.id != "f" and r.random() < 0.15,
                joint_group="theme" if r.random() < 0.2 else "",
                pinned=pinned,
                opted_in=r.random() < 0.5,
                capped=r.random() < 0.9,
                outside_hours=hours.random() < 0.15,
                needed=caps.random() < 0.2,
            )
        )
    groups = [
        GroupInfo(
            s.id,
            domain,
            r.choice([0, 1, 1]),
            r.choice([0, 1, 2, 9]),
            tuple(r.sample(beside, r.choice([0, 0, 1]))),
            caps.choice([0, 1, 99]),
        )
        for s in sites
        for domain in ("A01", "A02", "A03")
        if r.random() < 0.6
    ]
    capacity = {CapacityRow(u.id): [r.choice([0, 5, 9, 24]) for _ in days] for u in units}
    capacity |= {CapacityRow(u.id, "高空"): [r.choice([0, 5, 24]) for _ in days] for u in units}
    if long_stays:
        capacity = {row: [4 * c for c in given] for row, given in capacity.items()}
    return build_case(
        CaseParts(
            name=f"tiny {seed}",
            period=period,
            days=days,
            tasks=tasks,
            sites=sites,
            units=units,
            capacity=capacity,
            setup_minutes={u.id: 15 for u in units},
            groups=groups,
            blackout={"s0": [d for d in days if r.random() < 0.2]},
            listed=["s0"] if r.random() < 0.5 else [],
            sensitivity={"s0": {days[0]: 2}},
            entries_before={"s0": [date(2026, 5, 29)]},
            unstaffed={t.id: [d for d in days if hours.random() < 0.06] for t in tasks},
            longest_visit={s.id: hours.choice([0, 5, 8, 24]) for s in sites if hours.random() < 0.5},
            levers=Levers(
                max_agencies_per_visit=r.choice([0, 0, 1, 2]),
                entry_cap=r.choice([0, 0, 1, 2]),
                entry_gap_days=r.choice([0, 0, 2, 11]),
            ),
        )
    )


def tied_case(seed: int, n_tasks: int = 4) -> Case:
    """Return one site in November whose checks may push what waits past the windows of others, into the next year too.

    Crews are free, so that gaps, caps, company and windows alone tell what is lawful.
    """
    r = random.Random(f"tied {seed}")
    units = [agency("a"), agency("a2", "a"), agency("b", domain="A02")]
    joint = "theme" if r.random() < 0.3 else ""
    together = date(2026, 12, r.randint(5, 31))
    tasks = []
    for n in range(n_tasks):
        unit = r.choice(units)
        until = date(2026, 12, 3) + timedelta(days=r.choice([0, 7, 14, 28, 32, 40, 55]))
        if joint and n < 2:
            unit, until = units[2 * n], together
        waits = r.random() < 0.8
        first = NOVEMBER_DAYS[0] if r.random() < 0.7 else date(2026, 12, r.randint(1, 3))
        last = r.choice(NOVEMBER_DAYS)
        tasks.append(
            task(
                f"t{n}",
                "s",
                unit.id,
                domain=unit.domain,
                window=(first, until) if waits else (NOVEMBER_DAYS[0], last),
                waits_until=until if waits else None,
                strength=r.choice(list(Strength)),
                priority=r.randint(1, 3),
                unannounced=r.random() < 0.1 and not joint,
                joint_group=joint if n < 2 else "",
                needed=r.random() < 0.15,
            )
        )
    groups = [
        GroupInfo(
            "s",
            domain,
            r.choice([0, 1, 1, 2]),
            r.choice([0, 1, 1, 1, 2, 99]),
            r.choice([(), (), (date(2026, 10, 13),)]),
            r.choice([1, 1, 99]),
        )
        for domain in ("A01", "A02")
    ]
    return build_case(
        CaseParts(
            name=f"tied {seed}",
            period=NOVEMBER,
            days=NOVEMBER_DAYS,
            tasks=tasks,
            sites=[site("s")],
            units=units,
            capacity={CapacityRow(u.id): [99] * len(NOVEMBER_DAYS) for u in units},
            setup_minutes={u.id: 15 for u in units},
            groups=groups,
            levers=Levers(max_agencies_per_visit=r.choice([0, 0, 0, 0, 1])),
        )
    )
