"""Documents of scenarios as files: one JSON each, one page and one workbook for all; and two plans compared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError
from planner.explain.effects.compare import compare
from planner.report.page.whatif import write_whatif_page
from planner.report.sheets.whatif import write_whatif_workbook
from planner.service.month.planning import Planned
from planner.service.whatif.base import inputs_of, side_of
from planner.service.whatif.changes import input_diff
from planner.service.whatif.playing import Depth
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
