"""People: who is certified and on duty when, who is recused, and the roster that timetable and crews go by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.domain.case import DAY_QUARTERS, BoolArray, CapacityRow, Case, IntArray
from planner.domain.case_builder import quarters_of
from planner.domain.roster import HALF_QUARTERS, Inspector, Roster
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.people.capacity import HALVES, is_certified
from planner.intake.people.hours import business_quarters, quarters_within, start_step, stay_quarters
from planner.intake.tables.records import AbsenceRow, InspectorRow, ListRow, Tables
from planner.law.rules.capacity import CREWS

Recusals = Mapping[tuple[str, str], Sequence[ListRow]]
"""(inspector, site) → the rows that bar the one from the other."""


@dataclass(frozen=True, eq=False)
class People:
    """Officers who hold a certificate on some day of the month, by unit and id. `present` is [I, D, 2]."""

    rows: tuple[InspectorRow, ...]
    present: BoolArray
    recusals: Recusals

    def recused(self, inspector: str, site: str, day: date) -> bool:
        """Return whether the inspector must not go to the site on `day`."""
        return any(
            (row.from_ is None or row.from_ <= day) and (row.to is None or day <= row.to)
            for row in self.recusals.get((inspector, site), ())
        )


def people_of(context: Context, tables: Tables, days: Sequence[date]) -> People:
    """Return the month's people on `days`; a recusal that names no site is told."""
    rows = tuple(
        sorted(
            (row for row in tables.inspectors if any(is_certified(row, day) for day in days)),
            key=lambda row: (row.agency_id, row.inspector_id),
        )
    )
    place = {row.inspector_id: n for n, row in enumerate(rows)}
    present = np.array([[[is_certified(row, day)] * 2 for day in days] for row in rows], dtype=np.bool_)
    present = present.reshape(len(rows), len(days), len(HALVES))
    for absence in tables.absences:
        if absence.inspector_id in place:
            away = np.array([absence.from_ <= day <= absence.to for day in days], dtype=np.bool_)
            for half, name in enumerate(HALVES):
                if absence.half in ("day", name):
                    present[place[absence.inspector_id], away, half] = False
    return People(rows, present, _recusals(context, tables.lists))


def kept_off_all_sites(lists: Iterable[ListRow]) -> tuple[AbsenceRow, ...]:
    """Return as absences the recusals that name an inspector and no site: from where, nobody can tell."""
    return tuple(
        AbsenceRow(row.inspector_id, row.from_ or date.min, row.to or date.max, "day", row.ref)
        for row in lists
        if row.kind == "recusal" and row.inspector_id and not row.site_id
    )


def _recusals(context: Context, lists: Iterable[ListRow]) -> Recusals:
    found: dict[tuple[str, str], list[ListRow]] = defaultdict(list)
    for row in lists:
        if row.kind != "recusal":
            continue
        if row.inspector_id and row.site_id:
            found[row.inspector_id, row.site_id].append(row)
        else:
            context.notes.find("law.recusal-incomplete", row.ref, column="inspector_id" if row.site_id else "site_id")
    return found


def less_reserve(context: Context, crews: dict[CapacityRow, tuple[int, ...]]) -> dict[CapacityRow, tuple[int, ...]]:
    """Return the crews' quarter-hours less what units keep each day for unannounced and triggered checks.

    They keep it whether somebody files such a check or not, so that it tells nothing: all units, but those of annexes
    that have the enterprise told beforehand, which never come unannounced.
    """
    kept = quarters_of(context.settings.number("unannounced_reserve_minutes"))
    told, domain_of = context.law.words("unannounced.told", "domains"), context.lookups.agency_domain
    return {
        row: found if domain_of.get(row.unit) in told else tuple(max(0, quarters - kept) for quarters in found)
        for row, found in crews.items()
    }


def tell_without_crew(context: Context, drafts: Sequence[Draft], capacity: dict[CapacityRow, tuple[int, ...]]) -> None:
    """Tell units, and skills of units, that have tasks in the month and no crew on any day."""
    for unit in sorted({draft.unit for draft in drafts}):
        if not any(capacity.get(CapacityRow(unit), ())):
            ref, domain = context.lookups.agencies[unit].ref, context.lookups.agency_domain[unit]
            context.notes.find("law.no-crew", ref, domain=domain, subjects=(unit,), agency=unit)
    for unit, skill in sorted({(draft.unit, draft.skill) for draft in drafts if draft.skill}):
        if any(capacity.get(CapacityRow(unit), ())) and not any(capacity.get(CapacityRow(unit, skill), ())):
            ref, domain = context.lookups.agencies[unit].ref, context.lookups.agency_domain[unit]
            about = {"agency": unit, "skill": skill}
            context.notes.find("law.no-skilled-crew", ref, domain=domain, subjects=(unit, skill), **about)


