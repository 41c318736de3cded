"""Rules that code names: an id written out, or `GAP.id` of a rule that the file imports."""

from __future__ import annotations

import ast
import importlib


def imported_rules(tree: ast.Module) -> dict[str, str]:
    """Return name → rule id of the rules that a file imports."""
    return {
        name.name: getattr(importlib.import_module(node.module), name.name).id
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("planner.law.rules.")
        for name in node.names
        if name.name.isupper()
    }


def named(node: ast.expr, rules: dict[str, str]) -> str:
    """Return the rule id that an expression stands for, "" where it is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Attribute) and node.attr == "id" and isinstance(node.value, ast.Name):
        return rules.get(node.value.id, "")
    return ""
