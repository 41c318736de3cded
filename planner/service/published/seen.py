"""What one agency may be told of the reasons of a plan: answers of the world that it sees, and nothing of others' days.

It sees its own tasks, those that must come with them, and what is published of others. Whoever else is left out, waits
or has no crews is not in that world, so an answer cannot depend on it; what bars a day for others' reasons is told as
that alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from planner.domain.case import Case
from planner.domain.errors import InputError
from planner.domain.plan import Plan
from planner.domain.slicing import part_of
from planner.explain.reason_texts import days_text
from planner.explain.why_visit import Against, OtherDay, VisitReasons, Worth
from planner.explain.whynot.telling import Told
from planner.law.rules.company import JOIN_REQUIRED
from planner.law.words import Both, date_en, date_zh, together
from planner.rulebook.citing import opened_all
from planner.rulebook.nouns import RulebookVersion
from planner.service.month.planning import Planned

OTHERS = Both(
    "同到该对象的其他单位当天不行，详情由其本单位或统筹办公室掌握",
    "another agency that comes to the site cannot that day; it or the coordinating office knows more",
)
Own = frozenset[str]
"""Ids of an agency and all its sections."""


def seen_by(planned: Planned, own: Own) -> Planned:
    """Return the plan as the world that an agency sees. Raises InputError where there is no plan."""
    case, plan = planned.result.case, planned.result.plan
    if plan is None:
        raise InputError("没有方案：请先生成计划 / there is no plan")
    mine = [t for t, info in enumerate(case.tasks) if info.unit in own]
    with_them = sorted({u for t in mine for u in together(case, t)})
    seen = plan.day >= 0
    seen[with_them] = True
    index = np.flatnonzero(seen)
    result, prepared = planned.result, planned.prepared
    listed = tuple(one for one in result.not_visited if one.unit in own)
    part = part_of(case, index, slice(None), case.site_of[index])
    return replace(
        planned,
        result=replace(result, case=part, plan=Plan(plan.day[index]), levels=(), not_visited=listed),
        prepared=replace(prepared, deferred=tuple(task for task in prepared.deferred if task.unit in own)),
    )


def is_own(case: Case, own: Own | None, tasks: Iterable[int]) -> bool:
    """Return whether one of `tasks` is of the agency `own`; None sees all."""
    return own is None or any(case.tasks[t].unit in own for t in tasks)


def told_facts(case: Case, own: Own | None, told: Sequence[Told], law: RulebookVersion, domain: str) -> list[Told]:
    """Return the facts that stand against a task of `domain`, with those of other agencies as one that names nobody."""
    others = [] if own is None else [one for one in told if _of_others(case, own, one.subjects)]
    kept = [one for one in told if one not in others]
    if not others:
        return kept
    days = tuple(sorted({d for one in others for d in one.days}))
    clauses = law.clauses_for(JOIN_REQUIRED.id, domain)
    zh = f"{days_text(case, days, date_zh, '至', '、')}：{OTHERS.zh}。"
    en = f"{days_text(case, days, date_en, ' to ', ', ')}: {OTHERS.en}."
    if clauses:
        zh += f"依据：{opened_all(law, clauses)}。"
        en += f" By {opened_all(law, clauses, 'en')}."
    return [*kept, Told(JOIN_REQUIRED.id, (), days, (), clauses, zh, en)]


def told_reasons(case: Case, own: Own | None, reasons: VisitReasons) -> VisitReasons:
    """Return why a visit is as it is without other agencies' tasks, crews and days."""
    if own is None:
        return reasons
    return replace(
        reasons,
        days=tuple(_without_others(case, own, one) for one in reasons.days),
        absent=tuple(
            replace(one, more=without_loads(one.more, own), against=_against(case, own, one.against))
            for one in reasons.absent
            if is_own(case, own, one.tasks)
        ),
    )


def without_loads(more: Worth | None, own: Own | None) -> Worth | None:
    """Return a cost without how evenly all units' days are filled, which is of others' days, too."""
    return more if own is None or more is None else replace(more, crowding=0)


def _without_others(case: Case, own: Own, one: OtherDay) -> OtherDay:
    return replace(one, more=without_loads(one.more, own), against=_against(case, own, one.against))


def _against(case: Case, own: Own, against: Sequence[Against]) -> tuple[Against, ...]:
    kept = [one for one in against if not _of_others(case, own, one.subjects)]
    if len(kept) < len(against):
        kept.append(Against(JOIN_REQUIRED.id, "", OTHERS, ()))
    return tuple(kept)


def _of_others(case: Case, own: Own, subjects: Collection[str]) -> bool:
    """Return whether a fact is about another agency's unit or task."""
    units = {unit.id for unit in case.units} - own
    tasks = {task.id for task in case.tasks if task.unit not in own}
    return not units.isdisjoint(subjects) or not tasks.isdisjoint(subjects)
