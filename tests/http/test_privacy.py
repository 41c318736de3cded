"""An agency's token never gets another agency's row: every operation of the document is asked, with what is planted.

Planted are another agency's single and unannounced visits, a draft, a filing, a job and a log entry, with words that
stand nowhere else. Every operation is asked with every planted id in its path; no answer, error or stream may hold one
of the words, but for an id that was itself asked for.
"""

from __future__ import annotations

import json
import re
from datetime import date
from itertools import product
from typing import Any

import pytest
from sqlalchemy import insert

from api.store import log, queue
from api.store.database.schema import decisions
from api.store.inputs.filings import save
from api.store.inputs.rows import decode
from api.store.planned.plans import add_plan, publish
from api.store.planned.rounds import add_answers, open_round
from tests.http.conftest import Service
from tests.http.test_plans import DOCUMENT, VISITS, visit

SECRET = "机密"
OWN_SESSION = {"session.login", "session.logout", "session.password", "session.end-others", "tokens.revoke"}
"""These end or change what is asking; they show nothing but the caller's own."""
FILING = {"filing_id": f"F-{SECRET}", "agency_id": "B1", "window_from": "2026-06-01", "window_to": "2026-06-30"}


def hidden(number: int, day: str, unannounced: bool) -> dict[str, Any]:
    """Return a visit of B1 alone, every word of which says so."""
    one = visit(number, day, ["B1"], unannounced)
    site = {**one["site"], "id": f"S-{SECRET}{number}", "name": f"{SECRET}厂"}
    return {**one, "id": f"V-{SECRET}{number}", "site": site, "tasks": [f"T-{SECRET}{number}"], "items": [SECRET]}


def of_b1(text: str) -> str:
    return text.replace("B1 科", f"{SECRET}科").replace("B1 事项", f"{SECRET}事项").replace("B1 张", f"{SECRET}人")


DRAFT = {
    **DOCUMENT,
    "plan_hash": "a" * 64,
    "visits": [hidden(8, "2026-06-08", True)],
    "left_out": [{"task": f"T-{SECRET}9", "reason": {"text_zh": SECRET}}],
}
STANDING = {
    **json.loads(of_b1(json.dumps(DOCUMENT, ensure_ascii=False))),
    "visits": [
        *json.loads(of_b1(json.dumps([VISITS[0], VISITS[4]], ensure_ascii=False))),
        hidden(6, "2026-06-05", False),
        hidden(7, "2026-06-05", True),
    ],
    "left_out": [{"task": f"T-{SECRET}9", "reason": {"text_zh": SECRET}}],
    "summary": {"entries": 4, "note": SECRET},
}


@pytest.fixture
def planted(service: Service) -> list[str]:
    """The ids of what is planted."""
    filing = decode("filings", json.dumps(FILING), 2)
    record = {"draw_id": f"D-{SECRET}", "filing_id": FILING["filing_id"], "agency_id": "B1", "list_hash": SECRET}
    with service.store.write() as tx:
        standing = add_plan(tx, STANDING, "li", revision=1, synthetic=True, draw_records=[record])
        publish(tx, standing.id, "li", 1)
        draft = add_plan(tx, DRAFT, "li", revision=1, synthetic=True)
        asked = open_round(tx, draft.id, date(2026, 5, 29), ["B1"], "li")
        said = {"visit": f"V-{SECRET}8", "answer": "object", "proposed": None, "reason": "other", "note": SECRET}
        add_answers(tx, asked, "B1", [said], "b1")
        save(tx, [filing], "b1", f"{SECRET}.xlsx")
        event = {"kind": "refused", "agency": "B1", "site": f"S-{SECRET}7", "day": "2026-06-03"}
        told = {
            "agency_id": "B1",
            "decision": "report",
            "code": "refused",
            "reason": SECRET,
            "at": tx.now(),
            "who": "b1",
        }
        detail = {"plan": standing.id, "month": standing.month, "event": event}
        tx.run(insert(decisions).values(**told, object=f"month:{standing.month}", detail=detail))
        log.append(tx, "b1", "filing.note", f"filing:{SECRET}", {"reason": SECRET}, reserved=True, agency_id="B1")
    payload = {"path": f"uploads/{SECRET}.xlsx"}
    job = queue.enqueue(
        service.store, "import", payload, "b1", agency_id="B1", run_seconds=60, run_mib=512, max_deaths=1
    )
    return [standing.id, draft.id, asked.id, FILING["filing_id"], job.id, f"T-{SECRET}9", f"S-{SECRET}7", "0"]


def leaks(service: Service, login: str, planted: list[str]) -> list[str]:
    """Return where the answers to `login` hold a planted word, after asking every operation for every planted id."""
    client, found = service.client(login), []
    for path, item in service.app.openapi()["paths"].items():
        for method, operation in item.items():
            if operation["operationId"] in OWN_SESSION:
                continue
            names = re.findall(r"\{([^}]*)\}", path)
            for values in product(planted, repeat=len(names)):
                address = path
                for name, value in zip(names, values, strict=True):
                    address = address.replace("{" + name + "}", value)
                text = client.request(method.upper(), address).text
                for value in values:
                    text = text.replace(value, "")
                if SECRET in text:
                    found.append(f"{operation['operationId']} {values}: {text[:300]}")
    return found


def test_no_operation_gives_an_agency_anothers_row(service: Service, planted: list[str]) -> None:
    assert leaks(service, "a1", planted) == []


def test_the_walk_finds_what_the_other_agency_itself_may_see(service: Service, planted: list[str]) -> None:
    """The words are there to be found: asked as B1, visits, filing and job show them."""
    seen = {line.split()[0] for line in leaks(service, "b1", planted)}
    assert {"plans.visits", "jobs.list", "filings.list", "rounds.visits", "reports.list"} <= seen


def test_the_walk_fails_where_rows_are_not_cut(
    service: Service, planted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.desk.plans.plans.own_agencies", lambda tx, who: None)
    assert any(line.startswith("plans.visits") for line in leaks(service, "a1", planted))
