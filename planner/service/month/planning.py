"""Read, screen, match, check, compare, explain: one month from its files to its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter

import numpy as np

from planner.checks import check_plan
from planner.checks.duty import check_duty
from planner.domain.calendar import is_one_month, month_bounds, period_bounds
from planner.domain.case import Case, IntArray
from planner.domain.errors import InputError, MismatchError, SpoiledInputError
from planner.domain.hashing import sha256_hex
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.domain.result import DayTests, Level, MonthResult, Progress, Status
from planner.draw.inspectors import TeamDraw
from planner.draw.record import DRAWS_FILE
from planner.draw.sites import Commitment
from planner.explain.counterfactuals import common_limit, counterfactuals
from planner.explain.why import reasons_walked
from planner.intake.make.given import NOTHING, Given
from planner.intake.make.prepare import prepare_month
from planner.intake.month.outcome import Prepared
from planner.intake.month.set_aside import SetAside
from planner.intake.month.settings import SETTING_BY_KEY
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from planner.intake.words.kept_findings import kept_findings
from planner.report.words.names import Names
from planner.rulebook.book import load_rulebook
from planner.rulebook.nouns import RulebookVersion
from planner.service.month.drawn import drawn_kept
from planner.service.month.hidden import Hidden, announced, has_unannounced, hide
from planner.service.month.looking import looked_ahead
from planner.service.month.no_plan import empty_case, rounded, without_plan
from planner.service.month.not_visited import with_not_visited
from planner.service.month.precedence import windows_kept
from planner.service.month.readings import cost_of_together
from planner.solve.day.crew_names import CrewSeeds
from planner.solve.month import LATER_STAGES, solve_month
from planner.solve.run import Work

CREWS_FILE = "crews.json"
STOPPED = "提前停止：保留当时最好的方案，未计算对照方案；不可重现，只宜作草案。"

CONTINUED = "中断后由已有方案接续排出：合法性和下限照常核验，但重新运行未必得到同一方案。"


@dataclass(frozen=True, slots=True)
class Step:
    """Where a run is. `stage` is read, prepare, match, timetable, crew, answer, compare or explain; `solving` says more
    of the solving ones.
    """

    stage: str
    detail: str = ""
    solving: Progress | None = None


@dataclass(frozen=True, slots=True)
class Incumbent:
    """The best plan of a run so far: the hash of its case, and each task's date, "later" or "out" in its order."""

    case_hash: str
    days: Sequence[str]


@dataclass(frozen=True, slots=True)
class Attempts:
    """What attempts at one run hand each other, so that one that was broken off is not lost."""

    keep: Callable[[Incumbent], None] | None = None
    """Is handed each incumbent."""
    begin: Incumbent | None = None
    """What an earlier attempt kept: the run goes on from it where it is of this case, and is not repeatable then."""


Tell = Callable[[Step], None]
Cancel = Callable[[], bool]
MAP_CREDITS = "© OpenStreetMap contributors, ODbL"
"""`credits` of the demonstration district, whose places are taken from that map."""


@dataclass(frozen=True, eq=False)
class Planned:
    """One month with all that it was made of. `credits` names the source of the places on the map, "" for none.

    `team_draws` are the draws of inspectors, by date and unit. `tables` are all that was filed; the plan is of what is
    announced.
    """

    result: MonthResult
    prepared: Prepared
    tables: Tables
    rulebook: RulebookVersion
    month: str
    source: Path
    credits: str = ""
    team_draws: tuple[TeamDraw, ...] = ()
    given: Given = NOTHING
    hidden: Hidden | None = None
    """The month's unannounced checks, which are no part of the plan; None where there are none, or it has no times."""

    @property
    def names(self) -> Names:
        """Return the names of agencies, items and rules."""
        return Names(
            agencies={row.agency_id: row.name for row in self.tables.agencies},
            items={row.item_id: row.name for row in self.tables.items},
            rules={rule.id: rule.title_zh for rule in self.rulebook.rules},
        )


