"""Single changes that may give a left-out task a day: what is changed, and the case and the plan after it.

A change does not place the task: `planner.explain.whynot.ways` does, and proves that it works. No mandatory rule is
ever lifted: what a signature lifts is asked of the rulebook, and how, of the rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np

from planner.domain.case import NONE, Case
from planner.domain.plan import Plan
from planner.domain.roster import HALF_QUARTERS, Inspector, Roster
from planner.explain.whynot.conflict import Conflict
from planner.law.register import RULES
from planner.law.rules.company import NOT_TO_JOIN
from planner.law.rules.dates import WINDOW
from planner.law.rules.people import ONE_PLACE
from planner.solve.site.arrays import allowed_days


class Kind(StrEnum):
    """What is changed, in the order in which ways are preferred: what the planner can do itself comes first, then what
    the task's own agency can do, then what others have to agree to, then people, then a signature.
    """

    DAY = "day"
    """Nothing: some day is free."""
    VISIT = "visit"
    """One other visit goes to another day, with all its tasks."""
    WINDOW = "window"
    """The filed windows of the task and of those that it must come with reach to one more day."""
    CONSENT = "consent"
    """At a site that is not to be joined, the agencies of one day decide to join."""
    CREW = "crew"
    """A unit has one crew more in one half of one day."""
    WAIVER = "waiver"
    """A named person signs a waiver of one policy rule for the task's filings."""
    BOTH = "both"
    """VISIT and WINDOW together: asked where no single change does."""


@dataclass(frozen=True, eq=False)
class Change:
    """One change. `case`, `roster` and `plan` are those after it; the left-out task may then be put on one of `days`.

    `size` is how much is changed where that differs within a kind: calendar days of a window, agencies that consent.
    `tasks` are those whose filings, consents, waivers or day change; `unit` and `half` belong to a crew, `rule` to a
    waiver; a visit goes from the day `source` to the day `target`; `late` are those whose windows reach further beside
    that. All are indexes of the whole case, NONE: no such.
    """

    kind: Kind
    case: Case
    roster: Roster | None
    plan: Plan
    days: tuple[int, ...]
    size: int = 0
    tasks: tuple[int, ...] = ()
    unit: int = NONE
    half: int = NONE
    rule: str = ""
    source: int = NONE
    target: int = NONE
    late: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked: the conflict of a left-out task in a plan, and the rules that a signature may lift."""

    case: Case
    roster: Roster | None
    plan: Plan
    conflict: Conflict
    waivable: frozenset[str]

    @property
    def moving(self) -> list[int]:
        """The task and those that it must come with."""
        return list(self.conflict.moving)

    @property
    def site(self) -> int:
        """The site of the task."""
        return int(self.case.site_of[self.conflict.task])

    def barred_by(self, rules: Collection[str]) -> list[int]:
        """Return the days against which some rules stand, and none but `rules`."""
        blocked = self.conflict.blocked
        return [d for d, members in enumerate(blocked) if members and {m.rule for m in members} <= set(rules)]

    def change(self, kind: Kind, days: Sequence[int], **more: object) -> Change:
        """Return a change of these days with what differs from the question."""
        whole = {"case": self.case, "roster": self.roster, "plan": self.plan, **more}
        return Change(kind=kind, days=tuple(days), **whole)  # type: ignore[arg-type]


def changes_of(asked: Asked, kind: Kind) -> Iterator[Change]:
    """Yield all single changes of a kind that could give the task a day. What is not yielded could not."""
    return _FAMILIES[kind](asked)


def _day(asked: Asked) -> Iterator[Change]:
    days = [d for d, members in enumerate(asked.conflict.blocked) if not members]
    if days:
        yield asked.change(Kind.DAY, days)


def _visit(asked: Asked) -> Iterator[Change]:
    """Other visits of the site, and those that take the people of the task's units on a day that it may come."""
    case, plan, allowed = asked.case, asked.plan, allowed_days(asked.case)
    may = np.flatnonzero(allowed[asked.moving].all(axis=0)).tolist()
    units = {int(case.unit_of[t]) for t in asked.moving}
    for site, source in _entries_with(asked, units):
        visit = [t for t in case.tasks_at(site) if plan.day[t] == source]
        days = may if site == asked.site else [source] if source in may else []
        for target in np.flatnonzero(allowed[visit].all(axis=0)).tolist() if days else ():
            if target != source:
                day = plan.day.copy()
                day[visit] = target
                yield asked.change(Kind.VISIT, days, plan=Plan(day), tasks=tuple(visit), source=source, target=target)


