"""Notices of a change to each agency: what changes, why, by which clause; nothing of others' unannounced checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.domain.case import Case, IntArray
from planner.domain.plan import LATER
from planner.law.rules.dates import PINNED
from planner.operations.events import Event, GiveWay, Missed, NewTask, Reported, Stopped, event_zh
from planner.operations.replan import Replanned
from planner.rulebook.citing import opened_first
from planner.rulebook.nouns import RulebookVersion

RESERVED_ZH = "统筹办公室的调整"
"""The reason given to those who must not learn of what happened."""


@dataclass(frozen=True, slots=True)
class Change:
    """One task that is not where it was, or whose company is another. Dates are None where it had or has none.

    `kind`: "moved", "placed", "deferred", "left_out" or "company".
    """

    task: str
    site: str
    kind: str
    before: date | None
    after: date | None
    text_zh: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What one parent agency is told: its own changes, why, and the clauses."""

    agency: str
    changes: tuple[Change, ...]
    why_zh: str
    clauses: tuple[str, ...]
    text_zh: str


def notices_of(done: Replanned, event: Event, law: RulebookVersion) -> tuple[Notice, ...]:
    """Return a notice for every parent agency with a change, in the order of their ids."""
    case = done.case
    moved = np.flatnonzero(done.before != done.after).tolist()
    changes: dict[int, list[Change]] = defaultdict(list)
    for t in moved:
        changes[int(case.parent_of[t])].append(_change(done, t))
    for parent in range(len(case.parents)):
        changes[parent] += _company(done, parent, set(moved))
    return tuple(_notice(done, event, law, parent, found) for parent, found in sorted(changes.items()) if found)


def _notice(done: Replanned, event: Event, law: RulebookVersion, parent: int, changes: list[Change]) -> Notice:
    case = done.case
    secret = isinstance(event, GiveWay)
    open_to_tell = not any(
        (secret or case.tasks[t].unannounced) and case.parent_of[t] != parent for t in _about(case, done, event)
    )
    why = event_zh(event, case) if open_to_tell else RESERVED_ZH
    rules = (PINNED.id, event.rule) if open_to_tell else (PINNED.id,)
    place = {task.id: n for n, task in enumerate(case.tasks)}
    domains = sorted({case.tasks[place[change.task]].domain for change in changes})
    clauses = tuple(dict.fromkeys(c for rule in rules for domain in domains for c in law.clauses_for(rule, domain)))
    body = "；".join(change.text_zh for change in changes)
    text = f"因{why}：{body}。依据：{opened_first(law, clauses)}。"
    return Notice(case.parents[parent], tuple(changes), why, clauses, text)


def _about(case: Case, done: Replanned, event: Event) -> list[int]:
    """Return the tasks that an event is about: if one of them is secret, so is the event to other agencies."""
    match event:
        case NewTask():
            new = {task.id for task in event.tasks}
            return [n for n, task in enumerate(case.tasks) if task.id in new]
        case Stopped():
            days = [case.days.index(day) for day in event.days if day in case.days]
            here = [t for t, site in enumerate(case.site_of.tolist()) if case.sites[site].id == event.site]
            return [t for t in here if done.before[t] in days]
        case GiveWay():
            return [n for n, task in enumerate(case.tasks) if task.id == event.check]
        case Missed() | Reported():
            d = case.days.index(event.day)
            return [
                t
                for t, task in enumerate(case.tasks)
                if task.site == event.site
                and done.before[t] == d
                and event.agency in (task.unit, case.parents[int(case.parent_of[t])])
            ]
        case _:
            return []


def _change(done: Replanned, t: int) -> Change:
    case, before, after = done.case, int(done.before[t]), int(done.after[t])
    task, site = case.tasks[t], case.sites[int(case.site_of[t])].name
    was, now = _date(case, before), _date(case, after)
    if now is None:
        kind = "deferred" if after == LATER else "left_out"
        end = "顺延到以后月份" if after == LATER else "本期无法安排"
        text = f"{site} {was}的检查{end}" if was else f"{site}的任务{end}"
    elif was is None:
        kind, text = "placed", f"{site} 新排在 {now}"
    else:
        kind, text = "moved", f"{site} 由 {was} 改到 {now}"
    company = _with(done, t, done.after) if now is not None else []
    text += f"，与{'、'.join(company)}同查" if company else ""
    return Change(task.id, task.site, kind, was, now, text)


def _company(done: Replanned, parent: int, moved: set[int]) -> list[Change]:
    """Return the agency's visits that stay and whose company is another now."""
    case, found, seen = done.case, [], set()
    mine = np.flatnonzero((case.parent_of == parent) & (done.after >= 0))
    for t in mine.tolist():
        key = int(case.site_of[t]), int(done.after[t])
        if t in moved or key in seen:
            continue
        seen.add(key)
        before, after = _with(done, t, done.before), _with(done, t, done.after)
        if before == after:
            continue
        day, site = case.days[key[1]], case.sites[key[0]].name
        told = f"与{'、'.join(after)}同查" if after else "单独检查"
        found.append(
            Change(case.tasks[t].id, case.tasks[t].site, "company", day, day, f"{site} {day} 日期不变，现{told}")
        )
    return found


def _with(done: Replanned, t: int, day: IntArray) -> list[str]:
    """Return the names of other agencies' units at the same visit, but for unannounced checks."""
    case = done.case
    others = [
        u
        for u in case.tasks_at(int(case.site_of[t]))
        if day[u] == day[t] and case.parent_of[u] != case.parent_of[t] and not case.tasks[u].unannounced
    ]
    return sorted({case.units[int(case.unit_of[u])].name for u in others})


def _date(case: Case, day: int) -> date | None:
    return case.days[day] if day >= 0 else None


def diff_of(done: Replanned, tasks: Iterable[int] | None = None) -> list[dict[str, str]]:
    """Return task by task what is different, for the bureau: ids, before and after (a date, "later" or "out")."""
    case = done.case
    chosen = np.flatnonzero(done.before != done.after).tolist() if tasks is None else list(tasks)
    return [
        {"task": case.tasks[t].id, "site": case.tasks[t].site, "unit": case.tasks[t].unit}
        | {"before": _answer(case, int(done.before[t])), "after": _answer(case, int(done.after[t]))}
        for t in chosen
    ]


def _answer(case: Case, day: int) -> str:
    return case.days[day].isoformat() if day >= 0 else "later" if day == LATER else "out"
