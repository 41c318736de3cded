"""Which waiting tasks a month takes: as few as the sums of the look-ahead ask for, and as many as the month can hold.

Later months keep what they can hold, the latest deadlines first; the month takes the rest, the strongest first. Of two
that would do, it takes the one at whose site somebody comes anyway, as that saves an entry. Joint tasks go together.
The sums are bounds: crews who have to change towns hold less. So there is a second choice, by a guess at ways and with
the room that is to be spared for later filings, of what the month holds by that guess, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.domain.ahead.look_ahead import NO_LINE, Known, Line, LookAhead, excess, lines_of, lost_by
from planner.domain.ahead.shares import SHARES, Share
from planner.domain.case import IntArray

Shares = Mapping[int, Sequence[Share]]
"""By capacity row."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that may wait. `rows` are the capacity rows it loads, `days` first and last day of the month on which it
    can be done, None where there is none. `rides`: somebody comes to its site anyway. `group` is "" where it may go
    alone.
    """

    task: Known
    rows: tuple[int, ...]
    days: tuple[int, int] | None
    rides: bool
    group: str


@dataclass(eq=False)
class _Room:
    """What is left of one row by one share. Later: [days after the month] by when; in the month: [D, D] between."""

    share: Share
    later: IntArray
    month: IntArray = field(repr=False)


def taken_by(ahead: LookAhead, waiting: Sequence[Waiting], guess: Mapping[int, Share]) -> frozenset[str]:
    """Return the ids of the tasks to be done in the month. `guess` is by capacity row how much walking takes."""
    known = {one.task.id: one.task for one in waiting}
    due = [task for task in ahead.tasks if not task.waits and task.last < ahead.month]
    needed = _chosen(ahead, waiting, due, dict.fromkeys(guess, SHARES), 0)
    done = [replace(known[name], last=ahead.month - 1) for name in sorted(needed)]
    shares = {row: (*SHARES, share) for row, share in guess.items()}
    left = [one for one in waiting if one.task.id not in needed]
    return needed | _chosen(ahead, left, [*due, *done], shares, ahead.spare_percent)


def _chosen(
    ahead: LookAhead,
    waiting: Sequence[Waiting],
    due: Sequence[Known],
    shares: Shares,
    spare: int,
) -> frozenset[str]:
    """Return the ids of what is asked of `waiting` by `shares` and fits beside what is `due`."""
    rooms = _rooms(ahead, waiting, due, shares, spare)
    if not rooms:
        return frozenset()
    asked = _too_many(ahead, [one for one in waiting if any(row in rooms for row in one.rows)], rooms)
    return _that_fit(asked, rooms)


def _rooms(
    ahead: LookAhead,
    waiting: Sequence[Waiting],
    due: Sequence[Known],
    shares: Shares,
    spare: int,
) -> dict[int, list[_Room]]:
    """Return the room of each row whose later days cannot hold all that waits, and of those that share its tasks."""
    month = ahead.month
    wait, filed = lines_of(ahead, (one.task for one in waiting), month), lines_of(ahead, ahead.filed_later, month)
    busy = lines_of(ahead, due)
    found, short = dict[int, list[_Room]](), set[int]()
    for row, line in wait.items():
        found[row] = []
        now, more = busy.get(row, NO_LINE), _from(filed.get(row, NO_LINE), month)
        for share in shares[row]:
            later = ahead.halves[row, month:] * share.room
            weight = more.weight(share)
            hold = np.cumsum(later) * (100 - spare) // 100 + lost_by(more, weight, later)
            hold -= np.bincount(more.last, weights=weight, minlength=len(later)).cumsum().astype(np.int64)
            asked = np.bincount(line.last - month, weights=line.weight(share), minlength=len(later)).cumsum()
            if (asked > np.maximum(hold, 0)).any():
                short.add(row)
            taken = excess(now, now.weight(share), ahead.halves[row, :month] * share.room)
            found[row].append(_Room(share, hold, -taken))
    used = {row for one in waiting if short & set(one.rows) for row in one.rows}
    return {row: rooms for row, rooms in found.items() if row in used} if short else {}


def _from(line: Line, begin: int) -> Line:
    return line._replace(first=line.first - begin, last=line.last - begin)


def _too_many(ahead: LookAhead, waiting: Iterable[Waiting], rooms: dict[int, list[_Room]]) -> list[Waiting]:
    """Return the waiting tasks that later days do not hold beside the others."""
    stay_first = sorted(
        waiting,
        key=lambda w: (
            w.days is not None, w.rides, -w.task.last, -int(w.task.strength), w.task.priority, w.task.quarters,
            w.task.id,
        ),
    )  # fmt: skip
    refused = []
    for one in stay_first:
        begin = one.task.last - ahead.month
        loads = list(_loads(one, rooms))
        if all(not load or room.later[begin:].min() >= load for room, load in loads):
            for room, load in loads:
                room.later[begin:] -= load
        elif one.days is not None:
            refused.append(one)
    together = {one.group for one in refused} - {""}
    names = {one.task.id for one in refused}
    return refused + [one for one in stay_first if one.group in together and one.task.id not in names and one.days]


def _that_fit(asked: Sequence[Waiting], rooms: dict[int, list[_Room]]) -> frozenset[str]:
    """Return the ids of those of `asked` that the month holds beside what is due in it, the strongest first."""
    groups: dict[str, list[Waiting]] = defaultdict(list)
    for one in asked:
        groups[one.group or one.task.id].append(one)
    best = sorted(groups.values(), key=lambda g: min(_rank(one) for one in g))
    taken: set[str] = set()
    for group in best:
        cells = [(room, load, one.days) for one in group for room, load in _loads(one, rooms) if load and one.days]
        if all(room.month[: days[0] + 1, days[1] :].min() >= load for room, load, days in cells):
            for room, load, days in cells:
                room.month[: days[0] + 1, days[1] :] -= load
            taken.update(one.task.id for one in group)
    return frozenset(taken)


def _rank(one: Waiting) -> tuple[int, int, bool, int, str]:
    task = one.task
    return int(task.strength), -task.priority, not one.rides, task.last, task.id


def _loads(one: Waiting, rooms: dict[int, list[_Room]]) -> Iterator[tuple[_Room, int]]:
    """Yield what a stay of the task alone takes of each room."""
    task = one.task
    stay = task.quarters + task.setup
    for row in one.rows:
        for room in rooms.get(row, ()):
            yield room, room.share.weight[stay] if task.shares or room.share.always else 0
