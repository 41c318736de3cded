"""The tables of the store. A change here needs a migration in `migrations/versions`; a test compares the two.

What was accepted is never overwritten: a changed row is a new row, and the old one says until when it held.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from api.store.database.columns import Json, Moment, Packed, SharedJson

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)

_ID = String(64)
"""Ids that we make."""
_NAME = String(200)
"""Ids and names that come from outside; `planner.intake` keeps ids to 100 characters."""


def _current(name: str, *columns: str, unique: bool = False) -> Index:
    """An index over the rows that hold now."""
    holds = text("until IS NULL")
    return Index(name, *columns, unique=unique, sqlite_where=holds, postgresql_where=holds)


revisions = Table(
    "revisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("source", _NAME, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("counts", Json, nullable=False),
)
"""Each change to the library, in order: an import, an accepted filing. A month can be assembled as of any of them."""

findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", ForeignKey("revisions.id"), nullable=True),
    Column("filing_id", _NAME, nullable=True),
    Column("version", Integer, nullable=True),
    Column("code", String(80), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("sheet", _NAME, nullable=False),
    Column("row", Integer, nullable=False),
    Column("column", _NAME, nullable=False),
    Column("value", Text, nullable=False),
    Column("clauses", Json, nullable=False),
    Column("subjects", Json, nullable=False),
    Column("params", Json, nullable=False),
    Index("ix_findings_revision", "revision"),
    Index("ix_findings_filing_id_version", "filing_id", "version"),
)
"""What screening said, of an import (`revision`) or of a version of a filing."""

library = Table(
    "library",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("key", String(400), nullable=False),
    Column("since", ForeignKey("revisions.id"), nullable=False),
    Column("until", ForeignKey("revisions.id"), nullable=True),
    Column("number", Integer, nullable=False),
    Column("site_id", _NAME, nullable=True),
    Column("agency_id", _NAME, nullable=True),
    Column("town", _NAME, nullable=True),
    Column("row", Text, nullable=False),
    _current("uq_library_current", "kind", "key", unique=True),
    _current("ix_library_site", "site_id", "kind", "key"),
    _current("ix_library_town", "kind", "town", "key"),
    Index("ix_library_kind_since", "kind", "since"),
)
"""Rows of the input tables (`planner.intake.tables`) as JSON; `kind` is the table, `number` the row in its source.

A row holds from revision `since` to before revision `until`. Accepted filings stand here too, as kind `filings`.
"""

filings = Table(
    "filings",
    metadata,
    Column("filing_id", _NAME, primary_key=True),
    Column("agency_id", _NAME, nullable=False),
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("accepted_version", Integer, nullable=True),
    Column("code", _NAME, nullable=False),
    Column("window_from", Date, nullable=False),
    Column("window_to", Date, nullable=False),
    Column("unannounced", Boolean, nullable=False),
    Index("ix_filings_agency_id_window_from", "agency_id", "window_from"),
    Index("ix_filings_state", "state"),
)
"""Each filing as it stands; `code` is the code given when it was accepted."""

agency_words = Table(
    "agency_words",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("agency_id", _NAME, nullable=False),
    Column("column", String(40), nullable=False),
    Column("folded", _NAME, nullable=False),
    Column("said", _NAME, nullable=False),
    Column("meant", _NAME, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False),
    Column("ended_at", Moment, nullable=True),
    Column("ended_by", _NAME, nullable=True),
    Index(
        "uq_agency_words_current",
        "agency_id",
        "column",
        "folded",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)
"""What words mean in a parent agency's filings (`planner.intake.read.forms.learned`), ids of its own register of sites
among them. A word has one meaning at a time; what it meant before stays here.
"""

filing_versions = Table(
    "filing_versions",
    metadata,
    Column("filing_id", ForeignKey("filings.filing_id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False),
    Column("source", _NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("row", Text, nullable=False),
)
filing_steps = Table(
    "filing_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("filing_id", ForeignKey("filings.filing_id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False),
    Column("reason", Text, nullable=False),
    Column("code", _NAME, nullable=False),
)
"""Draft, submitted, returned, accepted: who did it, when and why."""

cases = Table(
    "cases",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("month", String(7), nullable=False),
    Column("revision", ForeignKey("revisions.id"), nullable=True),
    Column("rulebook_version", _NAME, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
)
"""What was planned: the library as of `revision`, screened by that rulebook, gives the case of this hash again.

