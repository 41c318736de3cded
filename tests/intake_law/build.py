"""Hand-built tables: rows with sensible defaults, and one call that prepares June 2026."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any, TypeVar

from planner.domain.case import RowRef, TaskInfo
from planner.intake.make.prepare import prepare_month
from planner.intake.month.outcome import Prepared
from planner.intake.tables.records import (
    AbsorptionRow,
    AgencyRow,
    CalendarRow,
    FilingRow,
    GradeRow,
    HistoryRow,
    InspectorRow,
    ItemRow,
    ListRow,
    NonceRow,
    PinRow,
    Scope,
    SettingRow,
    SiteRow,
    Tables,
    WaiverRow,
)
from planner.rulebook.book import load_rulebook
from planner.rulebook.nouns import RulebookVersion

MONTH = "2026-06"
FIRST, LAST = date(2026, 6, 1), date(2026, 6, 30)
R = TypeVar("R")

EMPTY: dict[str, object] = {
    "str": "",
    "int": 0,
    "bool": False,
    "date | None": None,
    "Scope": Scope(),
    "float | None": None,
}


def june(day: int) -> date:
    return date(2026, 6, day)


@cache
def rulebook() -> RulebookVersion:
    return load_rulebook().at(FIRST)


def row(row_type: type[R], table: str, /, **cells: Any) -> R:
    """Return a row with empty cells where none is given."""
    values: dict[str, Any] = {
        f.name: EMPTY.get(str(f.type), ())
        for f in fields(row_type)
        if f.name != "ref"  # type: ignore[arg-type]
    }
    return row_type(**{**values, "ref": RowRef(table, 2), **cells})


def agency(agency_id: str, domain: str = "A01", **cells: Any) -> AgencyRow:
    base = {"name": agency_id, "level": "district", "setup_minutes": 15}
    return row(AgencyRow, "agencies", agency_id=agency_id, domain=domain, **{**base, **cells})


def inspector(inspector_id: str, agency_id: str, **cells: Any) -> InspectorRow:
    base = {"name": inspector_id, "certificate_no": "1", "role": "officer"}
    return row(InspectorRow, "inspectors", inspector_id=inspector_id, agency_id=agency_id, **{**base, **cells})


def site(site_id: str = "S1", **cells: Any) -> SiteRow:
    base = {"name": site_id, "town": "朱泾镇", "industry": "餐饮", "join": "allowed", "status": "open"}
    return row(SiteRow, "sites", site_id=site_id, **{**base, **cells})


def item(item_id: str = "I1", agency_id: str = "SCJG", **cells: Any) -> ItemRow:
    base = {"name": item_id, "basis": "某法第一条", "risk": "medium", "claimed": "claimed", "minutes": 60}
    return row(ItemRow, "items", item_id=item_id, agency_id=agency_id, **{**base, **cells})


def filing(filing_id: str = "F1", agency_id: str = "SCJG", **cells: Any) -> FilingRow:
    base = {
        "kind": "daily",
        "period": "month",
        "source": "own",
        "items": ("I1",),
        "sites": ("S1",),
        "mode": "on_site",
        "window_from": FIRST,
        "window_to": LAST,
        "priority": 5,
        "strength": "accepted",
        "plan_code": "JH-1",
        "upper_plan_code": "SH-1" if cells.get("source") == "above" else "",
    }
    return row(FilingRow, "filings", filing_id=filing_id, agency_id=agency_id, **{**base, **cells})


def scoped(**terms: str) -> dict[str, Any]:
    """Return the cells of a filing that is about a scope instead of listed sites."""
    return {"sites": (), "scope": Scope(tuple((key, (value,)) for key, value in terms.items()))}


def past(day: date, agency_id: str = "SCJG", site_id: str = "S1", **cells: Any) -> HistoryRow:
    base = {"items": ("I1",), "trigger": "planned", "mode": "on_site", "result": "clear"}
    return row(HistoryRow, "history", site_id=site_id, agency_id=agency_id, date=day, **{**base, **cells})


def answered(day: date, answer: str = "accept", **cells: Any) -> AbsorptionRow:
    """Return what SCJG answered on its triggered check of `day` at S1."""
    base = {"site_id": "S1", "agency_id": "SCJG", "filing_id": "", "answered_on": None, "by": ""}
    return row(AbsorptionRow, "absorptions", date=day, answer=answer, **{**base, **cells})


def grade(site_id: str, domain: str, letter: str, valid_from: date = date(2026, 1, 1)) -> GradeRow:
    return row(GradeRow, "grades", site_id=site_id, domain=domain, grade=letter, valid_from=valid_from)


def listed(kind: str, **cells: Any) -> ListRow:
    return row(ListRow, "lists", kind=kind, **cells)


def pin(pin_id: str, day: date, agency_id: str = "SCJG", site_id: str = "S1", **cells: Any) -> PinRow:
    return row(
        PinRow, "pins", pin_id=pin_id, site_id=site_id, agency_id=agency_id, date=day, state="published", **cells
    )


def waiver(rule: str, **cells: Any) -> WaiverRow:
    base = {"waiver_id": "W1", "from_": FIRST, "to": LAST, "reason": "示例", "signed_by": "示例", "signed_on": FIRST}
    return row(WaiverRow, "waivers", rule=rule, **{**base, **cells})


def setting(key: str, value: str) -> SettingRow:
    return row(SettingRow, "settings", key=key, value=value)


def closed(day: date, kind: str = "closed") -> CalendarRow:
    return row(CalendarRow, "calendar", date=day, kind=kind)


def nonce(holder: str, commitment: str, text: str, day: date = date(2026, 5, 20)) -> NonceRow:
    return row(NonceRow, "nonces", holder=holder, month=MONTH, commitment=commitment, committed_on=day, nonce=text)


def tables(**rows: Any) -> Tables:
    """Return tables with one bureau SCJG (A01) of four inspectors, one open site, one item and one filing."""
    base: dict[str, Any] = {
        "agencies": (agency("SCJG"),),
        "inspectors": tuple(inspector(f"P{n}", "SCJG") for n in range(4)),
        "sites": (site(),),
        "items": (item(),),
        "filings": (filing(),),
    }
    return Tables(source="hand-built", **{key: tuple(value) for key, value in (base | rows).items()})


def prepare(month: str = MONTH, **rows: Any) -> Prepared:
    """Return the prepared month of `tables(**rows)`."""
    return prepare_month(tables(**rows), month, rulebook(), seed=1)


def tasks(prepared: Prepared) -> tuple[TaskInfo, ...]:
    """Return the tasks of the case, () where there is none."""
    return prepared.case.tasks if prepared.case else ()


OF_A_CATERER = {"law.own-document", "law.peak-hours-missing"}
"""What is told of every market supervision filing at `site()`, a caterer without registered hours."""


def codes(prepared: Prepared) -> set[str]:
    """Return the codes of all findings but `OF_A_CATERER`."""
    return {finding.code for finding in prepared.findings} - OF_A_CATERER


def removed_by(prepared: Prepared) -> set[str]:
    """Return the rules that removed something; each removal names a clause and gives its reason twice."""
    for gone in prepared.removed:
        assert gone.clauses
        assert gone.zh
        assert gone.en
    return {gone.rule for gone in prepared.removed}
