"""An enterprise asks for another day, or not to be visited jointly: offered, entered, answered, replanned, told."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.accounts import accounts, tokens
from api.desk.enterprises import requests as desk
from api.store import log
from tests.http.conftest import Service
from tests.http.test_plans import MONTH, published, ran
from tests.http.test_replanning import own_client, publish_month


def town_client(service: Service, town: str) -> Any:
    with service.store.write() as tx:
        account = accounts.add(tx, "zhao", town, "town", None, "test", town=town)
        secret = tokens.issue(tx, account, "t", ["read", "filings"], 1, "test")[1]
    client = service.client()
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


@pytest.mark.slow
def test_an_enterprise_is_visited_on_a_day_that_it_asked_for(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = publish_month(service, tmp_path, synthetic="1")
    bureau, town = service.client("bureau"), town_client(service, "漕泾镇")
    visits = bureau.get(f"/v1/plans/{plan}/visits", params={"limit": 500}).json()["items"]
    hit = next(v for v in visits if v["joint"] and {one["id"] for one in v["agencies"]} == {"SCJG", "YJJ"})
    site, day = hit["site"]["id"], hit["day"]
    agencies = {name: own_client(service, name) for name in ("SCJG", "YJJ", "HBJ")}

    # Days are offered: by every rule, none of them the day itself.
    about = {"month": MONTH, "site_id": site, "day": day}
    offered = town.get("/v1/requests/days", params=about)
    assert offered.status_code == 200, offered.text
    days = [one["day"] for one in offered.json()["items"]]
    assert days
    assert day not in days
    lead = offered.json()["lead"]["id"]
    other = next(name for name in ("SCJG", "YJJ") if name != lead)
    assert agencies["HBJ"].get("/v1/requests/days", params=about).status_code == 403
    assert service.client("town").get("/v1/requests/days", params=about).status_code == 404  # another town's
    apart = bureau.get("/v1/requests/days", params={**about, "agency_id": other}).json()
    assert all(one["entries"] == 1 for one in apart["items"])
    assert set(offered.json()["clauses"]) < set(apart["clauses"])

    # What is not announced there cannot be asked about, whatever may stand there.
    order = {**about, "kind": "another-day", "channel": "town", "reason": "停电检修", "days": [days[-1]]}
    nobody = next(d for d in days if d not in {v["day"] for v in visits if v["site"]["id"] == site})
    refused = town.post("/v1/requests", json={**order, "day": nobody})
    assert (refused.status_code, refused.json()["detail"]) == (404, desk.NO_VISIT)
    assert town.post("/v1/requests", json={**order, "kind": "apart"}).status_code == 422
    assert town.post("/v1/requests", json={**order, "agency_id": "YJJ"}).status_code == 422
    assert town.post("/v1/requests", json={**order, "asked_on": "2099-01-01"}).status_code == 422
    assert service.client("auditor").post("/v1/requests", json=order).status_code == 403
    assert agencies["HBJ"].post("/v1/requests", json=order).status_code == 403

    # Entered by the town, seen by who comes, answered by who leads.
    made = town.post("/v1/requests", json=order)
    assert (made.status_code, made.json()["state"], made.json()["may_answer"]) == (201, "open", False), made.text
    name = made.json()["id"]
    assert town.post("/v1/requests", json=order).status_code == 409
    seen = {
        who: [one["id"] for one in agencies[who].get("/v1/requests", params={"month": MONTH}).json()["items"]]
        for who in agencies
    }
    assert seen == {"SCJG": [name], "YJJ": [name], "HBJ": []}
    path = f"/v1/requests/{name}/answer"
    yes = {"answer": "accept", "day": days[-1]}
    assert agencies[other].post(path, json=yes).json()["code"] == "not-lead"
    assert agencies["HBJ"].post(path, json=yes).status_code == 404
    assert bureau.post(path, json=yes).json()["code"] == "not-lead"  # the lead's time is not over
    assert agencies[lead].post(path, json={"answer": "refuse"}).json()["code"] == "reason"
    assert agencies[lead].post(path, json={"answer": "accept", "day": day}).json()["code"] == "not-offered"
    agreed = agencies[lead].post(path, json=yes)
    assert (agreed.status_code, agreed.json()["state"]) == (200, "accepted"), agreed.text
    assert agencies[lead].post(path, json=yes).json()["code"] == "settled"

    # The coordinator replans on its event: the whole visit is on the day, and everybody who comes has a notice.
    event = agreed.json()["event"]
    tried = bureau.post(f"/v1/plans/{plan}/replan/preview", json={"event": event}).json()
    assert tried["proven"]
    assert tried["left_out"] == [0, 0, 0]
    version = ran(service, bureau.post(f"/v1/plans/{plan}/replan", json={"event": event, "reason": "企业申请"}))
    published(service, version["result"]["plan"])
    now = bureau.get(f"/v1/plans/{version['result']['plan']}/visits", params={"limit": 500}).json()["items"]
    there = {v["day"]: {one["id"] for one in v["agencies"]} for v in now if v["site"]["id"] == site}
    assert there == {days[-1]: {"SCJG", "YJJ"}}
    for who in ("SCJG", "YJJ"):
        (notice,) = agencies[who].get(f"/v1/plans/{version['result']['plan']}/notices").json()["items"]
        assert "申请改期" in notice["why_zh"]
    (done,) = town.get("/v1/requests", params={"month": MONTH}).json()["items"]
    assert (done["state"], done["version"]) == ("done", version["result"]["plan"])

    # Not jointly: the other body comes on a day of its own; a request that is not answered in time is the office's.
    again = {**about, "day": days[-1], "kind": "apart", "agency_id": other, "channel": "phone", "reason": "分开来"}
    second = bureau.post("/v1/requests", json=again).json()
    later = date.fromisoformat(second["due"]) + timedelta(days=1)
    monkeypatch.setattr(desk, "today", lambda: later)
    (late,) = [one for one in bureau.get("/v1/requests", params={"month": MONTH}).json()["items"] if not one["version"]]
    assert (late["state"], late["may_answer"]) == ("overdue", True)
    choices = bureau.get("/v1/requests/days", params={**about, "day": days[-1], "agency_id": other}).json()["items"]
    yes = {"answer": "accept", "day": choices[0]["day"]}
    event = bureau.post(f"/v1/requests/{second['id']}/answer", json=yes).json()["event"]
    split = bureau.post(f"/v1/plans/{version['result']['plan']}/replan/preview", json={"event": event}).json()
    assert {(one["unit"], one["after"]) for one in split["diff"] if one["site"] == site} == {(other, yes["day"])}
    sneaky = agencies[other].post(f"/v1/requests/{second['id']}/withdrawal", json={"reason": "不想改"})
    assert (sneaky.status_code, sneaky.json()["code"]) == (403, "not-own")
    gone = town.post(f"/v1/requests/{second['id']}/withdrawal", json={"reason": "不用了"})
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    told = [one["what"] for one in log.entries(service.store) if one["what"].startswith("request.")]
    assert told == ["request.ask", "request.accept", "request.ask", "request.accept", "request.withdraw"]
