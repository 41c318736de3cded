"""The JSON values: all keys, right numbers, nothing shown to whom it must not be."""

from __future__ import annotations

import json
from dataclasses import replace

from planner.domain.result import Status
from planner.report.figures.kpis import month_kpis
from planner.report.figures.summary import left_out_json, price_list_hash, summary_json, visits_json
from tests.report.month import ENVIRONMENT, FIRE, MARKET, NAMES, case_of, result_of, unplanned

PROMISED = {
    *("status", "tasks", "scheduled", "deferred", "left_out", "entries", "bound_certified", "bound_solver", "gap"),
    *("joint_visits", "joint_share", "violations", "counterfactuals", "seconds", "seed", "plan_hash"),
    *("rulebook_version", "levels", "findings", "repeatable", "synthetic", "later_entries"),
}


def test_summary_has_what_scripts_are_promised() -> None:
    result = result_of()
    summary = summary_json(result, month_kpis(result))
    assert summary.keys() >= PROMISED
    assert (summary["status"], summary["entries_in_month"], summary["later_entries"]) == ("optimal", 5, 1)
    assert summary["entries"] == 6
    assert (summary["bound_certified"], summary["bound_solver"], summary["gap"]) == (6, 6, 0.0)
    assert summary["counterfactuals"]["alone"]["entries"] == 7
    assert summary["counterfactuals"]["first_come"]["entries"] == 6
    assert summary["entries_avoided"] == {"alone": 2, "first_come": 1}
    assert summary["acceptance_sweep"][0]["acceptance_percent"] == 50
    assert summary["seconds"].keys() >= {"intake", "match", "total"}
    assert summary["findings"] == {"error": 1, "warning": 2, "info": 1}
    assert [level["name"] for level in summary["levels"]] == ["left_out.accepted", "entries", "disturbance"]
    assert summary["synthetic"] is True
    json.dumps(summary, allow_nan=False)


def test_summary_without_a_plan_claims_nothing() -> None:
    result = replace(unplanned(Status.OUT_OF_TIME), seconds={})
    summary = summary_json(result, month_kpis(result))
    assert summary.keys() >= PROMISED
    for key in (
        "entries",
        "entries_in_month",
        "later_entries",
        "bound_certified",
        "bound_solver",
        "gap",
        "disturbance",
    ):
        assert summary[key] is None
    assert summary["seconds"] == {"intake": None, "match": None, "total": None}


def test_public_summary_has_no_bounds_over_hidden_tasks() -> None:
    result = result_of()
    summary = summary_json(result, month_kpis(result, "public"))
    assert summary["entries_in_month"] == 4
    assert not summary.keys() & {"bound_certified", "bound_solver", "levels", "certificates", "findings"}


def test_price_list_hash_changes_with_a_price() -> None:
    certificate = result_of().certificates[0]
    dearer = certificate.prices.copy()
    dearer[0, 0] = 1
    assert price_list_hash(certificate) == price_list_hash(replace(certificate, prices=certificate.prices.copy()))
    assert price_list_hash(certificate) != price_list_hash(replace(certificate, prices=dearer))


def test_visits_name_who_comes_and_why() -> None:
    visits = {visit["site"]["id"]: visit for visit in visits_json(result_of(), names=NAMES)}
    assert list(visits) == ["S1", "S2", "S3", "S4", "S6"]
    first = visits["S1"]
    assert first["day_text"] == "2026-06-08 周一"
    assert [(a["id"], a["name"]) for a in first["agencies"]] == [
        (ENVIRONMENT, "区生态环境局"),
        (MARKET, "区市场监管局"),
    ]
    assert first["agencies"][0]["items"] == ["排污许可检查"]
    assert first["plan_codes"] == ["JH-HJ", "JH-SCJG"]
    assert first["clauses"][:3] == ["A07-1.1", "A01-1.1", "D-2.8b"]
    assert [why["question"] for why in first["why"]] == ["due", "due", "together", "day"]
    assert [why["agency"] for why in first["why"]] == [ENVIRONMENT, MARKET, "", ""]
    assert "正文二8“不同主体时间相近的检查一般联合去”（D-2.8b）" in first["why"][2]["text"]
    assert (first["joint"], first["minutes"]) == (True, 105)
    merged = visits["S2"]
    assert (merged["joint"], merged["cross_domain"]) == (False, True)
    assert merged["agencies"][0]["units"] == ["区市场监管局", "药品监管科"]


def test_unannounced_visits_are_seen_by_bureau_and_own_agency_only() -> None:
    def sees(audience: str, agency: str = "") -> bool:
        return "S4" in {v["site"]["id"] for v in visits_json(result_of(), audience, agency=agency)}  # type: ignore[arg-type]

    assert sees("bureau")
    assert sees("agency", ENVIRONMENT)
    assert not sees("agency", MARKET)
    assert not sees("public")


def test_an_agency_is_not_told_of_the_windows_of_others() -> None:
    (shared,) = visits_json(result_of(), "agency", agency=FIRE)
    assert [(w["question"], w["agency"]) for w in shared["why"]] == [("due", FIRE), ("together", "")]
    own = next(v for v in visits_json(result_of(), "agency", agency=MARKET) if v["site"]["id"] == "S2")
    assert {w["question"] for w in own["why"]} == {"due", "together", "day"}
    assert all(not visit["why"] for visit in visits_json(result_of(), "public"))


def test_an_agency_sees_the_visits_it_is_in_with_company_and_no_others() -> None:
    visits = visits_json(result_of(), "agency", agency=FIRE)
    assert [v["site"]["id"] for v in visits] == ["S3"]
    assert [a["id"] for a in visits[0]["agencies"]] == [ENVIRONMENT, FIRE]
    assert visits_json(result_of(), "agency", agency="nobody") == []


def test_even_an_unlawfully_shared_unannounced_task_is_not_shown_to_company() -> None:
    tasks = [replace(t, unannounced=True) if t.id == "E3" else t for t in case_of().tasks]
    result = result_of(case_of(tasks=tasks))
    visits = visits_json(result, "agency", agency=FIRE)
    assert [a["id"] for a in visits[0]["agencies"]] == [FIRE]


def test_left_out_tasks_come_with_reason_clauses_and_days() -> None:
    (left,) = left_out_json(result_of())
    assert (left["task"], left["agency"]["id"]) == ("X6", ENVIRONMENT)
    assert left["reason"]["clauses"] == ["A07-8.2"]
    assert left["reason"]["blocked"][1] == {"day": "2026-06-11", "rule": "capacity.crew", "subject": "HJ"}
    assert left["rows"] == [{"table": "filings", "row": 7, "place": ""}]


def test_a_reason_that_would_give_an_unannounced_check_away_is_reserved() -> None:
    (public,) = left_out_json(result_of(), "public")  # no crew left, and an unannounced check takes some of it
    assert public["reserved"] is True
    assert public["reason"] is None
    (own,) = left_out_json(result_of(), "agency", agency=ENVIRONMENT)
    assert own["reserved"] is False
    tasks = [replace(t, unannounced=False) for t in case_of().tasks]
    (open_,) = left_out_json(result_of(case_of(tasks=tasks)), "public")
    assert open_["reserved"] is False
