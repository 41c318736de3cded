"""Drawing inspectors: one unit's teams of one day, at random among all that are lawful, replayable by anyone.

Plan and timetable are fixed and hashed first; the seed is the SHA-256 of both nonces (see `planner.draw.sites`), that
hash, the unit and the date. It puts the unit's inspectors in a random order. Then, crew by crew and seat by seat, the
first in that order goes who is lawful for all that the team does and whose going still lets every other seat of the
day be filled. So chance decides wherever the law leaves a choice, and a day that can be manned is.

A crew keeps one team all day. Where no manning of the day has that, it changes at the break, and where that fails too,
between stays (those who were with the crew before come first). A team is `per_crew` people who all have all skills
asked; where there are none, the smallest team in which `per_crew` people have each skill. These shapes are settled
before anyone is drawn, crew by crew, each time by whether the whole day can still be manned.

Where a published plan gets its next version, those who were drawn for a stay come first for it, and those who were
drawn for others come last: so chance decides anew only for seats that have lost their people.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.draw.manning import Clashes, Effort, Post, complete, seated
from planner.draw.order import Stream, weighted_order
from planner.draw.team_request import TeamRequest, drawn_before, normal_form
from planner.draw.team_shapes import Shape, Unmanned, clashes_of, post_of, settled_shapes, unmanned
from planner.rulebook.registry import Role, implements

ORDER_LABEL = "inspectors"
"""Label of the random numbers that make the order."""

ABSENT, RECUSED, SKILL, TAKEN = "absent", "recused", "skill", "taken"
COMPLETION = "completion"
"""The rest of the day could not be manned any more."""
SEARCH = "search"
"""Whether the rest of the day could still be manned was not settled within the bound of the search."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """An inspector who came before the chosen one in the order, and the condition that bound."""

    inspector: str
    reason: str
    crew: int | None = None
    """For `COMPLETION`: the crew that would be left unfilled."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Who was drawn, and who was passed over before."""

    inspector: str
    passed: tuple[PassedOver, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """The team of a crew at some of its stays, given by visit; `seats` in the order of the draw."""

    crew: int
    visits: tuple[str, ...]
    seats: tuple[Seat, ...]

    @property
    def inspectors(self) -> tuple[str, ...]:
        return tuple(sorted(seat.inspector for seat in self.seats))


@dataclass(frozen=True, slots=True)
class TeamDraw:
    """A drawn day of a unit. `order` are all its inspectors as the seed orders them."""

    request: TeamRequest
    seed: str
    order: tuple[str, ...]
    teams: tuple[Team, ...]


@implements("draw.inspectors", Role.DRAW)
def draw_teams(request: TeamRequest, seed: str) -> TeamDraw | Unmanned:
    """Return the teams that `seed` draws, or why the day cannot be manned.

    The same request, in any order of its parts, gives the same answer. Raises DrawError where it contradicts itself.
    """
    request = normal_form(request)
    effort = Effort()
    shapes = settled_shapes(request, effort)
    if shapes is None:
        return unmanned(request, effort)
    count = len(request.candidates)
    order = weighted_order([1] * count, Stream(seed, ORDER_LABEL).below)
    teams = _Draw(request, shapes, order, effort).teams()
    return TeamDraw(request, seed, tuple(request.candidates[n].id for n in order), teams)


@dataclass(slots=True)
class _Draw:
    """The seats of one day, filled one after the other. `witness` is always a manning of all that is still open."""

    request: TeamRequest
    shapes: list[Shape]
    order: list[int]
    effort: Effort
    posts: list[Post] = field(init=False)
    clashes: Clashes = field(init=False)
    witness: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.posts = [post_of(self.request, s) for s in self.shapes]
        self.clashes = clashes_of(self.request, self.shapes)
        self.witness = complete(self.posts, self.clashes, self.effort) or ()

    def teams(self) -> tuple[Team, ...]:
        """Return the teams, in order of crew and time."""
        before: dict[int, int] = {}
        drawn = []
        for n, shape in enumerate(self.shapes):
            team, seats = 0, []
            order = self._order(shape, before.get(shape.crew.number, 0))
            while not self.posts[n].filled:
                person, seat = self._seat(n, [p for p in order if not team >> p & 1])
                team |= 1 << person
                seats.append(seat)
            before[shape.crew.number] = before.get(shape.crew.number, 0) | team
            drawn.append(Team(shape.crew.number, tuple(s.visit for s in shape.stays), tuple(seats)))
        return tuple(sorted(drawn, key=lambda t: t.crew))

    def _order(self, shape: Shape, before: int) -> list[int]:
        """Return the order for a team: who was drawn for it in the version before, then who was with the crew first,
        those drawn elsewhere then last; then by workload if it may count, then by lot.
        """
        load = [c.quarters if shape.crew.balanced else 0 for c in self.request.candidates]
        names = [c.id for c in self.request.candidates]
        here = drawn_before(shape.stays)
        away = drawn_before(stay for crew in self.request.crews for stay in crew.stays) - here
        return sorted(self.order, key=lambda p: (names[p] not in here, not before >> p & 1, names[p] in away, load[p]))

    def _seat(self, n: int, order: list[int]) -> tuple[int, Seat]:
        passed: list[PassedOver] = []
        for person in order:
            name = self.request.candidates[person].id
            reason = self._bar(n, person)
            if not reason:
                bound = self._bound(n, 1 << person)
                if bound is None:
                    self.posts = seated(self.posts, self.clashes, n, 1 << person)
                    self.witness = tuple(
                        team & ~(1 << person) if m == n else team for m, team in enumerate(self.witness)
                    )
                    return person, Seat(name, tuple(passed))
                passed.append(PassedOver(name, *bound))
            else:
                passed.append(PassedOver(name, reason))
        raise AssertionError("a manning that was known to exist has been lost")

    def _bar(self, n: int, person: int) -> str:
        """Return what bars a candidate from team n without regard to other seats, "" where nothing does."""
        shape, who = self.shapes[n], self.request.candidates[person]
        if any(asked and not there for asked, there in zip(shape.halves, who.present, strict=True)):
            return ABSENT
        if any(stay.site in who.recused for stay in shape.stays):
            return RECUSED
        has = [skill in who.skills for skill in shape.skills]
        if has and not (all(has) if shape.most == self.request.per_crew else any(has)):
            return SKILL
        return "" if self.posts[n].free >> person & 1 else TAKEN

    def _bound(self, n: int, person: int) -> tuple[str, int | None] | None:
        """Return why `person` (one bit) must leave seat n to another, None where the day can still be manned."""
        if self.witness[n] & person:
            return None
        after = seated(self.posts, self.clashes, n, person)
        found = complete(after, self.clashes, self.effort)
        if found is not None:
            self.witness = tuple(team | person if m == n else team for m, team in enumerate(found))
            return None
        if self.effort.gave_up:
            return SEARCH, None
        for last in range(len(after)):
            head = [frozenset(m for m in posts if m <= last) for posts in self.clashes[: last + 1]]
            if complete(after[: last + 1], head, self.effort) is None:
                return COMPLETION, self.shapes[last].crew.number
        raise AssertionError("the whole cannot be manned, but each part of it can")
