"""One answer per task, windows, closed days, and what is published or fixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from planner.domain.case import BoolArray, Case, IntArray
from planner.domain.plan import LATER, Plan
from planner.law.derived import no_barred_day
from planner.law.example import DAYS, asked, month
from planner.law.models import Literal, Model
from planner.law.rule import Example, Rule
from planner.law.violation import Violation
from planner.law.words import Blocked, Both, date_en, date_zh


def each_task_has_one_answer(case: Case, plan: Plan) -> Iterator[Violation]:
    """Each task is on one day of the month, waits lawfully, or is left out; nothing else."""
    if plan.day.shape != (case.n_tasks,):
        yield Violation(ONE_ANSWER.id, (), f"the plan answers {plan.day.size} of {case.n_tasks} tasks")
        return
    columns, day = case.columns, plan.day
    strange = (day < LATER) | (day >= case.n_days)
    stays = (columns.waits_until <= case.period[1].toordinal()) | (columns.pinned > 0) | columns.follows_fire
    for n in np.flatnonzero(strange | ((day == LATER) & stays)).tolist():
        task = case.tasks[n]
        if strange[n]:
            yield Violation(ONE_ANSWER.id, (task.id,), f"day {int(day[n])} does not exist", task.domain)
        else:
            message = "the task cannot wait: its window ends in the month"
            yield Violation(ONE_ANSWER.id, (task.id,), message, task.domain)


def one_answer(m: Model) -> None:
    """On one day, waiting or left out; only what the window lets wait can wait."""
    days_of: dict[int, list[Literal]] = defaultdict(list)
    for (t, _), literal in m.on.items():
        days_of[t].append(literal)
    for t in m.tasks:
        m.cp.add_exactly_one([*days_of[t], m.out[t], m.later[t]])
        task = m.case.tasks[t]
        waits = task.waits_until is not None and task.waits_until > m.case.period[1]
        if not waits or task.pinned or task.follows_fire:
            m.cp.add(m.later[t] == 0)


ONE_ANSWER = Rule(
    id="task.once",
    order=190,
    words=lambda b: ("任务不能顺延到下月", "the task cannot wait for a later month"),
    remedy=Both("先核对任务是否仍需办理", "check first whether the task still has to be done"),
    check=each_task_has_one_answer,
    constraint=one_answer,
    inside=("planner.domain.case_builder.later_dates",),
    example=Example(month(asked("t")), {"t": 0}, {"t": LATER}),
)


def _dates(case: Case, plan: Plan) -> IntArray:
    """Return [T] the date (ordinal) of each task, 0 where it has no day."""
    return np.append(case.ordinals, 0)[np.where(plan.day >= 0, plan.day, case.n_days)]


def within_filed_window(case: Case, plan: Plan) -> Iterator[Violation]:
    """A task is done within the window that was filed for it."""
    columns, on = case.columns, _dates(case, plan)
    outside = (on > 0) & (columns.pinned == 0) & ((on < columns.first) | (on > columns.last))
    for n in np.flatnonzero(outside).tolist():
        task, day = case.tasks[n], case.days[int(plan.day[n])]
        yield Violation(WINDOW.id, (task.id,), f"{day} lies outside the filed window", task.domain)


def outside_window(case: Case) -> BoolArray:
    """Return [T, D] the days outside the window; what is published stands."""
    day = np.arange(case.n_days)
    barred: BoolArray = (day < case.window_lo[:, None]) | (day > case.window_hi[:, None])
    barred[case.columns.pinned > 0] = False
    return barred


def _window_words(b: Blocked) -> tuple[str, str]:
    """Return whose window it is that the day lies outside of: the task's own, or a partner's with the filing."""
    case, task = b.case, b.violation.subjects[0]
    n = next(n for n, t in enumerate(case.tasks) if t.id == task)
    first, last = case.tasks[n].window
    if n == b.task:
        return (
            f"不在办理期限{date_zh(first)}至{date_zh(last)}内",
            f"outside the window {date_en(first)} to {date_en(last)}",
        )
    unit = case.units[int(case.unit_of[n])].name
    zh, en = "、".join(case.tasks[n].filings), ", ".join(case.tasks[n].filings)
    return (
        f"须与{unit}（计划{zh}）同日，不在其{date_zh(first)}至{date_zh(last)}的办理期限内",
        f"{unit} ({en}) must come along, whose window is {date_en(first)} to {date_en(last)}",
    )


WINDOW = Rule(
    id="window",
    order=10,
    words=_window_words,
    remedy=Both("改在备案期限内的日期，或变更备案", "a date within the filed window, or an amended filing"),
    check=within_filed_window,
    constraint=no_barred_day(outside_window),
    barred=outside_window,
    example=Example(month(asked("t", window=(DAYS[0], DAYS[1]))), {"t": 1}, {"t": 2}),
)


def not_on_blackout_days(case: Case, plan: Plan) -> Iterator[Violation]:
    """A site is not entered on days it cannot be inspected, except where the date is already published."""
    free = np.flatnonzero((plan.day >= 0) & (case.columns.pinned == 0))
    for n in free[case.blackout[case.site_of[free], plan.day[free]]].tolist():
        task, day = case.tasks[n], case.days[int(plan.day[n])]
        yield Violation(BLACKOUT.id, (task.id, task.site), f"the site is closed on {day}", task.domain)


def closed_days(case: Case) -> BoolArray:
    """Return [T, D] the days on which the site cannot be inspected; what is published stands."""
    barred: BoolArray = case.blackout[case.site_of]
    barred[case.columns.pinned > 0] = False
    return barred


def open_all_days(case: Case, tasks: Sequence[int]) -> Case:
    """Return the case in which the sites of `tasks` are open on all days."""
    blackout = case.blackout.copy()
    blackout[case.site_of[list(tasks)]] = False
    return replace(case, blackout=blackout)


BLACKOUT = Rule(
    id="blackout",
    order=20,
    words=lambda b: ("检查对象不接受检查", "the site is closed to inspections"),
    remedy=Both("改在对象可检查的日期", "a date on which the site can be inspected"),
    check=not_on_blackout_days,
    constraint=no_barred_day(closed_days),
    barred=closed_days,
    waived=open_all_days,
    example=Example(month(asked("t"), blackout={"s": [DAYS[1]]}), {"t": 0}, {"t": 1}),
)


def pinned_tasks_stay(case: Case, plan: Plan) -> Iterator[Violation]:
    """What is published or fixed stays on its date."""
    pinned = case.columns.pinned
    for n in np.flatnonzero((pinned > 0) & (_dates(case, plan) != pinned)).tolist():
        task = case.tasks[n]
        yield Violation(PINNED.id, (task.id,), f"the task is fixed on {task.pinned}", task.domain)


def other_than_pinned(case: Case) -> BoolArray:
    """Return [T, D] all days but that on which the task is published or fixed."""
    pinned = case.columns.pinned
    barred = np.zeros((case.n_tasks, case.n_days), dtype=np.bool_)
    barred[pinned > 0] = case.ordinals != pinned[pinned > 0, None]
    return barred


def on_the_pinned_date(m: Model) -> None:
    """Published or fixed: on that date."""
    on_date: dict[tuple[int, date], list[Literal]] = defaultdict(list)
    for (t, d), literal in m.on.items():
        on_date[t, m.case.days[d]].append(literal)
    for t in m.tasks:
        pinned = m.case.tasks[t].pinned
        if pinned is not None:
            m.cp.add_bool_or(on_date[t, pinned])


def _pinned_words(b: Blocked) -> tuple[str, str]:
    if b.case.tasks[b.task].id in b.violation.subjects:
        return "日期已经公布或锁定", "its date is published or fixed"
    return "联合检查另一方的日期已经公布", "the date of a task that must come along is published"


PINNED = Rule(
    id="pin.fixed",
    order=70,
    words=_pinned_words,
    remedy=Both("先经统筹办公室调整已公布的安排", "the bureau first has to change what is published"),
    check=pinned_tasks_stay,
    constraint=on_the_pinned_date,
    barred=other_than_pinned,
    inside=("planner.checks.certificate.PINNED_COST", "planner.solve.site.sweeps.plan_weights"),
    example=Example(month(asked("t", pinned=DAYS[1])), {"t": 1}, {"t": 0}),
)
