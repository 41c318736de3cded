"""What of a month is whose: files for each agency and town, and each audience's figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner.domain.errors import InputError
from planner.report.figures.kpis import Kpis, month_kpis
from planner.report.sheets.cells import file_name
from planner.report.sheets.own_workbook import write_own_workbook, write_town_workbook
from planner.service.files.outputs import CALENDARS, PUBLIC, agencies_told, month_of_agency, names_with_places
from planner.service.month.planning import Planned

AGENCIES, TOWNS = "各单位", "各街镇"
"""Folders of the workbooks."""

BUREAU, EVERYBODY = "bureau", "public"


def agency_audience(agency: str) -> str:
    """Return the audience of a parent agency."""
    return f"agency:{agency}"


def town_audience(town: str) -> str:
    """Return the audience of a town."""
    return f"town:{town}"


def write_own_outputs(planned: Planned, folder: Path) -> dict[str, str]:
    """Write the workbooks of agencies and towns below `folder`; return the audience by path within it.

    Raises InputError where the folder cannot be written to.
    """
    result, names = planned.result, names_with_places(planned)
    known = names.with_case(result.case)
    found: dict[str, str] = {}
    try:
        taken: set[str] = set()
        (folder / AGENCIES).mkdir(parents=True, exist_ok=True)
        for agency in agencies_told(planned):
            path = folder / AGENCIES / file_name(f"{known.agency(agency)}-{planned.month}", ".xlsx", taken)
            write_own_workbook(month_of_agency(planned, agency), names, agency, path)
            found[f"{AGENCIES}/{path.name}"] = agency_audience(agency)
        taken = set()
        (folder / TOWNS).mkdir(parents=True, exist_ok=True)
        for town in sorted({site.town for site in result.case.sites if site.town}):
            path = folder / TOWNS / file_name(f"{town}-{planned.month}", ".xlsx", taken)
            write_town_workbook(result, names, town, path)
            found[f"{TOWNS}/{path.name}"] = town_audience(town)
    except OSError as error:
        raise InputError(f"无法写入 {folder}:{error.strerror} / cannot write there") from error
    return found


def audience_of(planned: Planned, name: str) -> str:
    """Return whom a file that `write_outputs` has written is for, by its path within the folder."""
    first, _, rest = name.partition("/")
    if first == PUBLIC:
        return EVERYBODY
    if first != CALENDARS or not rest:
        return BUREAU
    known, taken = names_with_places(planned).with_case(planned.result.case), set[str]()
    files = {file_name(known.agency(agency), ".ics", taken): agency for agency in agencies_told(planned)}
    return agency_audience(files[rest])


def audience_figures(planned: Planned, inside: Kpis) -> dict[str, dict[str, Any]]:
    """Return figures by audience; `inside` are the bureau's. None counts unannounced checks."""
    outside = month_kpis(planned.result, "public", names=planned.names)
    whole = outside.to_json()
    common = {key: value for key, value in whole.items() if key not in ("loads", "agencies", "towns", "clauses")}
    found = {BUREAU: inside.to_json(), EVERYBODY: common}
    for own in found[BUREAU]["agencies"]:
        found[agency_audience(own["id"])] = {**common, "own": own}
    for town in whole["towns"]:
        if town["key"]:
            found[town_audience(town["key"])] = {**common, "own": town}
    return found
