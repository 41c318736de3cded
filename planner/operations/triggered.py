"""Triggered checks: never held up; open planned tasks ride along, covered ones are absorbed, late codes are tracked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from planner.domain.calendar import WorkCalendar, months_after
from planner.domain.case import SiteInfo, Strength, TaskInfo
from planner.domain.errors import InputError
from planner.domain.plan import LEFT_OUT, Plan
from planner.operations.book import Book
from planner.operations.recase import with_task
from planner.operations.site_kernel import SiteQuestion
from planner.rulebook.nouns import RulebookVersion

SOURCES = ("complaint", "assignment", "transfer", "remote", "sample", "accident", "warning", "violation_found")
"""Where one comes from: 投诉举报, 上级交办, 部门移送, 远程监管线索, 抽检不合格, 事故, 风险预警, 当场发现."""
CODE_DAYS = 3
"""An urgent check's code is asked for within so many working days of it."""
LATE_CODE_CLAUSES = {
    "A01": ("A01-3.4.3b",),
    "A04": ("A04-3.4.3", "A04-5.1.4.3"),
    "A05": ("A05-3.3.3",),
    "A06": ("A06-2.2.2b",),
    "A08": ("A08-2.6.6",),
    "A09": ("A09-4.2b",),
}
"""Annexes that let an urgent check go before its code, with the clauses that set the time."""
WARNED_CLAUSES = ("A12-3.3.8b", "A12-3.3.8c")


@dataclass(frozen=True, slots=True)
class Triggered:
    """One triggered check as it is registered. `coded` is the date on which its code was applied for, None so far.

    `urgent` checks may go before they have a code. `minutes` is the time of its items at the site.
    """

    id: str
    site: str
    unit: str
    domain: str
    items: tuple[str, ...]
    day: date
    source: str
    minutes: int
    urgent: bool = False
    coded: date | None = None


@dataclass(frozen=True, slots=True)
class Ride:
    """An open planned task that rides along with a triggered check."""

    task: str
    unit: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absorbed:
    """A planned task of the same body that a triggered check has done as well."""

    task: str
    clauses: tuple[str, ...]
    text_zh: str


@dataclass(frozen=True, slots=True)
class CodeDeadline:
    """By when a code has to be asked for. `state`: "done", "open", "late" (asked for too late) or "overdue"."""

    due: date
    state: str
    clauses: tuple[str, ...]
    text_zh: str


@dataclass(frozen=True, slots=True)
class TriggeredAnswer:
    """What follows from a triggered check: it may always go. `entries_saved` are planned entries that the riders
    need no more, since the triggered one happens anyway and is counted apart.
    """

    riders: tuple[Ride, ...]
    entries_saved: int
    absorbed: tuple[Absorbed, ...]
    code: CodeDeadline


def as_task(check: Triggered) -> TaskInfo:
    """Return a triggered check as a task that is fixed on its day and free of gap and cap."""
    return TaskInfo(
        id=check.id,
        site=check.site,
        unit=check.unit,
        domain=check.domain,
        items=check.items,
        filings=(),
        plan_codes=(),
        window=(check.day, check.day),
        minutes=check.minutes,
        strength=Strength.MANDATORY,
        priority=9,
        clauses=(),
        pinned=check.day,
        capped=False,
    )


def register(
    book: Book,
    law: RulebookVersion,
    calendar: WorkCalendar,
    check: Triggered,
    today: date,
    site: SiteInfo | None = None,
) -> TriggeredAnswer:
    """Return what follows from `check`. `book` itself stays. `site` where the period has no task there.

    Raises InputError for an unknown source, unit or site, or a day outside the period's working days.
    """
    if check.source not in SOURCES:
        raise InputError(f"触发来源“{check.source}”不在登记范围：请选 {'、'.join(SOURCES)} / unknown source")
    if check.day not in book.case.days:
        raise InputError(f"{check.day} 不是本期的工作日：请核对日期 / {check.day} is no open day of the period")
    gone = absorbed_by(book, law, check)
    riders, saved = _riders(book, law, check, site, {one.task for one in gone})
    return TriggeredAnswer(riders, saved, gone, code_deadline(check, calendar, today))


