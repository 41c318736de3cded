"""Events that happen to a published plan, and how each changes the case: barred days, absent people, new tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from planner.domain.case import NONE, BoolArray, CapacityRow, Case, IntArray, TaskInfo
from planner.domain.case_builder import later_dates
from planner.domain.errors import InputError
from planner.domain.plan import loads_of
from planner.domain.roster import Roster
from planner.law.rules.capacity import CREWS
from planner.law.rules.company import NOT_TO_JOIN
from planner.law.rules.dates import BLACKOUT, ONE_ANSWER
from planner.operations.book import Book
from planner.operations.recase import with_tasks, without_need

MINIMISED = "objective.entries"
"""The rule on which new work rests: entries are to be few. Each event names the rule that it brings to bear."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A unit has only `left` crew quarter-hours on some days (illness, another duty)."""

    rule: ClassVar[str] = CREWS.id
    unit: str
    days: tuple[date, ...]
    left: int = 0


@dataclass(frozen=True, eq=False)
class Away:
    """An inspector of a unit is away on some days: for all of each, or `half` of it ("am", "pm").

    `left` is the month's case without that person, whom it is the roster's matter to know, and with none of the pins
    that publishing made. A visit stays as long as what is left of the crews suffices.
    """

    rule: ClassVar[str] = CREWS.id
    unit: str
    inspector: str
    days: tuple[date, ...]
    half: str
    left: Case
    people: Roster | None = None
    """The people of `left`."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nobody enters a site on some days. `kind`: "cancelled", "closed" (the site is) or "emergency"."""

    rule: ClassVar[str] = BLACKOUT.id
    site: str
    days: tuple[date, ...]
    kind: str = "cancelled"


@dataclass(frozen=True, slots=True)
class Missed:
    """An agency's tasks at a site are not done on the day. `kind`: "no_show", "refused" or "partly_done".

    `tasks` are the ids of those not done; empty: all of the agency's there and then.
    """

    rule: ClassVar[str] = ONE_ANSWER.id
    agency: str
    site: str
    day: date
    kind: str = "no_show"
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reported:
    """A result of an agency's tasks at a site on a day. `kind`: "done" (they stand as they are, whatever comes) or
    "settled" (they need no visit any more: an off-site check found nothing, or another check has covered them).
    """

    rule: ClassVar[str] = ONE_ANSWER.id
    agency: str
    site: str
    day: date
    kind: str = "done"
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GiveWay:
    """A triggered check that is in the book already took crews beyond what there is: others give way."""

    rule: ClassVar[str] = CREWS.id
    check: str


@dataclass(frozen=True, eq=False)
class NewTask:
    """Work that has come up since, one task or the parts of one; with a date pinned it has to be done then.

    `beside` is a case that knows what stands of its site and unit, gap and cap among it, where the book does not: see
    `planner.operations.recase.with_tasks`.
    """

    rule: ClassVar[str] = MINIMISED
    tasks: tuple[TaskInfo, ...]
    beside: Case | None = None
    refused: str = ""
    """Why the law lets no on-site task come of it, in Chinese; there are no `tasks` then."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Plans were accepted since the month was published: it is planned anew around what stands."""

    rule: ClassVar[str] = MINIMISED


@dataclass(frozen=True, slots=True)
class Asked:
    """An enterprise asked for another day, and the visit's lead agreed: what was to come on `day` comes on `to`.

    `agency` is whose checks move where it asked not to be visited jointly, "" where the whole visit moves. Triggered
    and unannounced checks never do.
    """

    site: str
    day: date
    to: date
    agency: str = ""

    @property
    def rule(self) -> str:
        """The rule that it brings to bear."""
        return NOT_TO_JOIN.id if self.agency else BLACKOUT.id


Event = Absence | Away | Stopped | Missed | Reported | GiveWay | NewTask | Accepted | Asked
KINDS_ZH = {
    "cancelled": "检查取消",
    "closed": "对象停业",
    "emergency": "紧急叫停",
    "no_show": "检查人员未到场",
    "refused": "该主体不参加",
    "partly_done": "检查未办完",
    "done": "检查已办结",
    "settled": "任务已办结，不再入企",
}
HALVES_ZH = {"day": "", "am": "上午", "pm": "下午"}


