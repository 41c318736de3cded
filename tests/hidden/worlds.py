"""Two worlds of one service, the same but for what is hidden, and everything that outsiders can ask in them.

Both begin at the filings: SCJG files unannounced checks in the one and none in the other. The month is planned and
published, HBJ lives with it as the same agency would in both, and SCJG follows up a complaint that nobody joins. Then
every operation of the document is asked by everybody who must not know.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from fastapi.testclient import TestClient
from openpyxl import load_workbook

from api.jobs.worker import Worker
from tests.cli.district import MONTH, district, workbook
from tests.http.conftest import Service
from tests.http.test_rounds import agency

SITES = tuple(f"S{n}" for n in range(1, 8))
DAYS = tuple(f"2026-06-{day:02d}" for day in (1, 2, 3, 9, 16, 30))
SECRET = "突击事项"
PROVEN = ("化工1厂", "化工5厂", "化工6厂", "食品七厂")
SOON = "2026-12-31"

MASKED = {"digest", "hash", "prev", "salt", "sha256", "bytes", "seconds", "at", "open", "secret"} | {
    "state_root",
    "trees",
    "neighbours",
    "position",
    "rest",
}
"""Members of answers that are commitments (links and salts of the log, hashes of files, roots and proofs), or say when
or how long."""
OPERATORS = re.compile(r"^(#|planner_(http|request|job_seconds)|python_|process_)")
"""Lines of the metrics on the machine and on how much was asked: an operator's, as the decision says."""


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


def lived(service: Service, folder: Path, hidden: bool, day: str = "") -> World:
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
        _handed_in(scjg, bureau, workbook(folder / "密.xlsx", {**raw, "filings": [{**secret, "filing_id": "B-X"}]}))
    plan = _ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"]
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
    order = {"plan": plan, "shipped": ["entry-cap-2", "typhoon-week"]}
    played = _ran(service, bureau.post("/v1/scenarios", json=order))
    _ran(service, bureau.post(f"/v1/plans/{plan}/price-advice"))
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
        "site_id": list(SITES),
        "number": [str(n) for n in range(14)],
        "month": [MONTH, "2026-07"],
        "filing_id": ["F-S", "F-H", "A-X", "B-X"],
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
    return str(next(one["day"] for one in own if one["site"]["id"] == "S7"))


Asked = tuple[str, dict[str, Any]]
"""An address with what the request holds (`params`, `json`, `headers`)."""


def reads(world: World, path: str) -> Iterator[Asked]:
    """Yield every request of a GET: with each known id in its path, and what questions ask beside."""
    names = re.findall(r"\{([^}]*)\}", path)
    addresses = [path]
    for name in names:
        ids = world.named.get(name, ["1"])
        addresses = [address.replace("{" + name + "}", one) for address in addresses for one in ids]
    for address in addresses:
        for params in READ_WITH.get(path, ({},)):
            yield address, {"params": params}


