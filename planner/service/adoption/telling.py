"""What was found of a hand-made month, as one document: for a page, a workbook, scripts."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

import numpy as np

from planner.domain.finding import Finding, Severity
from planner.domain.plan import LATER, Plan, visits_of
from planner.intake.words.catalogue import render
from planner.service.adoption.adopting import Adopted, Score
from planner.service.month.planning import days_text

FORMAT = "joint-inspection-adoption/1"
WAYS = {
    "hand": ("手排月", "made by hand"),
    "repaired": ("修复后", "repaired"),
    "alone": ("各自为政", "each agency alone"),
    "filed": ("只按申报联合", "joint only where filed"),
    "first_come": ("先到先并", "first come, first joined"),
}


def adoption_json(adopted: Adopted) -> dict[str, Any]:
    """Return the document: scores, breaches and findings with their cells, what was changed, what no row asks for."""
    case, limit, least = adopted.case, adopted.limit, adopted.lawful.least if adopted.lawful else None
    result = adopted.planned.result if adopted.planned else None
    after = result.plan.day if result is not None and result.plan is not None else None
    missing = [t for t in range(case.n_tasks) if t not in adopted.placed.row_of]
    return {
        "format": FORMAT,
        "month": adopted.month,
        "case_hash": case.content_hash(),
        "plan_hash": result.plan_hash if result else "",
        "visits": adopted.visits,
        "tasks": case.n_tasks,
        "placed": len(adopted.placed.row_of),
        "unfounded": adopted.placed.unfounded,
        "scores": [{**asdict(one), "zh": WAYS[one.name][0], "en": WAYS[one.name][1]} for one in adopted.scores],
        "common": {"tasks": adopted.common, "bound": limit.bound if limit else None},
        "breaches": [asdict(one) for one in adopted.breaches],
        "findings": [_finding(one) for one in adopted.findings],
        "repair": {
            "found": result is not None,
            "changed": adopted.changed if result else None,
            "least": least,
            "proven": result is not None and least == adopted.changed,
            "status": result.status.value if result else "",
        },
        "changes": [] if after is None else _changes(adopted, after),
        "not_asked": [
            {
                "task": case.tasks[t].id,
                "site": case.sites[int(case.site_of[t])].name,
                "unit": case.tasks[t].unit,
                "strength": case.tasks[t].strength.name.lower(),
                "waits": bool(adopted.placed.day[t] == LATER),
                "clauses": list(case.tasks[t].clauses),
            }
            for t in missing
        ],
        "told": {"zh": story(adopted, "zh"), "en": story(adopted, "en")},
    }


def story(adopted: Adopted, lang: str) -> list[str]:
    """Return in a few sentences what the month is worth and what was done to it."""
    n, by_name = (0 if lang == "zh" else 1), {one.name: one for one in adopted.scores}
    hand, errors = by_name["hand"], sum(one.severity is Severity.ERROR for one in adopted.findings)
    rules = Counter(one.rule for one in adopted.breaches)
    placed = len(adopted.placed.row_of)
    missing = adopted.case.n_tasks - placed
    lines = [
        (
            f"手排月共 {hand.visits} 次入企；到期任务 {adopted.case.n_tasks} 项中安排了 {placed} 项，"
            f"{missing} 项没有写到；读入时有 {errors} 处需要更正，{adopted.placed.unfounded} 次到场没有到期任务为据。",
            f"Made by hand: {hand.visits} visits; {placed} of {adopted.case.n_tasks} tasks that are "
            f"due, {missing} not written down; {errors} cells or rows to be mended, {adopted.placed.unfounded} visits "
            "without a task that is due.",
        )[n],
        (
            f"核对出 {len(adopted.breaches)} 处违反规则，涉及 {len(rules)} 条规则。"
            if rules
            else "核对未发现违反规则。",
            f"{len(adopted.breaches)} breaches of {len(rules)} rules." if rules else "No rule is broken.",
        )[n],
    ]
    if adopted.limit is not None:
        lines.append(_compared(adopted, by_name, n))
    return [*lines, _repaired(adopted)[n]]


def _compared(adopted: Adopted, by_name: dict[str, Score], n: int) -> str:
    assert adopted.limit is not None
    ways = [f"{WAYS[name][n]} {one.common}" for name, one in by_name.items()]
    bound, tasks = adopted.limit.bound, adopted.common
    return (
        f"各种安排都做到的 {tasks} 项任务上的入企次数：{'、'.join(ways)}；合法方案至少 {bound} 次（已证明）。",
        f"Entries on the {tasks} tasks that all ways do: {', '.join(ways)}; lawfully at least {bound} (proven).",
    )[n]


def _repaired(adopted: Adopted) -> tuple[str, str]:
    if adopted.lawful is None:
        return "没有找到合法的修复：请看违规各处。", "No lawful repair was found: see the breaches."
    if adopted.planned is None:
        return (
            "按日期和工时可以修复，但有的日子排不出时刻和人员。",
            "By days and hours there is a repair, but some days cannot be walked and manned.",
        )
    least, changed = adopted.lawful.least, adopted.changed
    if least == changed:
        return (
            f"已修复，改动 {changed} 次入企，已证明不能更少。",
            f"Repaired: {changed} visits changed, proven to be the fewest.",
        )
    if least is None:
        return (
            f"已修复，改动 {changed} 次入企；是否最少未证明。",
            f"Repaired: {changed} visits changed, not proven to be the fewest.",
        )
    return (
        f"已修复，改动 {changed} 次入企；按日期和工时至少 {least} 次，其余是为排出时刻和人员。",
        f"Repaired: {changed} visits changed; by days and hours at least {least}, others to find starts and people.",
    )


def _changes(adopted: Adopted, after: Any) -> list[dict[str, Any]]:
    """Return the visits of the workbook that do not stand as they were, with their rows, and where their tasks are."""
    case, before, found = adopted.case, adopted.placed.day, []
    texts = days_text(case, after)
    for visit in visits_of(case, Plan(before)):
        moved = [t for t in visit.tasks if after[t] != before[t]]
        if not moved:
            continue
        rows = sorted({(row.sheet, row.row) for t in moved if (row := adopted.placed.row_of.get(t)) is not None})
        site = case.sites[visit.site]
        found.append(
            {
                "site": site.id,
                "name": site.name,
                "day": case.days[visit.day].isoformat(),
                "to": sorted({texts[t] for t in moved}),
                "units": sorted({case.tasks[t].unit for t in moved}),
                "rows": [{"sheet": sheet, "row": row} for sheet, row in rows],
            }
        )
    added = np.flatnonzero((before < 0) & (after >= 0)).tolist()
    for t in added:
        site = case.sites[int(case.site_of[t])]
        told = {"site": site.id, "name": site.name, "day": "", "to": [texts[t]], "units": [case.tasks[t].unit]}
        found.append({**told, "rows": []})
    return found


def _finding(finding: Finding) -> dict[str, Any]:
    title, message, action = render(finding)
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "sheet": finding.table,
        "row": finding.row,
        "column": finding.column,
        "value": finding.value,
        "title": title,
        "message": message,
        "action": action,
        "message_en": render(finding, "en")[1],
        "clauses": list(finding.clauses),
    }
