"""Why a visit is as it is, in three short sentences: why each task is due, why they go together, why that day.

Each sentence opens the clauses that apply to those present, and to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np

from planner.domain.case import BoolArray, Case, IntArray, TaskInfo
from planner.domain.plan import Visit
from planner.law.register import RULES
from planner.law.rules.company import FIRE_FIRST, JOIN_REQUIRED
from planner.law.rules.dates import PINNED, WINDOW
from planner.law.words import date_en, date_zh
from planner.rulebook.book import load_rulebook
from planner.rulebook.citing import opened, opened_all, together_clauses
from planner.rulebook.nouns import RulebookVersion

JOINT_FILING = "joint.partners"
Question = Literal["due", "together", "day"]


@dataclass(frozen=True, slots=True)
class Why:
    """One sentence of the trace, in both languages, with the clauses that it opens.

    `agency` is the parent whose own matter it is, "" where it speaks of all who come.
    """

    question: Question
    zh: str
    en: str
    clauses: tuple[str, ...]
    agency: str = ""


def told_to(why: Iterable[Why], agency: str) -> list[Why]:
    """Return what one agency is told of a visit that it shares: why its own tasks are due and why they go together.

    Why that day would tell of the windows and earlier checks of the others.
    """
    found = tuple(why)
    shared = {one.agency for one in found if one.question == "due"} - {agency}
    return [w for w in found if not shared or w.agency == agency or w.question == "together"]


CASES_KEPT = 4
"""Tracers that are kept: the month's case, and those in which unannounced checks are planned beside it."""


