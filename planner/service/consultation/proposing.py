"""What the answers of a consultation come to: for each visit a change that the coordinator may make, or a question.

Who agrees has the visit held on its day. Another day that is asked for is proposed where the law allows it: for the
whole visit, else for the tasks of who asks. For who cannot come the nearest lawful day is proposed that costs least.
Nothing is changed here: proposals are operations for `planner.service.changes.revising`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from planner.checks import check_plan
from planner.domain.case import Case, IntArray
from planner.domain.plan import Plan, Visit, loads_of
from planner.service.changes.revising import Change
from planner.service.month.planning import Planned
from planner.solve.exact.subcase import site_within


@dataclass(frozen=True, slots=True)
class Reply:
    """What one agency answered about one visit: agree, move (to `proposed`) or object."""

    agency: str
    answer: str
    proposed: date | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could be done about a visit. `changes` are empty where no day was found: the coordinator has to decide.

    `day` is where it, or the tasks of `agencies`, would go; `asked` whether an agency named that day.
    """

    visit: str
    kind: Literal["pin", "move", "decide"]
    changes: tuple[Change, ...] = ()
    day: date | None = None
    asked: bool = False
    agencies: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    """Rules that stand against the day that was asked for."""


def propose(planned: Planned, replies: Mapping[str, Sequence[Reply]]) -> list[Proposal]:
    """Return a proposal for each visit with replies, in the plan's order; visits that the plan has not are passed over.

    Each is judged by itself, all others staying; two together may still be unlawful, which making them tells.
    """
    case, plan = planned.result.case, planned.result.plan
    assert plan is not None
    load = loads_of(case, plan)
    found = []
    for visit in planned.result.visits:
        given = replies.get(visit.id, ())
        if any(reply.answer != "agree" for reply in given):
            alone, day = site_within(case, plan, visit.site, load)
            found.append(_elsewhere(_Site(case, alone, visit, day), given))
        elif given:
            found.append(Proposal(visit.id, "pin", (Change("pin", visit.id),), case.days[visit.day]))
    return found


@dataclass(frozen=True, eq=False)
class _Site:
    """The site of a visit alone in the crews that the rest of the plan leaves; `day` are its tasks' days."""

    case: Case
    alone: Case
    visit: Visit
    day: IntArray

    def tasks_of(self, agencies: Container[str]) -> list[int]:
        """Return the visit's tasks of some parent agencies."""
        return [t for t in self.visit.tasks if self.case.parents[int(self.case.parent_of[t])] in agencies]

    def moved(self, tasks: Iterable[int], on: int) -> IntArray:
        """Return the site's days with `tasks` on day `on`."""
        first, day = int(self.case.start[self.visit.site]), self.day.copy()
        day[[task - first for task in tasks]] = on
        return day

    def broken(self, day: IntArray) -> tuple[str, ...]:
        """Return the rules that these days break."""
        return tuple(sorted({one.rule for one in check_plan(self.alone, Plan(day))}))


def _elsewhere(site: _Site, given: Sequence[Reply]) -> Proposal:
    """Return where a visit could go that some cannot come to, as a whole before in part, with fewest entries."""
    case, visit = site.case, site.visit
    against = [reply for reply in given if reply.answer != "agree"]
    names = tuple(sorted({reply.agency for reply in against}))
    wanted = {reply.proposed for reply in against}
    asked = next(iter(wanted)) if len(wanted) == 1 else None
    days = range(case.n_days) if asked is None else [n for n, day in enumerate(case.days) if day == asked]
    own = site.tasks_of(names)
    parts = [list(visit.tasks)] if len(own) == len(visit.tasks) else [list(visit.tasks), own]
    lawful = [
        (len(np.unique(day[day >= 0])), part, abs(on - visit.day), on)
        for part, tasks in enumerate(parts)
        for on in days
        if on != visit.day and not site.broken(day := site.moved(tasks, on))
    ]
    rules = site.broken(site.moved(visit.tasks, days[0])) if asked is not None and days else ()
    if not lawful:
        return Proposal(visit.id, "decide", (), asked, asked is not None, names, rules)
    _, part, _, on = min(lawful)
    to = case.days[on]
    if part == 0:
        return Proposal(visit.id, "move", (Change("move", visit.id, day=to),), to, asked is not None, (), rules)
    changes = tuple(Change("move", task=case.tasks[task].id, day=to) for task in own)
    return Proposal(visit.id, "move", changes, to, asked is not None, names, rules)
