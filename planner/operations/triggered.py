"""Triggered checks: they are never refused. Open planned tasks ride along, tasks that they cover are absorbed, and the
deadlines of late codes are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.domain.calendar import WorkCalendar, months_after
from planner.domain.case import AgencyInfo, Case, SiteInfo, Strength, TaskInfo
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.errors import InputError
from planner.domain.plan import Plan
from planner.law.words import together
from planner.operations.book import Book
from planner.operations.gate import Gate
from planner.operations.ledger import another_day
from planner.operations.recase import grown_roster, with_tasks
from planner.operations.riders import SiteWithCheck
from planner.rulebook.citing import opened_first, together_clauses
from planner.rulebook.nouns import RulebookVersion
from planner.rulebook.offices import cited, cited_by_domain
from planner.rulebook.recording import CODE_DAYS

SOURCES = ("complaint", "assignment", "transfer", "remote", "sample", "accident", "warning", "violation_found")
"""Where one comes from: 投诉举报, 上级交办, 部门移送, 远程监管线索, 抽检不合格, 事故, 风险预警, 当场发现."""
LATE_CODE_CLAUSES = cited_by_domain("late-code")
"""Annexes that let an urgent check go before its code, with the clauses that set the time."""
OPEN_CODE_CLAUSES = cited_by_domain("late-code-open")
"""Annexes that let it go before its code and set no time."""
THIS_MONTH, OFF_SITE = cited("warned-this-month"), cited("warned-off-site")
WARNED_CLAUSES = (*THIS_MONTH, *OFF_SITE)
MERGED_CLAUSES = cited_by_domain("merged")
"""Annexes that say that planned and triggered checks are to be done together."""
CLOSED = "该日不是可检查的工作日：照常登记和要码，计划内任务不随行。"
OUTSIDE = "该日不在本方案的计划期内：照常登记和要码，本方案内的任务不随行。"
FROZEN = "该日在不再变动的日期之内：照常登记和要码，计划内任务不随行。"
NO_GAIN = "当日依规可随同；但该次入企还有不能提前的任务，提前不减少入企次数，故不建议改动已公布的安排。"
BETTER_APART = "另日进行，入企总次数更少或不致漏排。"
UNSURE = "个别主体当日人手能否排开未能判定，以预定时核验为准。"


@dataclass(frozen=True, slots=True)
class Triggered:
    """One triggered check as it is registered. `coded` is the date on which its code was applied for, None so far.

    `urgent` checks may go before they have a code. `minutes` is the time of its items at the site. `opted_in`: at a
    not-to-join site, its agency has decided to join.
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
    opted_in: bool = False


@dataclass(frozen=True, slots=True)
class Ride:
    """An open planned task that rides along with a triggered check."""

    task: str
    unit: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forward:
    """A published visit of a later `day` that could come with the check instead: offered, not moved. `whole`: nobody
    enters on that day any more; else it is the check's own agency's part, and the others still come then.
    """

    day: date
    tasks: tuple[str, ...]
    units: tuple[str, ...]
    whole: bool
    clauses: tuple[str, ...]
    text_zh: str


@dataclass(frozen=True, slots=True)
class Staying:
    """A task that is open, or published on a later day, and does not come along, with what stands against it and what
    it does instead.
    """

    task: str
    unit: str
    clauses: tuple[str, ...]
    text_zh: str


@dataclass(frozen=True, slots=True)
class Absorbed:
    """A planned task of the same body that a triggered check has done as well."""

    task: str
    clauses: tuple[str, ...]
    text_zh: str


@dataclass(frozen=True, slots=True)
class CodeDeadline:
    """By when a code has to be asked for, None where the annex sets no time. `state`: "done", "open", "late" (asked for
    too late) or "overdue".
    """

    due: date | None
    state: str
    clauses: tuple[str, ...]
    text_zh: str