def unstaffed_days(
    context: Context,
    people: People,
    drafts: Sequence[Draft],
    days: Sequence[date],
    crews: Mapping[CapacityRow, Sequence[int]],
) -> dict[str, list[date]]:
    """Return, by task id, the days on which its unit has no crew that may do it alone (rule `crew.enough`).

    A crew is all there in one half-day, in both where the stay is longer than one; each of it has the task's skill.
    """
    of_unit: dict[str, list[int]] = defaultdict(list)
    for n, row in enumerate(people.rows):
        of_unit[row.agency_id].append(n)
    barred_sites = {site for _, site in people.recusals}
    known: dict[tuple[str, str, bool, str], BoolArray] = {}
    out: dict[str, list[date]] = {}
    for draft in drafts:
        site = draft.site.site_id if draft.site.site_id in barred_sites else ""
        long = stay_quarters(context, draft) > HALF_QUARTERS
        key = (draft.unit, draft.skill, long, site)
        if key not in known:
            able = [n for n in of_unit[draft.unit] if not draft.skill or draft.skill in people.rows[n].skills]
            there = people.present[able].copy()
            for place, n in enumerate(able) if site else ():
                away = [people.recused(people.rows[n].inspector_id, site, day) for day in days]
                there[place, np.array(away, dtype=np.bool_)] = False
            least = _per_crew(context, draft.unit)
            known[key] = there.all(axis=2).sum(axis=0) >= least if long else (there.sum(axis=0) >= least).any(axis=1)
        missing = [day for day, enough in zip(days, known[key].tolist(), strict=True) if not enough]
        if missing:
            out[draft.id] = missing
    _tell_unstaffed(context, drafts, days, crews, out)
    return out


def _tell_unstaffed(
    context: Context,
    drafts: Sequence[Draft],
    days: Sequence[date],
    crews: Mapping[CapacityRow, Sequence[int]],
    unstaffed: Mapping[str, Sequence[date]],
) -> None:
    """Tell pins on such days, and tasks without any other day; a unit without any crew at all is told elsewhere."""
    without: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        missing = set(unstaffed.get(draft.id, ()))
        if draft.pinned in missing:
            context.notes.find(
                "law.pin-unstaffed",
                draft.filings[0].ref,
                domain=draft.domain,
                subjects=(draft.unit, draft.site.site_id),
                agency=context.lookups.agencies[draft.unit].name,
                site=draft.site.name,
                date=draft.pinned,
            )
        elif (
            missing.issuperset(day for day in days if draft.window[0] <= day <= draft.window[1])
            and missing
            and any(crews.get(CapacityRow(draft.unit, draft.skill), ()))
        ):
            without[draft.unit].append(draft)
    for unit, found in sorted(without.items()):
        row = context.lookups.agencies[unit]
        sites = (draft.site.site_id for draft in found[:5])
        about = {"domain": context.lookups.agency_domain[unit], "agency": row.name}
        context.notes.find("law.no-lawful-crew", row.ref, subjects=(unit, *sites), count=len(found), **about)


def _per_crew(context: Context, unit: str) -> int:
    return context.law.number(CREWS.id, "inspectors_per_crew", context.lookups.agency_domain.get(unit, ""))


def build_roster(context: Context, people: People, case: Case) -> Roster:
    """Return the roster of `case`, whose days `people` must be of."""
    units = {unit.id: n for n, unit in enumerate(case.units)}
    kept = [n for n, row in enumerate(people.rows) if row.agency_id in units]
    rows = [people.rows[n] for n in kept]
    sites = {site.id: n for n, site in enumerate(case.sites)}
    place = {row.inspector_id: n for n, row in enumerate(rows)}
    recused = frozenset(
        (place[who], sites[site], d)
        for who, site in people.recusals
        if who in place and site in sites
        for d, day in enumerate(case.days)
        if people.recused(who, site, day)
    )
    site_rows = [context.lookups.sites[site.id] for site in case.sites]
    weight = context.law.number("objective.quiet-hours", "quiet_hours_weight") - 1
    quiet = [quarters_within(row.quiet_hours, context.settings.clock) for row in site_rows]
    business = [business_quarters(context, row) for row in site_rows]
    steered = context.law.words("draw.inspectors", "workload_may_steer")
    minding = context.law.words("objective.quiet-hours", "domains")
    return Roster(
        inspectors=tuple(
            Inspector(row.inspector_id, row.name, row.agency_id, tuple(sorted(set(row.skills)))) for row in rows
        ),
        unit_of=_ints(units[row.agency_id] for row in rows),
        present=people.present[kept],
        recused=recused,
        per_crew=_ints(_per_crew(context, unit.id) for unit in case.units),
        quiet=np.array(quiet, dtype=np.int64).reshape(len(site_rows), DAY_QUARTERS) * weight,
        minds_quiet=_bools(task.domain in minding for task in case.tasks),
        business=np.array(business, dtype=np.bool_).reshape(len(site_rows), DAY_QUARTERS),
        outside_hours=_bools(task.outside_hours for task in case.tasks),
        balanced=_bools(
            not task.drawn and all(context.filings[f].kind in steered for f in task.filings) for task in case.tasks
        ),
        travel_quarters=quarters_of(context.settings.number("travel_minutes")),
        start_step=start_step(context),
        clock=context.settings.clock,
    )


def _ints(values: Iterable[int]) -> IntArray:
    return np.fromiter(values, dtype=np.int64)


def _bools(values: Iterable[bool]) -> BoolArray:
    return np.fromiter(values, dtype=np.bool_)
