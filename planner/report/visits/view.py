"""Who may see what: a month's visits as one audience sees them.

Unannounced checks (突击) are seen by the bureau and by the agency itself. For everyone else the plan is read as if they
did not exist, in lists as well as in every sum (A07-7.2a), and a reason that would give one away says "reserved". The
public is told nothing of a visit with one in it, the agency's announced tasks there included: so does the service.
Inspectors are named to the bureau and to the agencies at the same visit; the public is told the half of the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from planner.domain.case import NONE, QUARTER_MINUTES, BoolArray, Case, SiteInfo, TaskInfo
from planner.domain.plan import LATER, LEFT_OUT, Plan, Visit, visits_of
from planner.domain.result import MonthResult, Reason
from planner.explain.trace import Tracer, Why, told_to
from planner.explain.whynot.in_short import in_short
from planner.report.visits.attendance import Attendance, Crew, Half, attendance_of
from planner.report.words.names import Names

Audience = Literal["bureau", "public", "agency"]


@dataclass(frozen=True, slots=True)
class Party:
    """One parent agency at a visit, with the units that come in its name, what they check, and its tasks' ids.

    `crews` is empty for the public.
    """

    id: str
    name: str
    units: tuple[str, ...]
    items: tuple[str, ...]
    tasks: tuple[str, ...]
    crews: tuple[Crew, ...] = ()

    @property
    def quarters(self) -> int:
        """The longest stay of its units."""
        return max((crew.quarters for crew in self.crews), default=0)

    @property
    def people(self) -> tuple[str, ...]:
        """The names of its inspectors, each once."""
        return tuple(dict.fromkeys(person.name for crew in self.crews for person in crew.people))


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit as people read it; items and agencies by name, everything sorted."""

    id: str
    day: date
    site: SiteInfo
    parties: tuple[Party, ...]
    tasks: tuple[TaskInfo, ...]
    items: tuple[str, ...]
    plan_codes: tuple[str, ...]
    clauses: tuple[str, ...]
    """Those of `why`, in its order."""
    minutes: int
    """Longest stay of a unit."""
    joint: bool
    """Two or more parent agencies."""
    merged: bool
    """One parent agency, several of its units."""
    cross_domain: bool
    """One parent agency under several annexes, as market and drug supervision are; not a joint visit."""
    unannounced: bool
    start: str = ""
    """`HH:MM`, "" where there is none or this audience is not told."""
    end: str = ""
    half: Half = ""
    why: tuple[Why, ...] = ()
    """Why its tasks are due, why they go together, why on that day; an agency is not told of the others, the public of
    nobody."""

    @property
    def time(self) -> str:
        """From when to when, "" where there is no start."""
        return f"{self.start}–{self.end}" if self.start else ""


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that is not done this month; `reason` is None where none is known or it is not left out."""

    task: TaskInfo
    site: SiteInfo
    agency_id: str
    """The parent agency's."""
    agency: str
    reason: Reason | None
    reserved: bool
    """The reason may not be told to this audience."""
    outcome: Literal["left_out", "deferred", "recognised"]


@dataclass(frozen=True, eq=False)
class View:
    """A result through the eyes of one audience.

    `visible` and `hidden` are [T]: what is shown, and the unannounced checks kept from it. An agency is shown its own
    tasks and the visits it takes part in. In `plan` what is not visible is LEFT_OUT.
    """

    result: MonthResult
    audience: Audience
    names: Names
    visible: BoolArray
    hidden: BoolArray
    plan: Plan | None
    visits: tuple[Visit, ...]
    attendance: Attendance
    agency: str = ""
    """The parent agency, where the audience is one."""

    @property
    def complete(self) -> bool:
        """Return whether no unannounced check is hidden."""
        return not bool(self.hidden.any())

    def rows(self) -> list[VisitRow]:
        """Return the visits, by day and site."""
        crews = {} if self.audience == "public" else self.attendance.crews(self.visits)
        tracer = Tracer.of(self.result.case)
        return [self._row(visit, tracer, crews.get(visit.id, ())) for visit in self.visits]

    def _row(self, visit: Visit, tracer: Tracer, crews: tuple[Crew, ...]) -> VisitRow:
        row = row_of(self.result.case, self.names, visit, crews, tracer)
        half = self.attendance.half(visit.id, visit.quarters)
        if self.audience == "public":
            told = [one for one in row.why if one.question != "day"]
            return replace(row, half=half, why=(), clauses=clauses_of(told))
        if self.audience == "agency":
            told = told_to(row.why, self.agency)
            row = replace(row, why=tuple(told), clauses=clauses_of(told))
        end = self.attendance.end_label(visit.id, visit.quarters)
        return replace(row, start=self.attendance.label(visit.id), end=end, half=half)

    def open_tasks(self) -> Iterator[OpenTask]:
        """Yield the visible tasks that are not done this month, in the case's order; none without a plan."""
        if self.plan is None:
            return
        case = self.result.case
        reasons = {reason.task: reason for reason in self.result.reasons}
        for index, day in enumerate(self.plan.day.tolist()):
            if day >= 0 or not self.visible[index]:
                continue
            task = case.tasks[index]
            reason = reasons.get(index) if day == LEFT_OUT else None
            reserved = reason is not None and self._gives_away(index, reason)
            agency_id = case.parents[int(case.parent_of[index])]
            yield OpenTask(
                task=task,
                site=case.sites[int(case.site_of[index])],
                agency_id=agency_id,
                agency=self.names.agency(agency_id),
                reason=None if reserved else reason,
                reserved=reserved,
                outcome="deferred" if day == LATER else "recognised" if task.follows_fire else "left_out",
            )

    def what_it_takes(self) -> dict[str, str]:
        """Return by the id of a left-out task what stands against it and the cheapest way to a day, for the bureau."""
        if self.audience != "bureau":
            return {}
        case = self.result.case
        return {case.tasks[t].id: told.zh for t, told in in_short(self.result).items()}

    def _gives_away(self, index: int, reason: Reason) -> bool:
        """Return whether a reason could tell this audience of a check that is hidden from it.

        It can where a hidden task is at the same site, or takes people of the same unit and these are the reason.
        """
        if self.complete:
            return False
        case, hidden = self.result.case, self.hidden
        rules = {reason.rule, *(rule for _, rule, _ in reason.blocked)}
        short_of_crews = reason.stage != "match" or any(rule.startswith(("capacity", "crew")) for rule in rules)
        same_site = hidden & (case.site_of == case.site_of[index])
        same_unit = hidden & (case.unit_of == case.unit_of[index])
        return bool(same_site.any()) or (short_of_crews and bool(same_unit.any()))


