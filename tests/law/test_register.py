"""A rule of the plan lives once: the register holds all of it, and nothing else lists rules."""

from __future__ import annotations

import ast
import importlib
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import api
import planner
from api.desk.library.site_models import Domain
from planner.checks import check_plan
from planner.domain.plan import LEFT_OUT, Plan
from planner.law.register import RULES, enter
from planner.law.rule import Rule
from planner.law.rules.dates import WINDOW
from planner.law.words import Blocked
from planner.rulebook.book import load_rulebook
from planner.rulebook.nouns import Phase
from planner.rulebook.offices import DOMAINS, EMERGENCY, FIRE, cited, cited_by_domain, every_clause

ROOTS = (Path(planner.__file__).parent, Path(api.__file__).parent)
WORDS = {"window", "blackout"}
"""Rule ids that are plain words as well: names of columns and fields too, so finding them says nothing."""
BY_DAY = [rule for rule in RULES.values() if rule.check]


def code() -> list[Path]:
    """Return the code that must not list rules: all but the rules' own files and the reference model.

    The reference model shares nothing with what it is held against, not even names.
    """
    apart = (ROOTS[0] / "law" / "rules", ROOTS[0] / "reference")
    return [p for root in ROOTS for p in sorted(root.rglob("*.py")) if not any(a in p.parents for a in apart)]


def strings(path: Path) -> set[str]:
    """Return the string constants of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_nothing_but_rule_files_and_the_rulebook_names_a_rule() -> None:
    found = [f"{path.name}: {rule}" for path in code() for rule in strings(path) & (RULES.keys() - WORDS)]
    assert not found


def test_the_register_holds_the_rulebooks_rules_of_the_plan() -> None:
    version = load_rulebook().at(date(2026, 6, 1))
    assert set(RULES) == {rule.id for rule in version.rules if rule.phase is Phase.CONSTRAINT}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_what_knows_a_rule_inside_out_exists(rule: Rule) -> None:
    for name in rule.inside:
        thing: object = planner
        path = "planner"
        for step in name.split(".")[1:]:
            path += "." + step
            thing = getattr(thing, step, None) or importlib.import_module(path)
        assert thing is not None


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_a_remedy_is_there_in_both_languages(rule: Rule) -> None:
    assert rule.remedy.zh
    assert rule.remedy.en
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in rule.remedy.en)


@pytest.mark.parametrize("rule", BY_DAY, ids=lambda rule: rule.id)
def test_an_example_breaks_its_own_rule_and_no_other(rule: Rule) -> None:
    assert rule.example is not None
    case = rule.example.case()
    lawful, unlawful = (
        Plan(np.array([answers[task.id] for task in case.tasks], dtype=np.int64))
        for answers in (rule.example.lawful, rule.example.unlawful)
    )
    assert check_plan(case, lawful) == ()
    assert {v.rule for v in check_plan(case, unlawful)} == {rule.id}


@pytest.mark.parametrize("rule", BY_DAY, ids=lambda rule: rule.id)
def test_a_violation_is_put_in_words_in_both_languages(rule: Rule) -> None:
    assert rule.example is not None
    case = rule.example.case()
    day = np.array([rule.example.unlawful[task.id] for task in case.tasks], dtype=np.int64)
    task = max(range(case.n_tasks), key=lambda t: (day[t], t))
    before = day.copy()
    before[task] = LEFT_OUT
    (violation, *_) = check_plan(case, Plan(day))
    zh, en = rule.words(Blocked(case, task, before, max(0, int(day[task])), violation))
    assert zh
    assert en
    assert zh != en


SPOILT = {
    "an id that is taken": {"order": 1},
    "a place that is taken": {"id": "another"},
    "a check without a constraint": {"constraint": None},
    "a constraint without a check": {"check": None},
    "no example": {"example": None},
    "nothing for the kernel": {"barred": None},
}


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT.keys())
def test_a_rule_with_a_part_forgotten_is_refused(spoilt: dict[str, object]) -> None:
    given = {"id": "another", "order": 1} if not {"id", "order"} & spoilt.keys() else {}
    with pytest.raises(ValueError, match="rule "):
        enter(replace(WINDOW, **{**given, **spoilt}))  # type: ignore[arg-type]
    assert "another" not in RULES


ANNEX = re.compile(r"(?<![\w-])(?:A(?:0[1-9]|1[0-4])|D-\d)(?!\w)")
"""An annex's number, or a clause's id."""
SAID = {"commands/rule.py": "help that shows what ids look like", "law/example.py": "the made-up cases of examples"}


def said(path: Path) -> set[str]:
    """Return the string constants of a file but for what documents it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bodies = (body for node in ast.walk(tree) if isinstance(body := getattr(node, "body", None), list))
    documenting = {id(line.value) for body in bodies for line in body if isinstance(line, ast.Expr)}
    constants = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in documenting)
    return {n.value for n in constants if isinstance(n.value, str)}


def test_no_annex_and_no_clause_stands_in_code() -> None:
    """They are the rulebook's; shapes of the interface show them in examples."""
    shapes = [path for path in code() if path.is_relative_to(ROOTS[1]) and "models" in str(path)]
    left = [p for p in code() if p not in shapes and "rulebook" not in p.parts and "/".join(p.parts[-2:]) not in SAID]
    found = [f"{path.name}: {text[:60]}" for path in left for text in said(path) if ANNEX.search(text)]
    assert not found


def test_what_offices_do_is_cited_by_clauses_that_exist() -> None:
    version = load_rulebook().at(date(2026, 6, 1))
    domains = [number for number, _ in DOMAINS]
    assert domains == sorted({clause.doc for clause in version.clauses} - {"D"})
    assert {FIRE, EMERGENCY} <= set(domains)
    assert all(cited(step) for step in CITED)
    assert all(cited_by_domain(step) for step in BY_DOMAIN)
    for clause in every_clause():
        assert version.clause(clause)
    for step in BY_DOMAIN:
        assert all(version.clause(c).doc == doc for doc, clauses in cited_by_domain(step).items() for c in clauses)
    assert set(get_args(Domain)) == set(domains)


CITED = (
    *("file-first", "merging", "joining", "declining", "theme-leads", "fire-leads"),
    *("warned-this-month", "warned-off-site", "joint-plan", "supervision-letter", "burden-between-sites"),
)
BY_DOMAIN = ("late-code", "late-code-open", "merged", "merging", "joining", "declining", "usual-deadline")
