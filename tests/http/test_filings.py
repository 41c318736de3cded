"""Filings over HTTP: handed in, returned, corrected, accepted under a code; nobody else's rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.accounts import accounts, tokens
from api.desk.filings.filings import told
from api.store import log
from api.store.inputs.imports import import_tables
from api.store.inputs.library import tables_of
from planner.domain.finding import Finding, Severity
from planner.intake.read.reader import read_tables
from planner.intake.write.writer import write_workbook
from planner.rulebook.offices import cited_by_domain
from tests.cli.district import MONTH, Raw, district, workbook
from tests.http.conftest import Service

Client = Callable[[str], TestClient]


@pytest.fixture
def client(service: Service, tmp_path: Path) -> Client:
    """Give clients by agency of the district, whose library is stored without its filings; and by login."""
    raw = {**district(), "filings": []}
    import_tables(service.store, read_tables(workbook(tmp_path / "library.xlsx", raw)), "test")
    secrets = {}
    with service.store.write() as tx:
        for agency in ("SCJG", "HBJ"):
            account = accounts.add(tx, agency, agency, "agency", None, "test", agency_id=agency)
            secrets[agency] = tokens.issue(tx, account, "t", ["read", "filings"], 1, "test")[1]

    def of(name: str) -> TestClient:
        if name not in secrets:
            return service.client(name)
        found = service.client()
        found.headers["Authorization"] = f"Bearer {secrets[name]}"
        return found

    return of


def send(client: TestClient, folder: Path, rows: list[dict[str, Any]]) -> Any:
    """Upload a workbook with nothing but these filings."""
    file = folder / "申报.xlsx"
    raw: Raw = {"filings": rows}
    write_workbook(raw, file)
    with file.open("rb") as stream:
        return client.post("/v1/filings", files={"file": (file.name, stream)})


def of_agency(agency: str) -> list[dict[str, Any]]:
    return [row for row in district()["filings"] if row["agency_id"] == agency]


def test_from_upload_to_acceptance_with_a_return_between(service: Service, client: Client, tmp_path: Path) -> None:
    agency, bureau = client("SCJG"), client("bureau")
    rows = of_agency("SCJG")
    uploaded = send(agency, tmp_path, rows)
    assert uploaded.status_code == 200, uploaded.text
    assert {one["state"] for one in uploaded.json()["filings"]} == {"submitted"}
    first = rows[0]["filing_id"]
    path = f"/v1/filings/{first}"
    assert bureau.post(f"{path}/return", json={"reason": "补依据"}).status_code == 428
    back = bureau.post(f"{path}/return", json={"reason": "补依据"}, headers={"If-Match": '"1"'})
    assert back.json()["state"] == "returned"
    changed = [{**rows[0], "priority": 7}, *rows[1:]]
    again = {one["filing_id"]: one for one in send(agency, tmp_path, changed).json()["filings"]}
    assert (again[first]["version"], again[first]["state"]) == (2, "submitted")
    detail = agency.get(path)
    assert detail.headers["ETag"] == '"2"'
    cells = {one["column"]: (one["text"], one["before"]) for one in detail.json()["cells"]}
    assert cells["计划类型"] == ("日常", None)
    assert cells["优先级"] == ("7", "5")
    assert [step["state"] for step in detail.json()["steps"]] == [
        "draft",
        "submitted",
        "returned",
        "draft",
        "submitted",
    ]
    assert detail.json()["steps"][2]["reason"] == "补依据"
    assert detail.json()["changes"]["priority"][1] == 7
    old = bureau.post(f"{path}/accept", json={"code": "JH-1"}, headers={"If-Match": '"1"'})
    assert old.status_code == 412
    done = bureau.post(f"{path}/accept", json={"code": "JH-1"}, headers={"If-Match": '"2"'})
    assert (done.json()["state"], done.json()["code"]) == ("accepted", "JH-1")
    assert [row.filing_id for row in tables_of(service.store, MONTH).filings] == [first]
    assert agency.post(f"{path}/accept", json={"code": "X"}, headers={"If-Match": '"2"'}).status_code == 403
    assert log.verify_log(service.store) == []
    gone = agency.post(f"{path}/withdraw", json={"reason": "机构调整"}, headers={"If-Match": '"2"'})
    assert gone.json()["state"] == "withdrawn"
    assert tables_of(service.store, MONTH).filings == ()


def test_nobody_gets_another_agencys_filings(client: Client, tmp_path: Path) -> None:
    rows = [{**row, "unannounced": "是"} for row in of_agency("SCJG")[:1]]
    made = send(client("SCJG"), tmp_path, rows)
    assert made.status_code == 200, made.text
    (name,) = (one["filing_id"] for one in made.json()["filings"])
    seen = {who: [f["filing_id"] for f in client(who).get("/v1/filings").json()["items"]] for who in ("SCJG", "HBJ")}
    assert seen == {"SCJG": [name], "HBJ": []}
    assert [f["filing_id"] for f in client("bureau").get("/v1/filings").json()["items"]] == [name]
    assert client("auditor").get("/v1/filings").json()["items"] == []
    for who in ("HBJ", "auditor"):
        assert client(who).get(f"/v1/filings/{name}").status_code == 404
    answer = client("HBJ").post(f"/v1/filings/{name}/withdraw", json={"reason": "x"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 404
    foreign = send(client("HBJ"), tmp_path, rows)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "not-own")


def test_rows_with_errors_are_told_and_the_others_taken(client: Client, tmp_path: Path) -> None:
    good = of_agency("SCJG")[0]
    bad = {**good, "filing_id": "X-2", "window_to": "不定期"}
    answer = send(client("SCJG"), tmp_path, [good, bad]).json()
    assert [one["filing_id"] for one in answer["filings"]] == [good["filing_id"]]
    errors = [finding for finding in answer["findings"] if finding["severity"] == "error"]
    assert {(finding["table"], finding["value"]) for finding in errors} == {("filings", "不定期")}
    assert all(finding["action"] for finding in errors)


def test_a_finding_opens_its_clauses() -> None:
    clause = cited_by_domain("joining")["A02"][0]
    said = told(Finding("law.plan-uncoded", Severity.WARNING, "filings", 2, clauses=(clause,), params={"filing": "F"}))
    (text,) = said.opened
    assert text.startswith("附件2")
    assert text.endswith(f"”（{clause}）")


def test_filters_and_pages(client: Client, tmp_path: Path) -> None:
    row = of_agency("SCJG")[0]
    made = send(client("SCJG"), tmp_path, [{**row, "filing_id": f"F-{n}"} for n in range(5)])
    assert len(made.json()["filings"]) == 5, made.text
    seen, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = client("bureau").get("/v1/filings", params={"limit": 2, "month": MONTH, **more}).json()
        seen += [one["filing_id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"F-{n}" for n in range(5)]
    assert client("bureau").get("/v1/filings", params={"month": "2027-01"}).json()["items"] == []
    assert client("bureau").get("/v1/filings", params={"state": "accepted"}).json()["items"] == []
