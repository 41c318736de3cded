"""What other plans settle for this one: published months within a longer period, the year plan for a month of it, and
for a published month's next version the version before: who is away since, and who was drawn.

A published month is fixed: what it visits is pinned, and nothing else may come on its days. Of a year plan a month
takes where tasks belong: what the year put into the month has to be done in it (08 semantics 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from planner.domain.case import RowRef, Strength
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.screen.pins import Neighbours
from planner.intake.tables.records import AbsenceRow, HistoryRow, Tables


@dataclass(frozen=True, slots=True)
class PublishedVisit:
    """A visit of a published plan, with the ids of its tasks and of their items."""

    site: str
    day: date
    tasks: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class AwayDay:
    """An inspector is away on a day, or for `half` of it: "day", "am" or "pm"."""

    inspector: str
    day: date
    half: str = "day"


@dataclass(frozen=True, slots=True, order=True)
class DrawnTeam:
    """Whom the version before has drawn for a unit's stay at a visit (by its id)."""

    unit: str
    visit: str
    inspectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """`through` is the last date on which nothing but what is published may come, None where there is none.

    `due` are ids of tasks that cannot wait, `out` of tasks that nobody has to visit for any more. `away` is what has
    been reported since the month was published: it counts as if it were filed in the table of absences. `teams` stay
    where they can.
    """

    published: tuple[PublishedVisit, ...] = ()
    through: date | None = None
    due: frozenset[str] = frozenset()
    out: frozenset[str] = frozenset()
    away: tuple[AwayDay, ...] = ()
    teams: tuple[DrawnTeam, ...] = ()


NOTHING = Given()


def with_absences(tables: Tables, given: Given) -> Tables:
    """Return the tables in which whoever is `away` is filed as absent."""
    rows = (AbsenceRow(one.inspector, one.day, one.day, one.half, RowRef("absences", 0)) for one in given.away)
    return replace(tables, absences=(*tables.absences, *rows))


def without_done(tables: Tables, given: Given) -> Tables:
    """Return the tables without earlier planned checks that are published visits: these stand in the plan themselves,
    and once they have a result would count twice for gap and cap.

    A check is one of these where its body comes with the visit and it names no item beyond the visit's. Any other on
    the same day, a triggered one too, stays and counts.
    """
    if not given.published:
        return tables
    owner = {row.item_id: row.agency_id for row in tables.items}
    parent = {row.agency_id: row.parent_id or row.agency_id for row in tables.agencies}
    known = {(visit.site, visit.day): frozenset(visit.items) for visit in given.published}

    def is_published(row: HistoryRow) -> bool:
        items = known.get((row.site_id, row.date)) if row.date and row.trigger == "planned" else None
        if items is None or not items.issuperset(row.items):
            return False
        return parent.get(row.agency_id, row.agency_id) in {parent.get(owner.get(one, ""), "") for one in items}

    return replace(tables, history=tuple(row for row in tables.history if not is_published(row)))


def fix_published(context: Context, given: Given, drafts: Sequence[Draft], neighbours: Neighbours) -> list[Draft]:
    """Return the drafts with those pinned that a published month visits, and the others kept out of these months.

    A published task that nobody asks for any more holds its date for gap and cap, and is told.
    """
    if given.through is None and not given.published:
        return list(drafts)
    day_of = {task: visit.day for visit in given.published for task in visit.tasks}
    opens = date.min if given.through is None else given.through + timedelta(days=1)
    out, found = [], set()
    for draft in drafts:
        day = day_of.get(draft.id)
        if draft.id in given.out:
            continue
        if day is not None:
            found.add(draft.id)
            out.append(replace(draft, pinned=day, strength=Strength.MANDATORY))
        elif draft.pinned or draft.window[0] >= opens:
            out.append(draft)
        else:
            out.append(replace(draft, window=(opens, draft.window[1])))
    _hold_dates(context, given, {draft.id: draft.domain for draft in out}, neighbours)
    return out


def _hold_dates(context: Context, given: Given, domain_of: dict[str, str], neighbours: Neighbours) -> None:
    lost = 0
    for visit in given.published:
        gone = [task for task in visit.tasks if task not in domain_of]
        if gone:
            lost += len(gone)
            asked = {domain_of[task] for task in visit.tasks if task in domain_of}
            there = {context.lookups.item_domain[item] for item in visit.items if item in context.lookups.item_domain}
            for domain in there - asked:
                neighbours.setdefault((visit.site, domain, ""), set()).add(visit.day)
    if lost:
        context.notes.find("law.published-without-task", None, count=lost)


def due_by_the_year(given: Given, drafts: Sequence[Draft]) -> list[Draft]:
    """Return the month's drafts; those that the year plan put into the month cannot wait."""
    return [replace(draft, waits_until=None) if draft.id in given.due else draft for draft in drafts]
