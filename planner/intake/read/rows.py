"""Raw rows → typed columns of one table, and which rows are usable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from planner.domain.finding import Severity
from planner.intake.read.cells import Problem, Read, cell_reader, is_blank
from planner.intake.read.held import FIRST_DAY, LAST_DAY, NEEDED_BY_LISTS, RESTRICTING, kind_of, strictest
from planner.intake.read.shared import share_cells
from planner.intake.read.sheets import Header
from planner.intake.tables.folding import fold
from planner.intake.tables.schema import Column, Table
from planner.intake.words.catalogue import finding_types
from planner.intake.words.findings import Findings, as_shown

DATE_PAIRS = (("from", "to"), ("valid_from", "valid_to"), ("window_from", "window_to"))

LearnedIn = Callable[[str], Mapping[str, str]]
"""By a column's key, what the words of one body mean in it, by the word folded."""


def no_words(_: str) -> Mapping[str, str]:
    """Return no words."""
    return {}


LOOKALIKES: dict[str, tuple[str, ...]] = {"sites": ("name", "address"), "inspectors": ("certificate_no",)}
"""Columns that together should name one thing: the same values under two ids are worth a look."""


@dataclass(slots=True)
class Grid:
    """The typed columns of one table; `usable[i]` is 0 once row i has an error."""

    table: Table
    numbers: list[int]
    columns: dict[str, list[object]] = field(default_factory=dict)
    usable: bytearray = field(default_factory=bytearray)
    held: set[tuple[int, str]] = field(default_factory=set)
    """(row, column) of unreadable cells that stand with their strictest value."""
    places: list[str] = field(default_factory=list)
    """Which file and sheet each row is from, where a table is put together from several."""
    needless: set[int] = field(default_factory=set)
    """Rows left out because what they are about is left out."""

    def subject(self, index: int) -> tuple[str, ...]:
        """Return the id that names row `index`, if its first column is one and could be read."""
        first = self.columns.get(self.table.columns[0].key)
        return (first[index],) if first and isinstance(first[index], str) and first[index] else ()  # type: ignore[return-value]

    def drop(self, code: str, index: int, findings: Findings, column: Column | None = None, **found: object) -> None:
        """Add an error on row `index` and leave the row out. `found`: value and params of the finding."""
        self.usable[index] = 0
        self.remark(code, index, findings, column, **found)

    def remark(self, code: str, index: int, findings: Findings, column: Column | None = None, **found: object) -> None:
        """Add a finding on row `index`."""
        value = found.pop("value", "")
        params = {key: str(text) for key, text in found.items()}
        title = column.title if column else ""
        if self.places:
            params["place"] = self.places[index]
        findings.add(code, self.table.key, self.numbers[index], title, value, self.subject(index), **params)


def read_grid(table: Table, header: Header, from_csv: bool, findings: Findings, learned: LearnedIn = no_words) -> Grid:
    """Return the table's columns with one value per data row, errors and warnings added to `findings`.

    `learned` gives by column what words mean that cannot be read otherwise.
    """
    numbers = [number for number, _ in header.rows]
    grid = Grid(table, numbers, usable=bytearray(b"\x01") * len(numbers), places=header.places)
    year = share_cells(table, header)
    missing: dict[int, list[Column]] = {}
    for column in table.columns:
        _read_column(grid, column, header, missing, (findings, learned(column.key)), year)
    _report_missing(grid, missing, findings)
    if from_csv:
        for index, (_, cells) in enumerate(header.rows):
            extra = [cell for cell in cells[header.width :] if not is_blank(cell)]
            if extra:
                grid.drop("row.too-many-cells", index, findings, value=extra[0])
    _check_dates(grid, findings)
    return grid


def _read_column(
    grid: Grid,
    column: Column,
    header: Header,
    missing: dict[int, list[Column]],
    told: tuple[Findings, Mapping[str, str]],
    year: int | None,
) -> None:
    findings, learned = told
    read = cell_reader(column, year)
    if learned and not column.bars:
        read = _with_learned(read, learned)
    position = header.positions.get(column.key)
    if position is None:
        grid.columns[column.key] = [read("").value] * len(header.rows)
        return
    raws = [cells[position] for _, cells in header.rows]
    # Most columns repeat few values, so each is read once. 1.0 and True are equal keys, yet not the same cell.
    keys = [(type(raw), raw) for raw in raws] if bool in set(map(type, raws)) else raws
    reads: dict[object, Read] = {key: read(raw) for key, raw in dict(zip(keys, raws, strict=True)).items()}
    values = {key: found.value for key, found in reads.items()}
    grid.columns[column.key] = [values[key] for key in keys]
    if column.required and any(found.empty for found in reads.values()):
        for index, key in enumerate(keys):
            if reads[key].empty and column.bars:
                hold(grid, index, column, findings, raws[index])
            elif reads[key].empty:
                missing.setdefault(index, []).append(column)
    if any(found.problems for found in reads.values()):
        for index, key in enumerate(keys):
            for code, value, params in reads[key].problems:
                wrong = finding_types()[code].severity is Severity.ERROR
                if wrong and column.bars:
                    hold(grid, index, column, findings, raws[index], **dict(params))
                else:
                    report = grid.drop if wrong else grid.remark
                    report(code, index, findings, column, value=value or raws[index], **dict(params))