def read_source(source: Path, tell: Tell | None = None) -> Tables:
    """Return the rows of a workbook or folder; of a copy of usable rows, with the findings kept beside it.

    Raises InputError if it is missing, SpoiledInputError if unreadable.
    """
    say = tell or _silent
    say(Step("read"))
    try:
        tables = read_tables(source, lambda table, rows: say(Step("read", f"{table} {rows:,}")))
        kept = kept_findings(source)
        return tables if kept is None else replace(tables, findings=kept)
    except InputError as error:
        if not source.exists():
            raise
        raise SpoiledInputError(str(error)) from error


def rulebook_of(tables: Tables, month: str) -> RulebookVersion:
    """Return the rulebook in force on the first day of the month or longer period, for an earlier one the first.

    Raises InputError where `month` is neither, RulebookError where there is no rulebook.
    """
    try:
        first, _ = period_bounds(month)
    except ValueError:
        raise InputError(f"“{month}”不是 YYYY-MM 形式的月份 / {month!r} is no month (YYYY-MM)") from None
    return load_rulebook(_setting(tables, "jurisdiction")).nearest(first)


def prepare_source(
    source: Path, month: str, seed: int | None = None, tell: Tell | None = None
) -> tuple[Tables, Prepared, RulebookVersion, int]:
    """Return tables, screened month, rulebook and seed in force; `seed` None takes the settings table's.

    Raises as `read_source` and `rulebook_of`; all else that is wrong with the input is a finding.
    """
    tables = read_source(source, tell)
    return tables, *prepare_tables(tables, month, seed, tell, whole=True)


def prepare_tables(
    tables: Tables,
    month: str,
    seed: int | None = None,
    tell: Tell | None = None,
    given: Given = NOTHING,
    *,
    whole: bool = False,
    law: RulebookVersion | None = None,
) -> tuple[Prepared, RulebookVersion, int]:
    """Return the screened month of tables already read, its rulebook, and the seed in force. Raises `rulebook_of`'s.

    `month` may be a longer period, see `period_bounds`; `given` is what other plans settle for it. Filings of
    unannounced checks are left away, as no plan may depend on them but by what it sets aside; `whole` screens them too.
    `law` is a rulebook to take instead of the one in force, for study.
    """
    say = tell or _silent
    rulebook = law or rulebook_of(tables, month)
    if seed is None:
        text = _setting(tables, "seed")
        seed = int(text) if text.isdecimal() else 0
    say(Step("prepare"))

    def told(text: str) -> None:
        say(Step("prepare", text))

    if whole:
        return prepare_month(tables, month, rulebook, seed, told, given), rulebook, seed
    aside, everything = set_aside_of(tables, month, rulebook, seed, given)
    prepared = prepare_month(announced(tables), month, rulebook, seed, told, given, aside)
    return replace(prepared, whole=(given, everything) if everything else None), rulebook, seed


def set_aside_of(
    tables: Tables, month: str, rulebook: RulebookVersion, seed: int, given: Given
) -> tuple[SetAside, Prepared | None]:
    """Return what the month sets aside for unannounced checks, and the month with them where some were filed."""
    everything = None
    if has_unannounced(tables) and is_one_month(*period_bounds(month)):  # a longer period is planned without them
        # Silently: others are told of each step of a run, and must not see that there was one more.
        everything = prepare_month(tables, month, rulebook, seed, None, given)
    return SetAside(windows_kept(everything) if everything else {}, reserve=True), everything


def plan_month(
    source: Path,
    month: str,
    seed: int | None = None,
    work: Work | None = None,
    tell: Tell | None = None,
    cancel: Cancel | None = None,
    credits: str = "",
    given: Given = NOTHING,
) -> Planned:
    """Plan `month` (`YYYY-MM`) of the workbook or folder `source`.

    `seed` None takes the one in the settings table. `cancel` is asked between steps: a run stopped after its first plan
    keeps the best, one stopped earlier is OUT_OF_TIME. A month in which nothing is due, or nothing usable was filed,
    is INVALID; published visits that contradict the law are INFEASIBLE: neither has a plan. Raises as `prepare_source`,
    and MismatchError where engines and checks disagree.
    """
    tables = read_source(source, tell)
    return plan_tables(tables, month, seed, work, tell, cancel, credits, source, given)


