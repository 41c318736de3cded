"""`verify`: what was written holds, and every kind of tampering is found, even under a fresh seal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.service.files.plan_file import seal_of
from tests.cli.conftest import Month
from tests.cli.district import MONTH, content, district, run, workbook

Change = Callable[[dict[str, Any]], object]


def copy_of(month: Month, folder: Path) -> Path:
    """Return the plan file of a copy of all outputs."""
    shutil.copytree(month.out, folder / "out")
    return folder / "out" / "plan.json"


def changed(path: Path, change: Change, seal: bool) -> None:
    """Change the plan file's content, with or without sealing it anew."""
    document = content(path)
    before = json.dumps(document)
    change(document)
    assert json.dumps(document) != before
    if seal:
        document["sha256"] = seal_of(document)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def problems(path: Path, source: Path) -> set[str]:
    """Return the codes of what `verify` finds wrong; its exit code must say the same."""
    result = run("verify", path, "--case", source, "--json", "-")
    values = json.loads(result.stdout)
    errors = {p["code"] for p in values["problems"] if p["severity"] == "error"}
    assert result.exit_code == (1 if errors else 0)
    assert values["ok"] is (not errors)
    return errors


def test_untouched_holds(month: Month) -> None:
    assert problems(month.plan, month.source) == set()
    result = run("verify", month.plan.parent)
    assert result.exit_code == 0, result.output
    assert "核验通过" in result.stdout


def test_contested_parts_are_solved_again(month: Month) -> None:
    result = run("verify", month.plan, "--case", month.source, "--neighbourhoods", 2, "--json", "-")
    values = json.loads(result.stdout)
    assert result.exit_code == 0, result.output
    assert [one["status"] for one in values["neighbourhoods"]] == ["agreed"] * len(values["neighbourhoods"])
    assert values["neighbourhoods"]
    assert "一致" in run("verify", month.plan, "--case", month.source, "--neighbourhoods", 1).stdout


def test_only_plans_have_contested_parts(month: Month) -> None:
    assert run("verify", month.out / "draws.json", "--neighbourhoods", 1).exit_code == 2


def a_date(plan: dict[str, Any]) -> None:
    """Move a task to another working day."""
    task, day = next(iter(plan["plan"].items()))
    plan["plan"][task] = "2026-06-30" if day != "2026-06-30" else "2026-06-29"


def a_weekend(plan: dict[str, Any]) -> None:
    plan["plan"][next(iter(plan["plan"]))] = "2026-06-07"


def a_bound(plan: dict[str, Any]) -> None:
    plan["certificates"][3]["bound"] += 1


def a_level(plan: dict[str, Any]) -> None:
    plan["levels"][3]["bound_certified"] -= 1


def a_solver_bound_too_good(plan: dict[str, Any]) -> None:
    plan["levels"][4]["bound_solver"] = plan["levels"][4]["value"] + 1


def a_price(plan: dict[str, Any]) -> None:
    plan["certificates"][3]["prices"][0][0] += 1


def a_negative_price(plan: dict[str, Any]) -> None:
    plan["certificates"][3]["prices"][0][0] = -1


def a_status(plan: dict[str, Any]) -> None:
    plan["status"] = "feasible"


def an_entry_count(plan: dict[str, Any]) -> None:
    plan["summary"]["entries"] -= 1


def an_agency_at_a_visit(plan: dict[str, Any]) -> None:
    plan["visits"][0]["agencies"].append({"id": "X", "name": "X", "units": [], "items": []})


def a_counterfactual(plan: dict[str, Any]) -> None:
    plan["counterfactuals"][0]["entries_common"] += 5


def a_counterfactual_date(plan: dict[str, Any]) -> None:
    """Make the rival serve nothing."""
    rival = plan["counterfactuals"][1]
    rival["day"] = ["out"] * len(rival["day"])


def a_common_limit(plan: dict[str, Any]) -> None:
    plan["common_limit"]["bound"] += 1


def a_step(plan: dict[str, Any]) -> None:
    plan["comparison"]["steps"][0]["entries"] += 1


def a_hash(plan: dict[str, Any]) -> None:
    plan["plan_hash"] = "0" * 64


