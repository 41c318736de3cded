"""Rows of a hand-made month laid onto the tasks that are due: what has a day by them, which rows ask for nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.checks import check_plan
from planner.domain.case import Case, IntArray
from planner.domain.finding import Finding
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.intake.month.outcome import Prepared
from planner.intake.read.forms.hand_made import FORM, HandRow
from planner.intake.words.catalogue import finding_types
from planner.report.words.names import Names
from planner.rulebook.nouns import RulebookVersion
from planner.service.published.moving import dropped


@dataclass(frozen=True, eq=False)
class Placed:
    """The month as it was made by hand. `day` [T] as in a plan; `row_of` are the rows by the task that they ask for.

    Tasks that no row asks for wait where that is lawful, else they are left out: see `place_rows`.
    """

    day: IntArray
    row_of: dict[int, HandRow]
    findings: tuple[Finding, ...]
    unfounded: int
    """Bodies' visits in rows behind which no due task stands: they are no part of the plan."""


def place_rows(rows: Sequence[HandRow], prepared: Prepared, names: Names, rulebook: RulebookVersion) -> Placed:
    """Return the days [T] that the rows come to, with a finding on each row, or part of one, that comes to nothing."""
    case = prepared.case
    assert case is not None
    laying = _Laying(case, prepared, names, rulebook)
    for row in rows:
        laying.take(row)
    waits = np.array(dropped(case, range(case.n_tasks)), dtype=np.int64)
    day = np.where(laying.day >= 0, laying.day, waits).astype(np.int64)
    return Placed(_without_unlawful_waits(case, day), laying.row_of, tuple(laying.findings), laying.unfounded)


def _without_unlawful_waits(case: Case, day: IntArray) -> IntArray:
    """Return the days with those left out that cannot wait beside what has a day: nobody wrote that they should."""
    task_of, site_of = {t.id: n for n, t in enumerate(case.tasks)}, {s.id: n for n, s in enumerate(case.sites)}
    while True:
        waiting = np.flatnonzero(day == LATER)
        if not len(waiting):
            return day
        before = {(v.rule, v.subjects) for v in check_plan(case, Plan(np.where(day == LATER, LEFT_OUT, day)))}
        found = [v for v in check_plan(case, Plan(day)) if (v.rule, v.subjects) not in before]
        named = {task_of[s] for v in found for s in v.subjects if s in task_of}
        sites = {site_of[s] for v in found for s in v.subjects if s in site_of}
        goes = [t for t in waiting.tolist() if t in named or int(case.site_of[t]) in sites]
        if not goes:
            return day
        day = day.copy()
        day[goes] = LEFT_OUT


@dataclass(eq=False)
class _Laying:
    case: Case
    prepared: Prepared
    names: Names
    rulebook: RulebookVersion
    day: IntArray = field(init=False)
    row_of: dict[int, HandRow] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unfounded: int = 0

    def __post_init__(self) -> None:
        case, registers = self.case, self.prepared.registers
        self.day = np.full(case.n_tasks, LEFT_OUT, dtype=np.int64)
        self._aliases = registers.aliases if registers else {}
        self._days = {day: n for n, day in enumerate(case.days)}
        self._due: dict[tuple[str, str], list[int]] = defaultdict(list)
        for t, task in enumerate(case.tasks):
            for body in {task.unit, case.parents[int(case.parent_of[t])]}:
                self._due[task.site, body].append(t)

    def take(self, row: HandRow) -> None:
        """Give the tasks that a row asks for its day."""
        site = self._aliases.get(row.site, row.site)
        on = self._days.get(row.day)
        if on is None:
            near = min(self.case.days, key=lambda day: abs((day - row.day).days))
            hint = {"hint": f"，最近的检查日是 {near}", "hint_en": f"; the nearest open day is {near}"}
            self._find("adopt.closed-day", row, "date", row.day.isoformat(), hint)
            return
        for body in row.agencies:
            due = [t for t in self._due[site, body] if not row.items or set(self.case.tasks[t].items) & set(row.items)]
            if not due:
                self._nothing_due(row, site, body)
                continue
            free = [t for t in due if self.day[t] < 0]
            inside = [t for t in free if self.case.window_lo[t] <= on <= self.case.window_hi[t]]
            for t in inside or free:
                self.day[t], self.row_of[t] = on, row
            if not free:
                self._placed_before(row, body, due, on)

    def _placed_before(self, row: HandRow, body: str, due: Sequence[int], on: int) -> None:
        first = self.row_of[due[0]]
        where = f"《{first.sheet}》第 {first.row} 行"
        code = "adopt.repeated" if any(self.day[t] == on for t in due) else "adopt.twice"
        told = {"agency": self.names.agency(body), "day": first.day.isoformat(), "first": where}
        self._find(code, row, "date", row.site, told)

    def _nothing_due(self, row: HandRow, site: str, body: str) -> None:
        """Tell why the body has no task there, where the intake knows."""
        self.unfounded += 1
        gone = [
            one for one in self.prepared.removed
            if one.site == site and body in (one.unit, self._parent(one.unit))
            and (not row.items or set(one.items) & set(row.items))
        ]  # fmt: skip
        waits = any(one.site == site and body in (one.unit, self._parent(one.unit)) for one in self.prepared.deferred)
        hint = gone[0].zh if gone else "该任务可以留待以后月份" if waits else ""
        told = {
            "agency": self.names.agency(body),
            "items": "所列事项的" if row.items else "",
            "hint": hint and f"：{hint}",
        }
        self._find("adopt.no-task", row, "agencies", row.site, told, gone[0].clauses if gone else ())

    def _parent(self, unit: str) -> str:
        return next((one.parent for one in self.case.units if one.id == unit), unit)

    def _find(
        self, code: str, row: HandRow, column: str, value: str, params: dict[str, str], clauses: tuple[str, ...] = ()
    ) -> None:
        kind = finding_types()[code]
        cited = clauses or tuple(self.rulebook.clauses_for(kind.rule, "")) if kind.rule else clauses
        title = FORM.column(column).title
        self.findings.append(Finding(code, kind.severity, row.sheet, row.row, title, value, cited, (row.site,), params))
