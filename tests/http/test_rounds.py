"""Consultation over HTTP: who is asked what, who has answered, who is late; what the answers come to."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from api.accounts import accounts, tokens
from api.store.database.schema import rounds
from api.store.planned.plans import add_plan
from tests.cli.district import MONTH
from tests.http.conftest import Service
from tests.http.test_changes import free_day, patch, visits
from tests.http.test_plans import DOCUMENT, imported, ran

SOON = (date.today() + timedelta(days=30)).isoformat()


@pytest.fixture
def asked(service: Service) -> tuple[str, str]:
    """A draft of joint, single and unannounced visits of A1 and B1, and a round that is open on it."""
    with service.store.write() as tx:
        plan = add_plan(tx, DOCUMENT, "li", revision=1, synthetic=True)
    answer = service.client("bureau").post(f"/v1/plans/{plan.id}/rounds", json={"closes_on": SOON})
    assert answer.status_code == 201, answer.text
    return plan.id, answer.json()["id"]


def test_each_sees_its_own_visits_of_the_draft_and_how_far_it_is(service: Service, asked: tuple[str, str]) -> None:
    path = f"/v1/rounds/{asked[1]}"
    bureau, a1, b1 = (service.client(login) for login in ("bureau", "a1", "b1"))
    seen = {
        login: [one["visit"]["id"] for one in service.client(login).get(f"{path}/visits").json()["items"]]
        for login in ("bureau", "a1", "b1")
    }
    assert seen == {
        "bureau": ["V-1", "V-2", "V-3", "V-4", "V-5"],
        "a1": ["V-1", "V-3", "V-5"],
        "b1": ["V-1", "V-2", "V-4"],
    }
    partner = a1.get(f"{path}/visits").json()["items"][0]["visit"]["agencies"][1]
    assert partner == {"id": "B1", "name": "B1", "units": [], "items": []}
    for login in ("integrator", "town", "auditor"):
        assert service.client(login).get(path).status_code in (403, 404)
    assert service.client("integrator").get("/v1/rounds").json()["items"] == []
    answers = {"answers": [{"visit": "V-1", "answer": "agree"}, {"visit": "V-3", "answer": "agree"}]}
    told = a1.post(f"{path}/answers", json=answers).json()["agencies"]
    assert [(one["agency_id"], one["visits"], one["agreed"], one["unanswered"]) for one in told] == [("A1", 3, 2, 1)]
    assert [one["visit"]["id"] for one in a1.get(f"{path}/visits?unanswered=true").json()["items"]] == ["V-5"]
    assert b1.get(f"{path}/visits").json()["items"][0]["answers"] == []  # what A1 said is not B1's to see
    everybody = {one["agency_id"]: one for one in bureau.get(path).json()["agencies"]}
    assert (everybody["A1"]["agreed"], everybody["B1"]["unanswered"], everybody["B1"]["late"]) == (2, 3, False)
    with service.store.write() as tx:
        tx.run(update(rounds).values(closes_on=date(2026, 1, 1)))
    everybody = {one["agency_id"]: one for one in bureau.get(path).json()["agencies"]}
    assert (everybody["B1"]["late"], bureau.get(path).json()["overdue"]) == (True, True)


def test_another_agencys_visit_takes_no_answer_and_neither_does_a_closed_round(
    service: Service, asked: tuple[str, str]
) -> None:
    plan, path = asked[0], f"/v1/rounds/{asked[1]}"
    bureau, a1 = service.client("bureau"), service.client("a1")
    body = {"answers": [{"visit": "V-1", "answer": "agree"}, {"visit": "V-4", "answer": "agree"}]}
    refused = a1.post(f"{path}/answers", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["visit"]) == (422, "V-4")
    assert a1.get(path).json()["agencies"][0]["agreed"] == 0  # all or none
    whose = bureau.post(f"{path}/answers", json={"answers": body["answers"][:1]})
    assert (whose.status_code, whose.json()["code"]) == (422, "agency")
    entered = bureau.post(f"{path}/answers", json={"answers": body["answers"][:1], "agency_id": "A1"})
    assert entered.status_code == 200
    assert bureau.post(f"/v1/plans/{plan}/rounds", json={"closes_on": SOON}).json()["code"] == "state"
    early = bureau.post(f"/v1/plans/{plan}/publish", json={}, headers={"If-Match": '"1"'})
    assert (early.status_code, early.json()["code"]) == (409, "round-open")
    past = bureau.post(f"/v1/plans/{plan}/rounds", json={"closes_on": "2020-01-01"})
    assert (past.status_code, past.json()["code"]) == (422, "date-passed")
    assert a1.post(f"{path}/close", json={"reason": "x"}).status_code == 403
    assert bureau.post(f"{path}/close", json={"reason": "期满"}).json()["closed_at"] is not None
    assert a1.post(f"{path}/answers", json={"answers": body["answers"][:1]}).json()["code"] == "state"
    listed = service.client("auditor").get("/v1/log", params={"limit": 50}).text
    assert "round.answer" in listed
    assert "V-3" not in listed


def agency(service: Service, agency_id: str) -> Any:
    with service.store.write() as tx:
        account = accounts.add(tx, agency_id.lower(), agency_id, "agency", None, "test", agency_id=agency_id)
        secret = tokens.issue(tx, account, "t", ["read", "filings"], 1, "test")[1]
    client = service.client()
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


@pytest.mark.slow
def test_a_round_from_the_draft_to_the_draft_that_the_answers_make(service: Service, tmp_path: Path) -> None:
    bureau = service.client("bureau")
    imported(service, tmp_path)
    plan = ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["id"]
    path = f"/v1/rounds/{bureau.post(f'/v1/plans/{plan}/rounds', json={'closes_on': SOON}).json()['id']}"
    scjg, yjj = agency(service, "SCJG"), agency(service, "YJJ")

    form = scjg.get(f"{path}/form")
    assert form.status_code == 200, form.text
    assert yjj.get(f"{path}/form", params={"agency_id": "SCJG"}).status_code == 404
    file = tmp_path / "稿.xlsx"
    file.write_bytes(form.content)
    book = load_workbook(file)
    sheet = book.worksheets[1]
    column = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, column["答复"]).value = "同意" if row > 2 else "不能"
    sheet.cell(2, column["理由"]).value = "人员不足"
    cannot = sheet.cell(2, column["入企编号"]).value
    book.save(file)
    with file.open("rb") as stream:
        assert yjj.post(f"{path}/form", files={"file": (file.name, stream)}).json()["code"] == "not-own"
    with file.open("rb") as stream:
        taken = scjg.post(f"{path}/form", files={"file": (file.name, stream)}).json()
    assert (taken["taken"], taken["findings"]) == (sheet.max_row - 1, [])

    own = [one["visit"] for one in yjj.get(f"{path}/visits").json()["items"]]
    moved = next(one for one in own if one["id"] != cannot)
    wrong = {"visit": moved["id"], "answer": "move", "proposed": "2026-06-07"}
    refused = yjj.post(f"{path}/answers", json={"answers": [wrong]})
    assert (refused.status_code, refused.json()["code"]) == (422, "answers")
    other = free_day(bureau, plan, moved["id"])
    right = {**wrong, "proposed": other, "reason": "staff"}
    assert yjj.post(f"{path}/answers", json={"answers": [right]}).json()["agencies"][0]["moved"] == 1

    found = {one["visit"]: one for one in bureau.get(f"{path}/proposals").json()["items"]}
    assert (found[moved["id"]]["kind"], found[moved["id"]]["day"], found[moved["id"]]["asked"]) == ("move", other, True)
    assert (found[cannot]["kind"], found[cannot]["asked"]) == ("move", False)
    kinds = {one["kind"] for one in bureau.get(f"{path}/proposals", params={"kind": "pin"}).json()["items"]}
    assert kinds == {"pin"}
    bureau.post(f"{path}/close", json={"reason": "期满"})
    operations = [operation for one in found.values() for operation in one["operations"]]
    made = ran(service, patch(bureau, plan, *operations, how="solve", reason="按各单位答复"))["id"]
    after = visits(bureau, made)
    days = {task: visit["day"] for visit in after.values() for task in visit["tasks"]}
    before = visits(bureau, plan)
    assert {days[task] for task in before[moved["id"]]["tasks"]} == {other}
    assert {days[task] for task in before[cannot]["tasks"]} != {before[cannot]["day"]}
