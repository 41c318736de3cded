"""The days of a month over HTTP: as the planner counts them, with the district's own table over the official one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from api.store.inputs.imports import import_tables
from planner.intake.read.reader import read_tables
from tests.cli.district import district, workbook
from tests.http.conftest import Service


def test_holidays_make_up_days_and_the_districts_own(service: Service, tmp_path: Path) -> None:
    raw = district()
    raw["calendar"] = [
        {"date": date(2026, 5, 12), "kind": "全区不检查", "note": "全区迎检"},
        {"date": date(2026, 5, 16), "kind": "上班", "note": "补班"},
    ]
    import_tables(service.store, read_tables(workbook(tmp_path / "x.xlsx", raw)), "test")
    found = service.client("a1").get("/v1/calendar/2026-05").json()
    days = {one["day"]: (one["kind"], one["name"]) for one in found["days"]}
    assert len(days) == 31
    assert days["2026-05-01"] == ("off", "劳动节")
    assert days["2026-05-09"] == ("make-up", "调休上班")
    assert days["2026-05-10"] == ("off", "")
    assert days["2026-05-11"] == ("work", "")
    assert days["2026-05-12"] == ("closed", "全区迎检")
    assert days["2026-05-16"] == ("make-up", "补班")
    assert not found["provisional"]


def test_a_year_without_an_official_calendar_says_so(service: Service) -> None:
    found = service.client("bureau").get("/v1/calendar/2031-10").json()
    assert found["provisional"]
    assert {one["day"]: one["name"] for one in found["days"]}["2031-10-01"] == "中秋节、国庆节"
    assert service.client("bureau").get("/v1/calendar/2031-13").status_code == 422
