"""What the independent checker says of a hand-made month, each breach with the cells that it comes from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.checks import check_plan
from planner.domain.case import Case, IntArray
from planner.domain.plan import Plan, loads_of
from planner.intake.read.forms.hand_made import FORM
from planner.law.register import RULES
from planner.law.rules.company import FIRE_FIRST, JOIN_REQUIRED, NOT_TO_JOIN, UNANNOUNCED
from planner.law.rules.levers import MAX_AGENCIES
from planner.law.violation import Violation
from planner.law.words import Blocked
from planner.rulebook.nouns import RulebookVersion
from planner.service.adoption.placing import Placed
from planner.solve.exact.subcase import site_within

ABOUT_BODIES = frozenset(rule.id for rule in (JOIN_REQUIRED, NOT_TO_JOIN, UNANNOUNCED, MAX_AGENCIES, FIRE_FIRST))
"""Rules of who comes together: the cell to look at is that of the bodies; for all others it is that of the date."""
MOST_PLACES = 20
"""Cells that are named of one breach at most; an overfull day may come from hundreds."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of the workbook."""

    sheet: str
    row: int
    column: str


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that the month breaks: what it says there, by which clauses, and where it comes from.

    `places` is empty where no row is at fault but that something is missing: a fixed date that nobody wrote down.
    """

    rule: str
    title: str
    clauses: tuple[str, ...]
    zh: str
    en: str
    sites: tuple[str, ...]
    places: tuple[Place, ...]


def breaches(case: Case, placed: Placed, rulebook: RulebookVersion) -> tuple[Breach, ...]:
    """Return all violations of the hand-made days, by the place of the first cell that they come from."""
    plan = Plan(placed.day)
    load, titles = loads_of(case, plan), {rule.id: rule.title_zh for rule in rulebook.rules}
    found = []
    for violation in check_plan(case, plan, rulebook):
        tasks = tasks_of(case, violation, placed.day)
        rows = {(one.sheet, one.row) for t in tasks if (one := placed.row_of.get(t)) is not None}
        column = FORM.column("agencies" if violation.rule in ABOUT_BODIES else "date").title
        zh, en = _words(case, plan, load, violation, tasks)
        sites = tuple(dict.fromkeys(case.sites[int(case.site_of[t])].id for t in tasks))
        places = tuple(Place(sheet, row, column) for sheet, row in sorted(rows)[:MOST_PLACES])
        title = titles.get(violation.rule, violation.rule)
        found.append(Breach(violation.rule, title, violation.clauses, zh, en, sites[:MOST_PLACES], places))
    return tuple(sorted(found, key=lambda one: (not one.places, [(p.sheet, p.row) for p in one.places], one.rule)))


def tasks_of(case: Case, violation: Violation, day: IntArray) -> list[int]:
    """Return the tasks that a violation is about: those that it names, else those of its site or unit on its date."""
    subjects = set(violation.subjects)
    named = [t for t, task in enumerate(case.tasks) if task.id in subjects]
    if named:
        return named
    chosen = np.ones(case.n_tasks, dtype=np.bool_)
    sites = [n for n, site in enumerate(case.sites) if site.id in subjects]
    units = [n for n, unit in enumerate(case.units) if unit.id in subjects]
    days = [n for n, one in enumerate(case.days) if one.isoformat() in subjects]
    for wanted, of_task in ((sites, case.site_of), (units, case.unit_of), (days, day)):
        if wanted:
            chosen &= np.isin(of_task, wanted)
    if sites and violation.domain:
        chosen &= np.array([task.domain == violation.domain for task in case.tasks])
    return [] if not (sites or units) else np.flatnonzero(chosen & (day >= 0)).tolist()


def _words(case: Case, plan: Plan, load: IntArray, violation: Violation, tasks: list[int]) -> tuple[str, str]:
    """Return what the rule says of the day, as reasons are told; the checker's own words where nothing has a day."""
    placed = [t for t in tasks if plan.day[t] >= 0]
    rule = RULES[violation.rule]
    if not placed:
        return f"{rule.remedy.zh}", violation.message
    t = placed[0]
    site = int(case.site_of[t])
    alone, day = site_within(case, plan, site, load)
    return rule.words(Blocked(alone, t - int(case.start[site]), day, int(plan.day[t]), violation))
