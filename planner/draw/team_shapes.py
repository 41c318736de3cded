"""Which stays share a team, and how large it is: settled before anyone is drawn, by whether the day can be manned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from planner.domain.roster import HALF_QUARTERS
from planner.draw.manning import Clashes, Effort, Post, complete
from planner.draw.team_request import Crew, CrewStay, TeamRequest
from planner.law.rules.people import CREW, ONE_PLACE


@dataclass(frozen=True, slots=True)
class Unmanned:
    """No manning was found: the stays (visit ids) that cannot be manned together, none of them to spare.

    `crew` is the crew of the last of them. `rule` is `crew.enough` where it is one stay, `crew.free` where they take
    each other's people. `proven` is False where the search gave up: then it may be that there is one.
    """

    rule: str
    crew: int
    visits: tuple[str, ...]
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """Stays of a crew that one team of at most `most` people does."""

    crew: Crew
    stays: tuple[CrewStay, ...]
    most: int

    @property
    def skills(self) -> tuple[str, ...]:
        return tuple(sorted({skill for stay in self.stays for skill in stay.skills}))

    @property
    def halves(self) -> tuple[bool, bool]:
        return any(s.halves[0] for s in self.stays), any(s.halves[1] for s in self.stays)


def post_of(request: TeamRequest, shape: Shape) -> Post:
    """Return the post of a shape before anyone has been drawn; bit n is candidate n."""
    sites, skills = {s.site for s in shape.stays}, shape.skills
    first, second = shape.halves
    lawful = [
        sites.isdisjoint(c.recused) and (c.present[0] or not first) and (c.present[1] or not second)
        for c in request.candidates
    ]
    mask = sum(1 << n for n, fits in enumerate(lawful) if fits)
    able = [sum(1 << n for n, c in enumerate(request.candidates) if skill in c.skills) for skill in skills]
    if shape.most == request.per_crew:
        for who in able:
            mask &= who
        return Post(mask, ((mask, request.per_crew),), request.per_crew)
    return Post(mask, tuple((who & mask, request.per_crew) for who in (mask, *able)), shape.most)


def _clash(one: CrewStay, other: CrewStay, travel: int) -> bool:
    """Return whether nobody can be at both stays (rule `crew.free`)."""
    first, second = sorted((one, other), key=lambda s: (s.start, s.end))
    same_half = any(a and b for a, b in zip(one.halves, other.halves, strict=True))
    return second.start < first.end + (travel if same_half and one.town != other.town else 0)


def clashes_of(request: TeamRequest, shapes: list[Shape]) -> Clashes:
    found: list[set[int]] = [set() for _ in shapes]
    for n, one in enumerate(shapes):
        for m, other in enumerate(shapes[:n]):
            if any(_clash(a, b, request.travel_quarters) for a in one.stays for b in other.stays):
                found[n].add(m)
                found[m].add(n)
    return [frozenset(posts) for posts in found]


def _manned(request: TeamRequest, shapes: list[Shape], effort: Effort) -> tuple[int, ...] | None:
    return complete([post_of(request, s) for s in shapes], clashes_of(request, shapes), effort)


def _parts(crew: Crew, travel: int) -> Iterator[tuple[tuple[CrewStay, ...], ...]]:
    """Yield the stays of a crew as one team's, as two teams' that change at the break, and one by one."""
    halves = tuple(
        part for half in (0, 1) if (part := tuple(s for s in crew.stays if (s.start >= HALF_QUARTERS) == bool(half)))
    )
    ways = dict.fromkeys(((crew.stays,), halves, tuple((stay,) for stay in crew.stays)))
    for way in ways:
        if not any(_clash(a, b, travel) for part in way for a, b in pairwise(part)):
            yield way


def settled_shapes(request: TeamRequest, effort: Effort) -> list[Shape] | None:
    """Return the shapes of all teams, crews of random draws first, then by number; None where no manning was found.

    At first each stay may have its own team, of any size that can be needed. Then each crew in turn gets as few people
    and as few changes as some manning of the whole day allows, the later crews still being free.
    """
    crews = sorted(request.crews, key=lambda c: (c.balanced, c.number))
    whole = [Shape(c, c.stays, request.per_crew) for c in crews]
    if not any(own_clash(request, c) for c in crews) and _manned(request, whole, effort) is not None:
        return whole
    loose = {c.number: [Shape(c, (s,), request.per_crew * max(1, len(s.skills))) for s in c.stays] for c in crews}
    settled: list[Shape] = []
    if _manned(request, [s for c in crews for s in loose[c.number]], effort) is None:
        return None
    for n, crew in enumerate(crews):
        later = [s for c in crews[n + 1 :] for s in loose[c.number]]
        best = next(
            (
                shapes
                for shapes in _ways(request, crew)
                if _manned(request, [*settled, *shapes, *later], effort) is not None
            ),
            loose[crew.number],
        )
        for k, shape in enumerate(best):
            for most in range(request.per_crew, shape.most):
                tried = [*best[:k], replace(shape, most=most), *best[k + 1 :]]
                if _manned(request, [*settled, *tried, *later], effort) is not None:
                    best = tried
                    break
        settled += best
    return settled


def own_clash(request: TeamRequest, crew: Crew) -> bool:
    return any(_clash(a, b, request.travel_quarters) for a, b in pairwise(crew.stays))


def _ways(request: TeamRequest, crew: Crew) -> Iterator[list[Shape]]:
    """Yield shapes of a crew, best first: small teams before few changes."""
    skills = {skill for stay in crew.stays for skill in stay.skills}
    for most in range(request.per_crew, request.per_crew * max(1, len(skills)) + 1):
        for way in _parts(crew, request.travel_quarters):
            yield [Shape(crew, part, most) for part in way]


def unmanned(request: TeamRequest, effort: Effort) -> Unmanned:
    """Return stays that cannot be manned together, as few as leaving out one after another gives."""
    proven = not effort.gave_up
    stays = [
        Shape(c, (s,), request.per_crew * max(1, len(s.skills)))
        for c in sorted(request.crews, key=lambda c: (c.balanced, c.number))
        for s in c.stays
    ]
    for shape in list(stays):
        fewer = [s for s in stays if s is not shape]
        if _manned(request, fewer, effort) is None and not effort.gave_up:
            stays, proven = fewer, True
    rule = CREW.id if len(stays) == 1 else ONE_PLACE.id
    return Unmanned(rule, stays[-1].crew.number, tuple(s.stays[0].visit for s in stays), proven)
