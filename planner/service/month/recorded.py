"""What the tables tell beside the plan: where filings stand, what results say, what is owed."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from planner.domain.calendar import WorkCalendar, period_bounds
from planner.domain.case import TaskInfo
from planner.domain.errors import InputError
from planner.domain.finding import Finding
from planner.domain.result import MonthResult
from planner.evaluation import recount_evaluation
from planner.evaluation.document import Evaluation, as_document, evaluate, write_workbook
from planner.intake.month.filed_states import filing_standings
from planner.intake.month.lookups import Lookups
from planner.intake.month.working_days import make_calendar
from planner.intake.recorded.checking import check_results
from planner.intake.recorded.effects import Todo, todos_of
from planner.intake.routes.standing import Refusal, Standing, may_publish
from planner.intake.tables.records import Tables
from planner.obligations.calendar import Owed, duties_on
from planner.service.month.planning import Planned


def filings_of_month(tables: Tables, month: str) -> dict[str, Standing]:
    """Return where each filing stands whose window meets the month, by id. Raises InputError on no month."""
    try:
        first, last = period_bounds(month)
    except ValueError:
        raise InputError(f"“{month}”不是 YYYY-MM 形式的月份 / {month!r} is no month (YYYY-MM)") from None
    found = filing_standings(tables, Lookups(tables, first, last), first, last)
    due = {row.filing_id for row in tables.filings if row.window_from <= last and row.window_to >= first}
    return {name: one for name, one in sorted(found.items()) if name in due}


def visited_filings(planned: Planned) -> dict[str, set[str]]:
    """Return the sites that the plan visits for each of its filings, unannounced checks not among them."""
    return sites_by_filing(_placed(planned.result))


def unannounced_visits(planned: Planned) -> list[TaskInfo]:
    """Return the unannounced tasks that have a day beside the plan."""
    months = planned.hidden.months.values() if planned.hidden else ()
    return [task for result in months for task in _placed(result) if task.unannounced]


def sites_by_filing(tasks: Iterable[TaskInfo]) -> dict[str, set[str]]:
    """Return the sites of tasks by the filings that they come from."""
    found: dict[str, set[str]] = defaultdict(set)
    for task in tasks:
        for name in task.filings:
            found[name].add(task.site)
    return dict(found)


def _placed(result: MonthResult) -> Iterator[TaskInfo]:
    if result.plan is not None:
        yield from (t for t, day in zip(result.case.tasks, result.plan.day.tolist(), strict=True) if day >= 0)


def unpublishable(tables: Tables, month: str, visited: Mapping[str, Iterable[str]]) -> tuple[Refusal, ...]:
    """Return what bars publishing visits for the filings `visited`, at their sites, by the steps in `tables`.

    A filing that the tables do not have is none of theirs and bars nothing here.
    """
    first, last = period_bounds(month)
    found = filing_standings(tables, Lookups(tables, first, last), first, last)
    told = (one for name in sorted(visited) if name in found for one in may_publish(found[name], visited[name]))
    return tuple(one for one in told if one.bars)


def results_read(tables: Tables, on: date) -> tuple[tuple[Finding, ...], tuple[Todo, ...]]:
    """Return what is wrong with codes and times of the results as seen on `on`, and what they leave to do."""
    years = range(min((row.date.year for row in tables.results), default=on.year), on.year + 2)
    calendar = make_calendar(years, tables.calendar)
    return check_results(tables, calendar, on), todos_of(tables, date.min, on)


def duties_of(tables: Tables, on: date) -> tuple[tuple[Owed, ...], WorkCalendar]:
    """Return the duties of the year of `on` as they stand on that day, and the calendar that dates them."""
    calendar = make_calendar(range(on.year - 2, on.year + 3), tables.calendar)
    return duties_on(tables, on, calendar), calendar


def working_days(tables: Tables, first: date, last: date) -> tuple[date, ...]:
    """Return the working days from `first` to `last` by the tables' calendar."""
    calendar = make_calendar(range(first.year - 1, last.year + 2), tables.calendar)
    days = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    return tuple(filter(calendar.is_working, days))


def evaluation_of(tables: Tables, period: str, base: int) -> tuple[Evaluation, dict[str, Any]]:
    """Return the evaluation of `period` against the year `base`, and its document, which anyone can recount.

    Raises InputError where `period` is none, or where the base counts another unit.
    """
    try:
        found = evaluate(tables, period, base)
    except ValueError:
        raise InputError(
            f"“{period}”不是时期，可写 2026、2026-H1、2026-Q2、2026-06 / {period!r} is no year, half, quarter or month"
        ) from None
    return found, as_document(found, tables)


def write_evaluation(found: Evaluation, document: dict[str, Any], tables: Tables, folder: Path) -> list[Path]:
    """Write the document, the workbook and the script that recounts them; return the paths. Raises InputError."""
    paths = [folder / name for name in ("evaluation.json", "evaluation.xlsx", "recount_evaluation.py")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths[0].write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
        write_workbook(found, paths[1], {row.agency_id: row.name for row in tables.agencies})
        shutil.copyfile(Path(recount_evaluation.__file__), paths[2])
    except OSError as error:
        raise InputError(f"无法写入 {folder}：{error.strerror} / cannot write {folder}") from error
    return paths
