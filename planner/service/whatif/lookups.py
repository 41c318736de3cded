"""What changes look up in the tables, and how they say that something is not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches

from planner.domain.errors import InputError
from planner.intake.tables.records import InspectorRow, Tables
from planner.rulebook.nouns import RulebookVersion


def refused(book: RulebookVersion, rule: str, domain: str) -> str:
    """Return why a scenario may not change a rule, with its clauses."""
    clauses = "、".join(book.clauses_for(rule, domain or None)[:4])
    title = book.rule(rule).title_zh
    return (
        f"“{title}”（{rule}）是法定要求，情景不能放宽：{clauses} / "
        f"rule {rule} is mandatory, no scenario may change it: {clauses}"
    )


def unknown(what: str, name: str, known: Sequence[str]) -> str:
    """Return that something is not known, with the nearest that is."""
    near = get_close_matches(name, known, 1, 0.4)
    return f"没有{what}“{name}”" + (f"，最接近的是“{near[0]}” / nearest: {near[0]}" if near else " / unknown")


def units_of(tables: Tables, unit: str, domain: str) -> list[str]:
    """Return the unit, or those with inspectors of a domain. Raises InputError for a unit that is not there."""
    known = {row.agency_id for row in tables.agencies}
    if unit and unit not in known:
        raise InputError(unknown("主体 / unit", unit, sorted(known)))
    if unit:
        return [unit]
    if not domain:
        raise InputError("请写明 unit 或 domain / name a unit or a domain")
    require_domain(tables, domain)
    staffed = {row.agency_id for row in tables.inspectors}
    return [row.agency_id for row in tables.agencies if row.domain == domain and row.agency_id in staffed]


def require_domain(tables: Tables, domain: str) -> None:
    """Raise InputError where no agency and no item is of the domain."""
    known = {row.domain for row in tables.agencies} | {row.domain for row in tables.items}
    if domain not in known:
        raise InputError(unknown("领域 / domain", domain, sorted(known)))


def domain_of(tables: Tables, unit: str) -> str:
    """Return the annex that a unit is under, "" for none."""
    return next((row.domain for row in tables.agencies if row.agency_id == unit), "")


def body_of(tables: Tables, unit: str) -> str:
    """Return the body in whose name a unit acts."""
    return next((row.parent_id for row in tables.agencies if row.agency_id == unit), "") or unit


def commonest_skills(own: Sequence[InspectorRow]) -> tuple[str, ...]:
    """Return the skills that a unit's people have most often: what a new colleague is taken to have."""
    counted = Counter(row.skills for row in own)
    return max(counted, key=lambda skills: (counted[skills], skills)) if counted else ()


def grades_on(tables: Tables, day: date) -> dict[tuple[str, str], str]:
    """Return the grade in force on `day` by site and domain."""
    rows = sorted((r for r in tables.grades if r.valid_from and r.valid_from <= day), key=lambda r: str(r.valid_from))
    return {(row.site_id, row.domain): row.grade for row in rows}


def seed_of(tables: Tables) -> str:
    """Return the seed of the settings table."""
    return next((row.value for row in tables.settings if row.key == "seed"), "0")
