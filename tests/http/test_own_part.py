"""What is whose of a published plan: files, figures, the public list; and who has filed, and sites that are changed."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from api.accounts import accounts, tokens
from api.store.inputs.filings import save
from api.store.inputs.rows import decode
from tests.cli.district import MONTH, district, workbook
from tests.http.conftest import Service
from tests.http.test_plans import published, ran
from tests.http.test_rounds import agency

SECRET = "突击事项"


def drafted(service: Service, tmp_path: Path) -> str:
    """Return a draft of the small district in which SCJG has an unannounced check where it has no other."""
    raw = district()
    raw["items"].append({**raw["items"][0], "item_id": "SCJG-9", "name": SECRET})
    hidden = {"filing_id": "F-X", "agency_id": "SCJG", "items": "SCJG-9", "sites": "S6", "unannounced": "是"}
    raw["filings"].append({**raw["filings"][0], **hidden})
    bureau, file = service.client("bureau"), workbook(tmp_path / "申报.xlsx", raw)
    with file.open("rb") as stream:
        ran(service, bureau.post("/v1/imports", files={"file": (file.name, stream)}))
    return str(ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["id"])


@pytest.fixture
def plan(service: Service, tmp_path: Path) -> str:
    """The draft, published."""
    return published(service, drafted(service, tmp_path))


def content(answer: Any) -> str:
    """Return what a file says: of a workbook all its cells, of a letter all its parts."""
    if not answer.content.startswith(b"PK"):
        return str(answer.content.decode("utf-8-sig"))
    with ZipFile(BytesIO(answer.content)) as archive:
        if "word/document.xml" in archive.namelist():
            return "\n".join(
                archive.read(name).decode("utf-8", "replace") for name in archive.namelist() if ".xml" in name
            )
    book = load_workbook(BytesIO(answer.content), read_only=True)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


@pytest.mark.slow
def test_a_sites_entries_are_told_as_far_as_each_may_know_and_the_public_finds_the_same(
    service: Service, plan: str
) -> None:
    scjg, hbj, auditor = agency(service, "SCJG"), agency(service, "HBJ"), service.client("auditor")
    secret = {name: client.get("/v1/sites/S6/entries").json() for name, client in (("own", scjg), ("other", hbj))}
    assert [one["unannounced"] for one in secret["own"]["planned"]].count(True) == 1
    for told in (secret["other"], auditor.get("/v1/sites/S6/entries").json()):
        assert SECRET not in json.dumps(told, ensure_ascii=False)
        assert not any(one["unannounced"] for one in told["planned"])
    open_ = service.client("bureau").get("/v1/sites/S3/entries").json()["planned"][0]
    assert open_["slot"]
    assert open_["why"]
    yjj = agency(service, "YJJ")
    beside = yjj.get("/v1/sites/S3/entries").json()["planned"][0]
    assert (beside["visit"], beside["slot"], beside["why"]) == (None, None, [])
    assert (beside["day"], beside["agencies"]) == (open_["day"], open_["agencies"])
    path = f"/v1/public/months/{MONTH}/visits"
    found = service.client().get(path, params={"q": "化工3厂"}).json()["items"][0]
    assert (found["day"], found["agencies"], found["items"]) == (beside["day"], beside["agencies"], beside["items"])
    all_of = service.client().get(path).json()["items"]
    assert service.client().get(path, params={"q": "漕泾"}).json()["items"] == all_of
    assert service.client().get(path, params={"q": "%"}).json()["items"] == []
    params = {"month": MONTH, "agency_id": "SCJG"}
    ledger = auditor.get("/v1/sites/S6/ledger", params=params).json()  # of everybody's book: nothing of S6 is in it
    assert SECRET not in json.dumps(ledger, ensure_ascii=False)
    assert ledger["open_tasks"] == []
    assert auditor.get("/v1/sites/S6/ledger", params={"month": MONTH}).status_code == 422


@pytest.mark.slow
def test_each_gets_its_own_files_and_figures_and_nothing_unannounced_of_others(service: Service, plan: str) -> None:
    with service.store.write() as tx:
        account = accounts.add(tx, "caojing", "漕泾", "town", None, "test", town="漕泾镇")
        secret = tokens.issue(tx, account, "t", ["read"], 1, "test")[1]
    town = service.client()
    town.headers["Authorization"] = f"Bearer {secret}"
    who = {"SCJG": agency(service, "SCJG"), "HBJ": agency(service, "HBJ"), "town": town}
    who |= {"auditor": service.client("auditor"), "a1": service.client("a1")}
    path = f"/v1/plans/{plan}"
    everything = service.client("bureau").get(f"{path}/files").json()["items"]
    names, texts, figures = {}, {}, {}
    for name, client in who.items():
        own = client.get(f"{path}/files").json()["items"]
        names[name] = {Path(one["name"]).parent.name for one in own}
        texts[name] = "\n".join(content(client.get(f"{path}/files/{one['number']}")) for one in own)
        figures[name] = client.get(f"{path}/kpis").json()["figures"]
        for one in everything:
            if one["number"] not in {mine["number"] for mine in own}:
                assert client.get(f"{path}/files/{one['number']}").status_code == 404
    assert names["SCJG"] == names["HBJ"] == {"各单位", "函件", "日历", "公开"}
    assert (names["town"], names["auditor"], names["a1"]) == ({"各街镇", "公开"}, {"", "公开"}, {"公开"})
    assert {name for name, text in texts.items() if SECRET in text} == {"SCJG"}
    assert "区市场监督管理局检查" in texts["SCJG"]
    assert "张1" in texts["HBJ"]
    assert "张1" not in texts["town"]
    inside = service.client("bureau").get(f"{path}/kpis").json()["figures"]
    assert inside["unannounced_visits"] is None  # they stand beside the plan, in a list of their own
    assert {figures[name]["entries"] for name in who} == {inside["entries"]}
    shown = service.client("bureau").get(f"{path}/visits").json()["items"]
    assert sum(one["unannounced"] for one in shown) == 1
    own = {name: figures[name].get("own", {}).get("tasks") for name in who}
    assert own["SCJG"] == next(a["tasks"] for a in inside["agencies"] if a["id"] == "SCJG")
    assert (own["auditor"], own["a1"]) == (None, None)
    assert all(figures[name]["unannounced_visits"] is None for name in who)
    listed = service.client().get(f"/v1/public/months/{MONTH}/visits", params={"limit": 500})
    assert len(listed.json()["items"]) == inside["entries"]
    assert SECRET not in listed.text
    assert "张" not in listed.text
    months = service.client().get("/v1/public/months").json()["items"]
    assert [(one["month"], one["figures"]["entries"]) for one in months] == [(MONTH, inside["entries"])]
    assert service.client().get("/v1/public/months/2026-07/visits").status_code == 404


def test_who_has_not_filed_and_until_when(service: Service, tmp_path: Path) -> None:
    bureau, a1 = service.client("bureau"), service.client("a1")
    first = bureau.get("/v1/months/2026-06/filings")
    assert (first.json()["deadline"], first.json()["usual"], first.headers["ETag"]) == ("2026-05-25", True, '"0"')
    assert {one["agency_id"] for one in first.json()["items"] if not one["filed"]} == {"A1-2", "B1"}
    path = "/v1/months/2099-06/deadline"
    assert bureau.put(path, json={"day": "2099-05-20"}).status_code == 428
    done = bureau.put(path, json={"day": "2099-05-20"}, headers={"If-Match": '"0"'})
    assert (done.json()["deadline"], done.json()["usual"], done.headers["ETag"]) == ("2099-05-20", False, '"1"')
    assert bureau.put(path, json={"day": "2099-05-21"}, headers={"If-Match": '"0"'}).status_code == 412
    assert [one["late"] for one in done.json()["items"]] == [False, False]
    own = a1.get("/v1/months/2026-06/filings").json()
    assert {one["agency_id"] for one in own["items"]} == {"A1-2"}
    assert a1.put(path, json={"day": "2099-05-20"}, headers={"If-Match": '"1"'}).status_code == 403
    assert service.client("town").get("/v1/months/2026-06/filings").status_code == 403


def test_an_import_makes_nobody_late_and_a_filing_after_the_last_day_does(service: Service) -> None:
    window = {"window_from": "2025-03-01", "window_to": "2025-03-31"}
    with service.store.write() as tx:
        for name, state in (("B1", "accepted"), ("A1-2", "submitted")):
            filing = decode("filings", json.dumps({"filing_id": f"F-{name}", "agency_id": name, **window}), 2)
            save(tx, [filing], "li", "book.xlsx", state=state)
    told = {one["agency_id"]: one for one in service.client("bureau").get("/v1/months/2025-03/filings").json()["items"]}
    assert (told["B1"]["filed"], told["B1"]["late"], told["B1"]["first_filed_at"]) == (True, False, None)
    assert (told["A1-2"]["filed"], told["A1-2"]["late"]) == (True, True)
    assert told["A1-2"]["first_filed_at"]


@pytest.fixture
def library(service: Service, tmp_path: Path) -> None:
    """The small district in the library."""
    file = workbook(tmp_path / "申报.xlsx")
    with file.open("rb") as stream:
        ran(service, service.client("bureau").post("/v1/imports", files={"file": (file.name, stream)}))


@pytest.mark.slow
def test_a_site_is_changed_as_the_workbook_would_and_nothing_is_overwritten(service: Service, library: None) -> None:
    bureau = service.client("bureau")
    before = bureau.get("/v1/sites/S1")
    etag = {"If-Match": before.headers["ETag"]}
    body = {"cells": {"quiet_hours": "11:00-13:00", "status": "停业"}, "reason": "企业来函"}
    assert bureau.patch("/v1/sites/S1", json=body).status_code == 428
    done = bureau.patch("/v1/sites/S1", json=body, headers=etag)
    assert (done.status_code, done.json()["status"]) == (200, "suspended")
    assert next(one["text"] for one in done.json()["cells"] if one["key"] == "quiet_hours") == "11:00-13:00"
    assert done.json()["name"] == before.json()["name"]
    assert bureau.patch("/v1/sites/S1", json=body, headers=etag).status_code == 412
    etag = {"If-Match": done.headers["ETag"]}
    for cells in ({"lon": "东经"}, {"name": ""}, {"site_id": "S2"}, {"opted_in": "NONE"}, {"nothing": "x"}):
        wrong = bureau.patch("/v1/sites/S1", json={"cells": cells}, headers=etag)
        assert (wrong.status_code, wrong.json()["code"]) == (422, "cells"), cells
    assert bureau.get("/v1/sites/S1").json() == done.json()
    for login in ("a1", "town", "auditor"):
        assert service.client(login).patch("/v1/sites/S1", json=body, headers=etag).status_code == 403
    logged = bureau.get("/v1/log", params={"limit": 500}).json()["items"]
    assert "site.change" in json.dumps(logged)


@pytest.mark.slow
def test_a_grade_holds_from_its_date_and_the_one_before_is_kept(service: Service, library: None) -> None:
    bureau, path = service.client("bureau"), "/v1/sites/S1/grades"
    etag = bureau.get(path).headers["ETag"]
    for grade, day in (("B", "2026-01-01"), ("C", "2026-06-01")):
        body = {"grade": grade, "valid_from": day, "reason": "评定"}
        done = bureau.put(f"{path}/A01", json=body, headers={"If-Match": etag})
        assert done.status_code == 200, done.text
        etag = done.headers["ETag"]
    assert [(one["grade"], one["valid_from"]) for one in bureau.get(path).json()["items"]] == [
        ("B", "2026-01-01"),
        ("C", "2026-06-01"),
    ]
    assert bureau.put(f"{path}/A01", json={**body, "grade": "E"}, headers={"If-Match": etag}).status_code == 422
    assert bureau.put(f"{path}/A01", json=body, headers={"If-Match": '"1"'}).status_code == 412
    assert service.client("town").get(path).status_code == 404
