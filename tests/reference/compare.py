"""One small month, twice: the product from files to plan, and the exact model from the same files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from unittest.mock import patch

from planner.domain.duty import stays_of
from planner.domain.plan import LATER
from planner.domain.result import LEVELS, MonthResult, Status
from planner.domain.roster import Roster
from planner.intake.write.writer import write_folder
from planner.reference.check import faults, value_of
from planner.reference.exact import INFEASIBLE, OPTIMAL, Outcome, solve
from planner.reference.world import Answer, Value, World
from planner.rulebook.book import Rulebook, load_rulebook
from planner.service.month import planning
from planner.service.month.planning import Planned, plan_month
from tests.reference.months import Month, small_month
from tests.reference.tables import Filed, filed, read_folder, task_id

AGREE, HONEST, WRONG, UNKNOWN, NO_PLAN = "agree", "worse, said so", "worse, called optimal", "unknown", "no plan"


@dataclass
class Compared:
    """What one month came to. `faults` must be empty; `verdict` says how the plan compares."""

    seed: int
    month: str
    tasks: int
    verdict: str
    status: str = ""
    exact: tuple[int, ...] = ()
    ours: tuple[int, ...] = ()
    faults: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def compare(seed: int, work: float = 20.0) -> Compared:
    """Plan small month `seed` both ways. Reproduce with `python -m tests.reference.soak --seed N --dump FOLDER`."""
    month = small_month(seed)
    with TemporaryDirectory() as place:
        write_folder(month.raw, Path(place))
        return compare_folder(Path(place), month, work)


def compare_folder(folder: Path, month: Month, work: float = 20.0) -> Compared:
    """Compare on a folder of CSV files; `month` gives its name, seed and numbers of inspectors."""
    given = filed(read_folder(folder), month.month, month.per_crew)
    mark = process_time()
    exact = solve(given.world, work)
    seconds = {"exact": round(process_time() - mark, 3)}
    row = Compared(month.seed, month.month, len(given.world.tasks), UNKNOWN, seconds=seconds)
    if exact.value is not None:
        row.exact = exact.value.key()
    mark = process_time()
    try:
        with law_with(month.per_crew):
            planned = plan_month(folder, month.month)
    except Exception as error:  # a defect of the product, and this is where it is told
        row.verdict, row.faults = NO_PLAN, [f"error: {type(error).__name__}: {error}"]
        return row
    seconds["product"] = round(process_time() - mark, 3)
    row.status = planned.result.status.value
    judge(row, given, planned, exact)
    return row


def judge(row: Compared, given: Filed, planned: Planned, exact: Outcome) -> None:
    """Hold the product's plan against the world and the exact outcome; write what is found into `row`."""
    result, world = planned.result, given.world
    row.faults += _same_tasks(given, planned)
    if result.plan is None:
        row.faults += _without_plan(row, world, result, exact)
        return
    answer = answer_of(planned)
    row.faults += faults(world, answer)
    if exact.status == INFEASIBLE:
        row.faults.append("infeasible: there is no lawful plan, and one was made")
    if row.faults:
        row.verdict = WRONG if result.status is Status.OPTIMAL else HONEST
        return
    ours = value_of(world, answer)
    row.ours = ours.key()
    row.faults += _figures(result, world, planned, ours, exact)
    if exact.status != OPTIMAL or exact.value is None:
        row.verdict = UNKNOWN
    elif ours == exact.value:
        row.verdict = AGREE
    elif ours < exact.value:
        row.faults.append(f"reference: {ours.key()} is better than the exact {exact.value.key()}")
    else:
        row.verdict = WRONG if result.status is Status.OPTIMAL else HONEST
        if row.verdict == WRONG:
            row.faults.append(f"optimal: {ours.key()} is called optimal, {exact.value.key()} is possible")


