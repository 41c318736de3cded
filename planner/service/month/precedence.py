"""Whether an announced or an unannounced check has the one date that gap and yearly cap leave their domain at a site.

Both are filed in the month, and the law leaves room for one. The heavier one has it, as the plan's own order of levels
says: priorities of mandatory tasks first, then of accepted ones, then of optional ones. Where they weigh the same the
announced one has it, as that tells nobody anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from planner.domain.case import Case, GroupInfo, Strength
from planner.intake.month.outcome import Prepared
from planner.intake.month.set_aside import GroupKey, KeptWindow
from planner.intake.screen.kept import free_again
from planner.solve.site.arrays import allowed_days

FIRST = "unannounced_first"
"""The setting by which unannounced checks may have the date at all."""


def windows_kept(whole: Prepared) -> Mapping[GroupKey, KeptWindow]:
    """Return the windows of the unannounced checks that have their domain's date at a site, by site, domain and body.

    `whole` is the month with all that was filed. Empty where the setting says that they never have the date.
    """
    case = whole.case
    if case is None or whole.settings[FIRST] != "1":
        return {}
    at: dict[int, list[int]] = defaultdict(list)
    for t, group in enumerate(case.group_of.tolist()):
        if group >= 0:
            at[group].append(t)
    can_come = set(np.flatnonzero(allowed_days(case).any(axis=1)).tolist())
    found = {}
    for group, tasks in at.items():
        secret = [t for t in tasks if case.tasks[t].unannounced and t in can_come and not case.tasks[t].pinned]
        if secret:
            window = _window(case, case.groups[group], secret, [t for t in tasks if not case.tasks[t].unannounced])
            if window:
                found[case.groups[group].key] = window
    return found


def _window(case: Case, group: GroupInfo, secret: Sequence[int], announced: Sequence[int]) -> KeptWindow | None:
    """Return the window of the heaviest body's unannounced checks, None where announced ones need not stand back for
    it, or do not: what is published, goes jointly as filed or is fire's own stays.
    """
    bodies: dict[int, list[int]] = defaultdict(list)
    for t in secret:
        bodies[int(case.parent_of[t])].append(t)
    ours = max(bodies.values(), key=lambda tasks: _weight(case, tasks))
    window = KeptWindow(
        max(case.period[0], min(case.tasks[t].window[0] for t in ours)),
        min(case.period[1], max(case.tasks[t].window[1] for t in ours)),
        counts=not all(case.tasks[t].needed for t in ours),
    )
    against, lost = [], []
    for t in announced:
        info = case.tasks[t]
        capped = window.counts and group.quota <= 1 and not info.needed
        if group.gap_months or capped:
            against.append(info)
            opens = free_again(window, group.gap_months, capped=capped)
            lost += [] if info.waits_until and info.waits_until >= opens else [t]
    if not against or any(info.pinned or info.joint_group or info.fire for info in against):
        return None
    return window if _weight(case, ours) > _weight(case, lost) else None


def _weight(case: Case, tasks: Iterable[int]) -> tuple[int, ...]:
    """Return the priorities of tasks, summed by strength: mandatory, accepted, optional."""
    found = [case.tasks[t] for t in tasks]
    return tuple(sum(info.priority for info in found if info.strength == strength) for strength in Strength)
