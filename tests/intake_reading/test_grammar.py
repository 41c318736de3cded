"""Scope, ratio, frequency, dates and hours."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.read.cells import Read, cell_reader
from planner.intake.read.grammar import GrammarError, read_dates, read_frequency, read_hours, read_ratio, read_scope
from planner.intake.tables.records import Scope
from planner.intake.tables.schema import Column, Kind


@pytest.mark.parametrize(
    "text", ["行业=餐饮|住宿; 街镇=朱泾镇", "行业＝餐饮｜住宿；街镇：朱泾镇", "industry=餐饮、住宿\ntown=朱泾镇;"]
)
def test_scope(text: str) -> None:
    assert read_scope(text) == Scope((("industry", ("餐饮", "住宿")), ("town", ("朱泾镇",))))


def test_scope_grades_are_codes() -> None:
    assert read_scope("等级=C|红") == Scope((("grade", ("C", "red")),))


@pytest.mark.parametrize(
    "text", ["餐饮", "行业=", "=餐饮", "规模=大", "行业=餐饮;行业=住宿", "等级=Z", "行业餐饮;街镇=甲"]
)
def test_no_scope(text: str) -> None:
    with pytest.raises(GrammarError):
        read_scope(text)


def test_ratio() -> None:
    assert read_ratio("A=5%; B=10%;C=30％;D=100%") == (("A", 500), ("B", 1000), ("C", 3000), ("D", 10_000))
    assert read_ratio("20%") == (("*", 2000),)
    assert read_ratio("绿=0.5%;红=0.25") == (("green", 50), ("red", 2500))
    assert read_ratio("A=0%;*=0.01%") == (("A", 0), ("*", 1))


@pytest.mark.parametrize("text", ["20", "1", "101%", "A=5%;A=6%", "A=5%;20%", "Z=5%", "两成", "-5%", "0.001%", "A5%"])
def test_no_ratio(text: str) -> None:
    with pytest.raises(GrammarError):
        read_ratio(text)


@pytest.mark.parametrize(("raw", "parts"), [(0.05, 500), (0.2, 2000), (1.0, 10_000), (0.07, 700), (0.29, 2900)])
def test_a_percent_cell_is_stored_as_a_fraction(raw: float, parts: int) -> None:
    assert cell_reader(Column("ratio", "", Kind.RATIO))(raw) == Read((("*", parts),))


def test_frequency() -> None:
    assert read_frequency("A=1/2; B=1; D=2") == (("A", (1, 2)), ("B", (1, 1)), ("D", (2, 1)))
    assert read_frequency("1") == (("*", (1, 1)),)
    assert cell_reader(Column("frequency", "", Kind.FREQUENCY))(2.0) == Read((("*", (2, 1)),))


@pytest.mark.parametrize("text", ["1/0", "一次", "A=1;A=2", "1.5", "-1", "A=", "1/2/3"])
def test_no_frequency(text: str) -> None:
    with pytest.raises(GrammarError):
        read_frequency(text)


def test_date_range_of_one_day() -> None:
    assert read_dates("2026-06-01~2026-06-01") == ((date(2026, 6, 1),) * 2,)


@given(st.lists(st.tuples(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.integers(0, 50)), max_size=5))
def test_ranges_read_back(parts: list[tuple[date, int]]) -> None:
    last = date(2100, 12, 31).toordinal()
    ranges = tuple(
        dict.fromkeys((first, date.fromordinal(min(first.toordinal() + days, last))) for first, days in parts)
    )
    assert read_dates(";".join(f"{first}~{to}" for first, to in ranges)) == ranges


@given(st.dictionaries(st.sampled_from("ABCD"), st.integers(0, 10_000), min_size=1))
def test_ratios_read_back(ratios: dict[str, int]) -> None:
    text = ";".join(f"{grade}={parts // 100}.{parts % 100:02d}%" for grade, parts in ratios.items())
    assert read_ratio(text) == tuple(ratios.items())


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("11:00-13:00;17:00-20:00", [(660, 780), (1020, 1200)]),
        ("17：00—20：00；11：00～13：00", [(660, 780), (1020, 1200)]),
        ("18:00-24:00", [(1080, 1440)]),
        ("22:00至次日", None),
        ("22:00-02:00", [(0, 120), (1320, 1440)]),
        ("22:00-00:00", [(1320, 1440)]),
        ("0:00-24:00", [(0, 1440)]),
        ("11-13、12:30到14点", [(660, 840)]),
        ("9点30分-11时", [(570, 660)]),
    ],
)
def test_hours(text: str, spans: list[tuple[int, int]] | None) -> None:
    assert read_hours(text) == ((tuple(spans), ()) if spans else ((), (text,)))


@pytest.mark.parametrize(
    "part", ["中午", "11:00", "11:60-12:00", "25:00-26:00", "11:00-11:00", "11:00-24:30", "24:00-1:00"]
)
def test_what_is_no_span_of_hours_is_named_and_the_rest_is_kept(part: str) -> None:
    assert read_hours(f"17:00-20:00;{part}") == (((1020, 1200),), (part,))
    cell = cell_reader(Column("quiet_hours", "避开时段", Kind.HOURS))(f"17:00-20:00;{part}")
    assert cell.value == ((1020, 1200),)
    assert [(problem.code, problem.value) for problem in cell.problems] == [("cell.hours", part)]


@given(st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda s: s[0] != s[1]), max_size=5))
def test_hours_read_back_minute_by_minute(spans: list[tuple[int, int]]) -> None:
    def inside(minute: int) -> bool:
        return any(a <= minute < b if a < b else minute >= a or minute < b for a, b in spans)

    text = ";".join(f"{a // 60}:{a % 60:02d}-{b // 60}:{b % 60:02d}" for a, b in spans)
    found, unread = read_hours(text)
    assert not unread
    assert found == tuple(sorted(found))
    assert [any(a <= m < b for a, b in found) for m in range(1440)] == [inside(m) for m in range(1440)]
