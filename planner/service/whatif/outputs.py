"""Documents of scenarios as files: one JSON each, one page and one workbook for all; and two plans compared."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError
from planner.domain.plan import Plan, visits_of
from planner.explain.effects.compare import Side, compare
from planner.report.page.whatif import write_whatif_page
from planner.report.sheets.whatif import write_whatif_workbook
from planner.service.month.planning import Planned
from planner.service.whatif.base import inputs_of, side_of
from planner.service.whatif.changes import input_diff
from planner.service.whatif.playing import Depth, loads
from planner.service.whatif.telling import comparison_json

COMPARED = "joint-inspection-comparison/1"
PAGE, WORKBOOK = "情景推演.html", "情景推演.xlsx"


def write_whatif(documents: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write the documents, a page and a workbook into `folder`; return where. Raises InputError where it cannot."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [write_whatif_page(documents, folder / PAGE), write_whatif_workbook(documents, folder / WORKBOOK)]
        for one in documents:
            path = folder / f"{one['scenario']['name']}.json"
            path.write_text(json.dumps(one, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            paths.append(path)
    except OSError as error:
        raise InputError(f"无法写入 {folder}：{error.strerror} / cannot write {folder}") from error
    return paths


def compare_plans(first: Planned, second: Planned, name: str) -> dict[str, Any]:
    """Return what the second plan is beside the first, both with starts and people, as a document of its own."""
    found = compare(side_of(first), side_of(second))
    before, after = inputs_of(first), inputs_of(second)
    return {
        "format": COMPARED,
        "scenario": {"name": Path(name).stem, "title": f"两份计划的比较：{name}", "argues": ""},
        "base": {
            "month": first.month,
            "case_hash": first.result.case.content_hash(),
            "plan_hash": first.result.plan_hash,
        },
        "depth": Depth.WHOLE.value,
        "status": second.result.status.value,
        "plan_hash": second.result.plan_hash,
        "case_hash": second.result.case.content_hash(),
        "reason": "",
        "reason_zh": "",
        "touched": [],
        "findings": [],
        "new_errors": 0,
        "input_diff": input_diff(before, after),
        "seconds": {},
        **comparison_json(found),
    }


def units_beside(first: Planned, second: Planned) -> list[dict[str, Any]]:
    """Return each unit's visits and quarter-hours of crews in both plans, and its visits that one of them lacks.

    A visit is a site on a date; "new" are those of the second plan alone, "gone" those of the first alone.
    """
    sides = side_of(first), side_of(second)
    places, quarters = [_places(side) for side in sides], [loads(side) for side in sides]
    rows = []
    for unit in sorted({*quarters[0], *quarters[1]}):
        old, new = (found.get(unit, set()) for found in places)
        rows.append(
            {
                "unit": unit,
                "visits_before": len(old),
                "visits_after": len(new),
                "quarters_before": quarters[0].get(unit, 0),
                "quarters_after": quarters[1].get(unit, 0),
                "new": [{"site": site, "day": day} for site, day in sorted(new - old)],
                "gone": [{"site": site, "day": day} for site, day in sorted(old - new)],
            }
        )
    return rows


def _places(side: Side) -> dict[str, set[tuple[str, str]]]:
    """Return (site, date) of each unit's visits."""
    case, found = side.case, defaultdict[str, set[tuple[str, str]]](set)
    for visit in visits_of(case, Plan(side.day)):
        for unit in visit.units:
            found[case.units[unit].id].add((case.sites[visit.site].id, case.days[visit.day].isoformat()))
    return dict(found)
