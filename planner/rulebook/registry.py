"""Which function implements which rule. A test compares this register with the rulebook."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])


class Role(StrEnum):
    """What a function does for its rule."""

    CHECK = "check"
    """(case, plan) → violations."""
    CONSTRAINT = "constraint"
    """Adds the rule to the CP-SAT model."""
    OBJECTIVE = "objective"
    """Measures or adds a term of the objective."""
    INTAKE = "intake"
    """Screens filings, or makes tasks from them."""
    DRAW = "draw"
    """Draws sites."""


REGISTER: dict[tuple[str, Role], list[str]] = {}
"""(rule id, role) → qualified names of the functions."""


def implements(rule: str, role: Role) -> Callable[[F], F]:
    """Register the decorated function as one that implements `rule` in `role`; it is returned unchanged."""

    def register(function: F) -> F:
        REGISTER.setdefault((rule, role), []).append(f"{function.__module__}.{function.__qualname__}")
        return function

    return register
