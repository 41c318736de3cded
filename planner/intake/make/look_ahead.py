"""What a month has to share out with later ones: all that is filed until the last day that any of its tasks waits for.

Filings that open after the month are unfolded as their own months will do it, beside the month's books: what is found
in them is told in their month. Each task counts at its least, so that sums over them are bounds (see
`planner.domain.ahead.look_ahead`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from planner.domain.ahead.look_ahead import Known, LookAhead
from planner.domain.ahead.shares import Share, walked
from planner.domain.calendar import months_after
from planner.domain.case import DAY_QUARTERS, CapacityRow, GroupInfo, IntArray
from planner.domain.case_builder import quarters_of
from planner.domain.roster import HALF_QUARTERS
from planner.intake.make.taking import Waiting, taken_by
from planner.intake.make.unfold import unfold
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.month.lookups import Lookups, is_closed
from planner.intake.month.outcome import Notes
from planner.intake.month.set_aside import WHOLE
from planner.intake.month.waivers import Waivers
from planner.intake.people.capacity import crew_quarters
from planner.intake.screen.caps import apply_caps, group_key
from planner.intake.screen.history import screen_history
from planner.intake.screen.merging import merge_same_item
from planner.intake.screen.pins import Neighbours
from planner.intake.tables.records import Tables
from planner.law.rules.capacity import CREWS
from planner.rulebook.nouns import RulebookVersion

FARTHEST = 400
"""Days after the month that are looked at, at most: a window that ends later asks nothing of the days before."""
SPARE = "later_spare_percent"


@dataclass(frozen=True)
class Month:
    """The month's on-site tasks with their groups, and what its own unfolding leaves for later."""

    visits: Sequence[Draft]
    groups: Sequence[GroupInfo]
    later: Sequence[Draft]
    neighbours: Neighbours


@dataclass(frozen=True, eq=False)
class Filed:
    """All that is filed until the last day that anything waits for, whoever is there to do it. `own` of `days` are the
    month's. `tasks` is None where nothing waits.
    """

    days: tuple[date, ...]
    own: int
    tasks: Sequence[tuple[Draft, Known]] | None
    rows: tuple[CapacityRow, ...]
    filed_by: date | None


def filed_later(context: Context, tables: Tables, rulebook: RulebookVersion, month: Month) -> Filed:
    """Return what the month and the later ones have to do, from what was filed alone."""
    filed_by = max((f.filed_on for f in tables.filings if f.filed_on), default=None)
    waiting = [draft for draft in month.visits if draft.waits_until]
    days = context.calendar.open_days(context.first, _end(context, waiting))
    own = sum(day <= context.last for day in days)
    if not waiting:
        return Filed(days, own, None, (), filed_by)
    units = {draft.unit for draft in waiting}
    later = _later(context, tables, rulebook, month, days[-1])
    drafts = [d for d in (*month.visits, *later) if not d.follows_fire]
    found = _known(context, drafts, days, own, units)
    known = tuple(task for _, task in found)
    rows = tuple(
        sorted(
            {CapacityRow(t.unit) for t in known} | {CapacityRow(t.unit, t.skill) for t in known if t.skill},
            key=lambda row: (row.skill != "", row.unit, row.skill),
        )
    )
    return Filed(days, own, found, rows, filed_by)


def look_ahead(context: Context, tables: Tables, month: Month, filed: Filed) -> LookAhead:
    """Return the look-ahead of the month, with the ids of the waiting tasks that it has to take."""
    days, own, found, rows, filed_by = filed.days, filed.own, filed.tasks, filed.rows, filed.filed_by
    if found is None:
        nothing = np.zeros((0, own), dtype=np.int64)
        return LookAhead(days[:own], own, (), nothing, (), filed_by=filed_by)
    ahead = LookAhead(
        days,
        own,
        rows,
        _halves(context, tables, days, rows),
        tuple(task for _, task in found),
        spare_percent=context.settings.number(SPARE),
        filed_by=filed_by,
    )
    return replace(ahead, taken=taken_by(ahead, _facts(context, ahead, found, month), _walking(context, ahead, found)))


def take(taken: frozenset[str], visits: Iterable[Draft]) -> list[Draft]:
    """Return the month's drafts; those that the look-ahead has `taken` cannot wait."""
    if not taken:
        return list(visits)
    return [replace(d, waits_until=None, taken=d.waits_until) if d.id in taken else d for d in visits]


