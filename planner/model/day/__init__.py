"""The CP-SAT model of one day: the definition of lawful start times and teams, one constraint function per rule."""

from planner.model.day.build import build_day_model
from planner.model.day.variables import DayModel

__all__ = ["DayModel", "build_day_model"]
