"""A period beside its indicators: its months against counterfactuals, and how evenly enterprises are burdened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from planner.evaluation.checks import Check

STEPS = (("alone", "各查各的"), ("filed", "只做报送的联合"), ("first_come", "先到先得"), ("ours", "统筹"))
"""Steps of a plan's comparison that every month has, from none to ours."""


@dataclass(frozen=True, slots=True)
class MonthCompared:
    """One month: entries by step, of the tasks that all steps of that month have in common."""

    month: str
    entries: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class YearCompared:
    """The months in their order, and the steps that all of them have, as (key, name)."""

    months: tuple[MonthCompared, ...] = ()

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """Return the steps that each month has."""
        return tuple(step for step in STEPS if all(step[0] in one.entries for one in self.months))

    def total(self, step: str) -> int:
        """Return the entries of a step over all months."""
        return sum(one.entries[step] for one in self.months)


def year_compared(documents: Iterable[Mapping[str, Any]]) -> YearCompared:
    """Return the comparison over the documents of months' plans (`plan.json`); a month without one is left away."""
    found = [
        MonthCompared(str(one["month"]), {step["step"]: int(step["entries"]) for step in one["comparison"]["steps"]})
        for one in documents
        if one.get("comparison")
    ]
    return YearCompared(tuple(sorted(found, key=lambda one: one.month)))


@dataclass(frozen=True, slots=True)
class Spread:
    """How on-site checks fall on the sites that had any. `histogram` is (checks a site had, how many sites)."""

    sites: int
    median: int
    ninth: int
    """Nine sites of ten had so many checks or fewer."""
    most: int
    top_share: float
    """Share of all checks that the tenth of the sites with the most checks had."""
    histogram: tuple[tuple[int, int], ...]


def spread_of(checks: Iterable[Check]) -> Spread:
    """Return how the on-site checks of all bodies fall on sites; all zero where there are none."""
    by_site = Counter(one.site for one in checks if one.mode == "on_site")
    counts = sorted(by_site.values())
    if not counts:
        return Spread(0, 0, 0, 0, 0.0, ())
    top = counts[-max(1, len(counts) // 10) :]
    return Spread(
        sites=len(counts),
        median=counts[(len(counts) - 1) // 2],
        ninth=counts[-(-9 * len(counts) // 10) - 1],
        most=counts[-1],
        top_share=sum(top) / sum(counts),
        histogram=tuple(sorted(Counter(counts).items())),
    )
