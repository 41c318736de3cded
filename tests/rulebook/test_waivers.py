"""A rule that says it can be waived is one whose waivers the intake reads; anything else would be an empty promise."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import planner.intake
from planner.rulebook.book import load_rulebook
from tests.rulebook.named import imported_rules, named

RULES = {rule.id: rule for rule in load_rulebook().at(date(2026, 6, 1)).rules}
INTAKE = Path(planner.intake.__file__).parent


def rules_asked_for() -> set[str]:
    """Return the rule ids that stand in a call of `lifts`, or of a file's own `_waived` that passes them on."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(INTAKE.rglob("*.py"))]
    return {
        rule
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name_of(node.func) in ("lifts", "_waived")
        for argument in node.args
        if (rule := named(argument, imported_rules(tree)))
    }


def _name_of(function: ast.expr) -> str:
    return getattr(function, "attr", "") or getattr(function, "id", "")


def test_exactly_the_waivable_rules_are_asked_for() -> None:
    assert rules_asked_for() == {rule.id for rule in RULES.values() if rule.waivable}
