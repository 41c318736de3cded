"""What scenarios of one plan have in common: read, screened and hashed once, however many are played."""

from __future__ import annotations

from functools import cached_property

from planner.domain.errors import InputError
from planner.explain.effects.compare import Side
from planner.intake.make.prepare import Screened, man_month, screen_month
from planner.intake.month.outcome import Prepared
from planner.intake.month.set_aside import SetAside
from planner.intake.tables.records import Tables
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.service.month.hidden import announced
from planner.service.month.planning import Planned, set_aside_of
from planner.service.whatif.changes import Inputs

OF_PEOPLE = frozenset({"inspectors", "absences"})
"""Tables that the month's tasks do not depend on: where only they change, the month is not screened again."""


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
        return self._screen(self.inputs)

    def _screen(self, inputs: Inputs) -> Screened:
        planned = self.planned
        seed, given = planned.result.seed, planned.given
        return screen_month(inputs.tables, planned.month, inputs.rulebook, seed, given=given, set_aside=self.aside)

    def prepare(self, inputs: Inputs) -> Prepared:
        """Return the month of changed inputs; where only people changed, from what is screened already."""
        if inputs.rulebook is self.inputs.rulebook and only_people_differ(self.inputs.tables, inputs.tables):
            return man_month(self._screened, inputs.tables)
        return self.prepare_anew(inputs)

    def prepare_anew(self, inputs: Inputs) -> Prepared:
        """Return the month of the inputs, all of it read through the intake: what `prepare` has to come to."""
        return man_month(self._screen(inputs), inputs.tables)


def only_people_differ(before: Tables, after: Tables) -> bool:
    """Return whether all tables but those of people are the very same rows."""
    others = TABLE_BY_KEY.keys() - OF_PEOPLE
    return all(getattr(before, key) is getattr(after, key) for key in others)


def inputs_of(planned: Planned) -> Inputs:
    """Return what the month of a plan was made of: what is announced, as nothing of a plan depends on what is not."""
    return Inputs(announced(planned.tables), planned.rulebook, planned.month)


def side_of(planned: Planned) -> Side:
    """Return a plan as one side of a comparison. Raises InputError where it has none."""
    result = planned.result
    if result.plan is None or result.roster is None:
        raise InputError("情景须从一份有方案的月度计划推演 / a what-if starts from a month that has a plan")
    return Side(result.case, result.plan.day, result.levels, result.certificates, result.duty is not None)
