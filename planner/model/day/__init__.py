"""The CP-SAT model of one day: the definition of lawful start times and teams, one constraint function per rule."""

from planner.model.day.build import build_day_model
from planner.model.day.variables import DAY_CONSTRAINTS, DayModel

__all__ = ["DAY_CONSTRAINTS", "DayModel", "build_day_model"]
