"""Random small days of one unit, with a timetable, and what brute force says of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from hypothesis import strategies as st

from planner.checks.duty import check_duty, touched_halves
from planner.domain.case import Case, IntArray
from planner.domain.duty import Duty, Stay, stays_of
from planner.domain.plan import Visit
from planner.domain.roster import Roster
from planner.solve.day.crew_names import CrewSeeds, Manned, man_month
from tests.duty.build import DAYS, person, place, small_day
from tests.tiny import task

SKILLS = ("电梯", "锅炉")


@dataclass(frozen=True, eq=False)
class TimedDay:
    """A day with starts and crew numbers, lawful but for the people."""

    case: Case
    roster: Roster
    visits: tuple[Visit, ...]
    start: IntArray
    crew: IntArray

    @property
    def stays(self) -> tuple[Stay, ...]:
        return stays_of(self.case, self.visits)

    def manned(self, seed: int = 0, plan_hash: str = "plan") -> Manned:
        seeds = CrewSeeds(seed)
        return man_month(self.case, self.roster, self.visits, self.stays, self.start, self.crew, seeds, plan_hash)

    def broken(self, duty: Duty) -> set[str]:
        return {v.rule for v in check_duty(self.case, self.roster, self.visits, duty)}


@st.composite
def timed_days(draw: st.DrawFn, most_people: int = 5, most_stays: int = 4) -> TimedDay:
    """Draw a day in which absence by half, recusal, skills, towns, the break and crews' numbers all may bind."""
    n_people = draw(st.sampled_from(range(most_people, 1, -1)))
    n_stays = draw(st.integers(1, most_stays))
    people = [person(f"p{n}", "a", *(s for s in SKILLS if draw(st.integers(0, 3)))) for n in range(n_people)]
    sites = [place(f"s{n}", draw(st.sampled_from("AB"))) for n in range(n_stays)]
    tasks, start = [], []
    for n in range(n_stays):
        quarters = draw(st.sampled_from([4, 2, 8, 14]))
        free = [q for q in range(25 - quarters) if quarters > 12 or q + quarters <= 12 or q >= 12]
        start.append(draw(st.sampled_from(free)))
        wanted = draw(st.sampled_from([(), (), (), SKILLS[:1], SKILLS[1:], SKILLS]))
        minutes = [quarters * 15 // max(1, len(wanted))] * max(1, len(wanted))
        tasks += [
            task(f"t{n}{k}", f"s{n}", "a", minutes=m, skill=wanted[k] if wanted else "", filings=(f"f{n}",))
            for k, m in enumerate(minutes)
        ]
    away = [(p.id, DAYS[0], half) for p in people for half in (0, 1) if draw(st.integers(0, 5)) == 5]
    recused = [(p.id, s.id, DAYS[0]) for p in people for s in sites if draw(st.integers(0, 7)) == 7]
    drawn = [f"f{n}" for n in range(n_stays) if draw(st.booleans())]
    case, roster, visits = small_day(tasks, people, sites=sites, away=away, recused=recused, drawn=drawn)
    starts = np.array(start, dtype=np.int64)
    crew = _colours(case, roster, visits, starts, draw(st.booleans()))
    return TimedDay(case, roster, visits, starts, crew)


def _colours(case: Case, roster: Roster, visits: tuple[Visit, ...], start: IntArray, thrifty: bool) -> IntArray:
    """Number the crews: the first free one for each stay in time, or one crew a stay."""
    stays = stays_of(case, visits)
    if not thrifty:
        return np.arange(len(stays), dtype=np.int64)
    crew = np.zeros(len(stays), dtype=np.int64)
    done: list[int] = []
    for n in sorted(range(len(stays)), key=lambda n: int(start[n])):
        barred = {int(crew[m]) for m in done if clash(case, roster, stays[m], stays[n], int(start[m]), int(start[n]))}
        crew[n] = next(k for k in range(len(stays)) if k not in barred)
        done.append(n)
    return crew


def clash(case: Case, roster: Roster, one: Stay, other: Stay, start: int, other_start: int) -> bool:
    """Whether nobody can be at both; written apart from the code under test."""
    (a, x), (b, y) = sorted([(start, one), (other_start, other)], key=lambda s: s[0])
    shared = set(touched_halves(a, x.quarters)) & set(touched_halves(b, y.quarters))
    far = case.sites[x.site].town != case.sites[y.site].town
    return b - a - x.quarters < (roster.travel_quarters if shared and far else 0)


def lawful_teams(day: TimedDay, n: int) -> list[tuple[int, ...]]:
    """Return every team that is lawful at stay n alone, the smallest first."""
    stay, roster = day.stays[n], day.roster
    halves = touched_halves(int(day.start[n]), stay.quarters)
    able = [
        i
        for i in range(len(roster.inspectors))
        if all(roster.present[i, 0, h] for h in halves) and (i, stay.site, 0) not in roster.recused
    ]
    return [
        team
        for size in range(2, len(able) + 1)
        for team in combinations(able, size)
        if all(sum(k in roster.inspectors[i].skills for i in team) >= 2 for k in stay.skills)
    ]


def lawful_mannings(day: TimedDay) -> list[tuple[tuple[int, ...], ...]]:
    """Return every lawful manning of the day, by enumeration."""
    n = len(day.stays)
    pairs = [(a, b) for a, b in combinations(range(n), 2)]
    apart = [
        (a, b)
        for a, b in pairs
        if clash(day.case, day.roster, day.stays[a], day.stays[b], int(day.start[a]), int(day.start[b]))
    ]
    return [
        teams
        for teams in product(*(lawful_teams(day, k) for k in range(n)))
        if not any(set(teams[a]) & set(teams[b]) for a, b in apart)
    ]
