"""Calendar files: parsed again by the library, they say what the plan says, to each agency its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar

from planner.domain.result import MonthResult
from planner.report.calendars import agencies_that_go, calendar_of, numbered_after, write_calendars
from planner.report.visits.view import view_of
from tests.report.month import NAMES, result_of, timed

OWN = "区生态环境局.ics"


def told(result: MonthResult) -> dict[str, MonthResult]:
    """Return the month for each agency that goes in it."""
    return dict.fromkeys(agencies_that_go(result), result)


def _written(folder: Path, result: MonthResult) -> dict[str, list[Any]]:
    paths = write_calendars(told(result), NAMES, folder)
    assert sorted(folder.iterdir()) == sorted(paths)
    return {path.name: list(Calendar.from_ical(path.read_bytes()).walk("VEVENT")) for path in paths}


def test_each_agency_has_all_of_its_visits(tmp_path: Path) -> None:
    events = _written(tmp_path, timed(result_of()))
    assert {name: len(found) for name, found in events.items()} == {
        OWN: 4,
        "区市场监管局.ics": 2,
        "区消防救援局.ics": 1,
    }
    uids = [str(event["uid"]) for found in events.values() for event in found]
    assert len(set(uids)) == len(uids), "an event is of one agency's tasks"
    assert set(uids) <= {task.id for task in result_of().case.tasks}


def test_times_are_shanghai_times_and_end_with_the_agencys_own_stay(tmp_path: Path) -> None:
    events = _written(tmp_path, timed(result_of()))
    first = events[OWN][0]
    assert first["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert first.decoded("dtstart").astimezone(UTC) == datetime(2026, 6, 8, 1, 15, tzinfo=UTC)
    assert first.decoded("dtend") - first.decoded("dtstart") == timedelta(minutes=105)
    market = events["区市场监管局.ics"][0]
    assert market.decoded("dtstart") == first.decoded("dtstart")
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
    write_calendars(told(timed(result_of())), NAMES, one)
    write_calendars(told(timed(result_of())), NAMES, other)
    assert [p.read_bytes() for p in sorted(one.iterdir())] == [p.read_bytes() for p in sorted(other.iterdir())]


def test_hostile_agency_names_make_lawful_unique_files(tmp_path: Path) -> None:
    names = replace(NAMES, agencies={"HJ": "../a:b", "SCJG": "../A:B", "XF": "\x00. "})
    paths = write_calendars(told(timed(result_of())), names, tmp_path)
    assert [p.name for p in paths] == ["_a_b.ics", "_A_B~2.ics", "_.ics"]
    assert {p.parent for p in paths} == {tmp_path}


def test_an_event_stays_the_same_through_a_move_and_what_falls_away_is_cancelled() -> None:
    result = timed(result_of())
    rows = view_of(result, "agency", NAMES, "HJ").rows()
    was = _by_uid(calendar_of(result, "HJ", rows, NAMES))
    moved = [replace(rows[0], day=rows[0].day + timedelta(days=1)), *rows[1:-1]]
    now = _by_uid(calendar_of(result, "HJ", moved, NAMES, was))
    assert now.keys() == was.keys()
    changed = {uid for uid in now if now[uid].decoded("dtstart") != was[uid].decoded("dtstart")}
    gone = {uid for uid in now if now[uid].get("status") == "CANCELLED"}
    assert len(changed) == len(gone) == 1
    for uid, event in now.items():
        assert int(event["sequence"]) == (uid in changed | gone)
        assert (event.decoded("dtstamp") > was[uid].decoded("dtstamp")) == (uid in changed | gone)
    again = calendar_of(result, "HJ", moved, NAMES, now)
    assert {uid: int(event["sequence"]) for uid, event in _by_uid(again).items()} == {
        uid: int(event["sequence"]) for uid, event in now.items()
    }, "nothing has changed since"
    back = _by_uid(calendar_of(result, "HJ", rows, NAMES, now))
    assert all(int(back[uid]["sequence"]) == 2 for uid in changed | gone)


def test_an_agency_that_goes_nowhere_any_more_is_told(tmp_path: Path) -> None:
    result = timed(result_of())
    write_calendars(told(result), NAMES, tmp_path / "1")
    (tmp_path / "1" / "区消防救援局.ics").rename(tmp_path / "1" / "区司法局.ics")
    paths = write_calendars(told(result), NAMES, tmp_path / "2", tmp_path / "1")
    assert tmp_path / "2" / "区司法局.ics" in paths
    (event,) = _by_uid(Calendar.from_ical((tmp_path / "2" / "区司法局.ics").read_bytes())).values()
    assert event["status"] == "CANCELLED"


def test_files_numbered_when_published_are_those_written_over_the_version_before(tmp_path: Path) -> None:
    result = timed(result_of())
    first, raw, over = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    write_calendars(told(result), NAMES, first)
    (first / "区消防救援局.ics").rename(first / "区司法局.ics")
    content = (first / OWN).read_bytes()
    (first / OWN).write_bytes(content.replace(b"SUMMARY:", b"SUMMARY:x").replace(b"UID:", b"UID:x", 1))
    write_calendars(told(result), NAMES, raw)
    write_calendars(told(result), NAMES, over, first)
    for path in sorted(over.iterdir()):
        own = raw / path.name
        before = first / path.name
        expected = path.read_bytes()
        numbered = numbered_after(
            path.name, own.read_bytes() if own.exists() else None, before.read_bytes() if before.exists() else b""
        )
        assert numbered is not None
        assert _by_uid(Calendar.from_ical(numbered)) == _by_uid(Calendar.from_ical(expected))
    assert numbered_after("x.ics", None, b"no calendar") is None
    empty = Calendar.from_ical((raw / OWN).read_bytes())
    empty.subcomponents = [one for one in empty.subcomponents if one.name != "VEVENT"]
    gone = numbered_after(OWN, empty.to_ical(), (raw / OWN).read_bytes())
    assert gone is not None
    assert {str(e["status"]) for e in _by_uid(Calendar.from_ical(gone)).values()} == {"CANCELLED"}


def test_names_with_line_breaks_and_control_characters_break_no_file(tmp_path: Path) -> None:
    names = replace(NAMES, agencies={"HJ": "生态\n环境局\x07", "SCJG": "a\r\nBEGIN:VEVENT", "XF": "\u2028消防"})
    for path in write_calendars(told(timed(result_of())), names, tmp_path):
        calendar = Calendar.from_ical(path.read_bytes())
        assert "\n" not in str(calendar["x-wr-calname"])


def _by_uid(calendar: Any) -> dict[str, Any]:
    found = Calendar.from_ical(calendar.to_ical()).walk("VEVENT")
    return {str(event["uid"]): event for event in found}
