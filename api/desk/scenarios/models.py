"""Shapes of scenarios and of prices as advice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.desk.models import BreachOut, Code, example

Depth = Literal["at-once", "matched", "whole"]
ScenarioText = Annotated[str, StringConstraints(min_length=1, max_length=65_536)]

TEXT = (
    "format: whatif/1\nname: two-at-most\ntitle: 每次入企至多两个单位\n"
    "changes:\n  - settings: {values: {max_agencies_per_visit: 2}}\n"
)
EFFECT: dict[str, Any] = {
    "low": -3,
    "high": 0,
    "word": "never_more",
    "zh": "已证明不会增加",
    "text": "−3 至 0（已证明不会增加）",
}
LEVEL: dict[str, Any] = {
    "level": "entries",
    "before": {"bound": 2841, "value": 2841},
    "after": {"bound": 2838, "value": 2841},
    "effect": EFFECT,
}
TOLD: dict[str, Any] = {
    "number": 1,
    "name": "one-more-fire-crew",
    "title": "消防监督科全月多一个班组",
    "argues": "消防是很多联合检查的必到单位，增加一个班组值不值。",
    "refused": None,
    "status": "optimal",
    "reason": "",
    "plan_hash": "1b" * 32,
    "touched": [{"change": 1, "kind": "capacity", "rows": {"inspectors": 2}}],
    "findings": [],
    "common": 6259,
    "entries": EFFECT,
    "holds_for": "这是撮合层面的区间",
    "verdict": "未能判定",
    "levels": [LEVEL],
}
SET: dict[str, Any] = {
    "id": "5d0e4c",
    "plan": "77aa",
    "month": "2026-06",
    "plan_hash": "1b" * 32,
    "rulebook_version": "cn-sh-jinshan@2025-04-09#7b668423",
    "depth": "at-once",
    "state": "running",
    "created_at": "2026-06-01T01:00:00Z",
    "created_by": "li",
    "ended_at": None,
    "finished": 1,
}
CREW: dict[str, Any] = {
    "unit": "XF-JD",
    "name": "消防监督科",
    "from": "2026-06-15",
    "to": "2026-06-21",
    "saves_at_most": 6,
    "serves_at_most": 2,
    "one_fewer_costs_at_least": 0,
    "opens_days": False,
    "found": {"saves": 4, "serves": 2},
    "zh": "06-15 至 06-21 消防监督科增加一个班组：同口径至多少入企 6 次，已找到 4 次",
}


class ScenarioOrder(BaseModel):
    """Scenarios to be played from a plan: YAML texts, and names of those that come with the program."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"plan": "77aa", "shipped": ["one-more-fire-crew"], "scenarios": [TEXT], "depth": "at-once"}
        },
    )

    plan: Code
    scenarios: list[ScenarioText] = Field(default=[], max_length=40, description="情景文件的内容（YAML）")
    shipped: list[Code] = Field(default=[], max_length=40, description="随程序提供的情景，如 one-more-fire-crew")
    depth: Depth = Field("at-once", description="at-once 即时修补，matched 撮合到位，whole 排时派员")


class EffectOut(BaseModel):
    """An interval that the effect surely lies in, scenario less base."""

    model_config = example(EFFECT)

    low: int
    high: int
    word: str
    zh: str
    text: str


class HeldOut(BaseModel):
    """A value, and the bound that is proven of it."""

    model_config = example({"bound": 2841, "value": 2841})

    bound: int
    value: int


class LevelOut(BaseModel):
    """A level of the objective in base and scenario; no effect where an earlier level is not settled."""

    model_config = example(LEVEL)

    level: str
    before: HeldOut
    after: HeldOut
    effect: EffectOut | None


class TouchedOut(BaseModel):
    """How many rows a change touched, by table."""

    model_config = example({"change": 1, "kind": "capacity", "rows": {"inspectors": 2}})

    change: int
    kind: str
    rows: dict[str, int]


class ScenarioOut(BaseModel):
    """What a scenario came to; `refused` says why it could not be played, `reason` why there is nothing to compare."""

    model_config = example(TOLD)

    number: int
    name: str
    title: str
    argues: str
    refused: str | None
    status: str | None
    reason: str
    plan_hash: str | None
    touched: list[TouchedOut]
    findings: list[str]
    common: int | None = Field(description="两个方案共同完成的检查")
    entries: EffectOut | None = Field(description="同口径入企次数的影响")
    holds_for: str
    verdict: str | None
    levels: list[LevelOut]


class ScenarioSetRow(BaseModel):
    """A set of scenarios as it stands; its id is that of its run. `finished` were played, or refused."""

    model_config = example(SET)

    id: str
    plan: str
    month: str
    plan_hash: str
    rulebook_version: str
    depth: Depth
    state: str
    created_at: datetime
    created_by: str
    ended_at: datetime | None
    finished: int


class ScenarioSetOut(ScenarioSetRow):
    """The same with what each came to."""

    model_config = example({**SET, "items": [TOLD]})

    items: list[ScenarioOut]


class ScenarioDocument(BaseModel):
    """The whole document of a scenario, as `planner whatif` writes it and its checker recomputes it."""

    model_config = example({"set": "5d0e4c", "number": 1, "document": {"format": "joint-inspection-whatif/1"}})

    set: str
    number: int
    document: dict[str, Any]


class CrewFound(BaseModel):
    """What a plan with the crew was found to save."""

    model_config = example({"saves": 4, "serves": 2})

    saves: int
    serves: int


class CrewOut(BaseModel):
    """What a crew more of a unit in a week is worth. Only what is `found` is a saving; the rest are limits."""

    model_config = ConfigDict(populate_by_name=True, json_schema_extra={"example": CREW})

    unit: str
    name: str
    from_: date = Field(alias="from")
    to: date
    saves_at_most: int
    serves_at_most: int | None
    one_fewer_costs_at_least: int
    opens_days: bool
    found: CrewFound | None
    zh: str


class PriceAdvice(BaseModel):
    """What crews are worth by the plan's own prices, the most first."""

    model_config = example(
        {
            "plan": "77aa",
            "plan_hash": "1b" * 32,
            "rulebook_version": "cn-sh-jinshan@2025-04-09#7b668423",
            "at": "2026-06-01T01:00:00Z",
            "level": "left_out.mandatory",
            "entries": 2841,
            "crews": [CREW],
        }
    )

    plan: str
    plan_hash: str
    rulebook_version: str
    at: datetime
    level: str
    entries: int
    crews: list[CrewOut]


class AdoptionOut(BaseModel):
    """What taking a scenario's dates over comes to, by the rules in force.

    Entries and left-out tasks are what is gained. `moved` tasks get another date, `away` of them none in the month;
    `only_there` are tasks that only the scenario has and no draft can take over. `agencies` have tasks among the moved
    ones, and are told when the draft is published.
    """

    model_config = example(
        {
            "plan": "5d0e4c",
            "plan_hash": "1b" * 32,
            "rulebook_version": "v",
            "lawful": True,
            "entries": -3,
            "left_out": 0,
            "breaches": [],
            "moved": 12,
            "away": 0,
            "only_there": 0,
            "agencies": ["SCJG", "YJJ"],
        }
    )

    plan: str
    plan_hash: str
    rulebook_version: str
    lawful: bool
    entries: int
    left_out: int
    breaches: list[BreachOut]
    moved: int
    away: int
    only_there: int
    agencies: list[str]