def _entries_with(asked: Asked, units: set[int]) -> list[tuple[int, int]]:
    """Return (site, day) of the visits at the task's site and of those with one of `units`, sorted."""
    case, day = asked.case, asked.plan.day
    near = (np.isin(case.unit_of, list(units)) | (case.site_of == asked.site)) & (day >= 0)
    return sorted({(int(case.site_of[t]), int(day[t])) for t in np.flatnonzero(near)})


def _window(asked: Asked) -> Iterator[Change]:
    for d in asked.barred_by({WINDOW.id}):
        outside = {t: _days_outside(asked.case.tasks[t].window, asked.case.days[d]) for t in asked.moving}
        late = tuple(t for t, days in outside.items() if days)
        case = _reaching(asked.case, late, d)
        yield asked.change(Kind.WINDOW, [d], case=case, tasks=late, size=max(outside.values()))


def _both(asked: Asked) -> Iterator[Change]:
    """Other visits of the site, and those that take the people of the task's units on a day outside the window."""
    case, plan, allowed = asked.case, asked.plan, allowed_days(asked.case)
    outside = [d for d, members in enumerate(asked.conflict.blocked) if WINDOW.id in {m.rule for m in members}]
    entries = _entries_with(asked, {int(case.unit_of[t]) for t in asked.moving})
    for d in outside:
        late = tuple(t for t in asked.moving if _days_outside(case.tasks[t].window, case.days[d]))
        reaching, size = _reaching(case, late, d), max(_days_outside(case.tasks[t].window, case.days[d]) for t in late)
        if not allowed_days(reaching)[asked.moving, d].all():
            continue
        for site, source in entries:
            visit = [t for t in case.tasks_at(site) if plan.day[t] == source]
            targets = np.flatnonzero(allowed[visit].all(axis=0)).tolist() if site == asked.site or source == d else ()
            for target in targets:
                if target != source:
                    day = plan.day.copy()
                    day[visit] = target
                    moved = {"plan": Plan(day), "tasks": tuple(visit), "source": source, "target": target}
                    yield asked.change(Kind.BOTH, [d], case=reaching, size=size, late=late, **moved)


def _consent(asked: Asked) -> Iterator[Change]:
    case = asked.case
    here = case.tasks_at(asked.site)
    for d in asked.barred_by({NOT_TO_JOIN.id}):
        there = [t for t in here if asked.plan.day[t] == d or t in asked.moving]
        unwilling = {int(case.parent_of[t]) for t in there if not case.tasks[t].opted_in}
        tasks = tuple(t for t in here if int(case.parent_of[t]) in unwilling and not case.tasks[t].opted_in)
        yield asked.change(
            Kind.CONSENT, [d], case=_lifted(case, NOT_TO_JOIN.id, tasks), tasks=tasks, size=len(unwilling)
        )


def _crew(asked: Asked) -> Iterator[Change]:
    allowed = np.flatnonzero([all(_for_people(m.rule) for m in found) for found in asked.conflict.blocked]).tolist()
    halves = (0, 1) if asked.roster is not None else (NONE,)
    for unit in sorted({int(asked.case.unit_of[t]) for t in asked.moving}):
        for d in allowed if not asked.conflict.free else ():
            for half in halves:
                case, roster = _with_crew(asked, unit, d, half)
                yield asked.change(Kind.CREW, [d], case=case, roster=roster, unit=unit, half=half)


def _for_people(rule: str) -> bool:
    """Return whether a rule asks for people: one that counts crews, or speaks of starts and who is there."""
    return RULES[rule].overload or RULES[rule].duty_check is not None


