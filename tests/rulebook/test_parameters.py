"""Every parameter that says it can be switched is read by some code; one that nobody reads would promise too much."""

from __future__ import annotations

import ast
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import planner
from planner.rulebook.book import load_rulebook

ROOT = Path(planner.__file__).parent
SWITCHABLE = [
    (rule.id, param.name)
    for rule in load_rulebook().at(date(2026, 6, 1)).rules
    for param in rule.params
    if param.switchable
]


@cache
def strings_by_file() -> tuple[frozenset[str], ...]:
    """Return the string constants of each file of the planner's code outside the rulebook itself."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        if path.parent != ROOT / "rulebook":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found.append(
                frozenset(n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
            )
    return tuple(found)


@pytest.mark.parametrize(("rule", "name"), SWITCHABLE)
def test_each_switchable_parameter_is_read(rule: str, name: str) -> None:
    assert any({rule, name} <= strings for strings in strings_by_file()), f"no file reads {rule}.{name}"
