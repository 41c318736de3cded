"""Unannounced checks give way to what was booked since: nobody who books may learn that one stood there.

They do so when somebody looks who may see them, not when somebody books: a booking takes no longer where one is hidden.
Those that were withheld at publishing, as nothing proved their filing, stand from the first look after that is mended.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from random import SystemRandom
from typing import Any

from api.desk.filings.proving import unproven_of
from api.desk.published.kept_books import Kept, books
from api.desk.published.suggesting import entry_row
from api.store import Store, log
from api.store.planned.hidden import hidden_of, let_go, replace_hidden, withheld_of
from api.store.planned.plans import PlanRow

SERVICE = "system"


Leeways = dict[tuple[str, date], tuple[str, str]]
"""By site and date of an unannounced check, its agency and what is said of its room to give way."""


def give_way(store: Store, plan: PlanRow, agencies: frozenset[str] | None) -> Leeways:
    """Move the unannounced checks of `agencies` (None: all) of a published plan that are in the way of what stands.

    Return how each may still give way.
    """
    with store.read() as tx:
        rows, withheld = hidden_of(tx, plan.id, agencies), withheld_of(tx, plan.id, agencies)
    found: Leeways = {}
    for agency in sorted({row["agency_id"] for row in (*rows, *withheld)}):
        with books.opened(store, plan.month, agency) as kept:
            if kept.plan.id == plan.id and kept.whose == agency:
                freed = _proven(store, kept, [row for row in withheld if row["agency_id"] == agency])
                if freed or kept.settled != kept.number:
                    _settle(store, kept, [row for row in rows if row["agency_id"] == agency], rows, freed)
                    kept.settled = kept.number
            if kept.plan.id == plan.id and kept.whose == agency:
                _weigh(kept)
                found |= {place: (agency, said) for place, said in kept.leeways.items()}
    return found


def _weigh(kept: Kept) -> None:
    """Work out what is left to each unannounced check of a book, where that was not done since the last booking.

    Other agencies' unannounced checks are not counted: the number would tell of them.
    """
    from planner.service.month.yielding import leeway

    book, case = kept.book, kept.case
    if kept.weighed == (kept.number, book.first_day):
        return
    at: dict[tuple[int, int], list[int]] = defaultdict(list)
    for t, task in enumerate(case.tasks):
        if task.unannounced and book.day[t] >= book.first_day:
            at[int(case.site_of[t]), int(book.day[t])].append(t)
    kept.leeways = {(case.sites[site].id, case.days[d]): leeway(book, tasks).told() for (site, d), tasks in at.items()}
    kept.weighed = (kept.number, book.first_day)


def _proven(store: Store, kept: Kept, withheld: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those of the withheld checks whose filing is proven by now."""
    if not withheld:
        return []
    tasks = {task.id: task for task in kept.case.tasks if task.unannounced}
    known = {name for task in tasks.values() for name in task.filings}
    with store.read() as tx:
        unproven = unproven_of(tx, kept.plan.month, tasks.values(), known)
    return [row for row in withheld if unproven.keys().isdisjoint(row["tasks"])]


def _settle(
    store: Store,
    kept: Kept,
    own: list[dict[str, Any]],
    everybodys: list[dict[str, Any]],
    freed: list[dict[str, Any]],
) -> None:
    """Give each of the agency's `own` checks, and those just `freed`, a day that nothing takes any more."""
    from planner.service.month.hidden import placed

    book, case = kept.book, kept.case
    others: dict[str, set[int]] = defaultdict(set)
    for row in everybodys:
        if row["agency_id"] != kept.whose:
            others[row["site_id"]].add(book.day_index(row["day"]))
    index = {task.id: t for t, task in enumerate(case.tasks)}
    stays, moved = [], dict[str, Any]()
    new = {row["id"] for row in freed}
    for row in (*own, *freed):
        d = book.day_index(row["day"])
        tasks = [index[name] for name in row["tasks"] if case.tasks[index[name]].unannounced]
        if d < book.first_day and row["id"] not in new:
            stays.append(row["row"])
            continue
        book.release(tasks)
        lost = placed(book, tasks, [d], others[row["site_id"]], SystemRandom())
        then = None if lost else int(book.day[tasks[0]])
        if then == d:
            stays.append(row["row"])
            continue
        moved[row["site_id"]] = [row["day"].isoformat(), None if then is None else case.days[then].isoformat()]
        visit = None if then is None else entry_row(kept, book, book.site(row["site_id"]), then)
        stays += [visit] if visit is not None else []
    if moved or freed:
        about = f"plan:{kept.plan.id}"
        with store.write() as tx:
            let_go(tx, new)
            replace_hidden(tx, kept.plan.id, kept.whose, stays)
            if freed:
                told = {"visits": len(freed)}
                log.append(tx, SERVICE, "hidden.let-go", about, told, reserved=True, agency_id=kept.whose)
            if moved:
                told_moved = {"moved": moved}
                log.append(tx, SERVICE, "hidden.give-way", about, told_moved, reserved=True, agency_id=kept.whose)
