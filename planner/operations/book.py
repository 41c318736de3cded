"""The book of a period: what is published, what is still open, and the crew time that is left. Updated in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

import numpy as np

from planner.domain.case import NONE, BoolArray, Case, IntArray
from planner.domain.errors import InputError
from planner.domain.plan import LEFT_OUT, Plan, Visit, loads_of, visit_at
from planner.domain.roster import Roster
from planner.operations.recase import without_need
from planner.rulebook.offices import cited
from planner.solve.day.timetable import DayWork
from planner.solve.exact.subcase import one_site
from planner.solve.site import kernel
from planner.solve.site.arrays import SiteArrays, site_arrays
from planner.solve.site.sweeps import plan_weights
from planner.solve.walk.day_test import Judge, JudgeWork

JUDGE_WORK = JudgeWork(
    unit=0.1,
    day=0.1,
    quick=DayWork(moves=8_000, tries=0, calm_tries=0, any_times=True),
    long=DayWork(moves=20_000, hot_moves=40_000, tries=1, calm_tries=0, any_times=True),
)
"""What a question about one day may take, for which somebody waits."""


def starts_in(case: Case, starts: Mapping[tuple[str, date], int]) -> dict[tuple[int, int], int]:
    """Return `starts` by (site, day) index of `case`; what it does not have is left away."""
    sites = {site.id: n for n, site in enumerate(case.sites)}
    days = {day: n for n, day in enumerate(case.days)}
    known = starts.items()
    return {(sites[site], days[day]): start for (site, day), start in known if site in sites and day in days}


class Book:
    """A period's case and plan, as people live with them.

    `day` [T] is what stands for each task: an index of a day, or as in `planner.domain.plan`. A task with
    `published` [T] stays on its day; every other one is open: unplanned, waiting, left out, or a draft with a day.
    `use` [R, D] are the crew quarter-hours that the plan takes; `first_day` is the first day index on which anything
    can still be placed (the day after the freeze horizon). A booking changes these in place, at the cost of one site.
    `least_left_out` is what any lawful plan of the case leaves out at least, by strength, where that is proven.
    `roster` are the people of the case: without them, days are judged by their hours alone. `starts` are those of
    published visits, by (site id, date): a question about a day begins its search there.
    """

    def __init__(
        self,
        case: Case,
        plan: Plan,
        published: BoolArray | None = None,
        first_day: int = 0,
        least_left_out: tuple[int, int, int] | None = None,
        roster: Roster | None = None,
        starts: Mapping[tuple[str, date], int] = MappingProxyType({}),
    ) -> None:
        self.case, self.first_day, self.least_left_out, self.roster = case, first_day, least_left_out, roster
        self.starts = starts
        self.day = plan.day.copy()
        self.published = (self.day >= 0) if published is None else published & (self.day >= 0)
        self.published |= (case.columns.pinned > 0) & (self.day >= 0)
        self.use = loads_of(case, plan)
        self.arrays: SiteArrays = site_arrays(case)
        self.drop: IntArray = plan_weights(case).drop
        self.triggered: frozenset[str] = frozenset()
        """Ids of triggered checks that came in: nobody hears of one before its day but those who ride along."""
        self.settled: frozenset[str] = frozenset()
        """Ids of tasks that nobody has to visit for any more."""
        self.aliases: Mapping[str, str] = MappingProxyType({})
        """Other ids of sites, by which the registers of single bodies know them."""

    @cached_property
    def judge(self) -> Judge | None:
        """Whoever says whether a day can be walked and manned; None where no people are known."""
        return self._judge(JUDGE_WORK)

    @cached_property
    def last_judge(self) -> Judge | None:
        """The same with the work of a booking, for what `judge` leaves unknown."""
        return self._judge(JudgeWork())

    def _judge(self, work: JudgeWork) -> Judge | None:
        if self.roster is None:
            return None
        begin = starts_in(self.case, self.starts)
        return Judge(self.case, self.roster, self.arrays.allowed, work, teaches=False, begin=begin)

    @cached_property
    def _site_index(self) -> dict[str, int]:
        return {site.id: n for n, site in enumerate(self.case.sites)}

    @cached_property
    def _day_index(self) -> dict[date, int]:
        return {day: n for n, day in enumerate(self.case.days)}

    def knows(self, site_id: str) -> bool:
        """Return whether this period has a task at a site."""
        return self.id_of(site_id) in self._site_index

    def id_of(self, site_id: str) -> str:
        """Return the id under which a site stands here: `site_id` itself, or that of the premises it is an alias of."""
        return self.aliases.get(site_id, site_id)

    def ids_of(self, site_id: str) -> frozenset[str]:
        """Return every id of the premises that `site_id` names."""
        own = self.id_of(site_id)
        return frozenset({own, *(other for other, one in self.aliases.items() if one == own)})

    def site(self, site_id: str) -> int:
        """Return the index of a site, also by an alias. Raises InputError where this period has no task there."""
        found = self._site_index.get(self.id_of(site_id))
        if found is None:
            raise InputError(
                f"对象“{site_id}”本期没有任务：请核对编号，或先备案（{'、'.join(cited('file-first'))}） / "
                f"no task at site {site_id!r} in this period"
            )
        return found

    def day_index(self, day: date) -> int:
        """Return the index of a date, NONE where it is no open day. Raises InputError outside the period."""
        first, last = self.case.period
        if not first <= day <= last:
            raise InputError(f"{day} 不在本计划期 {first} 至 {last} 内：请另选日期 / {day} lies outside the period")
        return self._day_index.get(day, NONE)

    def units_of(self, agency: str) -> frozenset[int]:
        """Return the units of an agency: its own sections for a parent, itself for a unit. Raises InputError."""
        found = frozenset(n for n, u in enumerate(self.case.units) if agency in (u.id, u.parent))
        if not found:
            raise InputError(f"主体“{agency}”本期没有任务：请核对编号 / agency {agency!r} has no task in this period")
        return found

    def parent_of(self, agency: str) -> int:
        """Return the number of the parent agency that `agency` is or belongs to. Raises InputError."""
        unit = min(self.units_of(agency))
        return self.case.parents.index(self.case.units[unit].parent)

    def hidden_from(self, parent: int, site: int) -> frozenset[int]:
        """Return the tasks at a site that `parent` must not learn of: other agencies' unannounced checks, and their
        triggered ones unless it rides along.
        """
        secret, case = self.case.columns.unannounced, self.case
        others = [t for t in case.tasks_at(site) if case.parent_of[t] != parent]
        hidden = {t for t in others if secret[t]}
        if self.triggered:
            days = {int(self.day[t]) for t in case.tasks_at(site) if self.published[t] and case.parent_of[t] == parent}
            hidden |= {t for t in others if case.tasks[t].id in self.triggered and int(self.day[t]) not in days}
        return frozenset(hidden)

    def tasks_of(self, agency: str, site: int) -> list[int]:
        """Return the tasks of an agency, or of the sections of a parent, at a site."""
        units, gone = self.units_of(agency), self.settled
        own = [t for t in self.case.tasks_at(site) if int(self.case.unit_of[t]) in units]
        return [t for t in own if self.case.tasks[t].id not in gone] if gone else own

    def load_beside(self, case: Case) -> IntArray:
        """Return [R, D] what triggered checks take of the crews of `case`: they go on their day whatever comes."""
        on = (task.pinned if task.id in self.triggered else None for task in case.tasks)
        days = [LEFT_OUT if day is None else self._day_index.get(day, LEFT_OUT) for day in on]
        return loads_of(case, Plan(np.array(days, dtype=np.int64)))

    def without_need(self, tasks: Iterable[int]) -> Book:
        """Return a book in which nobody has to visit for `tasks` any more; what was published of them is off."""
        gone = list(tasks)
        day, published = self.day.copy(), self.published.copy()
        day[gone], published[gone] = LEFT_OUT, False
        case = without_need(self.case, gone)
        then = Book(case, Plan(day), published, self.first_day, self.least_left_out, self.roster, self.starts)
        then.triggered, then.aliases = self.triggered, self.aliases
        then.settled = self.settled | {self.case.tasks[t].id for t in gone}
        return then

    def book(self, tasks: Iterable[int], day: int) -> None:
        """Publish `tasks` of one site on the day with index `day`."""
        tasks = list(tasks)
        self._load(tasks, -1)
        self.day[tasks] = day
        self.published[tasks] = True
        self._load(tasks, 1)

    def release(self, tasks: Iterable[int], answer: int = LEFT_OUT) -> None:
        """Take `tasks` of one site off their days; they are open again."""
        tasks = list(tasks)
        self._load(tasks, -1)
        self.day[tasks] = answer
        self.published[tasks] = False
        self._load(tasks, 1)

    def _load(self, tasks: list[int], sign: int) -> None:
        sites = {int(self.case.site_of[t]) for t in tasks}
        for site in sites:
            self.add_load(site, sign, self.use)

    def add_load(self, site: int, sign: int, use: IntArray) -> None:
        """Add (sign 1) or take out (-1) what stands at `site` in `use` [R, D]."""
        c, first = self.case, int(self.case.start[site])
        k = int(c.start[site + 1]) - first
        kernel.add_load(sign, first, k, self.arrays.loads, self.day, use)

    def change(self, site: int, day_of: Mapping[int, int]) -> dict[tuple[int, int], int]:
        """Return the quarter-hours by (capacity row, day index) that it takes to have tasks of a site on other days.

        `day_of` maps tasks to day indexes, or to LEFT_OUT; the book itself stays.
        """
        use, before = np.zeros_like(self.use), self.day
        self.add_load(site, -1, use)
        self.day = before.copy()
        self.day[list(day_of)] = list(day_of.values())
        self.add_load(site, 1, use)
        self.day = before
        return {(int(r), int(d)): int(use[r, d]) for r, d in np.argwhere(use).tolist()}

    def visit(self, site: int, day: int) -> Visit | None:
        """Return the planned entry that is published at `site` on the day with index `day`, None where there is none.

        A triggered check is none (07): it is counted apart, and no list of visits tells of it.
        """
        case = self.case
        here = [t for t in case.tasks_at(site) if self.published[t] and self.day[t] == day]
        here = [t for t in here if case.tasks[t].id not in self.triggered]
        return visit_at(self.case, site, day, here) if here else None

    def snapshot(self) -> Book:
        """Return a book of its own with what stands now; its judges too, so that another thread may ask it."""
        found = copy(self)
        for judge in ("judge", "last_judge"):
            found.__dict__.pop(judge, None)
        found.day, found.published, found.use = self.day.copy(), self.published.copy(), self.use.copy()
        return found

    @property
    def plan(self) -> Plan:
        """The plan as it stands."""
        return Plan(self.day.copy())

    def alone(self, site: int, without: Iterable[int] = ()) -> tuple[Case, IntArray]:
        """Return `site` as a case of its own in the crews that all other sites leave, and its days.

        `without` are tasks (indexes in the book) taken for left out. Task n of the case is task `start[site]` + n of
        the book.
        """
        case, first = self.case, int(self.case.start[site])
        others = self.use.copy()
        self.add_load(site, -1, others)
        part = one_site(case, site, case.plan_capacity - others)
        groups = sorted({int(g) for g in part.group_of.tolist() if g >= 0})
        place = {g: n for n, g in enumerate(groups)} | {NONE: NONE}
        part = replace(
            part,
            groups=tuple(case.groups[g] for g in groups),
            group_of=np.array([place[int(g)] for g in part.group_of.tolist()], dtype=np.int64),
        )
        day = self.day[first : first + part.n_tasks].copy()
        day[[t - first for t in without]] = LEFT_OUT
        return part, day
