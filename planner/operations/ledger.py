"""The entry ledger of a site: past and coming entries, and the next day on which each agency may come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from planner.domain.case import NO_CAP
from planner.law.rules.distances import CAP, GAP
from planner.law.rules.levers import ENTRY_CAP
from planner.operations.book import Book
from planner.operations.gate import NO, NO_PLAN_REMEDY, Gate, Judged, Verdict
from planner.rulebook.nouns import RulebookVersion

OTHER_DAY = {
    "yes": "依规可去",
    "if": "有条件可去（见该日的核验）",
    "unknown": "依规可去，人手能否排开以预定时核验为准",
}
NOTHING_OPEN = "任务都已公布日期，按公布的日期去；要改日期请统筹办公室调整"
NO_OTHER_DAY = "本月没有别的日子可去；放宽期限、增派人员、签批豁免等办法未逐一试做，可按对象和日期提问“为什么不来”"


@dataclass(frozen=True, slots=True)
class PastEntry:
    """One earlier visit of an agency, as results were reported. `planned` is False for triggered checks."""

    site: str
    day: date
    agency: str
    planned: bool
    result: str = ""


@dataclass(frozen=True, slots=True)
class ComingEntry:
    """One entry of the plan. `state` is "published" or "draft"; `agencies` are parent agencies."""

    day: date
    agencies: tuple[str, ...]
    tasks: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Quota:
    """What one domain may still do at the site under its gap and cap.

    `remaining` counts dates from this period on that the plan has not taken, None where the year has no cap.
    """

    domain: str
    remaining: int | None
    gap_months: int
    history: tuple[date, ...]
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """A site as one agency may see it. `next_lawful` is the first day on which the gate lets its open tasks pass, or
    some of them; `next_verdict` what it says then ("" where there is no such day), `next_with` whom it asks to come
    along.

    `entries_remaining` is what the bureau's cap across agencies leaves in the month, None where it is off.
    """

    site: str
    name: str
    past: tuple[PastEntry, ...]
    coming: tuple[ComingEntry, ...]
    quotas: tuple[Quota, ...]
    next_lawful: date | None
    next_verdict: Verdict | Literal[""]
    next_with: tuple[str, ...]
    open_tasks: tuple[str, ...]
    entries_remaining: int | None
    clauses: tuple[str, ...]


def ledger_of(book: Book, law: RulebookVersion, site_id: str, agency: str, past: Iterable[PastEntry] = ()) -> Ledger:
    """Return the ledger of a site for `agency`. `past` are known earlier visits of any site.

    Others' unannounced checks that are still to come do not stand in it. Raises InputError for what does not exist.
    """
    case, site, parent = book.case, book.site(site_id), book.parent_of(agency)
    hidden = book.hidden_from(parent, site)
    seen = [t for t in case.tasks_at(site) if t not in hidden]
    by_day: dict[int, list[int]] = {}
    for t in seen:
        if book.day[t] >= 0:
            by_day.setdefault(int(book.day[t]), []).append(t)
    mine = book.tasks_of(agency, site)
    free = [t for t in mine if not book.published[t]]
    cap, ids = case.levers.entry_cap, book.ids_of(site_id)
    following = next_lawful(book, law, site, free, parent)
    return Ledger(
        site=case.sites[site].id,
        name=case.sites[site].name,
        past=tuple(sorted((e for e in past if e.site in ids), key=lambda e: (e.day, e.agency))),
        coming=tuple(_coming(book, d, tasks) for d, tasks in sorted(by_day.items())),
        quotas=_quotas(book, law, mine, seen),
        next_lawful=None if following is None else case.days[following[0]],
        next_verdict="" if following is None else following[1].verdict,
        next_with=() if following is None else tuple(case.tasks[t].id for t in following[1].escort),
        open_tasks=tuple(case.tasks[t].id for t in free),
        entries_remaining=max(0, cap - len(by_day)) if cap else None,
        clauses=law.clauses_for(ENTRY_CAP.id) if cap else (),
    )


def next_lawful(
    book: Book, law: RulebookVersion, site: int, free: Sequence[int], parent: int
) -> tuple[int, Judged] | None:
    """Return the first day index on which the gate does not say no to the open tasks `free`, and what it says."""
    gate = Gate(book, law)
    for d in np.flatnonzero(book.arrays.allowed[list(free)].any(axis=0)).tolist():
        if d >= book.first_day:
            found = gate.verdict(site, free, d, parent)
            if found.verdict != NO:
                return d, found
    return None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The way out of a "no": the first other day on which the gate does not say no, None where the month has none.
    Other ways were not tried then, and `text_zh` says so.
    """

    day: date | None
    verdict: Verdict | Literal[""]
    with_tasks: tuple[str, ...]
    text_zh: str


def otherwise(book: Book, law: RulebookVersion, site_id: str, agency: str, items: Iterable[str] = ()) -> Otherwise:
    """Return what else an agency may do that the gate tells "no" at a site. Raises InputError for what is not there."""
    site, parent, wanted = book.site(site_id), book.parent_of(agency), frozenset(items)
    due = [t for t in book.tasks_of(agency, site) if not wanted or wanted & set(book.case.tasks[t].items)]
    free = [t for t in due if not book.published[t]]
    if not free:
        return Otherwise(None, "", (), NOTHING_OPEN if due else NO_PLAN_REMEDY)
    return another_day(book, law, site, free, parent)


def another_day(book: Book, law: RulebookVersion, site: int, free: Sequence[int], parent: int) -> Otherwise:
    """Return the way out for the open tasks `free` of a site, as the gate says it to `parent`."""
    following = next_lawful(book, law, site, free, parent)
    if following is None:
        return Otherwise(None, "", (), NO_OTHER_DAY)
    d, found = following
    names = tuple(book.case.tasks[t].id for t in found.escort)
    return Otherwise(book.case.days[d], found.verdict, names, f"{book.case.days[d]} {OTHER_DAY[found.verdict]}")


def _coming(book: Book, d: int, tasks: Sequence[int]) -> ComingEntry:
    case = book.case
    return ComingEntry(
        case.days[d],
        tuple(sorted({case.parents[int(case.parent_of[t])] for t in tasks})),
        tuple(case.tasks[t].id for t in tasks),
        "published" if all(book.published[t] for t in tasks) else "draft",
    )


def _quotas(book: Book, law: RulebookVersion, mine: Sequence[int], seen: Sequence[int]) -> tuple[Quota, ...]:
    """Return the quotas of the domains of `mine`: whoever of `seen` comes for a domain takes of its dates.

    Needed checks take none.
    """
    case = book.case
    takes = [t for t in seen if book.day[t] >= 0 and not case.tasks[t].needed]
    found = []
    for group in sorted({int(case.group_of[t]) for t in mine if case.group_of[t] >= 0}):
        info = case.groups[group]
        taken = len({int(book.day[t]) for t in takes if case.group_of[t] == group})
        clauses = (*law.clauses_for(CAP.id, info.domain), *law.clauses_for(GAP.id, info.domain))
        remaining = None if info.quota >= NO_CAP else max(0, info.quota - taken)
        found.append(Quota(info.domain, remaining, info.gap_months, info.history, tuple(dict.fromkeys(clauses))))
    return tuple(found)