def answer_of(planned: Planned) -> Answer:
    """Return the product's plan in the reference's words."""
    result = planned.result
    case, plan, duty, roster = result.case, result.plan, result.duty, result.roster
    assert plan is not None
    assert duty is not None
    assert isinstance(roster, Roster)
    names = [task_id(task.filings[0], task.site) for task in case.tasks]
    day = {names[t]: case.days[d] for t, d in enumerate(plan.day.tolist()) if d >= 0}
    waits = {names[t] for t, d in enumerate(plan.day.tolist()) if d == LATER}
    # Where fire's check is deferred, what rides on it is neither done nor does it wait for itself.
    waits |= {task_id(task.filings[0], task.site) for task in planned.prepared.deferred if not task.follows_fire}
    start, team = {}, {}
    for visit, quarter in zip(result.visits, duty.start.tolist(), strict=True):
        start[case.sites[visit.site].id, case.days[visit.day]] = quarter
    for stay, people in zip(stays_of(case, result.visits), duty.team, strict=True):
        key = case.sites[stay.site].id, case.days[stay.day], case.units[stay.unit].id
        team[key] = frozenset(roster.inspectors[i].id for i in people)
    return Answer(day, frozenset(waits), start, team)


def _same_tasks(given: Filed, planned: Planned) -> Iterator[str]:
    """Both read the same tasks out of the tables."""
    theirs = {task_id(t.filings[0], t.site) for t in (*planned.result.case.tasks, *planned.prepared.deferred)}
    ours = {t.id for t in given.world.tasks}
    if theirs - ours:
        yield f"tasks: {sorted(theirs - ours)} are planned, the rules take them away"
    if ours - theirs:
        why = {g.rule for g in planned.prepared.removed for f in g.filings if task_id(f, g.site) in ours - theirs}
        yield f"tasks: {sorted(ours - theirs)} are not planned {sorted(why)}, the rules ask for them"


def _without_plan(row: Compared, world: World, result: MonthResult, exact: Outcome) -> Iterator[str]:
    row.verdict = NO_PLAN
    waiting = not any(task.fixed for task in world.tasks) and all(task.later for task in world.tasks)
    if (result.status is Status.INVALID and waiting) or (
        result.status is Status.INFEASIBLE and exact.status == INFEASIBLE
    ):
        row.verdict = AGREE
    else:
        yield f"no plan: {result.status.value} where the exact model says {exact.status} {result.notes[:1]}"


def _figures(result: MonthResult, world: World, planned: Planned, ours: Value, exact: Outcome) -> Iterator[str]:
    """The values that are reported are those of the plan, and no bound is above what is possible."""
    beside = _deferred_entries(world, planned)
    assert result.objective is not None
    reported = (*result.objective.left_out, result.objective.all_entries + beside)
    if reported != ours.key():
        yield f"value: {reported} is reported, the plan is worth {ours.key()}"
    if exact.status != OPTIMAL or exact.value is None:
        return
    best = (*exact.value.key()[:3], exact.value.entries - beside)
    before = True
    for level, value, own in zip(result.levels, best, ours.key(), strict=False):
        assert level.name in LEVELS
        for kind, bound in (("certified", level.bound_certified), ("solver", level.bound_solver)):
            # A level's bound speaks of plans no worse on the levels before.
            if before and bound is not None and bound > value:
                yield f"bound: {level.name} {kind} {bound} is above the exact {value}"
        before = before and own == value


def _deferred_entries(world: World, planned: Planned) -> int:
    """Return how many later entries the tasks need that the product leaves to later months from the start."""
    deferred = (task for task in planned.prepared.deferred if not task.follows_fire)
    names = {task_id(task.filings[0], task.site) for task in deferred}
    tasks = tuple(task for task in world.tasks if task.id in names)
    return value_of(replace(world, tasks=tasks), Answer({}, frozenset(names))).entries


@contextmanager
def law_with(per_crew: Mapping[str, int]) -> Iterator[None]:
    """Let the product plan by a rulebook that asks for other numbers of inspectors in these domains."""
    if not per_crew:
        yield
        return
    book = load_rulebook()
    versions = []
    for version in book.versions:
        rules = []
        for rule in version.rules:
            params = tuple(
                replace(p, by_domain={**p.by_domain, **per_crew}) if p.name == "inspectors_per_crew" else p
                for p in rule.params
            )
            rules.append(replace(rule, params=params))
        versions.append(replace(version, rules=tuple(rules)))
    changed = Rulebook(book.jurisdiction, tuple(versions))
    with patch.object(planning, "load_rulebook", lambda *_: changed):
        yield
