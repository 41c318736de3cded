"""One day of the exact model: starts, breaks, travel between towns, and who goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from ortools.sat.python import cp_model

from planner.reference.world import DAY, HALF, Person, Site, Stop, Task, Unit, World

Literal = cp_model.IntVar


@dataclass(frozen=True, slots=True)
class Stay:
    """One unit at one site that day. `start` and `end` are in quarter-hours, the `far` ones with the way to another
    town counted into the break (so that it costs nothing to go there over it).
    """

    site: Site
    unit: Unit
    tasks: tuple[Task, ...]
    comes: Literal
    start: cp_model.IntVar
    size: cp_model.IntVar
    end: cp_model.IntVar
    far_start: cp_model.LinearExprT
    far_end: cp_model.LinearExprT
    afternoon: Literal
    past_noon: Literal


class DayModel:
    """Adds one day to `model`; `on` and `visit` say what is done there. Not `named`, nobody is: a relaxation."""

    def __init__(
        self,
        model: cp_model.CpModel,
        world: World,
        day: date,
        on: Mapping[tuple[str, date], Literal],
        visit: Mapping[Stop, Literal],
        named: bool = True,
    ) -> None:
        self.model, self.world, self.day, self.on = model, world, day, on
        self.start: dict[str, cp_model.IntVar] = {}
        self.goes: dict[tuple[str, str], Literal] = {}
        """(person, site)"""
        stays: list[Stay] = []
        for site in world.sites:
            if (site.id, day) in visit:
                stays += self._visit(site, visit[site.id, day])
        people: dict[str, list[Person]] = defaultdict(list)
        for person in world.people:
            people[person.unit].append(person)
        by_unit: dict[str, list[Stay]] = defaultdict(list)
        for stay in stays:
            by_unit[stay.unit.id].append(stay)
        for unit, own in by_unit.items():
            self._enough(people[unit], own)
            if named:
                self._crews(people[unit], own)

    def _visit(self, site: Site, visit: Literal) -> list[Stay]:
        """Add one visit: a start on the grid, an end within the day, no short one across the break."""
        model, day = self.model, self.day
        tasks = [t for t in self.world.tasks if t.site == site.id and (t.id, day) in self.on]
        units = {u.id: u for u in self.world.units}
        grid = [q for q in range(DAY) if q % HALF % self.world.step == 0]
        start = model.new_int_var_from_domain(cp_model.Domain.from_values(grid), f"start {site.id}@{day}")
        afternoon = model.new_bool_var(f"afternoon {site.id}@{day}")
        model.add(start >= HALF).only_enforce_if(afternoon)
        model.add(start < HALF).only_enforce_if(afternoon.negated())
        model.add(start == 0).only_enforce_if(visit.negated())
        self.start[site.id] = start
        stays = [
            self._stay(site, units[unit], [t for t in tasks if t.unit == unit], start, afternoon)
            for unit in sorted({t.unit for t in tasks})
        ]
        length = model.new_int_var(0, DAY, f"length {site.id}@{day}")
        model.add_max_equality(length, [stay.size for stay in stays])
        model.add(start + length <= DAY)
        long = model.new_bool_var(f"long {site.id}@{day}")
        model.add(length > HALF).only_enforce_if(long)
        model.add(length <= HALF).only_enforce_if(long.negated())
        model.add(start + length <= HALF).only_enforce_if([afternoon.negated(), long.negated()])
        for task in tasks:
            if task.outside_hours:
                for first, last in _runs(site.business):
                    after = model.new_bool_var("")
                    model.add(start > last).only_enforce_if([self.on[task.id, day], after])
                    model.add(start + length <= first).only_enforce_if([self.on[task.id, day], after.negated()])
        return stays

    def _stay(self, site: Site, unit: Unit, tasks: list[Task], start: cp_model.IntVar, afternoon: Literal) -> Stay:
        model, name = self.model, f"{unit.id}:{site.id}@{self.day}"
        here = [self.on[t.id, self.day] for t in tasks]
        comes = model.new_bool_var(f"comes {name}")
        model.add_max_equality(comes, here)
        size = model.new_int_var(0, DAY, f"size {name}")
        work = cp_model.LinearExpr.weighted_sum(here, [t.quarters for t in tasks])
        model.add(size == work + unit.setup * comes)
        end = model.new_int_var(0, DAY, f"end {name}")
        model.add(end == start + size)
        past_noon = model.new_bool_var(f"past noon {name}")
        model.add(end > HALF).only_enforce_if(past_noon)
        model.add(end <= HALF).only_enforce_if(past_noon.negated())
        travel = self.world.travel
        far_start, far_end = start + travel * afternoon, end + travel * past_noon
        return Stay(site, unit, tuple(tasks), comes, start, size, end, far_start, far_end, afternoon, past_noon)

    def _crews(self, people: list[Person], stays: list[Stay]) -> None:
        """Name people for the stays of one unit: able, present, not recused, and nobody in two places."""
        model, day = self.model, self.day
        for stay in stays:
            goes: list[tuple[Person, Literal]] = []
            for person in people:
                halves = {half for half in (0, 1) if (day, half) not in person.away}
                if not halves or (stay.site.id, day) in person.barred:
                    continue
                z = model.new_bool_var(f"{person.id}:{stay.site.id}@{day}")
                self.goes[person.id, stay.site.id] = z
                goes.append((person, z))
                model.add_implication(z, stay.comes)
                if 0 not in halves:
                    model.add_implication(z, stay.afternoon)
                if 1 not in halves:
                    model.add_implication(z, stay.past_noon.negated())
            crew = sum(z for _, z in goes)
            skills = sorted({t.skill for t in stay.tasks if t.skill})
            if len(skills) <= 1:  # a crew of the least size is enough
                model.add(crew == stay.unit.per_crew * stay.comes)
            else:
                model.add(crew >= stay.unit.per_crew * stay.comes)
            for skill in skills:
                able = sum(z for person, z in goes if skill in person.skills)
                for task in stay.tasks:
                    if task.skill == skill:
                        model.add(able >= stay.unit.per_crew * self.on[task.id, day])
        self._nobody_twice(people, stays)
        self._alike(people, stays)

    def _nobody_twice(self, people: list[Person], stays: list[Stay]) -> None:
        model = self.model
        for person in people:
            busy = [b for b in self.world.busy if b.person == person.id and b.day == self.day]
            own = [(stay, self.goes[key]) for stay in stays if (key := (person.id, stay.site.id)) in self.goes]
            if len(own) + len(busy) < 2:
                continue
            intervals = [model.new_optional_interval_var(stay.start, stay.size, stay.end, z, "") for stay, z in own]
            fixed = [model.new_fixed_size_interval_var(b.start, b.end - b.start, "") for b in busy]
            model.add_no_overlap([*intervals, *fixed])
            if not self.world.travel:
                continue
            travel = self.world.travel
            for n, (one, z) in enumerate(own):
                for other, w in own[n + 1 :]:
                    if one.site.town != other.site.town:
                        first = model.new_bool_var("")
                        model.add(one.far_end + travel <= other.far_start).only_enforce_if([z, w, first])
                        model.add(other.far_end + travel <= one.far_start).only_enforce_if([z, w, first.negated()])
                for b in busy:
                    if one.site.town != b.town:
                        begin = b.start + travel * (b.start >= HALF)
                        over = b.end + travel * (b.end > HALF)
                        first = model.new_bool_var("")
                        model.add(one.far_end + travel <= begin).only_enforce_if([z, first])
                        model.add(over + travel <= one.far_start).only_enforce_if([z, first.negated()])

    def _enough(self, people: list[Person], stays: list[Stay]) -> None:
        """At no time are more people out than are there, of all and of those with a skill: follows from the names."""
        model, day, least = self.model, self.day, stays[0].unit.per_crew
        for skill in sorted({"", *(t.skill for stay in stays for t in stay.tasks)}):
            able = {p.id for p in people if not skill or skill in p.skills}
            intervals = []
            for stay in stays:
                asking = [self.on[t.id, day] for t in stay.tasks if t.skill == skill]
                if skill and not asking:
                    continue
                out = stay.comes
                if skill:
                    out = model.new_bool_var("")
                    model.add_max_equality(out, asking)
                intervals.append(model.new_optional_interval_var(stay.start, stay.size, stay.end, out, ""))
            gone = [(half * HALF, HALF) for p in people if p.id in able for half in (0, 1) if (day, half) in p.away]
            gone += [(b.start, b.end - b.start) for b in self.world.busy if b.person in able and b.day == day]
            missing = [model.new_fixed_size_interval_var(start, size, "") for start, size in gone]
            demands = [least] * len(intervals) + [1] * len(missing)
            model.add_cumulative([*intervals, *missing], demands, len(able))

    def _alike(self, people: list[Person], stays: list[Stay]) -> None:
        """Of people who differ in nothing that day, the first ones go to the first stay."""
        groups: dict[object, list[Person]] = defaultdict(list)
        for person in people:
            if any(b.person == person.id and b.day == self.day for b in self.world.busy):
                continue
            halves = frozenset(half for half in (0, 1) if (self.day, half) in person.away)
            sites = frozenset(site for site, day in person.barred if day == self.day)
            groups[person.skills, halves, sites].append(person)
        for group in groups.values():
            for one, other in pairwise(group):
                keys = (one.id, stays[0].site.id), (other.id, stays[0].site.id)
                if keys[0] in self.goes and keys[1] in self.goes:
                    self.model.add_implication(self.goes[keys[1]], self.goes[keys[0]])

    def read(
        self,
        solver: cp_model.CpSolver,
        start: dict[Stop, int],
        team: dict[tuple[str, date, str], frozenset[str]],
    ) -> None:
        """Add the day's starts and teams to `start` and `team`."""
        unit = {person.id: person.unit for person in self.world.people}
        found: dict[tuple[str, date, str], set[str]] = defaultdict(set)
        for (person, site), z in self.goes.items():
            if solver.boolean_value(z):
                found[site, self.day, unit[person]].add(person)
        for key, names in found.items():
            team[key] = frozenset(names)
            start[key[0], self.day] = solver.value(self.start[key[0]])


def _runs(quarters: frozenset[int]) -> list[tuple[int, int]]:
    """Return the first and last of each run of consecutive quarter-hours."""
    runs: list[tuple[int, int]] = []
    for q in sorted(quarters):
        if runs and runs[-1][1] == q - 1:
            runs[-1] = runs[-1][0], q
        else:
            runs.append((q, q))
    return runs
