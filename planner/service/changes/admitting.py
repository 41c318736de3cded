"""A published month with the plans accepted since: what stands stays on its day, the new comes into what is left.

The month is matched anew from the data as they are now, with every standing visit pinned: where that is lawful no visit
changes, and fewer than none there cannot be. Starts and crews stay too where the new leaves them room. It is a plan of
another case, so its document says what was given.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from planner.domain.case import Case
from planner.domain.errors import InputError
from planner.domain.plan import LATER, LEFT_OUT
from planner.explain.counterfactuals import counterfactuals
from planner.intake.make.given import Given, PublishedVisit
from planner.intake.tables.records import Tables
from planner.operations.book import Book
from planner.operations.events import Accepted
from planner.operations.replan import Replanned
from planner.service.changes.carrying import carried, days_in, drawn_teams
from planner.service.changes.revising import Changed, Held, revise
from planner.service.month.planning import Cancel, Planned, Step, Tell, crew_seeds, plan_hash, prepare_tables
from planner.service.published.moving import Weighing
from planner.service.published.operating import replanned_json
from planner.solve.match import solve_match
from planner.solve.revise import revise_month
from planner.solve.run import Work

CONTRADICTED = (
    "已公布的安排与现有数据相抵触，排不出新版本：请先用“出了变化”处理有变动的入企 / "
    "what is published contradicts the data as they are: replan what has changed first"
)


@dataclass(frozen=True, eq=False)
class Admitted:
    """The month with what was accepted, and what that came to (`replanned_json`)."""

    planned: Planned
    found: dict[str, Any]


def admit(
    planned: Planned,
    book: Book,
    held: Held,
    tables: Tables,
    source: Path = Path(),
    note: str = "",
    tell: Tell | None = None,
    cancel: Cancel | None = None,
) -> Admitted:
    """Return the month of `tables`, the data as they are, around what stands of `planned`, which `book` is lived with.

    Raises InputError where no day is open any more, or what stands contradicts the data or leaves no day to walk.
    """
    say = tell or (lambda _: None)
    given, seed = standing(planned, book, held), planned.result.seed
    prepared, rulebook, _ = prepare_tables(tables, planned.month, seed, tell, given)
    if prepared.case is None or prepared.roster is None:
        raise InputError(CONTRADICTED)
    _all_asked_for(given, prepared.case)
    case = prepared.case
    work = {key: value for key, value in planned.result.settings.items() if key.startswith("work.")}
    work |= {f"work.{key}": str(value) for key, value in asdict(Work()).items()}
    settings = {**prepared.settings, **dict(sorted(work.items()))}
    seeds = crew_seeds(seed, given)
    stood = replace(carried(planned, prepared), cuts=(), notes=())
    say(Step("match"))
    match = solve_match(case, seed, progress=lambda p: say(Step("match", p.note, p)), cancel=cancel)
    if match.plan is None:
        raise InputError(CONTRADICTED)
    start = replace(
        stood,
        status=match.status,
        certificates=match.certificates,
        counterfactuals=counterfactuals(case, match.plan, seed),
        settings=settings,
    )
    day = match.plan.day
    done = revise_month(start, day, seeds, lambda plan: plan_hash(case, plan, settings), give_way=True)
    if done.cuts:
        raise InputError(CONTRADICTED)
    base = replace(
        planned, result=start, prepared=prepared, tables=tables, rulebook=rulebook, source=source, given=given
    )
    changed = Changed(done.plan.day, Held({}, held.excluded), Weighing(base)(done.plan.day))
    after = revise(base, changed, note, tell)
    return Admitted(after, _found(planned, book, after))


def _all_asked_for(given: Given, case: Case) -> None:
    """Raise InputError where something that stands is asked for by no plan any more: its agency is to be told first."""
    there = {task.id for task in case.tasks}
    gone = [visit for visit in given.published if not there.issuperset(visit.tasks)]
    if gone:
        named = "、".join(f"{visit.site} {visit.day}" for visit in gone[:5])
        raise InputError(
            f"有 {len(gone)} 次已公布的入企含现有计划不再要求的任务（{named}）：请先在“出了变化”里记为“不再需要入企” / "
            f"{len(gone)} published visits have tasks that no plan asks for any more: replan them as settled first"
        )


def standing(planned: Planned, book: Book, held: Held) -> Given:
    """Return what stands of a published month as `book` has it; `held` is what changes by hand keep out of it.

    Raises InputError where no day is open any more.
    """
    if book.first_day >= book.case.n_days:
        raise InputError("本月已无可安排的日期，新受理的计划请统筹下月 / no day of the month is open any more")
    case, off = book.case, frozenset({*held.excluded, *book.settled})
    own = {task.id for task in (*planned.result.case.tasks, *planned.prepared.deferred)} - off
    visits: dict[tuple[str, date], list[int]] = defaultdict(list)
    for t in np.flatnonzero(book.published & (book.day >= 0)).tolist():
        if case.tasks[t].id in own:  # a triggered check is no task of a plan
            visits[case.tasks[t].site, case.days[int(book.day[t])]].append(t)
    frozen = case.days[book.first_day - 1] if book.first_day else None
    return replace(
        planned.given,
        published=tuple(
            PublishedVisit(
                site,
                day,
                tuple(case.tasks[t].id for t in tasks),
                tuple(sorted({item for t in tasks for item in case.tasks[t].items})),
            )
            for (site, day), tasks in sorted(visits.items())
        ),
        through=frozen if frozen is not None else case.period[0] - timedelta(days=1),
        out=off,
        teams=drawn_teams(planned.result),
    )


def _found(planned: Planned, book: Book, after: Planned) -> dict[str, Any]:
    """Return what the accepted plans come to, as `operating.replanned_json`, for the bureau."""
    case, plan = after.result.case, after.result.plan
    assert plan is not None
    assert after.result.objective is not None
    before = days_in(case, book.case, book.day)
    changed = np.flatnonzero((before >= 0) & (before != plan.day))
    visits = tuple(sorted({(int(case.site_of[t]), int(before[t])) for t in changed.tolist()}))
    done = Replanned(
        case=case,
        before=np.where((before == LATER) & (plan.day == LEFT_OUT), LEFT_OUT, before),
        after=plan.day,
        objective=after.result.objective,
        changed=visits,
        proven=not visits,
        entries_proven=False,
        sites=(),
        rounds=0,
        parent=(book.case, book.plan),
    )
    return replanned_json(planned, done, Accepted())
