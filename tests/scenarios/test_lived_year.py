"""The lived year in small: two months of a small district, from filings to the recounted evaluation."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.domain.calendar import month_bounds
from scenarios.lived.results import Stay, results_of

SITES, MONTHS = 500, 2


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("lived")
    words = ["demo-year", "--out", str(folder), "--sites", str(SITES), "--months", str(MONTHS), "--json", "-"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.stderr
    return folder, json.loads(done.stdout)


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / "input" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_months_are_planned_lived_and_recounted(lived: tuple[Path, dict[str, Any]]) -> None:
    folder, told = lived
    assert told["recounted"]
    assert [one["month"] for one in told["months"]] == ["2026-01", "2026-02"]
    assert all(one["visits"] > 0 for one in told["months"])
    assert told["results"] == len(rows(folder, "results")) > 50
    for period in ("2026-H1", "2026-H2", "2026"):
        assert (folder / "evaluation" / period / "evaluation.xlsx").is_file()


def test_results_are_those_of_the_plans(lived: tuple[Path, dict[str, Any]]) -> None:
    """Each planned on-site result, but a further visit, is a visit of its month's plan; most visits have a result."""
    folder, _ = lived
    for month in ("2026-01", "2026-02"):
        plan = json.loads((folder / "months" / month / "plan.json").read_text(encoding="utf-8"))
        visited = {(visit["site"]["id"], visit["day"]) for visit in plan["visits"]}
        first, last = (day.isoformat() for day in month_bounds(month))
        made = {
            (row["site_id"], row["date"])
            for row in rows(folder, "results")
            if row["trigger"] == "planned" and row["mode"] == "on_site" and row["visit_no"] == "1"
            if first <= row["date"] <= last
        }
        assert made <= visited
        assert len(made) > 0.5 * len(visited)


def test_what_goes_wrong_is_there(lived: tuple[Path, dict[str, Any]]) -> None:
    """Problems found off-site open a visit in the next month, results come late, plans are opposed and refused."""
    folder, _ = lived
    results = rows(folder, "results")
    count = Counter(row["result"] for row in results)
    assert count["problem"] > 5
    assert count["no_show"] > 0
    off = {
        (row["site_id"], row["agency_id"])
        for row in results
        if row["mode"] == "off_site" and row["result"] == "problem" and row["date"] < "2026-02-01"
    }
    opened = {(row["site_id"], row["agency_id"]) for row in results if row["source"] == "remote"}
    assert opened == off
    outcomes = Counter(row["outcome"] for row in rows(folder, "filing_steps"))
    assert outcomes["opinion"] > 0
    assert outcomes["refuse"] > 0


def test_an_off_site_problem_opens_a_triggered_check_of_the_month_after() -> None:
    days = tuple(date(2026, 3, 2) + timedelta(days=n) for n in range(60))
    stays = [Stay(f"S{n}", days[n % 20], "WL", "WL", "F1", ("I1",), off_site=True) for n in range(60)]
    march = results_of("2026-03", stays, (), days, 7)
    assert 0 < len(march.opened) < len(stays)
    assert {row["mode"] for row in march.results} == {"off_site"}
    april = results_of("2026-04", (), march.opened, days, 7)
    assert [row["site_id"] for row in april.results] == [stay.site for stay in march.opened]
    assert {(row["mode"], row["trigger"], row["source"]) for row in april.results} == {
        ("on_site", "triggered", "remote")
    }


def test_codes_and_records_come_late_now_and_then() -> None:
    days = tuple(date(2026, 3, 2) + timedelta(days=n) for n in range(60))
    stays = [Stay(f"S{n}", days[n % 20], "WL", "WL", "F1", ("I1", "I2"), ("P1",), "09:00", "10:00") for n in range(600)]
    found = results_of("2026-03", stays, (), days, 7)
    first = [row for row in found.results if row["trigger"] == "planned" and row["visit_no"] == 1]
    assert len(first) < len(stays)  # some were never carried out
    assert [row for row in first if not row["check_code"]]
    assert [row for row in first if str(row["code_applied_at"])[:10] > str(row["date"])]
    assert [row for row in found.results if row["visit_no"] == 2 and row["prior_code"] == row["check_code"]]
    assert {"clear", "problem", "untouched"} == {line["finding"] for line in found.lines}


def test_a_month_knows_nothing_of_the_months_after(lived: tuple[Path, dict[str, Any]]) -> None:
    """No filing that came after the last month is among the tables that it was planned from."""
    folder, _ = lived
    assert max(row["filed_on"] for row in rows(folder, "filings")) < "2026-03-01"
    assert not [row for row in rows(folder, "filings") if row["window_from"] > "2026-03-31"]


def test_the_same_seed_makes_the_same_results(lived: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, _ = lived
    words = ["demo-year", "--out", str(tmp_path), "--sites", str(SITES), "--months", "1"]
    assert CliRunner().invoke(app, words).exit_code == 0
    january = [row for row in rows(folder, "results") if row["result_id"].startswith("R-2601")]
    assert january == rows(tmp_path, "results")
