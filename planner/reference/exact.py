"""The exact model: which task on which date, when each visit starts, who goes; one CP-SAT model for all of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from ortools.sat.python import cp_model

from planner.reference.day_model import DayModel
from planner.reference.later import candidate_dates
from planner.reference.world import Answer, Limit, Site, Stop, Task, Value, World, too_close

OPTIMAL, FEASIBLE, INFEASIBLE, UNKNOWN = "optimal", "feasible", "infeasible", "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the solver came to. `value` and `answer` are None without a plan; nothing is below `bound`.

    UNKNOWN is an answer of its own: neither that there is a plan nor that there is none.
    """

    status: str
    value: Value | None = None
    bound: Value | None = None
    answer: Answer | None = None


def solve(world: World, work: float = 20.0, below: Value | None = None, seed: int = 0) -> Outcome:
    """Return the best plan of `world`, proven where the work (CP-SAT's deterministic time) suffices.

    With `below`, only plans that are worth less count: INFEASIBLE then says that none is better than that.
    """
    return _solve(ExactModel(world, below=below), work, seed)


def none_below(world: World, below: Value, work: float = 20.0, seed: int = 0) -> bool:
    """Return whether it is proven that no lawful plan is worth less than `below`; False where it is not known.

    What is solved asks for enough people at any time, but for no names and no way between towns: whatever it rules out
    is ruled out with them, too, and it is much smaller.
    """
    return _solve(ExactModel(world, below=below, named=False), work, seed).status == INFEASIBLE


def _solve(model: ExactModel, work: float, seed: int) -> Outcome:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = work
    solver.parameters.random_seed = seed
    status = solver.solve(model.model)
    if status == cp_model.INFEASIBLE:
        return Outcome(INFEASIBLE)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(UNKNOWN)
    value, bound = (model.levels(round(x)) for x in (solver.objective_value, solver.best_objective_bound))
    return Outcome(OPTIMAL if status == cp_model.OPTIMAL else FEASIBLE, value, bound, model.answer(solver))


