"""Why, differences and draws over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from api.store.planned.plans import Made, add_plan, publish
from planner.draw.record import DRAWS_FILE
from tests.http.conftest import Service
from tests.http.test_plans import DOCUMENT, VISITS

REASON = {"rule": "gap.domain", "clauses": ["A02-4.1.1c"], "text_zh": "间隔不足", "blocked": []}
WAITING = {"task": "T-5", "site": "S5", "waits_until": "2026-08-31", "clauses": ["D-2.6a"]}
BEFORE: dict[str, Any] = {**DOCUMENT, "plan": {"T-fire": "out"}}
AFTER: dict[str, Any] = {
    **BEFORE,
    "plan_hash": "e" * 64,
    "visits": [*VISITS[:3], {**VISITS[3], "id": "V-44", "day": "2026-06-04"}],
    "left_out": [{"task": "T-9", "site": {"id": "S9"}, "clauses": ["D-1"], "reason": REASON}],
    "deferred": [WAITING],
}
DRAWS = [{"draw_id": f"D-{n}", "filing_id": "F-1", "agency_id": "A1", "list_hash": "f" * 64, "seed": n} for n in (1, 2)]


@pytest.fixture
def two(service: Service) -> tuple[str, str]:
    """Two drafts of one month; in the second a visit has moved, a task waits, and it rests on two draws."""
    with service.store.write() as tx:
        first = add_plan(tx, BEFORE, "li", revision=1, synthetic=True)
        second = add_plan(tx, AFTER, "li", revision=1, synthetic=True, draw_records=DRAWS, parent=first.id)
    return first.id, second.id


def test_why_says_what_was_decided_and_by_which_clauses(service: Service, two: tuple[str, str]) -> None:
    bureau = service.client("bureau")

    def why(task: str) -> dict[str, Any]:
        answer = bureau.get(f"/v1/plans/{two[1]}/why/{task}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        assert (found["plan_hash"], found["rulebook_version"], found["task"]) == ("e" * 64, "r@1", task)
        return found

    placed, left = why("T-4"), why("T-9")
    assert (placed["outcome"], placed["day"], placed["visit"]) == ("scheduled", "2026-06-04", "V-44")
    assert placed["clauses"] == ["D-1"]
    assert (left["outcome"], left["text"], left["reason"]) == ("left_out", "间隔不足", REASON)
    assert left["clauses"] == ["A02-4.1.1c", "D-1"]
    assert (why("T-5")["outcome"], why("T-5")["waits_until"]) == ("deferred", "2026-08-31")
    assert why("T-fire")["outcome"] == "recognised"
    unknown = bureau.get(f"/v1/plans/{two[1]}/why/T-none")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")


def test_what_differs_between_two_plans(service: Service, two: tuple[str, str]) -> None:
    found = service.client("bureau").get(f"/v1/plans/{two[1]}/diff", params={"against": two[0]}).json()
    assert found["tasks"] == [
        {"task": "T-4", "site": "S4", "before": "2026-06-03", "after": "2026-06-04"},
        {"task": "T-5", "site": "S5", "before": "2026-06-03", "after": "later"},
    ]
    assert [visit["visit"] for visit in found["visits_added"]] == ["V-44"]
    assert [visit["visit"] for visit in found["visits_removed"]] == ["V-4", "V-5"]
    assert (found["visits_changed"], found["visits_same"], found["against_hash"]) == ([], 3, "d" * 64)


def test_plans_of_different_months_are_not_compared(service: Service, two: tuple[str, str]) -> None:
    with service.store.write() as tx:
        other = {**BEFORE, "month": "2026-07", "case_hash": "a" * 64}
        july = add_plan(tx, other, "li", revision=1, synthetic=True)
    answer = service.client("bureau").get(f"/v1/plans/{two[1]}/diff", params={"against": july.id})
    assert (answer.status_code, answer.json()["code"]) == (422, "month-differs")


def test_draws_are_listed_and_one_is_given_with_its_record(service: Service, two: tuple[str, str]) -> None:
    bureau, path = service.client("bureau"), f"/v1/plans/{two[1]}/draws"
    assert [one["draw_id"] for one in bureau.get(path).json()["items"]] == ["D-1", "D-2"]
    assert bureau.get(f"{path}/1").json()["record"] == DRAWS[1]
    assert bureau.get(f"{path}/2").status_code == 404
    assert bureau.get(f"/v1/plans/{two[0]}/draws").json()["items"] == []


def test_an_auditor_is_given_the_draws_of_what_is_announced(service: Service) -> None:
    """In a plan of old, which has no hidden part, draws of unannounced checks stand among the others."""
    files = [{"name": name, "path": name, "sha256": "0", "bytes": 0} for name in (DRAWS_FILE, "plan.json")]
    for document, told in (({**AFTER, "hidden": None}, ["D-1", "D-2"]), (AFTER, [])):
        with service.store.write() as tx:
            plan = add_plan(
                tx, document, "li", revision=1, synthetic=True, draw_records=DRAWS, made=Made(str(len(told)), files, {})
            )
        auditor, path = service.client("auditor"), f"/v1/plans/{plan.id}"
        assert auditor.get(f"{path}/draws").status_code == 404  # a draft is nobody's but the coordinator's
        with service.store.write() as tx:
            publish(tx, plan.id, "li", 1)
        assert [one["draw_id"] for one in auditor.get(f"{path}/draws").json()["items"]] == told
        assert auditor.get(f"{path}/draws/0").status_code == (200 if told else 404)
        given = [(one["number"], one["name"]) for one in auditor.get(f"{path}/files").json()["items"]]
        assert given == ([(0, DRAWS_FILE)] if told else [])
        for who in ("a1", "town", "integrator"):
            assert service.client(who).get(f"{path}/files").json()["items"] == []
            assert service.client(who).get(f"{path}/draws").status_code == 403
