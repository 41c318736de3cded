"""Shapes of what agencies report: what has happened to a visit of theirs, or to their crews."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.desk.models import example
from api.desk.published.operation_models import Words
from api.desk.published.replan_models import AbsenceEvent, AwayEvent, VisitEvent

EVENT: dict[str, Any] = {"kind": "refused", "agency": "YJJ", "site": "91310116MA1-01", "day": "2026-06-03", "tasks": []}
ORDER: dict[str, Any] = {"event": EVENT, "reason": "当日全员应急值守"}
REPORT: dict[str, Any] = {
    **ORDER,
    "id": 7,
    "plan": "5d0e4c",
    "month": "2026-06",
    "agency_id": "YJJ",
    "at": "2026-06-02T01:00:00Z",
    "who": "zhang",
    "version": None,
}


class ReportOrder(BaseModel):
    """What has happened: to an agency's own visit, crews or inspector. The coordinator replans on it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": ORDER})

    event: Annotated[AbsenceEvent | AwayEvent | VisitEvent, Field(discriminator="kind")]
    reason: Words = ""

    @property
    def agency(self) -> str:
        """The agency or section whom it has happened to."""
        return self.event.agency if isinstance(self.event, VisitEvent) else self.event.unit

    def plain(self) -> dict[str, Any]:
        """Return the event as `plans.replan` takes it."""
        return self.event.model_dump(mode="json")


class ReportOut(BaseModel):
    """A report as it was kept; `version` is the plan that came of it, once it is published."""

    model_config = example(REPORT)

    id: int
    plan: str
    month: str
    agency_id: str
    event: dict[str, Any]
    reason: str
    at: datetime
    who: str
    version: str | None
