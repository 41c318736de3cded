"""A published month is lived with over HTTP: an event, its fewest changes, the next version, the notices."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from api.accounts import accounts, tokens
from api.jobs.worker import Worker
from api.store.inputs.library import Row, new_revision, put, rows_of
from planner.domain.case import RowRef
from tests.http.conftest import Service
from tests.http.test_plans import MONTH, imported, published, ran


def publish_month(service: Service, folder: Path, **settings: str) -> str:
    """Import, plan and publish the small district's month; return the plan's id."""
    bureau = service.client("bureau")
    imported(service, folder, **settings)
    plan: str = ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"]
    return published(service, plan)


def own_client(service: Service, agency: str) -> Any:
    """Return a client with an account of the agency."""
    with service.store.write() as tx:
        account = accounts.add(tx, agency.lower(), agency, "agency", None, "test", agency_id=agency)
        secret = tokens.issue(tx, account, "t", ["read", "filings"], 1, "test")[1]
    client = service.client()
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


@pytest.mark.slow
def test_an_event_becomes_the_next_version_with_notices_and_keeps_what_was_booked(
    service: Service, tmp_path: Path
) -> None:
    plan = publish_month(service, tmp_path)
    bureau = service.client("bureau")
    visits = bureau.get(f"/v1/plans/{plan}/visits", params={"limit": 500}).json()["items"]
    hit = next(v for v in visits if v["joint"])
    agencies = [party["id"] for party in hit["agencies"]]
    event = {"kind": "no_show", "agency": agencies[0], "site": hit["site"]["id"], "day": hit["day"]}
    path = f"/v1/plans/{plan}/replan"
    found = bureau.post(f"{path}/preview", json={"event": event})
    assert found.status_code == 200, found.text
    told = found.json()
    assert told["proven"]
    assert {"site": hit["site"]["id"], "day": hit["day"]} in told["changed_visits"]
    assert agencies[0] in {notice["agency"] for notice in told["notices"]}
    assert own_client(service, agencies[0]).post(path, json={"event": event}).status_code == 403
    job = ran(service, bureau.post(path, json={"event": event, "reason": "车辆故障"}))
    version = job["result"]["plan"]
    lineage = bureau.get(f"/v1/plans/{version}/lineage").json()["items"]
    assert [(step["plan"], step["operation"]) for step in lineage] == [(version, "replan"), (plan, "")]
    notices = bureau.get(f"/v1/plans/{version}/notices").json()["items"]
    assert notices == told["notices"]
    told_to = {notice["agency"] for notice in notices}
    outsider = next((own_client(service, a) for a in ("YJJ", "SCJG", "HBJ") if a not in {*told_to, agencies[0]}), None)
    assert outsider is not None
    assert outsider.get(f"/v1/plans/{version}/notices").status_code == 404  # a draft
    published(service, version)
    _calendars_go_on(bureau, plan, version)
    assert outsider.get(f"/v1/plans/{version}/notices").json()["items"] == []
    again = bureau.post(f"{path}/preview", json={"event": event})
    assert (again.status_code, again.json()["code"]) == (409, "not-published")
    new_task = {
        "kind": "new_task",
        "id": "T-new",
        "site": hit["site"]["id"],
        "unit": agencies[0],
        "items": ["nothing"],
        "from": "2026-06-10",
        "to": "2026-06-20",
    }
    refused = bureau.post(f"/v1/plans/{version}/replan/preview", json={"event": new_task})
    assert (refused.status_code, "事项库没有" in refused.json()["detail"]) == (422, True)


def _calendars_go_on(bureau: Any, plan: str, version: str) -> None:
    """Assert that whoever has imported the calendars of `plan` need only import those of `version` after it."""
    before, after = calendars(bureau, plan), calendars(bureau, version)
    assert before.keys() <= after.keys()
    risen = 0
    for name, events in after.items():
        assert before[name].keys() <= events.keys()
        for uid, event in events.items():
            was = before[name].get(uid)
            same = was is not None and all(
                was.get(key) == event.get(key) for key in ("dtstart", "dtend", "description")
            )
            assert int(event["sequence"]) == (0 if was is None else int(not same))
            assert (event.get("status") == "CANCELLED") <= (was is not None)
            risen += int(event["sequence"])
    assert risen


def calendars(bureau: Any, plan: str) -> dict[str, dict[str, Any]]:
    """Return the events of a plan's calendars by file and UID, each file as its entry in the list says."""
    found = {}
    for one in bureau.get(f"/v1/plans/{plan}/files").json()["items"]:
        if one["name"].endswith(".ics"):
            content = bureau.get(f"/v1/plans/{plan}/files/{one['number']}").content
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (one["sha256"], one["bytes"])
            found[one["name"]] = {str(e["uid"]): e for e in Calendar.from_ical(content).walk("VEVENT")}
    return found


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "mood"},
        {"kind": "absence", "unit": "A1", "days": []},
        {"kind": "absence", "unit": "A1", "days": ["2026-06-01"], "left": -1},
        {"kind": "no_show", "agency": "A1", "site": "s0"},
    ],
)
def test_what_is_no_event_is_refused_in_words(service: Service, event: dict[str, Any]) -> None:
    answer = service.client("bureau").post("/v1/plans/0/replan/preview", json={"event": event})
    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.slow
