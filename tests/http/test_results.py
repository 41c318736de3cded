"""Results over HTTP: entered on the spot, imported, changed by version, missing ones told; codes out and back."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.accounts import accounts, tokens
from api.jobs.worker import Worker
from api.store import log
from api.store.inputs.imports import import_tables
from api.store.inputs.library import tables_of, versions_of
from planner.intake.read.reader import read_tables
from planner.intake.write.writer import write_workbook
from planner.service.published.codes import BACK, OUT
from tests.cli.district import MONTH, Raw, district, workbook
from tests.http.conftest import Service
from tests.http.test_plans import published, ran

DAY = "2026-06-09"


def person(service: Service, agency_id: str) -> TestClient:
    """Return a client of an account of the agency or section."""
    with service.store.write() as tx:
        account = accounts.add(tx, agency_id.lower(), agency_id, "agency", None, "test", agency_id=agency_id)
        secret = tokens.issue(tx, account, "t", ["read", "filings"], 1, "test")[1]
    client = service.client()
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


def filed(service: Service, folder: Path) -> Raw:
    """Import the district; SCJG has a section, and an unannounced filing whose window is still open."""
    raw = district()
    raw["agencies"].append({**raw["agencies"][0], "agency_id": "SCJG-SP", "name": "食品科", "parent_id": "SCJG"})
    ahead = {"window_from": date(2026, 6, 1), "window_to": date(2030, 6, 30), "unannounced": "是"}
    raw["filings"].append({**raw["filings"][0], "filing_id": "A-X", "sites": "S5", **ahead})
    import_tables(service.store, read_tables(workbook(folder / "六月.xlsx", raw)), "test")
    return raw


def entered(client: TestClient, lines: Any = (), **cells: str) -> Any:
    """Enter a result at S1."""
    given = {"site_id": "S1", "date": DAY, **cells}
    return client.post("/v1/results", json={"cells": given, "lines": list(lines)})


def test_a_section_enters_what_it_found_and_changes_it_by_its_version(service: Service, tmp_path: Path) -> None:
    """D-2.7a: the result is recorded, by whom it was found, with all that stood there."""
    filed(service, tmp_path)
    section, parent, other = person(service, "SCJG-SP"), person(service, "SCJG"), person(service, "HBJ")
    made = entered(section, [{"item_id": "SCJG-1", "finding": "发现问题", "measure": "责令改正"}], result="发现问题")
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["agency_id"], told["unit_id"], told["result"]) == ("SCJG", "SCJG-SP", "发现问题")
    assert told["recorded_at"]
    assert {"code.none", "result.late"} <= {one["code"] for one in told["findings"]}
    assert all(one["clauses"] for one in told["findings"])
    path, version = f"/v1/results/{told['id']}", made.headers["ETag"]
    for client in (section, parent, service.client("bureau"), service.client("auditor")):
        assert client.get(path).json()["lines"][0]["measure"] == "责令改正"
    assert other.get(path).status_code == 404
    assert other.get("/v1/results").json()["items"] == []
    assert parent.patch(path, json={"cells": {"result": "未发现问题"}}).status_code == 428
    changed = parent.patch(path, json={"cells": {"check_code": "C-1"}, "lines": []}, headers={"If-Match": version})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["check_code"], changed.json()["lines"]) == ("C-1", [])
    stale = section.patch(path, json={"cells": {"check_code": "C-2"}}, headers={"If-Match": version})
    assert stale.status_code == 412
    with service.store.read() as tx:
        assert [row.check_code for _, _, row in versions_of(tx, "results", told["id"])] == ["", "C-1"]
    acts = {one["what"]: one["grounds"] for one in log.entries(service.store)}
    assert acts["result.change"]["cells"] == {"check_code": ["", "C-1"]}
    assert [row.check_code for row in tables_of(service.store, MONTH).results] == ["C-1"]


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ({"date": "六月九日"}, "cells.date"),
        ({"date": "2036-06-09"}, "cells.date"),
        ({"site_id": "S99"}, "cells.site_id"),
        ({"result": "合格吗"}, "cells.result"),
        ({"start": "9点半左右"}, "cells.start"),
        ({"result_id": "R-1"}, "cells.result_id"),
        ({"colour": "red"}, "cells.colour"),
        ({"unit_id": "HBJ"}, "cells.unit_id"),  # whoever carried it out may read and change it
    ],
)
def test_what_is_wrong_is_told_cell_by_cell_and_nothing_is_kept(
    service: Service, tmp_path: Path, cells: dict[str, str], where: str
) -> None:
    filed(service, tmp_path)
    client = person(service, "SCJG")
    refused = entered(client, **cells)
    assert refused.status_code == 422, refused.text
    assert [one["where"] for one in refused.json()["errors"]] == [where]
    assert client.get("/v1/results").json()["items"] == []


def test_nobody_records_for_others_nor_twice_nor_what_must_not_be_counted(service: Service, tmp_path: Path) -> None:
    """A01-7.1: penalties are no figure."""
    filed(service, tmp_path)
    client = person(service, "SCJG")
    assert entered(client, agency_id="HBJ").json()["code"] == "not-own"
    assert entered(client).status_code == 201
    assert entered(client).status_code == 409
    assert entered(client, visit_no="2").status_code == 201
    forbidden = entered(client, 罚款金额="100")
    assert (forbidden.status_code, forbidden.json()["code"]) == (422, "fig.forbidden")
    assert "A01-7.1" in forbidden.json()["clauses"]
    twice = entered(client, [{"item_id": "SCJG-1"}, {"item_id": "SCJG-1"}], site_id="S2")
    assert twice.json()["errors"] == [{"where": "lines.1", "detail": "同一事项、同一要点只写一行"}]
    assert entered(client, site_id="S-新", survey="是").json()["todos"][0]["kind"] == "add"


def test_a_result_of_an_unannounced_filing_is_kept_back_while_its_window_is_open(
    service: Service, tmp_path: Path
) -> None:
    filed(service, tmp_path)
    client, auditor = person(service, "SCJG"), service.client("auditor")
    secret = entered(client, site_id="S5", filing_id="A-X").json()["id"]
    plain = entered(client).json()["id"]
    assert {one["id"] for one in client.get("/v1/results").json()["items"]} == {secret, plain}
    assert [one["id"] for one in auditor.get("/v1/results").json()["items"]] == [plain]
    assert auditor.get(f"/v1/results/{secret}").status_code == 404
    assert secret not in auditor.get("/v1/results/todos", params={"from": DAY}).text
    # Another body's result is its own, whatever filing it names: else one could ask so whether there is such a filing.
    named = entered(person(service, "YJJ"), filing_id="A-X").json()["id"]
    assert auditor.get(f"/v1/results/{named}").status_code == 200
    assert f"result:{named}" in auditor.get("/v1/log", params={"limit": 500}).text
    assert f"result:{secret}" not in auditor.get("/v1/log", params={"limit": 500}).text


def test_the_newest_come_first_page_by_page(service: Service, tmp_path: Path) -> None:
    filed(service, tmp_path)
    client = person(service, "SCJG")
    for day in ("2026-06-02", "2026-06-30", "2026-06-09"):
        assert entered(client, date=day).status_code == 201
    found, cursor = [], None
    while True:
        page = client.get("/v1/results", params={"limit": 1, **({"cursor": cursor} if cursor else {})}).json()
        found += [one["date"] for one in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert found == ["2026-06-30", "2026-06-09", "2026-06-02"]
    some = client.get("/v1/results", params={"from": "2026-06-03", "to": "2026-06-10"}).json()["items"]
    assert [one["date"] for one in some] == ["2026-06-09"]


def imported(service: Service, client: TestClient, file: Path, raw: Raw) -> dict[str, Any]:
    """Import a workbook of results; return the run's result."""
    write_workbook(raw, file)
    with file.open("rb") as stream:
        order = client.post("/v1/results/import", files={"file": (file.name, stream)})
    assert order.status_code == 202, order.text
    Worker(service.store, service.settings).run(until_idle=True)
    job: dict[str, Any] = client.get(f"/v1/jobs/{order.json()['id']}").json()
    return job


