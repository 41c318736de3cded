"""The steps from alone to the limit, recounted by the file that knows nothing of this program."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.checks import check_plan
from planner.checks.certificate import recompute_bound
from planner.checks.common import case_of_common, common_tasks, joint_visits_met
from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.result import DayTests, Level, MonthResult
from planner.explain.counterfactuals import common_limit, compared_tasks, counterfactuals
from planner.report import recount_standalone
from planner.report.figures.before_after import before_after
from planner.report.figures.comparison import comparison_json
from planner.report.figures.kpis import month_kpis
from planner.report.figures.summary import summary_json, visits_json
from planner.report.figures.wording import day_tests_text, given_back_text, left_out_text, proof_text, status_text
from planner.report.page.html import render_html
from planner.service.month.planning import days_text
from planner.solve.match import solve_match
from tests.report.month import result_of
from tests.report.steps import EXPECTED, OURS, case_of_steps, result_of_steps
from tests.solve.hand import days_of, month
from tests.solve.lawful import lawful_case
from tests.tiny import task

SCRIPT = Path(recount_standalone.__file__)
Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def result() -> MonthResult:
    return result_of_steps()


@pytest.fixture(scope="module")
def document(result: MonthResult) -> dict[str, Any]:
    """What a plan file has of the comparison."""
    assert result.plan is not None
    assert result.common_limit is not None
    kpis, days = month_kpis(result), days_text(result.case, result.plan.day)
    return {
        "plan": dict(zip((t.id for t in result.case.tasks), days, strict=True)),
        "comparison": comparison_json(result, kpis),
        "common_limit": {"level": "entries", "bound": result.common_limit.bound},
        "summary": json.loads(json.dumps(summary_json(result, kpis))),
        "visits": visits_json(result),
    }


def test_each_step_is_counted_on_the_same_tasks(result: MonthResult) -> None:
    compared = before_after(result, month_kpis(result))
    assert {row.scheme: row.entries_common for row in compared.rows} == EXPECTED
    assert [row.saved for row in compared.rows] == [None, 1, 1, 2, 1, 0]
    assert (compared.common_tasks, compared.other_tasks) == (10, 2)
    first, ours = compared.row("first_come"), compared.row("ours")
    assert first is not None
    assert ours is not None
    assert (first.avoided, first.left_out, first.later) == (1, 1, 0)
    assert [(one.strength, one.tasks, one.weight) for one in first.left_out_by] == [
        ("mandatory", 1, 9),
        ("accepted", 0, 0),
        ("optional", 0, 0),
    ]
    assert (ours.entries_all, ours.left_out, ours.later) == (7, 0, 1)


def test_the_recount_agrees_with_plan_and_report(document: dict[str, Any], result: MonthResult, tmp_path: Path) -> None:
    """Copied away and run with -I: no planner on the path, no environment."""
    plan, page, script = tmp_path / "plan.json", tmp_path / "page.html", tmp_path / "recount.py"
    plan.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    page.write_text(render_html(result, month_kpis(result)), encoding="utf-8")
    script.write_bytes(SCRIPT.read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(plan), str(page)], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "复算一致 / VERIFIED" in done.stdout
    assert recount_standalone.check(str(plan), str(page)) == (EXPECTED, [])


def _step(name: str, key: str, by: int) -> Change:
    def change(document: dict[str, Any]) -> None:
        step = next(one for one in document["comparison"]["steps"] if one["step"] == name)
        step[key] += by

    return change


def _cell(task_id: str, column: str, value: str) -> Change:
    def change(document: dict[str, Any]) -> None:
        told = document["comparison"]
        row = next(one for one in told["rows"] if one[0] == task_id)
        row[told["columns"].index(column)] = value

    return change


def _avoided(document: dict[str, Any]) -> None:
    document["summary"]["entries_avoided"]["first_come"] += 1
    document["summary"]["counterfactuals"]["first_come"]["avoided"] += 1


TAMPERED: list[tuple[Change, str]] = [
    *((_step(name, "entries", 1), "step") for name in EXPECTED),
    *((_step(name, "saved", 1), "saved") for name in list(EXPECTED)[1:]),
    (_cell("4c", "first_come", "2026-06-01"), "step"),
    (_cell("3c", "alone", "2026-06-01"), "step"),
    (_cell("1b", "agency", "a"), "step"),
    (_cell("2b", "filed", "out"), "tasks"),
    (_cell("5b", "ours", "2026-06-01"), "rows"),
    (lambda d: d["comparison"]["rows"].pop(), "rows"),
    (lambda d: d["comparison"]["not_in_month"]["first_come"].update(left_out=0), "missing"),
    (lambda d: d["comparison"]["tasks"].update(compared=11), "tasks"),
    (lambda d: d["visits"].pop(), "visits"),
    (lambda d: d["common_limit"].update(bound=6), "limit"),
    (lambda d: d["common_limit"].update(bound=4), "step"),
    (lambda d: d["summary"]["counterfactuals"]["alone"].update(entries_common=11), "step"),
    (_avoided, "avoided"),
    (lambda d: d["comparison"]["columns"].remove("ours"), "file"),
    (lambda d: d.pop("comparison"), "file"),
]


@pytest.mark.parametrize(("change", "code"), TAMPERED)
def test_a_tampered_figure_is_found(document: dict[str, Any], tmp_path: Path, change: Change, code: str) -> None:
    mutant = copy.deepcopy(document)
    change(mutant)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(mutant), encoding="utf-8")
    _, found = recount_standalone.check(str(path))
    assert code in {code for code, _ in found}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('data-step="first_come" data-entries="6"', 'data-step="first_come" data-entries="7"'),
        ('data-entries="6"><td>先到先并</td><td class="num">6', 'data-entries="6"><td>先到先并</td><td class="num">7'),
        ('data-step="chance"', 'data-step="luck"'),
        ("data-step", "data-stop"),
    ],
)
def test_a_report_that_says_something_else_is_found(
    document: dict[str, Any], result: MonthResult, tmp_path: Path, old: str, new: str
) -> None:
    plan, page = tmp_path / "plan.json", tmp_path / "page.html"
    plan.write_text(json.dumps(document), encoding="utf-8")
    source = render_html(result, month_kpis(result))
    assert old in source
    page.write_text(source.replace(old, new), encoding="utf-8")
    _, found = recount_standalone.check(str(plan), str(page))
    assert {code for code, _ in found} & {"report", "html"}


def test_the_script_imports_nothing_but_the_standard_library_and_has_words_for_all_it_finds() -> None:
    lines = SCRIPT.read_text("utf-8").splitlines()
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import", "from"))}
    assert imported
    assert imported <= sys.stdlib_module_names
    assert {code for _, code in TAMPERED} | {"report", "html"} == recount_standalone.MESSAGES.keys()


def test_company_is_compared_whole_or_not_at_all() -> None:
    """A joint group of which one is not served, and a follower of a fire check that is not, are not compared."""
    case = month(
        [
            task("a", "s1", "a", joint_group="J"),
            task("b", "s1", "b", domain="A02", joint_group="J"),
            task("f", "s2", "c", domain="A04", fire=True),
            task("g", "s2", "a", follows_fire=True, joint_group="K"),
            task("h", "s2", "b", domain="A02", joint_group="K"),
            task("z", "s3", "a"),
        ]
    )
    everything = days_of(case, dict.fromkeys("abfghz", 0))
    without = everything.copy()
    without[[t.id in ("b", "f") for t in case.tasks]] = LEFT_OUT
    ids = np.array([t.id for t in case.tasks])
    assert set(ids[common_tasks(case, [everything])]) == set("abfghz")
    assert set(ids[common_tasks(case, [everything, without])]) == {"z"}


@pytest.mark.parametrize("seed", range(25))
def test_our_plan_cut_down_to_the_compared_tasks_stays_lawful_and_above_their_limit(seed: int) -> None:
    """On random cases with every rule: the case of the compared tasks is one in which our plan's part is lawful."""
    case = lawful_case(seed, n_tasks=6)
    plan = solve_match(case, seed).plan
    assert plan is not None
    others = counterfactuals(case, plan, seed, acceptances=())
    served = compared_tasks(case, plan, others)
    part, day = case_of_common(case, served), Plan(plan.day[served])
    assert check_plan(part, day) == ()
    limit = common_limit(case, plan, others)
    assert (limit is None) == (not served.any())
    if limit is not None:
        assert recompute_bound(part, limit) == limit.bound <= others[0].ours_common


