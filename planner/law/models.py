"""What a rule's constraint may ask of a solver's model. Rules know no solver: engines hand them such a model.

A literal is the solver's Boolean: `~literal` is its negation, and comparisons and sums of literals are what
`cp.add` takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from planner.domain.case import DAY_QUARTERS, Case, IntArray
from planner.domain.duty import NO_START, Stay
from planner.domain.plan import Visit
from planner.domain.roster import Roster

Literal: TypeAlias = Any

STARTS = range(NO_START, DAY_QUARTERS)
"""What a start can be before any rule speaks: no start, or any quarter of the day."""


class _Solver(Protocol):
    @property
    def cp(self) -> Any:
        """The solver's model, to which constraints are added."""

    def total(self, terms: Iterable[Any]) -> Any:
        """Return the sum of literals or other terms."""

    def weighted(self, literals: Sequence[Literal], weights: Sequence[int]) -> Any:
        """Return the sum of the weights of the literals that are true."""


class Model(_Solver, Protocol):
    """A month's model: which task on which day, what waits, what is left out (see `planner.model.MatchModel`)."""

    @property
    def case(self) -> Case: ...
    @property
    def limit(self) -> IntArray:
        """[R, D] capacity that is this model's."""

    @property
    def sites(self) -> Sequence[int]: ...
    @property
    def tasks(self) -> Sequence[int]: ...
    @property
    def on(self) -> Mapping[tuple[int, int], Literal]:
        """(task, day) → it is done then."""

    @property
    def out(self) -> Mapping[int, Literal]:
        """Task → it is left out."""

    @property
    def later(self) -> Mapping[int, Literal]:
        """Task → it waits."""

    @property
    def tasks_on(self) -> Mapping[tuple[int, int], list[int]]:
        """(site, day) → tasks that could be done there."""

    @property
    def group_dates(self) -> Mapping[int, Mapping[int, Literal]]:
        """Gap-and-cap group → day → one of its tasks is done that day."""

    @property
    def counted_dates(self) -> Mapping[int, Mapping[int, Literal]]:
        """The same of the tasks that count for the cap."""

    def any_of(self, literals: Iterable[Literal]) -> Literal:
        """Return a literal that is true exactly if one of `literals` is."""

    def visit(self, site: int, day: int) -> Literal | None:
        """Return "there is an entry at site on day", None where nothing could be."""

    def tie_later_dates(self) -> None:
        """Give what waits at entangled sites (see `planner.law.later`) lawful dates, once."""

    def present(self, site: int, day: int, who: IntArray) -> Mapping[int, Literal]:
        """Return, for each unit or parent in `who` [T] that could come, that it is at the visit."""


class DayModel(_Solver, Protocol):
    """A day's model: when each visit begins, and who is at each stay (see `planner.model.day.DayModel`)."""

    @property
    def case(self) -> Case: ...
    @property
    def roster(self) -> Roster: ...
    @property
    def visits(self) -> Sequence[Visit]: ...
    @property
    def stays(self) -> Sequence[Stay]: ...
    @property
    def at(self) -> Mapping[tuple[int, int], Literal]:
        """(visit, quarter of STARTS) → it begins then."""

    @property
    def x(self) -> Mapping[tuple[int, int], Literal]:
        """(inspector, stay) → is at it."""