def test_a_workbook_is_taken_row_by_row(service: Service, tmp_path: Path) -> None:
    filed(service, tmp_path)
    client = person(service, "SCJG")
    one = {"result_id": "R-1", "agency_id": "SCJG", "site_id": "S1", "date": DAY, "result": "发现问题"}
    rows = [
        one,
        {**one, "result_id": "R-2", "agency_id": "HBJ"},
        {**one, "result_id": "R-3", "date": "2036-01-05"},
        {**one, "result_id": "R-4", "date": "没有日期"},
        {**one, "result_id": "R-5", "site_id": "S2", "check_code": "C-5", "code_applied_at": "2026-06-08"},
    ]
    lines = [{"result_id": name, "item_id": "SCJG-1"} for name in ("R-1", "R-2")]
    job = imported(service, client, tmp_path / "结果.xlsx", {"results": rows, "result_items": lines})
    assert job["state"] == "finished", job["error"]
    told = job["result"]
    assert told["rows"]["results"]["added"] == 2
    assert told["rows"]["result_items"]["added"] == 1
    where = {(one["code"], one["row"]) for one in told["findings"]}
    assert {("result.not-own", 3), ("result.ahead", 4)} <= where
    assert any(row == 5 for _, row in where)
    assert all(one["action"] for one in told["findings"])
    assert {one["id"] for one in client.get("/v1/results").json()["items"]} == {"R-1", "R-5"}
    again = imported(service, client, tmp_path / "再.xlsx", {"results": [{**rows[0], "result": "未发现问题"}]})
    assert again["result"]["rows"]["results"] == {"added": 0, "changed": 1, "ended": 0, "same": 0}
    stolen = imported(
        service, person(service, "HBJ"), tmp_path / "他.xlsx", {"results": [{**rows[0], "agency_id": "HBJ"}]}
    )
    assert [one["code"] for one in stolen["result"]["findings"]] == ["result.not-own"]
    assert imported(service, client, tmp_path / "空.xlsx", {"results": []})["state"] == "failed"


