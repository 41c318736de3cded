"""Examples of each rule, asked anew: what it lets pass and what it stops. One that no longer holds is a fault."""

from __future__ import annotations

import ast
import csv
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from planner.checks import check_plan
from planner.domain.case import Case
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.intake.make.prepare import prepare_month
from planner.intake.month.outcome import Prepared
from planner.intake.read.reader import read_tables
from planner.intake.words.catalogue import finding_types, render
from planner.law.register import RULES
from planner.law.rule import Example
from planner.law.violation import Violation
from planner.law.words import Blocked
from planner.rulebook.book import DATA
from planner.rulebook.nouns import RulebookVersion

MONTH = "2026-06"
TESTS = Path(__file__).parents[3]
"""What the paths of tests begin at: the repository."""
Rows = Mapping[str, Sequence[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is lawful and what is not by one rule, in words; `faults` say what does not hold any more."""

    lawful: tuple[str, ...]
    unlawful: tuple[str, ...]
    faults: tuple[str, ...] = ()


def shown_by(law: RulebookVersion) -> dict[str, Shown]:
    """Return the examples of every rule of the law that has one, asked of the code as it is now."""
    found = {rule.id: _of_plan(rule.id, rule.example) for rule in RULES.values() if rule.example is not None}
    data = tomllib.loads((DATA / law.jurisdiction / "examples.toml").read_text(encoding="utf-8"))
    for example in data["example"]:
        found[example["rule"]] = _of_tables(law, data["base"], example)
    for shown in data["shown"]:
        found[shown["rule"]] = _of_tests(shown)
    return found


def _of_plan(rule: str, example: Example) -> Shown:
    case = example.case()
    lawful, unlawful = (check_plan(case, _plan(case, answers)) for answers in (example.lawful, example.unlawful))
    faults = []
    if lawful:
        faults.append(f"{rule}: its lawful example breaks {lawful[0].rule}")
    if {v.rule for v in unlawful} != {rule}:
        faults.append(f"{rule}: its unlawful example breaks {sorted({v.rule for v in unlawful})}")
    said = _reasons(case, example, unlawful)
    return Shown((_told(case, example.lawful),), (_told(case, example.unlawful), *said), tuple(faults))


def _reasons(case: Case, example: Example, unlawful: Sequence[Violation]) -> Iterator[str]:
    """Yield the reason that an office is told of the first day that differs from the lawful example's."""
    plan = _plan(case, example.unlawful)
    for n, task in enumerate(case.tasks):
        d = int(plan.day[n])
        if unlawful and d >= 0 and example.lawful.get(task.id, LEFT_OUT) != d:
            zh, _ = RULES[unlawful[0].rule].words(Blocked(case, n, plan.day, d, unlawful[0]))
            yield f"{task.id} {case.days[d]}：{zh}"
            return


def _plan(case: Case, answers: Mapping[str, int]) -> Plan:
    return Plan(np.array([answers.get(task.id, LEFT_OUT) for task in case.tasks], dtype=np.int64))


def _told(case: Case, answers: Mapping[str, int]) -> str:
    def day(task: str) -> str:
        d = answers.get(task, LEFT_OUT)
        return case.days[d].isoformat() if d >= 0 else "顺延" if d == LATER else "未安排"

    return "；".join(f"{task.id}（{task.unit}，对象 {task.site}）{day(task.id)}" for task in case.tasks)


def _of_tables(law: RulebookVersion, base: Rows, example: Mapping[str, Any]) -> Shown:
    rule, sides, faults = str(example["rule"]), dict[str, tuple[str, ...]](), list[str]()
    law.rule(rule)
    for side in ("lawful", "unlawful"):
        patch: Rows = example.get(side, {})
        prepared = _prepared(law, _patched(base, patch))
        said = tuple(dict.fromkeys(_said(law, prepared, rule, str(example.get("seen_in", "")))))
        if bool(said) != (side == "unlawful"):
            faults.append(f"{rule}: its {side} example makes it say {said or 'nothing'}")
        rows = tuple(
            f"{table}：" + "，".join(f"{k}={v}" for k, v in row.items()) for table in patch for row in patch[table]
        )
        sides[side] = (*(rows or ("基本的一行计划，不作改动",)), *said)
    return Shown(sides["lawful"], (str(example["zh"]), *sides["unlawful"]), tuple(faults))


def _patched(base: Rows, patch: Rows) -> dict[str, list[dict[str, str]]]:
    """Return the base with the rows of the patch; a row with an id that is there (its first cell) changes that one."""
    tables = {table: [dict(row) for row in rows] for table, rows in base.items()}
    for table, rows in patch.items():
        known = tables.setdefault(table, [])
        for row in rows:
            key = next(iter(row))
            same = [one for one in known if one.get(key) == row[key] and key.endswith("_id") and table in base]
            if same:
                same[0].update(row)
            else:
                known.append(dict(row))
    return tables


def _prepared(law: RulebookVersion, tables: Mapping[str, Sequence[Mapping[str, str]]]) -> Prepared:
    with tempfile.TemporaryDirectory() as folder:
        for table, rows in tables.items():
            heads = list(dict.fromkeys(key for row in rows for key in row))
            with (Path(folder) / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, heads)
                writer.writeheader()
                writer.writerows(rows)
        return prepare_month(read_tables(Path(folder)), MONTH, law, seed=1)


def _said(law: RulebookVersion, prepared: Prepared, rule: str, seen_in: str) -> Iterator[str]:
    """Yield what the rule says of a month: its findings, what it removes, and what is to be seen of it elsewhere."""
    yield from ("，".join(render(f)[1:]) for f in prepared.findings if finding_types()[f.code].rule == rule)
    yield from (gone.zh for gone in prepared.removed if gone.rule == rule)
    tasks = prepared.case.tasks if prepared.case is not None else ()
    if seen_in == "off_site":
        yield from (f"任务 {'、'.join(task.items)} 不到场，用非现场方式" for task in prepared.off_site)
    elif seen_in == "clauses":
        cited = {task.id: law.main_clause(rule, task.domain) for task in tasks}
        yield from (f"任务依据 {cited[t.id]}，计划 {'、'.join(t.filings)}" for t in tasks if cited[t.id] in t.clauses)
    elif seen_in == "priority":
        yield from (f"任务优先级为 {task.priority}" for task in tasks if task.priority < 5)


def _of_tests(shown: Mapping[str, str]) -> Shown:
    faults = [
        f"{shown['rule']}: there is no test {shown[side]}"
        for side in ("lawful", "unlawful")
        if shown[side].partition("::")[2] not in _tests_of(TESTS / shown[side].partition("::")[0])
    ]
    return Shown((f"见测试 {shown['lawful']}",), (f"见测试 {shown['unlawful']}",), tuple(faults))


@cache
def _tests_of(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
