"""Changes to a plan as JSON-Patch-like operations with `[id=…]` paths, read as the planner's own.

    {"op": "replace", "path": "/visits/[id=V-1d60]/day", "value": "2026-06-11"}   moved, and held there
    {"op": "add",     "path": "/visits/[id=V-1d60]/pinned", "value": true}        held; false or "remove": no longer
    {"op": "remove",  "path": "/visits/[id=V-1d60]"}                              not in this month
    {"op": "remove",  "path": "/visits/[id=V-1d60]/tasks/[id=T-2a7e]"}            one task of it
    {"op": "replace", "path": "/tasks/[id=T-2a7e]/day", "value": "2026-06-11"}    one task, also one that is left out
    {"op": "remove",  "path": "/tasks/[id=T-2a7e]/excluded"}                      may be planned again

`/tasks/[id=…]` takes all that `/visits/[id=…]` takes; "add" and "replace" are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from api.store.planned.plans import PlanRow
from planner.domain.errors import InputError

if TYPE_CHECKING:
    from planner.service.changes.revising import Change, Held

ID = r"\[id=([^\[\]\s\x00]{1,200})\]"
PATH = rf"^/(visits|tasks)/{ID}(?:/(?:(day|pinned|excluded)|tasks/{ID}))?$"
_PATH = re.compile(PATH)


def changes_of(operations: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Return the changes that operations mean. Raises InputError where one means nothing."""
    return [_change(n, one["op"], one["path"], one.get("value")) for n, one in enumerate(operations)]


def operations_of(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Return the operations that mean these changes."""
    return [_operation(change) for change in changes]


def _operation(change: Change) -> dict[str, Any]:
    path = f"/tasks/[id={change.task}]" if change.task else f"/visits/[id={change.visit}]"
    match change.kind:
        case "move":
            assert change.day is not None
            return {"op": "replace", "path": f"{path}/day", "value": change.day.isoformat()}
        case "pin":
            return {"op": "add", "path": f"{path}/pinned", "value": True}
        case "unpin":
            return {"op": "remove", "path": f"{path}/pinned"}
        case "exclude":
            return {"op": "remove", "path": path}
        case "free":
            return {"op": "remove", "path": f"{path}/excluded"}


def held_of(plan: PlanRow) -> Held:
    """Return what is held in a plan by changes before it."""
    from planner.service.changes.revising import Held

    kept = (plan.change or {}).get("held") or {}
    return Held(kept.get("pinned", {}), tuple(kept.get("excluded", ())))


def _change(number: int, op: str, path: str, value: Any) -> Change:
    from planner.service.changes.revising import Change

    found = _PATH.match(path)
    if found is None:
        raise _unclear(number, f"不认识的路径 {path}", f"an unknown path {path}")
    noun, name, field, task = found.groups()
    about = {"task": task} if task else {noun[:-1]: name}
    match (field, op, value):
        case (None, "remove", None):
            return Change("exclude", **about)
        case ("day", "add" | "replace", str()):
            return Change("move", **about, day=_date(number, value))
        case ("pinned" | "excluded", "add" | "replace", bool()) | ("pinned" | "excluded", "remove", None):
            yes = value is True
            if field == "pinned":
                return Change("pin" if yes else "unpin", **about)
            return Change("exclude" if yes else "free", **about)
    raise _unclear(number, f"{op} 与路径 {path} 或其值不相配", f"{op} does not go with {path} or its value")


def _date(number: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _unclear(number, f"{text} 不是 YYYY-MM-DD 形式的日期", f"{text!r} is no date") from None


def _unclear(number: int, zh: str, en: str) -> InputError:
    return InputError(f"[patch] 第 {number + 1} 项：{zh}。 / operation {number + 1}: {en}")
