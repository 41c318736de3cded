"""Offers, duties and the evaluation over HTTP: answered by the body, marked by version, worked out once and kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.jobs.worker import Worker
from api.store import log
from api.store.inputs.imports import import_tables
from api.store.inputs.library import tables_of
from planner.domain.case import RowRef
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import BaselineRow
from planner.rulebook.indicators import INDICATORS
from planner.service import evaluation_of, prepare_tables
from tests.cli.district import MONTH, workbook
from tests.http.conftest import Service
from tests.http.test_results import entered, filed, person

YEAR = {"from": "2026-01-01", "to": "2026-12-31"}


def tasks_at(service: Service, site: str) -> int:
    """Return how many tasks SCJG has at a site, were June planned now."""
    prepared, _, _ = prepare_tables(tables_of(service.store, MONTH), MONTH)
    assert prepared.case is not None
    return sum(task.site == site and task.unit == "SCJG" for task in prepared.case.tasks)


def test_what_a_triggered_check_covers_is_offered_and_the_month_goes_by_the_answer(
    service: Service, tmp_path: Path
) -> None:
    """A01-5.1c: it may count as done (可), so nobody counts it so but its body."""
    raw = filed(service, tmp_path)
    raw["filings"][0] |= {"window_to": date(2026, 6, 20)}
    import_tables(service.store, read_tables(workbook(tmp_path / "再.xlsx", raw)), "test", replace=True)
    scjg, auditor, other = person(service, "SCJG"), service.client("auditor"), person(service, "HBJ")
    assert entered(scjg, [{"item_id": "SCJG-1"}], date="2026-05-28", trigger="触发式").status_code == 201
    listed = scjg.get("/v1/absorptions", params={"month": MONTH}).json()
    (offer,) = listed["items"]
    assert (offer["site_id"], offer["answer"], offer["until"], offer["filings"]) == ("S1", None, "2026-06-28", ["F-S"])
    assert (listed["open"], offer["clauses"]) == (1, ["A01-5.1c"])
    assert auditor.get("/v1/absorptions", params={"month": MONTH}).json()["items"] == [offer]
    assert other.get("/v1/absorptions", params={"month": MONTH}).json()["items"] == []
    assert tasks_at(service, "S1") == 1
    path = "/v1/absorptions/SCJG/S1/2026-05-28"
    assert other.put(path, json={"answer": "accept"}, headers={"If-Match": '"0"'}).status_code == 404
    assert auditor.put(path, json={"answer": "accept"}, headers={"If-Match": '"0"'}).status_code == 403
    said = scjg.put(path, json={"answer": "accept"}, headers={"If-Match": '"0"'})
    assert said.status_code == 200, said.text
    assert (said.json()["answer"], tasks_at(service, "S1")) == ("accept", 0)
    assert scjg.put(path, json={"answer": "decline"}, headers={"If-Match": '"0"'}).status_code == 412
    version = said.headers["ETag"]
    again = scjg.put(path, json={"answer": "decline"}, headers={"If-Match": version})
    assert (again.status_code, tasks_at(service, "S1")) == (200, 1)
    back = scjg.put(path, json={"answer": None}, headers={"If-Match": again.headers["ETag"]})
    assert (back.json()["answer"], back.headers["ETag"], tasks_at(service, "S1")) == (None, '"0"', 1)
    told = [
        one["grounds"]["answer"] for one in log.entries(service.store, reserved=True) if "absorption" in one["what"]
    ]
    assert sorted(map(str, told)) == ["None", "accept", "decline"]


def test_duties_are_ones_own_and_marked_by_version(service: Service, tmp_path: Path) -> None:
    """A01-4.3.3a: the year's plan is published by the end of March."""
    filed(service, tmp_path)
    bureau, scjg, hbj = service.client("bureau"), person(service, "SCJG"), person(service, "HBJ")
    whole = bureau.get("/v1/duties", params={"year": 2026}).json()
    assert {"bureau", "SCJG", "HBJ", "YJJ"} <= {one["agency_id"] for one in whole["items"]}
    own = scjg.get("/v1/duties", params={"year": 2026}).json()
    assert {one["agency_id"] for one in own["items"]} == {"SCJG"}
    assert all(one["clauses"] and one["text"] for one in own["items"])
    assert sum(own["counts"].values()) == len(own["items"])
    published = next(one for one in own["items"] if one["row"] == 4)
    assert (published["due"], published["state"], published["version"]) == ("2026-03-31", "late", 0)
    mark = {"done_on": "2026-03-27", "evidence": "(示例)网址"}
    none = {"If-Match": '"0"'}
    assert hbj.put("/v1/duties/4/2026", json={**mark, "agency_id": "SCJG"}, headers=none).status_code == 404
    assert scjg.put("/v1/duties/4/2026", json={"waived": "不适用"}, headers=none).status_code == 403
    assert scjg.put("/v1/duties/4/2026", json={"done_on": "2036-03-27"}, headers=none).status_code == 422
    assert scjg.put("/v1/duties/98/2026", json=mark, headers=none).status_code == 404
    assert scjg.put("/v1/duties/4/quatsch", json=mark, headers=none).status_code == 404
    done = scjg.put("/v1/duties/4/2026", json=mark, headers=none)
    assert done.status_code == 200, done.text
    assert (done.json()["state"], done.json()["evidence"]) == ("done", "(示例)网址")
    assert scjg.put("/v1/duties/4/2026", json=mark, headers=none).status_code == 412
    ics = scjg.get("/v1/duties/calendar", params={"year": 2026})
    assert ics.headers["content-type"].startswith("text/calendar")
    assert b"duty-4-SCJG-2026@planner" not in ics.content  # it is done
    assert b"BEGIN:VEVENT" in ics.content
    waived = {"agency_id": "SCJG", "waived": "本年没有此类计划"}
    told = bureau.put("/v1/duties/4/2026", json=waived, headers={"If-Match": done.headers["ETag"]})
    assert told.json()["state"] == "waived"
    locked = scjg.put("/v1/duties/4/2026", json=mark, headers={"If-Match": told.headers["ETag"]})
    assert locked.status_code == 403
    empty = bureau.put("/v1/duties/4/2026", json={"agency_id": "SCJG"}, headers={"If-Match": told.headers["ETag"]})
    assert (empty.json()["state"], empty.json()["version"]) == ("late", 0)
    assert {one["what"] for one in log.entries(service.store)} >= {"duty.mark"}


