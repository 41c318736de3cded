"""A plan changed by hand: visits and tasks moved, held, dropped. What the law forbids is refused with its clauses.

A change gives a new plan of the same case; the plan that it started from stays as it was. What was held stays held
from one change to the next, so that solving anew can keep to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter
from typing import Literal

import numpy as np

from planner.checks import check_plan
from planner.checks.duty import check_duty
from planner.domain.case import Case, IntArray, Strength
from planner.domain.duty import Cut
from planner.domain.errors import InputError, MismatchError
from planner.domain.plan import LEFT_OUT, Plan, Visit, visits_of
from planner.domain.result import MonthResult, Reason
from planner.explain.counterfactuals import common_limit, recounted
from planner.explain.why import reasons_walked
from planner.service.month.looking import looked_ahead
from planner.service.month.no_plan import rounded
from planner.service.month.planning import Cancel, Planned, Step, Tell, crew_seeds, plan_hash, with_hidden
from planner.service.published.moving import Breach, Verdict, Weighing, breaches_of, dropped
from planner.solve.day.crew_names import CrewSeeds
from planner.solve.month import LATER_STAGES, solve_month
from planner.solve.revise import Revised, proven, revise_month
from planner.solve.run import Work

Kind = Literal["move", "pin", "unpin", "exclude", "free"]
TAKEN_OUT_ZH = "由统筹办公室调出本月计划"
TAKEN_OUT_EN = "taken out of the month's plan by the coordinating office"


@dataclass(frozen=True, slots=True)
class Change:
    """One operation on a visit with all its tasks, or on one task. `day` is where a "move" goes.

    move: done on that day, and held there. pin, unpin: held on its day, or no longer. exclude: not in this month.
    free: no longer excluded; it stays out until it is moved or the month is solved anew.
    """

    kind: Kind
    visit: str = ""
    task: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Held:
    """What solving anew has to keep to: tasks held on a date, and tasks kept out of the month."""

    pinned: Mapping[str, str] = field(default_factory=dict)
    """Task id → ISO date."""
    excluded: tuple[str, ...] = ()


class UnlawfulChangeError(InputError):
    """The changed plan would break rules that it keeps now; `clauses` are theirs. `cuts` are what days that cannot be
    walked or manned could carry.
    """

    def __init__(self, breaches: Sequence[Breach], cuts: Sequence[Cut] = ()) -> None:
        self.cuts = tuple(cuts)
        self.clauses = tuple(sorted({clause for breach in breaches for clause in breach.clauses}))
        named = "、".join(breach.title for breach in breaches[:5])
        rules = ", ".join(breach.rule for breach in breaches[:5])
        super().__init__(f"改动后的方案违反 {len(breaches)} 条规则：{named} / the changed plan breaks {rules}")


@dataclass(frozen=True, eq=False)
class Changed:
    """The days [T] that a change comes to, what is held then, and the verdict on it."""

    day: IntArray
    held: Held
    verdict: Verdict


def apply_changes(planned: Planned, changes: Iterable[Change], held: Held | None = None) -> Changed:
    """Return what the changes, one after the other, make of the plan's days, and what the checks say of the result.

    A visit is named as it stands after the changes before it. Raises InputError where a visit, task or day is none of
    the plan's.
    """
    case, plan = planned.result.case, planned.result.plan
    if plan is None:
        raise InputError("该月没有方案，无从改动 / there is no plan to change")
    state = _State(case, plan.day.copy(), planned.result.visits, held or Held())
    for change in changes:
        state.take(change)
    verdict = Weighing(planned)(state.day)
    return Changed(state.day, Held(dict(sorted(state.pinned.items())), tuple(sorted(state.excluded))), verdict)


def revise(planned: Planned, changed: Changed, note: str = "", tell: Tell | None = None) -> Planned:
    """Return the month with the changed plan: starts and crews of what moved, levels, reasons and comparison anew.

    `note` is kept with the plan. Raises UnlawfulChangeError where a rule stands against it, MismatchError where the
    checks refuse what the engines made of it.
    """
    say, before, start = tell or (lambda _: None), planned.result, perf_counter()
    if not changed.verdict.lawful:
        raise UnlawfulChangeError(changed.verdict.breaches)
    say(Step("timetable"))
    done = revise_month(before, changed.day, _seeds(planned), lambda plan: _hash(before, plan))
    if done.cuts:
        raise UnlawfulChangeError(_crowded(planned, done.cuts), done.cuts)
    return _with(planned, changed, done, before.cuts, note, say, start)


def solve_around(
    planned: Planned,
    changed: Changed,
    note: str = "",
    tell: Tell | None = None,
    cancel: Cancel | None = None,
    work: Work | None = None,
) -> Planned:
    """Return the month planned anew around what is held: as `revise`, but all that is not held may move.

    The plan is one of the same case, and its bounds are those of plans that hold nothing: what holding costs is in the
    gap. A run that is stopped keeps its best and is not repeatable.
    """
    say, before, start = tell or (lambda _: None), planned.result, perf_counter()
    if not changed.verdict.lawful:
        raise UnlawfulChangeError(changed.verdict.breaches)
    assert before.roster is not None
    stop = cancel or (lambda: False)
    say(Step("match"))
    solved = solve_month(
        held_case(before.case, changed.held),
        before.roster,
        _seeds(planned),
        lambda plan: _hash(before, plan),
        before.seed,
        work,
        progress=lambda p: say(Step(p.level if p.level in LATER_STAGES else "match", p.note, p)),
        cancel=stop,
    )
    if solved.match.plan is None or solved.duty is None:
        raise UnlawfulChangeError(breaches_of(planned, solved.match.violations))
    done = proven(before, solved.match.plan, solved.visits, solved.duty, solved.day_levels, solved.draws)
    made = _with(planned, changed, done, solved.cuts, note, say, start)
    if solved.match.repeatable and not stop():
        return made
    return replace(made, result=replace(made.result, repeatable=False))


def held_case(case: Case, held: Held) -> Case:
    """Return the case in which tasks that are held have their date alone, and excluded ones no day of the month."""
    day_of = {day.isoformat(): n for n, day in enumerate(case.days)}
    lo, hi = case.window_lo.copy(), case.window_hi.copy()
    later_from, later_to = case.later_from.copy(), case.later_to.copy()
    tasks = list(case.tasks)
    for n, task in enumerate(tasks):
        if task.id in held.pinned:
            lo[n] = hi[n] = day_of[held.pinned[task.id]]
            later_from[n] = later_to[n] = 0
            tasks[n] = replace(task, pinned=case.days[int(lo[n])], strength=Strength.MANDATORY)
        elif task.id in held.excluded and task.pinned is None:
            lo[n], hi[n] = 1, 0
    return replace(case, tasks=tuple(tasks), window_lo=lo, window_hi=hi, later_from=later_from, later_to=later_to)


def _seeds(planned: Planned) -> CrewSeeds:
    return crew_seeds(planned.result.seed, planned.given)


def _hash(before: MonthResult, plan: Plan) -> str:
    return plan_hash(before.case, plan, before.settings)


def _with(
    planned: Planned,
    changed: Changed,
    done: Revised,
    cuts: tuple[Cut, ...],
    note: str,
    say: Tell,
    start: float,
) -> Planned:
    """Return the month with `done` for its plan."""
    before, case, roster = planned.result, planned.result.case, planned.result.roster
    assert roster is not None
    broken = check_plan(case, done.plan), check_duty(case, roster, done.visits, done.duty)
    if any(broken):
        raise MismatchError(f"the changed plan breaks {sum(map(len, broken))} rules: {[*broken[0], *broken[1]][0]}")
    say(Step("explain"))
    excluded = {n for n, task in enumerate(case.tasks) if task.id in changed.held.excluded}
    reasons = reasons_walked(case, roster, done.plan, planned.rulebook)
    others = recounted(case, done.plan, before.counterfactuals)
    result = replace(
        before,
        plan=done.plan,
        status=done.status,
        objective=done.objective,
        levels=done.levels,
        certificates=done.certificates,
        visits=done.visits,
        reasons=tuple(_taken_out(one, note) if one.task in excluded else one for one in reasons),
        counterfactuals=others,
        common_limit=common_limit(case, done.plan, others, done.certificates),
        matched=None,
        day_tests=None,
        progress=(),
        seconds=rounded({"total": perf_counter() - start}),
        plan_hash=_hash(before, done.plan),
        duty=done.duty,
        named=False,
        crews_file="",
        duty_hash=done.duty.unnamed().hash(case, done.visits, [person.id for person in roster.inspectors]),
        day_levels=done.day_levels,
        cuts=cuts,
        notes=(*before.notes, *((note,) if note else ())),
    )
    after = replace(planned, result=looked_ahead(result, planned.prepared), team_draws=(), revealed=None)
    return with_hidden(after)


@dataclass(eq=False)
class _State:
    """The plan under change."""

    case: Case
    day: IntArray
    visits: Iterable[Visit]
    held: Held
    pinned: dict[str, str] = field(init=False)
    excluded: set[str] = field(init=False)
    _places: dict[str, tuple[int, int]] = field(init=False)
    """Visit id → (site, day)."""

    def __post_init__(self) -> None:
        self.pinned, self.excluded = dict(self.held.pinned), set(self.held.excluded)
        self._places = {visit.id: (visit.site, visit.day) for visit in self.visits}
        self._task = {task.id: n for n, task in enumerate(self.case.tasks)}
        self._day = {day: n for n, day in enumerate(self.case.days)}

    def take(self, change: Change) -> None:
        """Make one change. Raises InputError where it names what is not there."""
        tasks = self._tasks(change)
        ids = [self.case.tasks[task].id for task in tasks]
        match change.kind:
            case "move":
                self._move(tasks, change.day)
            case "pin":
                if any(self.day[task] < 0 for task in tasks):
                    raise InputError(f"任务 {change.task} 不在本月方案内，不能锁定 / {change.task} has no day to hold")
                self._hold(tasks)
            case "unpin":
                for name in ids:
                    self.pinned.pop(name, None)
            case "exclude":
                self.day[tasks] = dropped(self.case, tasks)
                self.excluded.update(ids)
                for name in ids:
                    self.pinned.pop(name, None)
            case "free":
                self.excluded.difference_update(ids)

    def _move(self, tasks: list[int], to: date | None) -> None:
        if to not in self._day:
            raise InputError(f"{to} 不是本月的工作日，不能安排 / {to} is no open day of the month")
        assert to is not None
        self.day[tasks] = self._day[to]
        self.excluded.difference_update(self.case.tasks[task].id for task in tasks)
        self._hold(tasks)
        site = int(self.case.site_of[tasks[0]])
        moved = Plan(np.where(self.case.site_of == site, self.day, LEFT_OUT))
        for visit in visits_of(self.case, moved):
            self._places[visit.id] = visit.site, visit.day

    def _hold(self, tasks: list[int]) -> None:
        for task in tasks:
            self.pinned[self.case.tasks[task].id] = self.case.days[int(self.day[task])].isoformat()

    def _tasks(self, change: Change) -> list[int]:
        if change.task:
            if change.task not in self._task:
                raise InputError(f"方案中没有任务 {change.task} / the plan has no task {change.task}")
            return [self._task[change.task]]
        site, day = self._places.get(change.visit, (-1, -1))
        found = [task for task in self.case.tasks_at(site) if self.day[task] == day] if site >= 0 else []
        if not found:
            raise InputError(f"方案中没有入企 {change.visit} / the plan has no visit {change.visit}")
        return found


def _crowded(planned: Planned, cuts: Iterable[Cut]) -> list[Breach]:
    """Return what stands against days that cannot be walked or manned, as breaches."""
    titles = {rule.id: rule.title_zh for rule in planned.rulebook.rules}
    case, law = planned.result.case, planned.rulebook
    domain_of = {unit.id: unit.domain for unit in case.units}
    domains: dict[str, list[str]] = {}
    for cut in cuts:
        domains.setdefault(cut.rule, []).append(domain_of[case.rows[cut.row].unit])
    return [
        Breach(
            rule,
            titles[rule],
            tuple(dict.fromkeys(c for d in sorted(found) for c in law.clauses_for(rule, d))),
            len(found),
        )
        for rule, found in sorted(domains.items())
    ]


def _taken_out(reason: Reason, note: str) -> Reason:
    return replace(reason, text_zh=f"{TAKEN_OUT_ZH}：{note}" if note else TAKEN_OUT_ZH, text_en=TAKEN_OUT_EN)
