"""Shapes of batches of check codes."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel

from api.desk.models import example

ROW: dict[str, Any] = {
    "task": "T-2a7e5b59258e",
    "unit": "SCJG-SP",
    "site_id": "91310116MA1-01",
    "site_name": "化工一厂",
    "items": ["SCJG-101"],
    "day": "2026-06-09",
    "code": "JCM-0001",
    "applied_at": "2026-06-08 16:20",
}
WRONG: dict[str, Any] = {
    "row": 3,
    "task": "T-9",
    "code": "code.foreign",
    "detail": "没有送过任务 T-9",
    "clauses": ["D-2.7a"],
}


class CodeRow(BaseModel):
    """A task of a published month that a code is to be had for; `code` is "" until it has come back."""

    model_config = example(ROW)

    task: str
    unit: str
    site_id: str
    site_name: str
    items: list[str]
    day: date
    code: str
    applied_at: str


class CodeBatch(BaseModel):
    """The tasks of an agency in a published month, `coded` of them with a code."""

    model_config = example({"month": "2026-06", "agency_id": "SCJG", "coded": 1, "items": [ROW]})

    month: str
    agency_id: str
    coded: int
    items: list[CodeRow]


class WrongRow(BaseModel):
    """A row of the file that cannot be taken; `row` is its line, the header is 1."""

    model_config = example(WRONG)

    row: int
    task: str
    code: str
    detail: str
    clauses: list[str]


class CodesTaken(BaseModel):
    """What was taken of a file that came back: codes of tasks, `results` that got theirs, and rows that are wrong."""

    model_config = example({"taken": 1, "results": 1, "wrong": [WRONG]})

    taken: int
    results: int
    wrong: list[WrongRow]
