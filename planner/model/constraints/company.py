"""Who may come with whom: not-to-join marks, required joint themes, fire's exclusivity, unannounced checks."""

from __future__ import annotations

from collections import defaultdict

from planner.model.variables import MatchModel, constraint


@constraint("join.not")
def unwilling_sites_are_not_joined(m: MatchModel) -> None:
    """At a listed site an agency that has not decided to join comes alone."""
    for s, d in m.tasks_on:
        if m.case.listed[s]:
            _keep_alone(m, s, d, lambda t: not m.case.tasks[t].opted_in)


@constraint("unannounced.alone")
def unannounced_checks_come_alone(m: MatchModel) -> None:
    """An unannounced check shares its visit with no other agency."""
    for s, d in m.tasks_on:
        _keep_alone(m, s, d, lambda t: m.case.tasks[t].unannounced)


def _keep_alone(m: MatchModel, s: int, d: int, alone: object) -> None:
    """Add: a task for which `alone` holds is at the visit only if no other parent agency is."""
    assert callable(alone)
    tasks = m.tasks_on[s, d]
    if not any(alone(t) for t in tasks):
        return
    present = m.present(s, d, m.case.parent_of)
    for t in tasks:
        if alone(t):
            for parent, literal in present.items():
                if parent != m.case.parent_of[t]:
                    m.cp.add_bool_or([~m.on[t, d], ~literal])


@constraint("join.required")
def joint_themes_come_together(m: MatchModel) -> None:
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


@constraint("fire.exclusivity")
def others_fire_items_ride_with_fire(m: MatchModel) -> None:
    """Another agency's fire items only on a day on which the fire service is there."""
    for (s, d), tasks in m.tasks_on.items():
        del s
        fire = [m.on[t, d] for t in tasks if m.case.tasks[t].fire]
        for t in tasks:
            if m.case.tasks[t].follows_fire:
                m.cp.add_bool_or([*fire, ~m.on[t, d]])


@constraint("visit.max-agencies")
def agencies_per_visit(m: MatchModel) -> None:
    """The bureau's lever: parent agencies at one visit."""
    most = m.case.levers.max_agencies_per_visit
    for s, d in m.tasks_on if most else ():
        present = m.present(s, d, m.case.parent_of)
        if len(present) > most:
            m.cp.add(sum(present.values()) <= most)
