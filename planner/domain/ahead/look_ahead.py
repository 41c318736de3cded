"""The look-ahead: what is filed from a month on until the last day that any of its tasks may wait for, by unit and day.

A task whose window reaches past the month may wait, and costs nothing if it does. That is right for one task and wrong
for two hundred: what waits has to be held by the crews of later months. Sums say whether it can be. Tasks whose windows
lie between two days load the crews of those days; if they load more than there is, the rest is left out, or done before
(Hall's condition for intervals). Loads are taken by `shares`, so the sums hold for any timetable, and
anyone can add them up. Nothing here knows what will be filed later: a sum speaks of the filings received.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

import numpy as np

from planner.domain.ahead.shares import SHARES, Share
from planner.domain.case import BoolArray, CapacityRow, IntArray, Strength

Points = tuple[int, int, int]
"""Left-out priorities summed by strength: mandatory, accepted, optional."""


@dataclass(frozen=True, slots=True)
class Known:
    """A task of the look-ahead as far as crews are concerned. `first` and `last` are days of the look-ahead; `id` is ""
    where it does not wait.

    `quarters` are those of its items, `setup` those of its unit, once a stay. `shares`: its stay, where it fits into a
    half-day, is not cut by the break, as nobody else stays longer at the site. `waits`: it may be done in the month or
    later.
    """

    id: str
    site: str
    unit: str
    skill: str
    quarters: int
    setup: int
    shares: bool
    first: int
    last: int
    strength: Strength
    priority: int
    waits: bool


@dataclass(frozen=True, eq=False)
class LookAhead:
    """`days` are the open days from the month's first on, the first `month` of them the month's own.

    Shapes: R capacity rows, those of units in which something waits; D days. `taken` are ids of waiting tasks that are
    done in the month because later months cannot hold them. `spare_percent` of later crews was kept free for later
    filings when they were chosen; no sum knows of it. `filed_by` is the date of the last filing.
    """

    days: tuple[date, ...]
    month: int
    rows: tuple[CapacityRow, ...]
    halves: IntArray = field(repr=False)
    """[R, D] crew half-days."""
    tasks: tuple[Known, ...] = field(repr=False)
    taken: frozenset[str] = frozenset()
    spare_percent: int = 0
    filed_by: date | None = None

    @property
    def waiting(self) -> tuple[Known, ...]:
        """Those that may be done in the month or later."""
        return tuple(task for task in self.tasks if task.waits)

    @property
    def filed_later(self) -> tuple[Known, ...]:
        """Those that can only be done after the month."""
        return tuple(task for task in self.tasks if task.first >= self.month)


class Line(NamedTuple):
    """What loads one capacity row. Shapes [N]; `stay` is in quarter-hours, set-up with the task that opens a stay."""

    first: IntArray
    last: IntArray
    stay: IntArray
    shares: BoolArray
    strength: IntArray
    priority: IntArray

    def weight(self, share: Share) -> IntArray:
        """Return [N] what each takes by `share`; 0 where the share does not hold."""
        found = np.array(share.weight, dtype=np.int64)[self.stay]
        return found if share.always else np.where(self.shares, found, 0)

    def only(self, chosen: BoolArray) -> Line:
        """Return the part of the line that `chosen` [N] marks."""
        first, last, stay, shares, strength, priority = self
        return Line(first[chosen], last[chosen], stay[chosen], shares[chosen], strength[chosen], priority[chosen])


@dataclass(frozen=True, slots=True)
class Need:
    """Of the `waiting` tasks of `row` whose windows end by `until`, at least `tasks` have to be done in the month.

    In parts of a crew's half-day by `share`: waiting tasks take `load`, tasks filed for later `filed`, crews have
    `room`; `lost` of what is filed for later finds no room in any case. `load + filed - room - lost` is too much.
    """

    row: int
    share: Share
    until: date
    waiting: int
    load: int
    filed: int
    room: int
    lost: int
    tasks: int

    @property
    def short(self) -> int:
        """What does not fit after the month."""
        return self.load + self.filed - self.room - self.lost


@dataclass(frozen=True, slots=True)
class Overflow:
    """Left-out points, in the month and those that its plan makes unavoidable until the look-ahead's end."""

    month: Points
    later: Points
    least: Points
    """No plan of the whole time leaves out less: recomputed by sums and the month's price lists."""
    tasks: int
    """How many tasks of later months are left out at the least."""

    @property
    def proven(self) -> bool:
        """Return whether the plan makes no more unavoidable than any plan would have to."""
        return all(m + w <= low for m, w, low in zip(self.month, self.later, self.least, strict=True))


