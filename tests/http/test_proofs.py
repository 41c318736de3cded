"""Publishing asks what proves the filings: an open route, no code, nothing at all; the bureau accepts with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import update

from api.desk.published import kept_books
from api.jobs.worker import Worker
from api.store import log
from api.store.database.schema import plans
from api.store.inputs.imports import import_tables
from api.store.inputs.library import Row, file_hash, new_revision, put, row_of
from api.store.planned.plans import document_of, plan_of
from api.store.state.verify import verify_state
from planner.domain.case import RowRef
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import FilingStepRow
from planner.report.words.texts import text
from planner.rulebook.routes import route_of
from planner.service.files.own_outputs import NOT_IN_FORCE
from planner.service.files.plan_file import as_text, seal_of
from tests.cli.district import MONTH, district, workbook
from tests.http.conftest import Service
from tests.http.test_plans import published, ran
from tests.http.test_rounds import agency

SECRET = "突击事项"
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
    raw["items"].append({**raw["items"][0], "item_id": "SCJG-9", "name": SECRET})
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

    def told() -> set[str]:
        """Return the agency's own files that tell of the unannounced item."""
        return {name for name, content in files_of(own, plan).items() if SECRET in content}

    assert shown() == [[], []]
    assert told() == set()
    (why,) = [content for content in files_of(own, plan, left_out=True).values() if SECRET in content]
    assert NOT_IN_FORCE[0] in why
    assert len(files_of(own, plan)) >= 2
    assert entries("hidden.withhold") == [{"filings": ["A-X"]}]
    assert proofs(service)["A-X"] == ["plan.unproven"]
    done = bureau.post("/v1/filings/accept-unproven", json={"ids": ["A-X"], "reason": REASON})
    assert done.status_code == 200, done.text
    assert shown() == [["S6"], ["S6"]]
    assert shown() == [["S6"], ["S6"]]
    assert entries("hidden.let-go") == [{"visits": 1}]
    ran(service, bureau.post(f"/v1/plans/{plan}/export"))
    assert {name.partition("/")[0] for name in told()} == {"各单位", "日历"}
    assert verify_state(service.store, service.settings.artefacts) == []


@pytest.mark.slow
def test_a_plan_whose_unannounced_part_alone_does_not_hold_is_published_without_it(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the check fails would tell everybody that there is such a part (A07-7.2a)."""
    monkeypatch.setattr(kept_books, "today", lambda: MAY)
    raw = district()
    raw["items"].append({**raw["items"][0], "item_id": "SCJG-9", "name": SECRET})
    raw["filings"].append(
        {**raw["filings"][0], "items": "SCJG-9", "unannounced": "是", "filing_id": "A-X", "sites": "S6"}
    )
    import_tables(service.store, read_tables(workbook(tmp_path / "六月.xlsx", raw)), "test")
    bureau, own = service.client("bureau"), agency(service, "SCJG")
    plan = ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"]
    spoil_hidden(service, plan)
    order = bureau.post(f"/v1/plans/{plan}/publish", json={}, headers={"If-Match": '"1"'})
    done = ran(service, order)
    assert done["result"]["published"]
    assert [one["where"] for one in done["result"]["refused"]] == ["differs"]
    outside = service.client("auditor").get(f"/v1/jobs/{order.json()['id']}").json()
    assert (outside["state"], outside["result"], outside["error"]) == ("finished", None, None)
    for who in (bureau, own):
        shown = who.get(f"/v1/plans/{plan}/visits").json()["items"]
        assert shown
        assert not any(one["unannounced"] for one in shown)
    # Nothing that is handed out sends anybody there, also after the files were written again.
    assert not any(SECRET in content for content in files_of(own, plan).values())
    ran(service, bureau.post(f"/v1/plans/{plan}/export"))
    assert not any(SECRET in content for content in files_of(own, plan).values())
    (entry,) = log.entries(service.store, what="hidden.refuse", reserved=True)
    assert entry["grounds"]["problems"] == ["differs"]
    assert not log.entries(service.store, what="hidden.refuse")
    assert verify_state(service.store, service.settings.artefacts) == []


def spoil_hidden(service: Service, plan: str) -> None:
    """Let the unannounced part of a draft tell what its case does not come to, with seals and hashes to fit."""
    with service.store.write() as tx:
        row, document = plan_of(tx, plan), document_of(tx, plan)
        document["hidden"]["visits"][0]["site"]["name"] = "别处"
        document["sha256"] = seal_of(document)
        (file,) = [one for one in row.artefacts if one["name"] == "plan.json"]
        path = service.settings.artefacts / file["path"]
        path.write_text(as_text(document), encoding="utf-8")
        artefacts = [one | ({"sha256": file_hash(path)} if one is file else {}) for one in row.artefacts]
        tx.run(update(plans).where(plans.c.id == plan).values(document=document, artefacts=artefacts))


def files_of(client: TestClient, plan: str, left_out: bool = False) -> dict[str, str]:
    """Return the text of each file of a plan that the caller gets, of workbooks what is to be done or `left_out`."""
    found = {}
    for one in client.get(f"/v1/plans/{plan}/files").json()["items"]:
        content = client.get(f"/v1/plans/{plan}/files/{one['number']}").content
        if one["name"].endswith(".xlsx"):
            book = load_workbook(BytesIO(content), read_only=True)
            sheets = [sheet for sheet in book if (sheet.title == text("sheet_left_out")) is left_out]
            found[one["name"]] = "\n".join(str(row) for sheet in sheets for row in sheet.iter_rows(values_only=True))
        elif one["name"].endswith((".ics", ".csv", ".html")):
            found[one["name"]] = content.decode("utf-8-sig").replace("\r\n ", "")
    return found
