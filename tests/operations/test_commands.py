"""The commands suggest, ledger, gate and replan on a planned month."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.district import MONTH, content, run, workbook


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("operated")
    done = run("plan", workbook(folder / "来源.xlsx"), "--month", MONTH, "--out", folder / "out")
    assert done.exit_code == 0, done.output
    named = run("names", folder / "out" / "plan.json", "--sealed-on", "2026-05-25")
    assert named.exit_code == 0, named.output
    return folder / "out" / "plan.json"


def values(*arguments: object) -> dict[str, Any]:
    done = run(*arguments, "--json", "-")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def visit_of(plan: Path, unit: str) -> tuple[str, str]:
    """Return site and date of a visit with a task of `unit`."""
    visits = content(plan)["visits"]
    found = next(v for v in visits if unit in json.dumps(v, ensure_ascii=False))
    return found["site"]["id"], found["day"]


def test_gate_and_ledger_agree_on_a_published_visit(plan: Path) -> None:
    site, day = visit_of(plan, "SCJG")
    asked = values("gate", plan, site, day, "--agency", "SCJG")
    assert asked["verdict"] == "yes"
    ledger = values("ledger", plan, site, "--agency", "SCJG")
    assert day in [str(entry["day"]) for entry in ledger["coming"]]
    other = next(d for d in ("2026-06-01", "2026-06-02") if d != day)
    assert values("gate", plan, site, other, "--agency", "SCJG")["verdict"] == "no"


def test_suggest_says_who_is_there_already(plan: Path) -> None:
    site, day = visit_of(plan, "SCJG")
    (answer,) = values("suggest", plan, "--agency", "SCJG", "--site", site)["answers"]
    assert answer["day"] == day
    assert "没有可以带上的任务" in run("suggest", plan, "--agency", "SCJG").stdout


def test_replan_moves_what_it_must_and_tells_the_agency(plan: Path, tmp_path: Path) -> None:
    site, day = visit_of(plan, "SCJG")
    event = tmp_path / "事件.json"
    event.write_text(json.dumps({"kind": "closed", "site": site, "days": [day]}), encoding="utf-8")
    done = values("replan", plan, event)
    assert done["changed_visits"] == [{"site": site, "day": day}]
    assert done["proven"]
    assert done["parent_hash"] != done["plan_hash"]
    assert any("停业" in notice["text_zh"] for notice in done["notices"])
    assert all(change["after"] != day for change in done["diff"])
    assert "已证明最少" in run("replan", plan, event).stdout


def test_a_new_task_rides_on_a_visit_that_stays(plan: Path, tmp_path: Path) -> None:
    site, _ = visit_of(plan, "SCJG")
    task = {"kind": "new_task", "id": "N-1", "site": site, "unit": "HBJ", "items": ["HBJ-1"]}
    event = tmp_path / "事件.json"
    event.write_text(json.dumps({**task, "from": "2026-06-01", "to": "2026-06-30"}), encoding="utf-8")
    done = values("replan", plan, event)
    assert done["changed_visits"] == []
    assert done["diff"][-1]["task"] == "N-1"
    assert date.fromisoformat(done["diff"][-1]["after"])


def test_who_is_away_is_in_no_team_of_the_version_that_is_written_and_it_verifies(plan: Path, tmp_path: Path) -> None:
    hit = next(v for v in content(plan)["visits"] if any(crew["unit"] == "SCJG" for crew in v["inspectors"]))
    who = next(crew["people"][0]["id"] for crew in hit["inspectors"] if crew["unit"] == "SCJG")
    event = tmp_path / "事件.json"
    value = {"kind": "away", "unit": "SCJG", "inspector": who, "days": [hit["day"]], "half": "day"}
    event.write_text(json.dumps(value), encoding="utf-8")
    source = plan.parent.parent / "来源.xlsx"
    done = values("replan", plan, event, "--out", tmp_path / "新版", "--case", source, "--reason", "病假")
    assert done == values("replan", plan, event)  # what is tried is what comes of it
    made = content(tmp_path / "新版" / "plan.json")
    assert made["notes"][-1].endswith("一名检查人员缺勤：病假")
    teams = [crew["people"] for v in made["visits"] if v["day"] == hit["day"] for crew in v["inspectors"]]
    assert teams
    assert who not in {person["id"] for team in teams for person in team}
    checked = run("verify", tmp_path / "新版" / "plan.json", "--case", source)
    assert checked.exit_code == 0, checked.output
    again = run("replan", tmp_path / "新版" / "plan.json", event, "--case", source)
    assert again.exit_code == 2
    assert "不在岗" in again.output


@pytest.mark.parametrize(
    "wrong",
    ["not json", "[]", '{"kind": "rain"}', '{"kind": "absence"}', '{"kind": "closed", "site": "S1", "days": ["x"]}'],
)
def test_events_that_are_none_are_refused_in_words(plan: Path, tmp_path: Path, wrong: str) -> None:
    event = tmp_path / "事件.json"
    event.write_text(wrong, encoding="utf-8")
    done = run("replan", plan, event)
    assert done.exit_code == 2
    assert "请对照说明修改" in done.output
    assert "Traceback" not in done.output


def test_unknown_sites_and_agencies_are_refused_in_words(plan: Path) -> None:
    for arguments in (("gate", plan, "S99", "2026-06-01", "--agency", "SCJG"), ("suggest", plan, "--agency", "NOBODY")):
        done = run(*arguments)
        assert done.exit_code == 2
        assert "请核对" in done.output


def test_a_triggered_check_may_go_absorbs_what_it_covers_and_is_told_its_codes_deadline(
    plan: Path, tmp_path: Path
) -> None:
    site, _ = visit_of(plan, "SCJG")
    check = tmp_path / "检查.json"
    value = {"site": site, "unit": "SCJG", "items": ["SCJG-1"], "day": "2026-06-01", "source": "complaint"}
    check.write_text(json.dumps({**value, "urgent": True}), encoding="utf-8")
    found = values("triggered", plan, check)
    assert found["code"]["due"] == "2026-06-04"
    assert found["code"]["clauses"] == ["A01-3.4.3b"]
    assert len(found["absorbed"]) == 1
    check.write_text(json.dumps({**value, "source": "mood"}), encoding="utf-8")
    assert run("triggered", plan, check).exit_code != 0
