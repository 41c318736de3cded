"""Every rule has something that shows it letting something lawful pass, and something that shows it stopping something.

For a rule of the plan that is the example it carries (`tests/law` tries them), for others a marked test of each kind.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from planner.law.register import RULES as RULES_OF_PLANS
from planner.rulebook.book import load_rulebook

TESTS = Path(__file__).parents[1]
RULES = [rule.id for rule in load_rulebook().at(date(2026, 6, 1)).rules]


def marks(source: str) -> Iterator[tuple[str, str]]:
    """Yield (mark, rule) of each `lawful("rule")` and `unlawful("rule")` that the source calls."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("lawful", "unlawful")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.func.id, str(node.args[0].value)


@cache
def marked() -> dict[str, set[str]]:
    """Return the marks of each rule over all test files."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(TESTS.rglob("test_*.py")):
        for mark, rule in marks(path.read_text(encoding="utf-8")):
            found[rule].add(mark)
    return found


def test_marks_are_read_from_code_not_from_text() -> None:
    source = '"""lawful("in.text")"""\n@lawful("a")\ndef f(): ...\nx = [unlawful("b"), other("c"), lawful(name)]\n'
    assert sorted(marks(source)) == [("lawful", "a"), ("unlawful", "b")]


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_a_lawful_and_an_unlawful_test(rule: str) -> None:
    if rule in RULES_OF_PLANS and RULES_OF_PLANS[rule].example is not None:
        return
    missing = {"lawful", "unlawful"} - marked().get(rule, set())
    assert not missing, f"{rule} has no {' and no '.join(sorted(missing))} test"


def test_marks_name_rules_that_exist() -> None:
    unknown = set(marked()) - set(RULES) - {"a", "b"}
    assert not unknown
