"""Scenario files are read strictly: what is wrong is told with its line and the nearest known key."""

from __future__ import annotations

import pytest

from planner.domain.errors import InputError
from planner.service.whatif.scenario import scenarios_of

HEAD = "format: whatif/1\nname: one\ntitle: 一个情景\nchanges:\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + "  - capcity: {unit: A, crews: 1}\n", ("第 5 行", "capacity")),
        (HEAD + "  - capacity: {unit: A, crew: 1}\n", ("第 5 行", "crews")),
        (HEAD + "  - capacity:\n      unit: A\n      crews: many\n", ("第 7 行", "crews")),
        (HEAD + "  - refusals: {}\n", ("第 5 行", "share_percent")),
        (HEAD + "  - refusals: {share_percent: 130}\n", ("第 5 行", "share_percent")),
        (HEAD + "  - refusals: {share_percent: 10}\n    grades: {steps: 1}\n", ("第 5 行", "只写一类")),
        ("name: one\nname: two\ntitle: t\nchanges: []\n", ("第 2 行", "两次")),
        ("name: one\n名称: two\ntitle: t\nchanges: []\n", ("第 2 行", "两次")),
        ("name: one\nchanges: []\n", ("title",)),
        ("- 1\n- 2\n", ("键",)),
        ("name: [\n", ("YAML",)),
        ("", ("键",)),
        ("a: &a [1]\nb: [*a, *a]\n", ("别名",)),
        ("name: one\n? [1, 2]\n: 3\n", ("第 2 行", "键")),
        ("name: ../one\ntitle: t\nchanges: []\n", ("第 1 行", "name")),
        (HEAD + "  - people: {unit: A, from: 2026-13-01, to: 2026-06-02}\n", ("第 5 行", "from")),
        ("name: one\ntitle: t\nchanges: []\nformat: whatif/9\n", ("第 4 行", "format")),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, told: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as error:
        scenarios_of(text)
    for part in told:
        assert part in str(error.value)


def test_chinese_keys_read_as_english_ones() -> None:
    zh = scenarios_of("名称: one\n标题: t\n改动:\n  - 能力: {主体: A, 班组: 2}\n")
    en = scenarios_of("name: one\ntitle: t\nchanges:\n  - capacity: {unit: A, crews: 2}\n")
    assert zh == en


def test_lists_of_numbers_make_a_grid_and_draws_repeat() -> None:
    found = scenarios_of(HEAD + "  - capacity: {unit: A, crews: [0, 1, 2]}\n  - refusals: {share_percent: [10, 30]}\n")
    assert len(found) == 6
    assert len({one.name for one in found}) == 6
    drawn = scenarios_of("name: one\ntitle: t\ndraws: 3\nchanges:\n  - refusals: {share_percent: 10}\n")
    assert [one.draw for one in drawn] == [0, 1, 2]
    with pytest.raises(InputError, match="情景过多"):
        scenarios_of(HEAD + f"  - capacity: {{unit: A, crews: {list(range(501))}}}\n")


@pytest.mark.parametrize("text", ["a: " + "[" * 60_000, "- " * 5_000 + "a"])
def test_what_is_nested_too_deep_is_refused_before_it_is_read(text: str) -> None:
    with pytest.raises(InputError, match="第 1 行：层次过深"):
        scenarios_of(text)


def test_a_grid_that_multiplies_too_far_is_refused_before_it_is_made() -> None:
    many = list(range(1_000))
    text = f"name: x\ntitle: x\nchanges:\n  - capacity: {{unit: U, crews: {many}, inspectors: {many}}}\n"
    with pytest.raises(InputError, match="情景过多（1000000"):
        scenarios_of(text)
