"""The public face: plan a month, write it down, read it back, check what others wrote. Prints nothing.

Every error that is raised on purpose is a `PlannerError` (see `planner.domain.errors`).
"""

from planner.service.outputs import describe, write_outputs
from planner.service.plan_file import FORMAT, figures, is_plan_file, restore_plan
from planner.service.planning import Planned, SpoiledInputError, Step, plan_month, prepare_source, read_source
from planner.service.verifying import Problem, verify_plan

__all__ = [
    "FORMAT",
    "Planned",
    "Problem",
    "SpoiledInputError",
    "Step",
    "describe",
    "figures",
    "is_plan_file",
    "plan_month",
    "prepare_source",
    "read_source",
    "restore_plan",
    "verify_plan",
    "write_outputs",
]
