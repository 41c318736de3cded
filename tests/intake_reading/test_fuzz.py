"""Whole tables of arbitrary cells: read with findings, never with an exception, and what is kept is consistent."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.intake.read.reader import read_tables
from planner.intake.read.rows import read_grid
from planner.intake.read.sheets import RawSheet, find_header, numbered
from planner.intake.tables.schema import TABLES, Kind
from planner.intake.words.catalogue import render
from planner.intake.words.findings import Findings
from planner.intake.write.writer import write_workbook
from tests.intake_reading.cases import good, site

CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**12), 10**12),
    st.dates(),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(["S1", "F1", "SCJG", "I1", "现场", "是", "A=5%", "2026-06-01", "行业=餐饮", "#", "=A1", "'", "无"]),
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.key)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_cells_below_a_header(table, data: st.DataObject) -> None:  # type: ignore[no-untyped-def]
    row = st.lists(CELL, max_size=len(table.columns) + 2)
    rows = [[column.title for column in table.columns], *data.draw(st.lists(row, max_size=6))]
    findings = Findings()
    header = find_header(table, RawSheet("x", numbered(rows), from_csv=data.draw(st.booleans())), findings)
    assert header is not None
    grid = read_grid(table, header, True, findings)
    for column in table.columns:
        if (
            column.required
            and not column.bars
            and column.kind in {Kind.ID, Kind.TEXT, Kind.CHOICE, Kind.DATE, Kind.INT, Kind.IDS}
        ):
            values = zip(grid.columns[column.key], grid.usable, strict=True)
            assert all(value not in (None, "", ()) for value, usable in values if usable)
    for finding in findings.sorted():
        assert all(render(finding, "zh"))
        assert all(render(finding, "en"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.dictionaries(st.sampled_from([c.key for c in TABLES[3].columns]), CELL), max_size=4))
def test_any_cells_in_a_workbook(rows: list[dict[str, object]], tmp_path: Path) -> None:
    raw = good()
    raw["sites"] += [site("S3"), *({**row} for row in rows)]
    raw["sites"] = [{key: _writable(value) for key, value in row.items()} for row in raw["sites"]]
    write_workbook(raw, tmp_path / "any.xlsx")
    found = read_tables(tmp_path / "any.xlsx")
    assert [row.site_id for row in found.sites][:3] == ["S1", "S2", "S3"]
    ids = [row.site_id for row in found.sites]
    assert len(ids) == len(set(ids))


def _writable(value: object) -> object:
    """Excel has no dates before 1900."""
    return None if getattr(value, "year", 1900) < 1900 else value
