"""A published plan's next version after an event: the days that change least, with starts, teams and proofs anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.domain.case import IntArray
from planner.domain.errors import InputError
from planner.operations.book import Book
from planner.operations.events import NewTask, Reported, event_zh
from planner.operations.replan import replan
from planner.service.moving import Weighing
from planner.service.operating import event_from, replanned_json
from planner.service.planning import Planned, Tell
from planner.service.revising import Changed, Held, revise


@dataclass(frozen=True, eq=False)
class Version:
    """The month after an event, and what was found on the way (`replanned_json`)."""

    planned: Planned
    found: dict[str, Any]
    held: Held


PREVIEW_WORK = 10.0
"""Deterministic time of a preview, for which somebody waits: seconds, not minutes. The version has more."""


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

    It is a plan of the same case, so whoever verifies it needs nothing but the source. Raises InputError for an event
    that brings a new task, which has to be filed first, or whose plan cannot be walked or manned.
    """
    happened = event_from(event, planned)
    if isinstance(happened, NewTask):
        raise InputError(
            "新任务须先备案受理再统筹，不能直接写入方案；可先试算 / a new task has to be filed before it can be planned"
        )
    done = replan(book, happened)
    day = _days_of(planned, {t.id: int(d) for t, d in zip(done.case.tasks, done.after.tolist(), strict=True)})
    if isinstance(happened, Reported) and happened.kind == "settled":
        gone = [t.id for t, a, b in zip(done.case.tasks, done.before, done.after, strict=True) if a >= 0 > b]
        held = Held(held.pinned, tuple(sorted({*held.excluded, *gone})))
    changed = Changed(day, held, Weighing(planned)(day))
    note = f"{event_zh(happened, done.case)}：{reason}" if reason else event_zh(happened, done.case)
    found = replanned_json(planned, done, happened)
    return Version(revise(planned, changed, note, tell), found, held)


def _days_of(planned: Planned, day_of: Mapping[str, int]) -> IntArray:
    """Return the days [T] of the plan's own tasks; a triggered check is none of them."""
    case = planned.result.case
    return np.array([day_of[task.id] for task in case.tasks], dtype=np.int64)