A plan has a revision of its own (`plans.revision`): of one case there may be plans of several, since what is filed for
other months changes no case.
"""

plans = Table(
    "plans",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("month", String(7), nullable=False),
    Column("state", String(20), nullable=False),
    Column("parent", ForeignKey("plans.id"), nullable=True),
    Column("job", _ID, nullable=True, unique=True),
    Column("case_hash", ForeignKey("cases.hash"), nullable=False),
    Column("plan_hash", String(64), nullable=False),
    Column("rulebook_version", _NAME, nullable=False),
    Column("status", String(20), nullable=False),
    Column("stopped", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", _NAME, nullable=False),
    Column("published_at", Moment, nullable=True),
    Column("published_by", _NAME, nullable=True),
    Column("superseded_by", ForeignKey("plans.id"), nullable=True),
    Column("etag", Integer, nullable=False),
    Column("summary", Json, nullable=False),
    Column("document", Packed, nullable=False),
    Column("artefacts", Json, nullable=False),
    Column("change", Json, nullable=True),
    Column("figures", SharedJson, nullable=True),
    Column("revision", Integer, nullable=True),
    Column("sealed", Json, nullable=True),
    Index("ix_plans_month_created_at", "month", "created_at"),
    Index(
        "uq_plans_published",
        "month",
        unique=True,
        sqlite_where=text("state = 'published'"),
        postgresql_where=text("state = 'published'"),
    ),
)
"""Drafts, at most one sealed and one published plan a month, and those that it superseded. Hashes never change, and
documents only where the inspectors of a sealed plan are named.

