"""Questions to gate, ledger and suggestions, answered exactly: may these tasks be done that day, all others staying?

`python -m tests.reference.questions --questions 1000 --json FILE`. Each small month is planned by the product, some of
its visits are taken back to drafts, and agencies, sites and days are asked about at random. Others keep their days;
starts and people of the day in question may change.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from planner.intake.write.writer import write_folder
from planner.operations.book import Book
from planner.operations.gate import IF, NO, YES, Gate
from planner.operations.ledger import ledger_of
from planner.operations.suggest import suggest
from planner.reference.check import faults
from planner.reference.exact import FEASIBLE, INFEASIBLE, OPTIMAL, solve
from planner.reference.world import Answer, World
from planner.rulebook.book import load_rulebook
from planner.service import Planned, book_of, plan_month
from tests.asked import command, row_of
from tests.reference.compare import answer_of, law_with
from tests.reference.months import small_month
from tests.reference.tables import filed, read_folder, task_id

PER_MONTH = 25
ON_TIME = ("visit.hours", "hours.business", "crew.enough", "crew.free")
"""Rules about starts and people, which are asked of the day as a whole."""
UNKNOWN = "unknown"


@dataclass
class Asked:
    """A month and what stands in it; `open` are the tasks that are not published."""

    world: World
    answer: Answer
    open: frozenset[str]
    _known: dict[tuple[frozenset[str], date], bool | None] = field(default_factory=dict)

    @cached_property
    def _before(self) -> frozenset[str]:
        return frozenset(self._untimed(self.answer))

    def _untimed(self, answer: Answer) -> Iterator[str]:
        return (fault for fault in faults(self.world, answer) if fault.partition(":")[0] not in ON_TIME)

    def may(self, tasks: Iterable[str], day: date) -> bool | None:
        """Return whether `tasks` may all be done on `day`, None where the solver cannot tell."""
        key = frozenset(tasks), day
        if key not in self._known:
            moved = replace(
                self.answer, day={**self.answer.day, **dict.fromkeys(key[0], day)}, waits=self.answer.waits - key[0]
            )
            lawful = self._before.issuperset(self._untimed(moved))
            self._known[key] = self._walked(moved, day) if lawful else False
        return self._known[key]

    def _walked(self, answer: Answer, day: date) -> bool | None:
        """Return whether the day can be walked and manned."""
        here = tuple(
            replace(t, fixed=day, later=(), joint="", rides=False)
            for t in self.world.tasks
            if answer.day.get(t.id) == day
        )
        outcome = solve(replace(self.world, days=(day,), tasks=here, limits=(), entry_cap=0, entry_gap=0), work=5.0)
        return {OPTIMAL: True, FEASIBLE: True, INFEASIBLE: False}.get(outcome.status)

    def escort(self, tasks: Iterable[str], day: date) -> frozenset[str] | None:
        """Return who has to come along, joint partners and fire; None where one of them cannot."""
        own = [t for t in self.world.tasks if t.id in set(tasks)]
        company = {
            t.id
            for t in self.world.tasks
            for one in own
            if t.site == one.site
            and t.id not in set(tasks)
            and ((one.joint and t.joint == one.joint) or (one.rides and t.fire))
        }
        fixed = any(name not in self.open and self.answer.day.get(name) != day for name in company)
        return None if fixed else frozenset(company)

    def possible(self, free: list[str], day: date) -> bool:
        """Return whether the day is open to some of `free`, or to all of them, with whoever they need."""
        for tasks in ([*free], *([name] for name in free)):
            company = self.escort(tasks, day)
            if self.may(tasks, day) or (company and self.may({*tasks, *company}, day)):
                return True
        return False


def asked_of(planned: Planned, world: World, rng: random.Random) -> tuple[Asked, Book]:
    """Return the month as the exact model and as the product know it, with some visits taken back to drafts."""
    book, answer = book_of(planned), answer_of(planned)
    for t, task in enumerate(book.case.tasks):
        if task.pinned is None and rng.random() < 0.4:
            book.published[t] = False
    fixed = {task_id(task.filings[0], task.site) for t, task in enumerate(book.case.tasks) if book.published[t]}
    return Asked(world, answer, frozenset(t.id for t in world.tasks) - fixed), book


def judged(seed: int, questions: int = PER_MONTH) -> dict[str, Any]:
    """Return what the questions on small month `seed` came to: counts of answers, and every disagreement."""
    month, rng = small_month(seed), random.Random(f"questions on small month {seed}")
    with TemporaryDirectory() as place, law_with(month.per_crew):
        write_folder(month.raw, Path(place))
        world = filed(read_folder(Path(place)), month.month, month.per_crew).world
        planned = plan_month(Path(place), month.month)
        told, found, asked_for = Counter[str](), list[str](), 0
        if planned.result.plan is not None:
            known, book = asked_of(planned, world, rng)
            pairs = sorted({(t.unit, t.site) for t in world.tasks} & _known(book))
            for _ in range(questions if pairs else 0):
                unit, site = rng.choice(pairs)
                days = sorted({d for t in world.tasks if t.site == site for d in t.days}) or list(world.days)
                day = rng.choice([*days, rng.choice(world.days)])
                asked_for += 1
                for kind, fault in _faults(known, book, unit, site, day, told):
                    found.append(f"small month {seed}, {kind}, {unit} at {site} on {day}: {fault}")
    return {"questions": asked_for, "told": told, "faults": found}


def _known(book: Book) -> set[tuple[str, str]]:
    return {(task.unit, task.site) for task in book.case.tasks}


def _faults(month: Asked, book: Book, unit: str, site: str, day: date, told: Counter[str]) -> Iterator[tuple[str, str]]:
    law = load_rulebook().at(month.world.days[0])
    names = {task.id: task_id(task.filings[0], task.site) for task in book.case.tasks}
    body = {u.id: u.body for u in month.world.units}
    # A parent asks for its sections, too, a section for itself alone.
    due = [t for t in month.world.tasks if unit in (t.unit, body[t.unit]) and t.site == site]
    free = [t.id for t in due if t.id in month.open]
    answer = Gate(book, law).ask(unit, site, day)
    told[f"gate {answer.verdict}"] += 1
    here = [t.id for t in due if t.id not in month.open and month.answer.day.get(t.id) == day]
    if not here:
        yield from (("gate", fault) for fault in _gate(month, names, answer, free, day))
    ledger = ledger_of(book, law, site, unit)
    first = next((d for d in month.world.days if free and month.possible(free, d)), None)
    told["ledger with a day" if first else "ledger without"] += 1
    if ledger.next_lawful != first and ledger.next_verdict != UNKNOWN:
        yield "ledger", f"next lawful day {ledger.next_lawful}, the exact model says {first}"
    if free:
        for one in suggest(book, law, site, unit).suggestions:
            told["suggestions"] += 1
            ride = {names[t] for t in (*one.tasks, *one.with_tasks)}
            for d in one.days:
                moved = {**month.answer.day, **dict.fromkeys({*ride, *free}, d)}
                new = Answer(moved, month.answer.waits - ride - set(free), {}, {})
                bad = [f for f in month._untimed(new) if f not in month._before]
                if bad:
                    yield "suggest", f"{sorted(ride)} on {d}: {bad[0]}"


def _gate(month: Asked, names: dict[str, str], answer: Any, free: list[str], day: date) -> Iterator[str]:
    tasks, escort = ([names[t] for t in ts] for ts in (answer.tasks, answer.with_tasks))
    if answer.verdict == NO and free and month.possible(free, day):
        yield f"no ({[b.rule for b in answer.barriers]}), and it can be done"
    if answer.verdict == YES and free and month.may(free, day) is False:
        yield f"yes, and {free} cannot be done"
    if answer.verdict == IF and month.may({*tasks, *escort}, day) is False:
        yield f"if, and {tasks} with {escort} cannot be done"
    if answer.verdict == IF and month.may(free, day):
        yield "if, and all can be done as they are"


def run(questions: int, first: int = 0) -> dict[str, Any]:
    """Return the row of `questions` questions, on as many small months as they take."""
    return row_of(judged, "questions", "months", PER_MONTH, questions, first)


if __name__ == "__main__":
    raise SystemExit(command(__doc__, run, 1000))
