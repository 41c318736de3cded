"""Triggered checks over HTTP: never held up; riders booked, covered tasks absorbed, codes tracked, warnings sent on."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from api.desk.published import triggered_checks
from api.store.inputs.library import Row, new_revision, put
from api.store.inputs.rows import decode
from api.store.planned.books import bookings_of
from api.store.planned.hidden import hidden_bookings_of
from tests.http.conftest import Service
from tests.http.living import DAYS, case_of, open_task, publish_month

DAY = DAYS[2].isoformat()
LATE = DAYS[4].isoformat()


def library(service: Service, *history: dict[str, Any]) -> None:
    """Put items, history and one more site into the library."""
    items = [
        {"item_id": "item", "name": "消防通道", "agency_id": "A1", "domain": "A12", "minutes": 60},
        {"item_id": "b-item", "name": "食品", "agency_id": "B1", "domain": "A01", "minutes": 30},
    ]
    kinds = [
        ("items", items),
        ("history", list(history)),
        ("sites", [{"site_id": "s7", "name": "新厂", "town": "朱泾镇"}]),
    ]
    with service.store.write() as tx:
        for kind, rows in kinds:
            typed = [Row(kind, decode(kind, json.dumps(row), n), n) for n, row in enumerate(rows, 2)]
            if typed:
                put(tx, new_revision(tx, "test", "import", kind), typed)


def month(service: Service) -> str:
    """Publish a month: at s0 B1 is published on the fifth day and C1 open; at s1 B1's unannounced check stands."""
    library(service)
    case = case_of(
        [
            open_task("b0", "s0", "B1", items=("b-item",)),
            open_task("c0", "s0", "C1"),
            open_task("b1", "s1", "B1", unannounced=True),
            open_task("a1", "s1", "A1"),
        ]
    )
    return publish_month(service.store, case, b0=4, b1=1)


def order(**more: Any) -> dict[str, Any]:
    given = {"agency_id": "B1", "site_id": "s0", "items": ["b-item"], "day": DAY, "source": "complaint"}
    return {**given, **more}


def register(service: Service, login: str, **more: Any) -> dict[str, Any]:
    answer = service.client(login).post("/v1/triggered", json=order(**more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_open_tasks_ride_along_and_what_is_covered_is_absorbed(service: Service) -> None:
    plan = month(service)
    found = register(service, "b1", absorb=True)
    assert [(r["task"], r["booked"]) for r in found["riders"]] == [("c0", True)]
    assert [(a["task"], a["done"]) for a in found["absorbed"]] == [("b0", True)]
    assert found["absorbed"][0]["clauses"]
    bureau = service.client("bureau")
    visits = bureau.get(f"/v1/plans/{plan}/visits", params={"site_id": "s0"}).json()["items"]
    # The planned entry of the fifth day is gone, C1 comes with the check, which is no planned entry itself.
    assert [(v["day"], v["tasks"]) for v in visits] == [(DAY, ["c0"])]
    assert bureau.get("/v1/triggered").json()["items"][0]["id"] == found["id"]
    again = bureau.get("/v1/sites/s0/ledger", params={"agency_id": "B1"}).json()
    assert [one["day"] for one in again["coming"]] == [DAY]


def test_a_later_published_visit_is_offered_and_comes_forward_when_asked_for(service: Service) -> None:
    library(service)
    case = case_of([open_task("c0", "s0", "C1"), open_task("a0", "s0", "A1"), open_task("z", "s1", "B1")])
    plan = publish_month(service.store, case, c0=4, a0=4, z=0)
    offered = register(service, "b1")
    assert [(v["day"], v["tasks"], v["booked"]) for v in offered["forward"]] == [(LATE, ["a0", "c0"], False)]
    assert offered["forward_saved"] == 1
    bureau = service.client("bureau")
    seen = bureau.get(f"/v1/plans/{plan}/visits", params={"site_id": "s0"}).json()["items"]
    assert [v["day"] for v in seen] == [LATE]
    moved = register(service, "b1", day=DAYS[3].isoformat(), pull_forward=True)
    assert [v["booked"] for v in moved["forward"]] == [True]
    seen = bureau.get(f"/v1/plans/{plan}/visits", params={"site_id": "s0"}).json()["items"]
    assert [(v["day"], v["tasks"]) for v in seen] == [(DAYS[3].isoformat(), ["a0", "c0"])]


def test_on_a_saturday_it_absorbs_and_its_code_is_due_all_the_same(service: Service) -> None:
    library(service)
    case = case_of([open_task("b0", "s0", "B1", items=("b-item",), window=(DAYS[0], date(2026, 6, 30)))])
    publish_month(service.store, case)
    found = register(service, "b1", day="2026-06-06", urgent=True, absorb=True)
    assert [(a["task"], a["done"]) for a in found["absorbed"]] == [("b0", True)]
    assert (found["riders"], found["code_due"]) == ([], "2026-06-10")
    ledger = service.client("b1").get("/v1/sites/s0/ledger").json()
    assert ledger["open_tasks"] == []


def test_nobody_else_hears_of_it_before_its_day_but_who_rides_along(service: Service) -> None:
    plan = month(service)
    found = register(service, "b1", site_id="s1", take_riders=False)
    a1 = service.client("a1")
    paths = (
        "/v1/triggered",
        f"/v1/triggered/{found['id']}",
        "/v1/sites/s1/ledger",
        "/v1/suggestions?site_id=s1",
        "/v1/bookings",
        "/v1/log",
        f"/v1/plans/{plan}/visits",
        *(f"/v1/sites/s1/gate?day={d.isoformat()}" for d in DAYS),
    )
    for path in paths:
        text = a1.get(path).text.replace(found["id"], "", 1) if found["id"] in path else a1.get(path).text
        assert found["id"] not in text, path
        assert "B1" not in text, path
        assert "市场监管局" not in text, path
    assert a1.get(f"/v1/triggered/{found['id']}").status_code == 404
    for login in ("town", "auditor"):
        text = service.client(login).get(f"/v1/plans/{plan}/visits").text
        assert found["id"] not in text


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"day": "2026-06-06"}, "不是可检查的工作日"),
        ({"day": "2026-07-01"}, "尚无已发布的方案"),
        ({"site_id": "s7"}, ""),  # no task there this month
        ({"urgent": True}, ""),
    ],
)
def test_it_is_never_held_up(service: Service, more: dict[str, Any], told: str) -> None:
    month(service)
    assert told in register(service, "bureau", **more)["note"]


