"""References between tables: every id that a usable row names stands in a usable row of its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from planner.intake.findings import Findings
from planner.intake.rows import Grid
from planner.intake.schema import TABLE_BY_KEY, Column, Kind

BLANKED = frozenset({("agencies", "parent_id")})
"""Optional references that count as empty where the id is unknown. In lists, pins and waivers a reference narrows what
the row does, so an unknown one drops the row: to take it for empty would pin, exempt or waive more than was asked."""

NOT_EMPTIED = frozenset({("filings", "sites")})
"""Optional lists that must not become empty by removal: a filing that names only unknown sites means none, not all."""


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of one table: those of usable rows, and all that stand there."""

    usable: frozenset[str]
    seen: frozenset[str]

    @classmethod
    def of(cls, grid: Grid) -> Ids:
        """Return the ids in the first column of `grid`."""
        values = cast("list[str]", grid.columns[grid.table.columns[0].key])
        usable = (value for value, good in zip(values, grid.usable, strict=True) if good)
        return cls(frozenset(usable), frozenset(values))

    def with_those(self, more: Ids | None) -> Ids:
        """Return the ids of both."""
        return self if more is None else Ids(self.usable | more.usable, self.seen | more.seen)


NO_IDS = Ids(frozenset(), frozenset())


def resolve(grid: Grid, known: dict[str, Ids], findings: Findings) -> None:
    """Check every reference of `grid` to tables read before it; `known` holds their ids."""
    for column in grid.table.columns:
        if not column.refers or column.refers == grid.table.key:
            continue
        ids = known.get(column.refers, NO_IDS)
        if column.kind is Kind.IDS:
            _resolve_list(grid, column, ids, findings)
        else:
            _resolve_one(grid, column, ids, findings)


def _resolve_one(grid: Grid, column: Column, ids: Ids, findings: Findings) -> None:
    values = grid.columns[column.key]
    for index, value in enumerate(values):
        if not value or value in ids.usable or not grid.usable[index]:
            continue
        if (grid.table.key, column.key) in BLANKED:
            values[index] = ""
            grid.remark("ref.blanked", index, findings, column, value=value, target=_title(column))
        else:
            code = "ref.dropped" if value in ids.seen else "ref.unknown"
            grid.drop(code, index, findings, column, value=value, target=_title(column))


def _resolve_list(grid: Grid, column: Column, ids: Ids, findings: Findings) -> None:
    values = cast("list[tuple[str, ...]]", grid.columns[column.key])
    needed = column.required or (grid.table.key, column.key) in NOT_EMPTIED
    for index, value in enumerate(values):
        if not grid.usable[index] or ids.usable.issuperset(value):
            continue
        values[index] = tuple(part for part in value if part in ids.usable)
        for part in value:
            if part in ids.usable:
                continue
            if needed and not values[index]:
                code = "ref.dropped" if part in ids.seen else "ref.unknown"
                grid.drop(code, index, findings, column, value=part, target=_title(column))
            else:
                grid.remark("ref.removed", index, findings, column, value=part, target=_title(column))


def resolve_parents(grid: Grid, findings: Findings) -> None:
    """Blank parents of agencies that are unknown, the agency itself, or above themselves in a circle."""
    column = grid.table.column("parent_id")
    ids = cast("list[str]", grid.columns["agency_id"])
    parents = cast("list[str]", grid.columns["parent_id"])
    usable = Ids.of(grid).usable
    for index, parent in enumerate(parents):
        if not grid.usable[index] or not parent:
            continue
        if parent == ids[index]:
            parents[index] = ""
        elif parent not in usable:
            parents[index] = ""
            grid.remark("ref.blanked", index, findings, column, value=parent, target=_title(column))
    index_of = {ids[index]: index for index in range(len(ids)) if grid.usable[index]}
    for index in index_of.values():
        above, passed = parents[index], {ids[index]}
        while above and above not in passed:
            passed.add(above)
            above = parents[index_of[above]]
        if above:
            grid.remark("ref.cycle", index, findings, column, value=ids[index])
            parents[index] = ""


def _title(column: Column) -> str:
    return TABLE_BY_KEY[column.refers].title
