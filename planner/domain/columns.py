"""What tasks and groups say of themselves, as arrays: engines and checks of large cases never walk over objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from planner.domain.case import GroupInfo, TaskInfo

_Ints = NDArray[np.int64]
_Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Columns:
    """Shapes: T tasks, G groups. Dates are ordinals, 0 where there is none."""

    strength: _Ints = field(repr=False)
    """[T]"""
    priority: _Ints = field(repr=False)
    """[T]"""
    first: _Ints = field(repr=False)
    """[T] first date of the filed window."""
    last: _Ints = field(repr=False)
    """[T] last date of the filed window."""
    waits_until: _Ints = field(repr=False)
    """[T]"""
    pinned: _Ints = field(repr=False)
    """[T] date on which it is fixed."""
    fire: _Bools = field(repr=False)
    """[T]"""
    follows_fire: _Bools = field(repr=False)
    """[T]"""
    unannounced: _Bools = field(repr=False)
    """[T]"""
    opted_in: _Bools = field(repr=False)
    """[T]"""
    outside_hours: _Bools = field(repr=False)
    """[T]"""
    gap_months: _Ints = field(repr=False)
    """[G]"""
    quota: _Ints = field(repr=False)
    """[G]"""
    history: _Bools = field(repr=False)
    """[G] it was visited before, or a later visit is published."""


def columns_of(tasks: Iterable[TaskInfo], groups: Iterable[GroupInfo]) -> Columns:
    """Return the columns of `tasks` and `groups`, in their order."""
    tasks, groups = list(tasks), list(groups)
    ordinal: dict[date, int] = {}

    def when(day: date | None) -> int:
        if day is None:
            return 0
        found = ordinal.get(day)
        if found is None:
            found = ordinal[day] = day.toordinal()
        return found

    def ints(read: Callable[[TaskInfo], int]) -> _Ints:
        return np.fromiter(map(read, tasks), dtype=np.int64, count=len(tasks))

    def bools(read: Callable[[TaskInfo], bool]) -> _Bools:
        return np.fromiter(map(read, tasks), dtype=np.bool_, count=len(tasks))

    return Columns(
        strength=ints(lambda t: t.strength),
        priority=ints(lambda t: t.priority),
        first=ints(lambda t: when(t.window[0])),
        last=ints(lambda t: when(t.window[1])),
        waits_until=ints(lambda t: when(t.waits_until)),
        pinned=ints(lambda t: when(t.pinned)),
        fire=bools(lambda t: t.fire),
        follows_fire=bools(lambda t: t.follows_fire),
        unannounced=bools(lambda t: t.unannounced),
        opted_in=bools(lambda t: t.opted_in),
        outside_hours=bools(lambda t: t.outside_hours),
        gap_months=np.fromiter((g.gap_months for g in groups), dtype=np.int64, count=len(groups)),
        quota=np.fromiter((g.quota for g in groups), dtype=np.int64, count=len(groups)),
        history=np.fromiter((bool(g.history) for g in groups), dtype=np.bool_, count=len(groups)),
    )
