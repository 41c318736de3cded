"""Why fire comes alone: for each of its visits without another body, what keeps the others away.

Fire is to lead a joint check with the industry authority of a key unit (A03-3.1b). Fewest entries bring the two
together where that saves one, and the level after them where it costs none; where they stay apart, this says why. No
table says which body is a site's authority, so any other body with a task there counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np

from planner.domain.calendar import is_one_month
from planner.domain.case import BoolArray, Case
from planner.domain.plan import Plan, visits_of
from planner.solve.site.arrays import allowed_days

KINDS = ("nobody", "not_to_join", "apart", "costs", "crews", "others")


@dataclass(frozen=True, slots=True)
class FireAlone:
    """A visit of fire alone, by indexes of site and day. `kind` is one of `KINDS`: no other body has a task due there;
    the site is not to be joined; the days do not meet; together takes more entries; the other comes alone, for want of
    crews on one day; the others come with each other, which takes as many entries, and no crews were found to change.

    `entries` are those at the site now, `together` the fewest with fire in company whatever the crews; None where it
    cannot be. `partners` are the units that could be thought to come along.
    """

    site: int
    day: int
    kind: str
    partners: tuple[str, ...]
    entries: int
    together: int | None
    zh: str
    en: str


def fire_alone(case: Case, plan: Plan) -> tuple[FireAlone, ...]:
    """Return fire's visits without another body, by site and day, each with its reason; none of more than a month, in
    which the days to choose from are too many to be tried.
    """
    if not is_one_month(*case.period):
        return ()
    return tuple(_each(case, plan, allowed_days(case)))


def _each(case: Case, plan: Plan, allowed: BoolArray) -> Iterator[FireAlone]:
    for visit in visits_of(case, plan):
        fires = [t for t in visit.tasks if case.tasks[t].fire]
        if not fires or len(visit.parents) > 1:
            continue
        here = [t for t in case.tasks_at(visit.site) if plan.day[t] >= 0]
        others = [t for t in here if case.parent_of[t] not in visit.parents]
        others = [t for t in others if not (case.tasks[t].unannounced or case.tasks[t].follows_fire)]
        yield _reason(case, plan, allowed, visit.site, visit.day, fires, others)


def _reason(
    case: Case, plan: Plan, allowed: BoolArray, site: int, day: int, fires: Sequence[int], others: Sequence[int]
) -> FireAlone:
    here = [t for t in case.tasks_at(site) if plan.day[t] >= 0]
    entries = len({int(plan.day[t]) for t in here})
    partners = tuple(sorted({case.tasks[t].unit for t in others}))

    def found(kind: str, zh: str, en: str, together: int | None = None) -> FireAlone:
        return FireAlone(site, day, kind, partners, entries, together, zh, en)

    if not others:
        return found("nobody", "本月没有其他主体在该对象有待办任务", "no other body has a task due there this month")
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
    together = _fewest(allowed, here, fires, willing if case.listed[site] else meeting, entries + 1)
    names = "、".join(dict.fromkeys(_who(case, t) for t in meeting))
    if together is None or together > entries:
        more = f"至少入企 {together} 次" if together else f"入企超过 {entries + 1} 次"
        return found(
            "costs", f"与{names}同去，该对象{more}，现为 {entries} 次", "together takes more entries", together
        )
    apart = [t for t in meeting if not _in_company(case, plan, t)]
    if apart:
        on = "、".join(dict.fromkeys(f"{_who(case, t)} {case.days[int(plan.day[t])]}" for t in apart))
        zh = f"{on} 单独到场：与消防同去不增加入企（{entries} 次），但当日人手未能排到一起"
        return found("crews", zh, "the others come alone on another day: no crews together", together)
    on = "、".join(dict.fromkeys(f"{_who(case, t)} {case.days[int(plan.day[t])]}" for t in meeting))
    zh = f"{on} 与别的主体同去：改与消防同去入企次数相同（{entries} 次），但当月人手未能排到一起"
    return found(
        "others", zh, "the others come with each other, which takes as many entries: no crews together", together
    )


def _in_company(case: Case, plan: Plan, task: int) -> bool:
    """Return whether another body comes on the task's day."""
    there = (u for u in case.tasks_at(int(case.site_of[task])) if plan.day[u] == plan.day[task])
    return any(case.parent_of[u] != case.parent_of[task] for u in there)


def _fewest(
    allowed: BoolArray, here: Sequence[int], fires: Sequence[int], partners: Sequence[int], most: int
) -> int | None:
    """Return the fewest days that hold all of `here` with fire and a partner on one of them, None above `most`."""
    fire_days = np.logical_and.reduce(allowed[list(fires)])
    shared = fire_days & np.logical_or.reduce(allowed[list(partners)])
    days = np.flatnonzero(np.logical_or.reduce(allowed[list(here)])).tolist()
    for count in range(1, most + 1):
        for chosen in combinations(days, count):
            if shared[list(chosen)].any() and all(allowed[t, list(chosen)].any() for t in here):
                return count
    return None


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