@dataclass(frozen=True, eq=False)
class Changed:
    """A case after events. Shapes as in `Case`; `day` [T] is the plan before, `published` [T] what of it was told.

    `touched` [T] are tasks that an event took from their day, or may take: they are free even of freeze and pins.
    """

    case: Case
    day: IntArray
    published: BoolArray
    touched: BoolArray


Limits = Mapping[tuple[CapacityRow, date], int]
"""What days that could not be walked or manned may carry of the plan's tasks, in quarter-hours."""


def apply_event(book: Book, event: Event, limits: Limits = MappingProxyType({})) -> Changed:
    """Return the case of `book` as `event` leaves it, its plans kept to `limits`.

    Raises InputError where it is about nothing that exists.
    """
    touched = np.zeros(book.case.n_tasks, dtype=np.bool_)
    match event:
        case Absence():
            changed = _absence(book, event, touched)
        case Away():
            changed = _away(book, event, touched, limits)
        case Stopped():
            changed = _stopped(book, event, touched)
        case Missed():
            changed = _missed(book, event, touched)
        case Reported():
            changed = _reported(book, event, touched)
        case GiveWay():
            if event.check not in book.triggered:
                raise InputError(f"没有登记触发式检查 {event.check}：请核对 / no such triggered check")
            changed = _free(book, book.case, touched)
        case NewTask():
            changed = _new(book, event)
        case Asked():
            changed = _asked(book, event, touched)
        case Accepted():
            raise InputError(
                "新受理的计划要与整月一起统筹，不能试算：请直接重排为新版本 / "
                "accepted plans are planned with the whole month: have the version made"
            )
    if not limits:
        return changed
    kept = _limited(book, changed.case, changed.case.plan_capacity, limits)
    return replace(changed, case=replace(changed.case, plan_capacity=kept))


def _limited(book: Book, case: Case, kept: IntArray, limits: Limits) -> IntArray:
    """Return `kept` [R, D] no higher than `limits`, beside which triggered checks go all the same."""
    kept, beside = kept.copy(), book.load_beside(case)
    rows = {row: n for n, row in enumerate(case.rows)}
    for (row, day), most in limits.items():
        cell = rows[row], case.days.index(day)
        kept[cell] = min(kept[cell], most + beside[cell])
    return kept


def _absence(book: Book, event: Absence, touched: BoolArray) -> Changed:
    case = book.case
    if event.left < 0:
        raise InputError(f"剩余人员不能为负（{event.left}）：请填 0 或以上 / crew left cannot be negative")
    if event.unit not in {unit.id for unit in case.units}:
        raise InputError(f"主体“{event.unit}”本期没有任务：请核对编号 / no unit {event.unit!r} in this period")
    days = _days(book, event.days)
    rows = [n for n, row in enumerate(case.rows) if row.unit == event.unit]
    capacity, kept = case.capacity.copy(), case.plan_capacity.copy()
    cells = np.ix_(rows, days)
    capacity[cells] = np.minimum(capacity[cells], event.left)
    kept[cells] = np.minimum(kept[cells], event.left)
    touched |= (case.unit_of == rows[0]) & np.isin(book.day, days)
    return _free(book, replace(case, capacity=capacity, plan_capacity=kept), touched)


