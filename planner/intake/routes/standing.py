"""Where a filing stands: its state is derived from the steps of its route, never typed.

A workbook without steps proves by its code alone: with one the filing counts as coded on the day on which it was filed,
without one it is unproven. An unproven filing is planned and listed; it is published once the bureau accepts it and
says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from planner.intake.tables.records import FilingRow, FilingStepRow
from planner.rulebook.routes import Route, cited_of_filing, route_of, state_of_step


class State(StrEnum):
    """Where a filing, or one version of it, stands."""

    DRAFT = "draft"
    INTERNAL = "internal"
    UPPER = "upper"
    FILED = "filed"
    OPINION = "opinion"
    PASSED = "passed"
    CODED = "coded"
    PUBLIC = "public"
    AMENDED = "amended"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    UNPROVEN = "unproven"


STATE_ZH: dict[State, str] = {
    State.DRAFT: "草拟",
    State.INTERNAL: "内审",
    State.UPPER: "上级审",
    State.FILED: "待备案",
    State.OPINION: "补正",
    State.PASSED: "通过",
    State.CODED: "已编码",
    State.PUBLIC: "已公布",
    State.AMENDED: "变动中",
    State.WITHDRAWN: "撤回",
    State.LAPSED: "已过期",
    State.UNPROVEN: "未证实",
}

NOT_PLANNED = frozenset({State.DRAFT, State.INTERNAL, State.OPINION, State.WITHDRAWN, State.LAPSED})
"""States in which the month leaves a filing out. (A version that an opinion met stands still; an older one in force
goes on, and the state is then that of a filing being amended.)"""
PROVISIONAL = frozenset({State.UPPER, State.FILED})
"""States in which it is planned for now: publishing is refused."""
DONE = frozenset({State.CODED, State.PUBLIC})


@dataclass(frozen=True, slots=True)
class Standing:
    """One filing: the state of its newest version, and what is in force.

    `coded_on` is the day of the code in force, None without one; `passed_on` that of the last leg, where all are
    passed. `open_step` is the first leg not passed, "" where none is. `shut` are sites that a version under way adds:
    they wait for its code. `early`: a code stands although a leg was open. `accepted` is the bureau's reason where it
    lets an unproven filing be published. `clauses` say why.
    """

    filing: str
    version: int
    state: State
    route: Route
    coded_on: date | None
    passed_on: date | None
    open_step: str
    shut: frozenset[str]
    early: bool
    accepted: str
    clauses: tuple[str, ...]

    @property
    def begins(self) -> date | None:
        """The day from which it is carried out: of its code, or of its last leg where the plan has or needs none."""
        return self.coded_on or (self.passed_on if self.route.code != "barred" else None)

    @property
    def planned(self) -> bool:
        """Whether the month makes tasks of it."""
        return self.state not in NOT_PLANNED

    @property
    def provisional(self) -> bool:
        """Whether its tasks are planned only for now, to be published later."""
        return self.state in PROVISIONAL


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something must not be done with a filing, or with one of its sites. `code` is the finding's type.

    `bars` is False where it is told without a bar.
    """

    code: str
    filing: str
    site: str
    bars: bool
    clauses: tuple[str, ...]
    zh: str
    en: str


def standings(
    filings: Iterable[FilingRow],
    steps: Iterable[FilingStepRow],
    domain_of: Mapping[str, str],
    towns: frozenset[str],
    period: tuple[date, date],
) -> dict[str, Standing]:
    """Return where each filing stands in a period: steps up to its last day count, the bureau's acceptance whenever it
    was given; lapsed is what ended before the period.

    `domain_of` gives the annex by filing id, `towns` are the agencies that are a town's.
    """
    by_filing: dict[str, list[FilingStepRow]] = defaultdict(list)
    for step in steps:
        if step.date <= period[1] or step.step == "accept":
            by_filing[step.filing_id].append(step)
    return {
        filing.filing_id: standing_of(
            filing,
            by_filing.get(filing.filing_id, ()),
            route_of(domain_of.get(filing.filing_id, ""), filing.period, filing.agency_id in towns),
            period[0],
        )
        for filing in filings
    }


def standing_of(filing: FilingRow, steps: Iterable[FilingStepRow], route: Route, on: date) -> Standing:
    """Return where `filing` stands by `steps`; it has lapsed where its window ended before `on`."""
    taken = sorted(steps, key=lambda step: (step.version, step.date, step.ref.row))
    accepted = next((step.note for step in reversed(taken) if step.step == "accept"), "")
    of_route = [step for step in taken if step.step != "accept"]
    if not of_route:
        return _without_steps(filing, route, accepted)
    newest = of_route[-1].version
    read = {
        version: _version([step for step in of_route if step.version == version], route)
        for version in sorted({step.version for step in of_route})
    }
    now, state = read[newest], read[newest].state
    force, shut = now, frozenset[str]()
    if state not in DONE and state is not State.WITHDRAWN:
        older = [one for version, one in read.items() if version < newest and _in_force(one, route)]
        if older:
            shut = frozenset(site for step in of_route if step.version == newest for site in step.adds)
            state, force = State.AMENDED, older[-1]
    if filing.window_to < on and state not in DONE and state is not State.AMENDED:
        state = State.LAPSED
    return Standing(
        filing=filing.filing_id,
        version=newest,
        state=state,
        route=route,
        coded_on=force.coded,
        passed_on=force.passed,
        open_step=now.open_step,
        shut=shut,
        early=force.early,
        accepted=accepted,
        clauses=route.amended if state is State.AMENDED else route.clauses,
    )


