"""Two worlds of one service, the same but for what is hidden.

Both begin at the filings: SCJG files unannounced checks in the one and none in the other. The month is planned and
published, HBJ lives with it as the same agency would in both, and SCJG follows up a complaint that nobody joins. What
is asked in them then stands in `register.py`; `told.py` takes down what was answered.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api.jobs.worker import Worker
from api.store.planned.sealing import promise_of_bureau
from api.store.retention import remove
from tests.cli.district import MONTH, district, workbook
from tests.http.conftest import Service
from tests.http.test_rounds import agency

SITES = tuple(f"S{n}" for n in range(1, 8))
DAYS = tuple(f"2026-06-{day:02d}" for day in (1, 2, 3, 9, 16, 30))
SECRET = "突击事项"
PROVEN = ("化工1厂", "化工5厂", "化工6厂", "食品七厂")
SOON = "2026-12-31"


@dataclass
class World:
    """A service after the same month, with its hidden part or without it; `named` are ids by what they are of."""

    service: Service
    hidden: bool
    named: dict[str, list[str]] = field(default_factory=dict)
    outsiders: dict[str, TestClient] = field(default_factory=dict)
    day: str = ""
    """Of the unannounced check at S7, where YJJ has a task that waits: YJJ books this day, by chance as it were."""


def _upload(client: TestClient, path: str, file: Path) -> Any:
    with file.open("rb") as stream:
        return client.post(path, files={"file": (file.name, stream)})


def _ran(service: Service, answer: Any) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    Worker(service.store, service.settings).run(until_idle=True)
    job: dict[str, Any] = service.client("bureau").get(f"/v1/jobs/{answer.json()['id']}").json()
    assert job["state"] == "finished", job["error"]
    return job


def lived(service: Service, folder: Path, hidden: bool, day: str = "", seed: int | None = None) -> World:
    """Let a world begin, and be lived in for a while. `day` is that of the world with the hidden part."""
    bureau, world = service.client("bureau"), World(service, hidden, day=day)
    raw = district()
    raw["sites"].append({**raw["sites"][0], "site_id": "S7", "name": "食品七厂", "industry": "食品"})
    late = {"window_from": date(2026, 6, 1), "window_to": date(2026, 7, 31)}
    raw["filings"].append({**raw["filings"][1], "filing_id": "F-L", "sites": "S7", **late})
    raw["items"] += [{**raw["items"][0], "item_id": f"SCJG-{n}", "name": f"{SECRET}{n}"} for n in (8, 9)]
    secret = {**raw["filings"][0], "items": "SCJG-9", "unannounced": "是"}
    if hidden:  # some come with the office's workbook, others are handed in
        raw["filings"].append({**secret, "filing_id": "A-X", "sites": "S5;S6;S7"})
        unproven = {"filing_id": "C-X", "sites": "S6", "plan_code": "", "filed_on": None}
        raw["filings"].append({**secret, **unproven, "items": "SCJG-8"})
    _ran(service, _upload(bureau, "/v1/imports", workbook(folder / "申报.xlsx", raw)))
    scjg, hbj = agency(service, "SCJG"), agency(service, "HBJ")
    if hidden:
        both = [{**secret, "filing_id": "B-X"}, {**secret, "filing_id": "D-X"}]
        _handed_in(scjg, bureau, workbook(folder / "密.xlsx", {**raw, "filings": both}))
    with service.store.write() as tx:  # the same chance in both worlds: who is drawn is public once it is published
        promise_of_bureau(tx, MONTH, "bureau", "the same in both worlds")
    wanted = {"month": MONTH} | ({} if seed is None else {"seed": seed})
    plan = _ran(service, bureau.post("/v1/plans", json=wanted))["result"]["plan"]
    opened = bureau.post(f"/v1/plans/{plan}/rounds", json={"closes_on": SOON}).json()["id"]
    assert bureau.post(f"/v1/rounds/{opened}/close", json={"reason": "期满"}).status_code == 200
    published = _ran(service, bureau.post(f"/v1/plans/{plan}/publish", json={}, headers={"If-Match": '"1"'}))
    assert published["result"]["published"]
    if hidden:
        world.day = _lived_in_secret(scjg, bureau, plan)
    cells = {"cells": {"quiet_hours": "11:00-13:00"}, "reason": "企业来函"}
    changed = bureau.patch("/v1/sites/S4", json=cells, headers={"If-Match": bureau.get("/v1/sites/S4").headers["ETag"]})
    assert changed.status_code == 200, changed.text
    note = {"site_id": "S5", "items": ["HBJ-1"], "day": "2026-06-16", "source": "complaint"}
    told = hbj.post("/v1/triggered", json=note)
    assert told.status_code == 201, told.text
    done = hbj.post("/v1/results", json={"cells": {"site_id": "S5", "date": "2026-05-21", "result": "发现问题"}})
    assert done.status_code == 201, done.text
    _ran(service, bureau.post("/v1/evaluation", json={"from": "2026-05-01", "to": "2026-05-31"}))
    visit = hbj.get(f"/v1/plans/{plan}/visits").json()["items"][0]
    wish = {"month": MONTH, "site_id": visit["site"]["id"], "day": visit["day"], "kind": "another-day"}
    asked = bureau.post("/v1/requests", json={**wish, "channel": "phone", "reason": "企业来电"})
    assert asked.status_code == 201, asked.text
    order = {"plan": plan, "shipped": ["entry-cap-2", "typhoon-week"]}
    played = _ran(service, bureau.post("/v1/scenarios", json=order))
    _ran(service, bureau.post(f"/v1/plans/{plan}/price-advice"))
    remove(service.store, replace(service.settings, keep_uploads_days=0.0), "test")
    beside = _ran(service, bureau.post("/v1/comparisons", json={"first": plan, "second": plan}))
    jobs = [one["id"] for one in bureau.get("/v1/jobs", params={"limit": 100}).json()["items"]]
    world.named = {
        "plan_id": [plan],
        "job_id": jobs,
        "round_id": [opened],
        "set_id": [played["id"]],
        "comparison_id": [beside["id"]],
        "check_id": [told.json()["id"]],
        "result_id": [done.json()["id"]],
        "request_id": [asked.json()["id"]],
        "site_id": list(SITES),
        "number": [str(n) for n in range(14)],
        "month": [MONTH, "2026-07"],
        "filing_id": ["F-S", "F-H", "A-X", "B-X", "D-X"],
        "visit_id": [one["id"] for one in hbj.get(f"/v1/plans/{plan}/visits").json()["items"]],
        "task_id": ["T-1"],
        "account_id": ["0"],
        "token_id": ["0"],
        "domain": ["A01"],
    }
    world.outsiders = {
        "HBJ": hbj,
        "YJJ": agency(service, "YJJ"),
        "public": service.client(),
        **{name: service.client(name) for name in ("town", "auditor", "admin", "integrator", "security", "audit")},
    }
    return world


def _handed_in(scjg: TestClient, bureau: TestClient, file: Path) -> None:
    assert _upload(scjg, "/v1/filings", file).status_code == 200
    version = bureau.get("/v1/filings/B-X").headers["ETag"]
    done = bureau.post("/v1/filings/B-X/accept", json={"code": "JH-1"}, headers={"If-Match": version})
    assert done.status_code == 200, done.text
    version = bureau.get("/v1/filings/D-X").headers["ETag"]
    done = bureau.post("/v1/filings/D-X/return", json={"reason": "重复"}, headers={"If-Match": version})
    assert done.status_code == 200, done.text


def _lived_in_secret(scjg: TestClient, bureau: TestClient, plan: str) -> str:
    """SCJG asks after its own checks, reports on one, and follows up a complaint that nobody joins. Return S7's day."""
    own = [one for one in scjg.get(f"/v1/plans/{plan}/visits").json()["items"] if one["unannounced"]]
    assert own
    site, day = own[0]["site"]["id"], own[0]["day"]
    assert scjg.get(f"/v1/sites/{site}/gate", params={"day": day}).json()["verdict"] == "yes"
    assert any(one["unannounced"] for one in bureau.get(f"/v1/plans/{plan}/visits").json()["items"])
    event = {"kind": "refused", "agency": "SCJG", "site": site, "day": day}
    told = scjg.post(f"/v1/plans/{plan}/reports", json={"event": event, "reason": "企业未开门"})
    assert told.status_code == 201, told.text
    note = {"site_id": "S3", "items": ["SCJG-9"], "day": "2026-06-17", "source": "complaint"}
    made = scjg.post("/v1/triggered", json={**note, "take_riders": False, "absorb": False, "pull_forward": False})
    assert made.status_code == 201, made.text
    cells = {"site_id": "S6", "date": "2026-05-22", "filing_id": "B-X", "trigger": "触发式"}
    found = scjg.post("/v1/results", json={"cells": cells, "lines": [{"item_id": "SCJG-9"}]})
    assert found.status_code == 201, found.text
    _followed_up(scjg, bureau, found, {(one["site"]["id"], one["day"]) for one in own})
    return str(next(one["day"] for one in own if one["site"]["id"] == "S7"))


