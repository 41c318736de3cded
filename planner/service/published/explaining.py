"""Why a task of a plan has no day, and why a visit is as it is: answers of plain values, for the coordinator.

A plan holds what is announced alone, so no answer tells of an unannounced check: its id is an unknown one here.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from planner.domain.case import Case
from planner.domain.errors import InputError
from planner.domain.plan import LEFT_OUT, Plan
from planner.explain.whynot.changes import Asked, Kind, waivable_of
from planner.explain.whynot.conflict import Conflict
from planner.explain.whynot.telling import headline, rank_answer, told_members
from planner.explain.whynot.telling_ways import told_way, told_ways
from planner.explain.whynot.walking import carrier, proven_conflict
from planner.explain.whynot.ways import Way, ways_of
from planner.rulebook.nouns import RulebookVersion
from planner.service.month.planning import Planned


def why_not(planned: Planned, task: str) -> dict[str, Any]:
    """Return why a left-out task has no day: verdict, what stands against each day of its window, the smallest set.

    `verdict` is "blocked" (proven), "free" or "unknown", all else staying; `others` says whether moving others could
    help ("no" or "unknown"). `ways` are the cheapest change of each kind that gives it a day, in order of kinds, each
    proven by doing it; `none_exists` says that no single change does, `unsettled` which kinds stayed open. Raises
    InputError where the plan has no such task, or has a day for it, and where the plan breaks rules.
    """
    case, plan = _planned(planned)
    conflict = proven_conflict(case, planned.result.roster, plan, left_out_task(case, plan, task))
    return _why_not_json(planned, case, plan, conflict)


def left_out_task(case: Case, plan: Plan, task: str) -> int:
    """Return the index of a left-out task by its id. Raises InputError where there is none."""
    index = {info.id: n for n, info in enumerate(case.tasks)}
    if task not in index:
        near = get_close_matches(task, index, 1)
        hint = (f"，最接近的是“{near[0]}”", f"; nearest is {near[0]!r}") if near else ("", "")
        raise InputError(f"计划中没有任务“{task}”{hint[0]} / the plan has no task {task!r}{hint[1]}")
    n = index[task]
    if plan.day[n] != LEFT_OUT:
        when = case.days[int(plan.day[n])].isoformat() if plan.day[n] >= 0 else "later"
        zh = f"已排在{when}" if plan.day[n] >= 0 else "留待以后月份"
        raise InputError(
            f"任务“{task}”没有漏排，{zh}：请给出未安排任务的编号 / "
            f"task {task!r} is not left out ({when}): name one that is"
        )
    return n


def _planned(planned: Planned) -> tuple[Case, Plan]:
    if planned.result.plan is None:
        raise InputError("没有方案：请先生成计划 / there is no plan")
    if planned.result.violations:
        raise InputError("计划违反规则，请先用 planner verify 核对 / the plan breaks rules: run planner verify first")
    return planned.result.case, planned.result.plan


def _why_not_json(planned: Planned, case: Case, plan: Plan, conflict: Conflict) -> dict[str, Any]:
    law, info = planned.rulebook, case.tasks[conflict.task]
    others, *rank = rank_answer(case, conflict.task, planned.result.levels)
    texts = headline(case, conflict)
    roster = planned.result.roster
    asked = Asked(case, roster, plan, conflict, waivable_of([rule.id for rule in law.rules if rule.waivable]))
    ways = ways_of(asked, carrier)
    all_told = told_ways(ways)
    low, high = int(case.window_lo[conflict.task]), int(case.window_hi[conflict.task])
    return {
        "task": info.id,
        "site": info.site,
        "unit": info.unit,
        "with": [case.tasks[t].id for t in conflict.moving if t != conflict.task],
        "window": [day.isoformat() for day in info.window],
        "verdict": conflict.verdict.value,
        "others": others,
        "text_zh": texts[0] + rank[0],
        "text_en": f"{texts[1]} {rank[1]}",
        "ways": [_way_json(asked, way, law) for way in ways.found],
        "none_exists": ways.none_exists,
        "cheapest_proven": ways.proven,
        "unsettled": [kind.value for kind in ways.unsettled],
        "ways_zh": all_told.zh,
        "ways_en": all_told.en,
        "walked": roster is not None,
        "days": [
            {
                "day": case.days[d].isoformat(),
                "free": d in conflict.free,
                "unknown": d in conflict.unknown,
                "against": [
                    {"rule": m.rule, "rule_zh": law.rule(m.rule).title_zh, "subjects": list(m.key[2])}
                    for m in conflict.blocked[d]
                ],
            }
            for d in range(low, high + 1)
        ],
        "members": [
            {
                "rule": told.rule,
                "subjects": list(told.subjects),
                "days": [case.days[d].isoformat() for d in told.days],
                "numbers": [list(pair) for pair in told.numbers],
                "clauses": list(told.clauses),
                "text_zh": told.zh,
                "text_en": told.en,
            }
            for told in told_members(case, plan, conflict, law)
        ],
    }


def _way_json(asked: Asked, way: Way, law: RulebookVersion) -> dict[str, Any]:
    case, change = asked.case, way.change
    told = told_way(asked, way, law)
    found: dict[str, Any] = {
        "kind": change.kind.value,
        "day": case.days[way.day].isoformat(),
        "tasks": [case.tasks[t].id for t in change.tasks],
        "entries": way.entries,
        "disturbance": way.disturbance,
        "text_zh": told.zh,
        "text_en": told.en,
    }
    if change.kind is Kind.VISIT:
        found["site"] = case.tasks[change.tasks[0]].site
        found["from"], found["to"] = (case.days[d].isoformat() for d in (change.source, change.target))
    elif change.kind is Kind.WINDOW:
        found["days"] = change.size
    elif change.kind is Kind.CREW:
        found |= {"unit": case.units[change.unit].id, "half": {0: "am", 1: "pm"}.get(change.half, "")}
    elif change.kind is Kind.WAIVER:
        found["rule"] = change.rule
    return found
