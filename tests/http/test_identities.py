"""The identity desk: pairs of premises listed, decided once, taken back; every id of a site may be asked by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.desk.library.identities import matched_with
from api.desk.published.kept_books import books
from api.store import log
from api.store.inputs.imports import import_tables
from api.store.inputs.library import tables_of
from planner.intake.read.reader import read_tables
from tests.filings.district import MONTH, SITES, written
from tests.filings.test_identity import doubtful, two_registers
from tests.http.conftest import Service
from tests.http.living import case_of, open_task, publish_month

PAIR = {"one": SITES[0], "other": "XZ-1"}


@pytest.fixture
def bureau(service: Service, tmp_path: Path) -> TestClient:
    """The bureau's client over a library with one doubtful pair."""
    import_tables(service.store, read_tables(written(tmp_path, doubtful)), "test")
    return service.client("bureau")


def listed(client: TestClient, state: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/v1/identities", params={"state": state}).json()["items"]
    return items


def decide(client: TestClient, verdict: str, **more: str) -> Any:
    return client.post("/v1/identities", json={**PAIR, "verdict": verdict, "reason": "现场核实", **more})


def test_a_doubtful_pair_is_decided_once_and_the_decision_is_taken_back(service: Service, bureau: TestClient) -> None:
    (pair,) = listed(bureau, "open")
    assert (pair["one"]["id"], pair["other"]["id"], pair["saved"], pair["together"]) == (SITES[0], "XZ-1", 1, False)
    assert pair["other"]["address"].startswith("金山区")
    made = decide(bureau, "same")
    assert (made.status_code, made.json()["decided_by"]) == (201, "bureau")
    assert listed(bureau, "open") == []
    (now,) = listed(bureau, "same")
    assert now["together"]
    assert decide(bureau, "same").status_code == 201  # once more changes nothing
    other_way = {"one": "XZ-1", "other": SITES[0], "verdict": "different", "reason": "x"}
    assert bureau.post("/v1/identities", json=other_way).status_code == 409
    assert [row.verdict for row in tables_of(service.store, MONTH).identities] == ["same"]
    gone = bureau.delete("/v1/identities", params={**PAIR, "reason": "误判"})
    assert (gone.status_code, gone.json()["verdict"]) == (200, "same")
    assert bureau.delete("/v1/identities", params={**PAIR, "reason": "误判"}).status_code == 404
    assert [pair["state"] for pair in listed(bureau, "open")] == ["open"]
    assert tables_of(service.store, MONTH).identities == ()
    assert log.verify_log(service.store) == []
    acts = [one["what"] for one in bureau.get("/v1/log").json()["items"]]
    assert {"identity.decide", "identity.take-back"} <= set(acts)


def test_sure_pairs_are_listed_and_can_be_parted(service: Service, tmp_path: Path) -> None:
    tables = read_tables(written(tmp_path, two_registers))
    assert matched_with(service.store, tables, replace=False) == {"merged": 6, "doubtful": 0}
    import_tables(service.store, tables, "test")
    bureau = service.client("bureau")
    assert len(listed(bureau, "merged")) == 6
    assert all(pair["together"] for pair in listed(bureau, "merged"))
    assert decide(bureau, "different", other="YJ-1").status_code == 201
    assert len(listed(bureau, "merged")) == 5
    (parted,) = listed(bureau, "different")
    assert not parted["together"]
    first = bureau.get("/v1/identities", params={"limit": 4}).json()
    rest = bureau.get("/v1/identities", params={"limit": 4, "cursor": first["next"]}).json()
    assert len(first["items"] + rest["items"]) == 6
    assert rest["next"] is None


def test_an_id_without_a_row_may_be_decided_to_mean_a_site(service: Service, bureau: TestClient) -> None:
    assert decide(bureau, "different", other="NEW-1").status_code == 404
    assert decide(bureau, "same", one="NEW-1", other="NEW-2").status_code == 404
    assert decide(bureau, "same", other=SITES[0]).status_code == 409
    assert decide(bureau, "same", other="NEW-1").status_code == 201
    assert decide(bureau, "same", one=SITES[1], other="NEW-1").status_code == 409
    (pair,) = listed(bureau, "same")
    assert (pair["other"], pair["together"]) == (
        {"id": "NEW-1", **dict.fromkeys(("name", "address", "town", "credit_code"), "")},
        True,
    )


@pytest.mark.parametrize("login", ["a1", "town", "auditor", "integrator", "admin", None])
def test_nobody_but_the_bureau_sees_or_decides(service: Service, login: str | None) -> None:
    client = service.client(login)
    refused = 403 if login else 401
    assert client.get("/v1/identities").status_code == refused
    assert decide(client, "same").status_code == refused
    assert client.delete("/v1/identities", params={**PAIR, "reason": "x"}).status_code == refused


def test_gate_ledger_and_bookings_take_every_id(service: Service) -> None:
    case = case_of([open_task("a", "S1", "A1"), open_task("b", "S1", "B1"), open_task("c", "S2", "B1")])
    publish_month(service.store, case, b=1, c=2)
    assert (
        service.client("bureau")
        .post("/v1/identities", json={"one": "S1", "other": "YJ-1", "verdict": "same", "reason": "名录对照"})
        .status_code
        == 201
    )
    a1 = service.client("a1")
    day = {"month": MONTH, "day": "2026-06-02"}
    known = a1.get("/v1/sites/S1/gate", params=day).json()
    assert a1.get("/v1/sites/YJ-9/gate", params=day).status_code == 404
    assert a1.get("/v1/sites/YJ-1/ledger", params={"month": MONTH}).json()["site_id"] == "S1"
    with books.opened(service.store, MONTH) as kept:
        kept.book.aliases = {"S1-old": "S1"}
    assert a1.get("/v1/sites/YJ-1/gate", params=day).json() == known
    ask = {"month": MONTH}
    offered = a1.get("/v1/suggestions", params={**ask, "site_id": "S1-old"}).json()
    assert offered == a1.get("/v1/suggestions", params={**ask, "site_id": "S1"}).json()
    assert a1.get("/v1/sites/YJ-1/ledger", params=ask).json() == a1.get("/v1/sites/S1/ledger", params=ask).json()
    offers = a1.get("/v1/suggestions", params={**ask, "site_id": "YJ-1"}).json()
    assert offers["items"] == a1.get("/v1/suggestions", params={**ask, "site_id": "S1"}).json()["items"]
    order = {"month": MONTH, "site_id": "YJ-1", "day": "2026-06-02", "turn": offers["items"][0]["turn"], "riders": []}
    booked = a1.post("/v1/bookings", json=order)
    assert (booked.status_code, booked.json().get("site_id")) == (201, "S1"), booked.text