@pytest.mark.slow
def test_codes_go_out_and_come_back_into_what_is_missing_and_into_results(service: Service, tmp_path: Path) -> None:
    """D-2.7b, D-2.7a: no check without a code; a published visit without a result is to be entered."""
    filed(service, tmp_path)
    bureau, scjg, hbj = service.client("bureau"), person(service, "SCJG"), person(service, "HBJ")
    assert scjg.get(f"/v1/months/{MONTH}/codes").status_code == 404
    published(service, ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"])
    batch = scjg.get(f"/v1/months/{MONTH}/codes").json()
    assert {one["site_id"] for one in batch["items"]} == {"S1", "S2", "S3", "S4", "S5"}  # its own unannounced one too
    assert (batch["coded"], hbj.get(f"/v1/months/{MONTH}/codes", params={"agency_id": "SCJG"}).status_code) == (0, 404)
    assert bureau.get(f"/v1/months/{MONTH}/codes").status_code == 422
    text = scjg.get(f"/v1/months/{MONTH}/codes/file").content.decode("utf-8-sig")
    sent = list(csv.DictReader(io.StringIO(text)))
    assert len(sent) == len(batch["items"])
    secret = next(row for row in sent if row[OUT["site"]] == "S5")
    assert secret[OUT["send_ahead"]] == "否"
    assert all("09-SCJG" in row[OUT["officers"]] for row in sent)
    first, second, third = (row for row in sent if row is not secret and row[OUT["site"]] != "S4")
    there = entered(scjg, site_id=second[OUT["site"]], date=second[OUT["date"]]).json()["id"]
    file = io.StringIO()
    writer = csv.DictWriter(file, BACK.values())
    writer.writeheader()
    for n, task in enumerate((first, second, secret)):
        cells = (task[OUT["task_id"]], f"C-{n}", "2026-06-01 09:00", "是", "")
        writer.writerow(dict(zip(BACK.values(), cells, strict=True)))
    writer.writerow(dict(zip(BACK.values(), (third[OUT["task_id"]], "C-0", "2026-06-01", "是", ""), strict=True)))
    answer = scjg.post(f"/v1/months/{MONTH}/codes", files={"file": ("码.csv", file.getvalue().encode(), "text/csv")})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["taken"], told["results"]) == (3, 1)
    assert [(one["row"], one["code"], one["clauses"]) for one in told["wrong"]] == [(5, "code.foreign", ["D-2.7a"])]
    assert scjg.get(f"/v1/results/{there}").json()["check_code"] == "C-1"
    assert scjg.get(f"/v1/months/{MONTH}/codes").json()["coded"] == 3
    todo = scjg.get("/v1/results/todos", params={"from": "2026-06-01"}).json()["missing"]
    places = {(one["site_id"], one["day"]): one for one in todo}
    assert (second[OUT["site"]], second[OUT["date"]]) not in places
    waiting = places[first[OUT["site"]], first[OUT["date"]]]
    assert (waiting["check_code"], waiting["late"]) == ("C-0", True)
    assert waiting["clauses"]
    auditor = service.client("auditor").get("/v1/results/todos", params={"from": "2026-06-01"}).json()["missing"]
    assert {one["site_id"] for one in auditor} >= {one["site_id"] for one in todo} - {"S5"}
    assert "S5" not in {one["site_id"] for one in auditor if one["agency_id"] == "SCJG"}
    assert {one["check_code"] for one in auditor} == {""}
    bad = scjg.post(f"/v1/months/{MONTH}/codes", files={"file": ("码.csv", b"\xff\xfe\x00", "text/csv")})
    assert bad.status_code == 422