def worked_out(service: Service, **more: Any) -> dict[str, Any]:
    """Order an evaluation and run it; return the job."""
    bureau = service.client("bureau")
    order = bureau.post("/v1/evaluation", json={**YEAR, **more})
    assert order.status_code == 202, order.text
    Worker(service.store, service.settings).run(until_idle=True)
    job: dict[str, Any] = bureau.get(f"/v1/jobs/{order.json()['id']}").json()
    return job


def base(unit: str = "check", planned_on: int = 4) -> BaselineRow:
    counted = {"triggered_on": 0, "off": 0, "sites": 0, "items": 0, "joint": 0, "random": 0, "problem": 0}
    parts = {"agency_id": "", "domain": "", "town": "", "industry": "", "grade": ""}
    return BaselineRow(
        year=2024,
        unit=unit,
        month=0,
        planned_on=planned_on,
        document="2024年统计表",
        ref=RowRef("baseline", 2),
        **parts,
        **counted,
    )


def test_an_evaluation_is_worked_out_by_a_run_and_kept(service: Service, tmp_path: Path) -> None:
    """A01-7.5, D-1: every figure with what it is counted of and over, beside the base year."""
    filed(service, tmp_path)
    there = tables_of(service.store, MONTH)
    import_tables(service.store, replace(there, baseline=(base(),), findings=()), "test")
    scjg, bureau, auditor = person(service, "SCJG"), service.client("bureau"), service.client("auditor")
    assert bureau.get("/v1/evaluation", params=YEAR).status_code == 404
    for n, (site, found) in enumerate((("S1", "发现问题"), ("S2", "未发现问题"))):
        cells = {"site_id": site, "result": found, "check_code": f"C-{n}", "code_applied_at": "2026-06-01"}
        assert entered(scjg, **cells).status_code == 201
    assert entered(scjg, site_id="S5", filing_id="A-X", result="发现问题").status_code == 201
    job = worked_out(service)
    assert (job["state"], job["result"]["checks"]) == ("finished", 3)
    whole = bureau.get("/v1/evaluation", params=YEAR).json()
    figures = {one["key"]: one for one in whole["figures"] if one["cut"] == ""}
    assert set(figures) == {one.key for one in INDICATORS}
    assert (figures["problem_rate"]["numerator"], figures["problem_rate"]["denominator"]) == (2, 3)
    assert all(one["clauses"] and one["name"] and one["of"][0] for one in whole["figures"])
    (compared,) = whole["compared"]
    assert (compared["planned"], compared["change"], compared["documents"]) == ([3, 4], -0.25, ["2024年统计表"])
    assert whole["stale"] is False
    # Nothing is worked out twice in two ways: the run's figures are those of the command.
    found, _ = evaluation_of(tables_of(service.store, MONTH), "2026", 2024)
    assert [(one.key, one.numerator) for one in found.figures] == [
        (one["key"], one["numerator"]) for one in whole["figures"]
    ]
    open_ = auditor.get("/v1/evaluation", params=YEAR).json()
    assert next(one for one in open_["figures"] if one["key"] == "problem_rate")["numerator"] == 1
    own = scjg.get("/v1/evaluation", params=YEAR).json()
    assert {(one["cut"], one["value"]) for one in own["figures"]} == {("", ""), ("agency", "SCJG")}
    assert (own["burdened"], bool(whole["burdened"])) == ([], True)
    assert entered(scjg, site_id="S3").status_code == 201
    assert bureau.get("/v1/evaluation", params=YEAR).json()["stale"] is True
    one = bureau.get("/v1/evaluation", params={**YEAR, "figure": "joint_rate"}).json()
    assert {found["key"] for found in one["figures"]} == {"joint_rate"}


