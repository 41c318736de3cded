"""Nothing unannounced reaches another agency: it is looked for everywhere, in what is answered, refused and logged.

A month has C1's unannounced checks, published at s2 and open at s0, and a complaint that B1 follows up at s1. Every
word of these says so. Every operation of the document is asked for every planted id, and the questions and orders of
living with a plan in every way that could brush against them, by everybody who must not know.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from api.desk.published import triggered_checks
from api.desk.published.kept_books import EVERYTHING, books
from planner.domain.plan import Plan
from planner.operations.events import Absence, GiveWay, Stopped
from planner.operations.notices import notices_of
from planner.operations.replan import replan
from tests.http.conftest import Service
from tests.http.living import DAYS, LAW, case_of, open_task, publish_month
from tests.http.test_privacy import OWN_SESSION
from tests.http.test_triggered import library

SECRET = "机密"
WORDS = (SECRET, "\\u673a\\u5bc6", "C1", "unannounced_task")
OUTSIDERS = ("a1", "town", "auditor", "integrator", None)
"""Who must hear nothing: another agency, a town, the auditor, an integrator of no agency, the public."""


def planted(service: Service) -> tuple[str, str]:
    """Publish the month and register the complaint; return the ids of plan and check."""
    library(service)
    secret = {"unannounced": True, "items": (f"{SECRET}事项",)}
    case = case_of(
        [
            open_task("a0", "s0", "A1"),
            open_task(f"c0-{SECRET}", "s0", "C1", **secret),
            open_task("a1", "s1", "A1"),
            open_task("a2", "s2", "A1"),
            open_task(f"c2-{SECRET}", "s2", "C1", **secret),
            open_task("b1", "s1", "B1"),
        ]
    )
    units = tuple(replace(u, name=f"{SECRET}局") if u.id == "C1" else u for u in case.units)
    plan = publish_month(service.store, replace(case, units=units), **{f"c2-{SECRET}": 2})
    order = {"site_id": "s1", "items": ["b-item"], "day": DAYS[3].isoformat(), "source": "complaint"}
    made = service.client("b1").post("/v1/triggered", json={**order, "take_riders": False, "absorb": False})
    assert made.status_code == 201, made.text
    return plan, str(made.json()["id"])


def told(service: Service, login: str | None, plan: str, check: str) -> list[tuple[str, str]]:
    """Return (what was asked, what was answered), for every operation and every way of living with the plan."""
    client, found = service.client(login), []
    ids = [plan, check, "s0", "s1", "s2", f"c2-{SECRET}", "C1", "0"]
    for path, item in service.app.openapi()["paths"].items():
        for method, operation in item.items():
            if operation["operationId"] in OWN_SESSION:
                continue
            names = re.findall(r"\{([^}]*)\}", path)
            for values in product(ids, repeat=len(names)) if len(names) < 2 else product(ids[:3], repeat=len(names)):
                address = path
                for name, value in zip(names, values, strict=True):
                    address = address.replace("{" + name + "}", value)
                text = client.request(method.upper(), address).text
                for value in values:
                    text = text.replace(value, "")  # what was asked for oneself
                found.append((f"{method} {path}", text))
    for site in ("s0", "s1", "s2"):
        for day in DAYS:
            asked = {"day": day.isoformat(), "month": "2026-06"}
            found.append((f"gate {site} {day}", client.get(f"/v1/sites/{site}/gate", params=asked).text))
            order = {"site_id": site, "day": day.isoformat(), "turn": 9, "riders": ["b1"]}
            found.append((f"book {site} {day}", client.post("/v1/bookings", json=order).text))
        found.append((f"ledger {site}", client.get(f"/v1/sites/{site}/ledger").text))
        found.append((f"suggest {site}", client.get("/v1/suggestions", params={"site_id": site}).text))
        decline = {"site_id": site, "riders": ["b1"], "code": "crew"}
        found.append((f"decline {site}", client.post("/v1/declines", json=decline).text))
    late = {"site_id": "s2", "day": DAYS[2].isoformat(), "turn": 0}
    found.append(("book the reserved day", client.post("/v1/bookings", json=late).text))
    return found


def leaks(answers: list[tuple[str, str]], check: str) -> list[str]:
    return [f"{what}: {text[:200]}" for what, text in answers if any(word in text for word in (*WORDS, check))]


@pytest.mark.slow
@pytest.mark.parametrize("login", OUTSIDERS)
def test_nothing_unannounced_is_answered_refused_or_logged(
    service: Service, login: str | None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, check = planted(service)
    monkeypatch.setattr(
        triggered_checks, "today", lambda: DAYS[0]
    )  # before its day: afterwards the auditor may read of it
    with caplog.at_level(logging.DEBUG):
        assert leaks(told(service, login, plan, check), check) == []
    # What was asked for stands in addresses alone; no line that the service wrote tells of more.
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("api")]
    assert [line for line in lines if SECRET in line and "%E6" not in line] == []


def test_the_words_are_there_to_be_found(service: Service) -> None:
    plan, check = planted(service)
    found = {line.split(":")[0] for line in leaks(told(service, "bureau", plan, check), check)}
    assert {"get /v1/plans/{plan_id}/visits", "get /v1/triggered"} <= found


def test_notices_of_others_say_nothing_of_it(service: Service) -> None:
    """Events that are about a secret check, or touch what stands beside it, in the words that each agency gets."""
    planted(service)
    with books.opened(service.store, whose=EVERYTHING) as kept:
        book = kept.book.snapshot()
    index = {task.id: t for t, task in enumerate(book.case.tasks)}
    day = np.where(book.day >= 0, book.day, -1)
    day[[index["a1"], index["a2"]]] = [1, 4]
    full = type(book)(book.case, Plan(day), day >= 0)
    full.triggered = book.triggered
    (check,) = book.triggered
    events: list[Any] = [
        Absence("B1", (DAYS[2],)),
        Stopped("s2", (DAYS[2], DAYS[4]), "emergency"),
        GiveWay(check),
    ]
    for event in events:
        for notice in notices_of(replan(full, event), event, LAW):
            if notice.agency not in ("C1",):
                text = json.dumps([notice.text_zh, notice.why_zh, [c.text_zh for c in notice.changes]], default=str)
                said = text.encode().decode("unicode_escape")
                assert SECRET not in said, notice