def _end(context: Context, waiting: Iterable[Draft]) -> date:
    """Return the last day that anything waits for, not farther than `FARTHEST`."""
    last = max((draft.waits_until for draft in waiting if draft.waits_until), default=context.last)
    return min(last, context.last + timedelta(days=FARTHEST))


def _later(context: Context, tables: Tables, rulebook: RulebookVersion, month: Month, until: date) -> list[Draft]:
    """Return the on-site tasks that open after the month, until `until`, and that nothing known takes away."""
    filings = tuple(f for f in tables.filings if context.last < f.window_from <= until)
    notes = Notes(rulebook)
    beside = replace(
        context,
        last=until,
        notes=notes,
        lookups=Lookups(tables, context.first, until) if filings else context.lookups,
        waivers=Waivers(tables, rulebook, context.first, until, notes),
        set_aside=WHOLE,
    )
    # Numbers of later draws are not known yet: another draw of as many sites stands for each of them.
    found = unfold(beside, replace(tables, filings=filings, nonces=())).drafts if filings else []
    drafts = screen_history(beside, [*month.later, *found])
    drafts = [d for d in merge_same_item(drafts) if d.mode == "on_site" and not d.fire_items and not d.pinned]
    drafts = _not_again(month.visits, [d for d in drafts if d.window[0] <= until])
    return _within_caps(beside, month, drafts)


def _not_again(visits: Sequence[Draft], later: Iterable[Draft]) -> list[Draft]:
    """Return the drafts that ask for nothing that a task of the month already does for them."""
    at: dict[tuple[str, str, str], list[Draft]] = defaultdict(list)
    for draft in visits:
        at[draft.site.site_id, draft.unit, draft.domain].append(draft)
    return [
        d
        for d in later
        if not any(d.item_ids & o.item_ids and d.overlaps(o) for o in at[d.site.site_id, d.unit, d.domain])
    ]


def _within_caps(context: Context, month: Month, later: Sequence[Draft]) -> list[Draft]:
    """Return the drafts that the yearly caps leave when the month's own tasks have had their dates."""
    kept, groups = apply_caps(context, later, month.neighbours)
    left = {(g.site, g.domain): g.quota for g in groups}
    for site, domain in {(d.site.site_id, d.domain) for d in month.visits if d.capped}:
        if (site, domain) in left:
            left[site, domain] -= 1
    used: Counter[tuple[str, str]] = Counter()
    out = []
    for draft in kept:
        key = draft.site.site_id, draft.domain
        used[key] += draft.capped
        if not draft.capped or used[key] <= left.get(key, used[key]):
            out.append(draft)
    return out


def _known(
    context: Context, drafts: Sequence[Draft], days: Sequence[date], own: int, units: set[str]
) -> list[tuple[Draft, Known]]:
    """Return the tasks of `units` that have a day among `days`, each at its least; only those that wait are named."""
    ordinals = np.array([day.toordinal() for day in days], dtype=np.int64)
    until = _without_another_day(context, days[-1])
    total: Counter[tuple[str, str]] = Counter()
    count: Counter[tuple[str, str]] = Counter()
    setup = {unit: quarters_of(context.lookups.agencies[unit].setup_minutes) for unit in {d.unit for d in drafts}}
    for draft in drafts:
        total[draft.site.site_id, draft.unit] += quarters_of(draft.minutes)
        count[draft.site.site_id, draft.unit] += 1
    long = {key for key, quarters in total.items() if quarters + setup[key[1]] > HALF_QUARTERS}
    crowd = Counter(site for site, _ in long)
    found = []
    for draft in drafts:
        if draft.unit not in units:
            continue
        first, last = (draft.pinned, draft.pinned) if draft.pinned else draft.window
        if first <= context.last and not draft.pinned:
            last = draft.waits_until or min(last, context.last)
        if last > until:
            continue  # it has days that are not looked at
        low, high = int(np.searchsorted(ordinals, first.toordinal())), _up_to(ordinals, last)
        room, quarters = DAY_QUARTERS - setup[draft.unit], quarters_of(draft.minutes)
        if quarters > room and any(item.multi_day for item in draft.items):
            quarters = room
        if low > high or quarters > room:
            continue
        # A list that is not drawn yet may fall on sites where the unit stays anyway.
        drawn_later = bool(draft.drawn) and low >= own
        key = draft.site.site_id, draft.unit
        shares = not drawn_later and crowd[key[0]] == (key in long) and (key not in long or count[key] == 1)
        found.append(
            (
                draft,
                Known(
                    id=draft.id if draft.waits_until else "",
                    site=key[0],
                    unit=draft.unit,
                    skill=draft.skill,
                    quarters=quarters,
                    setup=0 if drawn_later else setup[draft.unit],
                    shares=shares,
                    first=low,
                    last=high,
                    strength=draft.strength,
                    priority=draft.priority,
                    waits=draft.waits_until is not None,
                ),
            )
        )
    return found


