"""Shapes of durable runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.store.queue import Job

JOB_EXAMPLE: dict[str, Any] = {
    "id": "5d0e4c",
    "number": 12,
    "kind": "plan",
    "state": "running",
    "stage": "solve",
    "level": "entries",
    "best": 2851,
    "bound": 2841,
    "payload": {"month": "2026-06"},
    "agency_id": None,
    "created_at": "2026-06-01T01:00:00Z",
    "created_by": "li",
    "started_at": "2026-06-01T01:00:01Z",
    "ended_at": None,
    "attempt": 1,
    "stopping": False,
    "result": None,
    "error": None,
}


class JobError(BaseModel):
    """Why a run failed, with the clauses where a rule stood against it, and each thing where several are wrong."""

    code: str
    detail: str
    clauses: list[str]
    errors: list[dict[str, str]] = Field([], description="逐项：where 何处，detail 什么问题")


class JobOut(BaseModel):
    """A run. `best` and `bound` are of `level`, an objective's; `result` depends on `kind`."""

    model_config = ConfigDict(json_schema_extra={"example": JOB_EXAMPLE})

    id: str
    number: int
    kind: str
    state: str = Field(description="queued、running、finished、failed、cancelled")
    stage: str
    level: str
    best: int | None
    bound: int | None
    payload: dict[str, Any]
    agency_id: str | None
    created_at: datetime
    created_by: str
    started_at: datetime | None
    ended_at: datetime | None
    attempt: int
    stopping: bool
    result: Any
    error: JobError | None

    @classmethod
    def of(cls, job: Job, whole: bool = True) -> JobOut:
        """Return the shape of a job; of paths on the server only the file's name is told.

        Where the reader may not know the `whole`, neither grounds nor outcome are told: what was planned of what.
        """
        payload = {key: PurePath(value).name if key == "path" else value for key, value in job.payload.items()}
        error = None if job.error is None else _error_of(job.error)
        if not whole:
            payload = {key: value for key, value in payload.items() if key == "month"}
            error = error and JobError(
                code=error.code, detail="任务未完成。原因请问统筹办公室。", clauses=[], errors=[]
            )
            job = replace(job, result=None, stage="", level="", best=None, bound=None)
        same = {name: getattr(job, name) for name in cls.model_fields if name not in ("payload", "error", "stopping")}
        return cls(**same, payload=payload, error=error, stopping=bool(job.stop) and not job.ended)


def _error_of(error: dict[str, Any]) -> JobError:
    return JobError(
        code=error["code"], detail=error["zh"], clauses=error.get("clauses", []), errors=error.get("errors", [])
    )


class JobEvent(BaseModel):
    """One step of a run."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 77,
                "job_id": "5d0e4c",
                "at": "2026-06-01T01:00:03Z",
                "attempt": 1,
                "event": "progress",
                "stage": "solve",
                "level": "entries",
                "best": 2851,
                "bound": 2841,
                "note": "",
            }
        }
    )

    id: int
    job_id: str
    at: datetime
    attempt: int
    event: str = Field(description="queued、running、progress、finished、failed、cancelled")
    stage: str
    level: str
    best: int | None
    bound: int | None
    note: str
