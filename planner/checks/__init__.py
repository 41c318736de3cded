"""The specification: (case, plan) → violations. Knows no solver; every plan that leaves has passed every check."""

from planner.checks.run import check_plan, is_lawful
from planner.law.violation import Violation

__all__ = ["Violation", "check_plan", "is_lawful"]
