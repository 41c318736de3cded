"""Reports of a period as Word and workbook: the bureau's, and each body's by its annex."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError
from planner.evaluation.checks import checks_of
from planner.evaluation.document import Evaluation
from planner.intake.recorded.effects import domains_of
from planner.intake.tables.records import Tables
from planner.letters.charts import write_charts
from planner.letters.report import BUREAU, Reported, form_of, write_report
from planner.letters.year import spread_of, year_compared
from planner.report.sheets.cells import file_name


def write_reports(
    found: Evaluation, tables: Tables, plans: Iterable[Mapping[str, Any]], folder: Path, district: str = "全区"
) -> list[Path]:
    """Write the district's report and each body's that has figures, as Word and as workbook; return the paths.

    `plans` are documents of months' plans, to compare the months with what they would be without coordination. Those
    outside the period are left away, and of a half year only the reports that are owed half-yearly are written. Raises
    InputError where the folder cannot be written to.
    """
    first, last = (day.isoformat()[:7] for day in found.bounds)
    months = [one for one in plans if first <= str(one["month"]) <= last]
    names = {row.agency_id: row.name for row in tables.agencies} | {row.site_id: row.name for row in tables.sites}
    spread = spread_of(checks_of(tables, *found.bounds))
    reported = Reported(found, year_compared(months), spread, names)
    domains = domains_of(tables.agencies)
    bodies = sorted({one.value for one in found.figures if one.cut == "agency" and one.value})
    taken: set[str] = set()
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"无法写入 {folder}：{error.strerror} / cannot write there") from error
    for body in ("", *bodies):
        form = form_of(domains.get(body, "") if body else BUREAU)
        if "-H" in found.period and not form.half:
            continue
        name = names.get(body, body) if body else district
        path = folder / file_name(f"{name}-{form.title}-{found.period}", ".docx", taken)
        write_report(reported, form, body, name, path)
        write_charts(reported, form, body, path.with_suffix(".xlsx"))
        paths += [path, path.with_suffix(".xlsx")]
    return paths
