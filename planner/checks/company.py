"""Who may come with whom: not-to-join marks, required joint themes, fire's exclusivity, unannounced checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.checks.entries import entry_name, tasks_by_entry
from planner.checks.violation import Violation, check
from planner.domain.case import Case
from planner.domain.plan import Plan


@check("join.not")
def unwilling_sites_are_not_joined(case: Case, plan: Plan) -> Iterator[Violation]:
    """At a listed site only agencies that have decided to join come together (D-2.8e); own sections still merge."""
    for (site, day), tasks in tasks_by_entry(case, plan).items():
        parents = {int(case.parent_of[t]) for t in tasks}
        if case.listed[site] and len(parents) > 1 and not all(case.tasks[t].opted_in for t in tasks):
            yield Violation("join.not", entry_name(case, site, day), "agencies come together that may not here")


@check("join.required")
def joint_themes_come_together(case: Case, plan: Plan) -> Iterator[Violation]:
    """Tasks that must be joint (A06-2.2.3a) are on one date, or none of them is done."""
    groups: dict[int, list[int]] = defaultdict(list)
    for task, group in enumerate(case.joint_of.tolist()):
        if group >= 0:
            groups[group].append(task)
    for tasks in groups.values():
        if len({int(plan.day[t]) for t in tasks}) > 1:
            names = tuple(case.tasks[t].id for t in tasks)
            yield Violation("join.required", names, "tasks that must be done together are apart")


@check("fire.exclusivity")
def others_fire_items_ride_with_fire(case: Case, plan: Plan) -> Iterator[Violation]:
    """While fire's own check is open, others' fire items only ride on its visit (A03-3.1c)."""
    for (site, day), tasks in tasks_by_entry(case, plan).items():
        if not any(case.tasks[t].fire for t in tasks):
            for t in tasks:
                if case.tasks[t].follows_fire:
                    yield Violation(
                        "fire.exclusivity",
                        (case.tasks[t].id, *entry_name(case, site, day)),
                        "another agency checks fire items without the fire service",
                        "A03",
                    )


@check("unannounced.alone")
def unannounced_checks_come_alone(case: Case, plan: Plan) -> Iterator[Violation]:
    """An unannounced check shares its visit with no other agency (A07-7.2)."""
    for (site, day), tasks in tasks_by_entry(case, plan).items():
        parents = {int(case.parent_of[t]) for t in tasks}
        if len(parents) > 1 and any(case.tasks[t].unannounced for t in tasks):
            yield Violation("unannounced.alone", entry_name(case, site, day), "an unannounced check is shared")


@check("visit.max-agencies")
def agencies_per_visit(case: Case, plan: Plan) -> Iterator[Violation]:
    """The bureau's lever: parent agencies at one visit, off by default."""
    most = case.levers.max_agencies_per_visit
    for (site, day), tasks in tasks_by_entry(case, plan).items() if most else ():
        count = len({int(case.parent_of[t]) for t in tasks})
        if count > most:
            yield Violation(
                "visit.max-agencies", entry_name(case, site, day), f"{count} agencies at once", numbers=(count, most)
            )