READ_WITH: dict[str, tuple[dict[str, Any], ...]] = {
    "/v1/sites/{site_id}/gate": tuple({"month": MONTH, "day": day} for day in DAYS),
    "/v1/sites/{site_id}/ledger": (
        {"month": MONTH},
        {"month": MONTH, "agency_id": "SCJG"},
        {"month": MONTH, "agency_id": "HBJ"},
    ),
    "/v1/sites": ({}, {"q": "化工"}, {"q": "S7"}),
    "/v1/suggestions": ({"month": MONTH}, *({"month": MONTH, "site_id": site} for site in SITES)),
    "/v1/plans/{plan_id}/visits": ({"limit": 2}, {"limit": 500}, *({"site_id": site} for site in SITES)),
    "/v1/public/months/{month}/visits": ({"limit": 2}, {}, {"q": "食品七厂"}, {"q": "漕泾", "limit": 2}),
    "/v1/public/months/{month}/proofs": tuple({"day": day, "site": name} for day in DAYS for name in PROVEN),
    "/v1/log": ({"limit": 3}, {"limit": 500}),
    "/v1/jobs": ({"limit": 1}, {}),
    "/v1/triggered": ({"month": MONTH},),
    "/v1/bookings": ({"month": MONTH},),
    "/v1/declines": ({"month": MONTH},),
    "/v1/plans/{plan_id}/diff": ({"against": "0"},),
    "/v1/results": ({"limit": 1}, {"from": "2026-06-01"}, {"agency_id": "SCJG"}),
    "/v1/results/todos": ({"from": "2026-06-01", "to": "2026-06-30"}, {"from": "2026-06-01", "agency_id": "SCJG"}),
    "/v1/months/{month}/codes": ({}, {"agency_id": "SCJG"}, {"agency_id": "HBJ"}),
    "/v1/months/{month}/codes/file": ({}, {"agency_id": "SCJG"}),
    "/v1/absorptions": ({"month": MONTH},),
    "/v1/duties": ({}, {"year": 2026, "agency_id": "SCJG"}),
    "/v1/evaluation": ({"from": "2026-01-01", "to": "2026-12-31"}, {"from": "2026-05-01", "to": "2026-05-31"}),
    "/v1/plans/{plan_id}/why": (
        {},
        *({"site": site, "day": day} for site in SITES for day in DAYS),
        *({"visit": f"{site}@{day}"} for site in SITES for day in DAYS),
        *({"task": name} for name in ("T-1", "A-X", "T-ca6a")),
        {"site": "S7", "agency": ["SCJG", "HBJ"]},
        {"site": "S7", "day": DAYS[0], "agency": "SCJG"},
    ),
}


def bookings(world: World) -> Iterator[Asked]:
    """Yield a booking of S7 on the day of the check there, then of every site on every day, with a guessed turn."""
    yield "/v1/bookings", {"json": {"month": MONTH, "site_id": "S7", "day": world.day, "turn": 0, "riders": []}}
    for site in SITES:
        for day in DAYS:
            order = {"month": MONTH, "site_id": site, "day": day, "turn": 0, "riders": []}
            yield "/v1/bookings", {"json": order}


def declines(world: World) -> Iterator[Asked]:
    """Yield a refusal at every site."""
    for site in SITES:
        yield "/v1/declines", {"json": {"month": MONTH, "site_id": site, "riders": ["T-1"], "code": "crew"}}


def reports(world: World) -> Iterator[Asked]:
    """Yield a report on every site and day, of one's own agency and of the other."""
    for who in ("HBJ", "SCJG"):
        for site in SITES:
            for day in DAYS:
                event = {"kind": "refused", "agency": who, "site": site, "day": day}
                plan = world.named["plan_id"][0]
                yield f"/v1/plans/{plan}/reports", {"json": {"event": event, "reason": "问一问"}}


def triggered(world: World) -> Iterator[Asked]:
    """Yield a complaint at every site on two days."""
    for site in SITES:
        for day in DAYS[1:3]:
            note = {"site_id": site, "items": ["HBJ-1"], "day": day, "source": "complaint"}
            yield "/v1/triggered", {"json": note}


def codes(world: World) -> Iterator[Asked]:
    """Yield a code for the check that HBJ has registered."""
    body = {"code": "C-1", "coded_on": "2026-06-16"}
    yield f"/v1/triggered/{world.named['check_id'][0]}/code", {"json": body, "headers": {"If-Match": '"1"'}}


def results(world: World) -> Iterator[Asked]:
    """Yield a result of every site on two days, of one's own agency and of the other, and one on its filing."""
    for who in ("HBJ", "SCJG"):
        for site in SITES:
            for day in ("2026-05-20", DAYS[1]):
                cells = {"agency_id": who, "site_id": site, "date": day, "filing_id": "A-X"}
                yield "/v1/results", {"json": {"cells": cells}}


def returned_codes(world: World) -> Iterator[Asked]:
    """Yield a file of codes for a task that is known to nobody, for one's own agency and another."""
    file = ("码.csv", "任务编号,检查码,要码时间,受理,原因\nT-1,JCM-1,2026-06-01,是,\n".encode(), "text/csv")
    for agency_id in ("HBJ", "SCJG"):
        yield f"/v1/months/{MONTH}/codes", {"files": {"file": file}, "params": {"agency_id": agency_id}}


