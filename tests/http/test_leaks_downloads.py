"""Nothing unannounced is in anything that can be fetched of a planned month: files, forms, streams, log, metrics.

Every question of the document that a GET asks is asked with the ids of everything there is, by everybody who must not
know; workbooks are opened and read cell by cell. On both databases.
"""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.accounts import accounts, tokens
from tests.cli.district import MONTH
from tests.http.conftest import Service
from tests.http.test_own_part import SECRET, content, drafted, published
from tests.http.test_rounds import SOON, agency

WORDS = (SECRET, "\\u7a81\\u51fb\\u4e8b\\u9879", "SCJG-9", "F-X")
MUST_CARRY = {
    "/v1/plans/{plan_id}/files/{number}",
    "/v1/rounds/{round_id}/form",
    "/v1/log/export",
    "/v1/public/months/{month}/visits",
    "/metrics",
}
"""Addresses at which somebody has to be answered: nothing is proven by refusals alone."""


def ids_of(service: Service, plan: str, round_id: str) -> dict[str, list[str]]:
    """Return what there is to ask for, by the name of an address's part."""
    bureau = service.client("bureau")
    jobs = [one["id"] for one in bureau.get("/v1/jobs", params={"limit": 100}).json()["items"]]
    files = bureau.get(f"/v1/plans/{plan}/files").json()["items"]
    return {
        "plan_id": [plan],
        "job_id": [*jobs, plan],
        "round_id": [round_id],
        "number": [str(one["number"]) for one in files],
        "month": [MONTH],
        "site_id": [f"S{n}" for n in range(1, 7)],
        "filing_id": ["F-X"],
    }


def fetched(service: Service, client: TestClient, ids: dict[str, list[str]]) -> list[tuple[str, int, str]]:
    """Return (address, status, text) of every GET of the document, files as what they say."""
    found = []
    for path, item in service.app.openapi()["paths"].items():
        if "get" not in item:
            continue
        names = re.findall(r"\{([^}]*)\}", path)
        for values in product(*(ids.get(name, ["1"]) for name in names)):
            address = path
            for name, value in zip(names, values, strict=True):
                address = address.replace("{" + name + "}", value)
            answer = client.get(address, params={"month": MONTH} if "month" not in names else {})
            text = content(answer)
            for value in values:
                text = text.replace(value, "")  # what was asked for oneself
            found.append((path, answer.status_code, text))
    return found


@pytest.mark.slow
def test_nothing_that_can_be_fetched_tells_others_of_an_unannounced_check(service: Service, tmp_path: Path) -> None:
    plan = drafted(service, tmp_path)
    opened = service.client("bureau").post(f"/v1/plans/{plan}/rounds", json={"closes_on": SOON})
    assert opened.status_code == 201, opened.text
    round_id = opened.json()["id"]
    assert service.client("bureau").post(f"/v1/rounds/{round_id}/close", json={"reason": "期满"}).status_code == 200
    published(service, plan)
    ids = ids_of(service, plan, round_id)
    with service.store.write() as tx:
        account = accounts.add(tx, "caojing", "漕泾", "town", None, "test", town="漕泾镇")
        secret = tokens.issue(tx, account, "t", ["read"], 1, "test")[1]
    town = service.client()
    town.headers["Authorization"] = f"Bearer {secret}"
    outsiders = {"HBJ": agency(service, "HBJ"), "town": town, "public": service.client()}
    outsiders |= {login: service.client(login) for login in ("a1", "auditor", "integrator", "admin")}
    carried = set()
    for name, client in outsiders.items():
        answers = fetched(service, client, ids)
        carried |= {path for path, status, _ in answers if status == 200}
        leaks = [(path, text[:300]) for path, _, text in answers if any(word in text for word in WORDS)]
        assert leaks == [], name
    assert carried >= MUST_CARRY
    own = fetched(service, agency(service, "SCJG"), ids)
    told = {path for path, _, text in own if SECRET in text}
    assert {"/v1/plans/{plan_id}/files/{number}", "/v1/plans/{plan_id}/visits"} <= told