def test_an_agency_reports_and_the_coordinator_replans_on_it(service: Service, tmp_path: Path) -> None:
    plan = publish_month(service, tmp_path)
    bureau, path = service.client("bureau"), f"/v1/plans/{plan}/reports"
    visits = bureau.get(f"/v1/plans/{plan}/visits", params={"limit": 500}).json()["items"]
    hit = next(v for v in visits if v["joint"])
    agency, partner = (party["id"] for party in hit["agencies"][:2])
    client, other = own_client(service, agency), own_client(service, partner)
    event = {"kind": "refused", "agency": agency, "site": hit["site"]["id"], "day": hit["day"]}
    made = client.post(path, json={"event": event, "reason": "值守"})
    assert made.status_code == 201, made.text
    assert other.post(path, json={"event": event}).status_code == 404  # another's visit is the other's to report
    assert client.post(path, json={"event": {**event, "day": "2026-06-07"}}).status_code == 404
    assert (
        client.post(path, json={"event": {"kind": "absence", "unit": partner, "days": ["2026-06-03"]}}).status_code
        == 404
    )
    assert (
        client.post(path, json={"event": {"kind": "closed", "site": "S1", "days": ["2026-06-03"]}}).status_code == 422
    )
    absent = {"kind": "absence", "unit": agency, "days": ["2026-06-30"]}
    assert client.post(path, json={"event": absent}).status_code == 201
    told = bureau.get(path).json()["items"]
    assert [(one["agency_id"], one["reason"], one["version"]) for one in told] == [
        (agency, "值守", None),
        (agency, "", None),
    ]
    assert other.get(path).json()["items"] == []
    assert len(client.get(path).json()["items"]) == 2
    order = {"event": told[0]["event"], "reason": told[0]["reason"]}
    version = ran(service, bureau.post(f"/v1/plans/{plan}/replan", json=order))["result"]["plan"]
    assert bureau.get(path).json()["items"][0]["version"] is None  # a draft is nothing yet
    published(service, version)
    assert client.post(path, json={"event": event}).status_code == 409
    assert [one["version"] for one in bureau.get(f"/v1/plans/{version}/reports").json()["items"]] == [version, None]


def people_of(visits: list[dict[str, Any]], unit: str, day: str) -> set[str]:
    """Return whom a unit sends on a day."""
    crews = [crew for v in visits if v["day"] == day for crew in v["inspectors"] if crew["unit"] == unit]
    return {person["id"] for crew in crews for person in crew["people"]}


