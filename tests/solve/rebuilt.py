"""A case taken apart and built again, changed or shuffled: what the laws about changed input compare."""

from __future__ import annotations

import random
from collections.abc import Iterable

from planner.domain.case import QUARTER_MINUTES, Case, TaskInfo
from planner.domain.case_builder import CaseParts, build_case


def rebuilt(
    case: Case, tasks: Iterable[TaskInfo] | None = None, extra: int = 0, shuffle: random.Random | None = None
) -> Case:
    """Return `case` with other tasks, or `extra` crew quarter-hours in every cell, or its input in another order."""

    def ordered(things: Iterable[object]) -> list[object]:
        found = list(things)
        if shuffle:
            shuffle.shuffle(found)
        return found

    capacity = {row: (case.capacity[n] + extra).tolist() for n, row in enumerate(case.rows)}
    return build_case(
        CaseParts(
            name=case.name,
            period=case.period,
            days=case.days,
            tasks=ordered(case.tasks if tasks is None else tasks),  # type: ignore[arg-type]
            sites=ordered(case.sites),  # type: ignore[arg-type]
            units=ordered(case.units),  # type: ignore[arg-type]
            capacity=dict(ordered(capacity.items())),  # type: ignore[arg-type]
            setup_minutes={u.id: int(case.setup[n]) * QUARTER_MINUTES for n, u in enumerate(case.units)},
            groups=ordered(case.groups),  # type: ignore[arg-type]
            blackout={
                s.id: ordered(day for d, day in enumerate(case.days) if case.blackout[n, d])  # type: ignore[misc]
                for n, s in enumerate(case.sites)
            },
            listed=ordered(s.id for n, s in enumerate(case.sites) if case.listed[n]),  # type: ignore[arg-type]
            sensitivity={
                s.id: {day: int(case.sensitivity[n, d]) for d, day in enumerate(case.days)}
                for n, s in enumerate(case.sites)
            },
            entries_before={s.id: ordered(case.entries_before[n]) for n, s in enumerate(case.sites)},  # type: ignore[misc]
            unstaffed={
                t.id: ordered(day for d, day in enumerate(case.days) if not case.staffed[n, d])  # type: ignore[misc]
                for n, t in enumerate(case.tasks)
            },
            longest_visit={s.id: int(case.longest_visit[n]) for n, s in enumerate(case.sites)},
            levers=case.levers,
            prep_minutes=case.prep_quarters * QUARTER_MINUTES,
        )
    )
