"""The bureau's own month: imported, checked, scored beside what the month would be otherwise, repaired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np

from planner.checks import check_plan
from planner.checks.common import case_of_common, common_tasks, entries_met
from planner.checks.duty import check_duty
from planner.checks.objective import objective_of
from planner.domain.case import Case, IntArray
from planner.domain.duty import empty_duty
from planner.domain.errors import InputError, MismatchError
from planner.domain.finding import Finding
from planner.domain.plan import LEFT_OUT, Objective, Plan, visits_of
from planner.domain.result import Counterfactual, MonthResult, PriceList, Status
from planner.draw.record import DRAWS_FILE
from planner.explain.counterfactuals import common_limit, counterfactuals, recounted
from planner.explain.why import reasons_walked
from planner.intake.read.forms.hand_made import read_hand_made
from planner.service.adoption.checking import Breach, breaches
from planner.service.adoption.placing import Placed, place_rows
from planner.service.adoption.repairing import Lawful, changes, made_lawful
from planner.service.month.looking import looked_ahead
from planner.service.month.no_plan import rounded
from planner.service.month.not_visited import with_not_visited
from planner.service.month.planning import (
    CREWS_FILE,
    Planned,
    Step,
    Tell,
    crew_seeds,
    month_of,
    plan_hash,
    prepare_tables,
    read_source,
    with_hidden,
)
from planner.solve.prices.bound import certify
from planner.solve.revise import revise_month
from planner.solve.site.arrays import site_arrays

LIMIT_ROUNDS = 8
NOTE = "由手排月导入并修复：改动尽量少，未重新统筹。"


@dataclass(frozen=True, slots=True)
class Score:
    """What one way of the month comes to. `common` are its entries on the tasks that all ways do in the month.

    `name` is "hand", "repaired", or a counterfactual's. `visits` are those of the month, `later` those needed after it.
    """

    name: str
    visits: int
    later: int
    left_out: int
    joint: int
    common: int


@dataclass(frozen=True, eq=False)
class Adopted:
    """A hand-made month with all that was found. `planned` is the repaired month with starts and people.

    None where none was found: `lawful` is None where no days are, else the days cannot be walked or manned.
    `common` tasks are compared, and no lawful plan does them with fewer entries than `limit` says. `changed` visits of
    the workbook do not stand in `planned`; `lawful.least` is of days, company and hours of crews.
    """

    month: str
    case: Case
    placed: Placed
    findings: tuple[Finding, ...]
    breaches: tuple[Breach, ...]
    objective: Objective
    scores: tuple[Score, ...]
    common: int
    limit: PriceList | None
    lawful: Lawful | None
    planned: Planned | None
    changed: int

    @property
    def visits(self) -> int:
        """How many visits the workbook comes to."""
        return self.objective.entries


def adopt_month(book: Path, source: Path, month: str, seed: int | None = None, tell: Tell | None = None) -> Adopted:
    """Return the month that stands in the workbook `book`; `source` holds what was filed, as for `plan_month`.

    Raises InputError where nothing can be read, no row asks for anything that is due, or nothing is due in the month.
    """
    say, start = tell or (lambda _: None), perf_counter()
    tables, month = read_source(source, tell), month_of(month)
    prepared, rulebook, seed = prepare_tables(tables, month, seed, tell)
    case, roster = prepared.case, prepared.roster
    if case is None or roster is None or not case.n_tasks:
        raise InputError("当月没有到期任务，无从对照 / nothing is due in the month")
    base = Planned(_before(case, prepared.findings, seed, prepared.settings), prepared, tables, rulebook, month, source)
    base = replace(base, result=replace(base.result, roster=roster))
    aliases = prepared.registers.aliases if prepared.registers else {}
    rows, read = read_hand_made(book, tables, case.period[0].year, aliases)
    placed = place_rows(rows, prepared, base.names, rulebook)
    if not placed.row_of:
        raise InputError(
            f"{book.name}：没有一行对应本月到期任务，请核对月份和检查对象 / no row asks for a task that is due"
        )
    found = breaches(case, placed, rulebook)
    say(Step("match"))
    lawful = made_lawful(case, placed.day, seed)
    say(Step("timetable"))
    planned = None if lawful is None else _timed(base, lawful, start)
    say(Step("compare"))
    hand, others = Plan(placed.day), tuple[Counterfactual, ...](counterfactuals(case, Plan(placed.day), seed))
    if planned is not None:
        planned = _compared(planned, others)
    after = planned.result.plan.day if planned is not None and planned.result.plan is not None else None
    scores, common, limit = _scored(case, placed.day, after, others)
    return Adopted(
        month,
        case,
        placed,
        (*read, *placed.findings),
        found,
        objective_of(case, hand),
        scores,
        common,
        limit,
        lawful,
        planned,
        changes(case, placed.day, after) if after is not None else 0,
    )


def _before(case: Case, findings: tuple[Finding, ...], seed: int, settings: dict[str, str]) -> MonthResult:
    """Return a month in which nothing is done yet: starts and people are found for the repaired days from there."""
    nothing = Plan(np.full(case.n_tasks, LEFT_OUT, dtype=np.int64))
    return MonthResult(
        case=case,
        plan=nothing,
        status=Status.FEASIBLE,
        objective=objective_of(case, nothing),
        levels=(),
        certificates=(),
        visits=(),
        reasons=(),
        counterfactuals=(),
        violations=0,
        findings=findings,
        progress=(),
        seconds={},
        seed=seed,
        settings=dict(settings),
        plan_hash="",
        repeatable=True,
        draws_file=DRAWS_FILE,
        crews_file=CREWS_FILE,
        duty=empty_duty(0, 0),
        notes=(NOTE,),
    )


def _timed(base: Planned, lawful: Lawful, start: float) -> Planned | None:
    """Return the month of the lawful days with starts and people; visits that a day cannot carry leave it."""
    before, case, roster = base.result, base.result.case, base.result.roster
    assert roster is not None
    seeds = crew_seeds(base.tables, base.month, before.seed)
    done = revise_month(before, lawful.day, seeds, lambda plan: plan_hash(case, plan, before.settings), give_way=True)
    if done.cuts:
        return None
    broken = (*check_plan(case, done.plan), *check_duty(case, roster, done.visits, done.duty))
    if broken:
        raise MismatchError(f"the repaired month breaks {len(broken)} rules: {broken[0]}")
    result = replace(
        before,
        plan=done.plan,
        status=done.status,
        objective=done.objective,
        levels=done.levels,
        certificates=done.certificates,
        visits=done.visits,
        reasons=reasons_walked(case, roster, done.plan, base.rulebook),
        seconds=rounded({"total": perf_counter() - start}),
        plan_hash=plan_hash(case, done.plan, before.settings),
        duty=done.duty,
        duty_hash=done.duty.hash(case, done.visits, [person.id for person in roster.inspectors]),
        day_levels=done.day_levels,
    )
    told = with_not_visited(looked_ahead(result, base.prepared), base.prepared, base.tables, base.rulebook)
    return with_hidden(replace(base, result=told, team_draws=done.draws))


def _compared(planned: Planned, others: tuple[Counterfactual, ...]) -> Planned:
    result = planned.result
    assert result.plan is not None
    told = recounted(result.case, result.plan, others)
    limit = common_limit(result.case, result.plan, told, result.certificates)
    return replace(planned, result=replace(result, counterfactuals=told, common_limit=limit))


def _scored(
    case: Case, hand: IntArray, after: IntArray | None, others: Sequence[Counterfactual]
) -> tuple[tuple[Score, ...], int, PriceList | None]:
    """Return all ways beside each other, how many tasks all of them do, and the certified least for these."""
    rivals = [one for one in others if one.acceptance_percent == 100]
    ours = [("hand", hand)] + ([("repaired", after)] if after is not None else [])
    served = common_tasks(case, [*(day for _, day in ours), *(one.day for one in rivals)])
    scores = []
    for name, day in ours:
        objective, joint = objective_of(case, Plan(day)), sum(v.joint for v in visits_of(case, Plan(day)))
        left = int(((day == LEFT_OUT) & ~case.columns.follows_fire).sum())
        met = entries_met(case, day, served, False)
        scores.append(Score(name, objective.entries, objective.later_entries, left, joint, met))
    for one in rivals:
        alone = one.name == "alone"
        month = entries_met(case, one.day, one.day >= 0, alone)
        met = entries_met(case, one.day, served, alone)
        scores.append(Score(one.name, month, one.entries - month, one.left_out, one.joint_visits, met))
    if after is None or not served.any():
        return tuple(scores), int(served.sum()), None
    part, day = case_of_common(case, served), after[served]
    limit = certify(site_arrays(part), objective_of(part, Plan(day)), "entries", day, LIMIT_ROUNDS)
    return tuple(scores), int(served.sum()), limit
