"""Why a task has its day or none, and what differs between two plans: read from plan documents, nothing is solved.

Answers are the coordinator's: reasons and differences tell of unannounced checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WAITING = {
    "deferred": "本月不排：办理期限到以后月份，留待以后与其他检查合并。",
    "deferred_elsewhere": "本月不排：期限未到，留待以后月份。",
    "off_site": "以非现场方式办理，不入企。",
    "summons": "以约谈、函询等方式办理，不入企。",
}
"""Part of the document → what it means for a task that stands there, in Chinese."""
RECOGNISED = "本月消防部门不到该对象，其他部门不得代查，结果予以认可，不算漏排。"
DAY_OF_PART = {"left_out": "out", "deferred": "later"}


def why_of(document: Mapping[str, Any], task: str) -> dict[str, Any] | None:
    """Return what a plan decided on a task, with reason and clauses; None where the plan knows no such task.

    `outcome` is scheduled, left_out, recognised, or one of `WAITING`. `reason` is that of a left-out task, as the plan
    has it: the first rule against each of its days.
    """
    nothing: dict[str, Any] = {
        "task": task,
        "day": None,
        "visit": None,
        "company": [],
        "reason": None,
        "waits_until": None,
    }
    for visit in document.get("visits", ()):
        if task in visit["tasks"]:
            company = [other for other in visit["tasks"] if other != task]
            names = "、".join(party["name"] for party in visit["agencies"])
            told = f"排在 {visit['day']}，{visit['site']['name']}，由{names}一次入企办理 {len(visit['tasks'])} 项任务。"
            placed = {"outcome": "scheduled", "day": visit["day"], "visit": visit["id"], "company": company}
            return {**nothing, **placed, "clauses": list(visit["clauses"]), "text": told}
    for row in document.get("left_out", ()):
        if row["task"] == task:
            reason = row["reason"] or {}
            clauses = list(dict.fromkeys((*reason.get("clauses", ()), *row.get("clauses", ()))))
            told = reason.get("text_zh", "没有记下原因。")
            return {**nothing, "outcome": "left_out", "reason": row["reason"], "clauses": clauses, "text": told}
    for part, told in WAITING.items():
        for row in document.get(part, ()):
            if row["task"] == task:
                waits = {"outcome": part, "waits_until": row["waits_until"], "clauses": list(row["clauses"])}
                return {**nothing, **waits, "text": told}
    if document.get("plan", {}).get(task) == "out":
        # Left out and yet no loss: only a task that follows fire's visit is that (rule `fire.exclusivity`).
        row = next((row for row in document.get("not_visited", ()) if row["task"] == task), None)
        clauses, why = (list(row["clauses"]), f"{row['zh']}。") if row else ([], RECOGNISED)
        return {**nothing, "outcome": "recognised", "clauses": clauses, "text": why}
    return None


def difference_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what differs between two plan documents of one month, task by task and visit by visit.

    A task's answer is a date, "later" or "out", None where that plan does not know it. A visit is a site on a day.
    """
    old, new = _answers(before), _answers(after)
    tasks = [
        {"task": task, "site": site, "before": old.get(task, ("", None))[1], "after": new.get(task, ("", None))[1]}
        for task, site in sorted({name: found[0] for name, found in (*old.items(), *new.items())}.items())
        if old.get(task, ("", None))[1] != new.get(task, ("", None))[1]
    ]
    was, now = ({visit["id"]: visit for visit in document.get("visits", ())} for document in (before, after))
    return {
        "tasks": tasks,
        "visits_added": [_visit(now[name]) for name in sorted(now.keys() - was.keys())],
        "visits_removed": [_visit(was[name]) for name in sorted(was.keys() - now.keys())],
        "visits_changed": [
            _visit(now[name])
            for name in sorted(was.keys() & now.keys())
            if sorted(was[name]["tasks"]) != sorted(now[name]["tasks"])
        ],
        "visits_same": sum(sorted(was[n]["tasks"]) == sorted(now[n]["tasks"]) for n in was.keys() & now.keys()),
    }


def _answers(document: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return task → (site, date, "later" or "out")."""
    found = {task: ("", str(day)) for task, day in document.get("plan", {}).items()}
    for part, answer in DAY_OF_PART.items():
        found |= {row["task"]: (_site(row), answer) for row in document.get(part, ())}
    for visit in document.get("visits", ()):
        found |= dict.fromkeys(visit["tasks"], (visit["site"]["id"], visit["day"]))
    return found


def _site(row: Mapping[str, Any]) -> str:
    site = row.get("site", "")
    return str(site["id"] if isinstance(site, Mapping) else site)


def _visit(visit: Mapping[str, Any]) -> dict[str, Any]:
    return {"visit": visit["id"], "site": visit["site"]["id"], "day": visit["day"], "tasks": list(visit["tasks"])}
