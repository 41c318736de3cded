"""Two cases and their plans, compared: same service, work gone and added, levels, verdict, gains and losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.checks.effects import Held, Interval, Verdict, difference, level_effects, verdict_of
from planner.checks.objective import objective_of
from planner.checks.same_service import Requirement, Service, common_service, done_or_waiting, link_tasks, monotone
from planner.domain.case import BoolArray, Case, IntArray
from planner.domain.plan import LEFT_OUT, Objective, Plan
from planner.domain.result import DECISIVE_LEVELS, Level, PriceList
from planner.explain.effects.service import Served, serve
from planner.solve.prices.ranges import EntryRanges, entry_ranges


@dataclass(frozen=True, eq=False)
class Side:
    """A case without half-day rows, a lawful plan `day` [T] of it, its levels with bounds, and its price lists.

    `walked` says that starts and people were found for the plan: else it is one of the match alone.
    """

    case: Case
    day: IntArray
    levels: tuple[Level, ...]
    lists: tuple[PriceList, ...]
    walked: bool = False

    @property
    def held(self) -> tuple[Held, ...]:
        """Return each level down to entries between its bound, of what anyone can recompute alone, and its value."""
        of = {level.name: level for level in self.levels}
        return tuple(Held(of[name].bound_certified or 0, of[name].value) for name in DECISIVE_LEVELS)

    @property
    def objective(self) -> Objective:
        """Return what the plan is worth."""
        return objective_of(self.case, Plan(self.day))


@dataclass(frozen=True, eq=False)
class SameService:
    """Fewest entries for the same service in both cases, in the match. `cut` names why an end of the interval was drawn
    in: "relaxed" or "restricted", "" for nothing.

    `whole` are the ends that hold with starts and people, too: bounds hold for both, but only a plan that was timed and
    manned stays so when it is cut down to the service. None where the plan that it takes was not.
    """

    before: Served
    after: Served
    effect: Interval
    cut: str
    ranges: tuple[EntryRanges, EntryRanges]
    whole: tuple[int | None, int | None]


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is known of the effect of a change. `same` is None where nothing can be compared, `reason` says why.

    `gone` and `added` are entries for work that only one of the plans does; with the effect on the same service they
    add up to the difference of what both plans do in all. `weighed` is what the scenario leaves out in the base's
    weights, None where no common task has another strength or priority.
    """

    before: Side
    after: Side
    links: tuple[Requirement, ...]
    service: Service
    same: SameService | None
    gone: Interval | None
    added: Interval | None
    levels: tuple[Interval | None, ...]
    verdict: Verdict
    weighed: tuple[int, int, int] | None
    reason: str = ""


def compare(before: Side, after: Side) -> Comparison:
    """Return the effect of going from one case to the other."""
    links = link_tasks(before.case, after.case)
    service = common_service(before.case, after.case, (before.day, after.day), links)
    effects = level_effects(before.held, after.held)
    weighed = _in_old_weights(before.case, after, links)
    verdict = verdict_of(DECISIVE_LEVELS, effects) if weighed is None else Verdict("other_weights")
    same, reason = None, service.reason
    gone = added = None
    if not reason:
        same = _same_service(before, after, service)
        reason = "" if same else "no_plan"
    if same is not None:
        gone = _beside(before, service.before, same.before, added=False)
        added = _beside(after, service.after, same.after, added=True)
    return Comparison(before, after, links, service, same, gone, added, effects, verdict, weighed, reason)


def _same_service(before: Side, after: Side, service: Service) -> SameService | None:
    lists = [(before.case, before.lists), (after.case, after.lists)]
    there = _carried(service, before, after, back=False), _carried(service, before, after, back=True)
    old = serve(before.case, service.before, (before.day, there[1]), lists)
    new = serve(after.case, service.after, (after.day, there[0]), lists)
    if old is None or new is None:
        return None
    cut = monotone(old.case, new.case)
    limits = {"relaxed": (None, 0), "restricted": (0, None), "same": (0, 0), "": (None, None)}[cut]
    effect = difference(old.held, new.held).cut(*limits)
    ranges = tuple(entry_ranges(s.arrays.proof, s.certificate, s.held.high) for s in (old, new))
    own = [
        objective_of(served.case, Plan(side.day[chosen])).all_entries
        for served, side, chosen in ((old, before, service.before), (new, after, service.after))
    ]
    low = new.held.low - own[0] if before.walked else None
    high = own[1] - old.held.low if after.walked else None
    return SameService(old, new, effect, "" if cut == "same" else cut, (ranges[0], ranges[1]), (low, high))


def _carried(service: Service, before: Side, after: Side, *, back: bool) -> IntArray:
    """Return the days that one plan gives the common requirements, as days of the other case [T]."""
    source, target = (after, before) if back else (before, after)
    day = np.full(target.case.n_tasks, LEFT_OUT, dtype=np.int64)
    index = {on: n for n, on in enumerate(target.case.days)}
    for one in service.requirements:
        was, now = (one.after, one.before) if back else (one.before, one.after)
        d = int(source.day[was[0]])
        day[list(now)] = index.get(source.case.days[d], LEFT_OUT) if d >= 0 else d
    return day


def _beside(side: Side, chosen: BoolArray, common: Served, *, added: bool) -> Interval | None:
    """Return entries for what the plan does beyond the common service: as work added, else as work gone."""
    own = done_or_waiting(side.case, side.day)
    if np.array_equal(own, chosen):
        return Interval(0, 0)
    whole = serve(side.case, own, (side.day,), [(side.case, side.lists), (common.case, (common.certificate,))])
    if whole is None:
        return None
    # More tasks never take fewer entries.
    if added:
        return difference(common.held, whole.held).cut(0, None)
    return difference(whole.held, common.held).cut(None, 0)


def _in_old_weights(case: Case, after: Side, links: Sequence[Requirement]) -> tuple[int, int, int] | None:
    """Return what the scenario leaves out by the base's strengths and priorities; None where they are the same."""
    infos, changed = list(after.case.tasks), False
    for one in links:
        if one.before:
            old = case.tasks[one.before[0]]
            for t in one.after:
                if (infos[t].strength, infos[t].priority) != (old.strength, old.priority):
                    infos[t], changed = replace(infos[t], strength=old.strength, priority=old.priority), True
    return objective_of(replace(after.case, tasks=tuple(infos)), Plan(after.day)).left_out if changed else None
