"""Suggestions over HTTP: booking for all who take part, too late, declining, ledger, gate, freeze, and secrets."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.desk.published.kept_books import books
from api.store.database.errors import ConflictError
from api.store.planned.books import Wish, book, bookings_of, cells_of
from api.store.planned.plans import add_plan, document_of, publish
from planner.domain.plan import Plan
from tests.http.conftest import Service
from tests.http.living import DAYS, case_of, kept_of, open_task, publish_month

DAY = DAYS[2].isoformat()


def month(service: Service) -> str:
    """Publish a month: at s0 all is open, at s1 B1 is published on the second day, at s2 C1 comes unannounced."""
    case = case_of(
        [
            open_task("a0", "s0", "A1"),
            open_task("b0", "s0", "B1", window=(DAYS[1], DAYS[3])),
            open_task("a1", "s1", "A1"),
            open_task("b1", "s1", "B1"),
            open_task("a2", "s2", "A1"),
            open_task("c2", "s2", "C1", unannounced=True),
        ]
    )
    return publish_month(service.store, case, b1=1, c2=2)


def asked(client: TestClient, **more: Any) -> dict[str, Any]:
    answer = client.get("/v1/suggestions", params=more)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_suggestion_is_booked_for_all_and_stands_in_everybodys_list(service: Service) -> None:
    plan = month(service)
    a1, b1 = service.client("a1"), service.client("b1")
    (site,) = asked(a1, site_id="s0")["items"]
    (offer,) = site["suggestions"]
    assert (offer["tasks"], offer["agency"], offer["entries_saved"]) == (["b0"], "B1", 1)
    assert offer["days"] == [d.isoformat() for d in DAYS[1:4]]
    order = {"site_id": "s0", "day": DAY, "riders": offer["tasks"], "turn": site["turn"]}
    done = a1.post("/v1/bookings", json=order)
    assert done.status_code == 201, done.text
    assert (done.json()["tasks"], done.json()["number"]) == (["a0", "b0"], 1)
    for client in (a1, b1, service.client("bureau")):
        visit = client.get(f"/v1/plans/{plan}/visits", params={"site_id": "s0"}).json()["items"][0]
        assert (visit["day"], visit["joint"]) == (DAY, True)
    assert b1.get("/v1/bookings").json()["items"][0]["tasks"] == ["b0"]
    assert service.client("b1").get("/v1/sites/s0/ledger").json()["coming"][0]["day"] == DAY
    again = a1.post("/v1/bookings", json={**order, "turn": 1})
    assert (again.status_code, again.json()["code"]) == (409, "taken")


def test_an_agencys_task_joins_a_published_visit_which_keeps_its_time_and_people(service: Service) -> None:
    plan = month(service)
    (site,) = asked(service.client("a1"), site_id="s1")["items"]
    assert (site["company"], site["day"]) == (["b1"], DAYS[1].isoformat())
    order = {"site_id": "s1", "day": DAYS[1].isoformat(), "turn": 0}
    assert service.client("a1").post("/v1/bookings", json=order).status_code == 201
    (visit,) = service.client("bureau").get(f"/v1/plans/{plan}/visits", params={"site_id": "s1"}).json()["items"]
    assert [party["id"] for party in visit["agencies"]] == ["A1", "B1"]


def test_another_process_sees_what_was_booked_and_the_crews_are_counted(service: Service) -> None:
    plan = month(service)
    order = {"site_id": "s0", "day": DAY, "riders": ["b0"], "turn": 0}
    assert service.client("a1").post("/v1/bookings", json=order).status_code == 201
    with books.opened(service.store) as kept:
        case, use = kept.case, kept.book.use.copy()
        base = Plan(kept.book.day * 0 - 1)
    with service.store.read() as tx:
        cells = cells_of(tx, plan)
    assert {(case.rows[r].unit, case.days[d]): int(use[r, d]) for r in range(len(case.rows)) for d in range(5)} == {
        (unit, day): used for (unit, _, day), (_, used) in cells.items()
    }
    # A process that starts now: the plan as it was published, and what was booked since from the database.
    day = base.day.copy()
    index = {t.id: n for n, t in enumerate(case.tasks)}
    day[index["b1"]] = 1
    books.put(kept_of(service.store, plan, case, Plan(day)))
    with books.opened(service.store) as kept:
        assert (kept.number, kept.turns["s0"]) == (1, 1)
        assert (kept.book.use == use).all()
    (site,) = asked(service.client("a1"), site_id="s0")["items"]
    assert (site["turn"], site["suggestions"]) == (1, [])


def test_of_two_who_saw_the_same_one_gets_a_fresh_list(service: Service) -> None:
    month(service)
    order = {"site_id": "s0", "day": DAY, "turn": 0}
    assert service.client("b1").post("/v1/bookings", json=order).status_code == 201
    late = service.client("a1").post("/v1/bookings", json={**order, "riders": ["b0"]})
    assert (late.status_code, late.json()["code"]) == (409, "taken")
    (fresh,) = late.json()["suggestions"]["items"]
    assert (fresh["turn"], fresh["company"]) == (1, ["b0"])


def test_the_database_refuses_what_a_stale_book_believes(service: Service) -> None:
    """Crews for one visit a day: a process that does not know of the first booking cannot make the second."""
    case = case_of([open_task("a0", "s0", "A1"), open_task("a1", "s1", "A1")], crews=4)
    plan = publish_month(service.store, case)
    empty = Plan(case.unit_of * 0 - 1)
    order = {"site_id": "s0", "day": DAY, "turn": 0}
    assert service.client("a1").post("/v1/bookings", json=order).status_code == 201
    stale = kept_of(service.store, plan, case, empty)
    stale.number = 1  # believes that it knows everything
    books.put(stale)
    late = service.client("a1").post("/v1/bookings", json={**order, "site_id": "s1"})
    assert (late.status_code, late.json()["code"]) == (409, "taken")
    with service.store.read() as tx:
        assert len(bookings_of(tx, plan)) == 1
        assert cells_of(tx, plan)["A1", "", DAYS[2]] == (4, 4)


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"site_id": "s0", "day": DAY, "riders": ["c2"], "turn": 0}, 409),  # never offered
        ({"site_id": "s0", "day": DAYS[0].isoformat(), "riders": ["b0"], "turn": 0}, 409),  # not that day
        ({"site_id": "s0", "day": "2026-06-06", "turn": 0}, 422),  # no open day
        ({"site_id": "s9", "day": DAY, "turn": 0}, 422),
        ({"site_id": "s0", "day": DAY, "turn": 0, "agency_id": "B1"}, 404),  # another's
        ({"site_id": "s0", "day": DAY, "turn": 0, "month": "2031-01"}, 404),
        ({"site_id": "s0", "day": DAY}, 422),
    ],
)
def test_what_cannot_be_booked_says_why(service: Service, order: dict[str, Any], status: int) -> None:
    plan = month(service)
    answer = service.client("a1").post("/v1/bookings", json=order)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
    with service.store.read() as tx:
        assert bookings_of(tx, plan) == []


def test_declining_takes_a_coded_reason_is_counted_and_bars_nothing(service: Service) -> None:
    month(service)
    a1, order = service.client("a1"), {"site_id": "s0", "riders": ["b0"], "code": "crew", "reason": "两组外派"}
    assert a1.post("/v1/declines", json={**order, "code": "mood"}).status_code == 422
    wordless = a1.post("/v1/declines", json={**order, "code": "other", "reason": ""})
    assert (wordless.status_code, wordless.json()["clauses"]) == (422, ["D-2.8b"])
    assert a1.post("/v1/declines", json={**order, "riders": ["c2"]}).status_code == 404
    done = a1.post("/v1/declines", json=order)
    assert (done.status_code, done.json()["entries"], done.json()["code_name"]) == (201, 1, "人手不足")
    assert asked(a1, site_id="s0")["items"][0]["suggestions"][0]["tasks"] == ["b0"]
    line = {"agency_id": "A1", "agency_name": "应急管理局", "declined": 1, "accepted": 0, "entries": 1}
    for login, expected in (("bureau", [line]), ("auditor", [line]), ("a1", [line]), ("b1", [])):
        found = service.client(login).get("/v1/declines/report").json()["items"]
        assert [{k: v for k, v in one.items() if k != "by_code"} for one in found] == expected, login
    assert service.client("b1").get("/v1/declines").json()["items"] == []
    assert len(service.client("auditor").get("/v1/declines", params={"month": "2026-06"}).json()["items"]) == 1


def test_gate_and_ledger_answer_with_clauses_and_for_any_site(service: Service) -> None:
    month(service)
    a1 = service.client("a1")
    assert a1.get("/v1/sites/s0/gate", params={"day": DAY}).json()["verdict"] == "yes"
    held = service.client("b1").get("/v1/sites/s1/gate", params={"day": DAY}).json()
    assert (held["verdict"], held["barriers"][0]["rule"]) == ("no", "pin.fixed")
    nothing = service.client("b1").get("/v1/sites/s2/gate", params={"day": DAY}).json()
    assert (nothing["verdict"], nothing["barriers"][0]["rule"]) == ("no", "plan.complete")
    ledger = a1.get("/v1/sites/s0/ledger").json()
    assert (ledger["next_lawful"], ledger["open_tasks"]) == (DAYS[0].isoformat(), ["a0"])
    assert a1.get("/v1/sites/s9/ledger").status_code == 404
    assert service.client("bureau").get("/v1/sites/s0/ledger").status_code == 422
    asked_for = service.client("bureau").get("/v1/sites/s0/ledger", params={"agency_id": "B1"})
    assert asked_for.json()["open_tasks"] == ["b0"]
    assert service.client("integrator").get("/v1/sites/s0/ledger").status_code == 403


def test_nothing_is_placed_on_frozen_days(service: Service) -> None:
    month(service)
    until = {"until": DAYS[2].isoformat()}
    assert service.client("a1").put("/v1/freeze", json=until).status_code == 403
    assert service.client("bureau").put("/v1/freeze", json=until).json()["until"] == DAYS[2].isoformat()
    (site,) = asked(service.client("a1"), site_id="s0")["items"]
    assert site["days"] == [d.isoformat() for d in DAYS[3:]]
    late = service.client("a1").post("/v1/bookings", json={"site_id": "s0", "day": DAY, "turn": 0})
    assert (late.status_code, late.json()["code"]) == (409, "taken")
    assert late.json()["clauses"]


def test_of_anothers_unannounced_check_nothing_is_told(service: Service) -> None:
    month(service)
    a1 = service.client("a1")
    texts = [
        json.dumps(asked(a1, site_id="s2"), ensure_ascii=False),
        a1.get("/v1/sites/s2/ledger").text,
        *(a1.get("/v1/sites/s2/gate", params={"day": d.isoformat()}).text for d in DAYS),
    ]
    assert a1.get("/v1/sites/s2/gate", params={"day": DAY}).json()["verdict"] == "yes"
    booked = a1.post("/v1/bookings", json={"site_id": "s2", "day": DAY, "turn": 0})
    assert booked.status_code == 201  # a yes is a promise: the unannounced check of that day gives way
    for text in (*texts, booked.text):
        assert not re.search(r"\b(c2|C1)\b", text)  # whole words: a random id may hold the letters
        assert "消防救援局" not in text
        assert "unannounced" not in text


def test_a_plan_without_what_was_booked_is_not_published(service: Service) -> None:
    plan = month(service)
    order = {"site_id": "s0", "day": DAY, "riders": ["b0"], "turn": 0}
    assert service.client("a1").post("/v1/bookings", json=order).status_code == 201
    with service.store.read() as tx:
        document = document_of(tx, plan)
    drafts = []
    for hash_, days in (("1" * 64, {}), ("2" * 64, {"a0": DAY, "b0": DAY})):
        with service.store.write() as tx:
            changed = {**document, "plan_hash": hash_, "plan": {**document["plan"], **days}}
            drafts.append(add_plan(tx, changed, "li", revision=1, synthetic=True).id)
    with service.store.write() as tx, pytest.raises(ConflictError, match="2 项已预定"):
        publish(tx, drafts[0], "li", 1)
    with service.store.write() as tx:
        assert publish(tx, drafts[1], "li", 1).state == "published"
    # Who looks at the old plan is told, not served.
    stale = Wish(plan, "s1", 0, "accept", "A1", DAYS[1], ("a1",), {}, {}, {})
    with service.store.write() as tx, pytest.raises(ConflictError, match="新版本"):
        book(tx, stale, "li")
