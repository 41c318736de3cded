"""Whether all posts of a day can be filled at once: the question behind every seat that is drawn.

A post is a team wanted at some stays. People are bits of a whole number. Two posts clash if nobody can be at both.
Where the posts clash all with one another and ask for one kind of people, a bipartite matching answers exactly; else a
search with backtracking, pruned by matchings over posts that all clash. The search is bounded in steps, never in
seconds, so that a replay anywhere gives up at the same place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

MAX_STEPS = 5_000
"""Search steps for one unit's day, over all questions that its draw asks."""

Clashes = Sequence[frozenset[int]]
"""For each post the posts that cannot share a person with it."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a team still lacks. `free` are the people who may still join it, `seats` how many more it may have.

    `demands` are (people who count, how many of them are still wanted); one person may count for several.
    """

    free: int
    demands: tuple[tuple[int, int], ...]
    seats: int

    @property
    def filled(self) -> bool:
        return all(count <= 0 for _, count in self.demands)

    def tightest(self) -> tuple[int, int, int]:
        """Return (spare people, those who count, how many are wanted) of the unmet demand with the fewest to spare."""
        return min(
            ((self.free & who).bit_count() - count, self.free & who, count) for who, count in self.demands if count > 0
        )


class Effort:
    """Steps left to the searches of one day. `gave_up` tells of the last question whether it was left undecided."""

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.gave_up = False

    def spend(self) -> bool:
        """Take one step; return whether there was one."""
        self.gave_up = self.gave_up or self.steps <= 0
        self.steps -= not self.gave_up
        return not self.gave_up


def bits(mask: int) -> Iterator[int]:
    """Yield the single bits of `mask`, lowest first."""
    while mask:
        yield mask & -mask
        mask &= mask - 1


def seated(posts: Sequence[Post], clashes: Clashes, n: int, person: int) -> list[Post]:
    """Return the posts after `person` (one bit) has joined post n: taken for it and for all that clash with it."""
    after, post = list(posts), posts[n]
    for m in clashes[n]:
        if after[m].free & person:
            after[m] = Post(after[m].free & ~person, after[m].demands, after[m].seats)
    demands = tuple((who, count - bool(who & person)) for who, count in post.demands)
    after[n] = Post(post.free & ~person, demands, post.seats - 1)
    return after


def complete(posts: Sequence[Post], clashes: Clashes, effort: Effort) -> tuple[int, ...] | None:
    """Return people who fill every post, as one mask a post, or None where nobody can or `effort` ran out.

    `effort.gave_up` then tells which. Posts that clash neither directly nor through others are settled apart.
    """
    effort.gave_up = False
    teams = _greedy(posts, clashes, range(len(posts)))
    if teams is not None:
        return tuple(teams)
    result = [0] * len(posts)
    for connected in _parts(clashes):
        part = [n for n in connected if not posts[n].filled]
        some = _greedy(posts, clashes, part) or _matched_or_searched(posts, clashes, part, effort)
        if some is None:
            return None
        for n in part:
            result[n] = some[n]
    return tuple(result)


def _greedy(posts: Sequence[Post], clashes: Clashes, part: Sequence[int]) -> list[int] | None:
    """Fill the posts of `part`, those with the fewest people first; None proves nothing."""
    now, teams = list(posts), [0] * len(posts)
    for n in sorted(part, key=lambda n: -99 if posts[n].filled else posts[n].tightest()[0]):
        while not now[n].filled:
            spare, people, _ = now[n].tightest()
            if spare < 0 or not now[n].seats:
                return None
            unmet = [who for who, count in now[n].demands if count > 0]
            person = people & -people
            if len(unmet) > 1:
                person = max(bits(people), key=lambda b: sum(bool(who & b) for who in unmet))
            now = seated(now, clashes, n, person)
            teams[n] |= person
    return teams


def _parts(clashes: Clashes) -> Iterator[list[int]]:
    """Yield the connected parts of the clash graph, each in order."""
    seen: set[int] = set()
    for n in range(len(clashes)):
        if n not in seen:
            part, todo = {n}, [n]
            while todo:
                new = clashes[todo.pop()] - part
                part |= new
                todo += sorted(new)
            seen |= part
            yield sorted(part)


def _matched_or_searched(
    posts: Sequence[Post], clashes: Clashes, part: Sequence[int], effort: Effort
) -> list[int] | None:
    all_clash = all(m in clashes[n] for n in part for m in part if m != n)
    if all_clash and all(len(posts[n].demands) == 1 for n in part):
        return _matching(posts, part)
    cliques = sorted({_clique(clashes, n, part) for n in part})
    return _search(list(posts), clashes, part, cliques, effort)


def _clique(clashes: Clashes, n: int, part: Sequence[int]) -> tuple[int, ...]:
    """Return posts that all clash with one another: n and, in order, each that clashes with all before it."""
    clique = [n]
    for m in part:
        if all(m in clashes[k] for k in clique):
            clique.append(m)
    return tuple(sorted(clique))


def _matching(posts: Sequence[Post], clique: Sequence[int]) -> list[int] | None:
    """Return different people for all seats of posts that all clash, each post's tightest demand only; None if none.

    Augmenting paths over a bipartite graph of seats and people.
    """
    wanted = [(n, *posts[n].tightest()[1:]) for n in clique if not posts[n].filled]
    seats = [(n, people) for n, people, count in wanted for _ in range(count)]
    seat_of: dict[int, int] = {}

    def placed(seat: int, tried: list[int]) -> bool:
        for person in bits(seats[seat][1]):
            if tried[0] & person:
                continue
            tried[0] |= person
            if person not in seat_of or placed(seat_of[person], tried):
                seat_of[person] = seat
                return True
        return False

    if not all(placed(seat, [0]) for seat in range(len(seats))):
        return None
    teams = [0] * len(posts)
    for person, seat in seat_of.items():
        teams[seats[seat][0]] |= person
    return teams


def _search(
    posts: list[Post], clashes: Clashes, part: Sequence[int], cliques: Sequence[Sequence[int]], effort: Effort
) -> list[int] | None:
    """Fill the posts of `part` by trying people for the tightest one; None where none fits or the effort is spent."""
    while effort.spend():
        open_posts = [(*posts[n].tightest(), n) for n in part if not posts[n].filled]
        if not open_posts:
            return [0] * len(posts)
        if any(spare < 0 or count > posts[n].seats for spare, _, count, n in open_posts):
            return None
        if any(_matching(posts, clique) is None for clique in cliques):
            return None
        _, people, _, n = min(open_posts, key=lambda row: (row[0], row[3]))
        person = people & -people
        teams = _search(seated(posts, clashes, n, person), clashes, part, cliques, effort)
        if teams is not None:
            teams[n] |= person
            return teams
        # Whoever stands to all posts as this person does would fail in the same place.
        posts[n] = replace(posts[n], free=posts[n].free & ~_twins(posts, person))
    return None


def _twins(posts: Sequence[Post], person: int) -> int:
    """Return the people whom no post tells apart from `person`, who is one of them."""
    alike = -1
    for post in posts:
        for mask in (post.free, *(who for who, _ in post.demands)):
            alike &= mask if mask & person else ~mask
    return alike
