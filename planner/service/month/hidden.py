"""Unannounced checks (突击): planned after everything else, into what is left, and kept beside the plan.

The plan of a month is a function of what is announced: filings of unannounced checks are taken out before anything is
screened, drawn or solved, so nothing that anybody is told of the plan can tell of them (A07-7.2a). Their visits then
get days of their own: days on which nobody else enters the site and their crews have room beside all that stands, one
of them by lot. They never change the plan; where the plan changes, they give way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.checks.objective import objective_of
from planner.domain.case import Case, IntArray, RowRef, TaskInfo
from planner.domain.duty import NO_START, Duty, Stay, stays_of
from planner.domain.finding import Finding
from planner.domain.plan import Plan, visits_of
from planner.domain.result import MonthResult, Reason
from planner.domain.roster import Roster
from planner.draw.sites import DrawRecord
from planner.explain.why import reasons_walked
from planner.intake.make.given import NOTHING, Given
from planner.intake.make.prepare import prepare_month
from planner.intake.month.outcome import Prepared
from planner.intake.tables.records import Tables
from planner.operations.book import Book
from planner.operations.gate import new_violations
from planner.operations.recase import grown_roster, with_tasks
from planner.operations.room import Room, room_on
from planner.service.month.ways import ways_out
from planner.solve.day.crew_names import CrewSeeds
from planner.solve.revise import manned_days

if TYPE_CHECKING:
    from planner.rulebook.nouns import RulebookVersion


@dataclass(frozen=True, eq=False)
class Hidden:
    """The unannounced checks of a month beside its plan.

    `months` are, by parent agency, the month as that agency alone may see it: the plan, to the start and the person,
    with its own unannounced checks in it and nobody else's. `tasks` are the ids of all of them, `findings` what
    screening them said, `draws` those of their filings: for the bureau.
    """

    months: Mapping[str, MonthResult]
    tasks: frozenset[str]
    findings: tuple[Finding, ...]
    draws: tuple[DrawRecord, ...] = ()

    @property
    def days(self) -> dict[str, date | None]:
        """Return the date of each task, None where none was found."""
        found: dict[str, date | None] = {}
        for result in self.months.values():
            assert result.plan is not None
            rows = zip(result.case.tasks, result.plan.day.tolist(), strict=True)
            found |= {t.id: result.case.days[d] if d >= 0 else None for t, d in rows if t.id in self.tasks}
        return found


def has_unannounced(tables: Tables) -> bool:
    """Return whether somebody filed an unannounced check."""
    return any(row.unannounced for row in tables.filings)


def announced(tables: Tables) -> Tables:
    """Return the tables without filings of unannounced checks, and without what rows say of these alone."""
    hidden = {row.filing_id for row in tables.filings if row.unannounced}
    if not hidden:
        return tables
    rows = {row.ref for row in tables.filings if row.filing_id in hidden}
    rows |= {row.ref for row in tables.waivers if row.filing_id in hidden}
    return replace(
        tables,
        filings=tuple(row for row in tables.filings if row.filing_id not in hidden),
        pins=tuple(row for row in tables.pins if row.filing_id not in hidden),
        waivers=tuple(row for row in tables.waivers if row.filing_id not in hidden),
        findings=tuple(f for f in tables.findings if RowRef(f.table, f.row, f.params.get("place", "")) not in rows),
    )


def hide(
    result: MonthResult,
    tables: Tables,
    month: str,
    rulebook: RulebookVersion,
    seeds: CrewSeeds,
    given: Given = NOTHING,
    before: Mapping[str, date | None] | None = None,
    lot: Random | None = None,
    *,
    settled: bool = False,
    full: Prepared | None = None,
) -> Hidden | None:
    """Return the unannounced checks of a month, None where nobody filed any; without a plan, what screening said alone.

    A task keeps its date of `before` where that is still to be had; else it is given one by `lot`, the system's chance.
    Where they are `settled`, the dates of `before` are taken as they are: whoever reads a plan does not choose anew.
    `full` is the month with them in it, where somebody has prepared it.
    """
    filings = {row.filing_id for row in tables.filings if row.unannounced}
    if not filings or (result.plan is not None and result.duty is None):  # a year has no times, and no such checks
        return None
    prepared = full or prepare_month(tables, month, rulebook, result.seed, None, given)
    known, beside = set(map(repr, result.findings)), prepared.case
    findings = tuple(finding for finding in prepared.findings if repr(finding) not in known)
    nothing = Hidden({}, frozenset(), findings)
    if result.plan is None or beside is None or prepared.roster is None or result.roster is None:
        return nothing
    new: dict[str, list[TaskInfo]] = defaultdict(list)
    for task, parent in zip(beside.tasks, beside.parent_of.tolist(), strict=True):
        if task.unannounced:
            new[beside.parents[parent]].append(task)
    if not new:
        return nothing
    chance, was, months = lot or SystemRandom(), before or {}, dict[str, MonthResult]()
    taken: set[tuple[str, date]] = set()
    order = sorted(new)
    chance.shuffle(order)
    known_case = _loosened(result.case, beside)
    for agency in order:
        case, day = with_tasks(known_case, result.plan.day, new[agency], beside)
        roster = grown_roster(case, [(result.case, result.roster), (beside, prepared.roster)])
        book = Book(case, Plan(day), first_day=_first_free(case, given), roster=roster, starts=_starts(result))
        own = [t for t, task in enumerate(case.tasks) if task.unannounced]
        if settled:
            _settle(book, own, was)
        else:
            _place(book, own, was, taken, chance)
        taken |= {(case.tasks[t].site, case.days[int(book.day[t])]) for t in own if book.day[t] >= 0}
        whole = _timed(_whole(result, case, roster, book.day), result, seeds)
        assert whole.plan is not None
        reasons = reasons_walked(case, roster, whole.plan, rulebook)
        ways = ways_out(book, [t for t in own if book.day[t] < 0], rulebook)
        months[agency] = replace(whole, reasons=tuple(_with_way(reason, ways) for reason in reasons))
    return Hidden(
        {agency: months[agency] for agency in sorted(months)},
        frozenset(task.id for tasks in new.values() for task in tasks),
        findings,
        tuple(record for record in prepared.draws if record.request.filing_id in filings),
    )


def _loosened(case: Case, beside: Case) -> Case:
    """Return the plan's case with what unannounced checks have beyond it: the hours that units keep for them, and no
    gap where a waiver lifts it for them.
    """
    gaps = {group.key: group.gap_months for group in beside.groups}
    groups = (replace(g, gap_months=min(g.gap_months, gaps.get(g.key, g.gap_months))) for g in case.groups)
    hours = {row: n for n, row in enumerate(beside.rows)}
    kept = [(n, hours[row]) for n, row in enumerate(case.rows) if row in hours]
    there, may_load = case.capacity.copy(), case.plan_capacity.copy()
    for n, row in kept:
        there[n] = np.maximum(there[n], beside.capacity[row])
        may_load[n] = np.maximum(may_load[n], beside.capacity[row])
    return replace(case, groups=tuple(groups), capacity=there, plan_capacity=may_load)


def _with_way(reason: Reason, ways: Mapping[int, tuple[str, str]]) -> Reason:
    """Return the reason with what would give its task a day, where that is known."""
    if reason.task not in ways:
        return reason
    zh, en = ways[reason.task]
    return replace(reason, text_zh=f"{reason.text_zh}{zh}。", text_en=f"{reason.text_en} {en}.")


def _first_free(case: Case, given: Given) -> int:
    through = given.through
    return 0 if through is None else int(np.searchsorted(case.ordinals, through.toordinal() + 1))


def _starts(result: MonthResult) -> dict[tuple[str, date], int]:
    if result.duty is None:
        return {}
    case, visits = result.case, zip(result.visits, result.duty.start.tolist(), strict=True)
    return {(case.sites[v.site].id, case.days[v.day]): start for v, start in visits}


def _settle(book: Book, own: Sequence[int], before: Mapping[str, date | None]) -> None:
    index = {day: n for n, day in enumerate(book.case.days)}
    for t in own:
        day = before.get(book.case.tasks[t].id)
        if day in index and book.day[t] < 0:
            book.book([t], index[day])


def _place(
    book: Book, own: Sequence[int], before: Mapping[str, date | None], taken: Set[tuple[str, date]], lot: Random
) -> None:
    """Give each of `own` a day in `book`: all of a site together where they can, else apart. On days `taken` at a site
    another unannounced check comes.
    """
    case, sites = book.case, defaultdict[int, list[int]](list)
    for t in own:
        if book.day[t] < 0:  # a pin of the input has its day already
            sites[int(case.site_of[t])].append(t)
    order = sorted(sites)
    lot.shuffle(order)
    index = {day: n for n, day in enumerate(case.days)}
    for site in order:
        was = [index[day] for t in sites[site] if (day := before.get(case.tasks[t].id)) in index]
        off = {index[day] for name, day in taken if name == case.sites[site].id}
        for t in placed(book, sites[site], was, off, lot):
            placed(book, [t], was, off, lot)


def placed(book: Book, tasks: Sequence[int], was: Sequence[int], off: Set[int], lot: Random) -> Sequence[int]:
    """Publish `tasks` of a site on a day by lot, first on one of `was`; return those that got none: all, or nothing.

    Only where the law leaves no other day do they come together with what their own agency has announced there.
    """
    site = int(book.case.site_of[tasks[0]])
    days, with_own = ([d for d in found if d not in off] for found in admissible(book, tasks))
    lot.shuffle(days)
    lot.shuffle(with_own)
    for d in [*(d for d in dict.fromkeys(was) if d in days), *days, *with_own]:
        if not new_violations(book, tasks, d) and room_on(book, site, dict.fromkeys(tasks, d)) is not Room.NO:
            book.book(tasks, d)
            return ()
    return tasks


def admissible(book: Book, tasks: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the day indexes on which all of `tasks` of a site may come by their windows: those on which nobody enters,
    and those on which only their own agency does.
    """
    case, site = book.case, int(book.case.site_of[tasks[0]])
    allowed = book.arrays.allowed[list(tasks)].all(axis=0)
    entered: dict[int, set[int]] = defaultdict(set)
    for t in case.tasks_at(site):
        if book.day[t] >= 0:
            entered[int(book.day[t])].add(int(case.parent_of[t]))
    may = [d for d in np.flatnonzero(allowed).tolist() if d >= book.first_day]
    own = {int(case.parent_of[tasks[0]])}
    return [d for d in may if d not in entered], [d for d in may if entered.get(d) == own]