def _waiver(asked: Asked) -> Iterator[Change]:
    for rule in sorted(asked.waivable, key=lambda rule: RULES[rule].order):
        case = _lifted(asked.case, rule, asked.moving)
        hours = (case.columns.outside_hours != asked.case.columns.outside_hours).any()
        days = asked.barred_by({rule, ONE_PLACE.id} if hours else {rule})
        if days:
            roster = asked.roster
            if roster is not None and hours:
                roster = replace(roster, outside_hours=roster.outside_hours & case.columns.outside_hours)
            yield asked.change(Kind.WAIVER, days, case=case, roster=roster, tasks=tuple(asked.moving), rule=rule)


_FAMILIES = {
    Kind.DAY: _day,
    Kind.VISIT: _visit,
    Kind.WINDOW: _window,
    Kind.CONSENT: _consent,
    Kind.CREW: _crew,
    Kind.WAIVER: _waiver,
    Kind.BOTH: _both,
}


def waivable_of(rules: Collection[str]) -> frozenset[str]:
    """Return those of the waivable `rules` that are rules of the plan and say what a waiver of them lifts."""
    return frozenset(rule for rule in rules if rule in RULES and RULES[rule].waived is not None)


def _lifted(case: Case, rule: str, tasks: Sequence[int]) -> Case:
    waived = RULES[rule].waived
    if waived is None:
        raise ValueError(f"rule {rule} cannot be waived")
    return waived(case, tasks)


def _days_outside(window: tuple[date, date], day: date) -> int:
    return max((window[0] - day).days, (day - window[1]).days, 0)


def _reaching(case: Case, tasks: Sequence[int], d: int) -> Case:
    """Return the case in which the windows of `tasks` reach to day `d`."""
    infos, low, high = list(case.tasks), case.window_lo.copy(), case.window_hi.copy()
    for t in tasks:
        first, last = min(infos[t].window[0], case.days[d]), max(infos[t].window[1], case.days[d])
        infos[t] = replace(infos[t], window=(first, last))
        low[t] = int(np.searchsorted(case.ordinals, first.toordinal()))
        high[t] = int(np.searchsorted(case.ordinals, last.toordinal(), side="right")) - 1
    return replace(case, tasks=tuple(infos), window_lo=low, window_hi=high)


def _with_crew(asked: Asked, unit: int, d: int, half: int) -> tuple[Case, Roster | None]:
    """Return case and people with one crew of `unit` more in one half of day `d`, able to do what the task needs."""
    case, own = asked.case, [t for t in asked.moving if asked.case.unit_of[t] == unit]
    rows = [unit, *sorted({int(case.skill_row_of[t]) for t in own} - {NONE})]
    capacity, most, staffed = case.capacity.copy(), case.plan_capacity.copy(), case.staffed.copy()
    capacity[rows, d] += HALF_QUARTERS
    most[rows, d] += HALF_QUARTERS
    short = [t for t in own if case.setup[unit] + case.quarters[t] <= HALF_QUARTERS]
    staffed[short, d] = True
    roster, skills = asked.roster, tuple(sorted({case.tasks[t].skill for t in own} - {""}))
    if roster is not None:
        roster = _joined(roster, unit, case.units[unit].id, skills, (d, half))
    return replace(case, capacity=capacity, plan_capacity=most, staffed=staffed), roster


def _joined(roster: Roster, unit: int, name: str, skills: tuple[str, ...], there: tuple[int, int]) -> Roster:
    """Return the people with one crew of the unit more, present on the day and in the half `there` alone."""
    at, size = roster.of_unit(unit).stop, int(roster.per_crew[unit])
    crew = tuple(Inspector(f"{name}~{n}", "", name, skills) for n in range(1, size + 1))
    present = np.zeros((size, *roster.present.shape[1:]), dtype=np.bool_)
    present[:, there[0], there[1]] = True
    return replace(
        roster,
        inspectors=(*roster.inspectors[:at], *crew, *roster.inspectors[at:]),
        unit_of=np.insert(roster.unit_of, at, [unit] * size),
        present=np.insert(roster.present, [at] * size, present, axis=0),
        recused=frozenset((i + size if i >= at else i, s, d) for i, s, d in roster.recused),
    )
