"""Which check has the date that gap and cap leave a domain at a site, and what the other one is told."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from planner.checks import check_plan
from planner.domain.finding import Finding
from planner.intake.tables.records import Tables
from planner.service import Planned, plan_tables
from planner.service.files.plan_file import plan_document, restore_tables
from planner.service.month.hidden import announced
from tests.intake_law.build import (
    MONTH,
    agency,
    filing,
    grade,
    inspector,
    item,
    june,
    past,
    pin,
    setting,
    site,
    tables,
    waiver,
)

TEAM = agency("ZJ", "A01", level="town", town="朱泾镇")
OTHER = agency("WJ", "A05")
PEOPLE = tuple(inspector(f"{body}{n}", body) for body in ("SCJG", "ZJ", "WJ") for n in range(2))
ITEMS = (item(), item("I2", "ZJ"), item("I3", "WJ"), item("X1"), item("X2"))
SECRET: dict[str, Any] = {"unannounced": True, "window_from": june(8), "window_to": june(19), "strength": "mandatory"}


def month(*more: Any, secret: Any = None, **rows: Any) -> Tables:
    """Return a month in which the town team and the health office have a check at S1, and `secret` is filed beside."""
    filed = [filing("F-ZJ", "ZJ", items=("I2",)), filing("F-WJ", "WJ", items=("I3",)), *more]
    if secret is not None:
        filed.append(secret)
    base: dict[str, Any] = {
        "agencies": (agency("SCJG"), TEAM, OTHER),
        "inspectors": PEOPLE,
        "sites": (site(), site("S2")),
        "items": ITEMS,
        "filings": tuple(filed),
    }
    return tables(**(base | rows))


def hidden(filing_id: str = "X", **cells: Any) -> Any:
    return filing(filing_id, **{"items": ("X1",), **SECRET, **cells})


def told(planned: Planned) -> str:
    """Return the plan's document without its part of unannounced checks, its seal and how long it took."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(part) for key, part in value.items() if key not in ("hidden", "sha256", "seconds")}
        return [plain(part) for part in value] if isinstance(value, list) else value

    return json.dumps(plain(plan_document(planned)), ensure_ascii=False, sort_keys=True, default=str)


def day_of(planned: Planned) -> date | None:
    assert planned.hidden is not None
    (day,) = planned.hidden.days.values()
    return day


def test_the_heavier_unannounced_check_has_the_domains_date() -> None:
    planned = plan_tables(month(secret=hidden()), MONTH)
    day = day_of(planned)
    assert day is not None
    assert june(8) <= day <= june(19)
    assert planned.hidden is not None
    result = planned.hidden.months["SCJG"]
    assert result.plan is not None
    assert check_plan(result.case, result.plan, planned.rulebook) == ()
    (row,) = planned.result.not_visited
    assert (row.unit, row.site, row.rule, row.unannounced) == ("ZJ", "S1", "cap.domain", True)
    assert "最早2027-01-01" in row.zh
    assert row.clauses


@pytest.mark.parametrize(
    "rows",
    [
        {"secret": hidden(strength="accepted")},  # equal: the announced one
        {"secret": hidden(strength="optional", priority=9)},
        {"secret": hidden(), "settings": (setting("unannounced_first", "否"),)},
        {"secret": hidden(), "pins": (pin("P1", june(25), "ZJ", filing_id="F-ZJ"),)},
        {"secret": hidden(window_from=june(20), window_to=june(21))},  # a weekend: it could not come anyway
    ],
    ids=["equal", "lighter", "switched off", "published", "no day of its own"],
)
def test_else_the_announced_check_stays_and_nobody_is_told_anything(rows: dict[str, Any]) -> None:
    planned = plan_tables(month(**rows), MONTH)
    assert planned.hidden is None or set(planned.hidden.days.values()) <= {None}
    assert planned.result.not_visited == ()
    without = plan_tables(month(**(rows | {"secret": None})), MONTH)
    assert told(planned) == told(without)


def test_whoever_may_wait_loses_nothing_and_stands_back() -> None:
    """The team's check may come until the end of September, longer than the gap: it waits, though it weighs more."""
    waits = filing("F-ZJ", "ZJ", items=("I2",), priority=9, window_to=date(2026, 9, 30), needed=True, necessity="专项")
    health = filing("F-WJ", "WJ", items=("I3",))
    light = hidden(strength="optional", priority=1)
    planned = plan_tables(month(filings=(waits, health, light)), MONTH)
    assert day_of(planned) is not None
    (row,) = planned.result.not_visited
    assert (row.rule, row.unit) == ("gap.domain", "ZJ")
    assert "最早2026-07-19" in row.zh


def test_what_is_told_tells_the_window_and_nothing_else() -> None:
    """Two worlds with the same window: other items, lengths, weights, lots. Not a byte of the plan differs."""
    one = plan_tables(month(secret=hidden()), MONTH)
    other = hidden("Y", items=("X1", "X2"), priority=9, plan_code="JH-7")
    two = plan_tables(month(secret=other), MONTH)
    assert told(one) == told(two)
    assert "JH-7" not in told(two)