def plan_tables(
    tables: Tables,
    month: str,
    seed: int | None = None,
    work: Work | None = None,
    tell: Tell | None = None,
    cancel: Cancel | None = None,
    credits: str = "",
    source: Path = Path(),
    given: Given = NOTHING,
    attempts: Attempts | None = None,
) -> Planned:
    """Plan `month` of tables already read; else as `plan_month`. `given` is what a year plan settles for it.

    A run that goes on from what earlier `attempts` kept says so in its result.
    """
    say, stop, chosen = tell or _silent, cancel or (lambda: False), work or Work()
    earlier = attempts or Attempts()
    start = perf_counter()
    month = month_of(month)
    prepared, rulebook, seed = prepare_tables(tables, month, seed, tell, given)
    seconds = {"intake": perf_counter() - start}
    settings = {**prepared.settings, **{f"work.{key}": str(value) for key, value in sorted(asdict(chosen).items())}}

    def ended(result: MonthResult, draws: tuple[TeamDraw, ...] = ()) -> Planned:
        found = with_not_visited(looked_ahead(result, prepared), prepared, tables, rulebook)
        return with_hidden(Planned(found, prepared, tables, rulebook, month, source, credits, draws, given))

    if prepared.case is None or prepared.roster is None or stop():
        status = Status.INVALID if prepared.case is None else Status.OUT_OF_TIME
        case = prepared.case or empty_case(month, rulebook, tables)
        seconds["total"] = perf_counter() - start
        return ended(without_plan(case, status, prepared, seconds, seed, settings))
    bent = drawn_kept(prepared)
    if bent:
        raise MismatchError(f"tasks and draws disagree in {len(bent)} places, first: {bent[0].text('en')}")
    case, roster = prepared.case, prepared.roster
    mark = perf_counter()
    say(Step("match"))
    hash_, hand_on, begin = case.content_hash(), earlier.keep, earlier.begin
    solved = solve_month(
        case,
        roster,
        crew_seeds(tables, month, seed, given),
        lambda plan: plan_hash(case, plan, settings),
        seed,
        chosen,
        progress=lambda p: say(Step(p.level if p.level in LATER_STAGES else "match", p.note, p)),
        cancel=stop,
        keep=None if hand_on is None else lambda day: hand_on(Incumbent(hash_, days_text(case, day))),
        begin=days_of(case, begin.days) if begin is not None and begin.case_hash == hash_ else None,
    )
    match = solved.match
    seconds |= match.seconds | solved.seconds
    seconds["match"] = perf_counter() - mark - match.seconds.get("compile", 0.0) - sum(solved.seconds.values())
    violations = check_plan(case, match.plan, rulebook) if match.plan is not None else match.violations
    if match.plan is None or match.objective is None or solved.duty is None:
        seconds["total"] = perf_counter() - start
        return ended(without_plan(case, match.status, prepared, seconds, seed, settings, match, violations))
    violations += check_duty(case, roster, solved.visits, solved.duty, rulebook)
    if violations:
        raise MismatchError(f"the plan breaks {len(violations)} rules, first {violations[0].rule}: {violations[0]}")
    end = last_step(match.levels, perf_counter() - start - seconds["intake"])
    say(Step("crew", "", end))
    stopped = stop()
    mark = perf_counter()
    if not stopped:
        say(Step("compare"))
    others = () if stopped else counterfactuals(case, match.plan, seed)
    lowest = common_limit(case, match.plan, others, match.certificates)
    seconds["counterfactuals"] = perf_counter() - mark
    mark = perf_counter()
    say(Step("explain"))
    reasons = reasons_walked(case, roster, match.plan, rulebook)
    told: tuple[str, ...] = (STOPPED,) if stopped else () if match.repeatable else (CONTINUED,)
    if not stopped and is_one_month(*case.period):
        cost = cost_of_together(tables, rulebook, prepared, roster, match.plan)
        told += () if cost is None else (cost.text,)
    seconds["reasons"] = perf_counter() - mark
    seconds["total"] = perf_counter() - start
    return ended(
        MonthResult(
            case=case,
            plan=match.plan,
            status=match.status,
            objective=match.objective,
            levels=match.levels,
            certificates=match.certificates,
            visits=solved.visits,
            reasons=reasons,
            counterfactuals=others,
            violations=0,
            findings=prepared.findings,
            progress=(*match.progress, end),
            seconds=rounded(seconds),
            seed=seed,
            settings=settings,
            plan_hash=plan_hash(case, match.plan, settings),
            repeatable=match.repeatable and not stopped,
            draws_file=DRAWS_FILE,
            crews_file=CREWS_FILE,
            duty_hash=solved.duty.hash(case, solved.visits, [person.id for person in roster.inspectors]),
            roster=roster,
            duty=solved.duty,
            day_levels=solved.day_levels,
            cuts=solved.cuts,
            notes=told,
            matched=solved.matched,
            common_limit=lowest,
            day_tests=DayTests(**solved.asked),
        ),
        solved.draws,
    )


