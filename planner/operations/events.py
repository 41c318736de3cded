"""What happens to a published plan, and what each event does to the case: bars, crews that fall out, new tasks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from planner.domain.case import NONE, BoolArray, Case, GroupInfo, IntArray, SiteInfo, TaskInfo
from planner.domain.errors import InputError
from planner.operations.book import Book
from planner.operations.recase import with_task, without_need


@dataclass(frozen=True, slots=True)
class Absence:
    """A unit has only `left` crew quarter-hours on some days (illness, another duty)."""

    unit: str
    days: tuple[date, ...]
    left: int = 0


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nobody enters a site on some days. `kind`: "cancelled", "closed" (the site is) or "emergency"."""

    site: str
    days: tuple[date, ...]
    kind: str = "cancelled"


@dataclass(frozen=True, slots=True)
class Missed:
    """An agency's tasks at a site are not done on the day. `kind`: "no_show", "refused" or "partly_done".

    `tasks` are the ids of those not done; empty: all of the agency's there and then.
    """

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

    agency: str
    site: str
    day: date
    kind: str = "done"
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GiveWay:
    """A triggered check that is in the book already took crews beyond what there is: others give way."""

    check: str


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task that has come up since; with a date pinned it has to be done then. `site` and `groups` as `with_task`."""

    task: TaskInfo
    site: SiteInfo | None = None
    groups: tuple[GroupInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """Plans were accepted since the month was published: it is planned anew around what stands."""


Event = Absence | Stopped | Missed | Reported | GiveWay | NewTask | Accepted
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
RULE_OF = {
    Absence: "capacity.crew",
    Stopped: "blackout",
    Missed: "task.once",
    Reported: "task.once",
    GiveWay: "capacity.crew",
    NewTask: "objective.entries",
    Accepted: "objective.entries",
}
"""The rule that an event brings to bear."""


@dataclass(frozen=True, eq=False)
class Changed:
    """A case after events. Shapes as in `Case`; `day` [T] is the plan before, `published` [T] what of it was told.

    `touched` [T] are tasks that an event took from their day, or may take: they are free even of freeze and pins.
    """

    case: Case
    day: IntArray
    published: BoolArray
    touched: BoolArray


def apply_event(book: Book, event: Event) -> Changed:
    """Return the case of `book` as `event` leaves it. Raises InputError where it is about nothing that exists."""
    touched = np.zeros(book.case.n_tasks, dtype=np.bool_)
    match event:
        case Absence():
            return _absence(book, event, touched)
        case Stopped():
            return _stopped(book, event, touched)
        case Missed():
            return _missed(book, event, touched)
        case Reported():
            return _reported(book, event, touched)
        case GiveWay():
            if event.check not in book.triggered:
                raise InputError(f"没有登记触发式检查 {event.check}：请核对 / no such triggered check")
            return _free(book, book.case, touched)
        case NewTask():
            return _new(book, event)
        case Accepted():
            raise InputError(
                "新受理的计划要与整月一起统筹，不能试算：请直接重排为新版本 / "
                "accepted plans are planned with the whole month: have the version made"
            )


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


def _new(book: Book, event: NewTask) -> Changed:
    case, day = with_task(book.case, book.day, event.task, event.site, event.groups)
    told = {book.case.tasks[n].id for n in np.flatnonzero(book.published).tolist()}
    touched = np.array([task.id == event.task.id and task.pinned is None for task in case.tasks])
    return Changed(case, day, np.array([task.id in told for task in case.tasks]), touched)


def _free(book: Book, case: Case, touched: BoolArray) -> Changed:
    """Return the case with the pins of `touched` tasks lifted: their date cannot be kept, or need not be."""
    pinned = np.flatnonzero(touched & (case.columns.pinned > 0)).tolist()
    if pinned:
        tasks, low, high = list(case.tasks), case.window_lo.copy(), case.window_hi.copy()
        later_from, later_to = case.later_from.copy(), case.later_to.copy()
        after = case.period[1] + timedelta(days=1)
        for t in pinned:
            first, last = tasks[t].window
            tasks[t] = replace(tasks[t], pinned=None)
            low[t] = np.searchsorted(case.ordinals, first.toordinal())
            high[t] = np.searchsorted(case.ordinals, last.toordinal(), side="right") - 1
            until = tasks[t].waits_until
            if until is not None and until >= max(first, after) and not tasks[t].follows_fire:
                later_from[t], later_to[t] = max(first, after).toordinal(), until.toordinal()
        case = replace(
            case, tasks=tuple(tasks), window_lo=low, window_hi=high, later_from=later_from, later_to=later_to
        )
    return Changed(case, book.day.copy(), book.published.copy(), touched)


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


def _dates(days: tuple[date, ...]) -> str:
    return "、".join(day.isoformat() for day in days)
