"""Shapes of what proves filings, and of the bureau's acceptance of those that nothing proves."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.desk.models import Reason, example
from planner.rulebook.routes import cited_of_filing

FilingId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]

REFUSAL: dict[str, Any] = {
    "code": "plan.unproven",
    "bars": True,
    "detail": "计划 SCJG-2606-01 没有备案凭据，须由司法局认可并写明理由后公布",
    "clauses": list(cited_of_filing("open")),
}
PROOF: dict[str, Any] = {
    "filing_id": "SCJG-2606-01",
    "agency_id": "SCJG",
    "state": "unproven",
    "state_zh": "未证实",
    "coded_on": None,
    "open_step": "",
    "accepted": "",
    "shut": [],
    "refusals": [REFUSAL],
}
ACCEPTED: dict[str, Any] = {"ids": ["SCJG-2606-01"], "reason": "纸质备案件已核对"}


class AcceptUnproven(BaseModel):
    """The filings that the bureau accepts without a proof, and why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": ACCEPTED})

    ids: list[FilingId] = Field(min_length=1, max_length=1000)
    reason: Reason


class Accepted(BaseModel):
    """The filings that were accepted."""

    model_config = example(ACCEPTED)

    ids: list[str]
    reason: str


class ProofRefusal(BaseModel):
    """What stands against publishing visits for a filing; where it does not bar, it is told only."""

    model_config = example(REFUSAL)

    code: str
    bars: bool
    detail: str
    clauses: list[str]


class FilingProof(BaseModel):
    """Where a filing in force stands on its route. `accepted` is the bureau's reason, "" where it gave none.

    `shut` are sites that a version under way adds: they wait for its code.
    """

    model_config = example(PROOF)

    filing_id: str
    agency_id: str
    state: str
    state_zh: str
    coded_on: date | None
    open_step: str
    accepted: str
    shut: list[str]
    refusals: list[ProofRefusal]


class Proofs(BaseModel):
    """The filings in force of a month; `barred` counts those of them for which no visit may be published."""

    model_config = example({"month": "2026-06", "barred": 1, "items": [PROOF]})

    month: str
    barred: int
    items: list[FilingProof]
