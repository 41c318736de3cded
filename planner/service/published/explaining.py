"""Why a task of a plan has no day, and why a visit is as it is: answers of plain values, for the coordinator.

A plan holds what is announced alone, so no answer tells of an unannounced check: its id is an unknown one here.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from planner.domain.case import Case
from planner.domain.errors import InputError
from planner.domain.plan import LEFT_OUT, Plan
from planner.explain.whynot.conflict import Conflict
from planner.explain.whynot.telling import headline, rank_answer, told_members, told_wider
from planner.explain.whynot.walking import proven_conflict, walker
from planner.explain.whynot.wider_window import wider_window
from planner.service.month.planning import Planned


def why_not(planned: Planned, task: str) -> dict[str, Any]:
    """Return why a left-out task has no day: verdict, what stands against each day of its window, the smallest set.

    `verdict` is "blocked" (proven), "free" or "unknown", all else staying; `others` says whether moving others could
    help ("no" or "unknown"). `wider_window` is the least widening of windows that gives it a day, None where none was
    found. Raises InputError where the plan has no such task, or has a day for it, and where the plan breaks rules.
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
    wider = wider_window(case, plan, conflict, lambda changed: walker(changed, roster, plan.day))
    wider_zh, wider_en = told_wider(case, wider)
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
        "wider_window": wider
        and {
            "tasks": [case.tasks[t].id for t in wider.tasks],
            "day": case.days[wider.day].isoformat(),
            "days": wider.days,
            "entries": wider.entries,
            "text_zh": wider_zh,
            "text_en": wider_en,
        },
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
