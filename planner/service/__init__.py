"""The public face: plan a month, write it down, read it back, check what others wrote. Prints nothing.

Every error that is raised on purpose is a `PlannerError` (see `planner.domain.errors`).
"""

from planner.intake.consultation import Consulted, diff_of
from planner.intake.given import NOTHING, Given
from planner.service.answering import difference_of, why_of
from planner.service.consulting import draft_consultation, read_consultation, write_pins
from planner.service.operating import (
    book_of,
    event_from,
    may_enter,
    read_event,
    replan_event,
    site_ledger,
    suggestions,
)
from planner.service.outputs import describe, describe_visits, write_outputs
from planner.service.plan_file import FORMAT, figures, is_plan_file, restore_plan
from planner.service.planning import (
    Planned,
    SpoiledInputError,
    Step,
    plan_month,
    plan_tables,
    prepare_source,
    prepare_tables,
    read_source,
)
from planner.service.replanning import next_version
from planner.service.reproving import Told, reprove, ruling_counts
from planner.service.screening import findings_summary
from planner.service.triggering import register_triggered
from planner.service.verifying import Problem, verify_plan
from planner.service.year import due_in, fixed_by, plan_year, published_document, year_period

__all__ = [
    "FORMAT",
    "NOTHING",
    "Consulted",
    "Given",
    "Planned",
    "Problem",
    "SpoiledInputError",
    "Step",
    "Told",
    "book_of",
    "describe",
    "describe_visits",
    "diff_of",
    "difference_of",
    "draft_consultation",
    "due_in",
    "event_from",
    "figures",
    "findings_summary",
    "fixed_by",
    "is_plan_file",
    "may_enter",
    "next_version",
    "plan_month",
    "plan_tables",
    "plan_year",
    "prepare_source",
    "prepare_tables",
    "published_document",
    "read_consultation",
    "read_event",
    "read_source",
    "register_triggered",
    "replan_event",
    "reprove",
    "restore_plan",
    "ruling_counts",
    "site_ledger",
    "suggestions",
    "verify_plan",
    "why_of",
    "write_outputs",
    "write_pins",
    "year_period",
]
