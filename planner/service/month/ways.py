"""What it takes for an unannounced check without a day to get one: told to the coordinator and to its own agency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.domain.case import NO_CAP, Case
from planner.law.rules.distances import CAP, GAP
from planner.operations.book import Book
from planner.operations.gate import new_violations
from planner.operations.room import Room, room_on
from planner.solve.site.arrays import allowed_days

if TYPE_CHECKING:
    from planner.rulebook.nouns import RulebookVersion

NO_WAY = (
    "办法：单凭豁免也排不出日期，须改期限或调整人手",
    "What helps: not even a waiver gives it a day; another window or other people may",
)


def ways_out(book: Book, tasks: Sequence[int], law: RulebookVersion) -> dict[int, tuple[str, str]]:
    """Return by task, in both languages, what would give each of `tasks`, which have no day in `book`, a lawful one.

    A waiver is said only where the law lets gap and cap be waived and a day is left then on which the task may come
    alone and its crews can. To take an announced check off the plan lets its body infer that something is there, so
    that is told as a decision to be made in writing.
    """
    waived = {t: [rule for rule in _against(book, t) if law.rule(rule).waivable] for t in tasks}
    loose = _waived(book, waived) if any(waived.values()) else book
    allowed = allowed_days(loose.case)
    found = {}
    for t in tasks:
        said = []
        days = [d for d in np.flatnonzero(allowed[t]).tolist() if d >= book.first_day]
        if waived[t] and any(_may_alone(loose, t, d) for d in days):
            rules = waived[t]
            said.append(
                (
                    f"对其计划签批豁免（{'、'.join(rules)}），其他安排不变",
                    f"a signed waiver ({', '.join(rules)}) of its filing; nothing else changes",
                )
            )
        there = [u for u in _beside(book.case, t) if book.day[u] >= 0 and not book.case.tasks[u].unannounced]
        if there:
            names = sorted({book.case.units[int(book.case.unit_of[u])].name for u in there})
            said.append(
                (
                    f"书面决定撤出同领域已排的检查（{'、'.join(names)}），会使其推知另有安排，计一次泄露",
                    f"a written decision to take the domain's check ({', '.join(names)}) off the plan, which lets them "
                    "infer that something is there: counted as a leak",
                )
            )
        zh, en = "；或".join(zh for zh, _ in said), "; or ".join(en for _, en in said)
        found[t] = (f"办法：{zh}", f"What helps: {en}") if said else NO_WAY
    return found


def _beside(case: Case, task: int) -> Iterator[int]:
    """Yield the other tasks that gap and cap count with the task."""
    group = int(case.group_of[task])
    if group >= 0:
        yield from (u for u in np.flatnonzero(case.group_of == group).tolist() if u != task)


def _against(book: Book, task: int) -> list[str]:
    """Return which of gap and cap may stand against the task."""
    case, group = book.case, int(book.case.group_of[task])
    if group < 0:
        return []
    info = case.groups[group]
    used = {int(book.day[u]) for u in _beside(case, task) if book.day[u] >= 0 and not case.tasks[u].needed}
    full = len(used) >= info.quota and not case.tasks[task].needed
    return [*([GAP.id] if info.gap_months else []), *([CAP.id] if full else [])]


def _waived(book: Book, waived: dict[int, list[str]]) -> Book:
    """Return the book in which gap and cap are waived for these tasks' groups."""
    case, groups = book.case, list(book.case.groups)
    for t, rules in waived.items():
        group = int(case.group_of[t])
        if GAP.id in rules:
            groups[group] = replace(groups[group], gap_months=0)
        if CAP.id in rules:
            groups[group] = replace(groups[group], quota=NO_CAP, next_quota=NO_CAP)
    loose = replace(case, groups=tuple(groups))
    return Book(loose, book.plan, book.published.copy(), book.first_day, roster=book.roster, starts=book.starts)


def _may_alone(book: Book, task: int, day: int) -> bool:
    """Return whether the task may come on the day, nobody else being at the site, and its crews can."""
    site = int(book.case.site_of[task])
    entered = {int(book.day[u]) for u in book.case.tasks_at(site)}
    return (
        day not in entered and not new_violations(book, [task], day) and room_on(book, site, {task: day}) is not Room.NO
    )