@dataclass(frozen=True, slots=True)
class TriggeredAnswer:
    """What follows from a triggered check: it may always go. `entries_saved` are planned entries that the riders
    need no more, since the triggered one happens anyway and is counted apart; `forward_saved` those that would go too
    if all of `forward` came along. `note` says in Chinese why nobody rides, or what is not certain.
    """

    riders: tuple[Ride, ...]
    entries_saved: int
    forward: tuple[Forward, ...]
    forward_saved: int
    staying: tuple[Staying, ...]
    absorbed: tuple[Absorbed, ...]
    code: CodeDeadline
    note: str = ""


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
        opted_in=check.opted_in,
    )


def alone(case: Case, check: Triggered, site: SiteInfo, unit: AgencyInfo, setup_minutes: int) -> Case:
    """Return a check as a case of its own over the days of `case`: what `with_check` needs to know of its site and unit
    where `case` has nothing there. Its unit brings no crews but those that go.
    """
    return build_case(
        CaseParts(
            name=case.name,
            period=case.period,
            days=case.days,
            tasks=[as_task(check)],
            sites=[site],
            units=[unit],
            capacity={},
            setup_minutes={unit.id: setup_minutes},
        )
    )


def unit_that_goes(book: Book, unit: str, day: date, town: str) -> str:
    """Return whose crews go where a check is registered for `unit`: its own, else those of a section of it.

    A section of the site's town comes first, then who has most room on the day. Where the period knows nobody, `unit`
    itself is taken to send whom it has.
    """
    case = book.case
    d = case.days.index(day) if day in case.days else None
    crews = case.capacity.max(axis=1) if d is None else case.capacity[:, d]
    able = [n for n, one in enumerate(case.units) if unit in (one.id, one.parent) and crews[n] > 0]
    if not able or unit in {case.units[n].id for n in able}:
        return unit

    def order(n: int) -> tuple[bool, int, str]:
        free = 0 if d is None else int(book.use[n, d] - case.plan_capacity[n, d])
        return case.units[n].town != town, free, case.units[n].id

    return case.units[min(able, key=order)].id


def with_check(book: Book, check: Triggered, beside: Case | None = None) -> Book:
    """Return `book` with `check` on its day, if need be beyond the crews that there are; `beside` as in `with_tasks`.

    On a day that is not open nothing of the plan is concerned: the book is as it was.
    """
    if check.day not in book.case.days:
        return book
    case, day = with_tasks(book.case, book.day, [as_task(check)], beside)
    told = {book.case.tasks[n].id for n in np.flatnonzero(book.published).tolist()} | {check.id}
    published = np.array([task.id in told for task in case.tasks])
    roster = None if book.roster is None else grown_roster(case, [(book.case, book.roster)])
    then = Book(case, Plan(day), published, book.first_day, book.least_left_out, roster, book.starts)
    then.triggered, then.settled, then.aliases = book.triggered | {check.id}, book.settled, book.aliases
    return then


def register(
    book: Book,
    law: RulebookVersion,
    calendar: WorkCalendar,
    check: Triggered,
    today: date,
    beside: Case | None = None,
) -> TriggeredAnswer:
    """Return what follows from `check`, on whatever day it is. `book` itself stays; `beside` as in `with_tasks`.

    Raises InputError for an unknown source, or a unit or site that neither book nor `beside` knows.
    """
    if check.source not in SOURCES:
        raise InputError(f"触发来源“{check.source}”不在登记范围：请选 {'、'.join(SOURCES)} / unknown source")
    code = code_deadline(check, calendar, today)
    gone = absorbed_by(book, law, check, beside)
    nobody = TriggeredAnswer((), 0, (), 0, (), gone, code)
    if check.day not in book.case.days:
        first, last = book.case.period
        return replace(nobody, note=CLOSED if first <= check.day <= last else OUTSIDE)
    if book.case.days.index(check.day) < book.first_day:
        return replace(nobody, note=FROZEN)
    then = with_check(book, check, beside)
    index = {then.case.tasks[t].id: t for t in then.case.tasks_at(then.site(check.site))}
    if gone:
        then = then.without_need([index[one.task] for one in gone])
    return _with_company(nobody, then, law, check, index[check.id])


