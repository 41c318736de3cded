"""Cases grown around a plan that is lawful by construction, so that nobody may call them infeasible."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from planner.domain.calendar import months_after
from planner.domain.case import CapacityRow, Case, GroupInfo, Levers, Strength, TaskInfo
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.plan import LATER, LEFT_OUT, Plan, loads_of
from planner.law.later import entangled, held_at, later_visits_of
from tests.tiny import PERIOD, agency, site, task

DAYS = tuple(date(2026, 6, d) for d in (1, 2, 4, 9, 15, 30))
WAITS_UNTIL = date(2026, 8, 31)
UNITS = (
    agency("a"),
    agency("b", domain="A02"),
    agency("c", "b", "A02"),
    agency("d", domain="A05"),
    agency("f", domain="A03"),
)
BY_ID = {u.id: u for u in UNITS}


class _Site:
    """One site's tasks with their planted answers: a day index, LATER or LEFT_OUT."""

    def __init__(self, draw: st.DrawFn, name: str) -> None:
        self.draw, self.name = draw, name
        dates = draw(st.lists(st.integers(0, len(DAYS) - 1), min_size=1, max_size=2, unique=True))
        answers = st.sampled_from([*dates, *dates, LATER, LEFT_OUT])
        self.answers = draw(st.lists(answers, min_size=1, max_size=5))
        self.units = [draw(st.sampled_from(UNITS)) for _ in self.answers]
        self.parents = {
            day: {u.parent for u, a in zip(self.units, self.answers, strict=True) if a == day} for day in self.answers
        }
        self.listed = draw(st.booleans())
        self.joint = draw(st.sampled_from(self.answers))
        self.has_joint = draw(st.booleans())
        self.tasks = [self._task(n) for n in range(len(self.answers))]
        self.groups = self._groups()

    def _yes(self) -> bool:
        return self.draw(st.booleans())

    def _task(self, n: int) -> TaskInfo:
        draw, answer, unit = self.draw, self.answers[n], self.units[n]
        placed, together = answer >= 0, len(self.parents[answer]) > 1
        # Around the planted day, or somewhere in the month where there is none.
        core = answer if placed else draw(st.integers(0, len(DAYS) - 1))
        first = DAYS[draw(st.integers(0, core))]
        last = DAYS[draw(st.integers(core, len(DAYS) - 1))]
        waits = answer == LATER or (self._yes() and self._yes())
        fire_there = placed and any(u.id == "f" and a == answer for u, a in zip(self.units, self.answers, strict=True))
        follows = unit.id != "f" and not waits and (fire_there or answer == LEFT_OUT) and self._yes()
        return task(
            f"{self.name}-{n}",
            self.name,
            unit.id,
            domain=unit.domain,
            window=(first, WAITS_UNTIL if waits else last),
            waits_until=WAITS_UNTIL if waits else None,
            minutes=draw(st.sampled_from([15, 30, 60, 120])),
            strength=draw(st.sampled_from(list(Strength))),
            priority=draw(st.integers(1, 9)),
            skill="高空" if self._yes() and self._yes() else "",
            unannounced=placed and not together and self._yes(),
            fire=unit.id == "f",
            follows_fire=follows,
            joint_group="theme" if self.has_joint and answer == self.joint else "",
            pinned=DAYS[answer] if placed and self._yes() and self._yes() else None,
            opted_in=self.listed and ((placed and together) or self._yes()),
        )

    def _groups(self) -> list[GroupInfo]:
        """Return gaps and quotas that the planted answers just keep, with a check in the past where there is room."""
        dates: dict[str, set[int]] = defaultdict(set)
        waiting: set[str] = set()
        for unit, answer in zip(self.units, self.answers, strict=True):
            if answer >= 0:
                dates[unit.domain].add(answer)
            elif answer == LATER:
                waiting.add(unit.domain)
        found = []
        for domain in sorted({u.domain for u in self.units}):
            days = sorted(dates[domain])
            gap = 1 if len(days) < 2 and self._yes() else 0
            history = ()
            if gap and days and self._yes():
                # The last date that is still a full month before the planted one.
                held = DAYS[days[0]] - timedelta(days=28)
                while months_after(held, 1) > DAYS[days[0]]:
                    held -= timedelta(days=1)
                history = (held,)
            quota = len(days) + (domain in waiting) if self._yes() else 9
            found.append(GroupInfo(self.name, domain, gap, quota, history))
        return found


@st.composite
def planted_cases(draw: st.DrawFn) -> tuple[Case, Plan]:
    """Return a case and a lawful plan of it. Crews are just enough for that plan, or a little more."""
    sites = [_Site(draw, f"s{n}") for n in range(draw(st.integers(1, 4)))]
    tasks = [t for s in sites for t in s.tasks]
    answers = {t.id: a for s in sites for t, a in zip(s.tasks, s.answers, strict=True)}
    visits = {s.name: sorted({a for a in s.answers if a >= 0}) for s in sites}
    gaps = [(DAYS[b] - DAYS[a]).days for days in visits.values() for a, b in pairwise(days)]
    crowd = max((len(p) for s in sites for day, p in s.parents.items() if day >= 0), default=0)
    levers = Levers(
        max_agencies_per_visit=draw(st.sampled_from([0, crowd])),
        entry_cap=draw(st.sampled_from([0, max(map(len, visits.values()))])),
        entry_gap_days=draw(st.sampled_from([0, min(gaps, default=9)])),
    )
    closed = {
        s.name: [DAYS[d] for d in draw(st.sets(st.integers(0, len(DAYS) - 1), max_size=2)) - set(visits[s.name])]
        for s in sites
    }
    slack = draw(st.sampled_from([0, 0, 3]))

    def build(capacity: dict[CapacityRow, list[int]]) -> Case:
        return build_case(
            CaseParts(
                name="planted",
                period=PERIOD,
                days=DAYS,
                tasks=tasks,
                sites=[site(s.name) for s in sites],
                units=UNITS,
                capacity=capacity,
                setup_minutes={u.id: 15 for u in UNITS},
                groups=[g for s in sites for g in s.groups],
                blackout=closed,
                listed=[s.name for s in sites if s.listed],
                levers=levers,
            )
        )

    bare = build({})
    plan = Plan(np.array([answers[t.id] for t in bare.tasks], dtype=np.int64))
    # Checks that are planted as waiting need lawful dates for all; where there are none, the plan is none.
    for s in entangled(bare):
        apart = [t for t in bare.tasks_at(s) if plan.day[t] == LATER]
        assume(later_visits_of(bare, apart, held_at(bare, plan.day, s)) is not None)
    needed = loads_of(bare, plan) + slack
    return build({row: needed[n].tolist() for n, row in enumerate(bare.rows)}), plan