def absorbed_by(book: Book, law: RulebookVersion, check: Triggered) -> tuple[Absorbed, ...]:
    """Return the planned tasks of the same body at the site that `check` covers wholly and that are due, by their
    planned date or the end of their window, within the rulebook's months after it (rule `absorption`).
    """
    case = book.case
    if check.domain not in law.words("absorption", "domains") or check.site not in {s.id for s in case.sites}:
        return ()
    until = months_after(check.day, law.number("absorption", "months"))
    parent = book.parent_of(check.unit)
    found = []
    for t in case.tasks_at(book.site(check.site)):
        task = case.tasks[t]
        due = case.days[int(book.day[t])] if book.day[t] >= 0 else task.window[1]
        covered = set(task.items) <= set(check.items) and int(case.parent_of[t]) == parent
        covered &= task.id not in book.settled and task.id not in book.triggered
        if covered and task.domain == check.domain and check.day <= min(due, task.window[1]) <= until:
            clauses = law.clauses_for("absorption", task.domain)
            text = f"{check.day} 的触发式检查已覆盖全部事项，{min(due, task.window[1])} 到期的计划检查视为完成"
            found.append(Absorbed(task.id, clauses, f"{text}（{'、'.join(clauses)}）"))
    return tuple(found)


def _riders(
    book: Book, law: RulebookVersion, check: Triggered, site: SiteInfo | None, gone: set[str]
) -> tuple[tuple[Ride, ...], int]:
    """Return who rides along in the best pattern of the site, and the planned entries that this saves."""
    grown, day = with_task(book.case, book.day, as_task(check), site)
    index = {task.id: n for n, task in enumerate(grown.tasks)}
    told = {book.case.tasks[n].id for n in book.published.nonzero()[0].tolist()} | {check.id}
    for name in gone:
        day[index[name]] = LEFT_OUT
    published = np.array([task.id in told and task.id not in gone for task in grown.tasks])
    then = Book(grown, Plan(day), published, book.first_day)
    parent = then.parent_of(check.unit)
    own, place = index[check.id], then.site(check.site)
    hidden = then.hidden_from(parent, place) | {index[name] for name in gone}
    question = SiteQuestion(then, place, hidden)
    best = question.best()
    mask = question.mask_of([own])
    alone = question.best(apart=(mask, ((1 << question.k) - 1) & ~mask))
    if best is None:
        return (), 0
    d = int(best.day[own - question.first])
    there = [question.first + i for i in range(question.k) if best.day[i] == d and question.first + i != own]
    riders = tuple(
        Ride(grown.tasks[t].id, grown.tasks[t].unit, law.clauses_for("objective.entries", grown.tasks[t].domain))
        for t in there
        if not published[t] and not grown.tasks[t].unannounced
    )
    return riders, 0 if alone is None else alone.entries - best.entries


def code_deadline(check: Triggered, calendar: WorkCalendar, today: date) -> CodeDeadline:
    """Return by when the code of `check` has to be asked for: before it, or where the annex lets an urgent one go first
    within three working days of it.
    """
    clauses = LATE_CODE_CLAUSES.get(check.domain, ()) if check.urgent else ()
    due = check.day
    for _ in range(CODE_DAYS if clauses else 0):
        due += timedelta(days=1)
        while not calendar.is_working(due):
            due += timedelta(days=1)
    if check.coded is not None:
        state = "done" if check.coded <= due else "late"
    else:
        state = "overdue" if today > due else "open"
    words = {
        "done": "已按期要码",
        "open": f"须在 {due} 前（含当日）要码",
        "late": "补码已超期",
        "overdue": "超期未要码",
    }
    cited = f"（{'、'.join(clauses)}）" if clauses else ""
    return CodeDeadline(due, state, clauses, f"{words[state]}{cited}")


@dataclass(frozen=True, slots=True)
class Warned:
    """Where a site goes of which the emergency office was warned. `into`: "off_site", "this_month" or "next_month"."""

    site: str
    into: str
    clauses: tuple[str, ...]
    text_zh: str


def warned_site(book: Book | None, site: str, warned_on: date, last_visit: date | None) -> Warned:
    """Return where a warned site (附12) goes: off-site if visited this year, else into this month's checks beyond
    the plan while an open day is left, else into next month's plan. `book` None: no plan is published.
    """
    if last_visit is not None and last_visit.year == warned_on.year and last_visit <= warned_on:
        text = f"当年 {last_visit} 已到过现场，可改为非现场检查（A12-3.3.8c）"
        return Warned(site, "off_site", WARNED_CLAUSES, text)
    if book is not None and any(day > warned_on for day in book.case.days[book.first_day :]):
        return Warned(site, "this_month", WARNED_CLAUSES, "列入当月计划外检查（A12-3.3.8b）")
    return Warned(site, "next_month", WARNED_CLAUSES, "当月已无可检查的工作日，列入下月计划（A12-3.3.8b）")
