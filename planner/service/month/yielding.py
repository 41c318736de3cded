"""Whether an unannounced check can still give way, said before anybody books: to the coordinator and to its own agency.

A yes is a promise: whoever books a day on which an unannounced check stands is let in, and the check moves. Where no
day would be left it is lost, which used to be found out afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from planner.operations.book import Book
from planner.operations.gate import new_violations
from planner.operations.room import Room, room_on
from planner.service.month.hidden import admissible


@dataclass(frozen=True, slots=True)
class Leeway:
    """What is left to an unannounced check: `days` other days that it may move to, counted up to as many as it needs.

    `may_come` are the announced tasks at the site that still have no day, each of which can take one. `bars` names
    units among them of its own domain there, one booking of which takes all days. Where it is `fixed` by hand it moves
    nowhere, and on its day others may be there: `met`.
    """

    days: int
    may_come: int
    bars: tuple[str, ...] = ()
    fixed: bool = False
    met: bool = False

    @property
    def safe(self) -> bool:
        """Return whether it keeps a day whichever one of its own body's crews, and all that still may come, book."""
        return not self.bars and not self.fixed and self.days >= needed(self.may_come)

    def told(self) -> str:
        """Return the sentence for the coordinator and the check's own agency, in Chinese."""
        if self.fixed:
            met = "当日另有单位进入该对象，" if self.met else ""
            return f"日期已锁定，不会让路：{met}他人预约当日不受阻拦。需要避开的，请取消锁定或改期"
        least = "至少" if self.days >= needed(self.may_come) else "只"
        said = f"他人预约当日时，{least}有 {self.days} 天可改；该对象还有 {self.may_come} 项待排任务"
        if self.bars:
            return f"{said}，其中同领域的{'、'.join(self.bars)}一旦预约，本次将无日可排：请提前商定"
        return said if self.safe else f"{said}。再被预约可能无日可排：请提前商定"


def leeway(book: Book, tasks: Sequence[int]) -> Leeway:
    """Return what is left to the unannounced `tasks` of a visit that `book` has on one day; the book stays as it is."""
    case, site, now = book.case, int(book.case.site_of[tasks[0]]), int(book.day[tasks[0]])
    others = [t for t in case.tasks_at(site) if not case.tasks[t].unannounced]
    if any(case.tasks[t].pinned for t in tasks):
        return Leeway(0, 0, fixed=True, met=any(int(book.day[t]) == now for t in others))
    open_ = [t for t in others if book.day[t] < 0]
    groups = {int(case.group_of[t]) for t in tasks} - {-1}
    bars = {case.units[int(case.unit_of[t])].name for t in open_ if int(case.group_of[t]) in groups}
    without = book.snapshot()
    without.release(tasks)
    days = [d for found in admissible(without, tasks) for d in found if d != now]
    left = (
        d
        for d in days
        if not new_violations(without, tasks, d) and room_on(without, site, dict.fromkeys(tasks, d)) is not Room.NO
    )
    return Leeway(len([*islice(left, needed(len(open_)))]), len(open_), tuple(sorted(bars)))


def needed(may_come: int) -> int:
    """Return how many other days a check needs: one for each that may come, and one for its own crews being booked."""
    return max(1, may_come)
