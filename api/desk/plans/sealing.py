"""The numbers promised for the draw of a month's inspectors, as each may see them, and the seals of its plans."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.desk.models import Month, Reason, example
from api.problems import Problem
from api.rights import Who
from api.store.database.engine import Tx
from api.store.planned import sealing
from planner.draw.sites import BUREAU

Commitment = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[str, StringConstraints(min_length=16, max_length=200, pattern=r"^[^\x00-\x1f]+$")]


class CrewNumberOrder(BaseModel):
    """A promise before the plan is sealed (`commitment`), or the promised number after (`number`): one of them."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"commitment": "1b" * 32}})

    commitment: Commitment | None = Field(None, description="随机数（UTF-8 文本）的 SHA-256，64 位小写十六进制")
    number: Number | None = Field(None, description="承诺过的随机数原文，方案封存后公布；至少 16 个字符")

    @model_validator(mode="after")
    def _one_of_both(self) -> CrewNumberOrder:
        if (self.commitment is None) == (self.number is None):
            raise ValueError("commitment 和 number 须恰好给出一个")
        return self


class WithdrawOrder(BaseModel):
    """Why a sealed plan is taken back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "消防支队调整了检查日期"}})

    reason: Reason


class CrewPromiseOut(BaseModel):
    """A promised number; `number` once it is revealed. `called`: a seal has called for it, and it is spent."""

    holder: str = Field(description="主体编号；bureau 为统筹部门，其随机数由系统生成并保管")
    commitment: str
    promised_at: datetime
    called: bool
    revealed_at: datetime | None
    number: str | None


class SealOut(BaseModel):
    """A seal or a withdrawal, as the log has it."""

    what: str = Field(description="plan.seal：封存；plan.withdraw：撤回封存")
    at: datetime
    who: str
    reason: str


class SealedOut(BaseModel):
    """The plan of the month that is sealed and not published yet."""

    plan: str
    plan_hash: str
    timetable_hash: str
    until: datetime = Field(description="各主体公布随机数的截止时间")
    waiting: list[str] = Field(description="已承诺而尚未公布的主体")


class CrewNumbersOut(BaseModel):
    """A month's promised numbers, oldest first, its sealed plan, and how often its plans were sealed and taken back."""

    model_config = example(
        {
            "month": "2026-06",
            "promises": [
                {
                    "holder": "bureau",
                    "commitment": "1b" * 32,
                    "promised_at": "2026-05-20T01:00:00Z",
                    "called": False,
                    "revealed_at": None,
                    "number": None,
                }
            ],
            "sealed": None,
            "seals": 1,
            "withdrawals": 1,
            "history": [{"what": "plan.seal", "at": "2026-05-26T01:00:00Z", "who": "li", "reason": "六月方案"}],
        }
    )

    month: Month
    promises: list[CrewPromiseOut]
    sealed: SealedOut | None
    seals: int
    withdrawals: int
    history: list[SealOut]


def crew_numbers(tx: Tx, month: str) -> CrewNumbersOut:
    """Return what everybody who takes part may know: all but numbers that are not revealed yet."""
    plan, history = sealing.sealed_of(tx, month), sealing.seals_of(tx, month)
    sealed = plan and plan.sealed
    return CrewNumbersOut(
        month=month,
        promises=[
            CrewPromiseOut(
                holder=one.holder,
                commitment=one.commitment,
                promised_at=one.promised_at,
                called=one.plan_id is not None,
                revealed_at=one.revealed_at,
                number=one.number if one.revealed_at else None,
            )
            for one in sealing.promises_of(tx, month)
        ],
        sealed=SealedOut(
            plan=plan.id,
            plan_hash=plan.plan_hash,
            timetable_hash=sealed["timetable_hash"],
            until=sealed["until"],
            waiting=sealing.waiting_for(tx, plan),
        )
        if plan and sealed
        else None,
        seals=sum(row["what"] == sealing.SEAL for row in history),
        withdrawals=sum(row["what"] == sealing.WITHDRAW for row in history),
        history=[_entry(row) for row in history],
    )


def hand_in(tx: Tx, who: Who, month: str, order: CrewNumberOrder) -> CrewNumbersOut:
    """Take a body's promise or number. Raises Problem 403 for an account without a body, and as the store does."""
    if who.agency_id is None or who.agency_id == BUREAU:
        raise Problem(403, "agency", "此账号不代表任何检查主体，不能承诺随机数。")
    if order.commitment is not None:
        sealing.promise(tx, month, who.agency_id, order.commitment, who.login)
    elif order.number is not None:
        sealing.reveal(tx, month, who.agency_id, order.number, who.login)
    return crew_numbers(tx, month)


def _entry(row: Mapping[str, Any]) -> SealOut:
    grounds = json.loads(row["grounds"])
    return SealOut(what=row["what"], at=row["at"], who=row["who"], reason=str(grounds.get("reason", "")))