def test_it_goes_even_where_no_crew_is_left_and_the_bureau_is_told_to_replan(service: Service) -> None:
    library(service)
    case = case_of([open_task("b0", "s0", "B1"), open_task("b1", "s1", "B1")], crews=4)
    plan = publish_month(service.store, case, b0=2)
    found = register(service, "b1", site_id="s1", items=["item"], minutes=60)
    assert not any(one["done"] for one in found["absorbed"])  # offered, never automatic
    assert (found["overfull"], found["riders"]) == (True, [])
    with service.store.read() as tx:
        assert bookings_of(tx, plan) == []  # nobody joins it: nothing that others read counts it
        assert [one.agency_id for one in hidden_bookings_of(tx, plan, None)] == ["B1"]
    b1 = service.client("b1")
    gate = b1.get("/v1/sites/s1/gate", params={"day": DAY}).json()
    assert (gate["verdict"], gate["tasks"]) == ("yes", [found["id"]])  # the check itself, not the planned task
    late = b1.post("/v1/bookings", json={"site_id": "s1", "day": DAY, "turn": 0})
    assert (late.status_code, late.json()["code"]) == (409, "taken")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"items": ["nothing"]}, 404),
        ({"site_id": "s9"}, 404),
        ({"source": "mood"}, 422),
        ({"day": None}, 422),
        ({"agency_id": "A1"}, 404),
    ],
)
def test_what_cannot_be_registered_says_why(service: Service, more: dict[str, Any], status: int) -> None:
    month(service)
    answer = service.client("b1").post("/v1/triggered", json=order(**more))
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_late_code_is_told_and_visits_without_one_are_listed(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    month(service)
    urgent, plain = register(service, "b1", urgent=True), register(service, "b1")
    # A01: an urgent check's code is asked for within three working days of it, any other's before it.
    assert (urgent["code_due"], plain["code_due"]) == ("2026-06-08", DAY)
    assert urgent["code_clauses"] == ["A01-3.4.3b"]
    monkeypatch.setattr(triggered_checks, "today", lambda: date(2026, 6, 4))
    bureau = service.client("bureau")

    def listed(state: str) -> list[str]:
        return [one["id"] for one in bureau.get("/v1/triggered", params={"state": state}).json()["items"]]

    assert (listed("open"), listed("overdue"), listed("without_code")) == (
        [urgent["id"]],
        [plain["id"]],
        [plain["id"]],
    )
    path, code = f"/v1/triggered/{plain['id']}/code", {"code": "JCM-1", "coded_on": "2026-06-04"}
    b1 = service.client("b1")
    assert b1.put(path, json=code).status_code == 428
    assert service.client("a1").put(path, json=code, headers={"If-Match": '"1"'}).status_code == 404
    done = b1.put(path, json=code, headers={"If-Match": '"1"'})
    assert (done.json()["code_state"], done.headers["ETag"]) == ("late", '"2"')
    assert b1.put(path, json=code, headers={"If-Match": '"1"'}).status_code == 412
    assert listed("without_code") == [plain["id"]]


def test_a_warned_site_goes_into_this_month_next_months_plan_or_off_site(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    month(service)
    warning = {"agency_id": "A1", "items": ["item"], "source": "warning", "day": None}
    now = register(service, "a1", **warning, warned_on=DAYS[0].isoformat())
    assert (now["warned"]["into"], now["day"]) == ("this_month", DAYS[1].isoformat())
    then = register(service, "a1", **warning, warned_on=LATE)
    assert (then["warned"]["into"], then["warned"]["clauses"]) == ("next_month", ["A12-3.3.8b", "A12-3.3.8c"])
    filing = service.client("a1").get(f"/v1/filings/{then['warned']['filing']}").json()
    assert (filing["filing"]["state"], filing["filing"]["window_from"]) == ("draft", "2026-07-01")
    library(
        service,
        {
            "entry_id": "E1",
            "site_id": "s0",
            "agency_id": "A1",
            "items": ["item"],
            "date": "2026-03-02",
            "trigger": "planned",
            "mode": "on_site",
        },
    )
    assert register(service, "a1", **warning, warned_on=DAYS[0].isoformat())["warned"]["into"] == "off_site"


def test_two_registrations_at_once_are_both_kept(service: Service) -> None:
    plan = month(service)
    first, second = register(service, "b1"), register(service, "b1")
    assert first["riders"]
    assert second["riders"] == []
    with service.store.read() as tx:
        assert [one.kind for one in bookings_of(tx, plan)] == ["triggered"]
        assert len(hidden_bookings_of(tx, plan, "B1")) == 1
