"""From tables to the month's tasks, in steps: each writes down what it asked, so that changed inputs go on from there.

No step depends on inspectors and absences. Where only settings, days or parameters of rules change (`screen_again`),
the steps before the first one that would be answered otherwise are not taken again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter
from typing import Any

from planner.domain.calendar import WorkCalendar, is_one_month, period_bounds
from planner.domain.case import Case, GroupInfo
from planner.domain.errors import InputError
from planner.intake.identity.told import tell_registers
from planner.intake.identity.union import Registers, one_register
from planner.intake.make.frequency import fire_coverage, key_site_coverage, unfiled_key_items
from planner.intake.make.given import NOTHING, Given, due_by_the_year, fix_published, without_done
from planner.intake.make.joint import apply_joint
from planner.intake.make.look_ahead import Filed, Month, filed_later
from planner.intake.make.unfold import Unfolded, unfold
from planner.intake.make.windows import Due, settle_waits, sort_by_window
from planner.intake.make.with_fire import tell_apart
from planner.intake.month.asked import Asked, asked_so_far, asking
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.month.filed_states import filing_standings
from planner.intake.month.law import Law
from planner.intake.month.lookups import Lookups
from planner.intake.month.outcome import CoverageNote, Notes
from planner.intake.month.set_aside import WHOLE, SetAside
from planner.intake.month.settings import read_settings
from planner.intake.month.waivers import Waivers
from planner.intake.month.working_days import make_calendar
from planner.intake.recorded.effects import with_results
from planner.intake.screen.caps import apply_caps
from planner.intake.screen.fire import apply_fire_exclusivity
from planner.intake.screen.held import bar_undated
from planner.intake.screen.history import screen_history
from planner.intake.screen.merging import merge_same_item
from planner.intake.screen.pins import Neighbours, apply_pins
from planner.intake.screen.scope import tell_alike
from planner.intake.tables.records import Tables
from planner.law.rules.company import NOT_TO_JOIN
from planner.rulebook.nouns import RulebookVersion

Tell = Callable[[str], None]

ANSWERED = frozenset({"settings", "calendar"})
"""Tables that steps see only through what they ask of settings and calendar."""
OF_PEOPLE = frozenset({"inspectors", "absences"})
"""Tables that no step sees."""


@dataclass(slots=True)
class _State:
    """What the steps have come to; each sets the fields that are its own and changes nothing else."""

    context: Context
    tables: Tables
    given: Given
    unfolded: Unfolded = field(default_factory=Unfolded)
    drafts: list[Draft] = field(default_factory=list)
    days: Sequence[date] = ()
    neighbours: Neighbours = field(default_factory=dict)
    due: Due = field(default_factory=Due)
    visits: list[Draft] = field(default_factory=list)
    groups: list[GroupInfo] = field(default_factory=list)
    coverage: tuple[CoverageNote, ...] = ()
    filed: Month = field(default_factory=lambda: Month((), (), (), {}))
    future: Filed | None = None

    def apart(self) -> _State:
        """Return the same, with books of its own."""
        other = copy(self)
        other.context = self.context.apart()
        return other


@dataclass(frozen=True, eq=False)
class Kept:
    """What the first `steps` steps came to, and all that they asked."""

    steps: int
    state: _State
    asked: Asked


@dataclass(frozen=True, eq=False)
class Finished:
    """A month's drafts as they are when the look-ahead has taken its own, and all that is told of it by then.

    `now` and `waiting` are drafts on site, in the order of nothing; `context` has books of its own. Without `results`
    nothing was filed that could have come to a visit. `parts` are fields of `Prepared`, `asked` is all that was asked.
    """

    context: Context
    now: Sequence[Draft]
    waiting: Sequence[Draft]
    results: bool
    parts: Mapping[str, Any]
    asked: Asked


@dataclass(frozen=True, eq=False)
class Unmanned:
    """A month's cases before crews are counted; `asked` is all that was asked for drafts and cases.

    `context` has books of its own, `parts` are the fields of `Prepared` that people have no part in.
    """

    context: Context
    drafts: Finished
    case: Case | None
    waiting_case: Case | None
    parts: Mapping[str, Any]
    asked: Asked


@dataclass(frozen=True, eq=False)
class Screened:
    """A month up to where people come in: nothing here depends on inspectors and absences.

    `man_month` goes on from it as often as people change. It builds what it needs for each choice of the look-ahead
    once, in `built`; no book of findings in here is written to any more. `kept` has the steps, the last one last, where
    they were to be kept. `before` is the month whose steps all hold here, too.
    """

    context: Context
    tables: Tables
    month: str
    given: Given
    unfolded: Unfolded
    due: Due
    days: Sequence[date]
    filed: Month
    future: Filed | None
    coverage: tuple[CoverageNote, ...]
    registers: Registers
    seconds: Mapping[str, float]
    kept: Sequence[Kept] = ()
    before: Screened | None = None
    built: dict[frozenset[str], Unmanned] = field(default_factory=dict)

    @property
    def one_month(self) -> bool:
        """Return whether the period is a single month."""
        return is_one_month(self.context.first, self.context.last)


def screen_month(
    tables: Tables,
    month: str,
    rulebook: RulebookVersion,
    seed: int,
    tell: Tell = lambda _: None,
    given: Given = NOTHING,
    set_aside: SetAside = WHOLE,
    *,
    keep: bool = False,
) -> Screened:
    """Return the month screened, drawn and unfolded, without its people; else as `prepare_month`.

    With `keep` it can be gone on from where something changes (`screen_again`).
    """
    try:
        first, last = period_bounds(month)
    except ValueError:
        raise InputError(f"“{month}”不是 YYYY-MM 形式的月份 / {month!r} is no month (YYYY-MM)") from None
    start = perf_counter()
    registers = one_register(with_results(tables))
    tables = without_done(registers.tables, given)
    context = replace(_context(tables, first, last, rulebook, seed, registers), set_aside=set_aside)
    if keep:
        context = replace(context, calendar=asking(context.calendar))
    tell_registers(context.notes.find, registers)
    kept: list[Kept] = []
    return _go_on(_State(context, tables, given), 0, kept if keep else None, (month, registers), start, tell)


def screen_again(screened: Screened, tables: Tables, rulebook: RulebookVersion) -> Screened | None:
    """Return the month with other settings, days or parameters of rules, from the first step that asks what changed.

    `screened` was kept. None where it has to be screened anew: something differs that is told before the first step.
    Of `tables` only settings and calendar are read, all others must be those that `screened` was made of.
    """
    old, notes, before = screened.context, Notes(rulebook), Notes(rulebook)
    settings = read_settings(tables.settings, notes)
    read_settings(screened.tables.settings, before)
    too_early = old.first < rulebook.in_force_from and rulebook is not old.law.book
    if not _differ_by_params(old.law.book, rulebook) or too_early or notes.findings != before.findings:
        return None
    start = perf_counter()
    calendar = make_calendar(_years(screened.tables, old.first, old.last), tables.calendar)
    now = replace(old, settings=settings, law=Law(rulebook), calendar=asking(calendar))
    last = next((one for one in reversed(screened.kept) if one.asked.holds(now)), None)
    if last is None:
        return None
    state = last.state.apart()
    state.context = replace(state.context, settings=settings, law=now.law, calendar=now.calendar)
    state.tables = replace(state.tables, settings=tables.settings, calendar=tables.calendar)
    whole = (screened.month, screened.registers)
    found = _go_on(state, last.steps, None, whole, start, lambda _: None)
    return replace(found, before=screened) if last.steps == len(_STEPS) else found


def _differ_by_params(one: RulebookVersion, other: RulebookVersion) -> bool:
    """Return whether nothing but parameters of rules, and the name of the version, differs."""
    bare = [
        replace(book, version="", rules=tuple(replace(rule, params=()) for rule in book.rules)) for book in (one, other)
    ]
    return one is other or bare[0] == bare[1]


def _go_on(
    state: _State,
    done: int,
    kept: list[Kept] | None,
    whole: tuple[str, Registers],
    start: float,
    tell: Tell,
) -> Screened:
    """Return the month after the steps that come after the first `done`; each is `kept` where that is a list."""
    seconds = {"lookups": perf_counter() - start}
    for number, step in enumerate(_STEPS[done:], start=done + 1):
        if step in _TOLD:
            tell(_TOLD[step].format(month=whole[0]))
        step(state)
        if step is _unfold:
            seconds["screening"] = perf_counter() - start - seconds["lookups"]
        if kept is not None:
            kept.append(Kept(number, state.apart(), asked_so_far(state.context)))
    seconds["tasks"] = perf_counter() - start - sum(seconds.values())
    return Screened(
        context=state.context,
        tables=state.tables,
        month=whole[0],
        given=state.given,
        unfolded=state.unfolded,
        due=state.due,
        days=state.days,
        filed=state.filed,
        future=state.future,
        coverage=state.coverage,
        registers=whole[1],
        seconds=seconds,
        kept=kept or (),
    )


def _unfold(now: _State) -> None:
    now.unfolded = unfold(now.context, now.tables)


def _know_history(now: _State) -> None:
    now.drafts = merge_same_item(screen_history(now.context, bar_undated(now.context, now.unfolded.drafts)))


def _date(now: _State) -> None:
    context = now.context
    now.days = context.calendar.open_days(context.first, context.last)
    now.drafts, now.neighbours = apply_pins(context, now.tables, now.drafts, now.days)
    now.due = sort_by_window(context, fix_published(context, now.given, now.drafts, now.neighbours))
    now.due.now = due_by_the_year(now.given, now.due.now)


def _cap(now: _State) -> None:
    context, due = now.context, now.due
    later = now.unfolded.fire_later | {d.site.site_id for d in due.future if d.fire}
    visits = apply_fire_exclusivity(context, [d for d in due.now if d.mode == "on_site"], later, now.neighbours)
    now.visits, now.groups = apply_caps(context, visits, now.neighbours)


def _bring_together(now: _State) -> None:
    context, due = now.context, now.due
    tell_apart(context, now.visits, [*due.overdue, *due.future])
    beside = [*due.overdue, *due.future, *(d for d in due.now if d.mode != "on_site")]
    joined = apply_joint(context, _opted_in(context, now.visits), beside)
    now.visits = settle_waits(context, joined, now.groups)
    unfiled_key_items(context)
    coverage = fire_coverage(context, now.drafts), key_site_coverage(context, now.drafts)
    now.coverage = (*now.unfolded.coverage, *coverage[0], *coverage[1])
    now.filed = Month(now.visits, now.groups, due.future, now.neighbours)


def _look_later(now: _State) -> None:
    context = now.context
    if is_one_month(context.first, context.last):
        now.future = filed_later(context, now.tables, context.law.book, now.filed)


_STEPS: tuple[Callable[[_State], None], ...] = (_unfold, _know_history, _date, _cap, _bring_together, _look_later)
_TOLD = {_unfold: "{month}：筛查与抽取", _know_history: "对照历史、上限与联合要求"}


def _context(
    tables: Tables, first: date, last: date, rulebook: RulebookVersion, seed: int, registers: Registers
) -> Context:
    notes = Notes(rulebook)
    if first < rulebook.in_force_from:
        about = {"month": first.isoformat()[:7], "version": rulebook.version, "since": str(rulebook.in_force_from)}
        notes.find("law.before-rulebook", None, **about)
    settings = read_settings(tables.settings, notes)
    lookups = Lookups(tables, first, last, registers.rows)
    for agency in lookups.loops:
        row = lookups.agencies[agency]
        notes.find("law.parent-loop", row.ref, column="parent_id", domain=lookups.agency_domain[agency], agency=agency)
    for row in sorted(lookups.agencies.values(), key=lambda a: a.agency_id):
        if row.level == "town" and not row.town:
            domain = lookups.agency_domain[row.agency_id]
            notes.find("law.town-missing", row.ref, column="town", domain=domain, agency=row.agency_id)
    tell_alike(lookups, tables, notes)
    standing = filing_standings(tables, lookups, first, last)
    stepped = {row.filing_id for row in tables.filing_steps if row.step != "accept"}
    return Context(
        first=first,
        last=last,
        seed=seed,
        calendar=_calendar(tables, _years(tables, first, last), notes),
        lookups=lookups,
        filings={f.filing_id: f for f in tables.filings},
        law=Law(rulebook),
        settings=settings,
        notes=notes,
        waivers=Waivers(tables, rulebook, first, last, notes),
        standings={name: one for name, one in standing.items() if name in stepped},
    )


def _calendar(tables: Tables, years: Iterable[int], notes: Notes) -> WorkCalendar:
    calendar = make_calendar(years, tables.calendar)
    for year in sorted(calendar.provisional_years):
        notes.find("law.calendar-provisional", None, value=str(year), year=year)
    return calendar


def _years(tables: Tables, first: date, last: date) -> range:
    """Return the years whose holidays are asked for: from the one before to where windows of the month end."""
    ends = [f.window_to.year for f in tables.filings if f.window_from <= last and f.window_to >= first]
    return range(first.year - 1, min(max([first.year, *ends]), first.year + 5) + 1)


def _opted_in(context: Context, drafts: list[Draft]) -> list[Draft]:
    """Mark tasks at not-to-join sites whose agency has decided to join, or has the bar lifted by a waiver."""
    out = []
    for draft in drafts:
        agencies = (draft.unit, draft.parent)
        if draft.site.join == "discouraged":
            decided = bool(set(agencies) & set(draft.site.opted_in)) or context.waivers.lifts(
                NOT_TO_JOIN.id, site=draft.site.site_id, agencies=agencies, filings=draft.filing_ids
            )
            draft = replace(draft, opted_in=decided)
        out.append(draft)
    return out
