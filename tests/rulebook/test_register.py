"""Every rule is implemented in the roles of its phase, and nothing is implemented that is no rule."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date

import pytest

from planner.rulebook.book import load_rulebook
from planner.rulebook.nouns import Phase, Rule
from planner.rulebook.registry import REGISTER, Role

VERSION = load_rulebook().at(date(2026, 6, 1))
PACKAGES = ("planner.draw", "planner.intake", "planner.law", "planner.checks", "planner.model")
ROLES = {
    Phase.CONSTRAINT: (Role.CHECK, Role.CONSTRAINT),
    Phase.OBJECTIVE: (Role.OBJECTIVE,),
    Phase.INTAKE: (Role.INTAKE,),
    Phase.DRAW: (Role.DRAW,),
}


@pytest.fixture(scope="module", autouse=True)
def every_module() -> None:
    """Import every module that can register a function."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, name + "."):
            importlib.import_module(module.name)


@pytest.mark.parametrize("rule", VERSION.rules, ids=lambda rule: rule.id)
def test_each_rule_is_implemented_in_the_roles_of_its_phase(rule: Rule) -> None:
    missing = [role.value for role in ROLES[rule.phase] if not REGISTER.get((rule.id, role))]
    assert not missing, f"{rule.id} ({rule.phase}) has no {' and no '.join(missing)}"


def test_each_implementation_is_of_a_rule_and_fits_its_phase() -> None:
    phases = {rule.id: rule.phase for rule in VERSION.rules}
    strange = [
        (rule, role.value, names)
        for (rule, role), names in REGISTER.items()
        if rule not in phases or role not in ROLES[phases[rule]]
    ]
    assert not strange