def absorbed_by(book: Book, law: RulebookVersion, check: Triggered, beside: Case | None = None) -> tuple[Absorbed, ...]:
    """Return the planned tasks of the same body at the site that `check` covers wholly and that are due, by their
    planned date or the end of their window, within the rulebook's months after it (rule `absorption`). Whoever was to
    come together with one of them is named: they come without it.
    """
    case = book.case
    if not book.knows(check.site):
        return ()
    domains = set(law.words("absorption", "domains"))
    until = months_after(check.day, law.number("absorption", "months"))
    known = (*case.units, *(() if beside is None else beside.units))
    parent = next((unit.parent for unit in known if unit.id == check.unit), check.unit)
    found = []
    for t in case.tasks_at(book.site(check.site)):
        task = case.tasks[t]
        due = case.days[int(book.day[t])] if book.day[t] >= 0 else task.window[1]
        covered = set(task.items) <= set(check.items) and case.parents[int(case.parent_of[t])] == parent
        covered &= task.id not in book.settled and task.id not in book.triggered
        if covered and task.domain in domains and check.day <= min(due, task.window[1]) <= until:
            clauses = law.clauses_for("absorption", task.domain)
            due = min(due, task.window[1])
            text = f"{check.day} 的触发式检查已覆盖全部事项，{due} 到期的计划检查经本主体同意视为完成"
            others = sorted({case.units[int(case.unit_of[u])].name for u in together(case, t) - {t}})
            text += f"；原定联合的{'、'.join(others)}不再等候，可随同或自行前往" if others else ""
            found.append(Absorbed(task.id, clauses, f"{text}（依据：{opened_first(law, clauses)}）"))
    return tuple(found)


def _with_company(
    answer: TriggeredAnswer, then: Book, law: RulebookVersion, check: Triggered, own: int
) -> TriggeredAnswer:
    """Return the answer with who comes along; in `then` the check stands, and nobody waits for what it absorbs."""
    case, site = then.case, int(then.case.site_of[own])
    hidden = then.hidden_from(int(case.parent_of[own]), site)
    question = SiteWithCheck(then, own, hidden)
    best, apart = question.together(), question.apart()
    if best is None:  # the check stands where nobody may come with it: a closed site, or a secret visit
        return replace(answer, staying=_staying(then, law, own, hidden, set()))
    more = question.with_forward(best.riders)
    forward = {} if more is None else more.forward
    coming = {*best.riders, *(t for tasks in forward.values() for t in tasks)}
    return replace(
        answer,
        riders=tuple(Ride(case.tasks[t].id, case.tasks[t].unit, _clauses(then, check, own, [t])) for t in best.riders),
        entries_saved=0 if apart is None else apart.entries - best.entries,
        forward=tuple(
            _forward(then, law, own, check, d, tasks, question.whole(d, tasks)) for d, tasks in forward.items()
        ),
        forward_saved=sum(question.whole(d, tasks) for d, tasks in forward.items()),
        staying=_staying(then, law, own, hidden, coming),
        note="" if best.sure and (more is None or more.sure) else UNSURE,
    )


def _forward(
    then: Book, law: RulebookVersion, own: int, check: Triggered, d: int, tasks: tuple[int, ...], whole: bool
) -> Forward:
    case = then.case
    clauses = _clauses(then, check, own, tasks)
    who = "、".join(sorted({case.units[int(case.unit_of[t])].name for t in tasks}))
    gain = "少入企 1 次" if whole else "本单位少到场 1 次，其余主体仍按原日期"
    told = f"{who}已公布在 {case.days[d]} 的入企可提前到 {check.day} 一并进行，{gain}"
    text = f"{told}（依据：{opened_first(law, clauses)}）"
    units = tuple(sorted({case.tasks[t].unit for t in tasks}))
    return Forward(case.days[d], tuple(case.tasks[t].id for t in tasks), units, whole, clauses, text)


