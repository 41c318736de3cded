"""The CP-SAT model of a case: variables, one constraint function per rule, objective terms per level."""

from planner.model.build import build_model
from planner.model.variables import MatchModel

__all__ = ["MatchModel", "build_model"]
