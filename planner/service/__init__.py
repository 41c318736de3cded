"""The public face: plan a month, write it down, read it back, check what others wrote. Prints nothing.

Every error that is raised on purpose is a `PlannerError` (see `planner.domain.errors`).
"""

from planner.intake.make.given import NOTHING, Given
from planner.intake.read.consultation import Consulted, diff_of
from planner.service.adoption.adopting import adopt_month
from planner.service.adoption.outputs import write_adopted
from planner.service.adoption.telling import adoption_json
from planner.service.atlas.pages import atlas_of, write_atlas
from planner.service.changes.doing import do_way
from planner.service.changes.replanning import next_version
from planner.service.consultation.consulting import draft_consultation, read_consultation, write_pins
from planner.service.files.answering import difference_of, why_of
from planner.service.files.outputs import describe, describe_visits, write_outputs
from planner.service.files.plan_file import FORMAT, figures, is_plan_file, restore_plan
from planner.service.files.reproving import Told, reprove, ruling_counts
from planner.service.files.verifying import Problem, verified, verify_plan
from planner.service.month.planning import (
    MAP_CREDITS,
    Planned,
    Step,
    plan_month,
    plan_tables,
    prepare_source,
    prepare_tables,
    read_source,
)
from planner.service.month.recorded import (
    duties_of,
    evaluation_of,
    filings_of_month,
    results_read,
    sites_by_filing,
    unannounced_visits,
    unpublishable,
    visited_filings,
    working_days,
    write_evaluation,
)
from planner.service.month.screening import findings_summary
from planner.service.published.codes import batch_rows, batch_text, codes_back, read_back, rows_for, write_batches
from planner.service.published.explaining import why_not, why_visit
from planner.service.published.operating import (
    book_of,
    event_from,
    may_enter,
    read_event,
    replan_event,
    site_ledger,
    suggestions,
)
from planner.service.published.stays import UnitStay, unit_stays
from planner.service.published.triggering import register_triggered
from planner.service.published.why_there import why_there
from planner.service.whatif.base import Base
from planner.service.whatif.causes import causes_json
from planner.service.whatif.outputs import compare_plans, units_beside, write_whatif
from planner.service.whatif.playing import Depth, play
from planner.service.whatif.scenario import MOST_PLAYED, read_scenarios, scenarios_of
from planner.service.whatif.telling import played_json
from planner.service.whatif.verifying import verify_whatif
from planner.service.whatif.worth import worth_json
from planner.service.year import (
    due_in,
    fixed_by,
    plan_month_of_year,
    plan_year,
    plan_year_tables,
    published_document,
    year_period,
)

__all__ = [
    "FORMAT",
    "MAP_CREDITS",
    "MOST_PLAYED",
    "NOTHING",
    "Base",
    "Consulted",
    "Depth",
    "Given",
    "Planned",
    "Problem",
    "Step",
    "Told",
    "UnitStay",
    "adopt_month",
    "adoption_json",
    "atlas_of",
    "batch_rows",
    "batch_text",
    "book_of",
    "causes_json",
    "codes_back",
    "compare_plans",
    "describe",
    "describe_visits",
    "diff_of",
    "difference_of",
    "do_way",
    "draft_consultation",
    "due_in",
    "duties_of",
    "evaluation_of",
    "event_from",
    "figures",
    "filings_of_month",
    "findings_summary",
    "fixed_by",
    "is_plan_file",
    "may_enter",
    "next_version",
    "plan_month",
    "plan_month_of_year",
    "plan_tables",
    "plan_year",
    "plan_year_tables",
    "play",
    "played_json",
    "prepare_source",
    "prepare_tables",
    "published_document",
    "read_back",
    "read_consultation",
    "read_event",
    "read_scenarios",
    "read_source",
    "register_triggered",
    "replan_event",
    "reprove",
    "restore_plan",
    "results_read",
    "rows_for",
    "ruling_counts",
    "scenarios_of",
    "site_ledger",
    "sites_by_filing",
    "suggestions",
    "unannounced_visits",
    "unit_stays",
    "units_beside",
    "unpublishable",
    "verified",
    "verify_plan",
    "verify_whatif",
    "visited_filings",
    "why_not",
    "why_of",
    "why_there",
    "why_visit",
    "working_days",
    "worth_json",
    "write_adopted",
    "write_atlas",
    "write_batches",
    "write_evaluation",
    "write_outputs",
    "write_pins",
    "write_whatif",
    "year_period",
]
