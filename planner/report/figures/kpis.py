"""The month's figures, all computed from case and plan.

What is measured is how little enterprises are disturbed and how well agencies come together. What checks found is
counted from their results, in the evaluation of a period. Counts of penalties, cases or fines are nowhere: A01-7.1 and
A04-7.1 forbid them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from planner.checks.common import common_tasks, entries_met, joint_visits_met
from planner.checks.objective import disturbances, entry_counts, objective_of
from planner.domain.case import QUARTER_MINUTES, BoolArray, Case, IntArray, Strength
from planner.domain.errors import MismatchError
from planner.domain.plan import LATER, LEFT_OUT, Visit, loads_of
from planner.domain.result import Counterfactual, MonthResult
from planner.report.visits.view import Audience, View, view_of
from planner.report.words.names import Names


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Left-out tasks of one strength, and the sum of their priorities (1 to 9 each), which is what level 1 adds up."""

    strength: str
    """"mandatory", "accepted" or "optional"."""
    tasks: int
    weight: int


@dataclass(frozen=True, slots=True)
class Avoided:
    """Entries avoided against one counterfactual, on the tasks that all counterfactuals and our plan do in the month.

    `entries`, `left_out` and `left_out_by` are the counterfactual's own whole count; compare them only side by side.
    `dates_common` are the distinct (site, date) of the common tasks: for *alone* fewer than `entries_common` where
    agencies meet by chance, for others the same. `later` are tasks that wait for a later month.
    """

    name: str
    acceptance_percent: int
    common_tasks: int
    entries_common: int
    dates_common: int
    ours_common: int
    avoided: int
    avoided_share: float
    entries: int
    left_out: int
    left_out_by: tuple[LeftOut, ...]
    later: int
    joint_visits: int
    bound: int | None