def _clauses(then: Book, check: Triggered, own: int, tasks: Sequence[int]) -> tuple[str, ...]:
    """Return why `tasks` come along with the check `own`: what annexes of those who come say of triggered checks, then
    of visits.
    """
    case = then.case
    joint = any(case.parent_of[t] != case.parent_of[own] for t in tasks)
    present = list(dict.fromkeys([check.domain, *(case.tasks[t].domain for t in tasks)]))
    own_word = [clause for domain in present for clause in MERGED_CLAUSES.get(domain, ())]
    return tuple(dict.fromkeys((*own_word, *together_clauses(present, joint))))


def _staying(
    then: Book, law: RulebookVersion, own: int, hidden: frozenset[int], coming: set[int]
) -> tuple[Staying, ...]:
    """Return who could be thought to come along and does not, and why, as the gate says it beside those who come."""
    case, d, site = then.case, int(then.day[own]), int(then.case.site_of[own])
    there = then.snapshot()
    there.book(sorted(coming), d)
    gate, parent = Gate(there, law), int(case.parent_of[own])
    found = []
    for t in case.tasks_at(site):
        info = case.tasks[t]
        later = not then.published[t] or then.day[t] > d
        if t in coming or t in hidden or not later or info.id in then.triggered | then.settled:
            continue
        barriers = gate.barred(sorted(together(case, t)), d, parent)
        free = NO_GAIN if then.published[t] else BETTER_APART
        text = "；".join(dict.fromkeys(b.text_zh for b in barriers)) or free
        if barriers:
            text += f"；另有办法：{_way_out(there, law, t, parent)}"
        clauses = tuple(dict.fromkeys(c for b in barriers for c in b.clauses))
        found.append(Staying(info.id, info.unit, clauses, text))
    return tuple(found)


def _way_out(book: Book, law: RulebookVersion, t: int, parent: int) -> str:
    """Return what a task does that cannot come along: the day that it has been told, or the first that is lawful."""
    case = book.case
    if book.published[t]:
        return f"仍按已公布的 {case.days[int(book.day[t])]} 前往"
    free = [u for u in sorted(together(case, t)) if not book.published[u]]
    return another_day(book, law, int(case.site_of[t]), free, parent).text_zh


def code_deadline(check: Triggered, calendar: WorkCalendar, today: date) -> CodeDeadline:
    """Return by when the code of `check` has to be asked for: before it, or where the annex lets an urgent one go first
    within three working days of it, or at no set time.
    """
    if check.urgent and check.domain in OPEN_CODE_CLAUSES:
        by = OPEN_CODE_CLAUSES[check.domain]
        told = "已要码" if check.coded is not None else "可先检查后补码，附件未定期限，请检查后及时补要"
        return CodeDeadline(None, "open" if check.coded is None else "done", by, f"{told}（{'、'.join(by)}）")
    clauses = LATE_CODE_CLAUSES.get(check.domain, ()) if check.urgent else ()
    due = calendar.working_after(check.day, CODE_DAYS if clauses else 0)
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
        text = f"当年 {last_visit} 已到过现场，可改为非现场检查（{'、'.join(OFF_SITE)}）"
        return Warned(site, "off_site", WARNED_CLAUSES, text)
    if book is not None and any(day > warned_on for day in book.case.days[book.first_day :]):
        return Warned(site, "this_month", WARNED_CLAUSES, f"列入当月计划外检查（{'、'.join(THIS_MONTH)}）")
    return Warned(
        site, "next_month", WARNED_CLAUSES, f"当月已无可检查的工作日，列入下月计划（{'、'.join(THIS_MONTH)}）"
    )