def with_hidden(planned: Planned, days: Mapping[str, date | None] | None = None, *, settled: bool = False) -> Planned:
    """Return the month with its unannounced checks placed: on their `days` so far where these can still be had, and
    just there where that is `settled`.
    """
    if days is None and planned.hidden is not None:
        days = planned.hidden.days
    seeds = crew_seeds(planned.tables, planned.month, planned.result.seed, planned.given)
    given, whole = planned.prepared.whole or (None, None)
    hidden = hide(
        planned.result,
        planned.tables,
        planned.month,
        planned.rulebook,
        seeds,
        planned.given,
        days,
        settled=settled,
        full=whole if given == planned.given else None,
    )
    return replace(planned, prepared=replace(planned.prepared, whole=None), hidden=hidden)


def last_step(levels: Iterable[Level], seconds: float) -> Progress:
    """Return the end of a run's curve: entries and bound of the plan as it is handed on, starts and crews included."""
    entries = next(level for level in levels if level.name == "entries")
    bounds = [b for b in (entries.bound_certified, entries.bound_solver) if b is not None]
    return Progress(round(seconds, 3), "entries", entries.value, max(bounds, default=None), "plan handed on")


def month_of(text: str) -> str:
    """Return a month as `YYYY-MM`. Raises InputError where `text` is none."""
    try:
        return month_bounds(text)[0].isoformat()[:7]
    except ValueError:
        raise InputError(f"“{text}”不是 YYYY-MM 形式的月份 / {text!r} is no month (YYYY-MM)") from None


def crew_seeds(tables: Tables, month: str, seed: int, given: Given = NOTHING) -> CrewSeeds:
    """Return what the draw of inspectors starts from: the nonces revealed for the month, with their commitments, and
    who was drawn in the version before.
    """
    revealed = {
        row.holder: (row.nonce, Commitment(row.holder, row.commitment, row.committed_on))
        for row in tables.nonces
        if row.month == month and row.nonce
    }
    return CrewSeeds(seed, revealed, {(team.unit, team.visit): team.inspectors for team in given.teams})


def plan_hash(case: Case, plan: Plan, settings: Mapping[str, str], case_hash: str = "") -> str:
    """Return the hash of case, decisions, rulebook and settings: the same in any process and order of rows.

    `case_hash` is the case's own hash, taken anew where it is "".
    """
    return sha256_hex(
        {"plan": plan.hash(case, case_hash), "rulebook": case.rulebook_version, "settings": dict(settings)}
    )


def days_text(case: Case, day: IntArray) -> list[str]:
    """Return each task's ISO date, "later" or "out"."""
    return [case.days[d].isoformat() if d >= 0 else "later" if d == LATER else "out" for d in day.tolist()]


def days_of(case: Case, texts: Sequence[str]) -> IntArray:
    """Return the days [T] that `days_text` wrote. Raises ValueError or KeyError where they are not the case's."""
    if len(texts) != case.n_tasks:
        raise ValueError("not one decision a task")
    index = {day.isoformat(): n for n, day in enumerate(case.days)} | {"later": LATER, "out": LEFT_OUT}
    return np.array([index[text] for text in texts], dtype=np.int64)


def _silent(_: Step) -> None:
    pass


def _setting(tables: Tables, key: str) -> str:
    """Return a setting as the table gives it, the last row of several as `read_settings` does, else its default."""
    given = [row.value.strip() for row in tables.settings if row.key == key]
    return given[-1] if given else SETTING_BY_KEY[key].default