def lines_of(ahead: LookAhead, tasks: Iterable[Known], begin: int = 0) -> dict[int, Line]:
    """Return what loads each capacity row, windows cut to the days from `begin` on.

    A unit stays at least once at a site for every set of windows of which no two meet; the first task to end of each
    such stay carries the set-up. Whatever else joins it can only be more.
    """
    place = {row: n for n, row in enumerate(ahead.rows)}
    at: dict[tuple[int, str], list[Known]] = defaultdict(list)
    for task in tasks:
        if task.last < begin:
            continue
        for skill in {"", task.skill}:
            row = place.get(CapacityRow(task.unit, skill))
            if row is not None:
                at[row, task.site].append(task)
    cells: dict[int, list[tuple[int, int, int, bool, int, int]]] = defaultdict(list)
    for (row, _), here in at.items():
        reached = -1
        for task in sorted(here, key=lambda t: (t.last, t.id)):
            first = max(task.first, begin)
            opens = first > reached
            reached = task.last if opens else reached
            stay = task.quarters + (task.setup if opens else 0)
            cells[row].append((first, task.last, stay, task.shares, int(task.strength), task.priority))
    return {row: _line(found) for row, found in sorted(cells.items())}


def _line(cells: Sequence[tuple[int, int, int, bool, int, int]]) -> Line:
    table = np.array(cells, dtype=np.int64).reshape(len(cells), 6)
    return Line(table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(np.bool_), table[:, 4], table[:, 5])


def excess(line: Line, weight: IntArray, room: IntArray) -> IntArray:
    """Return [D, D]: by how much what lies within days a to b takes more than their `room` [D]; for a > b nothing."""
    n_days = len(room)
    load = np.zeros((n_days, n_days), dtype=np.int64)
    np.add.at(load, (line.first, line.last), weight)
    load = load[::-1].cumsum(axis=0)[::-1].cumsum(axis=1)
    before = np.concatenate([[0], np.cumsum(room)])
    over: IntArray = load - (before[None, 1:] - before[:-1, None])
    return np.where(np.tri(n_days, k=-1, dtype=np.bool_), 0, over)


def lost_by(filed: Line, weight: IntArray, room: IntArray) -> IntArray:
    """Return [D] how much of what is `filed` alone finds no room by each day, at the least."""
    over = excess(filed, weight, room).max(axis=0, initial=0)
    return np.maximum.accumulate(np.maximum(over, 0))


NO_LINE = _line(())


def needs_of(ahead: LookAhead) -> list[Need]:
    """Return for each row with waiting tasks the sum that asks most of the month, largest first; none asking is `tasks`
    0 of the row's last day.
    """
    wait, filed = (lines_of(ahead, part, ahead.month) for part in (ahead.waiting, ahead.filed_later))
    found = [
        max(_needs(ahead, row, line, filed.get(row, NO_LINE)), key=lambda n: (n.tasks, n.short, n.until))
        for row, line in wait.items()
    ]
    return sorted(found, key=lambda n: (-n.tasks, n.row))


def _needs(ahead: LookAhead, row: int, wait: Line, filed: Line) -> Iterator[Need]:
    """Yield the sum of each share and each day on which a waiting task's window ends."""
    begin = ahead.month
    for share in SHARES:
        room = ahead.halves[row, begin:] * share.room
        heavy, more = wait.weight(share), filed.weight(share)
        later = Line(filed.first - begin, filed.last - begin, *filed[2:])
        lost, hold = lost_by(later, more, room), np.cumsum(room)
        for last in np.unique(wait.last).tolist():
            inside = np.sort(heavy[wait.last <= last])[::-1]
            load, besides = int(inside.sum()), int(more[filed.last <= last].sum())
            here = int(hold[last - begin]), int(lost[last - begin])
            short = load + besides - here[0] - here[1]
            fewest = int(np.searchsorted(np.cumsum(inside), short)) + 1 if short > 0 else 0
            yield Need(row, share, ahead.days[last], len(inside), load, besides, *here, min(fewest, len(inside)))


