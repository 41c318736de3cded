"""Unannounced checks give way to what was booked since: nobody who books may learn that one stood there.

They do so when somebody looks who may see them, not when somebody books: a booking takes no longer where one is hidden.
"""

from __future__ import annotations

from collections import defaultdict
from random import SystemRandom
from typing import Any

from api.desk.published.kept_books import Kept, books
from api.desk.published.suggesting import entry_row
from api.store import Store, log
from api.store.planned.hidden import hidden_of, replace_hidden
from api.store.planned.plans import PlanRow

SERVICE = "system"


def give_way(store: Store, plan: PlanRow, agencies: frozenset[str] | None) -> None:
    """Move the unannounced checks of `agencies` (None: all) of a published plan that are in the way of what stands."""
    with store.read() as tx:
        rows = hidden_of(tx, plan.id, agencies)
    for agency in sorted({row["agency_id"] for row in rows}):
        with books.opened(store, plan.month, agency) as kept:
            if kept.plan.id == plan.id and kept.whose == agency and kept.settled != kept.number:
                _settle(store, kept, [row for row in rows if row["agency_id"] == agency], rows)
                kept.settled = kept.number


def _settle(store: Store, kept: Kept, own: list[dict[str, Any]], everybodys: list[dict[str, Any]]) -> None:
    from planner.service.month.hidden import placed

    book, case = kept.book, kept.case
    others: dict[str, set[int]] = defaultdict(set)
    for row in everybodys:
        if row["agency_id"] != kept.whose:
            others[row["site_id"]].add(book.day_index(row["day"]))
    index = {task.id: t for t, task in enumerate(case.tasks)}
    stays, moved = [], dict[str, Any]()
    for row in own:
        d = book.day_index(row["day"])
        tasks = [index[name] for name in row["tasks"] if case.tasks[index[name]].unannounced]
        if d < book.first_day:
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
    if moved:
        with store.write() as tx:
            replace_hidden(tx, kept.plan.id, kept.whose, stays)
            what, grounds = "hidden.give-way", {"moved": moved}
            log.append(tx, SERVICE, what, f"plan:{kept.plan.id}", grounds, reserved=True, agency_id=kept.whose)