def a_setting(plan: dict[str, Any]) -> None:
    plan["settings"]["prep_minutes"] = "0"


TAMPERED: list[tuple[Change, set[str]]] = [
    (a_date, {"differs"}),
    (a_weekend, {"form"}),
    (a_bound, {"certificate", "level"}),
    (a_level, {"level"}),
    (a_solver_bound_too_good, {"level"}),
    (a_price, {"differs"}),
    (a_negative_price, {"certificate"}),
    (a_status, {"status"}),
    (an_entry_count, {"differs"}),
    (an_agency_at_a_visit, {"differs"}),
    (a_counterfactual, {"counterfactual"}),
    (a_counterfactual_date, {"counterfactual"}),
    (a_common_limit, {"certificate"}),
    (a_step, {"differs"}),
    (a_hash, {"differs"}),
    (a_setting, {"differs"}),
]


@pytest.mark.parametrize(("change", "found"), TAMPERED, ids=lambda value: getattr(value, "__name__", ""))
def test_tampering_is_found_even_under_a_fresh_seal(
    month: Month, tmp_path: Path, change: Change, found: set[str]
) -> None:
    path = copy_of(month, tmp_path)
    changed(path, change, seal=True)
    assert found <= problems(path, month.source)


def test_any_change_breaks_the_seal(month: Month, tmp_path: Path) -> None:
    path = copy_of(month, tmp_path)
    changed(path, lambda plan: plan["progress"][0].update(seconds=9.9), seal=False)
    assert problems(path, month.source) == {"seal"}


def test_unlawful_dates_name_the_rule(tmp_path: Path) -> None:
    # Four sites of more than three hours each on one day: two crews of six hours cannot do them.
    raw = district()
    raw["items"][0]["minutes"] = 200
    source, out = workbook(tmp_path / "long.xlsx", raw), tmp_path / "out"
    assert run("plan", source, "--month", MONTH, "--out", out).exit_code == 0
    changed(out / "plan.json", lambda plan: plan.update(plan=dict.fromkeys(plan["plan"], "2026-06-09")), seal=True)
    result = run("verify", out / "plan.json", "--case", source)
    assert result.exit_code == 1
    assert "capacity" in result.stdout


def test_another_source_is_not_the_one_planned(month: Month, tmp_path: Path) -> None:
    raw = district()
    raw["items"][0]["minutes"] = 75
    assert problems(month.plan, workbook(tmp_path / "other.xlsx", raw)) == {"case"}
    result = run("export", month.plan, "--case", tmp_path / "other.xlsx", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_drawn_site_exchanged_is_found_in_draws_and_plan(month: Month, tmp_path: Path) -> None:
    path = copy_of(month, tmp_path)
    file = path.parent / "draws.json"
    draws = content(file)
    stratum = draws["draws"][0]["strata"][0]
    stratum["drawn"][0] = next(f"S{n}" for n in range(1, 7) if f"S{n}" not in stratum["drawn"])
    file.write_text(json.dumps(draws, ensure_ascii=False), encoding="utf-8")
    assert problems(path, month.source) == {"draws"}
    assert run("verify", file).exit_code == 1


def test_draws_of_another_month_or_none_are_found(month: Month, tmp_path: Path) -> None:
    path = copy_of(month, tmp_path)
    assert run("draw", month.source, "--month", "2026-07", "--out", path.parent / "draws.json").exit_code == 0
    assert problems(path, month.source) == {"draws-other"}
    (path.parent / "draws.json").unlink()
    assert problems(path, month.source) == {"draws-missing"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "joint-inspection-plan/1"}', '{"format": "x"}'])
def test_what_is_no_plan_and_no_draws_ends_in_a_message(month: Month, tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.json"
    path.write_text(text, encoding="utf-8")
    result = run("verify", path, "--case", month.source)
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output
    assert result.stdout + result.stderr


def test_plan_moved_away_from_its_source_asks_for_it(month: Month, tmp_path: Path) -> None:
    result = run("verify", copy_of(month, tmp_path))
    assert result.exit_code == 2
    assert "--case" in result.stderr
