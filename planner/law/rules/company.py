"""Who may come with whom: not-to-join marks, required joint themes, fire's exclusivity, unannounced checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from planner.domain.case import BoolArray, Case
from planner.domain.plan import LATER, Plan
from planner.law.entries import entries_of, entry_name
from planner.law.example import asked, month
from planner.law.models import Model
from planner.law.rule import Example, Rule
from planner.law.violation import Violation
from planner.law.words import Blocked, Both


def _joint_although(case: Case, plan: Plan, unwilling: BoolArray) -> Iterator[tuple[str, str]]:
    """Return the names of the entries of several parent agencies with a task that is `unwilling` [T]."""
    entries = entries_of(case, plan)
    bad = entries.any(unwilling) & (entries.bodies(case.parent_of) > 1)
    for n in np.flatnonzero(bad).tolist():
        yield entry_name(case, int(entries.site[n]), int(entries.day[n]))


def _keep_alone(m: Model, s: int, d: int, alone: Callable[[int], bool]) -> None:
    """Add: a task for which `alone` holds is at the visit only if no other parent agency is."""
    tasks = m.tasks_on[s, d]
    if not any(alone(t) for t in tasks):
        return
    present = m.present(s, d, m.case.parent_of)
    for t in tasks:
        if alone(t):
            for parent, literal in present.items():
                if parent != m.case.parent_of[t]:
                    m.cp.add_bool_or([~m.on[t, d], ~literal])


def _one_agency(case: Case, tasks: Sequence[int]) -> bool:
    return len({int(case.parent_of[t]) for t in tasks}) == 1


def unwilling_sites_are_not_joined(case: Case, plan: Plan) -> Iterator[Violation]:
    """At a listed site only agencies that have decided to join come together (D-2.8e); own sections still merge."""
    for name in _joint_although(case, plan, case.listed[case.site_of] & ~case.columns.opted_in):
        yield Violation(NOT_TO_JOIN.id, name, "agencies come together that may not here")


def willing_or_alone(case: Case, tasks: Sequence[int]) -> bool:
    """Return whether one agency comes, or at a listed site all that come have decided to join."""
    return (
        not case.listed[case.site_of[tasks[0]]]
        or all(case.tasks[t].opted_in for t in tasks)
        or _one_agency(case, tasks)
    )


def unwilling_apart(m: Model) -> None:
    """At a listed site an agency that has not decided to join comes alone."""
    for s, d in m.tasks_on:
        if m.case.listed[s]:
            _keep_alone(m, s, d, lambda t: not m.case.tasks[t].opted_in)


def willing(case: Case, tasks: Sequence[int]) -> Case:
    """Return the case in which the agencies of `tasks` have decided to join others there."""
    infos = list(case.tasks)
    for t in tasks:
        infos[t] = replace(infos[t], opted_in=True)
    return replace(case, tasks=tuple(infos))


def _not_to_join_words(b: Blocked) -> tuple[str, str]:
    zh, en = b.others_present()
    return f"检查对象在不联合名单上，当日有{zh}到场", f"the site is not to be joined and {en} come that day"


NOT_TO_JOIN = Rule(
    id="join.not",
    order=90,
    words=_not_to_join_words,
    remedy=Both("单独另择日期", "another date, alone"),
    check=unwilling_sites_are_not_joined,
    constraint=unwilling_apart,
    may_be_visit=willing_or_alone,
    waived=willing,
    inside=("planner.solve.site.subsets.fill_subsets", "planner.law.later.later_companies"),
    example=Example(month(asked("t"), asked("u", unit="b"), listed=["s"]), {"t": 0, "u": 1}, {"t": 0, "u": 0}),
)


def joint_themes_come_together(case: Case, plan: Plan) -> Iterator[Violation]:
    """Tasks that must be joint (A06-2.2.3a) are on one date, or none of them is done."""
    tasks = np.flatnonzero(case.joint_of >= 0)
    n_answers = case.n_days - LATER
    answers = np.unique(case.joint_of[tasks] * n_answers + plan.day[tasks] - LATER) // n_answers
    for group in np.flatnonzero(np.bincount(answers) > 1).tolist():
        names = tuple(case.tasks[t].id for t in np.flatnonzero(case.joint_of == group).tolist())
        yield Violation(JOIN_REQUIRED.id, names, "tasks that must be done together are apart")


def joint_groups_whole(case: Case, tasks: Sequence[int]) -> bool:
    """Return whether all of each joint group of which some is among `tasks` is among them."""
    site = case.tasks_at(int(case.site_of[tasks[0]]))
    mine = {int(case.joint_of[t]) for t in tasks} - {-1}
    return all(t in tasks for t in site if case.joint_of[t] in mine)


def joint_themes_share_their_answer(m: Model) -> None:
    """Tasks that must be joint share their answer: one date, all waiting, or all left out."""
    groups: dict[int, list[int]] = defaultdict(list)
    for t in m.tasks:
        if m.case.joint_of[t] >= 0:
            groups[int(m.case.joint_of[t])].append(t)
    for tasks in groups.values():
        first = tasks[0]
        for t in tasks[1:]:
            m.cp.add(m.out[t] == m.out[first])
            m.cp.add(m.later[t] == m.later[first])
            for d in range(m.case.n_days):
                pair = [m.on[u, d] for u in (first, t) if (u, d) in m.on]
                if len(pair) == 2:
                    m.cp.add(pair[0] == pair[1])
                elif pair:
                    m.cp.add(pair[0] == 0)


JOIN_REQUIRED = Rule(
    id="join.required",
    order=80,
    words=lambda b: ("须与联合主体同日前往", "its joint partners have to come the same day"),
    remedy=Both("与联合主体同日前往", "come the same day as the joint partners"),
    check=joint_themes_come_together,
    constraint=joint_themes_share_their_answer,
    may_be_visit=joint_groups_whole,
    wants_company=True,
    inside=("planner.solve.site.subsets.fill_subsets",),
    example=Example(
        month(asked("t", joint_group="theme"), asked("u", unit="b", joint_group="theme")),
        {"t": 0, "u": 0},
        {"t": 0, "u": 1},
    ),
)


def others_fire_items_ride_with_fire(case: Case, plan: Plan) -> Iterator[Violation]:
    """While fire's own check is open, others' fire items only ride on its visit (A03-3.1c)."""
    entries = entries_of(case, plan)
    alone = ~entries.any(case.columns.fire)[entries.entry] & case.columns.follows_fire[entries.task]
    for t in entries.task[alone].tolist():
        yield Violation(
            FIRE_FIRST.id,
            (case.tasks[t].id, *entry_name(case, int(case.site_of[t]), int(plan.day[t]))),
            "another agency checks fire items without the fire service",
            "A03",
        )


def fire_is_there(case: Case, tasks: Sequence[int]) -> bool:
    """Return whether the fire service comes, or nothing that only rides along with it is among `tasks`."""
    infos = [case.tasks[t] for t in tasks]
    return any(i.fire for i in infos) or not any(i.follows_fire for i in infos)


def followers_ride(m: Model) -> None:
    """Another agency's fire items only on a day on which the fire service is there."""
    for (s, d), tasks in m.tasks_on.items():
        del s
        fire = [m.on[t, d] for t in tasks if m.case.tasks[t].fire]
        for t in tasks:
            if m.case.tasks[t].follows_fire:
                m.cp.add_bool_or([*fire, ~m.on[t, d]])


