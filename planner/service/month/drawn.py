"""Holds the month's tasks against its draws: who was drawn is there, or was removed by a rule that says so."""

from __future__ import annotations

from collections import defaultdict

from planner.draw.kept import KeptProblem, check_drawn_kept
from planner.intake.month.outcome import Prepared


def drawn_kept(prepared: Prepared) -> list[KeptProblem]:
    """Return where the prepared month's tasks and its draws disagree, empty where they agree (rule `draw.fixed`).

    A drawn site counts as kept as a task of its filing, on site or off, now or later, or as a removal with its rule.
    """
    drawn = {record.request.filing_id for record in prepared.draws}
    sites: dict[str, set[str]] = defaultdict(set)
    planned = prepared.case.tasks if prepared.case else ()
    for task in (*planned, *prepared.deferred, *prepared.off_site, *prepared.summons):
        for filing in drawn.intersection(task.filings):
            sites[filing].add(task.site)
    chosen = {record.request.filing_id: set(record.chosen) for record in prepared.draws}
    for removed in prepared.removed:
        for filing in drawn.intersection(removed.filings):
            if removed.site in chosen[filing]:
                sites[filing].add(removed.site)
    return check_drawn_kept(prepared.draws, sites)
