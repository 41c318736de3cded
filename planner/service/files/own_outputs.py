"""What of a month is whose: files for each agency and town, and each audience's figures."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError
from planner.domain.result import MonthResult
from planner.report.calendars import write_calendars
from planner.report.figures.kpis import Kpis, month_kpis
from planner.report.sheets.cells import file_name
from planner.report.sheets.own_workbook import write_own_workbook, write_town_workbook
from planner.service.files.outputs import (
    CALENDARS,
    PUBLIC,
    agencies_told,
    hidden_list,
    month_of_agency,
    names_with_places,
    write_hidden,
)
from planner.service.month.planning import Planned, with_hidden

AGENCIES, TOWNS = "各单位", "各街镇"
"""Folders of the workbooks."""

NOT_IN_FORCE = (
    "这次突击检查现不生效：计划还不得公布，或原定日期已不能用。以系统所示为准。",
    "This unannounced check is not in force: its filing must not be published yet, or its day is gone.",
)
"""The reason of what `write_without` leaves out, in Chinese and English."""

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
    found: dict[str, str] = {}
    try:
        (folder / AGENCIES).mkdir(parents=True, exist_ok=True)
        for agency, name in _workbooks(planned).items():
            write_own_workbook(month_of_agency(planned, agency), names, agency, folder / name)
            found[name] = agency_audience(agency)
        taken: set[str] = set()
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
    files = {calendar: agency for agency, calendar in _calendars(planned).items()}
    return agency_audience(files[name])


def telling(planned: Planned, tasks: Collection[str]) -> frozenset[str]:
    """Return the names of the files of `write_outputs` and `write_own_outputs` that tell of unannounced `tasks`.

    They are workbook and calendar of each agency whose tasks these are, and the coordinator's list; plan.json is not
    among them: it is the plan as it was made, and nobody is handed it.
    """
    wanted = {
        agency
        for agency, result in (planned.hidden.months.items() if planned.hidden else ())
        if any(task.unannounced and task.id in tasks for task in result.case.tasks)
    }
    if not wanted:
        return frozenset()
    own = {some[agency] for some in (_workbooks(planned), _calendars(planned)) for agency in wanted}
    return frozenset({*own, hidden_list(planned)})


def write_without(planned: Planned, tasks: Collection[str], folder: Path) -> dict[str, str]:
    """Write the files that tell of unannounced `tasks` anew below `folder`, without these; return the audience by path.

    Raises InputError where the folder cannot be written to.
    """
    names = telling(planned, tasks)
    if planned.hidden is None or not names:
        return {}
    days = {task: None if task in tasks else day for task, day in planned.hidden.days.items()}
    without = with_hidden(planned, days, settled=True)
    assert without.hidden is not None
    months = {agency: _not_in_force(result, tasks) for agency, result in without.hidden.months.items()}
    without = replace(without, hidden=replace(without.hidden, months=months))
    told, found = names_with_places(without), dict[str, str]()
    try:
        (folder / AGENCIES).mkdir(parents=True, exist_ok=True)
        for agency, name in _workbooks(without).items():
            if name in names:
                write_own_workbook(month_of_agency(without, agency), told, agency, folder / name)
                found[name] = agency_audience(agency)
        told_months = {agency: month_of_agency(without, agency) for agency in agencies_told(without)}
        (folder / CALENDARS).mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as aside:  # others' in the folder stay as they are
            write_calendars(told_months, told, Path(aside) / CALENDARS)
            for agency, name in _calendars(without).items():
                if name in names:
                    (Path(aside) / name).replace(folder / name)
                    found[name] = agency_audience(agency)
        found |= dict.fromkeys(write_hidden(without, told, folder), BUREAU)
    except OSError as error:
        raise InputError(f"无法写入 {folder}:{error.strerror} / cannot write there") from error
    return found


def _not_in_force(result: MonthResult, tasks: Collection[str]) -> MonthResult:
    """Return a month whose unannounced `tasks` have the reason that they are not in force, not one of their days."""
    reasons = (
        replace(one, text_zh=NOT_IN_FORCE[0], text_en=NOT_IN_FORCE[1], blocked=())
        if result.case.tasks[one.task].id in tasks
        else one
        for one in result.reasons
    )
    return replace(result, reasons=tuple(reasons))


def _workbooks(planned: Planned) -> dict[str, str]:
    """Return the name of each agency's workbook."""
    known, taken = names_with_places(planned).with_case(planned.result.case), set[str]()
    return {
        agency: f"{AGENCIES}/{file_name(f'{known.agency(agency)}-{planned.month}', '.xlsx', taken)}"
        for agency in agencies_told(planned)
    }


def _calendars(planned: Planned) -> dict[str, str]:
    """Return the name of each agency's calendar."""
    known, taken = names_with_places(planned).with_case(planned.result.case), set[str]()
    return {
        agency: f"{CALENDARS}/{file_name(known.agency(agency), '.ics', taken)}" for agency in agencies_told(planned)
    }


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
