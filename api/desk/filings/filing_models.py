"""Shapes of filings: as they stand, their way so far, and what is ordered of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.desk.models import FINDING, Code, FindingOut, Reason, example

FILING: dict[str, Any] = {
    "filing_id": "SCJG-2606-01",
    "agency_id": "SCJG",
    "state": "submitted",
    "version": 1,
    "accepted_version": None,
    "code": "",
    "window_from": "2026-06-01",
    "window_to": "2026-06-30",
    "unannounced": False,
}


class FilingOut(BaseModel):
    """A filing as it stands. `version` counts from 1 and is its ETag."""

    model_config = example(FILING)

    filing_id: str
    agency_id: str
    state: str = Field(description="draft、submitted、returned、accepted、withdrawn")
    version: int
    accepted_version: int | None
    code: str
    window_from: date
    window_to: date
    unannounced: bool


class FilingStep(BaseModel):
    """A state that a filing went through."""

    version: int
    state: str
    at: datetime
    who: str
    reason: str
    code: str


class FilingCell(BaseModel):
    """A cell of a filing in the workbook's words; `before` is what the version before said, where that was another."""

    column: str
    text: str
    before: str | None


class FilingDetail(BaseModel):
    """A filing with its contents, what its newest version changed, its way so far and its findings."""

    model_config = example(
        {
            "filing": FILING,
            "row": {"filing_id": "SCJG-2606-01", "items": "SCJG-103"},
            "cells": [{"column": "结束日期", "text": "2026-06-30", "before": "2026-06-20"}],
            "changes": {"window_to": ["2026-06-20", "2026-06-30"]},
            "steps": [],
            "findings": [FINDING],
        }
    )

    filing: FilingOut
    row: dict[str, Any]
    cells: list[FilingCell]
    changes: dict[str, list[Any]]
    steps: list[FilingStep]
    findings: list[FindingOut]


class Uploaded(BaseModel):
    """What an upload of filings did. Rows with errors are not taken; the others are."""

    model_config = example({"filings": [FILING], "findings": [FINDING]})

    filings: list[FilingOut]
    findings: list[FindingOut]


class ReturnOrder(BaseModel):
    """Why a filing goes back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "缺少检查依据"}})

    reason: Reason


class AcceptOrder(BaseModel):
    """The code under which a filing is accepted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"code": "JH-SCJG-03"}})

    code: Code
