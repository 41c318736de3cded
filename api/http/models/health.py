"""Shapes of health and readiness."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from planner import __version__


class Health(BaseModel):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra={"example": {"status": "ok", "version": __version__}})

    status: str
    version: str


class Readiness(BaseModel):
    """The service can do its work: the database answers and is at the program's schema."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"status": "ready", "database": "sqlite", "schema_version": "0003", "workers": 1, "set_up": True}
        }
    )

    status: str
    database: str
    schema_version: str
    workers: int
    set_up: bool = Field(description="是否已有账号")
