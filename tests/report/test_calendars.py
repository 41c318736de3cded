"""Calendar files: parsed again by the library, they say what the plan says, to each agency its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar

from planner.domain.result import MonthResult
from planner.report.calendars import write_calendars
from tests.report.month import NAMES, result_of, timed

OWN = "区生态环境局.ics"


def _written(folder: Path, result: MonthResult) -> dict[str, list[Any]]:
    paths = write_calendars(result, NAMES, folder)
    assert sorted(folder.iterdir()) == sorted(paths)
    return {path.name: list(Calendar.from_ical(path.read_bytes()).walk("VEVENT")) for path in paths}


def test_each_agency_has_all_of_its_visits(tmp_path: Path) -> None:
    events = _written(tmp_path, timed(result_of()))
    ids = {v.site: v.id for v in result_of().visits}
    assert {name: [str(e["uid"]) for e in found] for name, found in events.items()} == {
        OWN: [ids[0], ids[2], ids[3], ids[5]],
        "区市场监管局.ics": [ids[0], ids[1]],
        "区消防救援局.ics": [ids[2]],
    }


def test_times_are_shanghai_times_and_end_with_the_agencys_own_stay(tmp_path: Path) -> None:
    events = _written(tmp_path, timed(result_of()))
    first = events[OWN][0]
    assert first["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert first.decoded("dtstart").astimezone(UTC) == datetime(2026, 6, 8, 1, 15, tzinfo=UTC)
    assert first.decoded("dtend") - first.decoded("dtstart") == timedelta(minutes=105)
    market = events["区市场监管局.ics"][0]
    assert market["uid"] == first["uid"]
    assert market.decoded("dtend") - market.decoded("dtstart") == timedelta(minutes=75)
    (zone,) = Calendar.from_ical((tmp_path / OWN).read_bytes()).walk("VTIMEZONE")
    (standard,) = zone.walk("STANDARD")
    assert standard.decoded("tzoffsetto") == timedelta(hours=8)


def test_the_event_says_what_with_whom_and_who_goes(tmp_path: Path) -> None:
    event = _written(tmp_path, timed(result_of()))[OWN][0]
    text = str(event["description"])
    assert str(event["summary"]) == "联合检查：=1+1小吃店"
    assert "朱泾路1号" in str(event["location"])
    for part in (
        "检查事项：排污许可检查",
        "同行：区市场监管局",
        "区生态环境局：赵一、钱二",
        "区市场监管局：张甲、李乙",
    ):
        assert part in text


def test_only_the_own_agencys_file_knows_an_unannounced_check(tmp_path: Path) -> None:
    events = _written(tmp_path, timed(result_of()))
    (secret,) = [e for e in events[OWN] if "-化工厂" in str(e["summary"])]
    assert secret["class"] == "CONFIDENTIAL"
    assert "不得告知" in str(secret["description"])
    assert all("化工厂" not in (tmp_path / name).read_text("utf-8") for name in events if name != OWN)


def test_a_visit_across_the_break_says_how_long_it_really_is(tmp_path: Path) -> None:
    event = _written(tmp_path, timed(result_of(), S6=10))[OWN][3]
    assert event.decoded("dtend").strftime("%H:%M") == "14:15"  # 11:30 and the break, 75 minutes of work
    assert "跨午休，实际检查 75 分钟" in str(event["description"])


def test_a_month_without_times_has_whole_days(tmp_path: Path) -> None:
    event = _written(tmp_path, result_of())[OWN][0]
    assert event.decoded("dtstart") == date(2026, 6, 8)
    assert "dtend" not in event


def test_the_same_plan_makes_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write_calendars(timed(result_of()), NAMES, one)
    write_calendars(timed(result_of()), NAMES, other)
    assert [p.read_bytes() for p in sorted(one.iterdir())] == [p.read_bytes() for p in sorted(other.iterdir())]


def test_hostile_agency_names_make_lawful_unique_files(tmp_path: Path) -> None:
    names = replace(NAMES, agencies={"HJ": "../a:b", "SCJG": "../A:B", "XF": "\x00. "})
    paths = write_calendars(timed(result_of()), names, tmp_path)
    assert [p.name for p in paths] == ["_a_b.ics", "_A_B~2.ics", "_.ics"]
    assert {p.parent for p in paths} == {tmp_path}