def _whole(result: MonthResult, case: Case, roster: Roster, day: IntArray) -> MonthResult:
    """Return the month with the unannounced checks in it; starts and people are those of the plan, theirs are open."""
    assert result.duty is not None
    assert result.roster is not None
    plan = Plan(day.copy())
    visits = tuple(visits_of(case, plan))
    start_of = {v.id: int(s) for v, s in zip(result.visits, result.duty.start.tolist(), strict=True)}
    before = stays_of(result.case, result.visits)
    rows = zip(before, result.duty.crew.tolist(), result.duty.team, strict=True)
    crew_of = {(result.visits[s.visit].id, result.case.units[s.unit].id): (crew, team) for s, crew, team in rows}
    stays = stays_of(case, visits)
    crews = [crew_of.get((visits[s.visit].id, case.units[s.unit].id), (NO_START, ())) for s in stays]
    was, index = result.roster.inspectors, {person.id: n for n, person in enumerate(roster.inspectors)}
    duty = Duty(
        np.array([start_of.get(visit.id, NO_START) for visit in visits], dtype=np.int64),
        np.array([crew for crew, _ in crews], dtype=np.int64),
        tuple(tuple(sorted(index[was[i].id] for i in team)) for _, team in crews),
    )
    return replace(
        result,
        roster=roster,
        case=case,
        plan=plan,
        objective=objective_of(case, plan),
        levels=(),
        certificates=(),
        visits=visits,
        reasons=(),
        counterfactuals=(),
        common_limit=None,
        matched=None,
        day_tests=None,
        duty=duty,
        cuts=(),
    )


