"""What was found of a hand-made month as files: workbook and document, and the repaired month with all of its own."""

from __future__ import annotations

import json
from pathlib import Path

from planner.domain.errors import InputError
from planner.report.adoption import write_adoption_workbook
from planner.service.adoption.adopting import Adopted
from planner.service.adoption.telling import adoption_json
from planner.service.files.outputs import write_outputs

REPAIRED = "修复后"
"""Folder of the repaired month."""


def write_adopted(adopted: Adopted, folder: Path) -> list[Path]:
    """Write workbook, `adoption.json` and, in a folder of its own, the repaired month; return where.

    Raises InputError where the folder cannot be written to.
    """
    document = adoption_json(adopted)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        workbook = write_adoption_workbook(document, folder / f"手排月核对-{adopted.month}.xlsx")
        told = folder / "adoption.json"
        told.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"无法写入 {folder}：{error.strerror} / cannot write {folder}") from error
    return [workbook, told, *(write_outputs(adopted.planned, folder / REPAIRED) if adopted.planned else [])]
