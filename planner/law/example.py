"""Tiny cases for the examples of rules: three days of June, plenty of crews, plain tasks of agency "a" at site "s"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from planner.domain.case import AgencyInfo, CapacityRow, Case, SiteInfo, Strength, TaskInfo
from planner.domain.case_builder import CaseParts, build_case

PERIOD = date(2026, 6, 1), date(2026, 6, 30)
DAYS = (date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 12))
PLENTY = 1000
"""Crew quarter-hours that never run short."""


def asked(name: str, site: str = "s", unit: str = "a", **more: Any) -> TaskInfo:
    """Return a task of one hour in the whole month; `more` are fields of `TaskInfo`."""
    given: dict[str, Any] = {
        "domain": "A01",
        "items": ("item",),
        "filings": ("filing",),
        "plan_codes": (),
        "window": PERIOD,
        "minutes": 60,
        "strength": Strength.ACCEPTED,
        "priority": 5,
        "clauses": (),
    }
    return TaskInfo(id=name, site=site, unit=unit, **(given | more))


def month(
    *tasks: TaskInfo,
    crews: Mapping[CapacityRow, int] | None = None,
    facts: Mapping[str, Any] | None = None,
    **more: Any,
) -> Callable[[], Case]:
    """Return what makes the case of `tasks`. `crews` are quarter-hours a day where they are scarce, `facts` what is
    known of the site "s" beyond the fields of `SiteInfo`, `more` what else `CaseParts` holds. Set-up is one
    quarter-hour.
    """

    def build() -> Case:
        units = {t.unit: AgencyInfo(t.unit, t.unit, t.unit, "district", "", t.domain) for t in tasks}
        rows = {CapacityRow(u): PLENTY for u in units}
        rows |= {CapacityRow(t.unit, t.skill): PLENTY for t in tasks if t.skill} | dict(crews or {})
        sites = {t.site: SiteInfo(t.site, t.site, "朱泾镇", "餐饮", 121.0, 30.8) for t in tasks}
        if facts:
            sites["s"] = sites["s"].with_facts(facts)
        return build_case(
            CaseParts(
                name="example",
                period=PERIOD,
                days=DAYS,
                tasks=tasks,
                sites=sites.values(),
                units=units.values(),
                capacity={row: [quarters] * len(DAYS) for row, quarters in rows.items()},
                setup_minutes=dict.fromkeys(units, 15),
                **more,
            )
        )

    return build