def _away(book: Book, event: Away, touched: BoolArray, limits: Limits) -> Changed:
    """Return the case with the crews that are left: somebody goes only where there is no crew any more, or too few.
    Who is pinned by the input goes only where there is none.
    """
    case, left, days = book.case, event.left, _days(book, event.days)
    there = {row: n for n, row in enumerate(left.rows)}
    index = {task.id: n for n, task in enumerate(left.tasks)}
    load, beside = loads_of(case, book.plan), book.load_beside(case)
    capacity, kept, staffed = case.capacity.copy(), case.plan_capacity.copy(), case.staffed.copy()
    for n, row in enumerate(case.rows):
        if row.unit == event.unit and row in there:
            crews = np.maximum(left.capacity[there[row], days], beside[n, days])
            capacity[n, days] = np.minimum(capacity[n, days], crews)
            kept[n, days] = np.minimum(kept[n, days], crews)
    kept = _limited(book, case, kept, limits)
    for t in [t for t, task in enumerate(case.tasks) if task.unit == event.unit and task.id in index]:
        same, day = index[case.tasks[t].id], int(book.day[t])
        staffed[t, days] &= left.staffed[same, days]
        if day in days:
            rows = [n for n in (int(case.unit_of[t]), int(case.skill_row_of[t])) if n != NONE]
            crowded = bool((load[rows, day] > kept[rows, day]).any())
            touched[t] = not staffed[t, day] or (crowded and left.tasks[same].pinned is None)
    return _free(book, replace(case, capacity=capacity, plan_capacity=kept, staffed=staffed), touched)


def _stopped(book: Book, event: Stopped, touched: BoolArray) -> Changed:
    case, site, days = book.case, book.site(event.site), _days(book, event.days)
    blackout = case.blackout.copy()
    blackout[site, days] = True
    touched |= (case.site_of == site) & np.isin(book.day, days)
    return _free(book, replace(case, blackout=blackout), touched)


def _hit(book: Book, event: Missed | Reported) -> tuple[list[int], int]:
    """Return the tasks that an event is about, and the index of its day. Raises InputError where there is none."""
    case, site = book.case, book.site(event.site)
    (d,) = _days(book, (event.day,))
    here = [t for t in book.tasks_of(event.agency, site) if book.day[t] == d]
    hit = [t for t in here if not event.tasks or case.tasks[t].id in event.tasks]
    if not hit:
        raise InputError(
            f"“{event.agency}”{event.day} 在“{case.sites[site].name}”没有这项安排：请核对 / "
            "nothing of it is planned there"
        )
    return hit, d


def _missed(book: Book, event: Missed, touched: BoolArray) -> Changed:
    case, site = book.case, book.site(event.site)
    hit, d = _hit(book, event)
    # What has to be done together is missed together.
    themes = {int(case.joint_of[t]) for t in hit} - {NONE}
    hit += [t for t in case.tasks_at(site) if int(case.joint_of[t]) in themes and book.day[t] == d and t not in hit]
    staffed = case.staffed.copy()
    staffed[hit, d] = False
    touched[hit] = True
    return _free(book, replace(case, staffed=staffed), touched)


def _reported(book: Book, event: Reported, touched: BoolArray) -> Changed:
    case = book.case
    hit, d = _hit(book, event)
    if event.kind == "done":
        tasks, low, high, later = list(case.tasks), case.window_lo.copy(), case.window_hi.copy(), case.later_to.copy()
        for t in hit:
            tasks[t] = replace(tasks[t], pinned=case.days[d])
            low[t] = high[t] = d
            later[t] = 0
        fixed = replace(case, tasks=tuple(tasks), window_lo=low, window_hi=high, later_to=later)
        return Changed(fixed, book.day.copy(), book.published.copy(), touched)
    # Nobody has to go there for them any more, nor waits for them: their partners come without them.
    touched[hit] = True
    free = _free(book, case, touched)
    return replace(free, case=without_need(free.case, hit))


def asked_about(book: Book, site_id: str, day: date, agency: str = "") -> list[int]:
    """Return the planned, announced tasks that stand at a site on a day, those of a parent agency alone if it is given.

    Raises InputError where none does.
    """
    case, site, d = book.case, book.site(site_id), book.day_index(day)
    visit = None if d == NONE else book.visit(site, d)
    parents = {agency} if agency else set(case.parents)
    hit = [
        t
        for t in (visit.tasks if visit else ())
        if not case.tasks[t].unannounced and case.parents[int(case.parent_of[t])] in parents
    ]
    if not hit:
        raise InputError(
            f"{day} 在“{case.sites[site].name}”没有已公布的检查安排：请核对 / no announced visit stands there then"
        )
    return hit


