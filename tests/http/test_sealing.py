"""Sealing over HTTP: nobody is named before the plan's hash is public, and then by numbers promised before."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.store import log
from planner.draw.sites import commitment_of
from tests.cli.district import MONTH
from tests.http.conftest import Service
from tests.http.test_plans import imported, ran
from tests.http.test_replanning import own_client

NUMBERS = f"/v1/crew-numbers/{MONTH}"
PERSON, NAME = "SCJG-P", "张"
"""Part of the id of every inspector of a body, and of every inspector's name, and of nothing else."""


def state_of(bureau: TestClient, plan: str) -> tuple[str, dict[str, str]]:
    answer = bureau.get(f"/v1/plans/{plan}")
    return answer.json()["plan"]["state"], {"If-Match": answer.headers["ETag"]}


def crews_of(bureau: TestClient, plan: str) -> list[list[str]]:
    visits = bureau.get(f"/v1/plans/{plan}/visits", params={"limit": 500}).json()["items"]
    return [[one["id"] for one in crew["people"]] for visit in visits for crew in visit["inspectors"]]


def file_of(bureau: TestClient, plan: str, name: str) -> dict[str, Any]:
    files = bureau.get(f"/v1/plans/{plan}/files").json()["items"]
    number = next(one["number"] for one in files if one["name"] == name)
    found: dict[str, Any] = bureau.get(f"/v1/plans/{plan}/files/{number}").json()
    return found


def told_of(bureau: TestClient, plan: str) -> dict[str, str]:
    """Return all that is told of a plan, by where: each file (parts of Word and Excel too) and each list."""
    path = f"/v1/plans/{plan}"
    lists = ("", "/visits", "/exceptions", "/not-visited", "/left-out", "/kpis", "/draws")
    told = {one: bureau.get(f"{path}{one}").text for one in lists}
    for file in bureau.get(f"{path}/files").json()["items"]:
        content = bureau.get(f"{path}/files/{file['number']}").content
        parts = {"": content}
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                parts = {name: packed.read(name) for name in packed.namelist()}
        told |= {f"{file['name']} {name}": part.decode(errors="replace") for name, part in parts.items()}
    return told


@pytest.mark.slow
def test_a_body_takes_part_a_seal_is_withdrawn_and_the_next_one_draws(service: Service, tmp_path: Path) -> None:
    imported(service, tmp_path)
    bureau = service.client("bureau")
    plan = ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"]
    scjg, hbj = own_client(service, "SCJG"), own_client(service, "HBJ")
    path, order = f"/v1/plans/{plan}", {"reason": "六月会商一致"}
    (own,) = bureau.get(NUMBERS).json()["promises"]
    assert (own["holder"], own["called"], own["number"]) == ("bureau", False, None)
    assert crews_of(bureau, plan)
    assert not any(crews_of(bureau, plan))
    draft = told_of(bureau, plan)
    assert not [where for where, text in draft.items() if PERSON in text or NAME in text]

    # Two bodies promise numbers; nobody can reveal one, or be told one, before the plan is sealed.
    for body, number in ((scjg, "of the market office"), (hbj, "of the environment office")):
        assert body.put(NUMBERS, json={"commitment": commitment_of(number)}).status_code == 200
    assert scjg.put(NUMBERS, json={"number": "of the market office"}).json()["code"] == "state"
    assert scjg.put(NUMBERS, json={}).status_code == 422
    assert bureau.put(NUMBERS, json={"commitment": "ab" * 32}).status_code == 403
    assert [bureau.get(NUMBERS).json()[part] for part in ("sealed", "seals")] == [None, 0]

    # The seal makes the hashes public, calls for the numbers, and nothing is published while they are waited for.
    done = ran(service, bureau.post(f"{path}/publish", json=order, headers=state_of(bureau, plan)[1]))
    assert done["result"] == {"plan": plan, "published": False, "sealed": True, "waiting": ["HBJ", "SCJG"]}
    assert state_of(bureau, plan)[0] == "sealed"
    assert scjg.get(path).status_code == 404
    known = scjg.get(NUMBERS).json()
    sealed = next(entry["grounds"] for entry in log.entries(service.store) if entry["what"] == "plan.seal")
    assert known["sealed"]["timetable_hash"] == sealed["timetable_hash"]
    assert known["sealed"]["plan_hash"] == sealed["plan_hash"] == bureau.get(path).json()["plan"]["plan_hash"]
    assert [one["number"] is not None for one in known["promises"]] == [True, False, False]
    assert scjg.put(NUMBERS, json={"commitment": "ab" * 32}).json()["code"] == "state"  # the plan is known by now
    assert scjg.put(NUMBERS, json={"number": "another, chosen later"}).json()["code"] == "conflict"
    assert scjg.put(NUMBERS, json={"number": "of the market office"}).status_code == 200
    assert scjg.get(NUMBERS).json()["sealed"]["waiting"] == ["HBJ"]
    assert not any(crews_of(bureau, plan))

    # Taken back, it is a draft again; what was revealed is spent, and the withdrawal is counted.
    assert bureau.post(f"{path}/withdraw", json={"reason": "x"}, headers={"If-Match": '"1"'}).status_code == 412
    assert scjg.post(f"{path}/withdraw", json={"reason": "x"}, headers=state_of(bureau, plan)[1]).status_code == 403
    back = bureau.post(f"{path}/withdraw", json={"reason": "企业停产"}, headers=state_of(bureau, plan)[1])
    assert (back.status_code, back.json()["state"]) == (200, "draft")
    again = service.client("auditor").get(NUMBERS).json()
    assert (again["seals"], again["withdrawals"], again["history"][1]["reason"]) == (1, 1, "企业停产")
    assert [(one["holder"], one["called"]) for one in again["promises"][-1:]] == [("bureau", False)]
    assert scjg.put(NUMBERS, json={"commitment": commitment_of("a second number of ours")}).status_code == 200

    # The body keeps its number back: when its time is over, the inspectors are drawn without, and that is on record.
    hurried = replace(service, settings=replace(service.settings, reveal_hours=0.0))
    done = ran(hurried, bureau.post(f"{path}/publish", json=order, headers=state_of(bureau, plan)[1]))
    assert done["result"]["published"]
    names = file_of(bureau, plan, "plan.json")["names"]
    assert names["withheld"] == ["SCJG"]
    assert [one["holder"] for one in names["nonces"]] == ["bureau"]
    assert all(len(people) >= 2 for people in crews_of(bureau, plan))
    draws = file_of(bureau, plan, "crews.json")["draws"]
    told = told_of(bureau, plan)
    naming = {where.partition(" ")[0] for where, text in told.items() if PERSON in text or NAME in text}
    assert {"/visits", "plan.json", "crews.json"} <= naming
    assert {"日历", ".xlsx"} <= {one for name in naming for one in ("日历", ".xlsx") if one in name}
    assert {one["timetable_hash"] for one in draws} == {sealed["timetable_hash"]}
    assert (
        bureau.post(f"{path}/withdraw", json={"reason": "x"}, headers=state_of(bureau, plan)[1]).json()["code"]
        == "state"
    )
    acts = [entry["what"] for entry in log.entries(service.store) if entry["what"].startswith(("plan.", "crews."))]
    assert acts[0:2] == ["plan.create", "crews.promise"]
    assert acts[-3:] == ["plan.seal", "crews.reveal", "plan.publish"]
    assert log.verify_log(service.store) == []
