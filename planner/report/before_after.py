"""The rows of the before/after table, shared by workbook, page and command line."""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain.result import MonthResult
from planner.report.kpis import Kpis
from planner.report.summary import ENTRIES_LEVEL, best_bound, level_named


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """One scheme; None where a number does not apply.

    `scheme` is a counterfactual's name or "ours". `entries_all` counts the month's entries and the later ones that what
    waits still needs, so that it stands on the limit's basis. `avoided` is how many entries our plan saves against it.
    """

    scheme: str
    acceptance_percent: int
    entries_common: int | None
    entries_all: int
    left_out: int
    joint_visits: int
    avoided: int | None
    avoided_share: float | None


@dataclass(frozen=True, slots=True)
class Limit:
    """The bound on entries, month and deferred together, and what our plan comes to on the same count."""

    value: int
    bound: int
    gap: float | None
    certified: int | None
    solver: int | None


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Counterfactuals, ours, limit. `same_basis`: ours on the common tasks is also what the limit bounds."""

    rows: tuple[SchemeRow, ...]
    common_tasks: int | None
    limit: Limit | None
    same_basis: bool


def before_after(result: MonthResult, kpis: Kpis) -> BeforeAfter:
    """Return the comparison; no row without a plan, no limit for the public (it covers unannounced tasks)."""
    if not kpis.planned:
        return BeforeAfter((), None, None, False)
    order = {"alone": 0, "first_come": 1}
    others = sorted(kpis.avoided, key=lambda a: order.get(a.name, 2))
    rows = [
        SchemeRow(a.name, 100, a.entries_common, a.entries, a.left_out, a.joint_visits, a.avoided, a.avoided_share)
        for a in others
    ]
    rows += [
        SchemeRow(
            *(a.name, a.acceptance_percent, a.entries_common, a.entries, a.left_out),
            *(a.joint_visits, a.avoided, a.avoided_share),
        )
        for a in sorted(kpis.sweep, key=lambda a: -a.acceptance_percent)
    ]
    ours_common = others[0].ours_common if others else None
    everything = kpis.entries + kpis.later_entries
    rows.append(SchemeRow("ours", 100, ours_common, everything, kpis.left_out, kpis.joint_visits, None, None))
    level = level_named(result, ENTRIES_LEVEL) if kpis.audience == "bureau" else None
    bound = best_bound(level)
    limit = None
    if level is not None and bound is not None:
        limit = Limit(level.value, bound, level.gap, level.bound_certified, level.bound_solver)
    return BeforeAfter(
        rows=tuple(rows),
        common_tasks=others[0].common_tasks if others else None,
        limit=limit,
        same_basis=limit is not None and limit.value == ours_common == kpis.entries,
    )
