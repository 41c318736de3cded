"""A triggered check is registered whoever sends it, on whatever day, wherever: with riders, absorption and its code."""

from __future__ import annotations

from datetime import date

import pytest

from planner.service.month.planning import Planned, plan_tables
from planner.service.published.triggering import register_triggered, visits_of
from tests.intake_law.build import agency, filing, inspector, item, june, past, site, tables

BODIES = {"SCJG": "A01", "GA": "A02", "XF": "A03", "HJ": "A07", "RS": "A10", "YJ": "A12", "MZ": ""}
SECTIONS = {f"{body}-1": body for body in BODIES} | {"YJ-1-1": "YJ-1"}
UNITS = (*BODIES, *SECTIONS, "TZJ", "SHSJ")
DAYS = ("2026-05-30", "2026-06-03", "2026-06-06", "2026-06-19", "2026-06-30", "2026-07-02")


@pytest.fixture(scope="module")
def planned() -> Planned:
    """June with planned work of two bodies at one site; the bodies' people are all in their sections."""
    rows = tables(
        agencies=[
            *(agency(body, domain) for body, domain in BODIES.items()),
            *(agency(section, "", parent_id=parent) for section, parent in SECTIONS.items()),
            agency("TZJ", "A09", level="town", town="朱泾镇"),
            agency("SHSJ", "A01", level="city"),
        ],
        inspectors=[inspector(f"{unit}-{n}", unit) for unit in ("SCJG-1", "GA-1", "YJ-1-1") for n in range(2)],
        sites=[site("S1", tags=("消防重点单位",)), site("S2")],
        items=[item(f"I-{body}", body) for body in BODIES] + [item("I-TZJ", "TZJ"), item("I-SHSJ", "SHSJ")],
        filings=[
            filing("F1", "SCJG-1", items=("I-SCJG",), window_from=june(8)),
            filing("F2", "GA-1", items=("I-GA",), window_from=june(8)),
        ],
        history=[past(date(2026, 2, 10), "YJ-1-1", items=("I-YJ",))],
    )
    return plan_tables(rows, "2026-06")


def body_of(unit: str) -> str:
    while unit in SECTIONS:
        unit = SECTIONS[unit]
    return unit


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("day", DAYS)
def test_it_is_registered_on_any_day(planned: Planned, unit: str, day: str) -> None:
    visited = planned.result.case.days[planned.result.visits[0].day].isoformat()
    for place in ("S1", "S2", "nowhere yet"):
        asked = {"site": place, "unit": unit, "items": [f"I-{body_of(unit)}"], "day": day, "source": "complaint"}
        for urgent in (False, True):
            answer = register_triggered(planned, {**asked, "urgent": urgent})
            assert answer["code"]["state"] == "open"
            planned_later = place == "S1" and day <= visited
            assert bool(answer["absorbed"]) == (planned_later and body_of(unit) in ("SCJG", "GA"))
            assert (answer["note"] == "") == (day in ("2026-06-03", "2026-06-30"))


@pytest.mark.parametrize("unit", ["YJ", "YJ-1", "YJ-1-1"])
def test_a_warning_counts_the_visits_of_the_whole_body(planned: Planned, unit: str) -> None:
    asked = {"site": "S1", "unit": unit, "items": ["I-YJ"], "day": "2026-06-03", "source": "warning"}
    assert register_triggered(planned, asked)["warned"]["into"] == "off_site"
    assert register_triggered(planned, {**asked, "site": "S2"})["warned"]["into"] == "this_month"


def test_visits_are_those_of_the_body_on_site() -> None:
    bodies = {row.agency_id: row for row in (agency("YJ"), agency("YJ-1", "", parent_id="YJ"), agency("GA"))}
    rows = [past(june(1), "YJ"), past(june(2), "YJ-1"), past(june(3), "GA"), past(june(4), "YJ", mode="off_site")]
    assert visits_of(bodies, "YJ-1", rows) == visits_of(bodies, "YJ", rows) == [june(1), june(2)]
