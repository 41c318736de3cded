"""Random changes of every kind, as YAML, for a month that is known by its tables."""

from __future__ import annotations

import random
from datetime import date, timedelta

from planner.intake.tables.records import Tables
from planner.service.whatif.changes import CHANGES

KINDS = tuple(CHANGES)
SETTINGS: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("entry_cap", (0, 1, 2)),
    ("entry_gap_days", (0, 3, 90)),
    ("max_agencies_per_visit", (0, 1, 2)),
    ("bodies_together", (0, 1)),
    ("prep_minutes", (0, 15, 60)),
    ("later_spare_percent", (0, 40)),
    ("unannounced_reserve_minutes", (0, 60)),
    ("draw_reserves", (0, 1)),
    ("travel_minutes", (0, 45)),
    ("start_step_minutes", (15, 30)),
    ("district_name", ("某区",)),
)
RULES: tuple[tuple[str, str, tuple[object, ...]], ...] = (
    ("gap.domain", "gap_months", (0, 1, 2, 12)),
    ("cap.domain", "checks_per_year", (0, 1, 2)),
    ("recognition", "months", (0, 1, 3)),
    ("absorption", "months", (0, 1, 3)),
    ("objective.quiet-hours", "quiet_hours_weight", (1, 4)),
    ("priority.non-quiet", "priority_step", (0, 2)),
    ("priority.non-quiet", "drawn_last", ("true", "false")),
)


def change(kind: str, tables: Tables, first: date, draw: random.Random) -> str:
    """Return a change of the kind; `first` is the month's first date."""

    def day() -> date:
        return first + timedelta(days=draw.randrange(30))

    units = [row.agency_id for row in tables.agencies]
    domains = sorted({row.domain for row in tables.agencies if row.domain})
    unit, begin = draw.choice(units), day()
    week = f"from: {begin}, to: {begin + timedelta(days=draw.randrange(9))}"
    if kind == "capacity":
        more = draw.choice(("crews: 1", "crews: -1", "inspectors: -3", "inspectors: 3"))
        return f"capacity: {{unit: {unit}, {more}{draw.choice(('', ', ' + week))}}}"
    if kind == "rule":
        rule, param, values = draw.choice(RULES)
        where = draw.choice(("", f", domain: {draw.choice(domains)}"))
        return f"rule: {{id: {rule}, param: {param}, value: {draw.choice(values)}{where}}}"
    if kind == "lists":
        grades = f"quiet_grades: {{{draw.choice(domains)}: [{draw.choice('ABC')}]}}"
        items = f"quiet_items: [{draw.choice(tables.items).item_id}]"
        return f"lists: {{{draw.choice(('drop_not_to_join: true', grades, items))}}}"
    if kind == "grades":
        where = draw.choice(("", f", domain: {draw.choice(domains)}"))
        return f"grades: {{steps: {draw.choice((-2, -1, 1, 2))}{where}}}"
    if kind == "filings":
        one = f"filing: {draw.choice(tables.filings).filing_id}"
        how = f"days_before: {draw.randrange(20)}", f"days_after: {draw.randrange(40)}", f"not_after: {day()}"
        acts = draw.choice((*how, "withdraw: true", "ratio_percent: 50", "ratio_percent: 200", "whole_month: true"))
        return f"filings: {{{draw.choice((one, f'agency: {unit}'))}, {acts}}}"
    if kind == "calendar":
        town = draw.choice(("", f", town: {draw.choice(tables.sites).town}"))
        return f"calendar: {{{draw.choice((week, f'closed: [{begin}]'))}{town}}}"
    if kind == "people":
        return f"people: {{unit: {unit}, {week}, share_percent: {draw.choice((30, 50, 100))}}}"
    if kind == "refusals":
        return f"refusals: {{share_percent: {draw.choice((10, 30, 70))}}}"
    if kind == "settings":
        some = draw.sample(SETTINGS, draw.choice((1, 1, 2)))
        return f"settings: {{values: {{{', '.join(f'{key}: {draw.choice(values)}' for key, values in some)}}}}}"
    table = draw.choice(("history", "grades", "filings", "inspectors"))
    key = {"history": "entry_id", "grades": "site_id", "filings": "filing_id", "inspectors": "inspector_id"}[table]
    return f"tables: {{table: {table}, remove: ['{getattr(draw.choice(getattr(tables, table)), key)}']}}"
