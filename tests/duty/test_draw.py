"""The draw of inspectors: lawful whenever that is possible, by chance where there is a choice, saying what bound."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.draw.inspectors import TeamDraw, draw_teams
from planner.draw.sites import DrawError
from planner.draw.team_request import Candidate, Crew, CrewStay, TeamRequest, normal_form, team_seed
from planner.draw.team_shapes import Unmanned
from tests.duty.days import TimedDay, lawful_mannings, lawful_teams, timed_days
from tests.pairs import lawful, unlawful


def stay(visit: str, start: int, quarters: int = 4, *skills: str, town: str = "A", site: str = "") -> CrewStay:
    return CrewStay(visit, site or f"site of {visit}", town, start, quarters, skills)


def crew(number: int, *stays: CrewStay, balanced: bool = False) -> Crew:
    return Crew(number, balanced, stays)


def someone(
    name: str, *skills: str, am: bool = True, pm: bool = True, not_at: str = "", quarters: int = 0
) -> Candidate:
    return Candidate(name, (am, pm), skills, (f"site of {not_at}",) if not_at else (), quarters)


def request(crews: list[Crew], people: list[Candidate], per_crew: int = 2) -> TeamRequest:
    return TeamRequest(
        "2026-06",
        "u",
        date(2026, 5, 25),
        date(2026, 6, 1),
        "u",
        per_crew,
        2,
        "hash",
        "bureau",
        "unit",
        tuple(crews),
        tuple(people),
    )


def drawn(crews: list[Crew], people: list[Candidate], seed: str = "seed", per_crew: int = 2) -> TeamDraw:
    result = draw_teams(request(crews, people, per_crew), seed)
    assert isinstance(result, TeamDraw), result
    return result


def teams(draw: TeamDraw) -> dict[str, str]:
    """Return the people at each visit, as one text."""
    return {visit: " ".join(team.inspectors) for team in draw.teams for visit in team.visits}


def passed(draw: TeamDraw) -> dict[str, set[tuple[str, int | None]]]:
    found: dict[str, set[tuple[str, int | None]]] = {}
    for team in draw.teams:
        for seat in team.seats:
            for over in seat.passed:
                found.setdefault(over.inspector, set()).add((over.reason, over.crew))
    return found


SEEDS = [f"seed {n}" for n in range(40)]


@lawful("draw.inspectors")
def test_a_crew_keeps_its_team_all_day() -> None:
    people = [someone(f"p{n}") for n in range(6)]
    crews = [crew(0, stay("v", 0), stay("w", 14)), crew(1, stay("x", 0), stay("y", 20))]
    for seed in SEEDS:
        here = teams(drawn(crews, people, seed))
        assert here["v"] == here["w"] != here["x"] == here["y"]


@unlawful("draw.inspectors")
def test_whoever_is_absent_recused_unable_or_taken_is_passed_over_with_the_condition() -> None:
    people = [someone("away", "k", am=False), someone("kin", "k", not_at="v"), someone("unable"), someone("p", "k")]
    people += [someone("q", "k")]
    crews = [crew(0, stay("v", 0, 4, "k")), crew(1, stay("w", 12, 4, site="site of v"), stay("x", 20))]
    seen: dict[str, set[tuple[str, int | None]]] = {}
    for seed in SEEDS:
        draw = drawn(crews, people, seed)
        assert teams(draw)["v"] == "p q"
        first = replace(draw, teams=draw.teams[:1])
        for name, reasons in passed(first).items():
            seen.setdefault(name, set()).update(reasons)
    assert seen["away"] == {("absent", None)}
    assert seen["kin"] == {("recused", None)}
    assert seen["unable"] == {("skill", None)}


@unlawful("draw.inspectors")
def test_a_choice_that_would_leave_another_crew_unfilled_is_passed_over_and_the_crew_is_named() -> None:
    people = [someone("p1", "k"), someone("p2", "k"), someone("p3"), someone("p4")]
    crews = [crew(0, stay("v", 0)), crew(7, stay("w", 0, 4, "k"))]
    bound = set()
    for seed in SEEDS:
        draw = drawn(crews, people, seed)
        assert teams(draw) == {"v": "p3 p4", "w": "p1 p2"}
        bound |= {(n, r, k) for n, reasons in passed(draw).items() for r, k in reasons if r == "completion"}
    assert bound == {("p1", "completion", 7), ("p2", "completion", 7)}


def test_with_half_absences_members_change_at_the_break_and_only_those_who_must() -> None:
    people = [someone("all day"), someone("morning", pm=False), someone("afternoon", am=False)]
    draw = drawn([crew(0, stay("v", 0), stay("w", 6), stay("x", 12))], people)
    assert teams(draw) == {"v": "all day morning", "w": "all day morning", "x": "afternoon all day"}
    assert [team.visits for team in draw.teams] == [("v", "w"), ("x",)]


def test_where_recusal_allows_no_team_for_a_half_members_change_between_stays() -> None:
    people = [someone("p"), someone("q", not_at="v"), someone("r", not_at="w")]
    draw = drawn([crew(0, stay("v", 0), stay("w", 6), stay("x", 12))], people)
    assert {v: t for v, t in teams(draw).items() if v != "x"} == {"v": "p r", "w": "p q"}


def test_a_stay_across_the_break_needs_people_of_both_halves() -> None:
    people = [someone("p"), someone("q"), someone("morning", pm=False), someone("afternoon", am=False)]
    draw = drawn([crew(0, stay("v", 6, 14)), crew(1, stay("w", 20))], [*people, someone("r")])
    assert set(teams(draw)["v"].split()) <= {"p", "q", "r"}
    assert "morning" not in teams(draw)["w"]


def test_all_have_all_skills_where_possible_else_the_smallest_team_has_two_of_each() -> None:
    both = [crew(0, stay("v", 0, 4, "a", "b"))]
    for seed in SEEDS:
        people = [someone("ab1", "a", "b"), someone("ab2", "a", "b"), someone("a", "a"), someone("b", "b")]
        assert teams(drawn(both, people, seed)) == {"v": "ab1 ab2"}
        assert teams(drawn(both, people[1:], seed)) == {"v": "a ab2 b"}
        apart = [someone("a1", "a"), someone("a2", "a"), someone("b1", "b"), someone("b2", "b"), someone("none")]
        assert teams(drawn(both, apart, seed)) == {"v": "a1 a2 b1 b2"}


def test_workload_steers_only_where_no_random_draw_is_concerned() -> None:
    people = [someone(f"p{n}", quarters=10 * (n > 1)) for n in range(8)]
    for seed in SEEDS:
        assert teams(drawn([crew(0, stay("v", 0), balanced=True)], people, seed)) == {"v": "p0 p1"}
    chosen = {teams(drawn([crew(0, stay("v", 0))], people, seed))["v"] for seed in SEEDS}
    assert len(chosen) > 10


def test_random_crews_are_drawn_before_balanced_ones() -> None:
    people = [someone(f"p{n}", quarters=10 * (n > 1)) for n in range(4)]
    crews = [crew(0, stay("v", 0), balanced=True), crew(1, stay("w", 0))]
    chosen = {teams(drawn(crews, people, seed))["w"] for seed in SEEDS}
    assert chosen == {" ".join(pair) for pair in combinations(["p0", "p1", "p2", "p3"], 2)}


@pytest.mark.parametrize(
    ("crews", "people", "rule", "visits"),
    [
        ([crew(3, stay("v", 0)), crew(4, stay("w", 4))], [someone("p"), someone("q", not_at="w")], "crew.enough", "w"),
        (
            [crew(0, stay("v", 0)), crew(1, stay("w", 3))],
            [someone("p"), someone("q"), someone("r")],
            "crew.free",
            "v w",
        ),
        (
            [crew(0, stay("v", 0), stay("x", 12)), crew(1, stay("w", 4, town="B"))],
            [someone("p"), someone("q")],
            "crew.free",
            "v w",
        ),
    ],
)
def test_a_day_that_cannot_be_manned_names_rule_and_stays(
    crews: list[Crew], people: list[Candidate], rule: str, visits: str
) -> None:
    last = next(c.number for c in crews for s in c.stays if s.visit == visits.split()[-1])
    assert draw_teams(request(crews, people), "seed") == Unmanned(rule, last, tuple(visits.split()), True)


def test_one_person_may_serve_two_crews_that_do_not_meet() -> None:
    crews = [crew(0, stay("v", 0)), crew(1, stay("w", 6, town="B")), crew(2, stay("x", 12))]
    assert set(teams(drawn(crews, [someone("p"), someone("q")])).values()) == {"p q"}


@settings(max_examples=150, deadline=None)
@given(timed_days(), st.integers(0, 99))
def test_a_day_is_manned_lawfully_exactly_if_brute_force_can(day: TimedDay, seed: int) -> None:
    mannings = lawful_mannings(day)
    result = day.manned(seed)
    if mannings:
        assert not result.cuts
        assert not day.broken(result.duty)
        assert result.duty.team in mannings
    else:
        assert [cut.stage for cut in result.cuts] == ["crew"]
        cut = result.cuts[0]
        stuck = [n for n, s in enumerate(day.stays) if day.visits[s.visit].id in cut.visits]
        assert cut.rule == ("crew.enough" if len(stuck) == 1 else "crew.free")
        assert (cut.rule == "crew.enough") == any(not lawful_teams(day, n) for n in stuck)
        load = sum(s.quarters for s in day.stays)
        assert cut.limit < load


@settings(max_examples=80, deadline=None)
@given(timed_days(), st.integers(0, 99))
def test_each_seat_has_the_first_who_can_have_it(day: TimedDay, seed: int) -> None:
    """The rule itself, by enumeration, where every crew has one stay: no earlier candidate could be in the team."""
    day = replace(day, crew=np.arange(len(day.stays), dtype=np.int64))
    result = day.manned(seed)
    if not result.draws:
        return
    draw, names = result.draws[0], [i.id for i in day.roster.inspectors]
    crews = sorted(draw.request.crews, key=lambda c: (c.balanced, c.number))
    open_mannings = smallest(lawful_mannings(day), [c.number for c in crews])
    for c in crews:
        team = next(t for t in draw.teams if t.crew == c.number)
        chosen: set[int] = set()
        for seat in team.seats:
            order = [names.index(n) for n in draw.order]
            if c.balanced:
                order.sort(key=lambda i: next(p.quarters for p in draw.request.candidates if p.id == names[i]))
            first = next(
                i for i in order if i not in chosen and any({*chosen, i} <= set(m[c.number]) for m in open_mannings)
            )
            assert names[first] == seat.inspector
            chosen.add(first)
        open_mannings = [m for m in open_mannings if set(m[c.number]) == chosen]
        assert open_mannings


def smallest(mannings: list[tuple[tuple[int, ...], ...]], crews: list[int]) -> list[tuple[tuple[int, ...], ...]]:
    """Return the mannings with the smallest teams, crew after crew."""
    for k in crews:
        least = min(len(m[k]) for m in mannings)
        mannings = [m for m in mannings if len(m[k]) == least]
    return mannings


@settings(max_examples=60, deadline=None)
@given(timed_days(), st.randoms(use_true_random=False))
def test_the_order_in_which_people_and_crews_are_named_does_not_matter(day: TimedDay, random: Random) -> None:
    draws = day.manned().draws
    for draw in draws:
        people, crews = list(draw.request.candidates), list(draw.request.crews)
        random.shuffle(people)
        random.shuffle(crews)
        shuffled = replace(draw.request, candidates=tuple(people), crews=tuple(crews))
        assert draw_teams(shuffled, team_seed(shuffled)) == draw


def test_every_lawful_pair_is_drawn_about_equally_often() -> None:
    people = [someone(f"p{n}") for n in range(5)] + [someone("away", am=False)]
    count = Counter(teams(drawn([crew(0, stay("v", 0))], people, f"{n}"))["v"] for n in range(1000))
    assert len(count) == 10
    assert all(60 < times < 145 for times in count.values())


def test_a_large_and_hopeless_day_ends_soon_and_says_whether_it_is_proven() -> None:
    """Twelve crews in towns apart, people with odd skills and recusals: much search, but bounded."""
    random = Random(5)
    crews = [
        crew(
            k, *(stay(f"v{k}{n}", q, 3 + n, *random.sample("abc", n), town="ABC"[n]) for n, q in enumerate((0, 5, 13)))
        )
        for k in range(12)
    ]
    people = [
        someone(f"p{n}", *random.sample("abc", random.choice([0, 1, 2])), not_at=f"v{n % 12}0") for n in range(26)
    ]
    result = draw_teams(request(crews, people), "seed")
    assert isinstance(result, Unmanned)


def test_a_request_that_contradicts_itself_is_refused() -> None:
    good = request([crew(0, stay("v", 0))], [someone("p"), someone("q")])
    bad = [
        replace(good, agency_nonce=""),
        replace(good, agency="bureau"),
        replace(good, per_crew=0),
        replace(good, candidates=(someone("p"), someone("p"))),
        replace(good, crews=(crew(0, stay("v", 0)), crew(0, stay("w", 0)))),
        replace(good, crews=(crew(-1, stay("v", 0)),)),
        replace(good, crews=(crew(0),)),
        replace(good, crews=(crew(0, stay("v", 0), stay("v", 6)),)),
        replace(good, crews=(crew(0, stay("v", -1)),)),
    ]
    normal_form(good)
    for wrong in bad:
        with pytest.raises(DrawError):
            normal_form(wrong)


def test_who_was_drawn_in_the_version_before_stays_and_only_the_empty_seat_is_drawn() -> None:
    people = [someone(f"p{n}") for n in range(7)]
    crews = [crew(0, stay("v", 0), stay("w", 14)), crew(1, stay("x", 0)), crew(2, stay("y", 0), balanced=True)]
    came = set()
    for seed in SEEDS:
        before = teams(drawn(crews, people, seed))
        again = [
            replace(c, stays=tuple(replace(s, was=tuple(before[s.visit].split())) for s in c.stays)) for c in crews
        ]
        assert teams(drawn(again, [replace(p, quarters=n) for n, p in enumerate(people)], f"other {seed}")) == before
        gone, stays = before["v"].split()
        left = [replace(p, present=(p.id != gone, True)) for p in people]
        after = teams(drawn(again, left, f"other {seed}"))
        (new,) = {p.id for p in people} - set(" ".join(before.values()).split())
        assert after == {**before, **dict.fromkeys(("v", "w"), " ".join(sorted((stays, new))))}
        came.add(new)
    assert len(came) > 1


def test_who_was_drawn_elsewhere_comes_where_nobody_else_is_left() -> None:
    people = [someone(f"p{n}", am=n > 0) for n in range(4)]
    crews = [crew(0, replace(stay("v", 0), was=("p0", "p1"))), crew(1, replace(stay("x", 14), was=("p2", "p3")))]
    for seed in SEEDS:
        after = teams(drawn(crews, people, seed))
        assert set(after["v"].split()) in ({"p1", "p2"}, {"p1", "p3"})
        assert after["x"] == "p2 p3"


def test_someone_drawn_before_has_to_be_a_candidate() -> None:
    with pytest.raises(DrawError, match="no candidate"):
        normal_form(request([crew(0, replace(stay("v", 0), was=("gone",)))], [someone("p"), someone("q")]))
