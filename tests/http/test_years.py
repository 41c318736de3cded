"""A year over HTTP: planned by a real run around what is published, read back, and months planned from it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.desk.years.planning import payload_of
from api.settings import Settings
from api.store import Store
from api.store.database.migrate import migrate
from tests.cli.district import MONTH, district, workbook
from tests.http.conftest import Service, filled
from tests.http.test_plans import published, ran

SUMMER = {"window_from": date(2026, 6, 1), "window_to": date(2026, 8, 31)}


@pytest.mark.slow
def test_a_year_stands_around_what_is_published_and_months_do_what_it_put_into_them(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    migrate(store)
    secrets = filled(store)
    settings = Settings(data=tmp_path / "data", database=store.url, workers=0, poll_seconds=0.02, progress_seconds=0.0)
    app = create_app(settings)
    with TestClient(app):
        _lived(Service(app, store, settings, secrets), tmp_path)
    store.close()


def _lived(service: Service, folder: Path) -> None:
    bureau = service.client("bureau")
    raw = district()
    raw["filings"][0] |= SUMMER
    secret = {**raw["filings"][1], **SUMMER, "filing_id": "F-X", "unannounced": "是"}
    raw["filings"].append(secret)
    with workbook(folder / "申报.xlsx", raw).open("rb") as stream:
        ran(service, bureau.post("/v1/imports", files={"file": ("申报.xlsx", stream)}))

    # Nothing is published: the year begins with this month, or where the bureau says.
    with service.store.read() as tx:
        assert payload_of(tx, _order(), date(2026, 7, 2))["period"] == "2026-07~12"
        assert payload_of(tx, _order(), date(2025, 7, 2))["period"] == "2026"
    first = _year(service, {"year": "2026", "first": MONTH})
    assert (first["published"], first["first"], first["state"]) == ([], MONTH, "finished")
    found = first["found"]
    assert [one["month"] for one in found["months"]] == [f"2026-{n:02d}" for n in range(6, 13)]
    assert sum(one["tasks"] for one in found["months"]) == found["scheduled"] == found["tasks"]
    assert found["left_out"] == [0, 0, 0]
    document = bureau.get(f"/v1/years/{first['id']}/document").json()["document"]
    days = document["plan"]
    assert "F-X" not in str(document)  # unannounced checks are no part of a longer period

    # Each week's sums are those of the plan's days.
    done = Counter[tuple[str, str]]()
    for week in found["weeks"]:
        assert week["used"] <= week["room"]
        assert week["due"] <= week["done"]
        done[week["unit"], week["until"]] = week["done"]
    last = max(week["until"] for week in found["weeks"])
    assert (done["SCJG", last], done["YJJ", last]) == (4 * 4, 3 * 4)  # an hour a site, and no secret

    # A month planned from the year does what the year put into it, and a year without it is refused.
    inside = {task for task, day in days.items() if day.startswith(MONTH)}
    draft = ran(service, bureau.post("/v1/plans", json={"month": MONTH, "year": first["id"]}))["result"]["plan"]
    plan = bureau.get(f"/v1/plans/{draft}/visits").json()["items"]
    assert inside <= {task for visit in plan for task in visit["tasks"]}
    assert bureau.post("/v1/plans", json={"month": "2026-05", "year": first["id"]}).status_code == 422
    assert bureau.post("/v1/plans", json={"month": MONTH, "year": "none"}).status_code == 404

    # A published month stands in the next year plan as it is.
    published(service, draft)
    come = plan[0]  # and has a result, which is not a second visit
    cells = {"site_id": come["site"]["id"], "date": come["day"], "agency_id": come["agencies"][0]["id"]}
    assert bureau.post("/v1/results", json={"cells": {**cells, "result": "未发现问题"}}).status_code == 201
    second = _year(service, {"year": "2026"})
    assert (second["published"], second["first"]) == ([draft], MONTH)
    again = bureau.get(f"/v1/years/{second['id']}/document").json()["document"]["plan"]
    for visit in plan:
        for task in visit["tasks"]:
            assert again.get(task) == visit["day"]
    assert [one["published"] for one in second["found"]["months"]][:1] == [True]
    assert bureau.post("/v1/years", json={"year": "2026", "first": "2026-05"}).status_code == 422
    assert [one["id"] for one in bureau.get("/v1/years").json()["items"]] == [second["id"], first["id"]]
    page = bureau.get("/v1/years", params={"limit": 1}).json()
    assert [one["id"] for one in bureau.get("/v1/years", params={"cursor": page["next"]}).json()["items"]] == [
        first["id"]
    ]
    assert service.client("auditor").get(f"/v1/years/{first['id']}").status_code == 403


def _order() -> Any:
    from api.desk.years.models import YearOrder

    return YearOrder(year="2026", first=None, seed=None)


def _year(service: Service, order: dict[str, Any]) -> dict[str, Any]:
    job = ran(service, service.client("bureau").post("/v1/years", json=order))
    found: dict[str, Any] = service.client("bureau").get(f"/v1/years/{job['id']}").json()
    assert job["result"]["scheduled"] == found["found"]["scheduled"]
    return found
