"""Stage 3: draws the inspectors of each crew of the timetable, unit by unit, in order of date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from planner.domain.case import Case, IntArray
from planner.domain.duty import Cut, Duty, Stay
from planner.domain.hashing import sha256_hex
from planner.domain.plan import Visit
from planner.domain.roster import Roster
from planner.draw.inspectors import TeamDraw, draw_teams
from planner.draw.sites import BUREAU, Commitment, commitment_of, uncommitted_nonce
from planner.draw.team_request import Candidate, Crew, CrewStay, TeamRequest, team_seed
from planner.draw.team_shapes import Unmanned


@dataclass(frozen=True, slots=True)
class CrewSeeds:
    """What chance starts from. `nonces` are those revealed for the draw of crews, by holder: (nonce, its commitment).

    A holder without one gets a number that anyone can derive from `seed`, and the record says so; likewise one whose
    number is not the one promised, or promised only after plan and timetable were sealed. With no nonces at all it is a
    trial: it tells that the days can be manned, and not by whom. `was` are the inspectors drawn in the version before,
    by (unit, visit id): they stay where they can.
    """

    seed: int = 0
    nonces: Mapping[str, tuple[str, Commitment]] = field(default_factory=dict)
    was: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    sealed_on: date = date.min
    """The day on which plan and timetable were sealed."""

    def kept(self) -> CrewSeeds:
        """Return these seeds with the promises that were made by the day of the seal and kept."""
        kept = {
            holder: (nonce, promise)
            for holder, (nonce, promise) in self.nonces.items()
            if commitment_of(nonce) == promise.commitment and promise.committed_on <= self.sealed_on
        }
        return replace(self, nonces=kept)


@dataclass(frozen=True, slots=True)
class Revealed:
    """What was revealed for the draw of crews after a plan was sealed: nonces as in `CrewSeeds`, and who had promised a
    number and kept it back.
    """

    sealed_on: date
    nonces: Mapping[str, tuple[str, Commitment]] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Manned:
    """`duty` with a team for each stay (nobody where the day could not be manned), its draws, and cuts for the rest."""

    duty: Duty
    draws: tuple[TeamDraw, ...]
    cuts: tuple[Cut, ...]


def timetable_hash(
    case: Case, visits: Sequence[Visit], stays: Sequence[Stay], start: IntArray, crew: IntArray, plan_hash: str
) -> str:
    """Return the hash of plan and timetable on which every draw of the month rests."""
    rows = [
        [visits[s.visit].id, int(start[s.visit]), case.units[s.unit].id, number]
        for s, number in zip(stays, crew.tolist(), strict=True)
    ]
    return sha256_hex({"plan": plan_hash, "timetable": rows})


def man_month(
    case: Case,
    roster: Roster,
    visits: Sequence[Visit],
    stays: Sequence[Stay],
    start: IntArray,
    crew: IntArray,
    seeds: CrewSeeds,
    plan_hash: str,
) -> Manned:
    """Return the month's teams. `start` [V] and `crew` [Y] are the timetable's; every visit has its start.

    Deterministic: whoever calls it again with the same values gets the same teams, so a stored duty can be replayed.
    Workload is counted in order of date, as far as the days could be manned.
    """
    seeds = seeds.kept()
    timetable = timetable_hash(case, visits, stays, start, crew, plan_hash)
    by_day: dict[tuple[int, int], list[int]] = defaultdict(list)
    for n, stay in enumerate(stays):
        by_day[stay.day, stay.unit].append(n)
    recused: dict[tuple[int, int], list[str]] = defaultdict(list)
    for i, site, day in sorted(roster.recused):
        recused[i, day].append(case.sites[site].id)
    index = {person.id: n for n, person in enumerate(roster.inspectors)}
    worked = [0] * len(roster.inspectors)
    teams: list[tuple[int, ...]] = [()] * len(stays)
    draws, cuts = [], []
    for (day, unit), members in sorted(by_day.items()):
        candidates = [
            Candidate(
                roster.inspectors[i].id,
                (bool(roster.present[i, day, 0]), bool(roster.present[i, day, 1])),
                roster.inspectors[i].skills,
                tuple(recused.get((i, day), ())),
                worked[i],
            )
            for i in roster.of_unit(unit)
        ]
        crews = _crews(case, roster, visits, [(stays[n], int(crew[n])) for n in members], start, seeds)
        request = _request(case, roster, seeds, timetable, day, unit, crews, candidates)
        drawn = draw_teams(request, team_seed(request))
        if isinstance(drawn, Unmanned):
            cuts.append(_cut(case, stays, members, visits, drawn))
            continue
        draws.append(drawn)
        people = {visit: team.inspectors for team in drawn.teams for visit in team.visits}
        for n in members:
            teams[n] = tuple(sorted(index[name] for name in people[visits[stays[n].visit].id]))
            for i in teams[n]:
                worked[i] += stays[n].quarters
    return Manned(Duty(start, crew, tuple(teams)), tuple(draws), tuple(cuts))


def _crews(
    case: Case,
    roster: Roster,
    visits: Sequence[Visit],
    members: Sequence[tuple[Stay, int]],
    start: IntArray,
    seeds: CrewSeeds,
) -> tuple[Crew, ...]:
    by_number: dict[int, list[Stay]] = defaultdict(list)
    for stay, number in members:
        by_number[number].append(stay)
    unit = members[0][0].unit
    people = {roster.inspectors[i].id for i in roster.of_unit(unit)}
    return tuple(
        Crew(
            number,
            all(roster.balanced[t] for stay in crew for t in stay.tasks),
            tuple(
                CrewStay(
                    visits[stay.visit].id,
                    case.sites[stay.site].id,
                    case.sites[stay.site].town,
                    int(start[stay.visit]),
                    stay.quarters,
                    stay.skills,
                    tuple(sorted(people & {*seeds.was.get((case.units[unit].id, visits[stay.visit].id), ())})),
                )
                for stay in crew
            ),
        )
        for number, crew in sorted(by_number.items())
    )


def _request(
    case: Case,
    roster: Roster,
    seeds: CrewSeeds,
    timetable: str,
    day: int,
    unit: int,
    crews: tuple[Crew, ...],
    candidates: Sequence[Candidate],
) -> TeamRequest:
    month, info = f"{case.period[0]:%Y-%m}", case.units[unit]
    agency = info.id if info.id in seeds.nonces else info.parent
    return TeamRequest(
        month=month,
        unit=info.id,
        date=case.days[day],
        agency=agency,
        per_crew=int(roster.per_crew[unit]),
        travel_quarters=roster.travel_quarters,
        timetable_hash=timetable,
        sealed_on=seeds.sealed_on,
        bureau_nonce=_nonce(seeds, BUREAU, month),
        agency_nonce=_nonce(seeds, agency, month),
        crews=crews,
        candidates=tuple(candidates),
        commitments=tuple(seeds.nonces[h][1] for h in (BUREAU, agency) if h in seeds.nonces),
    )


def _nonce(seeds: CrewSeeds, holder: str, month: str) -> str:
    return seeds.nonces[holder][0] if holder in seeds.nonces else uncommitted_nonce(seeds.seed, holder, month)


def _cut(case: Case, stays: Sequence[Stay], members: Sequence[int], visits: Sequence[Visit], failed: Unmanned) -> Cut:
    """Return the cut that asks for one stay less on the unit's day: its load without the shortest of those that failed.

    Where all of those need one skill, the skill's row is cut, so that other work of the unit may stay.
    """
    names = set(failed.visits)
    stuck = [stays[n] for n in members if visits[stays[n].visit].id in names]
    unit = stuck[0].unit
    shared = set.intersection(*(set(s.skills) for s in stuck))
    row, load = unit, sum(stays[n].quarters for n in members)
    shortest = min(s.quarters for s in stuck)
    if shared:
        skill = min(shared)
        row = next(r for r, info in enumerate(case.rows) if (info.unit, info.skill) == (case.units[unit].id, skill))
        charge = {n: _charge(case, stays[n], row) for n in members}
        load = sum(charge.values())
        shortest = min(charge[n] for n in members if visits[stays[n].visit].id in names)
    return Cut(row, stuck[0].day, load - max(1, shortest), "crew", failed.visits, failed.rule)


def _charge(case: Case, stay: Stay, row: int) -> int:
    """Return what a stay loads on a skill's row: set-up once and the items that need the skill."""
    items = [int(case.quarters[t]) for t in stay.tasks if case.skill_row_of[t] == row]
    return sum(items) + int(case.setup[stay.unit]) * bool(items)
