"""Indicators of a period: numerator and denominator of each, for the district and by cut.

Nothing here counts penalties, cases or fines, and nothing ranks officers: what leads to a measure is a share of the
district's problems, never split by agency.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from planner.evaluation.checks import CUTS, Check
from planner.rulebook.indicators import INDICATORS

BURDENED = 20
"""So many of the most-checked sites are listed, to be guided."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator of one part: `cut` is "" for the district, else one of `CUTS` with its `value`.

    `denominator` is None where the figure is a count. A ratio with denominator 0 has no value.
    """

    key: str
    cut: str
    value: str
    numerator: int
    denominator: int | None
    clauses: tuple[str, ...]

    @property
    def ratio(self) -> float | None:
        """The figure as a number, None where its denominator is 0 or where it is a count."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def text(self) -> str:
        """The figure as it is shown: "—" without a denominator."""
        if self.denominator is None:
            return f"{self.numerator:,}"
        return "—" if self.ratio is None else f"{self.ratio:.3f}"


def figures_of(checks: Sequence[Check]) -> list[Figure]:
    """Return all indicators of the district, then those that may be cut, by cut and value."""
    joint = joint_entries(checks)
    out = _part(checks, joint, "", "")
    for place, cut in enumerate(CUTS):
        parts: dict[str, list[Check]] = defaultdict(list)
        for one in checks:
            parts[one.cut[place]].append(one)
        for value in sorted(parts):
            out += _part(parts[value], joint, cut, value)
    return out


def joint_entries(checks: Iterable[Check]) -> frozenset[tuple[str, date]]:
    """Return the (site, date) at which two or more bodies made planned on-site checks of their own."""
    bodies: dict[tuple[str, date], set[str]] = defaultdict(set)
    for one in checks:
        if one.planned and one.mode == "on_site":
            bodies[one.site, one.day].add(one.agency)
    return frozenset(entry for entry, there in bodies.items() if len(there) > 1)


def _part(checks: Sequence[Check], joint: frozenset[tuple[str, date]], cut: str, value: str) -> list[Figure]:
    counted = count(checks, joint)
    return [Figure(one.key, cut, value, *counted[one.key], one.clauses) for one in INDICATORS if one.cuts or cut == ""]


def count(checks: Sequence[Check], joint: frozenset[tuple[str, date]]) -> dict[str, tuple[int, int | None]]:
    """Return (numerator, denominator or None) of every indicator."""
    on = [one for one in checks if one.mode == "on_site"]
    off = [one for one in checks if one.mode == "off_site"]
    p_on, t_on = [one for one in on if one.planned], [one for one in on if not one.planned]
    planned = sum(one.planned for one in checks)
    triggered = [one for one in checks if not one.planned]
    problems = [one for one in checks if one.problem]
    sites = {one.site for one in p_on}
    timed = [(one.site, one.minutes) for one in p_on if one.minutes is not None]
    entries = {(one.site, one.day) for one in p_on}
    n = len(p_on)
    return {
        "planned_on": (n, None),
        "triggered_on": (len(t_on), None),
        "on_total": (len(on), None),
        "entries": (len(entries), None),
        "objects": (len(sites), None),
        "frequency": (n, len(sites)),
        "content": (sum(len(one.items) for one in p_on), n),
        "impact": (sum(minutes for _, minutes in timed), len({site for site, _ in timed})),
        "random_rate": (sum(one.drawn for one in p_on), n),
        "joint_rate": (sum((one.site, one.day) in joint for one in p_on), n),
        "joint_entries": (len(entries & joint), len(entries)),
        "off_site_rate": (len(off), len(on) + len(off)),
        "problem_rate": (sum(one.problem for one in p_on), n),
        "problem_rate_triggered": (sum(one.problem for one in t_on), len(t_on)),
        "problem_rate_off": (sum(one.problem for one in off), len(off)),
        "planned_share": (planned, len(checks)),
        "triggered_share": (len(triggered), len(checks)),
        "off_site_scenes": (len({item for one in off for item in one.items}), None),
        "own_clues": (sum(one.own_clue for one in triggered), len(triggered)),
        "follow_up": (sum(one.measured for one in problems), len(problems)),
        "guidance": (sum(one.guided for one in problems), len(problems)),
        "coded_before": (sum(one.code == "before" for one in on), len(on)),
        "coded_late": (sum(one.code == "late" for one in on), len(on)),
        "uncoded": (sum(one.code == "none" for one in on), len(on)),
    }


def burdened(checks: Iterable[Check]) -> list[tuple[str, int, int]]:
    """Return (site, on-site checks, entries) of the most-checked sites, most first: those to be guided."""
    by_site: Counter[str] = Counter()
    days: dict[str, set[date]] = defaultdict(set)
    for one in checks:
        if one.mode == "on_site":
            by_site[one.site] += 1
            days[one.site].add(one.day)
    most = sorted(by_site, key=lambda site: (-by_site[site], site))[:BURDENED]
    return [(site, by_site[site], len(days[site])) for site in most]