@dataclass(frozen=True, slots=True)
class AgencyFigures:
    """One parent agency. `entries` are the visits it takes part in, so they add up to more than the month's."""

    id: str
    name: str
    tasks: int
    scheduled: int
    deferred: int
    left_out: int
    entries: int
    joint_visits: int
    minutes: int
    """Time of its units on site, set-up included."""


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Tasks and visits of one town, industry or grade (key "domain grade")."""

    key: str
    sites: int
    tasks: int
    scheduled: int
    deferred: int
    left_out: int
    entries: int
    joint_visits: int


@dataclass(frozen=True, slots=True)
class LoadRow:
    """Load of a unit, or of its crews with a skill, by day in quarter-hours.

    `percent` is load over capacity, None on a day without capacity.
    """

    unit: str
    name: str
    skill: str
    load: tuple[int, ...]
    capacity: tuple[int, ...]
    percent: tuple[int | None, ...]
    total_percent: int | None


@dataclass(frozen=True, slots=True)
class WorstSite:
    """The site with the most disturbance (quarter-hours × sensitivity)."""

    id: str
    name: str
    disturbance: int
    visits: int


@dataclass(frozen=True, slots=True)
class ClauseFigures:
    """Tasks that a clause made."""

    clause: str
    tasks: int
    scheduled: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Kpis:
    """The month in figures. Shares are 0 to 1, disturbance is in site-quarter-hours × sensitivity.

    `planned` is False where there is no plan; counts are 0 then and mean nothing. tasks = scheduled + deferred +
    left_out + recognised. `summons` and `off_site` are None where the caller did not count them.
    """

    audience: Audience
    planned: bool
    avoided: tuple[Avoided, ...]
    sweep: tuple[Avoided, ...]
    """First-come matching with less than full acceptance."""
    tasks: int
    scheduled: int
    deferred: int
    left_out: int
    left_out_by: tuple[LeftOut, ...]
    """By strength, the most binding first; the tasks add up to `left_out`."""
    recognised: int
    """Fire items of others that the fire service's check answers for (A03-3.1c)."""
    entries: int
    triggered_entries: int
    """Those of the entries whose tasks the law all counts as triggered."""
    later_entries: int
    joint_visits: int
    merged_visits: int
    cross_domain_visits: int
    joint_share: float
    joint_share_tasks: float
    disturbance: int
    worst_site: WorstSite | None
    visits_per_site: tuple[tuple[int, int], ...]
    """(visits, sites with so many)."""
    summons: int | None
    off_site: int | None
    unannounced_visits: int | None
    """None for everyone but the bureau."""
    agencies: tuple[AgencyFigures, ...]
    towns: tuple[GroupFigures, ...]
    industries: tuple[GroupFigures, ...]
    grades: tuple[GroupFigures, ...]
    clauses: tuple[ClauseFigures, ...]
    left_out_rules: tuple[tuple[str, int], ...]
    """(rule, tasks left out by it first), most first; "" is no recorded reason, RESERVED one not to be told."""
    days: tuple[str, ...]
    loads: tuple[LoadRow, ...]

    def against(self, name: str) -> Avoided | None:
        """Return the figures against the counterfactual `name` at full acceptance."""
        return next((a for a in self.avoided if a.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


RESERVED = "reserved"


def share(part: int, whole: int) -> float:
    """Return part / whole to six digits, so that a percentage is rounded once, where it is shown; 0.0 of nothing."""
    return round(part / whole, 6) if whole else 0.0


def month_kpis(
    result: MonthResult,
    audience: Audience = "bureau",
    *,
    names: Names | None = None,
    summons: int | None = None,
    off_site: int | None = None,
) -> Kpis:
    """Return the month's figures; for "public" without unannounced checks in any of them.

    `summons` and `off_site` are counted by intake, being no entries. Raises MismatchError where the result's objective
    is not what its plan comes to.
    """
    view = view_of(result, audience, names)
    case, plan, visits = result.case, view.plan, view.visits
    if result.plan is not None and result.objective is not None:
        recomputed = objective_of(case, result.plan)
        if recomputed != result.objective:
            raise MismatchError(f"the plan comes to {recomputed}, the result says {result.objective}")
    day: IntArray = plan.day if plan is not None else np.full(case.n_tasks, LEFT_OUT, dtype=np.int64)
    follows = np.array([task.follows_fire for task in case.tasks], dtype=np.bool_)
    state = _States(
        view.visible,
        scheduled=view.visible & (day >= 0),
        deferred=view.visible & (day == LATER),
        left_out=view.visible & (day == LEFT_OUT) & ~follows & (plan is not None),
    )
    joint = [v for v in visits if v.joint]
    rows = view.rows()
    _, later = entry_counts(case, plan) if plan is not None else (0, 0)
    disturbance, _ = disturbances(case, plan) if plan is not None else (0, 0)
    scheduled = int(state.scheduled.sum())
    recognised = int((view.visible & (day == LEFT_OUT) & follows).sum()) if plan is not None else 0
    avoided = [_avoided(view, counterfactual) for counterfactual in result.counterfactuals] if plan is not None else []
    return Kpis(
        audience=audience,
        planned=plan is not None,
        avoided=tuple(a for a in avoided if a.acceptance_percent == 100),
        sweep=tuple(a for a in avoided if a.acceptance_percent < 100),
        tasks=int(view.visible.sum()),
        scheduled=scheduled,
        deferred=int(state.deferred.sum()),
        left_out=int(state.left_out.sum()),
        left_out_by=_by_strength(case, state.left_out),
        recognised=recognised,
        entries=len(visits),
        triggered_entries=sum(not any(case.tasks[t].capped for t in v.tasks) for v in visits),
        later_entries=later,
        joint_visits=len(joint),
        merged_visits=sum(row.merged for row in rows),
        cross_domain_visits=sum(row.cross_domain for row in rows),
        joint_share=share(len(joint), len(visits)),
        joint_share_tasks=share(sum(len(v.tasks) for v in joint), scheduled),
        disturbance=disturbance,
        worst_site=_worst_site(case, visits),
        visits_per_site=tuple(sorted(Counter(Counter(v.site for v in visits).values()).items())),
        summons=summons,
        off_site=off_site,
        unannounced_visits=sum(row.unannounced for row in rows) if audience == "bureau" else None,
        agencies=_agencies(view, state),
        towns=_groups(case, visits, state, lambda t: case.sites[int(case.site_of[t])].town),
        industries=_groups(case, visits, state, lambda t: case.sites[int(case.site_of[t])].industry),
        grades=_groups(case, visits, state, lambda t: _grade_key(case, t)),
        clauses=_clauses(case, state),
        left_out_rules=_left_out_rules(view),
        days=tuple(d.isoformat() for d in case.days),
        loads=_loads(view),
    )


@dataclass(frozen=True, slots=True)
class _States:
    """[T] masks of what became of the visible tasks."""

    visible: BoolArray
    scheduled: BoolArray
    deferred: BoolArray
    left_out: BoolArray

    def counts(self, tasks: Iterable[int]) -> dict[str, int]:
        index = np.fromiter(tasks, dtype=np.int64)
        return {
            "tasks": int(self.visible[index].sum()),
            "scheduled": int(self.scheduled[index].sum()),
            "deferred": int(self.deferred[index].sum()),
            "left_out": int(self.left_out[index].sum()),
        }


def _by_strength(case: Case, left_out: BoolArray) -> tuple[LeftOut, ...]:
    """Return the tasks `left_out` [T] by strength."""
    columns = case.columns
    return tuple(
        LeftOut(strength.name.lower(), int(mine.sum()), int(columns.priority[mine].sum()))
        for strength in Strength
        for mine in [left_out & (columns.strength == strength)]
    )


def _avoided(view: View, other: Counterfactual) -> Avoided:
    """Return what our plan saves against `other`.

    The counterfactual's own counts stand unless something is hidden: then they are counted anew over what is visible,
    *alone* by (parent agency, site, date), the others by (site, date).
    """
    result, case = view.result, view.result.case
    assert result.plan is not None
    rivals = [rival.day for rival in result.counterfactuals if rival.acceptance_percent == 100]
    served = common_tasks(case, [result.plan.day, *rivals]) & view.visible & (other.day >= 0)
    left_out = view.visible & (other.day == LEFT_OUT) & ~case.columns.follows_fire
    by_agency = other.name == "alone"
    entries, joint, bound = other.entries, other.joint_visits, other.bound
    common, ours = other.entries_common, other.ours_common
    if not view.complete:
        entries = entries_met(case, other.day, view.visible, by_agency)
        common = entries_met(case, other.day, served, by_agency)
        ours = entries_met(case, result.plan.day, served, False)
        joint = 0 if by_agency else joint_visits_met(case, other.day, view.visible, other.name == "filed")
        bound = None
    return Avoided(
        name=other.name,
        acceptance_percent=other.acceptance_percent,
        common_tasks=int(served.sum()),
        entries_common=common,
        dates_common=entries_met(case, other.day, served, False),
        ours_common=ours,
        avoided=common - ours,
        avoided_share=share(common - ours, common),
        entries=entries,
        left_out=int(left_out.sum()),
        left_out_by=_by_strength(case, left_out),
        later=int((view.visible & (other.day == LATER)).sum()),
        joint_visits=joint,
        bound=bound,
    )


def _worst_site(case: Case, visits: Iterable[Visit]) -> WorstSite | None:
    burden: Counter[int] = Counter()
    number: Counter[int] = Counter()
    for visit in visits:
        burden[visit.site] += (case.prep_quarters + visit.quarters) * int(case.sensitivity[visit.site, visit.day])
        number[visit.site] += 1
    if not burden:
        return None
    site = min(burden, key=lambda s: (-burden[s], s))
    return WorstSite(case.sites[site].id, case.sites[site].name, burden[site], number[site])


def _agencies(view: View, state: _States) -> tuple[AgencyFigures, ...]:
    case = view.result.case
    load = loads_of(case, view.plan).sum(axis=1) if view.plan is not None else np.zeros(len(case.rows), dtype=np.int64)
    figures = []
    for parent, parent_id in enumerate(case.parents):
        tasks = np.flatnonzero(case.parent_of == parent)
        if not state.visible[tasks].any():
            continue  # an agency all of whose tasks are hidden must not show
        own = [v for v in view.visits if parent in v.parents]
        quarters = sum(int(load[n]) for n, unit in enumerate(case.units) if unit.parent == parent_id)
        figures.append(
            AgencyFigures(
                id=parent_id,
                name=view.names.agency(parent_id),
                entries=len(own),
                joint_visits=sum(v.joint for v in own),
                minutes=quarters * QUARTER_MINUTES,
                **state.counts(tasks.tolist()),
            )
        )
    return tuple(figures)


def _grade_key(case: Case, task: int) -> str:
    """Return "domain grade" of the task's site, the grade "-" where its domain has given none."""
    domain = case.tasks[task].domain
    return f"{domain} {dict(case.sites[int(case.site_of[task])].grades).get(domain, '-')}"


def _groups(
    case: Case, visits: Iterable[Visit], state: _States, key_of: Callable[[int], str]
) -> tuple[GroupFigures, ...]:
    """Return figures by `key_of(task)`, sorted by key; a visit counts once in each group that it has a task of."""
    members: dict[str, list[int]] = defaultdict(list)
    for task in np.flatnonzero(state.visible).tolist():
        members[key_of(task)].append(task)
    entries: Counter[str] = Counter()
    joint: Counter[str] = Counter()
    for visit in visits:
        for key in {key_of(t) for t in visit.tasks}:
            entries[key] += 1
            joint[key] += visit.joint
    return tuple(
        GroupFigures(
            key=key,
            sites=len({int(case.site_of[t]) for t in tasks}),
            entries=entries[key],
            joint_visits=joint[key],
            **state.counts(tasks),
        )
        for key, tasks in sorted(members.items())
    )


def _clauses(case: Case, state: _States) -> tuple[ClauseFigures, ...]:
    members: dict[str, list[int]] = defaultdict(list)
    for task in np.flatnonzero(state.visible).tolist():
        for clause in case.tasks[task].clauses:
            members[clause].append(task)
    return tuple(
        ClauseFigures(clause, len(tasks), int(state.scheduled[tasks].sum()), int(state.left_out[tasks].sum()))
        for clause, tasks in sorted(members.items())
    )


def _left_out_rules(view: View) -> tuple[tuple[str, int], ...]:
    rules: Counter[str] = Counter()
    for item in view.open_tasks():
        if item.outcome == "left_out":
            rules[RESERVED if item.reserved else item.reason.rule if item.reason else ""] += 1
    return tuple(sorted(rules.items(), key=lambda rule: (-rule[1], rule[0])))


def _loads(view: View) -> tuple[LoadRow, ...]:
    case = view.result.case
    load = loads_of(case, view.plan) if view.plan is not None else np.zeros_like(case.capacity)
    seen = [case.tasks[t] for t in np.flatnonzero(view.visible).tolist()]
    shown = {(task.unit, "") for task in seen} | {(task.unit, task.skill) for task in seen}
    rows = []
    for n, row in enumerate(case.rows):
        if (row.unit, row.skill) not in shown:
            continue
        used, there = load[n].tolist(), case.capacity[n].tolist()
        rows.append(
            LoadRow(
                unit=row.unit,
                name=view.names.agency(row.unit),
                skill=row.skill,
                load=tuple(used),
                capacity=tuple(there),
                percent=tuple(round(100 * u / c) if c else None for u, c in zip(used, there, strict=True)),
                total_percent=round(100 * sum(used) / sum(there)) if sum(there) else None,
            )
        )
    return tuple(rows)
