"""A field of the case says along which axes it runs; cutting, rebuilding and hashing read that and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from planner.domain.axes import along, axes_of, hashed
from planner.domain.case import Case, SiteInfo
from planner.domain.errors import InputError
from planner.domain.objects import Columns
from planner.operations.recase import with_tasks
from planner.solve.exact.subcase import one_site
from tests.tiny import random_case, task

SEEDS = range(12)
FIELDS = {f.name: axes_of(f) for f in fields(Case)}
HASHED = [name for name, axes in FIELDS.items() if not axes.unhashed]


def sizes(case: Case) -> dict[str, int]:
    """Return the length of each axis."""
    of = {"T": case.n_tasks, "S": len(case.sites), "U": len(case.units), "D": case.n_days, "G": len(case.groups)}
    rows, halves = len(case.rows), len(case.half_rows)
    return {**of, "S+1": len(case.sites) + 1, "K": rows, "H": halves, "R": rows + halves, "P": len(case.parents)}


def shape(value: Any) -> tuple[int, ...]:
    """Return the shape of an array, or the length of a tuple."""
    return value.shape if isinstance(value, np.ndarray) else (len(value),)


def test_a_field_that_does_not_declare_its_axes_is_refused() -> None:
    @dataclass(frozen=True)
    class Grown(Case):
        founded: int = 0

    with pytest.raises(TypeError, match="'founded' does not declare its axes"):
        [axes_of(f) for f in fields(Grown)]


@pytest.mark.parametrize("seed", SEEDS)
def test_fields_have_the_shapes_that_they_declare(seed: int) -> None:
    case = random_case(seed)
    length = sizes(case)
    for of in (case, case.columns):
        for f in fields(of):  # type: ignore[arg-type]
            names = axes_of(f).names
            if names:
                assert shape(getattr(of, f.name)) == tuple(length[a] for a in names), f.name


def test_columns_of_a_site_are_those_of_the_case() -> None:
    case = random_case(3)
    alone = one_site(case, 1, case.plan_capacity)
    for f in fields(Columns):
        if axes_of(f).names == ("T",):
            assert np.array_equal(
                getattr(alone.columns, f.name), getattr(case.columns, f.name)[int(case.start[1]) : int(case.start[2])]
            )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_site_alone_keeps_what_belongs_to_it(seed: int) -> None:
    case = random_case(seed)
    for s in range(len(case.sites)):
        alone, part = one_site(case, s, case.plan_capacity), slice(int(case.start[s]), int(case.start[s + 1]))
        for name, axes in FIELDS.items():
            was, now = getattr(case, name), getattr(alone, name)
            if name in ("site_of", "start"):
                continue
            wanted = was[part] if axes.names[:1] == ("T",) else was[s : s + 1] if axes.names[:1] == ("S",) else was
            assert np.array_equal(now, wanted) if isinstance(was, np.ndarray) else now == wanted, name
        assert alone.start.tolist() == [0, alone.n_tasks]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_case_built_anew_with_one_task_more_keeps_what_it_knew(seed: int) -> None:
    case = random_case(seed)
    site, unit = case.sites[0].id, case.units[0].id
    day = np.full(case.n_tasks, -1, dtype=np.int64)
    grown, _ = with_tasks(case, day, [task("zz", site, unit)])
    same, _ = with_tasks(case, day, [])
    assert same.content_hash() == case.content_hash()
    for n, info in enumerate(case.tasks):
        assert np.array_equal(grown.staffed[[t.id for t in grown.tasks].index(info.id)], case.staffed[n])
    for name in ("setup", "blackout", "listed", "sensitivity", "longest_visit", "capacity", "plan_capacity"):
        assert np.array_equal(getattr(grown, name), getattr(case, name)), name
    assert grown.entries_before == case.entries_before


def other(value: Any) -> Any:
    """Return something of the same kind that is not `value`."""
    if isinstance(value, np.ndarray):
        return ~value if value.dtype == np.bool_ else value + 1
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, str)):
        return value + type(value)(1)
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, tuple):
        return (*value[:-1], other(value[-1])) if value else ((date(2026, 1, 1),),)
    first = next(f.name for f in fields(value) if isinstance(getattr(value, f.name), (int, str)))
    return replace(value, **{first: other(getattr(value, first))})


@pytest.mark.parametrize("name", HASHED)
def test_the_hash_covers_what_does_not_say_otherwise(name: str) -> None:
    case = random_case(4)
    assert replace(case, **{name: other(getattr(case, name))}).content_hash() != case.content_hash()


@pytest.mark.parametrize("name", sorted(FIELDS.keys() - HASHED))
def test_what_the_hash_leaves_out_says_why(name: str) -> None:
    case = random_case(4)
    assert len(FIELDS[name].unhashed) > 20
    if name != "half_rows":
        assert replace(case, **{name: other(getattr(case, name))}).content_hash() == case.content_hash()


@pytest.mark.parametrize("change", [{"name": "改名"}, {"town": "他镇"}, {"lon": 1.0}, {"facts": (("key", "value"),)}])
def test_a_site_that_is_renamed_or_moved_is_another_case(change: dict[str, Any]) -> None:
    case = random_case(4)
    moved = replace(case, sites=(replace(case.sites[0], **change), *case.sites[1:]))
    assert moved.content_hash() != case.content_hash()


def test_where_a_row_stood_is_no_part_of_the_hash() -> None:
    from planner.domain.case import RowRef

    case = random_case(4)
    tasks = tuple(replace(info, rows=(RowRef("filings", n),)) for n, info in enumerate(case.tasks))
    assert replace(case, tasks=tasks).content_hash() == case.content_hash()


def test_a_field_that_keeps_its_default_leaves_hashes_as_they_were() -> None:
    @dataclass(frozen=True)
    class Grown:
        id: str
        founded: str = field(default="", metadata=along())

    assert hashed(Grown("s")) == {"id": "s"}
    assert hashed(Grown("s", "1990")) == {"id": "s", "founded": "1990"}


def test_a_task_of_an_unknown_site_is_still_refused() -> None:
    case = random_case(4)
    with pytest.raises(InputError):
        with_tasks(case, np.full(case.n_tasks, -1), [task("zz", "nowhere", case.units[0].id)])


def test_facts_of_a_site_are_found_by_key() -> None:
    site = SiteInfo("s", "s", "t", "i", 0.0, 0.0).with_facts({"b": 2, "a": "x"})
    assert site.facts == (("a", "x"), ("b", 2))
    assert (site.fact("b"), site.fact("c")) == (2, None)