@pytest.mark.parametrize("name", ["罚款金额", "处罚率", "fines"])
def test_forbidden_figures_are_refused_with_the_clause(service: Service, name: str) -> None:
    """A01-7.1, A04-7.1."""
    told = service.client("bureau").get("/v1/evaluation", params={**YEAR, "figure": name})
    assert (told.status_code, told.json()["code"]) == (422, "fig.forbidden")
    assert told.json()["clauses"]


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("2026-01-01", "2026-06-30", 404),
        ("2026-02-01", "2026-02-28", 404),
        ("2026-04-01", "2026-06-30", 404),
        ("2026-02-01", "2026-04-30", 422),
        ("2026-01-02", "2026-01-31", 422),
        ("2025-07-01", "2026-06-30", 422),
        ("2026-12-31", "2026-01-01", 422),
    ],
)
def test_periods_are_those_of_the_calendar(service: Service, first: str, last: str, status: int) -> None:
    told = service.client("bureau").get("/v1/evaluation", params={"from": first, "to": last})
    assert told.status_code == status, told.text


def test_a_base_in_entries_is_refused_by_the_run(service: Service, tmp_path: Path) -> None:
    """D-1: what counts another unit is not compared."""
    filed(service, tmp_path)
    there = tables_of(service.store, MONTH)
    import_tables(service.store, replace(there, baseline=(base("entry"),), findings=()), "test")
    job = worked_out(service)
    assert job["state"] == "failed"
    assert "单位不同" in job["error"]["detail"]
