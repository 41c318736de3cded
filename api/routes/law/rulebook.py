"""The law as the planner knows it. It is public."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query

from api.http.models.law import ClauseList, ClauseOut, RulebookOut, RuleList, RuleOut
from api.http.routing import router as new_router
from api.store.database.clock import HERE
from planner.rulebook.book import load_rulebook
from planner.rulebook.listing import select_clauses, select_rules
from planner.rulebook.nouns import RulebookVersion

router = new_router("规则库")


def in_force(on: Annotated[date | None, Query(description="哪天有效，默认今天")] = None) -> RulebookVersion:
    """Return the version in force on a day, today where none is given. Raises RulebookGap."""
    return load_rulebook().at(on or datetime.now(HERE).date())


Version = Annotated[RulebookVersion, Depends(in_force)]
Filter = Annotated[str, Query(max_length=100)]


@router.get("/rulebook", operation_id="rulebook.get", summary="规则库版本与规模")
def get_rulebook(version: Version) -> RulebookOut:
    """Return the rulebook in force."""
    return RulebookOut(
        version=version.version,
        jurisdiction=version.jurisdiction,
        in_force_from=version.in_force_from,
        in_force_to=version.in_force_to,
        clauses=len(version.clauses),
        rules=len(version.rules),
        by_status=Counter(clause.status.value for clause in version.clauses),
    )


@router.get("/rulebook/rules", operation_id="rulebook.rules", summary="规则列表")
def list_rules(
    version: Version, doc: Filter = "", phase: Filter = "", strength: Filter = "", text: Filter = ""
) -> RuleList:
    """Return the rules that pass every filter; values in code or in Chinese."""
    found = select_rules(version, doc=doc, phase=phase, strength=strength, text=text)
    return RuleList(rulebook_version=version.version, items=[RuleOut.of(rule, version) for rule in found])


@router.get("/rulebook/rules/{rule_id}", operation_id="rulebook.rule", summary="一条规则及其条款、参数")
def get_rule(rule_id: str, version: Version) -> RuleOut:
    """Return a rule."""
    return RuleOut.of(version.rule(rule_id), version)


@router.get("/rulebook/clauses", operation_id="rulebook.clauses", summary="条款列表")
def list_clauses(
    version: Version,
    doc: Filter = "",
    status: Filter = "",
    strength: Filter = "",
    rule: Filter = "",
    text: Filter = "",
) -> ClauseList:
    """Return the clauses that pass every filter; values in code or in Chinese."""
    found = select_clauses(version, doc=doc, status=status, strength=strength, rule=rule, text=text)
    return ClauseList(rulebook_version=version.version, items=[ClauseOut.of(clause) for clause in found])


@router.get("/rulebook/clauses/{clause_id}", operation_id="rulebook.clause", summary="一条条款")
def get_clause(clause_id: str, version: Version) -> ClauseOut:
    """Return a clause."""
    return ClauseOut.of(version.clause(clause_id))