def _timed(whole: MonthResult, result: MonthResult, seeds: CrewSeeds) -> MonthResult:
    """Return `whole` with starts and people for the unannounced checks, where these leave those of the plan alone.

    A day on which somebody announced would have to begin otherwise, or be done by others, stays as it was: whoever does
    the unannounced check then chooses the hour.
    """
    assert whole.plan is not None
    assert whole.duty is not None
    assert result.duty is not None
    case, visits = whole.case, whole.visits
    teams = _by_stay(whole)
    done = manned_days(whole, whole.plan.day, replace(seeds, was=_names(whole, teams)), lambda plan: result.plan_hash)
    if done.cuts:
        return whole
    duty = done.manned.duty
    after = replace(whole, visits=done.visits, duty=duty)
    then, starts = _by_stay(after), dict(zip((v.id for v in done.visits), duty.start.tolist(), strict=True))
    was = dict(zip((v.id for v in visits), whole.duty.start.tolist(), strict=True))
    announced = {visit.id for visit in result.visits}
    day_of = {visit.id: visit.day for visit in visits}
    moved = {day_of[name] for name in announced if starts[name] != was[name]}
    moved |= {day_of[key[0]] for key, stay in teams.items() if key[0] in announced and then[key] != stay}
    start = [was[v.id] if v.day in moved else starts[v.id] for v in visits]
    chosen = [(teams if visits[s.visit].day in moved else then)[_key(whole, s)] for s in stays_of(case, visits)]
    duty = Duty(
        np.array(start, dtype=np.int64),
        np.array([crew for crew, _ in chosen], dtype=np.int64),
        tuple(team for _, team in chosen),
    )
    return replace(whole, duty=duty)


_Key = tuple[str, int]


def _key(result: MonthResult, stay: Stay) -> _Key:
    return result.visits[stay.visit].id, stay.unit


def _by_stay(result: MonthResult) -> dict[_Key, tuple[int, tuple[int, ...]]]:
    """Return crew and team by (visit id, unit)."""
    assert result.duty is not None
    rows = zip(stays_of(result.case, result.visits), result.duty.crew.tolist(), result.duty.team, strict=True)
    return {_key(result, stay): (crew, team) for stay, crew, team in rows}


def _names(result: MonthResult, teams: Mapping[_Key, tuple[int, tuple[int, ...]]]) -> dict[tuple[str, str], Any]:
    """Return the ids of the people of each team, by (unit id, visit id)."""
    assert result.roster is not None
    people, units = result.roster.inspectors, result.case.units
    return {(units[u].id, v): tuple(people[i].id for i in team) for (v, u), (_, team) in teams.items() if team}
