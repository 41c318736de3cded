"""`template`, `check`, `draw` and `rules`; and input that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.intake.read.reader import read_tables
from tests.cli.conftest import Month
from tests.cli.district import MONTH, content, district, run, workbook


def spoiled(path: Path) -> Path:
    """Write the district with rows that cannot be used, and rows that can."""
    raw = district()
    raw["sites"].append({**raw["sites"][0], "site_id": "S1", "name": "重复"})
    raw["filings"].append({**raw["filings"][0], "filing_id": "F-X", "items": "NO-SUCH"})
    raw["filings"].append({**raw["filings"][0], "filing_id": "F-Z", "window_from": "去年"})
    return workbook(path, raw)


def test_faultless_input_has_no_errors(month: Month) -> None:
    assert run("check", month.source).exit_code == 0
    result = run("check", month.source, "--month", MONTH, "--json", "-")
    values = json.loads(result.stdout)
    assert (result.exit_code, values["counts"]["error"], values["tasks"]) == (0, 0, 10)
    assert values["rows"]["sites"] == 6


def test_spoiled_input_ends_in_findings(tmp_path: Path) -> None:
    result = run("check", spoiled(tmp_path / "w.xlsx"), "--month", MONTH, "--json", tmp_path / "v.json")
    assert result.exit_code == 1
    values = content(tmp_path / "v.json")
    assert values["counts"]["error"] >= 3
    assert {("filings", 5), ("filings", 6)} <= {(f["table"], f["row"]) for f in values["findings"]}
    assert all(f["message"] and f["action"] for f in values["findings"] if f["severity"] == "error")
    assert "检查计划" in result.stdout


def test_good_rows_survive_bad_ones(tmp_path: Path) -> None:
    result = run("plan", spoiled(tmp_path / "w.xlsx"), "--month", MONTH, "--out", tmp_path / "out", "--json", "-")
    assert (result.exit_code, json.loads(result.stdout)["tasks"]) == (1, 10)


def test_nothing_usable_is_no_plan_but_findings(tmp_path: Path) -> None:
    raw = district()
    raw["filings"] = [{**row, "items": "NO-SUCH"} for row in raw["filings"]]
    result = run("plan", workbook(tmp_path / "w.xlsx", raw), "--month", MONTH, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "问题清单" in result.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["check", "plan", "draw"])
@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(lambda path: None, 2, id="missing"),
        pytest.param(lambda path: path.write_bytes(b""), 1, id="empty"),
        pytest.param(lambda path: path.write_bytes(b"no workbook" * 99), 1, id="no workbook"),
        pytest.param(lambda path: path.mkdir(), 1, id="empty folder"),
    ],
)
def test_unusable_file_ends_in_a_message(
    tmp_path: Path, command: str, make: Callable[[Path], object], code: int
) -> None:
    source = tmp_path / "w.xlsx"
    make(source)
    out = ["--out", tmp_path / "out"] if command != "check" else []
    result = run(command, source, "--month", MONTH, *out, "--json", tmp_path / "v.json")
    assert result.exit_code == code
    assert "错误" in result.stderr
    assert "Traceback" not in result.output
    assert content(tmp_path / "v.json")["exit_code"] == code
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["2026-06-01", "2026-13", "六月", "202-01"])
def test_no_such_month(month: Month, text: str) -> None:
    result = run("check", month.source, "--month", text)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_wrong_arguments_are_told_by_usage() -> None:
    assert run("plan").exit_code == 2
    assert run("--lang", "fr", "rules").exit_code == 2
    assert "Usage" in run("--help").stdout


def test_template_reads_as_empty_tables_and_is_never_replaced_unasked(tmp_path: Path) -> None:
    for path in (tmp_path / "t.xlsx", tmp_path / "t"):
        assert run("template", path).exit_code == 0
        assert read_tables(path).filings == ()
        again = run("template", path)
        assert (again.exit_code, "--force" in again.stderr) == (2, True)
        assert run("template", path, "--force").exit_code == 0


def test_draw_replays_and_is_the_one_in_the_plan(month: Month, tmp_path: Path) -> None:
    file = tmp_path / "draws.json"
    result = run("draw", month.source, "--month", MONTH, "--out", file, "--json", "-")
    values = json.loads(result.stdout)
    assert (values["draws"], values["sites"]) == (1, 3)
    assert file.read_bytes() == (month.out / "draws.json").read_bytes()
    assert values["chain_hash"] == content(file)["chain_hash"]
    assert run("verify", file).exit_code == 0


def test_rules_are_listed_filtered_and_shown() -> None:
    every = json.loads(run("rules", "--json", "-").stdout)["rows"]
    assert {"gap.domain", "join.not", "objective.entries"} <= {row["rule"] for row in every}
    fire = json.loads(run("rules", "--clauses", "--doc", "A03", "--json", "-").stdout)["rows"]
    assert fire
    assert all(row["clause"].startswith("A03") for row in fire)
    encoded = json.loads(run("rules", "--status", "已编码", "--json", "-").stdout)["rows"]
    assert {row["status"] for row in encoded} == {"已编码"}
    assert "gap.domain" in run("rules", "gap.domain").stdout
    assert "合计" in run("rules", "--counts").stdout
    unknown = run("rules", "no.such.rule")
    assert (unknown.exit_code, "Traceback" in unknown.output) == (2, False)
