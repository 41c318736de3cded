"""The result of one planning run: plan, proof, counterfactuals, reasons. Reports and interfaces read only this."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from planner.domain.ahead.look_ahead import LookAhead, Overflow
from planner.domain.case import Case, HalfRow, IntArray
from planner.domain.duty import Cut, Duty
from planner.domain.finding import Finding
from planner.domain.not_visited import NotVisited
from planner.domain.plan import Objective, Plan, Visit
from planner.domain.roster import Roster


class Status(StrEnum):
    """How a run ended; never merged into one another."""

    OPTIMAL = "optimal"
    """Proven: no lawful plan is better on left-out tasks, to the look-ahead's end, and entries."""
    FEASIBLE = "feasible"
    """Lawful, with the gap that is stated."""
    INFEASIBLE = "infeasible"
    """What is published or fixed contradicts the law or itself; no plan."""
    OUT_OF_TIME = "out_of_time"
    """Stopped before a first plan."""
    INVALID = "invalid"
    """The input cannot be planned (no month, no task)."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the objective. Bounds are None where none was computed.

    `bound_certified` is recomputable from the price list by anyone; `bound_solver` is CP-SAT's word. Each holds among
    plans that are no worse on the levels before. `gap` is (value − best bound) / value, 0.0 for value 0.
    """

    name: str
    value: int
    bound_certified: int | None
    bound_solver: int | None
    gap: float | None
    proven_by: str = ""
    """"certificate", "solver" or ""."""
    stopped: str = ""
    """What ended the search for a certified bound before there was nothing left to find; see `PriceList`."""


LEFT_OUT_LEVELS = ("left_out.mandatory", "left_out.accepted", "left_out.optional")
"""What is left out, by strength."""
DECISIVE_LEVELS = (*LEFT_OUT_LEVELS, "entries")
"""A plan proven on these is called optimal."""
LEVELS = (*DECISIVE_LEVELS, "fire_alone", "disturbance")
"""The levels of the objective order `plan`, first counts most. A price list can bound any of them."""
ENTRIES, FIRE_ALONE, DISTURBANCE = (LEVELS.index(name) for name in ("entries", "fire_alone", "disturbance"))
"""Their places in LEVELS; what stands before ENTRIES is left out, by strength."""


STOPPED_BY_WORK, STOPPED_BY_CLOCK = "work", "clock"
"""What can end the search for a price list early: its limit of work, or whoever asked the run to stop."""


@dataclass(frozen=True, eq=False)
class PriceList:
    """A certificate: whole-number prices that prove a bound by weak duality (rule `objective.entries`).

    For every lawful plan whose values on the levels before this one are no more than `achieved`:

        scale · value ≥ Σ_site min over patterns(scale · v + Σ_j multipliers[j] · v_j + prices · load)
                        − Σ prices · capacity − Σ_j multipliers[j] · achieved[j]

    where a pattern is one site's lawful choice of days, v its value on this level and v_j on the levels before.
    Shapes: prices [R, D], in 1/scale of the level's unit per crew quarter-hour, all ≥ 0. `half_rows` are tables that
    the last rows of `prices` speak of, beside the case's own rows; they have to be valid for the bound to be.
    """

    level: str
    scale: int
    prices: IntArray = field(repr=False)
    multipliers: tuple[int, ...]
    achieved: tuple[int, ...]
    bound: int
    half_rows: tuple[HalfRow, ...] = ()
    stopped: str = ""
    """STOPPED_BY_WORK or STOPPED_BY_CLOCK where more work might have proven more, else "". It is told, not proven."""


DAY_LEVELS = ("quiet_hours", "town_changes", "workload")
"""The levels of timetable and crews, in order, given the days: see `planner.checks.duty_objective`."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a task is not in the plan: the first rule or capacity that stands against each of its days."""

    task: int
    rule: str
    """The rule that blocks most of its days."""
    clauses: tuple[str, ...]
    text_zh: str
    text_en: str
    blocked: tuple[tuple[int, str, str], ...] = ()
    """(day index, rule, subject) for each day of its window."""
    stage: str = "match"
    """"match", "timetable" or "crew": the stage whose limits kept it out."""


@dataclass(frozen=True, eq=False)
class Counterfactual:
    """What would happen without coordination, on the same tasks, law and capacity.

    `day` is as in `Plan.day`. `entries` are counted the counterfactual's own way: *alone* counts (agency, site, date).
    `entries_common` and `ours_common` are both counts on the tasks that this, the counterfactuals at full acceptance
    and our plan all do in the month. `bound` is a proven lower bound of `entries` where the counterfactual is an
    optimised one.
    """

    name: str
    """"alone", "filed" or "first_come"."""
    day: IntArray = field(repr=False)
    entries: int
    left_out: int
    joint_visits: int
    entries_common: int
    ours_common: int
    bound: int | None = None
    acceptance_percent: int = 100


@dataclass(frozen=True, slots=True)
class DayTests:
    """How many different days' visits were tested, by answer: can they be walked and manned?

    `unknown` is an answer of its own: neither a no nor a proof of anything.
    """

    yes: int
    no: int
    unknown: int

    @property
    def asked(self) -> int:
        return self.yes + self.no + self.unknown


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a run, for people who watch it. `best` and `bound` are None while unknown."""

    seconds: float
    level: str
    best: int | None
    bound: int | None
    note: str = ""


@dataclass(frozen=True, eq=False)
class MonthResult:
    """One month, planned. Everything that the outputs show comes from here."""

    case: Case
    plan: Plan | None
    status: Status
    objective: Objective | None
    levels: tuple[Level, ...]
    certificates: tuple[PriceList, ...]
    visits: tuple[Visit, ...]
    reasons: tuple[Reason, ...]
    counterfactuals: tuple[Counterfactual, ...]
    violations: int
    findings: tuple[Finding, ...]
    progress: tuple[Progress, ...]
    seconds: dict[str, float]
    """Keys intake, match, total and finer steps; the hash ignores them."""
    seed: int
    settings: dict[str, str]
    plan_hash: str
    repeatable: bool
    """False where a clock, not a work limit, stopped the run."""
    draws_file: str = ""
    crews_file: str = ""
    """Name of the file with the draws of inspectors."""
    duty_hash: str = ""
    """Of starts, crews and teams; `plan_hash` is fixed before anyone is drawn."""
    roster: Roster | None = None
    """The people of the month; None where there is no plan."""
    duty: Duty | None = None
    """Starts and teams of `visits`; None where there is no plan."""
    day_levels: tuple[Level, ...] = ()
    """`DAY_LEVELS`: bounds hold given the days of the plan."""
    cuts: tuple[Cut, ...] = ()
    """Days that could not be walked at first, and what the match had to give way."""
    notes: tuple[str, ...] = ()
    look_ahead: LookAhead | None = None
    """What waits for later months, and what they can hold; None for a longer period."""
    overflow: Overflow | None = None
    """What the plan makes unavoidable in later months; None where there is no plan."""
    matched: Objective | None = None
    """What the match alone came to, before starts and crews gave days back; None where it is not known."""
    common_limit: PriceList | None = None
    """Certificate of entries on the tasks that all schemes of the comparison do (`planner.checks.common`)."""
    day_tests: DayTests | None = None
    """None where nobody counted."""
    not_visited: tuple[NotVisited, ...] = ()
    """What was filed and makes no visit."""