def _with_learned(read: Callable[[object], Read], learned: Mapping[str, str]) -> Callable[[object], Read]:
    """Return a reader that reads what `read` cannot by what a word means, with a notice."""

    def knowing(raw: object) -> Read:
        found = read(raw)
        if not any(finding_types()[code].severity is not Severity.INFO for code, _, _ in found.problems):
            return found
        meant = learned.get(fold(str(raw)), "")
        then = read(meant)
        if not meant or then.problems or then.empty:
            return found
        return Read(then.value, (Problem("cell.learned", "", (("read", meant),)),))

    return knowing


def hold(grid: Grid, index: int, column: Column, findings: Findings, raw: object, **found: str) -> None:
    """Keep a row whose `column` cannot be read with the strictest value that the cell can mean, and tell it."""
    value = grid.columns[column.key][index] = strictest(grid.table, column, raw)
    grid.held.add((index, column.key))
    narrowed = isinstance(value, date) and FIRST_DAY < value < LAST_DAY
    choices = f"，可选：{found['choices']}" if found.get("choices") else ""
    about = {"bars": f"按 {value} 算" if narrowed else column.bars, "hint": found.get("hint", ""), "choices": choices}
    grid.remark("held.cell", index, findings, column, value="（空）" if is_blank(raw) else raw, **about)


def _report_missing(grid: Grid, missing: dict[int, list[Column]], findings: Findings) -> None:
    required = sum(column.required for column in grid.table.columns)
    for index, columns in missing.items():
        if len(columns) >= 2 and len(columns) * 2 > required:
            names = "、".join(column.title for column in columns)
            grid.drop("row.half-empty", index, findings, missing=names)
        else:
            for column in columns:
                grid.drop("cell.missing", index, findings, column)


def _check_dates(grid: Grid, findings: Findings) -> None:
    for first_key, last_key in DATE_PAIRS:
        if first_key not in grid.columns or last_key not in grid.columns:
            continue
        column = grid.table.column(last_key)
        pairs = list(zip(grid.columns[first_key], grid.columns[last_key], strict=True))
        for index, (first, last) in enumerate(pairs):
            if not (isinstance(first, date) and isinstance(last, date) and last < first):
                continue
            if not column.bars:
                grid.drop("row.dates-reversed", index, findings, column, value=last, first=first)
            elif not grid.held & {(index, first_key), (index, last_key)}:
                if grid.table.key in RESTRICTING:
                    grid.columns[first_key][index], grid.columns[last_key][index] = last, first
                grid.remark("held.range", index, findings, column, value=last, first=first)


def settle_lists(grid: Grid, findings: Findings) -> None:
    """Give rows of the lists whose kind cannot be read the one that bars most; drop those that name nobody."""
    if grid.table.key != "lists":
        return
    kinds = grid.columns["kind"]
    for index, kind in enumerate(kinds):
        if kind == "":
            kinds[index] = kind = kind_of(lambda key, at=index: grid.columns[key][at])  # type: ignore[misc]
        if any(not grid.columns[key][index] for key in NEEDED_BY_LISTS[str(kind)]):
            grid.usable[index] = 0


def tell_lost_restrictions(grid: Grid, findings: Findings, repeated: set[int]) -> None:
    """Tell each row of a table of restrictions that is left out although it may restrict somebody."""
    if grid.table.key in RESTRICTING:
        for index, usable in enumerate(grid.usable):
            if not usable and index not in repeated | grid.needless:
                grid.remark("held.row", index, findings)


def drop_duplicates(grid: Grid, findings: Findings) -> set[int]:
    """Leave out usable rows that repeat the key of an earlier usable one, and return them; remark on rows that look
    alike. In a table of restrictions only a row that says the same is left out: of two that differ both bar.
    """
    before = bytes(grid.usable)
    keys = grid.table.unique
    code = "row.duplicate" if keys else "row.repeated"
    _compare(grid, tuple(grid.columns) if grid.table.key in RESTRICTING or not keys else keys, code, findings)
    if grid.table.key in LOOKALIKES:
        _compare(grid, LOOKALIKES[grid.table.key], "row.lookalike", findings)
    return {index for index, (then, now) in enumerate(zip(before, grid.usable, strict=True)) if then and not now}


def _compare(grid: Grid, keys: tuple[str, ...], code: str, findings: Findings) -> None:
    seen: dict[tuple[object, ...], int] = {}
    act = grid.drop if code == "row.duplicate" else grid.remark
    rows = zip(*(grid.columns[key] for key in keys), strict=True)
    for index, row in enumerate(rows):
        if not grid.usable[index] or (code == "row.lookalike" and "" in row):
            continue
        first = seen.setdefault(row, index)
        if first != index and code == "row.duplicate" and _says_the_same(grid, first, index):
            grid.usable[index] = 0
            grid.remark("row.repeated", index, findings, first=grid.numbers[first])
        elif first != index:
            value = as_shown(" ".join(_shown(part) for part in row if part not in ("", (), None)))
            act(code, index, findings, value=value, first=grid.numbers[first])


def _says_the_same(grid: Grid, one: int, other: int) -> bool:
    return bool(grid.places) and all(column[one] == column[other] for column in grid.columns.values())


def _shown(part: object) -> str:
    return ";".join(map(str, cast("tuple[object, ...]", part))) if isinstance(part, tuple) else str(part)
