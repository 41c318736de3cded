"""Shapes of premises that stand in several registers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.desk.models import Reason, example

SiteId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
State = Literal["open", "merged", "same", "different"]

PLACE: dict[str, Any] = {
    "id": "91310116MA1J8XXXX0-01",
    "name": "示例餐饮有限公司",
    "address": "朱泾镇示例路1号",
    "town": "朱泾镇",
    "credit_code": "91310116MA1J8XXXX0",
}
PAIR: dict[str, Any] = {
    "one": PLACE,
    "other": {**PLACE, "id": "YJ-0001", "credit_code": ""},
    "state": "open",
    "together": False,
    "why": "名称和地址相近，缺少信用代码",
    "saved": 2,
    "decided_by": "",
    "decided_on": None,
}


class PlaceOut(BaseModel):
    """A row of the sites; only its id where it has no row of its own."""

    model_config = example(PLACE)

    id: str
    name: str = ""
    address: str = ""
    town: str = ""
    credit_code: str = ""


class PairOut(BaseModel):
    """Two ids of sites. `state`: open, nobody has decided; merged, sure by law of the match; or as it was decided."""

    model_config = example(PAIR)

    one: PlaceOut
    other: PlaceOut
    state: State
    together: bool = Field(description="现在是否按同一对象统筹：核定与其他核定相抵触时不合并")
    why: str = Field(description="依据")
    saved: int = Field(description="如为同一对象可少入企几次；已合并或已核定的为 0")
    decided_by: str
    decided_on: date | None


class IdentityOrder(BaseModel):
    """What a person decides on two ids, and why; `other` may be an id that no row has, if it is the same premises."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"one": PLACE["id"], "other": "YJ-0001", "verdict": "same", "reason": "现场核实为同一门店"}
        },
    )

    one: SiteId
    other: SiteId
    verdict: Literal["same", "different"]
    reason: Reason


class DecisionOut(BaseModel):
    """A decision that stands, or stood until it was taken back."""

    model_config = example(
        {
            "one": PLACE["id"],
            "other": "YJ-0001",
            "verdict": "same",
            "decided_by": "li",
            "decided_on": "2026-05-20",
        }
    )

    one: str
    other: str
    verdict: Literal["same", "different"]
    decided_by: str
    decided_on: date | None
