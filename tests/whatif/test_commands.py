"""`planner whatif` and `planner compare`: files, JSON, exit codes, and that the page holds no markup from outside."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.district import content, run

TEXT = """format: whatif/1
name: one
title: 多一个<b>班组</b>
argues: 值不值
changes:
  - capacity: {unit: SCJG, crews: [0, 1]}
"""


@pytest.fixture(scope="session")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "一.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_grid_is_played_written_and_checked(source: Path, plan_file: Path, scenario: Path, tmp_path: Path) -> None:
    values = tmp_path / "values.json"
    result = run("whatif", plan_file, scenario, "--case", source, "--out", tmp_path / "out", "--json", values)
    assert result.exit_code == 0, result.output
    assert "同口径入企次数" in result.stdout
    assert "没有改动任何数据" in result.stdout  # no crew more is no change, and is told
    told = content(values)
    assert [one["scenario"]["point"] for one in told["scenarios"]] == [
        {"changes.0.capacity.crews": 0}, {"changes.0.capacity.crews": 1}
    ]  # fmt: skip
    page = (tmp_path / "out" / "情景推演.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;班组&lt;/b&gt;" in page
    assert "<b>班组" not in page
    book = openpyxl.load_workbook(tmp_path / "out" / "情景推演.xlsx")
    assert book.sheetnames == ["情景对比", "分级", "数字", "企业", "街镇", "主体", "变动", "改动的数据"]
    assert book["情景对比"].max_row == 3
    book.close()
    documents = [path for path in sorted((tmp_path / "out").glob("*.json")) if "crews" in path.name]
    assert len(documents) == 2
    checked = run("whatif", plan_file, "--case", source, *(x for d in documents for x in ("--check", d)))
    assert checked.exit_code == 0, checked.output
    assert "复算一致" in checked.stdout
    spoiled = json.loads(documents[1].read_text(encoding="utf-8"))
    spoiled["same_service"]["effect"]["high"] += 1
    documents[1].write_text(json.dumps(spoiled), encoding="utf-8")
    refused = run("whatif", plan_file, "--case", source, "--check", documents[1])
    assert refused.exit_code == 1
    assert "区间不符" in refused.stdout


def test_a_plan_compared_with_itself_has_no_effect(source: Path, plan_file: Path, tmp_path: Path) -> None:
    values = tmp_path / "values.json"
    result = run(
        "compare", plan_file, plan_file, "--case", source, "--second-case", source, "--out", tmp_path / "out",
        "--json", values,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    told = content(values)
    assert (told["same_service"]["effect"]["low"], told["same_service"]["effect"]["high"]) == (0, 0)
    assert told["moved"]["tasks"] == told["moved"]["new"] == told["moved"]["gone"] == 0
    assert (tmp_path / "out" / "情景推演.html").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [("name: one\ntitel: t\nchanges: []\n", "第 2 行"), ("name: one\ntitle: t\nchanges:\n  - grades: {}\n", "第 4 行")],
)
def test_a_bad_file_is_told_with_its_line(source: Path, plan_file: Path, tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    result = run("whatif", plan_file, path, "--case", source)
    assert result.exit_code == 2
    assert told in result.output


def test_arguments_that_make_no_sense_are_refused(
    source: Path, plan_file: Path, scenario: Path, tmp_path: Path
) -> None:
    assert run("whatif", plan_file, "--case", source).exit_code == 2
    assert run("whatif", plan_file, scenario, "--case", source, "--depth", "deep").exit_code == 2
    assert run("whatif", plan_file, tmp_path / "none.yaml", "--case", source).exit_code == 2
    assert run("whatif", plan_file, "--case", source, "--check", scenario).exit_code == 2


def test_the_worth_of_crews_is_listed_and_what_is_found_is_no_more_than_can_be(
    source: Path, plan_file: Path, tmp_path: Path
) -> None:
    values = tmp_path / "worth.json"
    result = run("whatif", plan_file, "--worth", "--case", source, "--json", values)
    assert result.exit_code == 0, result.output
    told = content(values)["worth"]
    weeks = {(row["from"], row["to"]) for row in told["crews"]}
    units = {row["unit"] for row in told["crews"]}
    assert len(told["crews"]) == len(weeks) * len(units)
    assert len(weeks) == 5
    for row in told["crews"]:
        assert row["zh"].count("至多") == 1 + (row["serves_at_most"] is not None)
        if row["found"]:
            assert row["found"]["saves"] <= row["saves_at_most"]
    if not any(row["saves_at_most"] or row["serves_at_most"] for row in told["crews"]):
        assert "已证明" in result.stdout
