"""A month that a bureau made by hand: a workbook of visits (site, day, who comes), read whatever it is called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import cast

from planner.domain.finding import Finding
from planner.intake.read.forms.sources import sheets_of
from planner.intake.read.references import Ids, resolve, unique_names
from planner.intake.read.rows import read_grid
from planner.intake.read.sheets import Header, RawSheet, find_header, header_at
from planner.intake.tables.layout import column_names, normal
from planner.intake.tables.records import AgencyRow, Tables
from planner.intake.tables.schema import Column, Kind, Table
from planner.intake.words.catalogue import input_error
from planner.intake.words.findings import Findings
from planner.rulebook.offices import DOMAINS

FORM = Table(
    "hand_made",
    "手排月",
    (
        Column("site_id", "检查对象", Kind.ID, True, refers="sites"),
        Column("date", "日期", Kind.DATE, True),
        Column("agencies", "检查主体", Kind.IDS, True, refers="agencies"),
        Column("others", "参加主体", Kind.IDS, refers="agencies"),
        Column("items", "检查事项", Kind.IDS, refers="items"),
    ),
)
"""One row a visit, or one a visit and body. Other columns stay unread, and are told."""
_MONTH_AND_DAY = re.compile(r"(\d{1,2})\s*[月./]\s*(\d{1,2})\s*[日号]?")
"""A date that names no year. `6-8` is none: it may be a range."""
_DISTRICT = re.compile(r"^[\u3400-\u9fff]*?[区县]")


@dataclass(frozen=True, slots=True)
class HandRow:
    """One usable row: ids of site, bodies and items ((): all that is due), and where it stands."""

    site: str
    day: date
    agencies: tuple[str, ...]
    items: tuple[str, ...]
    sheet: str
    row: int


def read_hand_made(
    path: Path, tables: Tables, year: int, aliases: Mapping[str, str]
) -> tuple[list[HandRow], tuple[Finding, ...]]:
    """Return the usable rows of all sheets that name site, day and bodies, and what was wrong with the rest.

    Sites, bodies and items are those of the month's source, `aliases` other ids of its sites; `year` counts where dates
    name none. Bodies may be named as officials say: without the district, or by their domain where only one has it.
    Findings name the sheet as their table. Raises InputError where nothing can be read, or no sheet holds visits.
    """
    if not path.is_file():
        raise input_error("file.missing", path.name)
    findings, told, rows, found = Findings(), list[Finding](), list[HandRow](), 0
    sites = Ids.of_names((row.site_id, row.name) for row in tables.sites).with_aliases(aliases)
    agencies = Ids.of_names((row.agency_id, row.name) for row in tables.agencies).with_aliases(said(tables.agencies))
    items = Ids.of_names((row.item_id, row.name) for row in tables.items)
    known = {"sites": sites, "agencies": agencies, "items": items}
    for sheet in sheets_of(path, findings):
        if not _is_form(sheet):
            findings.add("adopt.other-sheet", sheet.name, value=sheet.name)
            continue
        found += 1
        own = Findings()
        rows += _read(sheet, known, year, own)
        told += [replace(one, table=sheet.name) for one in own.sorted()]
    if not found:
        raise input_error("adopt.no-form", path.name)
    return rows, (*findings.sorted(), *told)


def said(agencies: tuple[AgencyRow, ...]) -> dict[str, str]:
    """Return what else bodies are called: without their district, and by the domain that is theirs alone."""
    parents = [row for row in agencies if not row.parent_id or row.parent_id == row.agency_id]
    short = [(_DISTRICT.sub("", row.name, count=1), row.agency_id) for row in agencies]
    names = dict(DOMAINS)
    titled = [(names[row.domain], row.agency_id) for row in parents if row.domain in names]
    by_domain = [(name + end, one) for name, one in titled for end in ("", "局")]
    return {**unique_names(by_domain), **unique_names((name, one) for name, one in short if len(name) > 1)}


def _is_form(sheet: RawSheet) -> bool:
    found = header_at(FORM, sheet)
    if found is None:
        return False
    names = column_names(FORM)
    return {"site_id", "date"} <= {names.get(normal(cell), "") for cell in found[1]}


def _read(sheet: RawSheet, known: dict[str, Ids], year: int, findings: Findings) -> list[HandRow]:
    header = find_header(FORM, sheet, findings)
    if header is None:
        return []
    _fill_years(header, header.year or year, findings)
    grid = read_grid(FORM, header, sheet.from_csv, findings)
    resolve(grid, known, findings)
    rows = list[HandRow]()
    for n, number in enumerate(grid.numbers):
        if not grid.usable[n]:
            continue
        cells = {key: values[n] for key, values in grid.columns.items()}
        bodies = cast("tuple[str, ...]", cells["agencies"]) + cast("tuple[str, ...]", cells["others"])
        one = HandRow(
            str(cells["site_id"]),
            cast("date", cells["date"]),
            tuple(dict.fromkeys(bodies)),
            cast("tuple[str, ...]", cells["items"]),
            sheet.name,
            number,
        )
        rows.append(one)
    return rows


def _fill_years(header: Header, year: int, findings: Findings) -> None:
    """Write the year into dates that name none."""
    at = header.positions["date"]
    for n, (number, cells) in enumerate(header.rows):
        found = _MONTH_AND_DAY.fullmatch(str(cells[at]).strip()) if isinstance(cells[at], str) else None
        if found:
            read = f"{year}-{int(found[1]):02d}-{int(found[2]):02d}"
            findings.add("cell.read-as", FORM.key, number, FORM.column("date").title, cells[at], read=read)
            header.rows[n] = number, [*cells[:at], read, *cells[at + 1 :]]
