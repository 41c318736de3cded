"""Each visit of fire alone has its reason."""

from __future__ import annotations

from typing import Any

import pytest

from planner.explain.fire_alone import KINDS, FireAlone, fire_alone, told_apart
from tests.operations.test_gate import DAYS, plan_of, small
from tests.tiny import task

FIRST = (DAYS[0], DAYS[0])
EARLY = (DAYS[0], DAYS[1])


def fire(**more: Any) -> Any:
    return task("f", "s0", "f", domain="A03", fire=True, **{"window": EARLY, **more})


def one(*others: Any, listed: bool = False, days: dict[str, int]) -> tuple[FireAlone, ...]:
    case = small(fire(), *others, listed=["s0"] if listed else [])
    return fire_alone(case, plan_of(case, f=0, **days))


@pytest.mark.parametrize(
    ("others", "listed", "days", "kind", "together"),
    [
        ([], False, {}, "nobody", None),
        ([task("x", "s1", "a")], False, {"x": 0}, "nobody", None),
        ([task("x", "s0", "a", unannounced=True)], False, {"x": 2}, "nobody", None),
        ([task("x", "s0", "a", window=(DAYS[2], DAYS[3]))], False, {"x": 2}, "apart", None),
        ([task("x", "s0", "a")], True, {"x": 2}, "not_to_join", None),
        ([task("x", "s0", "a")], False, {"x": 2}, "crews", 1),
        (
            [task("x", "s0", "a"), task("y", "s0", "b", domain="A02", window=(DAYS[2], DAYS[2]))],
            False,
            {"x": 2, "y": 2},
            "crews",
            2,
        ),
        (
            [
                task("x", "s0", "a", window=(DAYS[1], DAYS[2])),
                task("y", "s0", "b", domain="A02", window=(DAYS[2], DAYS[2])),
                task("z", "s0", "f", domain="A03", fire=True, window=FIRST),
            ],
            False,
            {"x": 2, "y": 2, "z": 0},
            "apart",
            None,
        ),
    ],
)
def test_why_fire_comes_alone(
    others: list[Any], listed: bool, days: dict[str, int], kind: str, together: int | None
) -> None:
    (row,) = one(*others, listed=listed, days=days)
    assert (row.kind, row.together) == (kind, together)
    assert row.kind in KINDS
    assert row.zh
    assert told_apart([row]) == {kind: 1}


def test_what_together_costs_is_counted() -> None:
    """Fire and its own other task on the first day; who could come along on the second only has to come with others."""
    case = small(
        fire(),
        task("g", "s0", "f", domain="A03", items=("other",), window=FIRST),
        task("x", "s0", "a", window=(DAYS[1], DAYS[2])),
        task("y", "s0", "b", domain="A02", window=(DAYS[2], DAYS[2])),
    )
    (row,) = fire_alone(case, plan_of(case, f=0, g=0, x=2, y=2))
    assert (row.kind, row.entries, row.together) == ("costs", 2, 3)
    assert "至少入企 3 次" in row.zh


def test_rules_that_keep_fire_alone_are_told() -> None:
    """Who could come along has to come with a third, whose window begins when fire's is over."""
    theme = {"joint_group": "theme"}
    case = small(
        fire(), task("x", "s0", "a", **theme), task("y", "s0", "b", domain="A02", window=(DAYS[2], DAYS[2]), **theme)
    )
    (row,) = fire_alone(case, plan_of(case, f=0, x=2, y=2))
    assert (row.kind, row.entries, row.together) == ("rules", 2, None)
    assert "至少单独到场 1 次" in row.zh


def test_fire_in_company_is_no_row() -> None:
    assert one(task("x", "s0", "a"), days={"x": 0}) == ()
