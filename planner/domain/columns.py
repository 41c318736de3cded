"""Attributes of tasks and groups as arrays, so that engines and checks of large cases never loop over objects.

Each column declares which object it belongs to and how its value is read from it. No other module lists the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.axes import along, axes_of

if TYPE_CHECKING:
    from planner.domain.case import GroupInfo, TaskInfo

_Ints = NDArray[np.int64]
_Bools = NDArray[np.bool_]
READ = "read"


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 0


def _of_task(read: Callable[[TaskInfo], int]) -> Mapping[str, Any]:
    return {READ: read, **along("T")}


def _of_group(read: Callable[[GroupInfo], int]) -> Mapping[str, Any]:
    return {READ: read, **along("G")}


@dataclass(frozen=True, eq=False)
class Columns:
    """Shapes: T tasks, G groups. Dates are ordinals, 0 where there is none."""

    strength: _Ints = field(repr=False, metadata=_of_task(lambda t: t.strength))
    priority: _Ints = field(repr=False, metadata=_of_task(lambda t: t.priority))
    first: _Ints = field(repr=False, metadata=_of_task(lambda t: t.window[0].toordinal()))
    """[T] first date of the filed window."""
    last: _Ints = field(repr=False, metadata=_of_task(lambda t: t.window[1].toordinal()))
    """[T] last date of the filed window."""
    waits_until: _Ints = field(repr=False, metadata=_of_task(lambda t: _ordinal(t.waits_until)))
    pinned: _Ints = field(repr=False, metadata=_of_task(lambda t: _ordinal(t.pinned)))
    """[T] date on which it is fixed."""
    fire: _Bools = field(repr=False, metadata=_of_task(lambda t: t.fire))
    follows_fire: _Bools = field(repr=False, metadata=_of_task(lambda t: t.follows_fire))
    unannounced: _Bools = field(repr=False, metadata=_of_task(lambda t: t.unannounced))
    opted_in: _Bools = field(repr=False, metadata=_of_task(lambda t: t.opted_in))
    outside_hours: _Bools = field(repr=False, metadata=_of_task(lambda t: t.outside_hours))
    needed: _Bools = field(repr=False, metadata=_of_task(lambda t: t.needed))
    gap_months: _Ints = field(repr=False, metadata=_of_group(lambda g: g.gap_months))
    quota: _Ints = field(repr=False, metadata=_of_group(lambda g: g.quota))
    next_quota: _Ints = field(repr=False, metadata=_of_group(lambda g: g.next_quota))
    history: _Bools = field(repr=False, metadata=_of_group(lambda g: bool(g.history)))
    """[G] it was visited before, or a later visit is published."""


def columns_of(tasks: Iterable[TaskInfo], groups: Iterable[GroupInfo]) -> Columns:
    """Return the columns of `tasks` and `groups`, in their order."""
    of: dict[tuple[str, ...], list[Any]] = {("T",): list(tasks), ("G",): list(groups)}
    made: dict[str, Any] = {}
    for column in fields(Columns):
        rows = of[axes_of(column).names]
        kind = np.bool_ if column.type == "_Bools" else np.int64
        made[column.name] = np.fromiter(map(column.metadata[READ], rows), dtype=kind, count=len(rows))
    return Columns(**made)
