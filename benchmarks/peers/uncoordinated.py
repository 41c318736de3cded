"""Peers: what happens without a planner. Agencies alone, and codes matched with whoever came first."""

from __future__ import annotations

from benchmarks.peers import Answer
from planner.domain.case import Case
from planner.explain.counterfactuals import alone
from planner.explain.first_come import first_come


def solve_alone(case: Case, seconds: float, seed: int) -> Answer:
    """Each agency plans for itself. Not bound by time: it takes what it takes."""
    day, entries, _, _ = alone(case, seed)
    return Answer(day, own_entries=entries, note="entries counted by agency, site and date")


def solve_first_come(case: Case, seconds: float, seed: int) -> Answer:
    """Match the agencies' own dates one by one, nobody ever refusing. Not bound by time: it takes what it takes."""
    day, _, _, _ = alone(case, seed)
    return Answer(first_come(case, day, 100, seed))
