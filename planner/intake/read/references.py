"""References between tables: every id that a usable row names stands in a usable row of its table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import cast

from rapidfuzz import fuzz, process

from planner.intake.read.rows import Grid, LearnedIn, hold, no_words
from planner.intake.tables.folding import fold
from planner.intake.tables.schema import TABLE_BY_KEY, Column, Kind
from planner.intake.words.findings import Findings

BLANKED = frozenset({("agencies", "parent_id")})
"""Optional references that count as empty where the id is unknown. In lists, pins and waivers a reference narrows what
the row does, so an unknown one drops the row: to take it for empty would pin, exempt or waive more than was asked."""

DUTIES = frozenset({("filings", "sites"), ("filings", "items"), ("filings", "partners")})
"""Lists of which every id is a duty: one that is lost is an error, although the rest of the row stays."""

NAMED = frozenset({"agencies", "items", "sites"})
"""Tables whose rows may be named by their name instead of their id, where only one has it."""

NOT_EMPTIED = frozenset({("filings", "sites"), ("hand_made", "items")})
"""Optional lists that must not become empty by removal: a filing that names only unknown sites means none, not all."""


NEAR = 80
"""How alike, of 100, an id has to be to be offered as the one that was meant."""

NEAR_NAME = 70
"""The same of a name, which may be short."""

MAX_NEAR = 200
"""For so many unknown ids of a column the nearest one is looked up."""

_LOOK_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1", "z": "2", "s": "5", "b": "8"})


def alike(text: str) -> str:
    """Return an id with letters that look like digits made digits, and without signs."""
    return re.sub(r"[\W_]", "", fold(text)).translate(_LOOK_ALIKE).lstrip("0")


def unique_names(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the id of each name that only one id has."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name, one in pairs:
        if found.setdefault(name, one) != one:
            twice.add(name)
    return {name: one for name, one in found.items() if name not in twice}


@dataclass(frozen=True)
class Ids:
    """The ids of one table: those of usable rows, and all that stand there."""

    usable: frozenset[str]
    seen: frozenset[str]
    also: Mapping[str, str] = field(default_factory=dict)
    """Other names of usable rows: unique names, credit codes that one site alone has, aliases; each means one id."""
    learned: frozenset[str] = frozenset()
    """Those of `also`, folded, that a body has told of its own words."""

    @cached_property
    def _folded(self) -> dict[str, str]:
        return unique_names((fold(one), one) for one in self.usable) | {
            fold(name): one for name, one in self.also.items() if one in self.usable
        }

    @cached_property
    def _alike(self) -> dict[str, str]:
        return unique_names((alike(one), one) for one in self.usable)

    def meant(self, value: str) -> str:
        """Return the usable id that `value` means: itself, the same but for case, width and blanks, or by its name."""
        return value if value in self.usable else self._folded.get(fold(value), "")

    def nearest(self, value: str) -> str:
        """Return the usable id, or else the name of one, that a slip turns into `value` (O for 0, a missing digit), ""
        without one.
        """
        found = self._alike.get(alike(value))
        for told, known, near in ((value, self.usable, NEAR), (fold(value), self.also, NEAR_NAME)):
            if found is None:
                best = process.extractOne(told, list(known), scorer=fuzz.ratio, score_cutoff=near)
                found = str(best[0]) if best else None
        return found or ""

    @classmethod
    def of(cls, grid: Grid) -> Ids:
        """Return the ids in the first column of `grid`."""
        values = cast("list[str]", grid.columns[grid.table.columns[0].key])
        usable = (value for value, good in zip(values, grid.usable, strict=True) if good)
        also: dict[str, str] = {}
        if grid.table.key in NAMED:
            names = cast("list[str]", grid.columns["name"])
            codes = cast("list[str]", grid.columns["credit_code"]) if grid.table.key == "sites" else []
            rows = zip([*names, *codes], [*values, *values][: len(names) + len(codes)], strict=True)
            good = {value for value, usable in zip(values, grid.usable, strict=True) if usable}
            also = unique_names((fold(name), value) for name, value in rows if name and value in good)
        return cls(frozenset(usable), frozenset(values), also)

    @classmethod
    def of_names(cls, pairs: Iterable[tuple[str, str]]) -> Ids:
        """Return ids with their names; a name that several have means none of them."""
        found = list(pairs)
        ids = frozenset(one for one, _ in found)
        return cls(ids, ids, unique_names((fold(name), one) for one, name in found if name))

    def with_aliases(self, aliases: Mapping[str, str]) -> Ids:
        """Return the ids with more names: `aliases` mean ids of usable rows."""
        return Ids(self.usable, self.seen, {**self.also, **{fold(name): one for name, one in aliases.items()}})

    def with_those(self, more: Ids | None) -> Ids:
        """Return the ids of both."""
        if more is None:
            return self
        return Ids(self.usable | more.usable, self.seen | more.seen, {**more.also, **self.also})


NO_IDS = Ids(frozenset(), frozenset())


def resolve(grid: Grid, known: dict[str, Ids], findings: Findings, learned: LearnedIn = no_words) -> None:
    """Check every reference of `grid` to tables read before it; `known` holds their ids.

    `learned` gives by column what id a word means.
    """
    for column in grid.table.columns:
        if not column.refers or column.refers == grid.table.key:
            continue
        ids = known.get(column.refers, NO_IDS)
        if words := learned(column.key):
            ids = replace(ids.with_aliases(words), learned=frozenset(words))
        if column.kind is Kind.IDS:
            _resolve_list(grid, column, ids, findings)
        else:
            _resolve_one(grid, column, ids, findings)


def _resolve_one(grid: Grid, column: Column, ids: Ids, findings: Findings) -> None:
    values = cast("list[str]", grid.columns[column.key])
    unknown = 0
    for index, value in enumerate(values):
        if not value or value in ids.usable or not grid.usable[index]:
            continue
        if meant := ids.meant(value):
            _read_as(grid, index, column, (value, meant), ids, findings)
            values[index] = meant
            continue
        unknown += 1
        near = ids.nearest(value) if unknown <= MAX_NEAR else ""
        if (grid.table.key, column.key) in BLANKED:
            values[index] = ""
            grid.remark("ref.blanked", index, findings, column, value=value, target=_title(column), **_hint(near))
        elif column.bars:
            hold(grid, index, column, findings, value, **_hint(near))
        else:
            code = "ref.dropped" if value in ids.seen else "ref.unknown"
            grid.drop(code, index, findings, column, value=value, target=_title(column), **_hint(near))
            # Whoever is left out himself needs no restriction, nor does a person of whom the roster knows nothing.
            stranger = grid.table.key == "absences" and not near and unknown <= MAX_NEAR and re.search(r"\d", value)
            if value in ids.seen or stranger:
                grid.needless.add(index)


def _resolve_list(grid: Grid, column: Column, ids: Ids, findings: Findings) -> None:
    values = cast("list[tuple[str, ...]]", grid.columns[column.key])
    needed = column.required or (grid.table.key, column.key) in NOT_EMPTIED
    unknown = 0
    for index, value in enumerate(values):
        if not grid.usable[index] or ids.usable.issuperset(value):
            continue
        meant = {part: ids.meant(part) for part in value}
        values[index] = tuple(dict.fromkeys(found for found in meant.values() if found))
        for part, found in meant.items():
            if found:
                if found != part:
                    _read_as(grid, index, column, (part, found), ids, findings)
                continue
            unknown += 1
            near = ids.nearest(part) if unknown <= MAX_NEAR else ""
            about = {"target": _title(column), **_hint(near)}
            if needed and not values[index]:
                code = "ref.dropped" if part in ids.seen else "ref.unknown"
                grid.drop(code, index, findings, column, value=part, **about)
            elif column.bars and column.key == "items":
                known = values[index]
                hold(grid, index, column, findings, part, **_hint(near))
                values[index] = known
            else:
                lost = (grid.table.key, column.key) in DUTIES
                grid.remark("ref.lost" if lost else "ref.removed", index, findings, column, value=part, **about)


def _read_as(grid: Grid, index: int, column: Column, told: tuple[str, str], ids: Ids, findings: Findings) -> None:
    value, meant = told
    if value.casefold() != meant.casefold():
        code = "cell.learned" if fold(value) in ids.learned else "cell.read-as"
        grid.remark(code, index, findings, column, value=value, read=meant)


def _hint(near: str) -> dict[str, str]:
    return {"hint": f"，最接近的是“{near}”" if near else ""}


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
            grid.remark("ref.blanked", index, findings, column, value=parent, target=_title(column), hint="")
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