def _followed_up(scjg: TestClient, bureau: TestClient, found: Any, own: Collection[tuple[str, str]]) -> None:
    """Let the result of an unannounced check be mended and supervised, codes come back, a filing be accepted late."""
    result, about = found.json()["id"], {"If-Match": found.headers["ETag"]}
    change = {"cells": {"start": "09:30"}, "reason": "补记"}
    mended = scjg.patch(f"/v1/results/{result}", json=change, headers=about)
    assert mended.status_code == 200, mended.text
    step = {"case_id": "JD-1", "agency_id": "SCJG", "step": "noted", "date": "2026-05-25", "results": [result]}
    noted = bureau.post("/v1/supervision", json=step)
    assert noted.status_code in (200, 201), noted.text
    rows = scjg.get(f"/v1/months/{MONTH}/codes").json()["items"]
    batch = [one for one in rows if (one["site_id"], one["day"]) in own]
    assert batch
    lines = "\n".join(f"{one['task']},JCM-{n},2026-06-01,是," for n, one in enumerate(batch))
    file = ("码.csv", f"任务编号,检查码,要码时间,受理,原因\n{lines}\n".encode(), "text/csv")
    back = scjg.post(f"/v1/months/{MONTH}/codes", files={"file": file}, params={"agency_id": "SCJG"})
    assert back.json()["taken"] == len(batch), back.text
    late = bureau.post("/v1/filings/accept-unproven", json={"ids": ["C-X"], "reason": "纸质件已核对"})
    assert late.status_code == 200, late.text