def test_a_stored_month_is_read_back_with_who_stood_back() -> None:
    filed = month(secret=hidden())
    planned = plan_tables(filed, MONTH)
    document = plan_document(planned)
    (stood,) = document["hidden"]["stood_back"]
    assert (stood["unit"], stood["site"]["id"], stood["filings"]) == ("ZJ", "S1", ["F-ZJ"])
    again = restore_tables(json.loads(json.dumps(document)), filed)
    assert plan_document(again)["hidden"] == document["hidden"]


def test_without_a_day_the_ways_are_told_and_the_waiver_does_what_it_says() -> None:
    """The coordinator is told that a waiver of gap and cap would do, and it does; the plan stays as it is."""
    secret = hidden(strength="optional")
    planned = plan_tables(month(secret=secret), MONTH)
    assert day_of(planned) is None
    (reason,) = plan_document(planned)["hidden"]["left_out"]
    assert "签批豁免（gap.domain、cap.domain）" in reason["reason"]["text_zh"]
    assert "ZJ" in reason["reason"]["text_zh"]
    signed = tuple(waiver(rule, waiver_id=f"W-{rule}", filing_id="X") for rule in ("gap.domain", "cap.domain"))
    lifted = plan_tables(month(secret=secret, waivers=signed), MONTH)
    assert day_of(lifted) is not None
    assert told(lifted) == told(planned)
    one = plan_tables(month(secret=secret, waivers=signed[:1]), MONTH)
    assert day_of(one) is None


def test_a_waiver_is_not_named_where_it_would_not_help() -> None:
    """On every day of its window somebody else is at the site."""
    busy = hidden(strength="optional", window_from=june(8), window_to=june(8))
    daily = filing("F-WJ", "WJ", items=("I3",), window_from=june(8), window_to=june(8))
    planned = plan_tables(month(filings=(filing("F-ZJ", "ZJ", items=("I2",)), daily, busy)), MONTH)
    (reason,) = plan_document(planned)["hidden"]["left_out"]
    assert "签批豁免" not in reason["reason"]["text_zh"]


def test_a_waiver_for_an_unannounced_filing_is_in_no_other_part_of_the_month() -> None:
    about = waiver("gap.domain", filing_id="X")
    wrong = Finding("x", "error", "waivers", about.ref.row, "rule", "", (), (), {})
    filed = month(secret=hidden(), waivers=(about,))
    shown = announced(Tables(**{**{f: getattr(filed, f) for f in filed.__dataclass_fields__}, "findings": (wrong,)}))
    assert (shown.waivers, shown.findings) == ((), ())


def test_history_of_the_year_leaves_neither_a_date() -> None:
    planned = plan_tables(month(secret=hidden(), history=(past(date(2026, 2, 2), "ZJ", items=("I2",)),)), MONTH)
    assert planned.hidden is not None
    assert planned.hidden.days == {}
    assert {row.rule for row in planned.result.not_visited} == {"cap.domain"}


def test_hours_kept_for_them_are_kept_whether_there_are_any_or_not() -> None:
    """A day of two crews' halves: with the reserve the announced check of a whole day no longer fits."""
    kept = (setting("unannounced_reserve_minutes", "120"),)
    for secret in (None, hidden(sites=("S2",), strength="accepted")):
        free, less = (plan_tables(month(secret=secret, settings=rows), MONTH) for rows in ((), kept))
        rows = {row: n for n, row in enumerate(free.result.case.rows)}
        for n, row in enumerate(less.result.case.rows):
            lost = free.result.case.capacity[rows[row]] - less.result.case.capacity[n]
            assert set(lost.tolist()) == {8}
        if secret is not None:
            assert less.hidden is not None
            beside = less.hidden.months["SCJG"].case
            own = [n for n, row in enumerate(beside.rows) if row.unit == "SCJG"]
            assert beside.capacity[own].max() == free.hidden.months["SCJG"].case.capacity[own].max()  # type: ignore[union-attr]
            assert day_of(less) is not None


def test_fire_keeps_no_hours_as_it_never_comes_unannounced() -> None:
    fire = agency("XF", "A03")
    rows: dict[str, Any] = {
        "agencies": (agency("SCJG"), TEAM, OTHER, fire),
        "inspectors": (*PEOPLE, inspector("X1", "XF"), inspector("X2", "XF")),
        "items": (*ITEMS, item("I9", "XF")),
        "sites": (site(), site("S2", tags=("消防重点单位",))),
        "grades": (grade("S2", "A03", "A"),),
    }
    more = filing("F-XF", "XF", items=("I9",), sites=("S2",))
    free, less = (
        plan_tables(month(more, settings=settings, **rows), MONTH).result.case
        for settings in ((), (setting("unannounced_reserve_minutes", "60"),))
    )
    for case in (free, less):
        assert any(row.unit == "XF" for row in case.rows)
    by_unit = {row.unit: (free.capacity[n], less.capacity[n]) for n, row in enumerate(free.rows)}
    assert (by_unit["XF"][0] == by_unit["XF"][1]).all()
    assert (by_unit["ZJ"][0] - by_unit["ZJ"][1] == 4).all()
