"""The command why, on a planned month in which one check has no day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from planner.domain.errors import InputError
from planner.service import restore_plan, why_not
from tests.cli.district import MONTH, content, district, run, workbook


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """S7 is closed on the two days of F-B's window; F-X is unannounced."""
    folder, raw = tmp_path_factory.mktemp("why"), district()
    food = {"site_id": "S7", "name": "食品七厂", "industry": "食品", "address": "路7号"}
    raw["sites"].append({**raw["sites"][0], **food, "blackout_days": "2026-06-03;2026-06-04"})
    short = {"window_from": date(2026, 6, 3), "window_to": date(2026, 6, 4)}
    raw["filings"].append({**raw["filings"][0], "filing_id": "F-B", "sites": "S7", **short})
    raw["filings"].append({**raw["filings"][1], "filing_id": "F-X", "sites": "S6", "unannounced": "是"})
    done = run("plan", workbook(folder / "来源.xlsx", raw), "--month", MONTH, "--out", folder / "out")
    assert (folder / "out" / "plan.json").exists(), done.output
    return folder / "out" / "plan.json"


def left_out(plan: Path) -> str:
    (row,) = content(plan)["left_out"]
    return str(row["task"])


def test_the_set_is_told_with_clauses_in_both_languages(plan: Path) -> None:
    task = left_out(plan)
    done = run("why", plan, "--task", task, "--json", "-")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    assert (found["verdict"], found["others"]) == ("blocked", "no")
    assert [m["rule"] for m in found["members"]] == ["window", "blackout"]
    assert all(m["clauses"] and "依据" in m["text_zh"] and " By " in m["text_en"] for m in found["members"])
    assert found["members"][1]["days"] == ["2026-06-03", "2026-06-04"]
    assert [day["day"] for day in found["days"]] == ["2026-06-03", "2026-06-04"]
    wider = found["ways"][0]
    assert (wider["kind"], wider["tasks"], wider["day"], wider["days"], wider["entries"]) == (
        *("window", [task], "2026-06-02"),
        *(1, 1),
    )
    assert "放宽1天到6月2日" in run("why", plan, "--task", task).stdout.replace("\n", "")
    assert "已证明" in run("why", plan, "--task", task).stdout.replace("\n", "")
    assert "bar every day" in run("--lang", "en", "why", plan, "--task", task).stdout.replace("\n", " ")


def test_what_is_planned_or_unknown_is_refused_with_what_to_do(plan: Path) -> None:
    placed = content(plan)["visits"][0]["tasks"][0]
    done = run("why", plan, "--task", placed)
    assert (done.exit_code, "没有漏排" in done.output) == (2, True)
    done = run("why", plan, "--task", left_out(plan)[:-1] + "~")
    assert (done.exit_code, "最接近的是" in done.output) == (2, True)


def test_an_unannounced_check_is_an_unknown_task_and_in_no_answer(plan: Path) -> None:
    (secret,) = content(plan)["hidden"]["days"]
    done = run("why", plan, "--task", secret)
    assert (done.exit_code, "计划中没有任务" in done.output) == (2, True)
    told = run("why", plan, "--task", left_out(plan), "--json", "-").stdout
    assert secret not in told
    assert "F-X" not in told


def test_a_plan_that_breaks_rules_explains_nothing(plan: Path) -> None:
    planned = restore_plan(plan)
    broken = replace(planned, result=replace(planned.result, violations=1))
    with pytest.raises(InputError, match="planner verify"):
        why_not(broken, left_out(plan))


def test_a_visit_is_told_with_other_days_absent_agencies_and_how_firm(plan: Path) -> None:
    visit = content(plan)["visits"][0]
    name = f"{visit['site']['id']}@{visit['day']}"
    found = json.loads(run("why", plan, "--visit", name, "--json", "-").stdout)
    assert (found["visit"], sorted(found["tasks"])) == (visit["id"], sorted(visit["tasks"]))
    assert {w["question"] for w in found["why"]} >= {"due", "day"}
    assert len(found["days"]) >= 15
    assert {one["could"] for one in found["days"]} <= {"possible", "barred", "unwalked", "unsettled"}
    assert "确定程度" in found["firm_zh"]
    assert "F-X" not in json.dumps(found)
    missing = run("why", plan, "--visit", name[:-1] + "~")
    assert (missing.exit_code, "最接近的是" in missing.output) == (2, True)
    assert run("why", plan).exit_code == 2


