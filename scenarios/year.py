"""The demo district's whole year: the month's filings, filed for the year with a frequency by grade instead of a ratio.

Who files, for what and where stays as in the demo month. What the month's inspectors checked shortly before it becomes
what they checked shortly before the year. Special campaigns and filings that name their sites keep their dates.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from planner.domain.calendar import add_months
from planner.intake.write.writer import write_folder
from scenarios.demo import DEFAULT_SEED, Row, generate_demo
from scenarios.parameters import DemoParameters

YEAR = 2026
MONTHS_BACK = 5
"""The demo month is June: what lies before it is moved to lie before January."""
TWICE = ("XF-JD", "D")
"""Agency and grade of the checks that are due each half year; all others are due once a year."""
DESK = ("pins", "waivers")
"""Tables that speak of the month's filings only."""


def generate_year(parameters: DemoParameters | None = None, seed: int = DEFAULT_SEED) -> dict[str, list[Row]]:
    """Return the input tables of the district's year, English keys per table, no row of them faulty."""
    tables = dict(generate_demo(parameters, seed, faulty=False).tables)
    tables["filings"] = [for_the_year(row) for row in tables["filings"]]
    tables["history"] = [{**row, "date": _before(row["date"])} for row in tables["history"]]
    tables["history"] = [row for row in tables["history"] if str(row["date"]) < f"{YEAR}"]
    return tables | {name: [] for name in DESK}


def write_year(folder: Path, seed: int = DEFAULT_SEED) -> Path:
    """Write the district's year into `folder`, made if needed, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_folder(generate_year(seed=seed), folder)
    return folder


def _before(day: object) -> date:
    return add_months(date.fromisoformat(str(day)), -MONTHS_BACK)


def for_the_year(row: Row) -> Row:
    """Return a filing with a ratio by grade as one with a frequency; others as they are."""
    grades = [part.partition("=")[0] for part in str(row["ratio"]).split(";") if "=" in part]
    if not grades or row["kind"] == "special":
        return row
    often = ";".join(f"{grade}={1 + ((row['agency_id'], grade) == TWICE)}" for grade in grades)
    dates = {"window_from": date(YEAR, 1, 1), "window_to": date(YEAR, 12, 31)}
    return {**row, "period": "year", "kind": "daily", "ratio": "", "frequency": often, **dates}
