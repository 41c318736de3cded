"""The library over HTTP: sites and agencies, a town's its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from fastapi.testclient import TestClient

from api.store.inputs.imports import import_tables
from planner.intake.read.reader import read_tables
from tests.cli.district import district, workbook
from tests.http.conftest import Service


def test_sites_agencies_and_towns(service: Service, tmp_path: Path) -> None:
    raw = district()
    raw["sites"][0]["town"] = "朱泾镇"
    import_tables(service.store, read_tables(workbook(tmp_path / "x.xlsx", raw)), "test")
    bureau, town = service.client("bureau"), service.client("town")
    first = bureau.get("/v1/sites", params={"limit": 4}).json()
    rest = bureau.get("/v1/sites", params={"limit": 4, "cursor": first["next"]}).json()
    assert [site["id"] for site in first["items"] + rest["items"]] == [f"S{n}" for n in range(1, 7)]
    assert rest["next"] is None
    assert [site["id"] for site in bureau.get("/v1/sites", params={"town": "朱泾镇"}).json()["items"]] == ["S1"]
    assert [site["id"] for site in town.get("/v1/sites", params={"town": "漕泾镇"}).json()["items"]] == ["S1"]
    assert bureau.get("/v1/sites/S2").json()["name"] == "化工2厂"
    assert [town.get(f"/v1/sites/{site}").status_code for site in ("S1", "S2", "S9")] == [200, 404, 404]
    agencies = {one["id"]: one for one in bureau.get("/v1/agencies").json()["items"]}
    assert agencies["A1-2"]["parent"] == "A1"
    assert "SCJG" in agencies


def test_sites_are_found_by_a_part_of_name_or_id_and_tell_what_came(service: Service, tmp_path: Path) -> None:
    raw = district()
    raw["sites"][0]["town"] = "朱泾镇"
    raw["history"] = [
        {"site_id": site, "agency_id": "SCJG", "items": "SCJG-1", "date": date(2026, 3, 2), "result": "未发现问题"}
        for site in ("S1", "S2")
    ]
    import_tables(service.store, read_tables(workbook(tmp_path / "x.xlsx", raw)), "test")
    bureau, town = service.client("bureau"), service.client("town")

    def found(client: TestClient, text: str) -> list[str]:
        return [site["id"] for site in client.get("/v1/sites", params={"q": text}).json()["items"]]

    assert (found(bureau, "工2"), found(bureau, " S3 "), found(bureau, "_"), found(bureau, "漕泾")) == (
        ["S2"],
        ["S3"],
        [],
        [],
    )
    assert found(town, "化工") == ["S1"]
    told = [client.get("/v1/sites/S1/entries").json()["past"] for client in (bureau, town)]
    assert [(one["day"], one["agency_name"], one["planned"]) for one in told[1]] == [
        ("2026-03-02", "区市场监督管理局", True)
    ]
    assert [one["result"] for past in told for one in past] == ["clear", ""]  # results are not a town's
    assert town.get("/v1/sites/S2/entries").status_code == 404


def test_a_site_is_added_taken_out_by_a_decision_and_put_back(service: Service, tmp_path: Path) -> None:
    """D-2.3d, D-2.3e: nothing is lost, a mark against joining has source and date, a taken id is not given twice."""
    import_tables(service.store, read_tables(workbook(tmp_path / "x.xlsx", district())), "test")
    bureau = service.client("bureau")
    cells = {"site_id": "S9", "name": "新厂", "town": "漕泾镇", "join": "不鼓励"}
    order = {"cells": cells, "reason": "摸底补入"}
    assert bureau.post("/v1/sites", json=order).json()["clauses"] == ["D-2.8e"]
    cells |= {"join_source": "企业来函", "join_date": "2026-05-20"}
    assert bureau.post("/v1/sites", json={**order, "cells": {"site_id": "S9"}}).status_code == 422
    made = bureau.post("/v1/sites", json=order)
    assert (made.status_code, made.json()["join"]) == (201, "discouraged"), made.text
    assert bureau.post("/v1/sites", json=order).status_code == 409
    assert service.client("auditor").post("/v1/sites", json=order).status_code == 403

    decision = {"document_no": "决1号", "reason": "停业两年"}
    path, version = "/v1/sites/S9/removal", {"If-Match": made.headers["ETag"]}
    assert bureau.post(path, json=decision).status_code == 428
    assert bureau.post(path, json=decision, headers=version).status_code == 204
    assert bureau.get("/v1/sites/S9").status_code == 404
    (out,) = service.client("auditor").get("/v1/library/removals").json()["items"]
    assert (out["site_id"], out["name"], out["document_no"], out["clauses"]) == ("S9", "新厂", "决1号", ["D-2.3e"])
    back = bureau.post("/v1/sites/S9/restoration", json={"reason": "恢复经营"})
    assert (back.status_code, back.json()["cells"]) == (200, made.json()["cells"])
    assert back.headers["ETag"] == bureau.get("/v1/sites/S9").headers["ETag"] != version["If-Match"]
    assert bureau.get("/v1/library/removals").json()["items"] == []
    assert bureau.post("/v1/sites/S9/restoration", json={"reason": "又"}).status_code == 404