def asked(plan: Path, *question: object) -> dict[str, Any]:
    done = run("why", plan, *question, "--json", "-")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    assert "F-X" not in done.stdout
    return found


def test_why_nobody_comes_to_a_site_on_a_day(plan: Path) -> None:
    closed = asked(plan, "--site", "S7", "--day", "2026-06-03")
    (item,) = closed["items"]
    assert (closed["visits"], item["tasks"], item["could"]) == ([], [left_out(plan)], "barred")
    assert [(m["rule"], m["days"]) for m in item["members"]] == [("blackout", ["2026-06-03"])]
    assert "任何一条都足以" in item["text_zh"]
    visit = content(plan)["visits"][0]
    site, day = visit["site"]["id"], visit["day"]
    here = asked(plan, "--site", site, "--day", day)
    assert here["visits"] == [visit["id"]]
    other = next(one["day"] for one in content(plan)["visits"] if one["day"] != day)
    told = asked(plan, "--site", site, "--day", other, "--agency", visit["agencies"][0]["id"])
    assert {one["could"] for one in told["items"]} <= {"possible", "barred", "unsettled"}
    assert "F-X" not in json.dumps(asked(plan, "--site", "S6", "--day", day))
    assert "不是全区可检查的工作日" in asked(plan, "--site", "S1", "--day", "2026-06-06")["text_zh"]
    nothing = asked(plan, "--site", "S7", "--day", "2026-06-03", "--agency", "YJJ")
    assert nothing["items"] == []
    assert "没有到期的检查任务" in nothing["text_zh"]


def test_why_two_agencies_do_not_come_together(plan: Path) -> None:
    found = asked(plan, "--site", "S1", "--pair", "SCJG", "YJJ")
    rows = [v for v in content(plan)["visits"] if v["site"]["id"] == "S1"]
    joint = [v["id"] for v in rows if {"SCJG", "YJJ"} <= {a["id"] for a in v["agencies"]}]
    assert found["visits"] == joint
    apart = asked(plan, "--site", "S7", "--pair", "SCJG", "HBJ")
    assert (apart["items"], apart["visits"]) == ([], [])
    assert "没有到期的检查任务" in apart["text_zh"]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (("--site", "S1"), "对象和日期"),
        (("--site", "S1", "--day", "2026-06-02", "--pair", "SCJG", "YJJ"), "对象和日期"),
        (("--day", "2026-06-02"), "--site"),
        (("--task", "T", "--site", "S1", "--day", "2026-06-02"), "--site"),
        (("--site", "S77", "--day", "2026-06-02"), "最接近的是“S7”"),
        (("--site", "S1", "--day", "2026-06-02", "--agency", "SCJJ"), "最接近的是“SCJG”"),
        (("--site", "S1", "--day", "2026-07-02"), "不在方案的月份内"),
    ],
)
def test_a_question_about_nothing_is_told_with_the_nearest(plan: Path, question: tuple[str, ...], told: str) -> None:
    done = run("why", plan, *question)
    assert (done.exit_code, told in done.output.replace("\n", "")) == (2, True), done.output


def test_the_left_out_sheet_and_the_report_tell_the_set_and_the_cheapest_way(plan: Path) -> None:
    found = json.loads(run("why", plan, "--task", left_out(plan), "--json", "-").stdout)
    members = [f"{n}. {one['text_zh']}" for n, one in enumerate(found["members"], start=1)]
    told = "\n".join([*members, f"→ {found['ways'][0]['text_zh']}"])
    book = load_workbook(next(plan.parent.glob("统筹计划*.xlsx")), read_only=True)
    sheet = next(one for one in book.worksheets if "未安排" in one.title)
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "怎样才能排进" in cells
    assert told in cells
    assert found["ways"][0]["text_zh"] in next(plan.parent.glob("*.html")).read_text(encoding="utf-8")
