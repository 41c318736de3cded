"""Shapes of the rulebook and of the catalogue of findings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from planner.domain.finding import FindingType
from planner.law.rules.distances import GAP
from planner.rulebook.listing import name_of
from planner.rulebook.nouns import Clause, Param, Rule, RulebookVersion

VERSION_EXAMPLE = "cn-sh-jinshan@2026-01-01#1a2b3c4d"
CLAUSE_EXAMPLE: dict[str, Any] = {
    "id": "A01-4.1.1c",
    "document": "A01",
    "place": "第四条",
    "text": "同一企业两次检查之间的间隔",
    "strength": "policy",
    "strength_name": "政策",
    "status": "encoded",
    "status_name": "已编码",
    "rules": [GAP.id],
    "reason": "",
    "in_force_from": "2026-01-01",
    "in_force_to": None,
}
PARAM_EXAMPLE: dict[str, Any] = {
    "name": "days",
    "unit": "天",
    "text": "最短间隔",
    "value": 30,
    "by_domain": {},
    "assumed": False,
    "setting": "",
}
RULE_EXAMPLE: dict[str, Any] = {
    "id": GAP.id,
    "title": "同一领域两次检查的间隔",
    "summary": "同一领域在同一对象的两次计划检查之间须有间隔",
    "phase": "constraint",
    "phase_name": "约束",
    "strength": "policy",
    "strength_name": "政策",
    "waivable": True,
    "assumed": False,
    "note": "",
    "clauses": ["A01-4.1.1c"],
    "params": [PARAM_EXAMPLE],
}


class RulebookOut(BaseModel):
    """The rulebook in force on a day."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "version": VERSION_EXAMPLE,
                "jurisdiction": "cn-sh-jinshan",
                "in_force_from": "2026-01-01",
                "in_force_to": None,
                "clauses": 549,
                "rules": 60,
                "by_status": {"encoded": 200},
            }
        }
    )

    version: str
    jurisdiction: str
    in_force_from: date
    in_force_to: date | None
    clauses: int
    rules: int
    by_status: dict[str, int] = Field(description="各处理方式的条款数")


class ClauseOut(BaseModel):
    """A clause, paraphrased, and how the planner answers it."""

    model_config = ConfigDict(json_schema_extra={"example": CLAUSE_EXAMPLE})

    id: str
    document: str
    place: str
    text: str
    strength: str
    strength_name: str
    status: str
    status_name: str
    rules: list[str]
    reason: str
    in_force_from: date
    in_force_to: date | None

    @classmethod
    def of(cls, clause: Clause) -> ClauseOut:
        """Return the shape of a clause."""
        return cls(
            id=clause.id,
            document=clause.doc,
            place=clause.place,
            text=clause.zh,
            strength=clause.strength.value,
            strength_name=name_of(clause.strength, "zh"),
            status=clause.status.value,
            status_name=name_of(clause.status, "zh"),
            rules=list(clause.rules),
            reason=clause.reason_zh,
            in_force_from=clause.in_force_from,
            in_force_to=clause.in_force_to,
        )


class ParamOut(BaseModel):
    """A parameter of a rule; `assumed` marks a reading of ours, `setting` the setting that overrides it."""

    model_config = ConfigDict(json_schema_extra={"example": PARAM_EXAMPLE})

    name: str
    unit: str
    text: str
    value: Any
    by_domain: dict[str, Any]
    assumed: bool
    setting: str

    @classmethod
    def of(cls, param: Param) -> ParamOut:
        """Return the shape of a parameter."""
        return cls(
            name=param.name,
            unit=param.unit,
            text=param.zh,
            value=_plain(param.value),
            by_domain={key: _plain(value) for key, value in param.by_domain.items()},
            assumed=param.assumed,
            setting=param.setting,
        )


class RuleOut(BaseModel):
    """A rule of the planner with its clauses and parameters."""

    model_config = ConfigDict(json_schema_extra={"example": RULE_EXAMPLE})

    id: str
    title: str
    summary: str
    phase: str
    phase_name: str
    strength: str
    strength_name: str
    waivable: bool
    assumed: bool
    note: str
    clauses: list[str]
    params: list[ParamOut]

    @classmethod
    def of(cls, rule: Rule, version: RulebookVersion) -> RuleOut:
        """Return the shape of a rule."""
        return cls(
            id=rule.id,
            title=rule.title_zh,
            summary=rule.summary_zh,
            phase=rule.phase.value,
            phase_name=name_of(rule.phase, "zh"),
            strength=rule.strength.value,
            strength_name=name_of(rule.strength, "zh"),
            waivable=rule.waivable,
            assumed=rule.assumed,
            note=rule.note_zh,
            clauses=list(version.clauses_for(rule.id)),
            params=[ParamOut.of(param) for param in rule.params],
        )


class ClauseList(BaseModel):
    """Clauses of one version."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"rulebook_version": VERSION_EXAMPLE, "items": [CLAUSE_EXAMPLE]}}
    )

    rulebook_version: str
    items: list[ClauseOut]


class RuleList(BaseModel):
    """Rules of one version."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"rulebook_version": VERSION_EXAMPLE, "items": [RULE_EXAMPLE]}}
    )

    rulebook_version: str
    items: list[RuleOut]


FINDING_TYPE_EXAMPLE: dict[str, Any] = {
    "code": "cell-date",
    "severity": "error",
    "title": "日期不可读",
    "message": "“{value}”不是日期",
    "action": "请改为 2026-06-01 这样的日期",
    "rule": "",
    "clauses": [],
}


class FindingTypeOut(BaseModel):
    """A kind of finding. `message` and `action` are templates over a finding's parameters."""

    model_config = ConfigDict(json_schema_extra={"example": FINDING_TYPE_EXAMPLE})

    code: str
    severity: str = Field(description="error：该行不用；warning：保留并提示；info：仅告知")
    title: str
    message: str
    action: str
    rule: str
    clauses: list[str]

    @classmethod
    def of(cls, kind: FindingType, version: RulebookVersion) -> FindingTypeOut:
        """Return the shape of a finding type, with the clauses of its rule."""
        return cls(
            code=kind.code,
            severity=kind.severity.value,
            title=kind.title_zh,
            message=kind.message_zh,
            action=kind.action_zh,
            rule=kind.rule,
            clauses=list(version.clauses_for(kind.rule)) if kind.rule else [],
        )


class FindingTypeList(BaseModel):
    """The catalogue."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [FINDING_TYPE_EXAMPLE]}})

    items: list[FindingTypeOut]


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
