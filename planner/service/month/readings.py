"""What a reading of the law costs the month: what more could be done by the other reading, all else staying as planned.

The reading: for gap and cap the checks of a town team and of the district's bureau of one domain count together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.checks import check_plan
from planner.domain.case import NO_CAP, Case, GroupInfo, IntArray
from planner.domain.case_builder import later_dates
from planner.domain.plan import LEFT_OUT, Plan, loads_of
from planner.domain.roster import Roster
from planner.intake.month.law import Law
from planner.intake.month.lookups import Lookups
from planner.intake.month.outcome import Prepared, Removed
from planner.intake.screen.caps import TOGETHER
from planner.intake.tables.records import Tables
from planner.law.rules.distances import CAP
from planner.law.words import together
from planner.rulebook.nouns import RulebookVersion
from planner.solve.exact.subcase import site_within
from planner.solve.site.arrays import allowed_days
from planner.solve.walk.blocks import entries_on
from planner.solve.walk.day_test import Answer, Judge, JudgeWork

WORK = JudgeWork(unit=0.2, day=0.2)


@dataclass(frozen=True, slots=True)
class Cost:
    """`done`: ids of tasks that are left out and could be done by the other reading, all others staying on their days,
    starts and crews being found for all of them. `never_made`: how many tasks there are none of, since the other body's
    checks have used up the year's cap.
    """

    done: tuple[str, ...]
    never_made: int

    @property
    def text(self) -> str:
        """What the report says of it."""
        told = "街镇队伍与区级部门的同领域检查合并计算间隔和次数，是本系统的读法（参数 bodies_together）。"
        if self.done:
            told += (
                f"若分开计算，其余安排不动，至少可多完成 {len(self.done)} 项未安排的任务"
                "（规则、时刻和人手均已核验；重新编制可能更多）"
            )
        else:
            told += "若分开计算，其余安排不动，没有找到可多完成的未安排任务"
        if self.never_made:
            told += f"；另有 {self.never_made} 处因其他主体今年已查满次数而没有生成任务（能否排下未核验）"
        return told + "。"


def cost_of_together(
    tables: Tables, law: RulebookVersion, prepared: Prepared, roster: Roster, plan: Plan
) -> Cost | None:
    """Return what counting all bodies of a domain together costs the month, proven by a lawful plan that does more.

    Who is drawn stays drawn. None where the month counts bodies apart already, or there are no town teams.
    """
    case = prepared.case
    if case is None or prepared.settings[TOGETHER] != "1" or not any(a.level == "town" for a in tables.agencies):
        return None
    bodies = _Bodies(Lookups(tables, *case.period), Law(law), tables)
    out = np.flatnonzero((plan.day == LEFT_OUT) & (case.group_of >= 0)).tolist()
    allowed = allowed_days(case)
    allowed[out] = True  # what bars them by the one reading may not do so by the other
    judge, day, done = Judge(case, roster, allowed, WORK, teaches=False), plan.day, list[str]()
    for task in out:
        if case.tasks[task].follows_fire or day[task] != LEFT_OUT:
            continue
        moving = sorted(together(case, task))
        for d in _lawful_days(case, day, task, moving, bodies):
            then = day.copy()
            then[moving] = d
            if judge.ask(d, entries_on(case, then, d)).answer is Answer.YES:
                day = then
                done += [case.tasks[t].id for t in moving]
                break
    capped = [gone for gone in prepared.removed if gone.rule == CAP.id and gone.site and not gone.reserved]
    return Cost(tuple(done), sum(bodies.closed_by_others(gone, case) for gone in capped))


def _lawful_days(case: Case, day: IntArray, task: int, moving: Sequence[int], bodies: _Bodies) -> Iterator[int]:
    """Yield the days of the task's window on which, each body counting apart, no rule of days stands against it."""
    plan, site = Plan(day), int(case.site_of[task])
    alone, now = site_within(case, plan, site, loads_of(case, plan))
    apart = bodies.apart(alone)
    here = [t - int(case.start[site]) for t in moving]
    for d in range(int(case.window_lo[task]), int(case.window_hi[task]) + 1):
        then = now.copy()
        then[here] = d
        if not check_plan(apart, Plan(then)):
            yield d


@dataclass(frozen=True, eq=False)
class _Bodies:
    """Whose earlier checks are whose."""

    lookups: Lookups
    law: Law
    tables: Tables

    def apart(self, alone: Case) -> Case:
        """Return a site's case in which each body has a gap and a cap of its own; nothing else is less strict."""
        groups: dict[tuple[int, str], int] = {}
        infos: list[GroupInfo] = []
        group_of, later_from, later_to = alone.group_of.copy(), alone.later_from.copy(), alone.later_to.copy()
        for t, g in enumerate(alone.group_of.tolist()):
            if g < 0:
                continue
            body = alone.parents[int(alone.parent_of[t])]
            if (g, body) not in groups:
                groups[g, body] = len(infos)
                infos.append(self._own(alone.groups[g], body, alone))
            group_of[t] = groups[g, body]
            later_from[t], later_to[t] = later_dates(alone.tasks[t], infos[group_of[t]], alone.period)
        return replace(alone, groups=tuple(infos), group_of=group_of, later_from=later_from, later_to=later_to)

    def closed_by_others(self, gone: Removed, case: Case) -> bool:
        """Return whether the cap that removed a task would be open, had only its own body's checks counted."""
        body = self.lookups.parents.get(gone.unit, gone.unit)
        own = set(self.lookups.own_dates(gone.site, gone.domain, body))
        return self._used(gone.site, own, case) < self._cap(gone.site, gone.domain, case)

    def _own(self, info: GroupInfo, body: str, case: Case) -> GroupInfo:
        """Return the body's part of a group. Dates of which nobody knows whose they are stay: published ones."""
        everybodys = set(self.lookups.own_dates(info.site, info.domain))
        own = set(self.lookups.own_dates(info.site, info.domain, body))
        history = tuple(day for day in info.history if day in own or day not in everybodys)
        quota = info.quota
        if quota < NO_CAP:
            quota = max(quota, self._cap(info.site, info.domain, case) - self._used(info.site, own, case))
        return replace(info, history=history, quota=quota, body=body)

    def _cap(self, site: str, domain: str, case: Case) -> int:
        grade = self.lookups.grade(site, domain, case.period[0])
        return self.law.months("checks_per_year", "checks_per_year_by_grade", CAP.id, domain, grade)

    def _used(self, site: str, own: set[date], case: Case) -> int:
        year = case.period[0].year
        pins = {pin.date for pin in self.tables.pins if pin.site_id == site}
        outside = {day for day in pins if not case.period[0] <= day <= case.period[1]}
        return sum(day.year == year for day in own | outside)
