"""The steps from agencies alone to our plan and its limit, shared by workbook, page and command line.

All steps count month entries on the same tasks: alone → chance meetings → filed joint plans → first-come → ours →
proven limit. `planner/report/recount_standalone.py` counts them again from the rows of `plan.json`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from planner.domain.result import MonthResult
from planner.report.figures.kpis import Avoided, Kpis, LeftOut, share
from planner.report.figures.levels import ENTRIES_LEVEL, best_bound, level_named

STEPS = ("alone", "chance", "filed", "first_come", "ours", "limit")
"""The order of the steps. A plan kept from before *filed* was computed goes without that one."""


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """One step or scheme; None where a number does not apply.

    `scheme` is one of `STEPS`. `entries_common` are month entries on the common tasks, `saved` what they are less than
    the step's before, `avoided` what ours are less than them. `entries_all` counts the month's entries and the later
    ones that what waits still needs, over all tasks; `left_out` and `later` are tasks of the scheme as a whole.
    """

    scheme: str
    entries_common: int | None
    acceptance_percent: int = 100
    saved: int | None = None
    avoided: int | None = None
    avoided_share: float | None = None
    entries_all: int | None = None
    left_out: int | None = None
    left_out_by: tuple[LeftOut, ...] = ()
    later: int | None = None
    joint_visits: int | None = None


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
    """The steps in order, then first-come with less than full acceptance (`sweep`, each on its own common tasks).

    `common_tasks` are those that all steps do, `other_tasks` the rest. `common_limit` is the certified limit of the
    common tasks, `limit` that of all tasks, month and later.
    """

    rows: tuple[SchemeRow, ...]
    sweep: tuple[SchemeRow, ...]
    common_tasks: int | None
    other_tasks: int | None
    limit: Limit | None
    common_limit: int | None

    def row(self, scheme: str) -> SchemeRow | None:
        """Return the row of a step."""
        return next((row for row in self.rows if row.scheme == scheme), None)


def before_after(result: MonthResult, kpis: Kpis) -> BeforeAfter:
    """Return the comparison; no row without a plan, no limit for the public (it covers unannounced tasks)."""
    if not kpis.planned:
        return BeforeAfter((), (), None, None, None, None)
    inside = kpis.audience == "bureau"
    level = level_named(result, ENTRIES_LEVEL) if inside else None
    bound = best_bound(level)
    limit = None
    if level is not None and bound is not None:
        limit = Limit(level.value, bound, level.gap, level.bound_certified, level.bound_solver)
    first = kpis.avoided[0] if kpis.avoided else None
    lowest = result.common_limit.bound if inside and first and result.common_limit else None
    return BeforeAfter(
        rows=_in_steps(_rows(kpis, lowest, limit)),
        sweep=tuple(_row(a) for a in sorted(kpis.sweep, key=lambda a: -a.acceptance_percent)),
        common_tasks=first.common_tasks if first else None,
        other_tasks=kpis.tasks - first.common_tasks if first else None,
        limit=limit,
        common_limit=lowest,
    )


def _rows(kpis: Kpis, lowest: int | None, limit: Limit | None) -> list[SchemeRow]:
    rows = []
    for one in kpis.avoided:
        rows.append(_row(one))
        if one.name == "alone":
            saved = one.dates_common - one.ours_common
            rows.append(
                SchemeRow("chance", one.dates_common, avoided=saved, avoided_share=share(saved, one.dates_common))
            )
    ours = SchemeRow(
        "ours",
        kpis.avoided[0].ours_common if kpis.avoided else None,
        entries_all=kpis.entries + kpis.later_entries,
        left_out=kpis.left_out,
        left_out_by=kpis.left_out_by,
        later=kpis.deferred,
        joint_visits=kpis.joint_visits,
    )
    rows.append(ours)
    if lowest is not None or limit is not None:
        rows.append(SchemeRow("limit", lowest, entries_all=limit.bound if limit else None))
    return rows


def _row(one: Avoided) -> SchemeRow:
    return SchemeRow(
        scheme=one.name,
        entries_common=one.entries_common,
        acceptance_percent=one.acceptance_percent,
        avoided=one.avoided,
        avoided_share=one.avoided_share,
        entries_all=one.entries,
        left_out=one.left_out,
        left_out_by=one.left_out_by,
        later=one.later,
        joint_visits=one.joint_visits,
    )


def _in_steps(rows: Iterable[SchemeRow]) -> tuple[SchemeRow, ...]:
    """Return the rows in the order of `STEPS`, each with what it saves against the one before."""
    steps: list[SchemeRow] = []
    for row in sorted(rows, key=lambda row: STEPS.index(row.scheme)):
        before = steps[-1].entries_common if steps else None
        fewer = None if before is None or row.entries_common is None else before - row.entries_common
        steps.append(replace(row, saved=fewer))
    return tuple(steps)