@dataclass(frozen=True, eq=False)
class Tracer:
    """Tells the trace of one case's visits and tasks under one version of the law.

    A month's files ask for the same visits about ten times, so what was told of a visit is kept.
    """

    case: Case
    law: RulebookVersion
    _told: dict[Visit, tuple[Why, ...]] = field(default_factory=dict, repr=False)

    @staticmethod
    def of(case: Case) -> Tracer:
        """Return the tracer of a case under the law of its first day. Raises RulebookGap where none is in force."""
        return _tracer_of(case)

    def visit(self, visit: Visit) -> tuple[Why, ...]:
        """Return why the visit's tasks are due, why they go together (where they are several), and why on that day."""
        if visit not in self._told:
            self._told[visit] = self._visit(visit)
        return self._told[visit]

    def _visit(self, visit: Visit) -> tuple[Why, ...]:
        due = [self.due(self.case.tasks[t]) for t in visit.tasks]
        together = [self._together(visit)] if len(visit.tasks) > 1 else []
        return (*dict.fromkeys(due), *together, self._day(visit))

    def opened(self, clauses: Iterable[str]) -> str:
        """Return the clauses with their places and what they say, in Chinese, a line to each."""
        return "\n".join(opened(self.law, clause) for clause in clauses)

    def due(self, task: TaskInfo) -> Why:
        """Return why the task is due: who filed it, for when, and the clause of its own annex."""
        unit = next((u.name for u in self.case.units if u.id == task.unit), task.unit)
        plans = "、".join(task.plan_codes or task.filings)
        first, last = task.window
        parent = next((u.parent for u in self.case.units if u.id == task.unit), task.unit)
        why = self._why(
            "due",
            f"{unit}的计划{plans}要求在{date_zh(first)}至{date_zh(last)}内检查",
            f"{unit} filed it ({plans}) for {date_en(first)} to {date_en(last)}",
            task.clauses,
        )
        return replace(why, agency=parent)

    def _together(self, visit: Visit) -> Why:
        tasks = [self.case.tasks[t] for t in visit.tasks]
        domains = [task.domain for task in tasks]
        clauses = [*together_clauses(domains, visit.joint)]
        zh, en = "同一主体的任务合为一次", "one body's tasks make one entry"
        if visit.joint:
            zh, en = "不同主体时间相近，联合入企一次", "several bodies come close in time, so they make one entry"
        themed = sorted({task.domain for task in tasks if task.joint_group})
        if themed and visit.joint:
            zh, en = f"{zh}，其中联合计划的各方须同去", f"{en}; partners of a joint filing have to come together"
            clauses += [c for rule in (JOIN_REQUIRED.id, JOINT_FILING) for d in themed for c in self._cited(rule, d)]
        followers = sorted({task.domain for task in tasks if task.follows_fire})
        if followers:
            zh, en = f"{zh}，其他主体的消防事项只随消防同去", f"{en}; others' fire items ride on fire's visit only"
            clauses += [c for d in followers for c in self._cited(FIRE_FIRST.id, d)]
        return self._why("together", zh, en, clauses)

    def _day(self, visit: Visit) -> Why:
        tasks, day = list(visit.tasks), self.case.days[visit.day]
        domains = sorted({self.case.tasks[t].domain for t in tasks})
        fixed = [t for t in tasks if self.case.tasks[t].pinned is not None]
        if fixed:
            there = sorted({self.case.tasks[t].domain for t in fixed})
            clauses = [c for d in there for c in self._cited(PINNED.id, d)]
            zh, en = f"{date_zh(day)}已公布或锁定，不再变动", f"{date_en(day)} is published or fixed and stays"
            return self._why("day", zh, en, clauses)
        inside = ~self._barred[WINDOW.id][tasks].any(axis=0)
        left, told, clauses = inside.copy(), list[tuple[str, int]](), list[str]()
        for rule, barred in self._barred.items():
            gone = left & barred[tasks].any(axis=0)
            if rule != WINDOW.id and gone.any():
                told.append((rule, int(gone.sum())))
                clauses += [c for d in self._domains_of(tasks, barred & gone) for c in self._cited(rule, d)]
                left &= ~gone
        n, most = int(left.sum()), int(inside.sum())
        zh = f"各项期限内本月可检查的工作日共{most}天"
        zh += "".join(f"，{self.law.rule(rule).title_zh}排除{count}天" for rule, count in told)
        zh += "，只剩" if n == 1 else f"，{f'余{n}天' if told else '都可以去'}，按入企次数最少、人手排得开选"
        en = f"{most} working days of the month lie in every window"
        en += "".join(f", {self.law.rule(rule).title_en} takes {count}" for rule, count in told)
        en += ", which leaves " if n == 1 else f", {n} are left; by fewest entries and crews it is "
        opening = [self.law.main_clause(WINDOW.id, d) for d in domains]
        return self._why("day", zh + date_zh(day), en + date_en(day), (*opening, *clauses))

    @cached_property
    def _barred(self) -> dict[str, BoolArray]:
        """[T, D] by rule, in the order in which a day is put down to them; rules that bar no day are not in it."""
        found = {rule.id: rule.barred(self.case) for rule in RULES.values() if rule.barred is not None}
        return {rule: barred for rule, barred in found.items() if rule == WINDOW.id or barred.any()}

    def _domains_of(self, tasks: Sequence[int], days: BoolArray) -> list[str]:
        """Return the domains of those of `tasks` that some of `days` [T, D] are true of."""
        hit: IntArray = np.flatnonzero(days[list(tasks)].any(axis=1))
        return sorted({self.case.tasks[tasks[n]].domain for n in hit.tolist()})

    def _cited(self, rule: str, domain: str) -> tuple[str, ...]:
        return self.law.clauses_for(rule, domain)

    def _why(self, question: Question, zh: str, en: str, clauses: Iterable[str]) -> Why:
        found = tuple(dict.fromkeys(clauses))
        return Why(
            question,
            f"{zh}。依据：{opened_all(self.law, found)}。",
            f"{en}. By {opened_all(self.law, found, 'en')}.",
            found,
        )


@lru_cache(maxsize=CASES_KEPT)
def _tracer_of(case: Case) -> Tracer:
    return Tracer(case, load_rulebook().at(case.period[0]))