FIRE_FIRST = Rule(
    id="fire.exclusivity",
    order=120,
    words=lambda b: (
        "消防事项只能随消防部门同去，当日消防不到场",
        "fire items ride with the fire service, which is not there",
    ),
    remedy=Both("随消防部门同日前往", "come the same day as the fire service"),
    check=others_fire_items_ride_with_fire,
    constraint=followers_ride,
    may_be_visit=fire_is_there,
    wants_company=True,
    inside=("planner.solve.site.subsets.fill_subsets",),
    example=Example(
        month(asked("t", follows_fire=True), asked("u", unit="f", domain="A03", fire=True)),
        {"t": 0, "u": 0},
        {"t": 0, "u": 1},
    ),
)


def unannounced_checks_come_alone(case: Case, plan: Plan) -> Iterator[Violation]:
    """An unannounced check shares its visit with no other agency (A07-7.2)."""
    for name in _joint_although(case, plan, case.columns.unannounced):
        yield Violation(UNANNOUNCED.id, name, "an unannounced check is shared")


def announced_or_alone(case: Case, tasks: Sequence[int]) -> bool:
    """Return whether one agency comes, or nothing unannounced is among `tasks`."""
    return not any(case.tasks[t].unannounced for t in tasks) or _one_agency(case, tasks)


def unannounced_apart(m: Model) -> None:
    """An unannounced check shares its visit with no other agency."""
    for s, d in m.tasks_on:
        _keep_alone(m, s, d, lambda t: m.case.tasks[t].unannounced)


def _unannounced_words(b: Blocked) -> tuple[str, str]:
    zh, en = b.others_present()
    return f"突击检查须单独进行，当日有{zh}到场", f"an unannounced check comes alone and {en} come that day"


UNANNOUNCED = Rule(
    id="unannounced.alone",
    order=100,
    words=_unannounced_words,
    remedy=Both("突击检查单独进行，另择日期", "an unannounced check comes alone: another date"),
    check=unannounced_checks_come_alone,
    constraint=unannounced_apart,
    may_be_visit=announced_or_alone,
    inside=("planner.solve.site.subsets.fill_subsets", "planner.law.later.later_companies"),
    example=Example(month(asked("t", unannounced=True), asked("u", unit="b")), {"t": 0, "u": 1}, {"t": 0, "u": 0}),
)
