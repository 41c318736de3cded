"""A site is corrected after a draft was made: the draft stays what it was, and what is barred now is not published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.jobs.worker import Worker
from tests.http.conftest import Service
from tests.http.test_plans import MONTH, imported, published, ran


@pytest.mark.slow
def test_a_correction_bars_the_draft_and_not_what_is_published(service: Service, tmp_path: Path) -> None:
    bureau = service.client("bureau")
    imported(service, tmp_path, synthetic="1")
    draft = ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"]
    site = bureau.get(f"/v1/plans/{draft}/visits", params={"limit": 1}).json()["items"][0]["site"]["id"]

    def corrected(**cells: str) -> None:
        seen = bureau.get(f"/v1/sites/{site}")
        done = bureau.patch(
            f"/v1/sites/{site}", json={"cells": cells, "reason": "核实"}, headers={"If-Match": seen.headers["ETag"]}
        )
        assert done.status_code == 200, done.text

    def publishing(plan: str) -> dict[str, Any]:
        order = {"json": {"reason": ""}, "headers": {"If-Match": '"1"'}}
        job = bureau.post(f"/v1/plans/{plan}/publish", **order).json()["id"]
        Worker(service.store, service.settings).run(until_idle=True)
        found: dict[str, Any] = bureau.get(f"/v1/jobs/{job}").json()
        return found

    corrected(status="停业")
    failed = publishing(draft)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "sites.corrected")
    assert failed["error"]["clauses"] == ["D-2.3e"]
    assert all(one["where"].startswith(site) for one in failed["error"]["errors"])
    anew = ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"]
    assert site not in {v["site"]["id"] for v in bureau.get(f"/v1/plans/{anew}/visits").json()["items"]}
    corrected(status="开业", name="更名厂")  # what bars nothing stops nothing
    published(service, draft)
    corrected(status="停业")  # it stands until an event moves it
    hold = {"operations": [], "reason": "照旧"}
    visit = bureau.get(f"/v1/plans/{draft}/visits", params={"limit": 1}).json()["items"][0]["id"]
    hold["operations"] = [{"op": "add", "path": f"/visits/[id={visit}]/pinned", "value": True}]
    again = ran(service, bureau.post(f"/v1/plans/{draft}/from-patch?operation=hold", json=hold))["result"]["plan"]
    published(service, again)