@pytest.mark.slow
def test_an_agency_reports_who_is_away_and_no_other_agency_learns_the_name(service: Service, tmp_path: Path) -> None:
    plan = publish_month(service, tmp_path, synthetic="1")
    bureau, path = service.client("bureau"), f"/v1/plans/{plan}"
    visits = bureau.get(f"{path}/visits", params={"limit": 500}).json()["items"]
    hit = next(v for v in visits if v["joint"])
    agency, partner = (party["id"] for party in hit["agencies"][:2])
    who = min(people_of(visits, agency, hit["day"]))
    client, other = own_client(service, agency), own_client(service, partner)
    event = {"kind": "away", "unit": agency, "inspector": who, "days": [hit["day"]]}
    refused = [
        client.post(f"{path}/reports", json={"event": {**event, "inspector": name}}) for name in ("NO", f"{partner}-P0")
    ]
    assert [answer.status_code for answer in refused] == [404, 404]
    assert [answer.json()["title"] for answer in refused] == [refused[0].json()["title"]] * 2
    assert other.post(f"{path}/reports", json={"event": event}).status_code == 404
    assert client.post(f"{path}/reports", json={"event": {**event, "half": "night"}}).status_code == 422
    assert client.post(f"{path}/reports", json={"event": event, "reason": "病假"}).status_code == 201
    (report,) = bureau.get(f"{path}/reports").json()["items"]
    order = {"event": report["event"], "reason": report["reason"]}
    told = bureau.post(f"{path}/replan/preview", json=order).json()
    assert told["proven"]
    version = ran(service, bureau.post(f"{path}/replan", json=order))["result"]["plan"]
    step = bureau.get(f"/v1/plans/{version}/lineage").json()["items"][0]
    assert (step["operation"], step["reason"]) == ("replan", "病假")
    assert bureau.get(f"/v1/plans/{version}/notices").json()["items"] == told["notices"]
    published(service, version)
    after = bureau.get(f"/v1/plans/{version}/visits", params={"limit": 500}).json()["items"]
    assert who in people_of(visits, agency, hit["day"])
    assert people_of(after, agency, hit["day"])
    assert who not in people_of(after, agency, hit["day"])
    assert bureau.get(f"/v1/plans/{version}/reports").json()["items"][0]["version"] == version
    again = bureau.post(f"/v1/plans/{version}/replan/preview", json=order)
    assert (again.status_code, "不在岗" in again.json()["detail"]) == (422, True)
    # The next event starts from the version in which that person is away.
    stop = {"event": {"kind": "emergency", "site": hit["site"]["id"], "days": [hit["day"]]}, "reason": "事故"}
    last = ran(service, bureau.post(f"/v1/plans/{version}/replan", json=stop))["result"]["plan"]
    then = bureau.get(f"/v1/plans/{last}/visits", params={"limit": 500}).json()["items"]
    assert who not in people_of(then, agency, hit["day"])
    for one in (version, plan):
        for part in ("visits", "notices", "reports", "files", "kpis", "metadata", "lineage"):
            text = other.get(f"/v1/plans/{one}/{part}").text
            assert who not in text, part
            assert "张" not in text or part == "visits", part  # all people are called so; its own are among the visits
    for place in ("/v1/log", "/v1/jobs"):
        assert who not in other.get(place).text
        assert who in bureau.get(place).text


@pytest.mark.slow
def test_a_plan_accepted_after_publishing_comes_into_the_next_version_and_nothing_published_moves(
    service: Service, tmp_path: Path
) -> None:
    plan = publish_month(service, tmp_path, synthetic="1")  # made-up data know no today
    bureau, order = service.client("bureau"), {"event": {"kind": "accepted"}, "reason": "专项检查"}
    before = bureau.get(f"/v1/plans/{plan}/visits", params={"limit": 500}).json()["items"]
    with service.store.write() as tx:
        filed = dict(rows_of(tx, "filings"))["F-S"]
        late = replace(filed, filing_id="F-S-2", sites=("S6",), ref=RowRef("filings", 9))
        put(tx, new_revision(tx, "test", "filing", "F-S-2"), [Row("filings", late, 9)])
    refused = bureau.post(f"/v1/plans/{plan}/replan/preview", json=order)
    assert (refused.status_code, "直接重排" in refused.json()["detail"]) == (422, True)
    version = ran(service, bureau.post(f"/v1/plans/{plan}/replan", json=order))["result"]["plan"]
    after = bureau.get(f"/v1/plans/{version}/visits", params={"limit": 500}).json()["items"]
    assert {(v["site"]["id"], v["day"]) for v in before} <= {(v["site"]["id"], v["day"]) for v in after}
    assert {task for v in before for task in v["tasks"]} < {task for v in after for task in v["tasks"]}
    placed = [v for v in after if v["site"]["id"] == "S6" and "SCJG" in {party["id"] for party in v["agencies"]}]
    assert len(placed) == 1
    step = bureau.get(f"/v1/plans/{version}/lineage").json()["items"][0]
    assert (step["operation"], step["reason"]) == ("replan", "专项检查")
    told = bureau.get(f"/v1/plans/{version}/notices").json()["items"]
    assert [(c["kind"], c["site"], c["after"]) for n in told if n["agency"] == "SCJG" for c in n["changes"]] == [
        ("placed", "S6", placed[0]["day"])
    ]
    published(service, version)
    gone = {"kind": "emergency", "site": "S6", "days": [placed[0]["day"]]}  # the version is lived with like any other
    assert bureau.post(f"/v1/plans/{version}/replan/preview", json={"event": gone}).status_code == 200


@pytest.mark.slow
def test_a_month_that_is_over_takes_no_more_plans(service: Service, tmp_path: Path) -> None:
    plan = publish_month(service, tmp_path)
    order = {"event": {"kind": "accepted"}}
    answer = service.client("bureau").post(f"/v1/plans/{plan}/replan", json=order)
    Worker(service.store, service.settings).run(until_idle=True)
    job = service.client("bureau").get(f"/v1/jobs/{answer.json()['id']}").json()
    assert job["state"] == "failed"
    assert "统筹下月" in job["error"]["detail"]
