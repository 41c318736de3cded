"""Typed rows: one frozen dataclass per table of `schema`, same column names (a trailing `_` is dropped).

Cells are already read: ids and texts stripped, choices in code values, lists as tuples, dates as `date`, an empty cell
as "", (), None or the column's default. `ref` is where the row came from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from planner.domain.case import Fact, RowRef
from planner.domain.finding import Finding

Day = date
"""The type of a date in classes that have a field of that name."""


@dataclass(frozen=True, slots=True)
class AgencyRow:
    agency_id: str
    name: str
    level: str
    town: str
    parent_id: str
    domain: str
    setup_minutes: int
    contact: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class InspectorRow:
    inspector_id: str
    name: str
    agency_id: str
    certificate_no: str
    valid_from: date | None
    valid_to: date | None
    skills: tuple[str, ...]
    role: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    inspector_id: str
    from_: date
    to: date
    half: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class SiteRow:
    site_id: str
    credit_code: str
    name: str
    address: str
    town: str
    lon: float | None
    lat: float | None
    industry: str
    tags: tuple[str, ...]
    join: str
    join_source: str
    join_date: date | None
    opted_in: tuple[str, ...]
    quiet_hours: tuple[tuple[int, int], ...]
    """Minutes of the day (from, to), ascending; hours over midnight are two."""
    blackout_days: tuple[tuple[date, date], ...]
    """Closed ranges (first, last)."""
    status: str
    ref: RowRef
    facts: tuple[tuple[str, Fact], ...] = ()
    """(key, value) of the filled columns that are facts, sorted."""

    def fact(self, key: str) -> Fact | None:
        """Return what stands in the column `key`, None where the cell is empty."""
        return dict(self.facts).get(key)


@dataclass(frozen=True, slots=True)
class GradeRow:
    site_id: str
    domain: str
    grade: str
    valid_from: date | None
    """None, like an empty grade or domain: it cannot be read."""
    ref: RowRef


@dataclass(frozen=True, slots=True)
class ItemRow:
    item_id: str
    name: str
    agency_id: str
    domain: str
    basis: str
    risk: str
    list_: str
    claimed: str
    off_site_possible: bool
    minutes: int
    skill: str
    theme: str
    fire: bool
    multi_day: bool
    explicit_law: bool
    urgent_cases: tuple[str, ...]
    result_days: int
    ref: RowRef


@dataclass(frozen=True, slots=True)
class Scope:
    """A read scope: a site passes if, for each key given, one of the values fits. Keys: industry, town, tag, grade."""

    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class FilingRow:
    filing_id: str
    agency_id: str
    kind: str
    period: str
    source: str
    basis: str
    items: tuple[str, ...]
    sites: tuple[str, ...]
    scope: Scope
    ratio: tuple[tuple[str, int], ...]
    """(grade, parts per ten thousand); grade "*" is every grade."""
    frequency: tuple[tuple[str, tuple[int, int]], ...]
    """(grade, (checks, years)); grade "*" is every grade. Years 0 or -1: so many days or months since the last."""
    mode: str
    window_from: date
    window_to: date
    due: tuple[str, ...]
    """`site=date`: the last day for one of the sites."""
    priority: int
    strength: str
    necessity: str
    needed: bool
    unannounced: bool
    secret: bool
    behaviour: str
    plan_code: str
    upper_plan_code: str
    partners: tuple[str, ...]
    theme: str
    preferred_days: tuple[tuple[date, date], ...]
    filed_on: date | None
    ref: RowRef


@dataclass(frozen=True, slots=True)
class HistoryRow:
    entry_id: str
    site_id: str
    agency_id: str
    items: tuple[str, ...]
    date: date | None
    """None: it cannot be read."""
    trigger: str
    mode: str
    result: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class ListRow:
    kind: str
    domain: str
    site_id: str
    item_id: str
    inspector_id: str
    from_: date | None
    to: date | None
    basis: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class PinRow:
    pin_id: str
    site_id: str
    agency_id: str
    date: date
    filing_id: str
    state: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class CalendarRow:
    date: date
    kind: str
    note: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class SettingRow:
    key: str
    value: str
    note: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class WaiverRow:
    waiver_id: str
    rule: str
    site_id: str
    agency_id: str
    filing_id: str
    from_: date
    to: date
    reason: str
    signed_by: str
    signed_on: date
    ref: RowRef


@dataclass(frozen=True, slots=True)
class NonceRow:
    holder: str
    month: str
    commitment: str
    committed_on: date
    nonce: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class IdentityRow:
    site_id: str
    other_id: str
    verdict: str
    decided_by: str
    decided_on: date | None
    ref: RowRef


@dataclass(frozen=True, slots=True)
class FilingStepRow:
    filing_id: str
    version: int
    step: str
    date: date
    outcome: str
    note: str
    document_no: str
    by: str
    code: str
    adds: tuple[str, ...]
    ref: RowRef


@dataclass(frozen=True, slots=True)
class ResultRow:
    result_id: str
    check_code: str
    prior_code: str
    visit_no: int
    filing_id: str
    plan_code: str
    trigger: str
    source: str
    site_id: str
    agency_id: str
    unit_id: str
    entry_id: str
    mode: str
    place: str
    date: date
    start: str
    end: str
    ended_on: Day | None
    officers: tuple[str, ...]
    code_applied_at: str
    urgent_reason: str
    shown: bool
    recorded_at: str
    result: str
    measure: str
    guidance: bool
    rating: int
    unwilling_joint: bool
    survey: bool
    evaluated: bool
    ref: RowRef


@dataclass(frozen=True, slots=True)
class ResultItemRow:
    result_id: str
    item_id: str
    point: str
    finding: str
    measure: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class BaselineRow:
    year: int
    unit: str
    month: int
    agency_id: str
    domain: str
    town: str
    industry: str
    grade: str
    planned_on: int
    triggered_on: int
    off: int
    sites: int
    items: int
    joint: int
    random: int
    problem: int
    document: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class DutyRow:
    agency_id: str
    row: int
    period: str
    due: date | None
    done_on: date | None
    evidence: str
    waived: str
    section: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class AbsorptionRow:
    site_id: str
    agency_id: str
    date: date
    answer: str
    filing_id: str
    answered_on: Day | None
    by: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class SupervisionRow:
    case_id: str
    agency_id: str
    step: str
    date: date
    results: tuple[str, ...]
    note: str
    document_no: str
    reply_by: Day | None
    by: str
    ref: RowRef


@dataclass(frozen=True, slots=True)
class Tables:
    """All rows that could be read, in input order, and what was wrong with the rest.

    Ids are unique (the first row wins) and references hold: a row that names an id which is not there has been dropped
    with a finding. `synthetic` is True where the input declares itself a demonstration (setting `synthetic`).
    """

    source: str
    agencies: tuple[AgencyRow, ...] = ()
    inspectors: tuple[InspectorRow, ...] = ()
    absences: tuple[AbsenceRow, ...] = ()
    sites: tuple[SiteRow, ...] = ()
    grades: tuple[GradeRow, ...] = ()
    items: tuple[ItemRow, ...] = ()
    filings: tuple[FilingRow, ...] = ()
    history: tuple[HistoryRow, ...] = ()
    lists: tuple[ListRow, ...] = ()
    pins: tuple[PinRow, ...] = ()
    calendar: tuple[CalendarRow, ...] = ()
    settings: tuple[SettingRow, ...] = ()
    waivers: tuple[WaiverRow, ...] = ()
    nonces: tuple[NonceRow, ...] = ()
    identities: tuple[IdentityRow, ...] = ()
    filing_steps: tuple[FilingStepRow, ...] = ()
    results: tuple[ResultRow, ...] = ()
    result_items: tuple[ResultItemRow, ...] = ()
    baseline: tuple[BaselineRow, ...] = ()
    duties: tuple[DutyRow, ...] = ()
    absorptions: tuple[AbsorptionRow, ...] = ()
    supervision: tuple[SupervisionRow, ...] = ()
    findings: tuple[Finding, ...] = field(default=(), repr=False)

    @property
    def synthetic(self) -> bool:
        return any(row.key == "synthetic" and row.value in {"1", "是", "true"} for row in self.settings)
