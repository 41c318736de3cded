"""Rule `draw.fixed`: drawn sites reach the planner, unchanged."""

from __future__ import annotations

from planner.draw.kept import check_drawn_kept
from planner.draw.sites import draw_sites, next_reserve
from planner.rulebook.registry import REGISTER, Role
from tests.draw.build import grades, request
from tests.pairs import lawful, unlawful

RECORD = draw_sites(request(grades(A=10), {"A": 3000}, reserves=2))
OTHER = draw_sites(request(grades(B=4), {"B": 5000}, number=2))
UNDRAWN = next(
    iter({site for site, _ in RECORD.request.frame} - {*RECORD.drawn, *(r.site_id for r in RECORD.reserves)})
)


def codes(sites: set[str]) -> list[tuple[str, str]]:
    return [(p.code, p.site_id) for p in check_drawn_kept([RECORD], {"F-1": sites})]


@lawful("draw.fixed")
def test_exactly_the_drawn_sites_is_lawful() -> None:
    assert check_drawn_kept([RECORD, OTHER], {"F-1": RECORD.drawn, "F-2": OTHER.drawn}) == []


@lawful("draw.fixed")
def test_a_closed_firm_s_reserve_in_its_place_is_lawful() -> None:
    replaced = next_reserve(RECORD, RECORD.drawn[0], "closed")
    sites = {*RECORD.drawn[1:], replaced.reserves[0].site_id}
    assert check_drawn_kept([replaced], {"F-1": sites}) == []
    assert codes(sites) == [("dropped", RECORD.drawn[0]), ("swapped", replaced.reserves[0].site_id)]


@unlawful("draw.fixed")
def test_dropping_adding_and_swapping_are_found() -> None:
    drawn = set(RECORD.drawn)
    first, reserve = RECORD.drawn[0], RECORD.reserves[0].site_id
    assert codes(drawn - {first}) == [("dropped", first)]
    assert codes(drawn | {UNDRAWN}) == [("added", UNDRAWN)]
    assert codes(drawn | {reserve}) == [("swapped", reserve)]
    assert codes(drawn - {first} | {UNDRAWN}) == [("dropped", first), ("added", UNDRAWN)]


@unlawful("draw.fixed")
def test_a_replaced_site_that_is_visited_all_the_same_is_found() -> None:
    replaced = next_reserve(RECORD, RECORD.drawn[0], "closed")
    sites = {*RECORD.drawn, replaced.reserves[0].site_id}
    problems = check_drawn_kept([replaced], {"F-1": sites})
    assert [(p.code, p.site_id) for p in problems] == [("swapped", RECORD.drawn[0])]
    assert RECORD.drawn[0] in problems[0].text()
    assert "swapped" in problems[0].text("en")


@unlawful("draw.fixed")
def test_a_filing_without_its_draw_or_its_tasks_is_found() -> None:
    problems = check_drawn_kept([OTHER], {"F-1": {"A00"}})
    assert [(p.code, p.filing_id) for p in problems] == [("added", "F-1"), ("dropped", "F-2"), ("dropped", "F-2")]


def test_both_rules_are_registered() -> None:
    assert REGISTER["draw.ratio", Role.DRAW] == ["planner.draw.sites.draw_sites"]
    assert REGISTER["draw.fixed", Role.DRAW] == ["planner.draw.kept.check_drawn_kept"]
