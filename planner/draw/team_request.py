"""What the draw of one unit's day depends on, in plain values, and its seed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from planner.domain.hashing import sha256_hex
from planner.domain.roster import HALF_QUARTERS
from planner.draw.sites import BUREAU, Commitment, DrawError, commitment_of


@dataclass(frozen=True, slots=True)
class CrewStay:
    """One stay of a crew: where, from which quarter of the day, how long, and what its items need.

    `was` are those who were drawn for it in the version before, as far as they are candidates still.
    """

    visit: str
    site: str
    town: str
    start: int
    quarters: int
    skills: tuple[str, ...] = ()
    was: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        return self.start + self.quarters

    @property
    def halves(self) -> tuple[bool, bool]:
        """Whether it touches the first and the second half-day."""
        return self.start < HALF_QUARTERS, self.start >= HALF_QUARTERS or self.end > HALF_QUARTERS


@dataclass(frozen=True, slots=True)
class Crew:
    """A crew and its stays. `balanced`: none of its tasks is of a random draw, so workload may steer who goes."""

    number: int
    balanced: bool
    stays: tuple[CrewStay, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An inspector of the unit. `present`: certified and on duty in each half. `quarters`: worked this month so far."""

    id: str
    present: tuple[bool, bool]
    skills: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()
    """Ids of sites where the inspector must not go that day."""
    quarters: int = 0


@dataclass(frozen=True, slots=True)
class TeamRequest:
    """All that the draw of one unit's day depends on. `timetable_hash` is that of plan, starts and crews."""

    month: str
    unit: str
    sealed_on: date
    """The day on which plan and timetable were sealed; commitments count up to it."""
    date: date
    agency: str
    """Holder of the agency's nonce: the unit or the body in whose name it acts."""
    per_crew: int
    travel_quarters: int
    timetable_hash: str
    bureau_nonce: str
    agency_nonce: str
    crews: tuple[Crew, ...]
    candidates: tuple[Candidate, ...]
    commitments: tuple[Commitment, ...] = ()

    @property
    def committed(self) -> bool:
        """Both nonces were promised beforehand."""
        return {c.holder for c in self.commitments} == {BUREAU, self.agency}


def drawn_before(stays: Iterable[CrewStay]) -> set[str]:
    """Return who was drawn for any of `stays` in the version before."""
    return {name for stay in stays for name in stay.was}


def team_seed(request: TeamRequest) -> str:
    """Return the seed (hex) of the draw."""
    nonces = [request.bureau_nonce, request.agency_nonce]
    return sha256_hex([*nonces, request.timetable_hash, request.unit, request.date])


def normal_form(request: TeamRequest) -> TeamRequest:
    """Return `request` sorted; the same request in any order of its parts has the same normal form.

    Raises DrawError where the request contradicts itself.
    """
    who = f"{request.unit} {request.date}"
    stays = [stay for crew in request.crews for stay in crew.stays]

    def require(condition: bool, message: str) -> None:
        if not condition:
            raise DrawError(f"{who}: {message}")

    ids, holders = [c.id for c in request.candidates], [c.holder for c in request.commitments]
    numbers = [crew.number for crew in request.crews]
    require(bool(request.bureau_nonce and request.agency_nonce), "a nonce is empty")
    require(bool(request.unit) and request.agency != BUREAU, "the unit is not named, or its agency is the bureau")
    require(request.per_crew >= 1 and request.travel_quarters >= 0, "a crew of nobody, or a negative travel time")
    require(len(set(ids)) == len(ids), "an inspector is named twice")
    require(len(set(numbers)) == len(numbers) and min(numbers, default=0) >= 0, "a crew's number is twice or negative")
    require(all(crew.stays for crew in request.crews), "a crew without a stay")
    require(len({s.visit for s in stays}) == len(stays), "a visit has two stays of the unit")
    require(all(s.start >= 0 and s.quarters >= 0 for s in stays), "a stay without a start")
    require(drawn_before(stays) <= set(ids), "someone was drawn before who is no candidate")
    require(len(set(holders)) == len(holders), "a holder has committed twice")
    require(set(holders) <= {BUREAU, request.agency}, "a commitment of someone else")
    crews = (
        replace(
            crew,
            stays=tuple(
                replace(s, skills=tuple(sorted(set(s.skills))), was=tuple(sorted(set(s.was))))
                for s in sorted(crew.stays, key=lambda s: (s.start, s.visit))
            ),
        )
        for crew in request.crews
    )
    return replace(
        request,
        crews=tuple(sorted(crews, key=lambda c: c.number)),
        candidates=tuple(
            replace(c, skills=tuple(sorted(set(c.skills))), recused=tuple(sorted(set(c.recused))))
            for c in sorted(request.candidates, key=lambda c: c.id)
        ),
        commitments=tuple(sorted(request.commitments, key=lambda c: c.holder)),
    )


def broken_commitment(request: TeamRequest) -> str:
    """Return who revealed another nonce than the one committed to, "" where nobody did."""
    nonces = {BUREAU: request.bureau_nonce, request.agency: request.agency_nonce}
    return ", ".join(c.holder for c in request.commitments if commitment_of(nonces[c.holder]) != c.commitment)


def late_commitment(request: TeamRequest) -> str:
    """Return who committed only after plan and timetable were sealed, "" where nobody did."""
    return ", ".join(c.holder for c in request.commitments if c.committed_on > request.sealed_on)


def same_day_commitment(request: TeamRequest) -> str:
    """Return who committed on the very day of the seal, "" where nobody did: dates do not tell which came first."""
    return ", ".join(c.holder for c in request.commitments if c.committed_on == request.sealed_on)
