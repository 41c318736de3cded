"""Spoiled months: small districts where people are missing in every way that months go wrong.

`spoiled_tables(seed)` starts from a demo district of some 300 to 500 tasks in June and then takes away: inspectors
until crews are scarce, whole units down to one inspector, certificates that run out in the month, long and half-day
absences, recusals at the very sites that are due, closed days. Everything is drawn from the seed.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from planner.intake.tables.schema import TABLE_BY_KEY
from planner.intake.write.writer import write_folder
from scenarios.demo import Row, generate_demo
from scenarios.faults import add_faults
from scenarios.parameters import DemoParameters

MONTH = "2026-06"
FIRST, LAST = date(2026, 6, 1), date(2026, 6, 30)
SITE_COUNT = (700, 1250)
"""Sites of the district; of some 21,000 the demo month has 6,000 tasks."""
KEPT_OFFICERS = (0.25, 0.9)
"""Share of each unit's officers who are left, at least one."""
ALONE_SHARE = 0.12
"""Units left with one inspector: they can send nobody."""
EXPIRING_SHARE = 0.2
AWAY_SHARE = 0.5
RECUSED_SHARE = 0.6
CLOSED_SHARE = 0.05


def spoiled_tables(seed: int) -> dict[str, list[Row]]:
    """Return the input tables of one spoiled district; every second one has rows that are wrong on purpose too."""
    rng = np.random.default_rng([seed, 2026])
    plain = DemoParameters.read()
    sections = copy.deepcopy(plain.sections)
    sections["district"]["site_count"] = int(rng.integers(*SITE_COUNT))
    tables = generate_demo(DemoParameters(plain.source, sections), seed, faulty=False).tables
    if seed % 2:
        _add_faults(DemoParameters(plain.source, sections), tables)
    tables["inspectors"] = _left(tables["inspectors"], rng)
    _expire(tables["inspectors"], rng)
    tables["absences"] = _away(tables["inspectors"], rng)
    tables["lists"] += _recused(tables["inspectors"], tables["sites"], rng)
    _close(tables["sites"], rng)
    # What is published needs its crew: with so many away, a month with pins may rightly have no plan at all.
    tables["pins"] = []
    return tables


def write_spoiled(folder: Path, seed: int) -> Path:
    """Write the district into `folder`, made if needed, and return what a planner reads."""
    folder.mkdir(parents=True, exist_ok=True)
    write_folder(spoiled_tables(seed), folder)
    return folder


def _add_faults(parameters: DemoParameters, tables: dict[str, list[Row]]) -> None:
    """Add the demo district's faulty rows, without those that copy a filing which so small a district has not."""
    faults = parameters.sections["faults"]
    known = {table: {row[TABLE_BY_KEY[table].columns[0].key] for row in rows} for table, rows in tables.items()}
    faults["rows"] = [spec for spec in faults["rows"] if "like" not in spec or spec["like"] in known[spec["table"]]]
    add_faults(parameters, tables)


def _left(inspectors: list[Row], rng: np.random.Generator) -> list[Row]:
    by_unit: dict[object, list[Row]] = defaultdict(list)
    for row in inspectors:
        by_unit[row["agency_id"]].append(row)
    kept = []
    for people in by_unit.values():
        share = rng.uniform(*KEPT_OFFICERS)
        count = 1 if rng.random() < ALONE_SHARE else max(1, round(share * len(people)))
        kept += [people[n] for n in sorted(rng.permutation(len(people))[:count].tolist())]
    return kept


def _expire(inspectors: list[Row], rng: np.random.Generator) -> None:
    for row in inspectors:
        if row["certificate_no"] and rng.random() < EXPIRING_SHARE:
            row["valid_to"] = FIRST + timedelta(days=int(rng.integers(0, 30)))


def _away(inspectors: list[Row], rng: np.random.Generator) -> list[Row]:
    rows: list[Row] = []
    for person in inspectors:
        if rng.random() >= AWAY_SHARE:
            continue
        begin = FIRST + timedelta(days=int(rng.integers(0, 30)))
        half = str(rng.choice(["day", "am", "pm"]))
        end = min(begin + timedelta(days=int(rng.integers(0, 12))), LAST)
        rows.append({"inspector_id": person["inspector_id"], "from": begin, "to": end, "half": half})
    return rows


def _recused(inspectors: list[Row], sites: list[Row], rng: np.random.Generator) -> list[Row]:
    rows: list[Row] = []
    for person in inspectors:
        if rng.random() < RECUSED_SHARE:
            for n in rng.choice(len(sites), size=8, replace=False).tolist():
                site = sites[n]["site_id"]
                rows.append({"kind": "recusal", "inspector_id": person["inspector_id"], "site_id": site})
    return rows


def _close(sites: list[Row], rng: np.random.Generator) -> None:
    for site in sites:
        if rng.random() < CLOSED_SHARE:
            begin = FIRST + timedelta(days=int(rng.integers(0, 20)))
            site["blackout_days"] = f"{begin}~{begin + timedelta(days=int(rng.integers(0, 10)))}"
