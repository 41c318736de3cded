"""What outsiders ask of every operation: an operation that stands in no list here fails a test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.cli.district import MONTH
from tests.hidden.worlds import DAYS, PROVEN, SITES, World

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
    "/v1/supervision/grounds": ({"from": "2026-05-01", "to": "2026-06-30"},),
    "/v1/requests": ({"month": MONTH},),
    "/v1/requests/days": (
        *({"month": MONTH, "site_id": site, "day": day} for site in SITES for day in DAYS),
        *({"month": MONTH, "site_id": "S5", "day": day, "agency_id": "SCJG"} for day in DAYS),
    ),
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


def requests(world: World) -> Iterator[Asked]:
    """Yield a request about every site on every day, of the whole visit and of one agency's part."""
    for site in SITES:
        for day in DAYS:
            about = {"month": MONTH, "site_id": site, "day": day, "channel": "phone", "reason": "停电"}
            yield "/v1/requests", {"json": {**about, "kind": "another-day"}}
            yield "/v1/requests", {"json": {**about, "kind": "apart", "agency_id": "SCJG"}}


def request_answers(world: World) -> Iterator[Asked]:
    """Yield a yes and a no to the request that was made in both worlds."""
    path = f"/v1/requests/{world.named['request_id'][0]}/answer"
    for day in DAYS:
        yield path, {"json": {"answer": "accept", "day": day}}
    yield path, {"json": {"answer": "refuse", "reason": "排不开"}}


def as_they_are(world: World, path: str) -> Iterator[Asked]:
    """Yield a write with an empty body at every known id: what refuses it may not depend on what is hidden either."""
    for address, _ in reads(world, path):
        yield address, {"json": {}, "headers": {"If-Match": '"1"'}}


def crew_numbers(world: World) -> Iterator[Asked]:
    """Promises of numbers for the draw of inspectors, and numbers that no seal calls for."""
    for month in world.named["month"]:
        for body in ({"commitment": "ab" * 32}, {"number": "nobody has called"}):
            yield f"/v1/crew-numbers/{month}", {"json": body}


WRITES: dict[str, Callable[[World], Iterator[Asked]]] = {
    "bookings.create": bookings,
    "declines.create": declines,
    "reports.create": reports,
    "triggered.create": triggered,
    "triggered.code": codes,
    "crew-numbers.hand-in": crew_numbers,
    "results.enter": results,
    "codes.return": returned_codes,
    "absorptions.answer": answers,
    "duties.mark": marks,
    "requests.create": requests,
    "requests.answer": request_answers,
}
EMPTY_WRITES = tuple(
    part
    for line in (
        "accounts.add accounts.change accounts.password accounts.release plans.from-patch plans.stop plans.create",
        "plans.publish plans.withdraw plans.export plans.verify plans.replan-preview plans.replan filings.upload",
        "filings.return filings.accept identities.decide identities.take-back words.learn words.forget",
        "scenarios.create plans.order-price-advice filings.accept-unproven results.change results.import",
        "evaluation.order comparisons.create years.create supervision.record supervision.answer requests.withdraw",
        "sites.add sites.remove sites.restore",
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
        "supervision.grounds supervision.draft requests.days requests.list sites.removed crew-numbers.get",
    )
    for part in line.split()
)
