"""Why fire comes alone: for each of its visits without another body, what keeps the others away.

Fire is to lead a joint check with the industry authority of a key unit (A03-3.1b). Fewest entries bring the two
together where that saves one, and the level after them where it costs none; where they stay apart, this says why. No
table says which body is a site's authority, so any other body with a task there counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.domain.calendar import is_one_month
from planner.domain.case import BoolArray, Case, IntArray
from planner.domain.plan import Plan, visits_of
from planner.solve.site.arrays import Weights, site_arrays
from planner.solve.site.sweeps import Sweeper, plan_weights

KINDS = ("nobody", "not_to_join", "apart", "rules", "costs", "crews")


@dataclass(frozen=True, slots=True)
class FireAlone:
    """A visit of fire alone, by indexes of site and day. `kind` is one of `KINDS`: no other body has a task due there;
    the site is not to be joined; the days do not meet; no lawful choice of the site's days has fire alone less often;
    together takes more entries; only crews keep them apart.

    `entries` are those of the site now, deferred ones too, `together` the fewest with fire alone as seldom as can be
    whatever the crews; None where that is no question. `partners` are the units that could be thought to come along.
    """

    site: int
    day: int
    kind: str
    partners: tuple[str, ...]
    entries: int
    together: int | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class _Least:
    """What the plan and the best choice of days, were crews free, come to at each site [S]."""

    alone: IntArray
    entries: IntArray
    alone_at_best: IntArray
    entries_at_best: IntArray
    allowed: BoolArray
    """[T, D] days on which each task alone is lawful."""


def fire_alone(case: Case, plan: Plan) -> tuple[FireAlone, ...]:
    """Return fire's visits without another body, by site and day, each with its reason; none of more than a month, in
    which the days to choose from are too many to be tried.
    """
    if not is_one_month(*case.period) or not case.columns.fire.any():
        return ()
    return tuple(_each(case, plan, _least(case, plan)))


def _least(case: Case, plan: Plan) -> _Least:
    """Ask the kernel for each site's days with the same tasks served, fire alone least often, then fewest entries."""
    arrays, nothing = site_arrays(case), np.zeros(case.n_tasks, dtype=np.int64)
    sweeper = Sweeper(arrays, Weights(100, 10_000, 0, plan_weights(case).drop))
    _, best = sweeper.quote()

    def counted(weights: Weights, day: IntArray) -> IntArray:
        sweeper.reweigh(weights)
        return sweeper.measure(day)

    alone, entry = Weights(0, 1, 0, nothing), Weights(1, 0, 0, nothing)
    return _Least(
        counted(alone, plan.day), counted(entry, plan.day), counted(alone, best), counted(entry, best), arrays.allowed
    )


def _each(case: Case, plan: Plan, least: _Least) -> Iterator[FireAlone]:
    for visit in visits_of(case, plan):
        fires = [t for t in visit.tasks if case.tasks[t].fire]
        own = {int(case.parent_of[t]) for t in visit.tasks if not case.tasks[t].follows_fire}
        if not fires or len(own) > 1:
            continue
        here = [t for t in case.tasks_at(visit.site) if plan.day[t] >= 0]
        others = [t for t in here if case.parent_of[t] not in own]
        others = [t for t in others if not (case.tasks[t].unannounced or case.tasks[t].follows_fire)]
        yield _reason(case, plan, least, visit.site, visit.day, fires, others)


def _reason(
    case: Case, plan: Plan, least: _Least, site: int, day: int, fires: Sequence[int], others: Sequence[int]
) -> FireAlone:
    entries = int(least.entries[site])
    partners = tuple(sorted({case.tasks[t].unit for t in others}))

    def found(kind: str, zh: str, en: str, together: int | None = None) -> FireAlone:
        return FireAlone(site, day, kind, partners, entries, together, zh, en)

    if not others:
        return found("nobody", "本月没有其他主体在该对象有待办任务", "no other body has a task due there this month")
    allowed = least.allowed
    fire_days = np.logical_and.reduce(allowed[list(fires)])
    meeting = [t for t in others if (allowed[t] & fire_days).any()]
    if not meeting:
        told = "；".join(f"{_who(case, t)} {_window(case, t)}" for t in others)
        return found(
            "apart",
            f"与其他主体没有共同的可检查日：消防 {_window(case, fires[0])}；{told}",
            "shares no open day with the others",
        )
    willing = [t for t in meeting if case.tasks[t].opted_in and all(case.tasks[f].opted_in for f in fires)]
    if case.listed[site] and not willing:
        return found("not_to_join", "对象不鼓励联合，有关主体尚未决定联合", "the site is not to be joined")
    names = "、".join(dict.fromkeys(_who(case, t) for t in meeting))
    at_best, together = int(least.alone_at_best[site]), int(least.entries_at_best[site])
    if at_best >= least.alone[site]:
        return found(
            "rules",
            f"与{names}有共同的可检查日，但依期限、间隔等规则，该对象各项检查无论怎样排，消防至少单独到场 {at_best} 次",
            "whatever lawful days the site's checks take, fire is alone as often",
        )
    if together > entries:
        zh = f"与{names}同去，该对象至少入企 {together} 次，现为 {entries} 次"
        return found("costs", zh, "together takes more entries", together)
    on = "、".join(dict.fromkeys(f"{_who(case, t)} {case.days[int(plan.day[t])]}" for t in meeting))
    zh = f"{on} 到场：改与消防同去入企次数相同（{together} 次），但当月人手未能排到一起"
    return found("crews", zh, "together takes as many entries, but no crews were found for it", together)


def _who(case: Case, task: int) -> str:
    return case.units[int(case.unit_of[task])].name


def _window(case: Case, task: int) -> str:
    first, last = case.tasks[task].window
    return f"{_short(first)}–{_short(last)}"


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def told_apart(rows: Sequence[FireAlone]) -> dict[str, int]:
    """Return how many visits there are of each kind, in the order of kinds, without those of which there is none."""
    return {kind: n for kind in KINDS if (n := sum(row.kind == kind for row in rows))}
