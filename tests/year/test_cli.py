"""A year on the command line: planned around a published month, verified, and taken apart into its months."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.cli.district import MONTH, content, run, workbook


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a source, its month in `june` and its year around that in `year`."""
    here = tmp_path_factory.mktemp("year")
    source = workbook(here / "来源.xlsx")
    month = run("plan", source, "--month", MONTH, "--out", here / "june")
    assert month.exit_code == 0, month.output
    year = run("year", source, "--year", "2026", "--published", here / "june", "--out", here / "year")
    assert year.exit_code == 0, year.output
    return here


def _plan(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = content(folder / name / "plan.json")
    return found


def test_the_published_month_stands_in_the_year_as_it_was(folder: Path) -> None:
    june, year = _plan(folder, "june"), _plan(folder, "year")
    assert year["month"] == f"{MONTH}~12"
    done = {task: day for task, day in june["plan"].items() if day[:4] == "2026"}
    assert {task: day for task, day in year["plan"].items() if day[:7] == MONTH} == done
    assert next((m["month"], m["published"]) for m in year["months"] if m["tasks"]) == (MONTH, True)
    assert year["summary"]["violations"] == 0
    assert year["duty"] == []


def test_a_year_is_verified_without_solving_and_a_changed_one_is_refused(folder: Path) -> None:
    verified = run("verify", folder / "year" / "plan.json")
    assert verified.exit_code == 0, verified.output
    changed = _plan(folder, "year")
    task = next(task for task, day in changed["plan"].items() if day[:7] == MONTH)
    changed["plan"][task] = "out"
    other = folder / "year" / "changed.json"
    other.write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
    refused = run("verify", other)
    assert refused.exit_code == 1
    assert "pin.fixed" in refused.output
    freed = _plan(folder, "year") | {"given": None}
    other.write_text(json.dumps(freed, ensure_ascii=False), encoding="utf-8")
    assert run("verify", other).exit_code == 1
    other.unlink()


def test_the_workbook_opens_with_the_year_by_months_and_agencies(folder: Path) -> None:
    book = load_workbook(folder / "year" / f"年度计划-{MONTH}~12.xlsx")
    year, sheet = _plan(folder, "year"), book["年历"]
    rows = {str(row[0]): row[1:] for row in sheet.iter_rows(values_only=True) if row and row[0]}
    entries = [month["entries"] for month in year["months"]]
    assert list(rows["入企（次）"])[: len(entries) + 1] == [*entries, sum(entries)]
    assert sum(entries) == year["objective"]["entries"]
    assert rows["状态"][0] == "已公布"


def test_a_month_planned_with_a_year_plan_says_so_and_is_verified(folder: Path) -> None:
    source = folder / "来源.xlsx"
    assert run("year", source, "--year", "2026", "--from", MONTH, "--out", folder / "draft").exit_code == 0
    draft = folder / "draft" / "plan.json"
    planned = run("plan", source, "--month", MONTH, "--year-plan", draft, "--out", folder / "slice")
    assert planned.exit_code == 0, planned.output
    put_there = {task for task, day in _plan(folder, "draft")["plan"].items() if day[:7] == MONTH}
    document = _plan(folder, "slice")
    assert put_there
    assert set(document["given"]["due"]) == put_there
    assert all(document["plan"][task][:7] == MONTH for task in put_there)
    assert run("verify", folder / "slice" / "plan.json").exit_code == 0
    of_another_year = run("plan", source, "--month", "2027-06", "--year-plan", draft, "--out", folder / "none")
    assert of_another_year.exit_code == 2


@pytest.mark.parametrize("words", [("--year", "26"), ("--year", "2026", "--from", "2025-03"), ("--year", "六月")])
def test_no_such_year_is_said_without_a_trace(folder: Path, words: tuple[str, ...]) -> None:
    refused = run("year", folder / "来源.xlsx", *words, "--out", folder / "none")
    assert refused.exit_code == 2
    assert "计划期" in refused.output


def test_a_changed_published_plan_is_refused(folder: Path) -> None:
    changed = _plan(folder, "june") | {"month": "2026-01"}
    (folder / "changed.json").write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
    words = ("--year", "2026", "--published", folder / "changed.json", "--out", folder / "none")
    refused = run("year", folder / "来源.xlsx", *words)
    assert refused.exit_code == 2
    assert "封签" in refused.output
