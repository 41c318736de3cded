"""The bureau's levers: planned entries at a site, days between them, agencies at a visit. All are off by default."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from planner.domain.case import BoolArray, Case, Levers
from planner.domain.plan import Plan
from planner.law.entries import dates_by_site, entries_of, entry_name
from planner.law.example import asked, month
from planner.law.models import Model
from planner.law.rule import Example, Rule
from planner.law.violation import Violation
from planner.law.words import Both


def entries_per_site(case: Case, plan: Plan) -> Iterator[Violation]:
    """The bureau's lever: planned entries at one site in the month (D-2.8d), off by default."""
    cap = case.levers.entry_cap
    for site, dates in dates_by_site(case, plan).items() if cap else ():
        if len(dates) > cap:
            yield Violation(ENTRY_CAP.id, (case.sites[site].id,), f"{len(dates)} entries", numbers=(len(dates), cap))


def entries_capped(m: Model) -> None:
    """The bureau's lever: planned entries at a site in the month."""
    cap = m.case.levers.entry_cap
    for s in m.sites if cap else ():
        visits = [v for d in range(m.case.n_days) if (v := m.visit(s, d)) is not None]
        m.cp.add(sum(visits) <= cap)


ENTRY_CAP = Rule(
    id="entry.cap",
    order=50,
    words=lambda b: (
        f"将达到{b.violation.numbers[0]}次到场，超过当月上限{b.violation.numbers[1]}次",
        "{} entries, over the cap of {}".format(*b.violation.numbers),
    ),
    remedy=Both("并入本月已有的一次入企，或报统筹办公室", "join an entry of the month, or ask the bureau"),
    check=entries_per_site,
    constraint=entries_capped,
    inside=("planner.solve.site.gaps.gaps_of", "planner.checks.certificate._Site.cheapest"),
    example=Example(month(asked("t"), asked("u"), levers=Levers(entry_cap=1)), {"t": 0, "u": 0}, {"t": 0, "u": 1}),
)


def days_between_entries(case: Case, plan: Plan) -> Iterator[Violation]:
    """The bureau's lever: days between any two planned entries at one site (D-2.8d), off by default."""
    gap = case.levers.entry_gap_days
    for site, dates in dates_by_site(case, plan).items() if gap else ():
        known = set(case.entries_before[site])
        for first, second in pairwise(sorted(known | set(dates))):
            new = first not in known or second not in known
            if new and (second - first).days < gap:
                yield Violation(
                    ENTRY_GAP.id,
                    (case.sites[site].id,),
                    f"entries on {first} and {second}",
                    numbers=((second - first).days, gap),
                )


def near_known_entries(case: Case) -> BoolArray:
    """Return [T, D] the days nearer than the lever's gap to an entry that is known, on another day."""
    gap, near = case.levers.entry_gap_days, np.zeros((len(case.sites), case.n_days), dtype=np.bool_)
    if not gap:
        return np.broadcast_to(np.False_, (case.n_tasks, case.n_days))
    for s, dates in enumerate(case.entries_before):
        for held in dates:
            apart = np.abs(case.ordinals - held.toordinal())
            near[s] |= (apart > 0) & (apart < gap)
    barred: BoolArray = near[case.site_of]
    return barred


def entries_apart(m: Model) -> None:
    """The bureau's lever: days between planned entries of any agencies at a site."""
    gap, days = m.case.levers.entry_gap_days, m.case.days
    for s in m.sites if gap else ():
        visits = {d: v for d in range(m.case.n_days) if (v := m.visit(s, d)) is not None}
        for d, visit in visits.items():
            if any(0 < abs((days[d] - held).days) < gap for held in m.case.entries_before[s]):
                m.cp.add(visit == 0)
            for other, second in visits.items():
                if other > d and (days[other] - days[d]).days < gap:
                    m.cp.add_bool_or([~visit, ~second])


ENTRY_GAP = Rule(
    id="entry.gap",
    order=60,
    words=lambda b: (
        f"与其他到场相隔{b.violation.numbers[0]}天，少于{b.violation.numbers[1]}天",
        "{} days from another entry, less than {}".format(*b.violation.numbers),
    ),
    remedy=Both("并入邻近的一次入企，或拉开日期", "join the entry nearby, or a date further from it"),
    check=days_between_entries,
    constraint=entries_apart,
    barred=near_known_entries,
    inside=("planner.solve.site.gaps.gaps_of", "planner.checks.certificate._Site.cheapest"),
    example=Example(month(asked("t"), asked("u"), levers=Levers(entry_gap_days=5)), {"t": 0, "u": 2}, {"t": 0, "u": 1}),
)


def agencies_per_visit(case: Case, plan: Plan) -> Iterator[Violation]:
    """The bureau's lever: parent agencies at one visit, off by default."""
    most = case.levers.max_agencies_per_visit
    if not most:
        return
    entries = entries_of(case, plan)
    agencies = entries.bodies(case.parent_of)
    for n in np.flatnonzero(agencies > most).tolist():
        count, name = int(agencies[n]), entry_name(case, int(entries.site[n]), int(entries.day[n]))
        yield Violation(MAX_AGENCIES.id, name, f"{count} agencies at once", numbers=(count, most))


def few_agencies(case: Case, tasks: Sequence[int]) -> bool:
    """Return whether no more parent agencies come than the lever allows."""
    most = case.levers.max_agencies_per_visit
    return not most or len({int(case.parent_of[t]) for t in tasks}) <= most


def agencies_limited(m: Model) -> None:
    """The bureau's lever: parent agencies at one visit."""
    most = m.case.levers.max_agencies_per_visit
    for s, d in m.tasks_on if most else ():
        present = m.present(s, d, m.case.parent_of)
        if len(present) > most:
            m.cp.add(sum(present.values()) <= most)


MAX_AGENCIES = Rule(
    id="visit.max-agencies",
    order=110,
    words=lambda b: (
        f"同去主体将有{b.violation.numbers[0]}个，超过上限{b.violation.numbers[1]}个",
        "{} agencies at once, over the cap of {}".format(*b.violation.numbers),
    ),
    remedy=Both("另择日期", "another date"),
    check=agencies_per_visit,
    constraint=agencies_limited,
    may_be_visit=few_agencies,
    inside=("planner.solve.site.subsets.fill_subsets",),
    example=Example(
        month(asked("t"), asked("u", unit="b"), levers=Levers(max_agencies_per_visit=1)),
        {"t": 0, "u": 1},
        {"t": 0, "u": 0},
    ),
)