def row_of(
    case: Case, names: Names, visit: Visit, crews: tuple[Crew, ...] = (), tracer: Tracer | None = None
) -> VisitRow:
    """Return a visit as people read it, without its time; `tracer` is of the case, made where none is given."""
    why = (tracer or Tracer.of(case)).visit(visit)
    tasks = tuple(case.tasks[t] for t in visit.tasks)
    parties = []
    for parent in visit.parents:
        own = [case.tasks[t] for t in visit.tasks if case.parent_of[t] == parent]
        parent_id = case.parents[parent]
        parties.append(
            Party(
                id=parent_id,
                name=names.agency(parent_id),
                units=tuple(names.agency(unit) for unit in sorted({task.unit for task in own})),
                items=tuple(sorted({names.item(item) for task in own for item in task.items})),
                tasks=tuple(task.id for task in own),
                crews=tuple(crew for crew in crews if crew.unit in {task.unit for task in own}),
            )
        )
    one = len(visit.parents) == 1
    return VisitRow(
        id=visit.id,
        day=case.days[visit.day],
        site=case.sites[visit.site],
        parties=tuple(parties),
        tasks=tasks,
        items=tuple(sorted({names.item(item) for task in tasks for item in task.items})),
        plan_codes=tuple(sorted({code for task in tasks for code in task.plan_codes})),
        clauses=clauses_of(why),
        minutes=visit.quarters * QUARTER_MINUTES,
        joint=visit.joint,
        merged=one and len(visit.units) > 1,
        cross_domain=one and len({task.domain for task in tasks}) > 1,
        unannounced=any(task.unannounced for task in tasks),
        why=why,
    )


def clauses_of(why: Iterable[Why]) -> tuple[str, ...]:
    """Return the clauses of the sentences, each once, in their order."""
    return tuple(dict.fromkeys(clause for one in why for clause in one.clauses))


def view_of(result: MonthResult, audience: Audience = "bureau", names: Names | None = None, agency: str = "") -> View:
    """Return the result as `audience` sees it; `agency` is the parent agency's id where that is "agency"."""
    case = result.case
    unannounced = np.array([task.unannounced for task in case.tasks], dtype=np.bool_)
    if audience == "bureau":
        visible = np.ones(case.n_tasks, dtype=np.bool_)
    elif audience == "agency":
        own = case.parent_of == (case.parents.index(agency) if agency in case.parents else NONE)
        visible = own | (~unannounced & _at_the_visits_of(result, own))
    else:
        # The whole visit: its day, told of what else the agency does there, would tell the site when they come.
        visible = ~(unannounced | _at_the_visits_of(result, unannounced))
    plan = None
    if result.plan is not None:
        plan = Plan(np.where(visible, result.plan.day, LEFT_OUT).astype(np.int64))
    visits = tuple(visits_of(case, plan)) if plan is not None else ()
    known = (names or Names()).with_case(case)
    return View(result, audience, known, visible, unannounced & ~visible, plan, visits, attendance_of(result), agency)


def _at_the_visits_of(result: MonthResult, own: BoolArray) -> BoolArray:
    """Return which tasks, [T], are done at a site on a date together with one of `own`."""
    if result.plan is None:
        return np.zeros_like(own)
    case, day = result.case, result.plan.day
    entry = case.site_of * case.n_days + day
    return (day >= 0) & np.isin(entry, entry[own & (day >= 0)])