def unavoidable(ahead: LookAhead, tasks: Iterable[Known], begin: int, allowed: Points | None = None) -> Points:
    """Return the left-out points of `tasks` that no plan from day `begin` on avoids.

    Accepted and optional ones hold among plans that leave out no more than `allowed` of the stronger; None allows what
    is unavoidable itself. Each unit counts with the row and share that prove most of it.
    """
    by_unit: dict[str, list[tuple[int, Line]]] = defaultdict(list)
    for row, line in lines_of(ahead, tasks, begin).items():
        by_unit[ahead.rows[row].unit].append((row, line))
    points: list[int] = []
    for strength in Strength:
        given = (*points, 0, 0, 0)[:3] if allowed is None else allowed
        points.append(
            sum(
                max(_least(ahead, row, line, begin, int(strength), given) for row, line in lines)
                for lines in by_unit.values()
            )
        )
    return points[0], points[1], points[2]


def _least(ahead: LookAhead, row: int, line: Line, begin: int, strength: int, allowed: Sequence[int]) -> int:
    """Return the points of one strength that a row's crews cannot hold, by the interval that is most overfull."""
    if not (line.strength == strength).any():
        return 0
    asked, best = line.only(line.strength <= strength), 0
    for share in SHARES:
        weight = asked.weight(share)
        room = ahead.halves[row, begin:] * share.room
        over = excess(Line(asked.first - begin, asked.last - begin, *asked[2:]), weight, room)
        a, b = divmod(int(over.argmax()), len(room))
        too_much = int(over[a, b])
        inside = (asked.first >= a + begin) & (asked.last <= b + begin) & (weight > 0)
        for stronger in range(strength):
            gone = inside & (asked.strength == stronger)
            too_much -= _most_load(weight[gone], asked.priority[gone], allowed[stronger])
        if too_much > 0:
            gone = inside & (asked.strength == strength)
            best = max(best, _fewest_points(weight[gone], asked.priority[gone], too_much))
    return best


def _fewest_points(weight: IntArray, points: IntArray, load: int) -> int:
    """Return the least points of tasks that take `load` together (fractional knapsack, so a bound)."""
    total = 0
    for n in np.lexsort((points, points / weight)).tolist():
        if load <= weight[n]:
            return total - (-int(points[n]) * load // int(weight[n]))
        load -= int(weight[n])
        total += int(points[n])
    return total


def _most_load(weight: IntArray, points: IntArray, allowed: int) -> int:
    """Return the most that tasks of `allowed` points can take together (fractional knapsack, so a bound)."""
    total = 0
    for n in np.lexsort((points, points / weight)).tolist():
        if allowed < points[n]:
            return total + int(weight[n]) * allowed // int(points[n])
        allowed -= int(points[n])
        total += int(weight[n])
    return total


def overflow_of(ahead: LookAhead, waiting: Iterable[str], left_out: Points, bound: Points) -> Overflow:
    """Return what a month's plan leaves out and makes unavoidable.

    `waiting` are ids of the tasks that it lets wait, `left_out` its own points, `bound` what is proven of them whatever
    waits. Points of later months are added to them, as they are of other tasks.
    """
    ids = set(waiting)
    left = [t for t in ahead.tasks if t.id in ids or t.first >= ahead.month]
    later = unavoidable(ahead, left, ahead.month)
    counted = (replace(t, strength=Strength.MANDATORY, priority=1) for t in left) if any(later) else ()
    total = left_out[0] + later[0], left_out[1] + later[1], left_out[2] + later[2]
    alone = unavoidable(ahead, ahead.filed_later, ahead.month)
    whole = unavoidable(ahead, ahead.tasks, 0, total)
    least = [max(w, b + a) for w, b, a in zip(whole, bound, alone, strict=True)]
    return Overflow(left_out, later, (least[0], least[1], least[2]), unavoidable(ahead, counted, ahead.month)[0])