def _without_another_day(context: Context, day: date) -> date:
    """Return the last date up to which no open day follows `day`."""
    dates = (day + timedelta(days=n) for n in range(1, FARTHEST))
    return next((one - timedelta(days=1) for one in dates if context.calendar.open_days(one, one)), date.max)


def _up_to(ordinals: IntArray, day: date) -> int:
    """Return the last of the days that is not after `day`."""
    return int(np.searchsorted(ordinals, day.toordinal(), side="right")) - 1


def _halves(context: Context, tables: Tables, days: Sequence[date], rows: Sequence[CapacityRow]) -> IntArray:
    """Return [R, D] crew half-days of each row."""
    units = {row.unit for row in rows}
    per_crew = {
        unit: context.law.number(CREWS.id, "inspectors_per_crew", context.lookups.agency_domain.get(unit, ""))
        for unit in units
    }
    people = [row for row in tables.inspectors if row.agency_id in units]
    names = {row.inspector_id for row in people}
    away = [row for row in tables.absences if row.inspector_id in names]
    found = crew_quarters(people, away, days, per_crew, [(row.unit, row.skill) for row in rows if row.skill])
    nobody = (0,) * len(days)
    table = [found.get(row, nobody) for row in rows]
    return np.array(table, dtype=np.int64).reshape(len(rows), len(days)) // HALF_QUARTERS


def _facts(context: Context, ahead: LookAhead, known: Iterable[tuple[Draft, Known]], month: Month) -> list[Waiting]:
    """Return of each waiting task on which days of the month it can be done, and whether somebody goes there anyway."""
    groups = {g.key: g for g in month.groups}
    busy = {d.site.site_id for d in month.visits if d.waits_until is None and not d.follows_fire}
    out = []
    for draft, task in known:
        if not task.waits:
            continue
        group = groups.get(group_key(context, task.site, draft.domain, draft.parent))
        crews = [n for n, row in enumerate(ahead.rows) if row.unit == task.unit and row.skill in ("", task.skill)]
        manned = np.flatnonzero(ahead.halves[crews, task.first : ahead.month].all(axis=0)) + task.first
        open_days = [n for n in manned.tolist() if _lawful(draft, ahead.days[n], group)]
        joins = not draft.unannounced and (draft.site.join != "discouraged" or draft.opted_in)
        out.append(
            Waiting(
                task,
                tuple(crews),
                (open_days[0], open_days[-1]) if open_days else None,
                joins and task.site in busy,
                f"{task.site} {draft.joint_group}" if draft.joint_group else "",
            )
        )
    return out


def _walking(context: Context, ahead: LookAhead, known: Iterable[tuple[Draft, Known]]) -> dict[int, Share]:
    """Return by capacity row the guess at what walking takes: nothing of a unit whose sites lie in one town."""
    towns: dict[str, set[str]] = defaultdict(set)
    for draft, task in known:
        towns[task.unit].add(draft.site.town)
    travel = quarters_of(context.settings.number("travel_minutes"))
    return {n: walked(travel if len(towns[row.unit]) > 1 else 0) for n, row in enumerate(ahead.rows)}


def _lawful(draft: Draft, day: date, group: GroupInfo | None) -> bool:
    """Return whether neither the site's closed days nor earlier or published checks bar the task from `day`."""
    if is_closed(draft.site, day):
        return False
    if group is None or not draft.capped:
        return True
    gap = group.gap_months
    return group.quota > 0 and not any(
        (held < day < months_after(held, gap)) or (day < held < months_after(day, gap)) for held in group.history
    )
