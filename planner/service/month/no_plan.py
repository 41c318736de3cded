"""A month without a plan: nothing is due, it was stopped early, or what is published contradicts the law."""

from __future__ import annotations

from collections.abc import Mapping

from planner.checks import Violation
from planner.domain.calendar import period_bounds
from planner.domain.case import Case
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.result import MonthResult, Status
from planner.intake.month.outcome import Prepared
from planner.intake.tables.records import Tables
from planner.rulebook.nouns import RulebookVersion
from planner.solve.matched import Match

VIOLATIONS_TOLD = 20


def rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    """Return seconds to the millisecond."""
    return {key: round(value, 3) for key, value in seconds.items()}


def empty_case(month: str, rulebook: RulebookVersion, tables: Tables) -> Case:
    """Return a case of no tasks."""
    return build_case(
        CaseParts(
            name=month,
            period=period_bounds(month),
            days=(),
            tasks=(),
            sites=(),
            units=(),
            capacity={},
            setup_minutes={},
            rulebook_version=rulebook.version,
            synthetic=tables.synthetic,
        )
    )


def without_plan(
    case: Case,
    status: Status,
    prepared: Prepared,
    seconds: dict[str, float],
    seed: int,
    settings: dict[str, str],
    match: Match | None = None,
    violations: tuple[Violation, ...] = (),
) -> MonthResult:
    """Return the result of a month without a plan; `violations` say what contradicts the law."""
    told = [f"{v.rule} {' '.join(v.subjects)}: {v.message}" for v in violations]
    return MonthResult(
        case=case,
        plan=None,
        status=status,
        objective=None,
        levels=(),
        certificates=(),
        visits=(),
        reasons=(),
        counterfactuals=(),
        violations=len(violations),
        findings=prepared.findings,
        progress=match.progress if match else (),
        seconds=rounded(seconds),
        seed=seed,
        settings=settings,
        plan_hash="",
        repeatable=status is not Status.OUT_OF_TIME,
        notes=tuple(told[:VIOLATIONS_TOLD]),
    )
