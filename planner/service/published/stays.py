"""What a month's plan has each unit do: one row for each unit at each visit, and its work without a visit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from planner.domain.result import MonthResult
from planner.report.figures.summary import visits_json
from planner.service.month.planning import Planned
from planner.service.month.recorded import unpublishable, visited_filings


@dataclass(frozen=True, slots=True)
class UnitStay:
    """One unit's part of a visit. `start` and `end` are `HH:MM`; an off-site one has no times and no day of its own.

    `filing` is the first of those that it answers for, `window` the dates within which it falls.
    """

    site: str
    window: tuple[date, date]
    body: str
    unit: str
    filing: str
    items: tuple[str, ...]
    officers: tuple[str, ...]
    start: str
    end: str
    visit: str
    joint: bool
    off_site: bool


def unit_stays(planned: Planned) -> list[UnitStay]:
    """Return the stays of the announced plan, then what is done without a visit.

    What must not be published as the filings stand is not carried out: it has no stay. Unannounced checks have none
    here either: their days are chance and differ from run to run.
    """
    barred: dict[str, set[str]] = defaultdict(set)
    for refusal in unpublishable(planned.tables, planned.month, visited_filings(planned)):
        barred[refusal.filing].add(refusal.site)
    found = _of_result(planned.result, barred)
    for row in planned.result.not_visited:
        if row.kind == "off_site" and row.task and row.window and row.filings and row.site:
            who = (row.parent, row.unit, row.filings[0], row.items)
            found.append(UnitStay(row.site, row.window, *who, (), "", "", "", False, True))
    return found


def _of_result(result: MonthResult, barred: dict[str, set[str]]) -> list[UnitStay]:
    tasks = {task.id: task for task in result.case.tasks}
    body = {unit.id: unit.parent for unit in result.case.units}
    found = []
    for visit in visits_json(result, "bureau"):
        day = date.fromisoformat(visit["day"])
        people = {crew["unit"]: [one["id"] for one in crew["people"]] for crew in visit["inspectors"]}
        ends = {crew["unit"]: crew["end"] for crew in visit["inspectors"]}
        by_unit: dict[str, dict[str, None]] = defaultdict(dict)
        filings: dict[str, str] = {}
        for task in (tasks[name] for name in visit["tasks"]):
            if not any({"", task.site} & barred.get(filing, set()) for filing in task.filings):
                by_unit[task.unit] |= dict.fromkeys(task.items)
                filings.setdefault(task.unit, task.filings[0])
        start = visit["slot"]["start"] if visit["slot"] else ""
        for unit, items in by_unit.items():
            found.append(
                UnitStay(
                    site=visit["site"]["id"],
                    window=(day, day),
                    body=body[unit],
                    unit=unit,
                    filing=filings[unit],
                    items=tuple(items),
                    officers=tuple(people.get(unit, ())),
                    start=start,
                    end=ends.get(unit, ""),
                    visit=visit["id"],
                    joint=len({body[one] for one in by_unit}) > 1,
                    off_site=False,
                )
            )
    return found
