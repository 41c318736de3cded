"""The demo district's year, month by month: each is planned on what the months before recorded.

Who plans is handed in: the district makes tables and reads nothing of how a plan is made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from planner.intake.write.writer import write_folder
from scenarios.demo import DEFAULT_SEED
from scenarios.lived.filed import SITES, district_of, district_tables
from scenarios.lived.results import Row, Stay, results_of
from scenarios.parameters import DemoParameters
from scenarios.year import YEAR


@dataclass(frozen=True, slots=True)
class Carried:
    """What a month had its bodies do: their stays, and the working days of the month and the two after it."""

    stays: tuple[Stay, ...]
    workdays: tuple[date, ...]


Plan = Callable[[Path, str], Carried]
"""Plans a month of a folder of tables."""


def live_year(
    folder: Path,
    plan: Plan,
    months: Sequence[int] = tuple(range(1, 13)),
    sites: int = SITES,
    seed: int = DEFAULT_SEED,
    parameters: DemoParameters | None = None,
) -> Path:
    """Live the months of the year one after another and return the folder of tables, results of all of them within.

    Before each month the tables are written as they stood then: no filing that came later, no result that was not
    there yet. The last writing has all.
    """
    tables = district_tables(district_of(parameters, sites), seed)
    done: dict[str, list[Row]] = {"results": [], "result_items": []}
    opened: list[Stay] = []
    for number in months:
        first = date(YEAR, number, 1)
        write_folder(known_before(tables, first) | done, folder)
        carried = plan(folder, f"{first:%Y-%m}")
        found = results_of(f"{first:%Y-%m}", carried.stays, opened, carried.workdays, seed)
        done["results"] += found.results
        done["result_items"] += found.lines
        opened = found.opened
    end = date(YEAR, months[-1], 1) + timedelta(days=31)
    write_folder(known_before(tables, end.replace(day=1)) | done, folder)
    return folder


def known_before(tables: dict[str, list[Row]], day: date) -> dict[str, list[Row]]:
    """Return the tables as of the day before `day`: filings that had come in, with their steps of that month too."""
    filed = [row for row in tables["filings"] if str(row["filed_on"]) < day.isoformat()]
    names = {row["filing_id"] for row in filed}
    steps = [row for row in tables["filing_steps"] if row["filing_id"] in names]
    return tables | {"filings": filed, "filing_steps": steps}
