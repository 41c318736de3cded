"""A way that `why_not` tells, done: a draft plan in which the task has its day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from planner.domain.errors import InputError
from planner.service.changes.revising import Change, apply_changes, revise
from planner.service.month.planning import Planned, Tell


def do_way(planned: Planned, found: Mapping[str, Any], tell: Tell | None = None) -> Planned:
    """Return the draft that the first way of an answer of `why_not` makes which changes days alone.

    Raises InputError where no way does: amended filings, consents, crews and waivers have to be on record first, and
    the month is then planned anew. Raises UnlawfulChangeError and MismatchError as `revise`.
    """
    way = next((one for one in found["ways"] if one["moves"]), None)
    if way is None:
        raise InputError(
            "没有只动日期的办法：所列的须先变更备案、取得同意、增派人员或签批豁免，录入后重新统筹 / "
            "no way changes days alone: what is named has to be on record first, then plan anew"
        )
    changes = [Change("move", one["visit"], one["task"], date.fromisoformat(one["day"])) for one in way["moves"]]
    return revise(planned, apply_changes(planned, changes), way["text_zh"], tell)
