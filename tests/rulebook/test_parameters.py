"""Every parameter that says it can be switched is read by some code; one that nobody reads would promise too much.

A parameter with a key in the settings table is read through that table, whose default must be the rulebook's value.
"""

from __future__ import annotations

import ast
from dataclasses import Field, fields
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import planner
from planner.domain.case import Levers
from planner.intake.month.outcome import Notes
from planner.intake.month.settings import SETTING_BY_KEY, read_settings
from planner.rulebook.book import load_rulebook
from planner.rulebook.nouns import Param
from tests.intake_law.build import setting
from tests.rulebook.named import imported_rules

VERSION = load_rulebook().at(date(2026, 6, 1))
ROOT = Path(planner.__file__).parent
SWITCHABLE = [
    (rule.id, param.name) for rule in VERSION.rules for param in rule.params if param.switchable and not param.setting
]
SET_BY_TABLE = [(rule.id, param) for rule in VERSION.rules for param in rule.params if param.setting]


@cache
def strings_by_file() -> tuple[frozenset[str], ...]:
    """Return the string constants of each file of the planner's code outside the rulebook itself.

    `GAP.id` of a rule that the file imports is the rule's id.
    """
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        if path.parent != ROOT / "rulebook":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            nodes = list(ast.walk(tree))
            written = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
            found.append(frozenset(written | set(imported_rules(tree).values())))
    return tuple(found)


@pytest.mark.parametrize(("rule", "name"), SWITCHABLE)
def test_each_switchable_parameter_is_read(rule: str, name: str) -> None:
    assert any({rule, name} <= strings for strings in strings_by_file()), f"no file reads {rule}.{name}"


@pytest.mark.parametrize(("rule", "param"), SET_BY_TABLE, ids=lambda value: getattr(value, "name", value))
def test_a_setting_starts_from_the_rulebook(rule: str, param: Param) -> None:
    assert SETTING_BY_KEY[param.setting].default == str(param.value), f"{rule}.{param.name}"


@pytest.mark.parametrize("lever", fields(Levers), ids=lambda lever: lever.name)
def test_every_lever_is_a_setting_that_is_off_and_never_unreadable_without_a_word(lever: Field[int]) -> None:
    off = SETTING_BY_KEY[lever.name].default
    assert (off, lever.default) == ("0", 0)
    assert getattr(read_settings([setting(lever.name, "3")], Notes(VERSION)).levers, lever.name) == 3
    notes = Notes(VERSION)
    assert read_settings([setting(lever.name, "很少")], notes).levers == Levers()
    assert [finding.code for finding in notes.findings] == ["held.setting"]
