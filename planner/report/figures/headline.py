"""The headline figures as (label, value) rows, and readable keys of their breakdowns."""

from __future__ import annotations

from planner.report.figures.kpis import RESERVED, Kpis, LoadRow
from planner.report.figures.wording import strength_name
from planner.report.words.names import Names, domain_name, grade_name
from planner.report.words.texts import text


def figure_rows(kpis: Kpis) -> list[tuple[str, int | float | str]]:
    """Return the figures in the order of their weight; shares are floats 0 to 1. Without a plan, only the tasks."""
    if not kpis.planned:
        return [(text("kpi_tasks"), kpis.tasks)]
    rivals = sorted(kpis.avoided, key=lambda a: a.name != "first_come")
    rows: list[tuple[str, int | float | str]] = [(text("kpi_avoided", scheme=text(a.name)), a.avoided) for a in rivals]
    rows += _named(kpis, "entries", "later_entries", "joint_visits", "joint_share", "joint_share_tasks")
    rows += _named(kpis, "merged_visits", "cross_domain_visits", "triggered_entries", "unannounced_visits")
    rows += _named(kpis, "tasks", "scheduled", "deferred", "left_out")
    for part in kpis.left_out_by:
        strength = strength_name(part.strength)
        rows.append((text("kpi_left_out_tasks", strength=strength), part.tasks))
        rows.append((text("kpi_left_out_weight", strength=strength), part.weight))
    rows += _named(kpis, "recognised", "disturbance")
    if kpis.worst_site is not None:
        rows.append(
            (text("kpi_worst_site"), text("with_aside", name=kpis.worst_site.name, aside=kpis.worst_site.disturbance))
        )
    rows += [(text("kpi_sites_visited", visits=visits), sites) for visits, sites in kpis.visits_per_site]
    return rows + _named(kpis, "summons", "off_site")


def _named(kpis: Kpis, *keys: str) -> list[tuple[str, int | float | str]]:
    """Return those of the figures that were counted."""
    return [(text(f"kpi_{key}"), getattr(kpis, key)) for key in keys if getattr(kpis, key) is not None]


def row_name(row: LoadRow) -> str:
    """Return a load row's name: its unit, and the skill where it is only the crews that have one."""
    return text("with_aside", name=row.name, aside=row.skill) if row.skill else row.name


def grade_label(key: str) -> str:
    """Return a grade key ("A01 B") as officials say it."""
    domain, _, grade = key.partition(" ")
    return f"{domain_name(domain)} {text('ungraded') if grade == '-' else grade_name(grade)}"


def rule_label(rule: str, names: Names) -> str:
    """Return a rule's title, or that no reason was recorded or may be told."""
    if rule == RESERVED:
        return text("reason_reserved")
    return names.rule(rule) if rule else text("reason_none")
