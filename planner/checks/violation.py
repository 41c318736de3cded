"""What a check says, and the list of checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planner.domain.case import Case
from planner.domain.plan import Plan
from planner.rulebook.registry import Role, implements


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach of one rule. `subjects` are ids (task, site, unit…), `numbers` what was counted against what."""

    rule: str
    subjects: tuple[str, ...]
    message: str
    domain: str = ""
    """Domain whose annex is breached, "" for the district document."""
    numbers: tuple[int, ...] = ()
    clauses: tuple[str, ...] = ()


Check = Callable[[Case, Plan], Iterator[Violation]]
CHECKS: dict[str, Check] = {}
"""Rule id → its check."""


def check(rule: str) -> Callable[[Check], Check]:
    """Register a function as the check of `rule`."""

    def register(function: Check) -> Check:
        CHECKS[rule] = implements(rule, Role.CHECK)(function)
        return CHECKS[rule]

    return register
