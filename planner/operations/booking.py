"""One booking of what a suggestion offered: which tasks it would do, or what stands against it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from planner.law.rules.dates import PINNED
from planner.operations.book import Book
from planner.operations.gate import Gate
from planner.operations.room import Room, room_on
from planner.operations.suggest import suggest
from planner.rulebook.book import RulebookVersion


@dataclass(frozen=True, slots=True)
class Bookable:
    """What a booking does: `tasks` of one site, the asker's open ones first, on the day with index `day`."""

    site: int
    day: int
    tasks: tuple[int, ...]
    entries_saved: int


@dataclass(frozen=True, slots=True)
class NotBookable:
    """Why a booking cannot be had, with the clauses that say so."""

    text_zh: str
    clauses: tuple[str, ...] = ()


def bookable(
    book: Book,
    law: RulebookVersion,
    site_id: str,
    agency: str,
    day: date,
    riders: Collection[str],
    items: Collection[str] = (),
    stale: bool = False,
) -> Bookable | NotBookable:
    """Return what comes of booking the agency's open tasks at a site, with `riders` (task ids that it was offered).

    `items` narrows the agency's tasks, as when the riders were offered; `stale` says that the site's book has moved on
    since. Raises InputError where the agency has no task there, or the day is not one of the month's.
    """
    case, site = book.case, book.site(site_id)
    offered = suggest(book, law, site_id, agency, (day, day), items)
    index = {case.tasks[t].id: t for t in case.tasks_at(site)}
    open_mine = [t for t in (index[name] for name in offered.tasks) if not book.published[t]]
    d = book.day_index(day)
    groups = [one for one in offered.suggestions if day in one.days and set(one.tasks) <= set(riders)]
    coming = dict.fromkeys(name for one in groups for name in (*one.tasks, *one.with_tasks))
    tasks = (*open_mine, *(index[name] for name in coming))
    if d < book.first_day:
        return NotBookable(f"{day} 在不再变动的日期之内。", tuple(law.clauses_for(PINNED.id, "")))
    if stale or not set(riders) <= coming.keys() or not tasks:
        return NotBookable("情况已变或所选任务当日不能同行，请看最新建议。")
    if barriers := Gate(book, law).barred(tasks, d, book.parent_of(agency)):
        text = "；".join(dict.fromkeys(barrier.text_zh for barrier in barriers))
        return NotBookable(f"该日不能这样安排：{text}。", tuple(c for barrier in barriers for c in barrier.clauses))
    asked = dict.fromkeys(tasks, d)
    if room_on(book, site, asked) is Room.UNKNOWN and room_on(book, site, asked, book.last_judge) is Room.NO:
        return NotBookable("该日工时虽够，各次到场的时间、路程或专业排不开。")
    return Bookable(site, d, tasks, sum(one.entries_saved for one in groups))
