"""Shapes of health and readiness."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from planner import __version__


class Health(BaseModel):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra={"example": {"status": "ok", "version": __version__}})

    status: str
    version: str


class Volume(BaseModel):
    """A size; `what` is "all" or "free" of the disk that holds the service's data."""

    what: Literal["all", "free"]
    bytes: int


class Storage(BaseModel):
    """How much room the service has, and from where on it calls itself not ready."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "database": "sqlite",
                "volumes": [{"what": "all", "bytes": 10**11}, {"what": "free", "bytes": 10**10}],
                "least_mib": 512,
                "low": False,
            }
        }
    )

    database: str
    volumes: list[Volume]
    least_mib: int
    low: bool = Field(description="剩余是否低于 least_mib")


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