`sealed` is when and by which run a plan was sealed, the hash of its timetable, which numbers were called for, and until
when.
`change` is what made it of its parent by hand: operations, reason, and what is held from then on. `figures` are those
of each audience but the bureau, whose are the summary; of files, `artefacts` say whom each is for.
"""

crew_numbers = Table(
    "crew_numbers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("month", String(7), nullable=False, index=True),
    Column("holder", _NAME, nullable=False),
    Column("commitment", String(64), nullable=False),
    Column("promised_at", Moment, nullable=False),
    Column("number", Text, nullable=True),
    Column("revealed_at", Moment, nullable=True),
    Column("plan_id", ForeignKey("plans.id"), nullable=True),
)
"""Numbers promised for the draw of a month's inspectors: the service's own is there from the beginning and shown to
nobody before `revealed_at`; a body's comes when it is revealed. `plan_id` is the sealed plan that called for it.
"""

deadlines = Table(
    "deadlines",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False),
)
"""Until when agencies are to file for a month, where the bureau has set a date; the newest version holds."""

draws = Table(
    "draws",
    metadata,
    Column("draw_id", _NAME, primary_key=True),
    Column("plan_id", ForeignKey("plans.id"), primary_key=True),
    Column("month", String(7), nullable=False, index=True),
    Column("filing_id", _NAME, nullable=False),
    Column("agency_id", _NAME, nullable=False),
    Column("list_hash", String(64), nullable=False),
    Column("record", Packed, nullable=False),
)
"""The draws that a plan rests on, as recorded."""

visits = Table(
    "visits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan_id", ForeignKey("plans.id"), nullable=False),
    Column("visit_id", _NAME, nullable=False),
    Column("site_id", _NAME, nullable=False),
    Column("town", _NAME, nullable=False),
    Column("day", Date, nullable=False),
    Column("standing", Boolean, nullable=False),
    Column("unannounced", Boolean, nullable=False),
    Column("joint", Boolean, nullable=False),
    Column("row", Json, nullable=False),
    UniqueConstraint("plan_id", "site_id", "day"),
    UniqueConstraint("plan_id", "visit_id"),
    Index(
        "uq_visits_standing",
        "site_id",
        "day",
        unique=True,
        sqlite_where=text("standing"),
        postgresql_where=text("standing"),
    ),
    Index("ix_visits_day", "day"),
)
"""Visits of plans that are or were published. A site has at most one that stands on a day, by key, not by care."""

visit_agencies = Table(
    "visit_agencies",
    metadata,
    Column("visit", ForeignKey("visits.id"), primary_key=True),
    Column("agency_id", _NAME, primary_key=True),
    Column("parent_id", _NAME, nullable=False),
    Index("ix_visit_agencies_agency_id", "agency_id"),
    Index("ix_visit_agencies_parent_id", "parent_id"),
)
"""Who comes: each unit with the agency in whose name it acts."""

hidden_visits = Table(
    "hidden_visits",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("plan_id", ForeignKey("plans.id"), nullable=False, index=True),
    Column("agency_id", _NAME, nullable=False),
    Column("site_id", _NAME, nullable=False),
    Column("day", Date, nullable=False),
    Column("tasks", Json, nullable=False),
    Column("standing", Boolean, nullable=False),
    Column("row", Json, nullable=False),
    Column("withheld", Boolean, nullable=False, server_default=false()),
)
"""Unannounced checks of published plans, `agency_id` the parent agency whose they are. They are in no other table, so
no number, order or key of what others read can tell of them. A `withheld` one was published by a plan and does not
stand, as nothing proves its filing yet; of others that no longer stand no day was left.
"""

hidden_bookings = Table(
    "hidden_bookings",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("plan_id", ForeignKey("plans.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("site_id", _NAME, nullable=False),
    Column("agency_id", _NAME, nullable=False),
    Column("day", Date, nullable=False),
    Column("tasks", Json, nullable=False),
    Column("detail", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False),
    UniqueConstraint("plan_id", "number"),
)
"""Triggered checks with which nobody else goes: the coordinator and their agency know of them, no booking does."""

books = Table(
    "books",
    metadata,
    Column("plan_id", ForeignKey("plans.id"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("frozen_until", Date, nullable=True),
)
"""A published plan as it is lived with: `number` counts bookings; up to `frozen_until` (inclusive) nothing moves."""

crew_cells = Table(
    "crew_cells",
    metadata,
    Column("plan_id", ForeignKey("books.plan_id"), primary_key=True),
    Column("unit", _NAME, primary_key=True),
    Column("skill", _NAME, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("room", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("forced", Boolean, nullable=False),
    CheckConstraint("used <= room OR forced", name="room"),
)
"""Crew quarter-hours of a unit (of those with a skill) on a day. Beyond its room only a triggered check goes."""

bookings = Table(
    "bookings",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("plan_id", ForeignKey("books.plan_id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("site_id", _NAME, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("agency_id", _NAME, nullable=False),
    Column("day", Date, nullable=False),
    Column("tasks", Json, nullable=False),
    Column("detail", Json, nullable=False),
    Column("unannounced", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False),
    UniqueConstraint("plan_id", "number"),
    UniqueConstraint("plan_id", "site_id", "turn"),
)
"""What was booked on a published plan, in order. `turn` counts those of the site: of two who saw the same, one wins."""

booked_tasks = Table(
    "booked_tasks",
    metadata,
    Column("plan_id", ForeignKey("books.plan_id"), primary_key=True),
    Column("task", _NAME, primary_key=True),
    Column("booking", ForeignKey("bookings.id"), nullable=False),
)
"""A task is booked once."""

triggered = Table(
    "triggered",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("month", String(7), nullable=False),
    Column("site_id", _NAME, nullable=False),
    Column("agency_id", _NAME, nullable=False),
    Column("domain", String(10), nullable=False),
    Column("items", Json, nullable=False),
    Column("day", Date, nullable=False),
    Column("source", String(20), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("code_due", Date, nullable=False),
    Column("coded_on", Date, nullable=True),
    Column("code", _NAME, nullable=False),
    Column("booking", ForeignKey("bookings.id"), nullable=True),
    Column("answer", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False),
    Column("etag", Integer, nullable=False),
    Index("ix_triggered_agency_id_day", "agency_id", "day"),
    Index("ix_triggered_site_id", "site_id"),
)
"""Triggered checks as registered, with what followed: riders, absorbed tasks, where a warned site goes (`answer`)."""

check_codes = Table(
    "check_codes",
    metadata,
    Column("task", _NAME, primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("site_id", _NAME, nullable=False),
    Column("agency_id", _NAME, nullable=False),
    Column("day", Date, nullable=False),
    Column("code", _NAME, nullable=False),
    Column("applied_at", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False),
    Index("ix_check_codes_agency_id_site_id_day", "agency_id", "site_id", "day"),
)
"""The code that each task of a published plan was given by the city, as it came back to its parent agency; nobody else
reads it. Unannounced checks are among them, so no number of these rows is told.
"""

evaluations = Table(
    "evaluations",
    metadata,
    Column("period", String(10), primary_key=True),
    Column("base", Integer, primary_key=True, autoincrement=False),
    Column("audience", String(10), primary_key=True),
    Column("mark", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False),
    Column("document", Packed, nullable=False),
)
"""The evaluation of a period as it was worked out last, from all results and from those that are open; `mark` is of the
results that it was counted from.
"""

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object", _NAME, nullable=False, index=True),
    Column("agency_id", _NAME, nullable=False),
    Column("decision", String(20), nullable=False),
    Column("code", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False),
    Index("ix_decisions_agency_id_at", "agency_id", "at"),
)
"""What an agency accepted or declined, with a coded reason. A change of mind is another row."""

rounds = Table(
    "rounds",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("plan_id", ForeignKey("plans.id"), nullable=False, index=True),
    Column("opened_at", Moment, nullable=False),
    Column("opened_by", _NAME, nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("agencies", Json, nullable=False),
    Column("closed_at", Moment, nullable=True),
)
"""Consultation: a draft is shown to agencies, who confirm or object by a date."""

round_answers = Table(
    "round_answers",
    metadata,
    Column("round_id", ForeignKey("rounds.id"), primary_key=True),
    Column("agency_id", _NAME, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("answer", String(20), nullable=False),
    Column("visits", Json, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", _NAME, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("login", _NAME, nullable=False, unique=True),
    Column("name", _NAME, nullable=False),
    Column("role", String(20), nullable=False),
    Column("agency_id", _NAME, nullable=True),
    Column("town", _NAME, nullable=True),
    Column("password_hash", Text, nullable=True),
    Column("oidc_subject", _NAME, nullable=True, unique=True),
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", _NAME, nullable=False),
    Column("etag", Integer, nullable=False),
    Column("held_by", _NAME, nullable=True),
)
tokens = Table(
    "tokens",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("label", _NAME, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=True),
    Column("revoked_at", Moment, nullable=True),
)
"""Keys of the API; only their SHA-256 is kept."""

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("csrf_hash", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment, nullable=True),
)
login_failures = Table(
    "login_failures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", _NAME, nullable=False),
    Column("address", _NAME, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_login_failures_login_at", "login", "at"),
    Index("ix_login_failures_address_at", "address", "at"),
)

replies = Table(
    "replies",
    metadata,
    Column("account", _NAME, primary_key=True),
    Column("key", _NAME, primary_key=True),
    Column("request", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("status", Integer, nullable=True),
    Column("body", LargeBinary, nullable=True),
    Index("ix_replies_at", "at"),
)
"""Answers to writes that carried an idempotency key, sealed with it: `key` is a name made from it, `request` a
mark of what was asked. `status` is empty while the write is under way."""

jobs = Table(
    "jobs",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("key", _NAME, nullable=True, unique=True),
    Column("payload", Json, nullable=False),
    Column("agency_id", _NAME, nullable=True),
    Column("created_at", Moment, nullable=False),
    Column("created_by", _NAME, nullable=False),
    Column("state", String(20), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("deaths", Integer, nullable=False),
    Column("max_deaths", Integer, nullable=False),
    Column("run_seconds", Float, nullable=False),
    Column("run_mib", Integer, nullable=False),
    Column("worker", _NAME, nullable=True),
    Column("lease_until", Moment, nullable=True),
    Column("started_at", Moment, nullable=True),
    Column("ended_at", Moment, nullable=True),
    Column("stop", String(20), nullable=False),
    Column("stop_by", _NAME, nullable=True),
    Column("stage", String(40), nullable=False),
    Column("level", String(40), nullable=False),
    Column("best", Integer, nullable=True),
    Column("bound", Integer, nullable=True),
    Column("incumbent", LargeBinary, nullable=True),
    Column("result", Json, nullable=True),
    Column("error", Json, nullable=True),
    Index("ix_jobs_state_priority_number", "state", "priority", "number"),
    Index("ix_jobs_agency_id", "agency_id"),
)
"""Durable runs; see `api.store.queue`. `attempt` is the fence, `stop` why the run was asked to stop ("" if not)."""

job_parts = Table(
    "job_parts",
    metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("told", Json, nullable=False),
    Column("document", Packed, nullable=False),
)
"""What a run has finished so far, one by one: whoever takes it over goes on after them. `told` is the short of each."""

job_events = Table(
    "job_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", ForeignKey("jobs.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("event", String(20), nullable=False),
    Column("stage", String(40), nullable=False),
    Column("level", String(40), nullable=False),
    Column("best", Integer, nullable=True),
    Column("bound", Integer, nullable=True),
    Column("note", Text, nullable=False),
    Index("ix_job_events_job_id_id", "job_id", "id"),
)


def _chain(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("seq", Integer, primary_key=True, autoincrement=False),
        Column("at", String(32), nullable=False),
        Column("who", _NAME, nullable=False),
        Column("what", String(80), nullable=False),
        Column("object", _NAME, nullable=False),
        Column("grounds", Text, nullable=False),
        Column("reserved", Boolean, nullable=False),
        Column("agency_id", _NAME, nullable=False),
        Column("salt", String(32), nullable=False),
        Column("digest", String(64), nullable=False),
        Column("prev", String(64), nullable=False, unique=True),
        Column("hash", String(64), nullable=False, unique=True),
        Index(f"ix_{name}_object", "object"),
    )


log = _chain("log")
"""Who did what, when, on which grounds; see `api.store.log`. `prev` is unique: the chain cannot fork."""

hidden_log = _chain("hidden_log")
"""The same of unannounced checks, a chain of its own: the numbers of the other tell nothing of it."""

leaves = Table(
    "leaves",
    metadata,
    Column("chain", Integer, primary_key=True, autoincrement=False),
    Column("tree", String(20), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("key", _NAME, nullable=False),
    Column("salt", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_leaves_kind_key", "kind", "key"),
)
"""What stands, bound by salted hashes; see `api.store.state`. A place without a row has no kind and a random hash."""

roots = Table(
    "roots",
    metadata,
    Column("chain", Integer, primary_key=True, autoincrement=False),
    Column("tree", String(20), primary_key=True),
    Column("root", String(64), nullable=False),
)
"""The root of each tree of leaves; under the tree "" the one root that the chain's log holds."""

log_head = Table(
    "log_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""A row for each chain, 1 the log's, 2 the hidden one's: the last link, so that entries cut off at the end are missed.
"""