class ExactModel:
    """The model of a world; `on[task, date]` says that a task is done on a date, of the month or after it."""

    def __init__(self, world: World, below: Value | None = None, named: bool = True) -> None:
        self.world = world
        self.model = cp_model.CpModel()
        self.on: dict[tuple[str, date], cp_model.IntVar] = {}
        self.out: dict[str, cp_model.IntVar] = {}
        self.visit: dict[Stop, cp_model.IntVar] = {}
        self.body = {unit.id: unit.body for unit in world.units}
        self._at: dict[str, list[Task]] = defaultdict(list)
        for task in world.tasks:
            self._at[task.site].append(task)
        for site in world.sites:
            self._place(site)
        limits = {(limit.site, limit.domain): limit for limit in world.limits}
        for site in world.sites:
            self._company(site)
            self._levers(site)
            for domain in {t.domain for t in self._at[site.id] if t.counted}:
                if (site.id, domain) in limits:
                    self._limit(site, domain, limits[site.id, domain])
        timed = [day for day in world.days if world.timed is None or day in world.timed]
        self.day_models = [DayModel(self.model, world, day, self.on, self.visit, named) for day in timed]
        self._objective(below)

    def _place(self, site: Site) -> None:
        """Give every task of a site one date, or leave it out."""
        model, tasks = self.model, self._at[site.id]
        later = set(candidate_dates(self.world, site, [t for t in tasks if t.later and not t.fixed]))
        on_date: dict[date, list[cp_model.IntVar]] = defaultdict(list)
        for task in tasks:
            dates = (task.fixed,) if task.fixed else (*task.days, *(d for d in task.later if d in later))
            choice = [model.new_bool_var(f"{task.id}@{day}") for day in dates]
            self.out[task.id] = model.new_bool_var(f"{task.id} out")
            model.add_exactly_one([*choice, self.out[task.id]])
            if task.fixed:
                model.add(self.out[task.id] == 0)
            for day, here in zip(dates, choice, strict=True):
                self.on[task.id, day] = here
                on_date[day].append(here)
        for day, literals in on_date.items():
            self.visit[site.id, day] = model.new_bool_var(f"{site.id}@{day}")
            model.add_max_equality(self.visit[site.id, day], literals)

    def _dates(self, site: Site) -> list[date]:
        return sorted(day for place, day in self.visit if place == site.id)

    def _company(self, site: Site) -> None:
        """Who may come with whom: on each date, and joint groups on one date or not at all."""
        model, tasks = self.model, self._at[site.id]
        for day in self._dates(site):
            here = [t for t in tasks if (t.id, day) in self.on]
            for n, one in enumerate(here):
                for other in here[n + 1 :]:
                    shy = one.unannounced or other.unannounced
                    barred = site.unwilling and not (one.opted_in and other.opted_in)
                    if (shy or barred) and self.body[one.unit] != self.body[other.unit]:
                        model.add_at_most_one([self.on[one.id, day], self.on[other.id, day]])
            for task in here:
                if task.rides:
                    model.add_bool_or([self.on[task.id, day].negated(), *(self.on[t.id, day] for t in here if t.fire)])
            if self.world.max_bodies:
                comes = []
                for name in sorted({self.body[t.unit] for t in here}):
                    comes.append(model.new_bool_var(f"{name}:{site.id}@{day}"))
                    model.add_max_equality(comes[-1], [self.on[t.id, day] for t in here if self.body[t.unit] == name])
                model.add(sum(comes) <= self.world.max_bodies)
        for name in sorted({t.joint for t in tasks if t.joint}):
            group = [t for t in tasks if t.joint == name]
            for day in {d for t in group for place, d in self.on if place == t.id}:
                first, *others = (self.on.get((t.id, day), 0) for t in group)
                for literal in others:
                    model.add(first == literal)

    def _levers(self, site: Site) -> None:
        """The bureau's own limits on entries, off by default."""
        world, dates = self.world, self._dates(site)
        month = [self.visit[site.id, d] for d in dates if d in world.days]
        if world.entry_cap and month:
            self.model.add(sum(month) <= world.entry_cap)
        if world.entry_gap:
            self._apart(
                [(d, self.visit[site.id, d]) for d in dates],
                site.entries,
                lambda one, other: 0 < abs((one - other).days) < world.entry_gap,
            )

    def _limit(self, site: Site, domain: str, limit: Limit) -> None:
        """Gap and yearly cap of a domain's checks at a site."""
        model = self.model
        tasks = [t for t in self._at[site.id] if t.counted and t.domain == domain]
        checks: list[tuple[date, cp_model.IntVar]] = []
        by_year: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for day in self._dates(site):
            here = [t for t in tasks if (t.id, day) in self.on]
            if not here:
                continue
            check = model.new_bool_var(f"{domain}:{site.id}@{day}")
            model.add_max_equality(check, [self.on[t.id, day] for t in here])
            checks.append((day, check))
            counts = [self.on[t.id, day] for t in here if not t.needed]
            if counts:
                by_year[day.year].append(model.new_bool_var(f"counts {domain}:{site.id}@{day}"))
                model.add_max_equality(by_year[day.year][-1], counts)
        for year, quota in limit.quota.items():
            model.add(sum(by_year[year]) <= quota)
        if limit.gap_months:
            self._apart(checks, limit.history, lambda one, other: too_close(one, other, limit.gap_months))

    def _apart(self, checks: list[tuple[date, cp_model.IntVar]], known: tuple[date, ...], close: object) -> None:
        assert callable(close)
        for n, (day, check) in enumerate(checks):
            if any(close(day, other) for other in known):
                self.model.add(check == 0)
            for other, rival in checks[n + 1 :]:
                if close(day, other):
                    self.model.add_at_most_one([check, rival])

    def _objective(self, below: Value | None) -> None:
        """One weighted sum, each level worth more than all that the ones after it can come to."""
        sums = [[t for t in self.world.tasks if t.strength == s and not t.rides] for s in range(3)]
        sizes = [sum(t.weight for t in tasks) + 1 for tasks in sums] + [len(self.world.tasks) + 1]
        self.factors = [sizes[1] * sizes[2] * sizes[3], sizes[2] * sizes[3], sizes[3], 1]
        terms = [self.factors[s] * t.weight * self.out[t.id] for s, tasks in enumerate(sums) for t in tasks]
        total = sum(terms) + sum(self.visit.values())
        if below is not None:
            self.model.add(total < sum(f * part for f, part in zip(self.factors, below.key(), strict=True)))
        self.model.minimize(total)

    def levels(self, weighted: int) -> Value:
        """Return the levels of a value of the weighted sum; of a bound on it, a bound in lexicographic order."""
        parts = []
        for factor in self.factors:
            part, weighted = divmod(max(weighted, 0), factor)
            parts.append(part)
        return Value(*parts)

    def answer(self, solver: cp_model.CpSolver) -> Answer:
        """Return the plan that the solver found."""
        chosen = {task: day for (task, day), here in self.on.items() if solver.boolean_value(here)}
        month = set(self.world.days)
        start: dict[Stop, int] = {}
        team: dict[tuple[str, date, str], frozenset[str]] = {}
        for day_model in self.day_models:
            day_model.read(solver, start, team)
        return Answer(
            {task: day for task, day in chosen.items() if day in month},
            frozenset(task for task, day in chosen.items() if day not in month),
            start,
            team,
        )
