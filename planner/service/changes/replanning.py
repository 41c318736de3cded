"""A published plan's next version after an event: the days that change least, with starts, teams and proofs anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from planner.domain.case import CapacityRow, Case
from planner.domain.errors import InputError
from planner.explain.counterfactuals import counterfactuals
from planner.intake.make.given import Given, PublishedVisit
from planner.operations.book import Book
from planner.operations.events import Away, NewTask, Reported, event_zh
from planner.operations.replan import Replanned, replan
from planner.service.changes.carrying import carried, drawn_teams
from planner.service.changes.revising import Changed, Held, UnlawfulChangeError, revise
from planner.service.month.naming import name_month
from planner.service.month.planning import Planned, Tell, prepare_tables
from planner.service.published.absent import with_away
from planner.service.published.moving import Weighing
from planner.service.published.operating import book_of, event_from, replanned_json


@dataclass(frozen=True, eq=False)
class Version:
    """The month after an event, what was found on the way (`replanned_json`), and what stays held by hand."""

    planned: Planned
    found: dict[str, Any]
    held: Held


PREVIEW_WORK = 10.0
"""Deterministic time of a preview, for which somebody waits: seconds, not minutes. The version has more."""


ROUNDS = 10
"""How often days that cannot be walked or manned are asked to take less."""


def preview(planned: Planned, book: Book, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event comes to on `book`, which stays, and whether it is proven within `PREVIEW_WORK`.

    Raises InputError as `event_from` and `replan`.
    """
    happened = event_from(event, planned)
    return replanned_json(planned, replan(book, happened, PREVIEW_WORK), happened)


def version_of(
    planned: Planned, book: Book, event: Mapping[str, Any], held: Held, reason: str, tell: Tell | None = None
) -> Version:
    """Return the next version of a plan: `book` is how it is lived with, bookings and all.

    It is a plan of the same case, but that somebody is away since, and for what publishing pins: both stand in its
    document, so whoever verifies it needs nothing but the source. Where a day cannot be walked or manned, less
    of it is tried; fewest changes are not proven then. Raises InputError for an event that brings a new task, which has
    to be filed first, or that leaves nothing lawful.
    """
    happened = event_from(event, planned)
    if isinstance(happened, NewTask):
        raise InputError(
            "新任务须先备案受理再统筹，不能直接写入方案；可先试算 / a new task has to be filed before it can be planned"
        )
    given = replace(planned.given, teams=drawn_teams(planned.result))
    if isinstance(happened, Away):
        given = with_away(given, happened.inspector, happened.days, happened.half)
    base, limits, failed = planned, dict[tuple[CapacityRow, date], int](), InputError("")
    for _ in range(ROUNDS):
        done = replan(book, happened, limits=limits)
        day_of = {t.id: int(d) for t, d in zip(done.case.tasks, done.after.tolist(), strict=True)}
        base = _based(base, _moved(_with_booked(planned, given, done, day_of), done.case, day_of), tell)
        day = np.array([day_of[task.id] for task in base.result.case.tasks], dtype=np.int64)  # no triggered check
        kept = _still_held(held, done, settled=isinstance(happened, Reported) and happened.kind == "settled")
        note = f"{event_zh(happened, done.case)}：{reason}" if reason else event_zh(happened, done.case)
        changed = Changed(day, kept, Weighing(base)(day))
        if changed.verdict.lawful and planned.result.counterfactuals and not base.result.counterfactuals:
            base = _compared(base)
        try:
            after = revise(base, changed, note, tell)
        except UnlawfulChangeError as error:
            if not error.cuts:
                raise
            failed = error
            case = base.result.case
            for cut in error.cuts:
                cell = case.rows[cut.row], case.days[cut.day]
                limits[cell] = min(cut.limit, limits.get(cell, cut.limit + 1) - 1)
        else:
            return Version(after, replanned_json(planned, done, happened), kept)
    raise failed


def next_version(
    planned: Planned, event: Mapping[str, Any], reason: str = "", frozen_until: date | None = None
) -> Version:
    """Return the next version of a month's plan, all of it published and nothing booked since; else as `version_of`.

    Where the version before names inspectors, so does it: who has to be drawn anew is, with the same revealed numbers.
    """
    made = version_of(planned, book_of(planned, frozen_until), event, Held(), reason)
    return made if planned.revealed is None else replace(made, planned=name_month(made.planned, planned.revealed))


def _still_held(held: Held, done: Replanned, settled: bool) -> Held:
    """Return what stays held by hand: not the days that were left; and out stays who needs no visit any more."""
    rows = list(zip(done.case.tasks, done.before.tolist(), done.after.tolist(), strict=True))
    left = {task.id for task, before, after in rows if before != after}
    gone = {task.id for task, before, after in rows if before >= 0 > after} if settled else set()
    return Held(
        {task: day for task, day in held.pinned.items() if task not in left}, tuple(sorted({*held.excluded, *gone}))
    )


def _with_booked(planned: Planned, given: Given, done: Replanned, day_of: Mapping[str, int]) -> Given:
    """Return what is given, and as published what was booked of the tasks that the plan had left to later months."""
    known = {task for visit in given.published for task in visit.tasks}
    waiting = {task.id for task in planned.prepared.deferred} - known
    more = [
        PublishedVisit(task.site, done.case.days[day_of[task.id]], (task.id,), task.items)
        for task in done.case.tasks
        if task.id in waiting and day_of[task.id] >= 0
    ]
    return replace(given, published=(*given.published, *more))


def _moved(given: Given, case: Case, day_of: Mapping[str, int]) -> Given:
    """Return what is given with each published visit where it stands now; what was left out is pinned no more."""
    visits: dict[PublishedVisit, list[str]] = {}
    for visit in given.published:
        for task in visit.tasks:
            d = day_of.get(task)
            if d is None or d >= 0:
                stands = replace(visit, day=visit.day if d is None else case.days[d], tasks=())
                visits.setdefault(stands, []).append(task)
    found = (replace(visit, tasks=tuple(tasks)) for visit, tasks in visits.items())
    return replace(given, published=tuple(sorted(found, key=lambda visit: (visit.site, visit.day, visit.tasks))))


def _based(planned: Planned, given: Given, tell: Tell | None) -> Planned:
    """Return the plan with what is given now, as one of the case that this makes."""
    if (given.away, given.published) == (planned.given.away, planned.given.published):
        return replace(planned, given=given)
    prepared, _, _ = prepare_tables(planned.tables, planned.month, planned.result.seed, tell, given)
    return replace(planned, result=carried(planned, prepared), prepared=prepared, given=given)


def _compared(planned: Planned) -> Planned:
    """Return the plan with what its case would be without coordination."""
    result = planned.result
    assert result.plan is not None
    return replace(
        planned, result=replace(result, counterfactuals=counterfactuals(result.case, result.plan, result.seed))
    )
