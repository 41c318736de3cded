"""What tasks and groups say of themselves, as arrays: engines and checks of large cases never walk over objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
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
    needed: _Bools = field(repr=False)
    """[T]"""
    gap_months: _Ints = field(repr=False)
    """[G]"""
    quota: _Ints = field(repr=False)
    """[G]"""
    next_quota: _Ints = field(repr=False)
    """[G]"""
    history: _Bools = field(repr=False)
    """[G] it was visited before, or a later visit is published."""


def columns_of(tasks: Iterable[TaskInfo], groups: Iterable[GroupInfo]) -> Columns:
    """Return the columns of `tasks` and `groups`, in their order."""
    tasks, groups = list(tasks), list(groups)

    def ints(values: Iterable[int]) -> _Ints:
        return np.fromiter(values, dtype=np.int64, count=len(tasks))

    def bools(name: str) -> _Bools:
        return np.fromiter(map(attrgetter(name), tasks), dtype=np.bool_, count=len(tasks))

    def ordinals(name: str) -> _Ints:
        return ints(day.toordinal() if day else 0 for day in map(attrgetter(name), tasks))

    return Columns(
        strength=ints(map(attrgetter("strength"), tasks)),
        priority=ints(map(attrgetter("priority"), tasks)),
        first=ints(first.toordinal() for first, _ in map(attrgetter("window"), tasks)),
        last=ints(last.toordinal() for _, last in map(attrgetter("window"), tasks)),
        waits_until=ordinals("waits_until"),
        pinned=ordinals("pinned"),
        fire=bools("fire"),
        follows_fire=bools("follows_fire"),
        unannounced=bools("unannounced"),
        opted_in=bools("opted_in"),
        outside_hours=bools("outside_hours"),
        needed=bools("needed"),
        gap_months=np.fromiter((g.gap_months for g in groups), dtype=np.int64, count=len(groups)),
        quota=np.fromiter((g.quota for g in groups), dtype=np.int64, count=len(groups)),
        next_quota=np.fromiter((g.next_quota for g in groups), dtype=np.int64, count=len(groups)),
        history=np.fromiter((bool(g.history) for g in groups), dtype=np.bool_, count=len(groups)),
    )
