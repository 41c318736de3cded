"""Contested parts of a plan file, solved again by the reference model: is there nothing better right there?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError, MismatchError
from planner.reference.from_case import Month
from planner.reference.neighbourhoods import AGREED, BETTER, NOT_KNOWN, Ruling, contested, rule
from planner.service.files.plan_file import restore_plan
from planner.service.month.planning import Step, Tell

NO_TIMES = "年度计划没有时刻，不能复证 / a year's plan has no times, nothing to prove again"


@dataclass(frozen=True, slots=True)
class Told:
    """One neighbourhood's ruling in the names of the plan."""

    ruling: Ruling
    sites: tuple[str, ...]
    days: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values; left-out weights by strength, then entries."""
        ruling = self.ruling
        return {
            "kind": ruling.where.kind,
            "subject": ruling.where.subject,
            "status": ruling.status,
            "visits": ruling.visits,
            "sites": list(self.sites),
            "days": list(self.days),
            "ours": list(ruling.ours.key()),
            "best": None if ruling.best is None else list(ruling.best.key()),
            "moves": dict(ruling.moves),
        }


def reprove(path: Path, source: Path | None, count: int, tell: Tell | None = None) -> list[Told]:
    """Return the rulings on up to `count` contested neighbourhoods of a plan file, fewer where it has no more.

    Raises InputError where the file cannot be restored or has no times, MismatchError where the plan is unlawful or the
    reference contradicts itself.
    """
    say = tell or (lambda _: None)
    result = restore_plan(path, source, tell).result
    if result.plan is None or result.roster is None or result.duty is None:
        raise InputError(NO_TIMES)
    month = Month.of(result.case, result.roster, result.plan, result.duty)
    told = []
    for number, where in enumerate(contested(month, count), 1):
        say(Step("verify", f"{number} / {count}"))
        try:
            ruling = rule(month, where)
        except ValueError as error:
            raise MismatchError(str(error)) from error
        sites = tuple(result.case.sites[s].id for s in where.sites)
        told.append(Told(ruling, sites, tuple(result.case.days[d].isoformat() for d in where.days)))
    return told


def ruling_counts(told: Sequence[Told]) -> dict[str, int]:
    """Return how many neighbourhoods agreed, were better otherwise, and are not known."""
    found = Counter(one.ruling.status for one in told)
    return {status: found[status] for status in (AGREED, BETTER, NOT_KNOWN)}