def _without_steps(filing: FilingRow, route: Route, accepted: str) -> Standing:
    state, coded = (State.CODED, filing.filed_on) if filing.plan_code else (State.UNPROVEN, None)
    clauses = cited_of_filing("open")
    return Standing(filing.filing_id, 1, state, route, coded, None, "", frozenset(), False, accepted, clauses)


@dataclass(frozen=True, slots=True)
class _Version:
    """What the steps of one version come to."""

    state: State
    open_step: str
    coded: date | None
    passed: date | None
    early: bool


def _in_force(one: _Version, route: Route) -> bool:
    return one.state in DONE or (one.state is State.PASSED and route.code != "barred")


def _version(steps: list[FilingStepRow], route: Route) -> _Version:
    passed: dict[str, date] = {}
    stopped = withdrawn = False
    for step in steps:
        withdrawn = withdrawn or step.step == "withdraw"
        if step.outcome == "pass":
            passed[step.step] = step.date
            stopped = False
        else:
            passed.pop(step.step, None)
            stopped = True
    open_step = next((leg for leg in route.steps if leg not in passed), "")
    coded = passed.get("code")
    early = coded is not None and any(passed.get(leg, date.max) > coded for leg in route.steps)
    if withdrawn or stopped:
        state = State.WITHDRAWN if withdrawn else State.OPINION
    elif open_step:
        begun = any(leg in passed for leg in route.steps) or "draft" in passed
        state = State(state_of_step(open_step)) if begun else State.DRAFT
    elif coded is None:
        state = State.PASSED
    else:
        state = State.PUBLIC if "publish" in passed else State.CODED
    all_passed = None if open_step else max(passed[leg] for leg in route.steps)
    return _Version(state, open_step, coded, all_passed, early)


def may_publish(standing: Standing, sites: Iterable[str] = ()) -> tuple[Refusal, ...]:
    """Return what stands against publishing the visits of a filing at `sites`; those that do not bar are told only."""
    found = []
    name, state = standing.filing, standing.state
    open_route = state in NOT_PLANNED or standing.provisional
    if open_route:
        found.append(_refusal("plan.route-open", standing, "", True, (*standing.clauses, *cited_of_filing("late"))))
    elif state is State.UNPROVEN and not standing.accepted:
        found.append(_refusal("plan.unproven", standing, "", True, cited_of_filing("open")))
    elif state is State.PASSED and standing.route.code != "none":
        found.append(_refusal("plan.no-code", standing, "", standing.route.code == "barred", _code_clauses(standing)))
    if standing.early:
        found.append(_refusal("plan.code-early", standing, "", False, standing.route.clauses))
    found += [
        Refusal(
            "plan.route-open",
            name,
            site,
            True,
            standing.route.amended,
            f"计划 {name} 第{standing.version}版新增的对象 {site} 还没有得码，不得公布和检查",
            f"version {standing.version} of {name} adds {site} and has no code yet",
        )
        for site in sorted(standing.shut & set(sites))
    ]
    return tuple(found)


def may_apply(standing: Standing, filing: FilingRow, on: date, site: str = "") -> tuple[Refusal, ...]:
    """Return what stands against applying for a check code on this filing on `on`, as the batch and the gate ask."""
    found = [refusal for refusal in may_publish(standing, (site,) if site else ()) if refusal.bars]
    route = standing.route
    if route.ground == "month-code":
        zh = f"计划 {filing.filing_id} 是年度计划，没有计划编码；要检查码须填月度计划的编码或触发信息"
        en = f"{filing.filing_id} is a year plan without a code; a check code needs the month plan's code or a trigger"
        found.append(Refusal("code.no-ground", filing.filing_id, "", True, route.ground_clauses, zh, en))
    elif route.code == "barred" and standing.coded_on and on < standing.coded_on:
        found.append(before_code(standing, on))
    return tuple(found)


def before_code(standing: Standing, day: date) -> Refusal:
    """Return why nobody may come on `day`, which is before the plan's code."""
    zh = f"{day} 早于计划 {standing.filing} 取得编码的 {standing.coded_on}，不得到场"
    en = f"{day} is before {standing.coded_on}, when {standing.filing} was coded"
    return Refusal("plan.before-code", standing.filing, "", True, _code_clauses(standing), zh, en)


def _code_clauses(standing: Standing) -> tuple[str, ...]:
    return standing.route.code_clauses


def _refusal(code: str, standing: Standing, site: str, bars: bool, clauses: tuple[str, ...]) -> Refusal:
    name, state = standing.filing, STATE_ZH[standing.state]
    zh, en = {
        "plan.route-open": (
            f"计划 {name} 处于“{state}”，程序没有走完，不得公布",
            f"{name} is in state {standing.state}: its route is open, so it is not published",
        ),
        "plan.unproven": (
            f"计划 {name} 没有备案凭据，须由司法局认可并写明理由后公布",
            f"nothing proves that {name} is filed: the bureau accepts it with a reason first",
        ),
        "plan.no-code": (
            f"计划 {name} 已备案通过，还没有取得计划编码",
            f"{name} has passed and has no plan code yet",
        ),
        "plan.code-early": (
            f"计划 {name} 的编码早于程序走完的日期",
            f"the code of {name} is older than a leg of its route",
        ),
    }[code]
    return Refusal(code, name, site, bars, tuple(dict.fromkeys(clauses)), zh, en)