def test_what_is_left_out_is_told_in_tasks_and_points(result: MonthResult) -> None:
    first = month_kpis(result).against("first_come")
    assert first is not None
    assert left_out_text(first.left_out_by) == "1 项任务（必须 1 项/9 权重分）"
    assert left_out_text(first.left_out_by, "en") == "1 tasks (mandatory 1 tasks/9 points)"
    assert left_out_text(month_kpis(result).left_out_by) == "0 项任务"


def test_status_and_days_given_back_are_told(result: MonthResult) -> None:
    assert "未证明最优：入企（本月与顺延合计，次） 取值 7，下限 6" in status_text(result)
    assert "已证明最优" in status_text(result_of())
    told = given_back_text(result)
    assert "撮合日期时入企 6 次；1 个单位日" in told
    assert "排定后为 7 次：入企 +1 次，未安排（必须/应当/可选）+0/+0/+0 权重分" in told
    assert given_back_text(result_of()) == ""
    assert "一并精确重排后为 7 次：入企 +1 次" in given_back_text(replace(result, cuts=()))
    assert "没有退回的日子" in given_back_text(replace(result, cuts=(), matched=result.objective))


def test_tests_without_an_answer_are_told_as_such(result: MonthResult) -> None:
    assert day_tests_text(result) == ""
    tested = replace(result, day_tests=DayTests(yes=40, no=1, unknown=2))
    assert "精确判定 43 次：能 40 次，不能 1 次；其中 2 次无定论" in day_tests_text(tested)
    assert "其中 2 次无定论" in render_html(tested, month_kpis(tested))


