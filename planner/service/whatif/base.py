"""What scenarios of one plan have in common: read, screened and hashed once, however many are played."""

from __future__ import annotations

from functools import cached_property

from planner.domain.errors import InputError
from planner.explain.effects.compare import Side
from planner.intake.make.prepare import man_month
from planner.intake.make.screening import ANSWERED, OF_PEOPLE, Screened, screen_again, screen_month
from planner.intake.month.outcome import Prepared
from planner.intake.month.set_aside import SetAside
from planner.intake.tables.records import Tables
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.service.month.hidden import announced
from planner.service.month.planning import Planned, set_aside_of
from planner.service.whatif.changes import Inputs


class Base:
    """The plan that scenarios are played from, which stays as it is."""

    def __init__(self, planned: Planned) -> None:
        self.planned = planned

    @cached_property
    def inputs(self) -> Inputs:
        """What the month was made of: what is announced, as nothing of a plan depends on what is not."""
        return inputs_of(self.planned)

    @cached_property
    def side(self) -> Side:
        """The plan as one side of a comparison. Raises InputError where it has none."""
        return side_of(self.planned)

    @cached_property
    def case_hash(self) -> str:
        """The hash of the plan's case."""
        return self.planned.result.case.content_hash()

    @cached_property
    def aside(self) -> SetAside:
        """What the month sets aside for unannounced checks; a scenario leaves it as it is."""
        planned = self.planned
        seed, given = planned.result.seed, planned.given
        return set_aside_of(planned.tables, planned.month, planned.rulebook, seed, given)[0]

    @cached_property
    def _screened(self) -> Screened:
        found = self._screen(self.inputs, keep=True)
        man_month(found, self.inputs.tables)  # what it builds is there for every scenario
        return found

    def _screen(self, inputs: Inputs, *, keep: bool = False) -> Screened:
        planned = self.planned
        seed, given = planned.result.seed, planned.given
        return screen_month(
            inputs.tables, planned.month, inputs.rulebook, seed, given=given, set_aside=self.aside, keep=keep
        )

    def prepare(self, inputs: Inputs) -> Prepared:
        """Return the month of changed inputs, from the first step that asks something which has changed."""
        if not same_but(self.inputs.tables, inputs.tables, ANSWERED | OF_PEOPLE):
            return self.prepare_anew(inputs)
        if inputs.rulebook is self.inputs.rulebook and same_but(self.inputs.tables, inputs.tables, OF_PEOPLE):
            return man_month(self._screened, inputs.tables)
        again = screen_again(self._screened, inputs.tables, inputs.rulebook)
        return man_month(again, inputs.tables) if again else self.prepare_anew(inputs)

    def prepare_anew(self, inputs: Inputs) -> Prepared:
        """Return the month of the inputs, all of it read through the intake: what `prepare` has to come to."""
        return man_month(self._screen(inputs), inputs.tables)


def same_but(before: Tables, after: Tables, free: frozenset[str]) -> bool:
    """Return whether all tables but the `free` ones are the very same rows."""
    return all(getattr(before, key) is getattr(after, key) for key in TABLE_BY_KEY.keys() - free)


def inputs_of(planned: Planned) -> Inputs:
    """Return what the month of a plan was made of: what is announced, as nothing of a plan depends on what is not."""
    return Inputs(announced(planned.tables), planned.rulebook, planned.month)


def side_of(planned: Planned) -> Side:
    """Return a plan as one side of a comparison. Raises InputError where it has none."""
    result = planned.result
    if result.plan is None or result.roster is None:
        raise InputError("情景须从一份有方案的月度计划推演 / a what-if starts from a month that has a plan")
    return Side(result.case, result.plan.day, result.levels, result.certificates, result.duty is not None)
