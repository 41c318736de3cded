"""A rule of the plan as a value: all that is its own, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeAlias

from planner.domain.case import BoolArray, Case, Fact
from planner.domain.duty import Duty
from planner.domain.plan import Plan, Visit
from planner.domain.roster import Roster
from planner.law.models import DayModel, Model
from planner.law.violation import Violation
from planner.law.words import Blocked, Both


class Facts(Protocol):
    """A site, as a row of its table or in the case: whatever column the table has, a rule may ask for by its key."""

    def fact(self, key: str) -> Fact | None:
        """Return what stands in the column, None where the cell is empty."""


Check: TypeAlias = Callable[[Case, Plan], Iterator[Violation]]
Constraint: TypeAlias = Callable[[Model], None]
Barred: TypeAlias = Callable[[Case], BoolArray]
Closes: TypeAlias = Callable[[Facts, date], bool]
VisitTest: TypeAlias = Callable[[Case, Sequence[int]], bool]
DutyCheck: TypeAlias = Callable[[Case, Roster, Sequence[Visit], Duty], Iterator[Violation]]
DayConstraint: TypeAlias = Callable[[DayModel], None]
Waived: TypeAlias = Callable[[Case, Sequence[int]], Case]


@dataclass(frozen=True, slots=True)
class Example:
    """A tiny case, a plan of it that is lawful, and one that breaks this rule and no other.

    Plans are given as task id → index of its day, LATER or LEFT_OUT.
    """

    case: Callable[[], Case]
    lawful: Mapping[str, int]
    unlawful: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the plan. What the regulation says of it stands in the rulebook's data under the same `id`.

    A rule says the same thing several times, each time to somebody else, and a test holds the sayings against each
    other: `check` is the specification, `constraint` its word to CP-SAT, `barred` and `may_be_visit` its words to the
    kernel and the certificate, `duty_check` and `day_constraint` what it says of starts and people.
    """

    id: str
    order: int
    """A day is put down to the first rule that it would break: dates first, crews, which may change, last."""
    words: Callable[[Blocked], tuple[str, str]]
    """Says why a day is blocked, in Chinese and English."""
    remedy: Both
    """What whoever is refused can do."""
    check: Check | None = None
    """(case, plan) → violations; None for a rule of starts and people alone."""
    constraint: Constraint | None = None
    """Adds the rule to a month's model; where only days are barred, `planner.law.derived.no_barred_day` of them."""
    closes: Closes | None = None
    """For what a site and a date alone tell: nobody may be there on that date, in the month or after it."""
    barred: Barred | None = None
    """For what a day alone tells: [T, D] days on which the task can not be done."""
    may_be_visit: VisitTest | None = None
    """For what a visit alone tells: whether tasks of one site may be one visit."""
    wants_company: bool = False
    """It asks for others to come along, so it is broken as long as they are not booked, and `may_be_visit` says nothing
    of tasks beside which the site has others that are out of sight."""
    overload: bool = False
    """It counts crews: its violations' `numbers` are (used, there is), and a fuller day is a new violation."""
    inside: tuple[str, ...] = ()
    """Where engines know the rule inside out, for speed or because no day and no visit tells it alone: change these
    too. Without, the kernel asks `barred` and `may_be_visit`."""
    duty_check: DutyCheck | None = None
    """(case, roster, visits, duty) → violations."""
    day_constraint: DayConstraint | None = None
    """Adds what it says of starts and people to a day's model."""
    waived: Waived | None = None
    """(case, tasks) → the case that the intake makes where a signed waiver lifts the rule for the filings of these
    tasks; what the intake does not lift by a waiver is not lifted. None where the rule cannot be waived."""
    example: Example | None = None
    """None only for a rule of starts and people alone, which tests of a day show."""
