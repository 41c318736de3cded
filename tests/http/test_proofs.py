"""Publishing asks what proves the filings: an open route, no code, nothing at all; the bureau accepts with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.desk.published import kept_books
from api.jobs.worker import Worker
from api.store import log
from api.store.inputs.imports import import_tables
from api.store.inputs.library import Row, new_revision, put, row_of
from api.store.state.verify import verify_state
from planner.domain.case import RowRef
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import FilingStepRow
from planner.rulebook.routes import route_of
from tests.cli.district import MONTH, district, workbook
from tests.http.conftest import Service
from tests.http.test_plans import published, ran
from tests.http.test_rounds import agency

REASON = "纸质备案件已核对"
MAY = date(2026, 5, 20)
LEGS = (*route_of("A01", "month", False).steps, "code")


def filed(service: Service, folder: Path) -> None:
    """Import the district: nothing proves F-Y, F-S waits for the last leg of its route, F-H has its code."""
    raw = district()
    raw["filings"][1] |= {"plan_code": "", "filed_on": None}
    tables = read_tables(workbook(folder / "六月.xlsx", raw))
    tables = replace(tables, filing_steps=tuple(leg(name, n) for n, name in enumerate(LEGS[:-2], 2)))
    import_tables(service.store, tables, "test")


def leg(name: str, number: int) -> FilingStepRow:
    return FilingStepRow("F-S", 1, name, MAY, "pass", "", "", "", "", (), RowRef("filing_steps", number))


def proofs(service: Service, login: str = "bureau") -> dict[str, list[str]]:
    """Return, by filing, what bars its publishing."""
    found = service.client(login).get(f"/v1/months/{MONTH}/filings/proofs").json()["items"]
    return {one["filing_id"]: [no["code"] for no in one["refusals"] if no["bars"]] for one in found}


def refused(service: Service, plan: str) -> dict[str, Any]:
    """Order publishing, which must fail; return the error."""
    bureau = service.client("bureau")
    order = bureau.post(f"/v1/plans/{plan}/publish", json={}, headers={"If-Match": '"1"'})
    Worker(service.store, service.settings).run(until_idle=True)
    job = bureau.get(f"/v1/jobs/{order.json()['id']}").json()
    assert job["state"] == "failed"
    assert bureau.get(f"/v1/plans/{plan}").json()["plan"]["state"] == "draft"
    error: dict[str, Any] = job["error"]
    return error


@pytest.mark.slow
def test_a_plan_is_published_once_every_filing_of_it_is_proven(service: Service, tmp_path: Path) -> None:
    """A01-4.3.2, D-2.6e: the route first, then the code, then the visits."""
    filed(service, tmp_path)
    bureau = service.client("bureau")
    plan = ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"]
    error = refused(service, plan)
    assert [(one["where"], one["detail"].split("]")[0]) for one in error["errors"]] == [
        ("F-S", "[plan.route-open"),
        ("F-Y", "[plan.unproven"),
    ]
    assert error["code"] == "plan.route-open"
    assert error["clauses"]
    accepted = bureau.post("/v1/filings/accept-unproven", json={"ids": ["F-Y"], "reason": REASON})
    assert (accepted.status_code, accepted.json()) == (200, {"ids": ["F-Y"], "reason": REASON})
    assert [one["where"] for one in refused(service, plan)["errors"]] == ["F-S"]
    with service.store.write() as tx:
        put(tx, new_revision(tx, "test", "import", "x"), [Row("filing_steps", leg(LEGS[-2], 9), 9)])
    error = refused(service, plan)
    assert error["code"] == "plan.no-code"
    assert "A01-4.3.2" in error["clauses"]
    with service.store.write() as tx:
        put(tx, new_revision(tx, "test", "import", "x"), [Row("filing_steps", leg("code", 10), 10)])
    published(service, plan)


def test_the_bureau_accepts_what_nothing_proves_and_the_auditor_sees_it(service: Service, tmp_path: Path) -> None:
    filed(service, tmp_path)
    bureau, path = service.client("bureau"), "/v1/filings/accept-unproven"
    assert proofs(service) == {"F-H": [], "F-S": ["plan.route-open"], "F-Y": ["plan.unproven"]}
    own = agency(service, "YJJ")
    assert own.post(path, json={"ids": ["F-Y"], "reason": REASON}).status_code == 403
    items = own.get(f"/v1/months/{MONTH}/filings/proofs").json()["items"]
    assert [one["filing_id"] for one in items] == ["F-Y"]
    for ids, status in ((["F-Y", "NONE"], 404), (["F-Y", "F-H", "F-S"], 409)):
        assert bureau.post(path, json={"ids": ids, "reason": REASON}).status_code == status
        assert proofs(service)["F-Y"] == ["plan.unproven"]  # all or none
    assert bureau.post(path, json={"ids": ["F-Y", "F-Y"], "reason": REASON}).status_code == 200
    assert proofs(service, "auditor")["F-Y"] == []
    listed = service.client("auditor").get(f"/v1/months/{MONTH}/filings/proofs").json()
    assert {one["filing_id"]: one["accepted"] for one in listed["items"]}["F-Y"] == REASON
    assert listed["barred"] == 1
    assert bureau.post(path, json={"ids": ["F-Y"], "reason": REASON}).json()["code"] == "not-unproven"
    entry = next(one for one in log.entries(service.store) if one["what"] == "filing.accept-unproven")
    assert (entry["object"], entry["grounds"]["reason"], entry["who"]) == ("filing:F-Y", REASON, "bureau")
    with service.store.write() as tx:  # what was accepted is what the filing said then
        changed = replace(row_of(tx, "filings", "F-Y"), sites=("S1", "S2", "S5", "S6"))
        put(tx, new_revision(tx, "test", "import", "x"), [Row("filings", changed, 3)])
    assert proofs(service)["F-Y"] == ["plan.unproven"]


@pytest.mark.slow
def test_an_unannounced_check_that_nothing_proves_waits_and_stops_nothing(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-2.6e for the check itself; what others see of publishing must not tell that there is one (A07-7.2a)."""
    monkeypatch.setattr(kept_books, "today", lambda: MAY)
    raw = district()
    secret = {"items": "SCJG-9", "unannounced": "是", "plan_code": "", "filed_on": None}
    raw["items"].append({**raw["items"][0], "item_id": "SCJG-9", "name": "突击事项"})
    raw["filings"].append({**raw["filings"][0], **secret, "filing_id": "A-X", "sites": "S6"})
    import_tables(service.store, read_tables(workbook(tmp_path / "六月.xlsx", raw)), "test")
    bureau, own = service.client("bureau"), agency(service, "SCJG")
    plan = ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"]
    published(service, plan)

    def shown() -> list[list[str]]:
        """Return the sites of the unannounced visits that the agency, then the bureau, is shown."""
        told = [who.get(f"/v1/plans/{plan}/visits").json()["items"] for who in (own, bureau)]
        return [[one["site"]["id"] for one in items if one["unannounced"]] for items in told]

    def entries(what: str) -> list[Any]:
        """Return the grounds of the hidden chain's entries of a kind, without what binds them to the rest."""
        found = [one["grounds"] for one in log.entries(service.store, what=what, reserved=True)]
        return [{name: value for name, value in one.items() if name not in ("open", "state_root")} for one in found]

    assert shown() == [[], []]
    assert entries("hidden.withhold") == [{"filings": ["A-X"]}]
    assert proofs(service)["A-X"] == ["plan.unproven"]
    done = bureau.post("/v1/filings/accept-unproven", json={"ids": ["A-X"], "reason": REASON})
    assert done.status_code == 200, done.text
    assert shown() == [["S6"], ["S6"]]
    assert shown() == [["S6"], ["S6"]]
    assert entries("hidden.let-go") == [{"visits": 1}]
    assert verify_state(service.store) == []