def answers(world: World) -> Iterator[Asked]:
    """Yield an answer on a triggered check of one's own and of another."""
    for who in ("HBJ", "SCJG"):
        address = f"/v1/absorptions/{who}/S6/2026-05-22"
        yield address, {"json": {"answer": "accept"}, "headers": {"If-Match": '"0"'}}


def marks(world: World) -> Iterator[Asked]:
    """Yield a mark on a duty of one's own and of another."""
    for who in ("HBJ", "SCJG", "bureau"):
        body = {"agency_id": who, "done_on": "2026-03-27", "evidence": "网址"}
        yield "/v1/duties/4/2026", {"json": body, "headers": {"If-Match": '"0"'}}


def as_they_are(world: World, path: str) -> Iterator[Asked]:
    """Yield a write with an empty body at every known id: what refuses it may not depend on what is hidden either."""
    for address, _ in reads(world, path):
        yield address, {"json": {}, "headers": {"If-Match": '"1"'}}


WRITES: dict[str, Callable[[World], Iterator[Asked]]] = {
    "bookings.create": bookings,
    "declines.create": declines,
    "reports.create": reports,
    "triggered.create": triggered,
    "triggered.code": codes,
    "results.enter": results,
    "codes.return": returned_codes,
    "absorptions.answer": answers,
    "duties.mark": marks,
}
EMPTY_WRITES = tuple(
    part
    for line in (
        "accounts.add accounts.change accounts.password accounts.release plans.from-patch plans.stop plans.create",
        "plans.publish plans.export plans.verify plans.replan-preview plans.replan filings.upload filings.return",
        "filings.accept identities.decide identities.take-back words.learn words.forget scenarios.create",
        "plans.order-price-advice filings.accept-unproven results.change results.import",
        "evaluation.order comparisons.create years.create supervision.record supervision.answer",
        "filings.withdraw filings.deadline imports.create demo.create jobs.cancel freeze.set sites.change sites.grade",
        "scenarios.adopt",
        "rounds.open rounds.answer rounds.upload rounds.close tokens.issue tokens.revoke session.login",
    )
    for part in line.split()
)
"""Writes that are not an outsider's, or that go nowhere without a body: asked as they are."""
NOT_ASKED = {
    "session.logout": "ends who asks",
    "session.password": "changes who asks",
    "session.end-others": "ends others of the same account",
}
READS = tuple(
    part
    for line in (
        "accounts.list accounts.get plans.why plans.diff plans.draws plans.draw calendar.month plans.lineage",
        "plans.metadata plans.get plans.events filings.list filings.get finding-types.list finding-types.get",
        "healthz readyz metrics jobs.list jobs.get jobs.events sites.ledger sites.gate sites.list sites.get",
        "identities.list words.list plans.reasons plans.price-advice",
        "scenarios.list scenarios.get scenarios.document comparisons.list comparisons.get comparisons.document",
        "sites.grades agencies.list log.list log.head log.verify log.export session.oidc session.oidc-callback",
        "plans.list plans.kpis plans.visits plans.verdicts plans.left-out plans.files plans.file public.months",
        "public.proofs public.visits plans.not-visited plans.notices reports.list rounds.list rounds.get rounds.visits",
        "rounds.form rounds.proposals rulebook.get rulebook.rules rulebook.rule rulebook.clauses rulebook.clause",
        "session.me filings.standing suggestions.list bookings.list declines.list declines.report tokens.list",
        "triggered.list triggered.get session.list storage.get sites.entries filings.proofs",
        "results.list results.get results.todos codes.batch codes.file absorptions.list duties.list duties.calendar",
        "evaluation.get supervision.list plans.exceptions scenarios.adoption years.list years.get years.document",
    )
    for part in line.split()
)


