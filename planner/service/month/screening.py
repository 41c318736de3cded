"""What screening a month comes to, without planning it."""

from __future__ import annotations

from typing import Any

from planner.domain.case import Strength
from planner.intake.month.outcome import Prepared
from planner.intake.words.catalogue import render


def findings_summary(prepared: Prepared) -> dict[str, Any]:
    """Return how many tasks would be planned, and each kind of finding with its clauses and count, as plain values."""
    case = prepared.case
    tasks = case.tasks if case else ()
    kinds: dict[str, dict[str, Any]] = {}
    for finding in prepared.findings:
        title, message, action = render(finding)
        first = {"code": finding.code, "severity": finding.severity.value, "title": title, "count": 0}
        kind = kinds.setdefault(finding.code, {**first, "clauses": [], "first": message, "action": action})
        kind["count"] += 1
        kind["clauses"] = list(dict.fromkeys((*kind["clauses"], *finding.clauses)))
    return {
        "tasks": len(tasks),
        "mandatory": sum(task.strength is Strength.MANDATORY for task in tasks),
        "sites": len(case.sites) if case else 0,
        "deferred_elsewhere": len(prepared.deferred),
        "off_site": len(prepared.off_site),
        "summons": len(prepared.summons),
        "draws": len(prepared.draws),
        "removed": len(prepared.removed),
        "findings": [kinds[code] for code in sorted(kinds)],
    }
