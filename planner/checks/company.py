"""Who may come with whom: not-to-join marks, required joint themes, fire's exclusivity, unannounced checks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.checks.entries import entries_of, entry_name
from planner.checks.violation import Violation, check
from planner.domain.case import BoolArray, Case
from planner.domain.plan import LATER, Plan


def _joint_although(case: Case, plan: Plan, unwilling: BoolArray) -> Iterator[tuple[str, str]]:
    """Return the names of the entries of several parent agencies with a task that is `unwilling` [T]."""
    entries = entries_of(case, plan)
    bad = entries.any(unwilling) & (entries.bodies(case.parent_of) > 1)
    for n in np.flatnonzero(bad).tolist():
        yield entry_name(case, int(entries.site[n]), int(entries.day[n]))


@check("join.not")
def unwilling_sites_are_not_joined(case: Case, plan: Plan) -> Iterator[Violation]:
    """At a listed site only agencies that have decided to join come together (D-2.8e); own sections still merge."""
    for name in _joint_although(case, plan, case.listed[case.site_of] & ~case.columns.opted_in):
        yield Violation("join.not", name, "agencies come together that may not here")


@check("join.required")
def joint_themes_come_together(case: Case, plan: Plan) -> Iterator[Violation]:
    """Tasks that must be joint (A06-2.2.3a) are on one date, or none of them is done."""
    tasks = np.flatnonzero(case.joint_of >= 0)
    n_answers = case.n_days - LATER
    answers = np.unique(case.joint_of[tasks] * n_answers + plan.day[tasks] - LATER) // n_answers
    for group in np.flatnonzero(np.bincount(answers) > 1).tolist():
        names = tuple(case.tasks[t].id for t in np.flatnonzero(case.joint_of == group).tolist())
        yield Violation("join.required", names, "tasks that must be done together are apart")


@check("fire.exclusivity")
def others_fire_items_ride_with_fire(case: Case, plan: Plan) -> Iterator[Violation]:
    """While fire's own check is open, others' fire items only ride on its visit (A03-3.1c)."""
    entries = entries_of(case, plan)
    alone = ~entries.any(case.columns.fire)[entries.entry] & case.columns.follows_fire[entries.task]
    for t in entries.task[alone].tolist():
        yield Violation(
            "fire.exclusivity",
            (case.tasks[t].id, *entry_name(case, int(case.site_of[t]), int(plan.day[t]))),
            "another agency checks fire items without the fire service",
            "A03",
        )


@check("unannounced.alone")
def unannounced_checks_come_alone(case: Case, plan: Plan) -> Iterator[Violation]:
    """An unannounced check shares its visit with no other agency (A07-7.2)."""
    for name in _joint_although(case, plan, case.columns.unannounced):
        yield Violation("unannounced.alone", name, "an unannounced check is shared")


@check("visit.max-agencies")
def agencies_per_visit(case: Case, plan: Plan) -> Iterator[Violation]:
    """The bureau's lever: parent agencies at one visit, off by default."""
    most = case.levers.max_agencies_per_visit
    if not most:
        return
    entries = entries_of(case, plan)
    agencies = entries.bodies(case.parent_of)
    for n in np.flatnonzero(agencies > most).tolist():
        count, name = int(agencies[n]), entry_name(case, int(entries.site[n]), int(entries.day[n]))
        yield Violation("visit.max-agencies", name, f"{count} agencies at once", numbers=(count, most))
