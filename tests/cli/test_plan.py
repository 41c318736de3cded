"""`plan` and `export`: files, values, repeatability, and months without a plan."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from planner.domain.errors import MismatchError
from planner.report import recount_standalone
from tests.cli.conftest import Month
from tests.cli.district import MONTH, content, district, run, shuffled_folder, workbook

FILES = {f"统筹计划-{MONTH}.xlsx", f"报告-{MONTH}.html", "plan.json", "draws.json", "日历", "公开"}


def test_all_files_are_there_and_open(month: Month) -> None:
    assert {path.name for path in month.out.iterdir()} == FILES
    book = openpyxl.load_workbook(month.out / f"统筹计划-{MONTH}.xlsx")
    assert book["全部入企"].max_row > 1
    book.close()
    page = (month.out / f"报告-{MONTH}.html").read_text(encoding="utf-8")
    HTMLParser().feed(page)
    assert month.values["plan_hash"] in page


def test_values_are_those_counted_by_hand(month: Month) -> None:
    # SCJG 4 + YJJ 3 + half of the 6 sites drawn for HBJ; everything fits, so one entry serves each site.
    plan = content(month.plan)
    sites = {visit["site"]["id"] for visit in plan["visits"]}
    assert (month.values["tasks"], month.values["scheduled"], month.values["left_out"]) == (10, 10, 0)
    assert month.values["entries"] == month.values["bound_certified"] == len(plan["visits"]) == len(sites)
    assert month.values["status"] == "optimal"
    assert (month.values["violations"], month.values["gap"], month.values["seed"]) == (0, 0.0, 7)
    end = plan["progress"][-1]
    assert (end["level"], end["best"], end["bound"]) == ("entries", month.values["entries"], len(sites))
    assert month.values["counterfactuals"].keys() == {"alone", "filed", "first_come"}
    assert month.values["counterfactuals"]["alone"]["entries"] == 10
    joint = [visit for visit in plan["visits"] if len(visit["agencies"]) > 1]
    assert month.values["joint_visits"] == len(joint) >= 2
    assert month.values["joint_share"] == round(len(joint) / len(plan["visits"]), 6)


def test_values_named_in_the_interface_are_all_there(month: Month) -> None:
    wanted = "status tasks scheduled deferred left_out entries bound_certified bound_solver gap joint_visits "
    wanted += "joint_share violations counterfactuals seconds seed plan_hash rulebook_version"
    assert set(wanted.split()) <= month.values.keys()
    assert all(month.values["seconds"][key] >= 0 for key in ("intake", "match", "timetable", "crew", "total"))
    assert month.values["timed"] == month.values["crewed"] == len(month.values["visits"])
    assert {task for visit in month.values["visits"] for task in visit["tasks"]} == set(content(month.plan)["plan"])
    for visit in month.values["visits"]:
        assert visit["day"][:7] == MONTH
        assert visit["slot"]["start"] < visit["slot"]["end"]
        assert visit["site"]["id"]
        assert {agency["id"] for agency in visit["agencies"]} == {team["agency"] for team in visit["inspectors"]}
        assert all(team["crew"] and not team["people"] for team in visit["inspectors"])  # a draft names nobody
    assert month.values["left_out_tasks"] == []


def test_printed_are_table_levels_and_files(month: Month) -> None:
    for text in ("统筹前后对比", "目标分级与证明", "plan.json", month.values["plan_hash"]):
        assert text in month.printed


def test_same_hash_in_another_process_from_shuffled_rows(month: Month, tmp_path: Path) -> None:
    source = shuffled_folder(tmp_path / "csv", seed=3)
    command = [sys.executable, "-m", "planner", "plan", str(source), "--month", MONTH, "--out", str(tmp_path / "out")]
    done = subprocess.run([*command, "--json", "-"], capture_output=True, check=True, text=True, encoding="utf-8")
    assert json.loads(done.stdout)["plan_hash"] == month.values["plan_hash"]
    assert "Traceback" not in done.stderr


def test_another_setting_is_another_plan(month: Month, tmp_path: Path) -> None:
    raw = district()
    raw["settings"].append({"key": "prep_minutes", "value": "45"})
    result = run("plan", workbook(tmp_path / "w.xlsx", raw), "--month", MONTH, "--out", tmp_path, "--json", "-")
    assert json.loads(result.stdout)["plan_hash"] != month.values["plan_hash"]


def test_json_to_standard_output_leaves_it_to_the_values(month: Month, tmp_path: Path) -> None:
    result = run("plan", month.source, "--month", MONTH, "--out", tmp_path, "--json", "-")
    assert json.loads(result.stdout)["plan_hash"] == month.values["plan_hash"]
    assert "统筹前后对比" in result.stderr


def test_english(month: Month, tmp_path: Path) -> None:
    result = run("--lang", "en", "plan", month.source, "--month", MONTH, "--out", tmp_path)
    assert "Before and after" in result.stdout
    assert "统筹前后" not in result.stdout


def test_export_writes_the_same_month_without_solving(
    month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("planner.service.month.planning.solve_month")
    result = run("export", month.plan, "--case", month.source, "--out", tmp_path, "--json", "-")
    assert result.exit_code == 0, result.output
    assert {path.name for path in tmp_path.iterdir()} == FILES
    assert json.loads(result.stdout)["plan_hash"] == month.values["plan_hash"]
    ours = {key: value for key, value in content(month.plan).items() if key not in ("sha256", "source")}
    again = {key: value for key, value in content(tmp_path / "plan.json").items() if key not in ("sha256", "source")}
    assert again == ours
    assert (tmp_path / "draws.json").read_bytes() == (month.out / "draws.json").read_bytes()


def test_month_without_tasks_has_a_code_of_its_own_and_no_files(month: Month, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("plan", month.source, "--month", "2026-09", "--out", out, "--json", tmp_path / "v.json")
    assert result.exit_code == 5
    assert "没有到期" in result.stdout
    assert (content(tmp_path / "v.json")["status"], content(tmp_path / "v.json")["entries"]) == ("invalid", None)
    assert not out.exists()


def test_published_visits_that_contradict_each_other_are_infeasible(tmp_path: Path) -> None:
    raw = district()
    raw["sites"] = [{**site, "join": "不鼓励"} for site in raw["sites"]]
    pin = {"site_id": "S1", "date": date(2026, 6, 9), "state": "已公布"}
    raw["pins"] = [
        {"pin_id": "P1", "agency_id": "SCJG", **pin},
        {"pin_id": "P2", "agency_id": "YJJ", **pin},
    ]
    result = run("plan", workbook(tmp_path / "w.xlsx", raw), "--month", MONTH, "--out", tmp_path / "out")
    assert result.exit_code == 3, result.output
    assert "join.not" in result.stdout
    assert not (tmp_path / "out").exists()


def test_strict_refuses_where_there_are_errors(tmp_path: Path) -> None:
    raw = district()
    raw["filings"].append({**raw["filings"][0], "filing_id": "F-X", "agency_id": "NOBODY"})
    source = workbook(tmp_path / "w.xlsx", raw)
    first = run("plan", source, "--month", MONTH, "--out", tmp_path / "a")
    assert first.exit_code == 1, "a filing of an unknown agency leads to no task"
    assert (tmp_path / "a" / "plan.json").exists()
    result = run("plan", source, "--month", MONTH, "--out", tmp_path / "b", "--strict")
    assert result.exit_code == 1
    assert not (tmp_path / "b").exists()


def test_interrupted_writing_leaves_what_was_there(
    month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert run("plan", month.source, "--month", MONTH, "--out", out).exit_code == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}

    def cut_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.service.files.outputs.write_html", cut_off)
    result = run("plan", month.source, "--month", MONTH, "--out", out)
    assert result.exit_code == 130
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_engines_and_checks_at_odds_is_a_code_of_its_own(
    month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disagree(*_: object, **__: object) -> None:
        raise MismatchError("求解与核验不一致")

    monkeypatch.setattr("planner.service.month.planning.solve_month", disagree)
    result = run("plan", month.source, "--month", MONTH, "--out", tmp_path / "out")
    assert result.exit_code == 4
    assert not (tmp_path / "out").exists()


def test_unexpected_error_goes_to_a_log_not_to_the_screen(
    month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("planner.service.month.planning.solve_month", break_down)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = run("plan", month.source, "--month", MONTH, "--out", tmp_path / "out")
    assert result.exit_code == 70
    assert "Traceback" not in result.output
    (log,) = tmp_path.glob("planner-error-*.log")
    assert log.name in result.stderr
    assert "ZeroDivisionError: inside" in log.read_text(encoding="utf-8")


def test_an_outsider_counts_the_steps_again(month: Month) -> None:
    """Plan file and report say the same as the rows, and the console leads with first-come."""
    (page,) = month.out.glob("*.html")
    counts, found = recount_standalone.check(str(month.plan), str(page))
    assert found == []
    assert list(counts) == ["alone", "chance", "filed", "first_come", "ours", "limit"]
    avoided = counts["first_come"] - counts["ours"]
    assert f"与先到先并相比少入企 {avoided} 次" in month.printed.replace("\n", "")