def test_what_is_not_proven_says_so() -> None:
    """Met by a price list or a solver, not met, no bound at all: four words, never a dash."""
    bounds = ((6, None, 0.0, "certificate"), (None, 6, 0.0, "solver"), (5, None, 1 / 6, ""), (None, None, None, ""))
    told = [proof_text(Level("entries", 6, *one)) for one in bounds]
    assert told == ["已证明：价目表，可复算", "已证明：求解器，不可复算", "未证明最优", "未算出下限"]
    stopped = [proof_text(Level("entries", 6, 5, None, 1 / 6, "", why)) for why in ("work", "clock")]
    assert stopped == [
        "未证明最优（下限算到工作量上限为止，多算可能更高）",
        "未证明最优（下限被提前停止，多算可能更高）",
    ]


def test_ours_by_hand_is_what_it_says(result: MonthResult) -> None:
    assert result.plan is not None
    assert check_plan(result.case, result.plan) == ()
    assert result.plan.day.tolist() == days_of(case_of_steps(), OURS).tolist()


def test_agencies_that_meet_by_chance_are_no_joint_visit(result: MonthResult) -> None:
    """Of the filed step only s2 is joint, not s1, where two agencies come on one day by chance."""
    case = result.case
    filed = next(one.day for one in result.counterfactuals if one.name == "filed")
    assert joint_visits_met(case, filed, filed >= 0, filed=True) == 1
    assert joint_visits_met(case, filed, filed >= 0, filed=False) == 2
    assert result.plan is not None
    joint = sum(visit.joint for visit in result.visits)
    assert joint_visits_met(case, result.plan.day, result.plan.day >= 0, filed=False) == joint == 4
