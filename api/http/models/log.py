"""Shapes of the log."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

HEAD_EXAMPLE: dict[str, Any] = {"seq": 128, "hash": "9f" * 32}


class LogEntry(BaseModel):
    """One entry: who did what to what, when, on which grounds; `prev` and `hash` chain it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "seq": 12,
                "at": "2026-06-01T01:00:00.000000+00:00",
                "who": "li",
                "what": "plan.publish",
                "object": "plan:5d0e4c",
                "grounds": {"month": "2026-06", "plan_hash": "ab" * 32},
                "reserved": False,
                "agency_id": "",
                "salt": "00" * 16,
                "digest": "cd" * 32,
                "prev": "ef" * 32,
                "hash": "9f" * 32,
            }
        }
    )

    seq: int
    at: str
    who: str
    what: str
    object: str
    grounds: Any
    reserved: bool
    agency_id: str
    salt: str
    digest: str
    prev: str
    hash: str


class LogHead(BaseModel):
    """The last link. Kept elsewhere, it fixes every entry up to it."""

    model_config = ConfigDict(json_schema_extra={"example": HEAD_EXAMPLE})

    seq: int
    hash: str


class LogProblem(BaseModel):
    """One thing wrong with the log."""

    code: str
    seq: int
    detail: str


class LogVerdict(BaseModel):
    """Whether the log is whole."""

    model_config = ConfigDict(json_schema_extra={"example": {"whole": True, "problems": [], "head": HEAD_EXAMPLE}})

    whole: bool
    problems: list[LogProblem] = Field(description="改动、缺失或次序问题，按出现的位置")
    head: LogHead
