"""The demo district: `python -m scenarios.demo FOLDER` writes its input tables.

Everything is synthetic and says so: names carry a mark, credit codes cannot be issued, the settings declare it. The
same seed and parameters give the same bytes.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from planner.intake.write.writer import write_folder, write_workbook
from scenarios.agencies import absence_rows, agency_rows, inspector_rows, item_rows
from scenarios.desk import calendar_rows, crew_nonce_rows, list_rows, nonce_rows, pin_rows, setting_rows, waiver_rows
from scenarios.faults import Fault, add_faults, add_unknown_column, note_text
from scenarios.filed import ACCEPTED, answer_rows, step_rows
from scenarios.filings import FilingMaker
from scenarios.history import HistoryMaker
from scenarios.parameters import DEFAULT_FILE, DemoParameters
from scenarios.scope import OpenSites
from scenarios.sites import SiteMaker, grade_rows

DEFAULT_SEED = 20260601
WORKBOOK_NAME = "demo.xlsx"
NOTE_NAME = "说明.md"

Row = dict[str, object]

_STREAMS = ("sites", "grades", "filings", "history", "absences", "lists")
"""Each part draws from its own stream, so that a change to one leaves the others as they were."""


@dataclass(frozen=True)
class Demo:
    """A generated district: the input tables, and which of their rows are wrong on purpose."""

    tables: dict[str, list[Row]]
    faults: list[Fault]


def generate_demo(parameters: DemoParameters | None = None, seed: int = DEFAULT_SEED, *, faulty: bool = True) -> Demo:
    """Return the district of `parameters` (the file beside this module where None).

    With `faulty` False the faulty rows are left out, so that every row can be used.
    """
    chosen = parameters or DemoParameters.read()
    streams = {name: np.random.default_rng([seed, number]) for number, name in enumerate(_STREAMS)}
    agencies, items = agency_rows(chosen), item_rows(chosen)
    inspectors = inspector_rows(chosen)
    sites = SiteMaker(chosen, streams["sites"]).make()
    open_sites = OpenSites(sites)
    filings = FilingMaker(chosen, open_sites, items, streams["filings"]).make()
    tables: dict[str, list[Row]] = {
        "agencies": agencies,
        "inspectors": inspectors,
        "absences": absence_rows(chosen, inspectors, streams["absences"]),
        "sites": [site.row for site in sites],
        "grades": grade_rows(chosen, sites, streams["grades"]),
        "items": items,
        "filings": [filing.row for filing in filings],
        "history": HistoryMaker(chosen, open_sites, filings, streams["history"]).make(),
        "lists": list_rows(chosen, sites, items, inspectors, streams["lists"]),
        "pins": pin_rows(chosen, open_sites, filings),
        "calendar": calendar_rows(chosen),
        "settings": setting_rows(chosen, seed),
        "waivers": waiver_rows(chosen, open_sites, filings),
        "nonces": nonce_rows(chosen, agencies, seed),
        "filing_steps": step_rows(filings, agencies),
    }
    tables["absorptions"] = answer_rows(tables["history"], agencies)
    faults = add_faults(chosen, tables) if faulty else []
    if faulty:
        tables["filing_steps"].append(ACCEPTED)
    return Demo(tables, faults)


def generate(parameters: DemoParameters | None = None, seed: int = DEFAULT_SEED) -> dict[str, list[Row]]:
    """Return the input tables of the demo district, English keys per table, faulty rows among them."""
    return generate_demo(parameters, seed).tables


def write_demo(
    folder: Path,
    workbook: bool = False,
    parameters: DemoParameters | None = None,
    seed: int = DEFAULT_SEED,
    *,
    faulty: bool = True,
) -> Path:
    """Write the demo district into `folder`, made if needed, and return what a planner reads.

    That is the folder itself, or with `workbook` the file `demo.xlsx` in it. A note on what is synthetic and what is
    wrong on purpose lies beside it.

    One fault exists in the folder only: a column that no table knows.
    """
    chosen = parameters or DemoParameters.read()
    demo = generate_demo(chosen, seed, faulty=faulty)
    folder.mkdir(parents=True, exist_ok=True)
    if workbook:
        target = folder / WORKBOOK_NAME
        write_workbook(demo.tables, target)
    else:
        target = folder
        write_folder(demo.tables, folder)
        if faulty:
            add_unknown_column(chosen, folder)
    (folder / NOTE_NAME).write_text(note_text(chosen, demo.faults), encoding="utf-8")
    return target


def write_crew_nonces(folder: Path, parameters: DemoParameters | None = None, seed: int = DEFAULT_SEED) -> None:
    """Write the numbers that the inspectors of the demo's month are drawn with into `folder`, made if needed."""
    chosen = parameters or DemoParameters.read()
    write_folder({"nonces": crew_nonce_rows(chosen, agency_rows(chosen), seed)}, folder)


def crews_sealed_on(parameters: DemoParameters | None = None) -> date:
    """Return the day on which the plan of the demo's month is sealed."""
    return date.fromisoformat((parameters or DemoParameters.read())["nonces"]["crews_sealed_on"])


def main(arguments: list[str] | None = None) -> None:
    """Write the demo district from the command line."""
    parser = argparse.ArgumentParser(prog="python -m scenarios.demo", description="Write the synthetic demo district.")
    parser.add_argument("folder", type=Path, help="where to write it")
    parser.add_argument("--workbook", action="store_true", help="one workbook instead of a folder of CSV files")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--parameters", type=Path, default=DEFAULT_FILE, help="another parameter file")
    parser.add_argument("--clean", action="store_true", help="without the rows that are wrong on purpose")
    chosen = parser.parse_args(arguments)
    target = write_demo(
        chosen.folder, chosen.workbook, DemoParameters.read(chosen.parameters), chosen.seed, faulty=not chosen.clean
    )
    print(target)


if __name__ == "__main__":
    main()