def _asked(book: Book, event: Asked, touched: BoolArray) -> Changed:
    case, (to,), (was,) = book.case, _days(book, (event.to,)), _days(book, (event.day,))
    hit = asked_about(book, event.site, event.day, event.agency)
    # Who is not to come with them stays: following them to the new day would make one entry of the two again.
    rest = [t for t in asked_about(book, event.site, event.day) if t not in hit]
    staffed = case.staffed.copy()
    for tasks, only in ((hit, to), (rest, was)):
        staffed[np.ix_(tasks, [d for d in range(case.n_days) if d != only])] = False
    touched[hit] = True
    return _free(book, replace(case, staffed=staffed), touched)


def _new(book: Book, event: NewTask) -> Changed:
    case, day = with_tasks(book.case, book.day, event.tasks, event.beside)
    told = {book.case.tasks[n].id for n in np.flatnonzero(book.published).tolist()}
    new = {task.id for task in event.tasks if task.pinned is None}
    touched = np.array([task.id in new for task in case.tasks])
    return Changed(case, day, np.array([task.id in told for task in case.tasks]), touched)


def _free(book: Book, case: Case, touched: BoolArray) -> Changed:
    """Return the book's days in `case` with the pins of `touched` tasks lifted: they cannot be kept, or need not be."""
    return Changed(unpinned(case, touched), book.day.copy(), book.published.copy(), touched)


def unpinned(case: Case, touched: BoolArray) -> Case:
    """Return the case in which `touched` tasks [T] have no date pinned: their windows are as they were filed."""
    pinned = np.flatnonzero(touched & (case.columns.pinned > 0)).tolist()
    if pinned:
        tasks, low, high = list(case.tasks), case.window_lo.copy(), case.window_hi.copy()
        later_from, later_to = case.later_from.copy(), case.later_to.copy()
        for t in pinned:
            first, last = tasks[t].window
            tasks[t] = replace(tasks[t], pinned=None)
            low[t] = np.searchsorted(case.ordinals, first.toordinal())
            high[t] = np.searchsorted(case.ordinals, last.toordinal(), side="right") - 1
            group = case.groups[int(case.group_of[t])] if case.group_of[t] >= 0 else None
            later_from[t], later_to[t] = later_dates(tasks[t], group, case.period)
        case = replace(
            case, tasks=tuple(tasks), window_lo=low, window_hi=high, later_from=later_from, later_to=later_to
        )
    return case


def _days(book: Book, dates: tuple[date, ...]) -> list[int]:
    found = sorted({book.day_index(day) for day in dates} - {NONE})
    if not found:
        raise InputError("所给日期都不是本期可检查的工作日：请核对日期 / none of the dates is an open day")
    return found


def event_zh(event: Event, case: Case) -> str:
    """Return what happened, in Chinese, without the names of tasks."""
    match event:
        case Absence():
            unit = next(u.name for u in case.units if u.id == event.unit)
            return f"{unit} {_dates(event.days)} 人员缺勤"
        case Away():  # who it is, other agencies need not know
            unit = next(u.name for u in case.units if u.id == event.unit)
            return f"{unit} {_dates(event.days)}{HALVES_ZH[event.half]} 一名检查人员缺勤"
        case Stopped():
            site = next(s.name for s in case.sites if s.id == event.site)
            return f"{site} {_dates(event.days)} {KINDS_ZH[event.kind]}"
        case Missed() | Reported():
            site = next(s.name for s in case.sites if s.id == event.site)
            return f"{site} {event.day} {KINDS_ZH[event.kind]}"
        case GiveWay():
            return "触发式检查占用人员"
        case NewTask():
            return "新增任务"
        case Accepted():
            return "新受理的计划纳入本月"
        case Asked():
            site = next(s.name for s in case.sites if s.id == event.site)
            return f"{site} 申请{'不联合检查' if event.agency else '改期'}，牵头主体已同意"


def _dates(days: tuple[date, ...]) -> str:
    return "、".join(day.isoformat() for day in days)