def transcript(
    world: World, only: Collection[str] | None = None, outsiders: Collection[str] | None = None
) -> list[tuple[str, str, int, str]]:
    """Return (who, what was asked, status, what was answered) of everything, in one order for all worlds: of `only`
    some operations and `outsiders` where these are given.
    """
    found: list[tuple[str, str, int, str]] = []
    renamed = Renamed()
    operations = [
        (operation["operationId"], method, path)
        for path, item in world.service.app.openapi()["paths"].items()
        for method, operation in item.items()
    ]
    for writing in (False, True, False):  # what is there, what is done to it, and what is there then
        for operation, method, path in operations:
            if operation in NOT_ASKED or (operation in READS) is writing:
                continue
            if only is not None and operation not in only:
                continue
            for who, client in world.outsiders.items():
                if outsiders is not None and who not in outsiders:
                    continue
                for address, request in _requests(world, operation, path):
                    for answer in _pages(client, method, address, request):
                        said = renamed(f"{headers_of(answer)} {_said(answer, path)}")
                        found.append((who, renamed(f"{operation} {address} {request}"), answer.status_code, said))
    return found


def _requests(world: World, operation: str, path: str) -> Iterator[Asked]:
    if operation in WRITES:
        return WRITES[operation](world)
    return as_they_are(world, path) if operation in EMPTY_WRITES else reads(world, path)


def _pages(client: TestClient, method: str, address: str, request: dict[str, Any]) -> Iterator[Any]:
    """Yield the answer, and every further page of a list."""
    while True:
        answer = client.request(method.upper(), address, **request)
        yield answer
        more = answer.json() if answer.headers.get("content-type") == "application/json" else None
        if method != "get" or not isinstance(more, dict) or not more.get("next"):
            return
        request = {**request, "params": {**request["params"], "cursor": more["next"]}}


def headers_of(answer: Any) -> str:
    """Return the headers that speak of what was asked."""
    return " ".join(answer.headers.get(name, "") for name in ("etag", "content-type", "retry-after", "location"))


def _said(answer: Any, path: str) -> str:
    """Return the answer as text: JSON without what `MASKED` names, workbooks cell by cell, documents part by part."""
    if answer.content.startswith(b"PK"):
        with ZipFile(BytesIO(answer.content)) as parts:
            if "xl/workbook.xml" not in parts.namelist():
                return "\n".join(f"{name} {parts.read(name)!r}" for name in sorted(parts.namelist()))
        book = load_workbook(BytesIO(answer.content), read_only=True)
        return "\n".join(str(row) for sheet in book for row in sheet.iter_rows(values_only=True))
    text: str = answer.content.decode("utf-8-sig")
    if path == "/metrics":
        return "\n".join(line for line in text.splitlines() if not OPERATORS.match(line))
    try:
        return json.dumps(_plain(json.loads(text)), ensure_ascii=False, sort_keys=True)
    except ValueError:
        pass
    try:
        return "\n".join(json.dumps(_plain(json.loads(line)), ensure_ascii=False) for line in text.splitlines())
    except ValueError:
        return text


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if key not in MASKED}
    return [_plain(part) for part in value] if isinstance(value, list) else value


class Renamed:
    """Texts in which random ids are numbered as they appear, and times are only times: chance that is public."""

    _ID = re.compile(r"\b(?:TR-)?[0-9a-f]{32}\b|\bTR-[0-9a-f]{12}\b|\b(?=[0-9a-f]*[a-f])[0-9a-f]{12}\b")
    _TIME = re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?")
    _CURSOR = re.compile(r"(?<=cursor': ')[^']*|(?<=\"next\": \")[^\"]*")

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        text = self._CURSOR.sub(lambda found: self._opened(found[0]), text)
        text = re.sub("TIME 2 [0-9a-f]{64}", "TIME 2 DIGEST", self._TIME.sub("TIME", text))  # salted, in a cursor
        return self._ID.sub(lambda found: self._known.setdefault(found[0], f"ID{len(self._known)}"), text)

    def _opened(self, cursor: str) -> str:
        """Return what a cursor holds, so that it is compared in the clear."""
        return base64.urlsafe_b64decode(cursor + "==").decode()
