"""Cells: what each kind accepts, what it refuses, and that nothing makes it raise."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from planner.intake.read.cells import MAX_TEXT, Read, SpoiledCell, cell_reader
from planner.intake.tables.records import Scope
from planner.intake.tables.schema import TABLES, Column, Kind
from planner.intake.words.catalogue import finding_types

MARCH = date(2026, 3, 1)


def read(kind: Kind, raw: object, key: str = "x", **options: object) -> Read:
    return cell_reader(Column(key, "列", kind, **options))(raw)  # type: ignore[arg-type]


def codes(found: Read) -> list[str]:
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    "raw",
    [
        MARCH,
        datetime(2026, 3, 1, 8, 30),
        "2026-03-01",
        "2026-3-1",
        "2026/3/1",
        "2026.3.1",
        "2026年3月1日",
        "2026年03月01号",
        "２０２６年３月１日",
        " 2026-03-01 00:00:00 ",
        "2026-03-01T08:00:00+08:00",
        "20260301",
        20260301,
        20260301.0,
    ],
)
def test_ways_to_write_a_date(raw: object) -> None:
    assert read(Kind.DATE, raw) == Read(MARCH)


@pytest.mark.parametrize("raw", ["2026-02-30", "明天", "3/1/2026", "26.3.1", "2026年3月", True, time(8), "2026-13-01"])
def test_no_dates(raw: object) -> None:
    assert codes(read(Kind.DATE, raw)) == ["cell.date"]


@pytest.mark.parametrize("raw", [date(1900, 1, 5), "1989-12-31", "2101-01-01", datetime(9999, 1, 1), 5.0])
def test_dates_of_no_sensible_year(raw: object) -> None:
    assert codes(read(Kind.DATE, raw)) == ["cell.date-range"]


def test_first_and_last_sensible_dates() -> None:
    assert read(Kind.DATE, "1990-01-01").value == date(1990, 1, 1)
    assert read(Kind.DATE, "2100-12-31").value == date(2100, 12, 31)


def test_a_date_that_lost_its_format_is_read_with_a_warning() -> None:
    found = read(Kind.DATE, 46082.0)
    assert (found.value, codes(found)) == (MARCH, ["cell.date-serial"])


@pytest.mark.parametrize(
    "raw", ["2026-06-01~2026-06-05;2026-06-10", "2026.6.1～2026.6.5、20260610", "2026年6月1日至2026年6月5日\n2026/6/10"]
)
def test_dates_and_ranges(raw: str) -> None:
    june = [date(2026, 6, day) for day in (1, 5, 10)]
    assert read(Kind.DATES, raw) == Read(((june[0], june[1]), (june[2], june[2])))


@pytest.mark.parametrize("raw", ["2026-06-05~2026-06-01", "2026-06-01~", "六月", "2026-06-01~2026-06-31"])
def test_no_dates_and_ranges(raw: str) -> None:
    assert codes(read(Kind.DATES, raw)) == ["cell.date"]


@pytest.mark.parametrize("raw", [60, 60.0, "60", "６０", " 60 ", "60.0", "+60"])
def test_whole_numbers(raw: object) -> None:
    found = read(Kind.INT, raw, low=5, high=480)
    assert found == Read(60)
    assert type(found.value) is int


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("六十", "cell.number"),
        ("60分钟", "cell.number"),
        ("1_0", "cell.number"),
        ("1e2", "cell.number"),
        (True, "cell.number"),
        (MARCH, "cell.number"),
        (59.5, "cell.whole-number"),
        (4, "cell.range"),
        (481, "cell.range"),
        (math.inf, "cell.range"),
        (math.nan, "cell.range"),
        ("9" * 400, "cell.range"),
    ],
)
def test_no_whole_numbers(raw: object, code: str) -> None:
    assert codes(read(Kind.INT, raw, low=5, high=480)) == [code]


def test_bounds_are_allowed() -> None:
    assert [read(Kind.INT, raw, low=5, high=480).value for raw in (5, 480)] == [5, 480]


def test_thousands_separators_are_read() -> None:
    assert read(Kind.INT, "1,200") == Read(1200)
    assert codes(read(Kind.INT, "12,00")) == ["cell.number"]


@pytest.mark.parametrize("raw", ["是", "TRUE", True, 1.0, "1", "Y", "√"])
def test_yes(raw: object) -> None:
    assert read(Kind.BOOL, raw) == Read(True)


@pytest.mark.parametrize("raw", ["否", "false", False, 0.0, "0", "no", "×"])
def test_no(raw: object) -> None:
    assert read(Kind.BOOL, raw) == Read(False)


def test_choices_in_code_or_chinese() -> None:
    choices = (("on_site", "现场"), ("off_site", "非现场"))
    for raw in ("on_site", "现场", " ON_SITE ", "现场\u3000"):
        assert read(Kind.CHOICE, raw, choices=choices) == Read("on_site")
    assert codes(read(Kind.CHOICE, "线上", choices=choices)) == ["cell.choice"]


def test_ids_are_half_width_text() -> None:
    assert read(Kind.ID, 1001.0) == Read("1001")
    assert read(Kind.ID, "ＳＣＪＧ－１") == Read("SCJG-1")
    for raw in (9.13101e17, "9.13101E+17"):
        assert codes(read(Kind.ID, raw)) == ["cell.number-as-code"]
    for raw in (MARCH, True, "x" * 101):
        assert codes(read(Kind.ID, raw)) == ["cell.id"]


def test_a_code_of_text_stays_whole() -> None:
    assert read(Kind.TEXT, "0900123456", "certificate_no") == Read("0900123456")
    assert codes(read(Kind.TEXT, 900123456.0, "certificate_no")) == ["cell.number-as-text"]
    assert codes(read(Kind.TEXT, "91310116MA1J8XXXX0", "credit_code")) == []
    assert codes(read(Kind.TEXT, "91310116MA1J8XXXX", "credit_code")) == ["cell.credit-code"]


def test_lists_take_all_separators_and_lose_repeats() -> None:
    assert read(Kind.LIST, "甲;乙；丙、丁,戊，己\n甲") == Read(("甲", "乙", "丙", "丁", "戊", "己"))
    assert read(Kind.IDS, 7.0) == Read(("7",))


@pytest.mark.parametrize("raw", ["无", "-", "/", "N/A", "", None, "\u3000"])
def test_signs_for_nothing(raw: object) -> None:
    assert read(Kind.DATE, raw) == Read(None, (), True)
    assert read(Kind.SCOPE, raw) == Read(Scope(), (), True)


def test_text_keeps_its_words() -> None:
    long = read(Kind.TEXT, "长" * (MAX_TEXT + 1))
    assert (len(str(long.value)), codes(long)) == (MAX_TEXT, ["cell.too-long"])
    assert codes(read(Kind.TEXT, "长" * MAX_TEXT)) == []
    for start in "=+-@":
        found = read(Kind.TEXT, f"{start}1+1", "name")
        assert (found.value, codes(found)) == (f"{start}1+1", ["cell.formula-like"])
    assert read(Kind.TEXT, "甲\x00\u200b乙", "name").value == "甲乙"
    assert read(Kind.TEXT, "（甲），乙", "name").value == "（甲），乙"
    assert read(Kind.TEXT, "（甲）", "town").value == "(甲)"
    assert read(Kind.TEXT, 15.0, "value").value == "15"


def test_a_month_that_became_a_date() -> None:
    for raw in ("2026-06", "2026年6月", date(2026, 6, 1), "202606"):
        assert read(Kind.TEXT, raw, "month") == Read("2026-06")
    assert codes(read(Kind.TEXT, "2026-13", "month")) == ["cell.month"]


def test_an_unreadable_cell_is_only_empty_where_that_is_harmless() -> None:
    assert codes(read(Kind.FLOAT, "东经", "lon")) == ["cell.ignored"]
    assert codes(read(Kind.FLOAT, "东经", "other")) == ["cell.number"]


RAW = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.text(alphabet="0123456789年月日-./~至;,、=%|ABCD行业等级标签 *", max_size=30),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.builds(SpoiledCell, st.sampled_from(["cell.error-value", "cell.formula-empty"]), st.text()),
    st.text(alphabet=st.characters(categories=["Cc", "Cf", "Cs", "Zs", "Lo"])),
)
COLUMNS = [column for table in TABLES for column in table.columns]
READERS = [(column, cell_reader(column)) for column in COLUMNS]


@given(RAW)
@example(float("nan"))
@example(10**400)
@example(timedelta(days=10**6))
def test_no_cell_makes_a_column_raise(raw: object) -> None:
    known = finding_types()
    for column, reader in READERS:
        found = reader(raw)
        assert all(problem.code in known for problem in found.problems)
        if isinstance(found.value, str):
            found.value.encode()
        if column.choices and found.value:
            assert found.value in dict(column.choices)
