"""The draws file: nothing in it can be changed without being found, by the library and by the one-file verifier."""

from __future__ import annotations

import copy
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.errors import InputError
from planner.domain.finding import Severity
from planner.domain.hashing import sha256_hex
from planner.draw import verify_standalone as standalone_module
from planner.draw.record import (
    FORMAT,
    TEXTS,
    DrawProblem,
    read_draws,
    record_from_json,
    record_to_json,
    verify_draws,
    write_draws,
)
from planner.draw.sites import DrawError, DrawRecord, ReplacementReason, draw_sites, next_reserve
from tests.draw.build import grades, request
from tests.pairs import lawful, unlawful

STANDALONE = Path(standalone_module.__file__)
NO_TRACE_BUT_THE_CHAIN = {"committed_on", "reason"}
"""Fields that another lawful value could stand in, so that only the published chain hash tells."""


def records() -> list[DrawRecord]:
    """Three draws: one weighted by grade with a replacement, one without committed nonces, one with sites that come
    last.
    """
    first = draw_sites(request(grades(A=3, D=4), {"*": 3000, "D": 5000}, reserves=2, weights={"A": 3}))
    second = draw_sites(request({"甲": "绿", "乙": "绿"}, {"绿": 5000}, number=2, committed=False))
    third = draw_sites(request(grades(A=4), {"A": 5000}, number=3, last=("A00", "A02")))
    return [next_reserve(first, first.strata[1].drawn[0], "closed"), second, third]


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every leaf; an empty list or object is one."""
    inner: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(value, dict):
        inner = iter(value.items())
    elif isinstance(value, list):
        inner = iter(enumerate(value))
    if isinstance(value, (dict, list)) and value:
        for key, child in inner:
            yield from leaves(child, (*path, key))
    else:
        yield path


def altered(leaf: Any) -> list[Any]:
    """Other values for `leaf`: of its own type, lawful in form where that is possible, and of other types."""
    if isinstance(leaf, bool):
        return [not leaf, int(leaf), None]
    if isinstance(leaf, int):
        return [leaf + 1, leaf - 1, float(leaf), str(leaf), None]
    if isinstance(leaf, str):
        swaps = [
            reason.value for reason in ReplacementReason if leaf in set(ReplacementReason) and leaf != reason.value
        ]
        dates = {"2026-05-20": ["2026-05-19", "2026-05-26"], "2026-05-25": ["2026-05-24"]}.get(leaf, [])
        return [leaf + "0", leaf[:-1], leaf.swapcase() if leaf.swapcase() != leaf else "x", 0, None, *swaps, *dates]
    return [[0], {"a": 0}, None]


def mutants(book: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    for path in leaves(book):
        node = book
        for key in path:
            node = node[key]
        for value in altered(node):
            yield path, with_value(book, path, lambda parent, key, value=value: parent.__setitem__(key, value))


def with_value(book: Any, path: tuple[str | int, ...], change: Callable[[Any, Any], None]) -> Any:
    changed = copy.deepcopy(book)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    change(parent, path[-1])
    return changed


def rechained(book: Any) -> Any:
    """What a forger who knows the format does: all links anew."""
    book, link = copy.deepcopy(book), sha256_hex(FORMAT)
    for draw in book["draws"]:
        link = sha256_hex([link, {key: value for key, value in draw.items() if key != "chain"}])
        draw["chain"] = link
    return {**book, "chain_hash": link}


@pytest.fixture(scope="module")
def standalone() -> ModuleType:
    """The verifier loaded from its file alone."""
    spec = importlib.util.spec_from_file_location("copied_away", STANDALONE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def draws(tmp_path: Path) -> Path:
    path = tmp_path / "draws.json"
    write_draws(path, records())
    return path


def found(path: Path) -> list[tuple[str, str]]:
    return sorted((p.code, p.draw_id) for p in verify_draws(path))


def failures(path: Path) -> list[DrawProblem]:
    return [p for p in verify_draws(path) if p.severity is Severity.ERROR]


def put(path: Path, book: Any) -> Path:
    path.write_text(json.dumps(book), "utf-8")
    return path


@lawful("draw.ratio")
def test_an_honest_file_verifies_and_comes_back(draws: Path) -> None:
    assert found(draws) == [("uncommitted", "D-2")]
    assert read_draws(draws) == tuple(records())
    assert [record_from_json(record_to_json(r)) for r in records()] == records()
    assert json.loads(draws.read_text("utf-8"))["chain_hash"] == write_draws(draws, records()[::-1])
    assert list(draws.parent.iterdir()) == [draws]


@unlawful("draw.ratio")
def test_every_change_of_every_leaf_is_found(draws: Path, standalone: ModuleType) -> None:
    book = json.loads(draws.read_text("utf-8"))
    count = 0
    for path, mutant in mutants(book):
        put(draws, mutant)
        assert failures(draws), path
        assert failing(standalone.check_file(str(draws))), path
        count += 1
    assert count > 300


def failing(pairs: list[tuple[str, str]]) -> set[str]:
    return {code for code, _ in pairs} - {"uncommitted"}


@unlawful("draw.ratio")
def test_a_forger_who_renews_the_chain_is_found_by_the_replay(draws: Path, standalone: ModuleType) -> None:
    book = json.loads(draws.read_text("utf-8"))
    silent = set()
    for path, mutant in mutants(book):
        if rechained(mutant) != book:
            put(draws, rechained(mutant))
            if not failures(draws):
                silent.add(path[-1])
            assert found(draws) == sorted(standalone.check_file(str(draws))), path
    assert silent == NO_TRACE_BUT_THE_CHAIN


def test_a_forger_gets_the_same_words_from_both_verifiers(draws: Path, standalone: ModuleType) -> None:
    book = json.loads(draws.read_text("utf-8"))
    for path, mutant in mutants(book):
        put(draws, mutant)
        assert found(draws) == sorted(standalone.check_file(str(draws))), path


@pytest.mark.parametrize(
    ("path", "value", "codes"),
    [
        (("draws", 0, "frame", 0, 1), "C", {"list"}),
        (("draws", 0, "frame", 0, 2), 1, {"list", "order", "drawn"}),
        (("draws", 0, "ratio", "D"), 2500, {"list", "drawn", "replacement"}),
        (("draws", 0, "bureau_nonce"), "luckier", {"commitment", "seed"}),
        (("draws", 0, "commitments", 0, "commitment"), "00", {"commitment"}),
        (("draws", 0, "commitments", 1, "committed_on"), "2026-05-25", {"late"}),
        (("draws", 0, "list_hash"), "00", {"list", "seed"}),
        (("draws", 0, "order_hash"), "00", {"order"}),
        (("draws", 0, "strata", 0, "drawn", 0), "A02", {"drawn"}),
        (("draws", 0, "replacements", 0, "reason"), "friend", {"replacement"}),
        (("draws", 0, "committed"), False, {"form"}),
        (("draws", 1, "draw_id"), "D-1", {"list", "repeated"}),
    ],
)
def test_a_change_is_reported_where_it_was_made(
    draws: Path, standalone: ModuleType, path: tuple[str | int, ...], value: Any, codes: set[str]
) -> None:
    book = json.loads(draws.read_text("utf-8"))
    book = with_value(book, path, lambda parent, key: parent.__setitem__(key, value))
    put(draws, rechained(book))
    seen = {p.code for p in failures(draws)}
    assert seen == codes
    assert seen == failing(standalone.check_file(str(draws)))


@pytest.mark.parametrize("change", ["drop", "swap", "add", "repeat", "unsort", "extra field", "repeated key"])
def test_changes_of_structure_are_found(draws: Path, standalone: ModuleType, change: str) -> None:
    book = json.loads(draws.read_text("utf-8"))
    first = book["draws"][0]
    text = ""
    if change == "drop":
        del book["draws"][1]
    elif change == "swap":
        book["draws"].reverse()
    elif change == "add":
        first["frame"].append(["A99", "A", 1])
    elif change == "repeat":
        book = rechained({**book, "draws": [*book["draws"], first]})
    elif change == "unsort":
        first["frame"].reverse()
        book = rechained(book)
    elif change == "extra field":
        first["note"] = "all is well"
        book = rechained(book)
    else:
        text = json.dumps(book).replace('"draw_id": "D-1"', '"draw_id": "D-9", "draw_id": "D-1"')
    draws.write_text(text or json.dumps(book), "utf-8")
    assert failures(draws)
    assert found(draws) == sorted(standalone.check_file(str(draws)))


def test_a_second_draw_of_the_same_filing_and_month_is_found(draws: Path, standalone: ModuleType) -> None:
    """Drawing again until the result pleases."""
    first, second, _ = records()
    again = replace(request(grades(A=5), {"A": 5000}, number=3), filing_id="F-1")
    write_draws(draws, [first, second, draw_sites(again)])
    assert [(p.code, p.draw_id) for p in failures(draws)] == [("repeated", "D-3")]
    assert found(draws) == sorted(standalone.check_file(str(draws)))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b'"x"', b"\xff\xfe", b"{}", b'{"draws": 3}', b"[" * 100_000, b'{"a":"\\ud800"}']
)
def test_what_is_no_draws_file_is_said_to_be_none(tmp_path: Path, standalone: ModuleType, data: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(data)
    assert found(path) == standalone.check_file(str(path)) == [("file", "")]
    with pytest.raises(InputError, match="not a draws file"):
        read_draws(path)


def test_a_missing_file_cannot_be_verified(tmp_path: Path, standalone: ModuleType) -> None:
    with pytest.raises(InputError):
        verify_draws(tmp_path / "none.json")
    assert standalone.check_file(str(tmp_path / "none.json")) == [("file", "")]


def test_an_altered_record_is_not_read(draws: Path) -> None:
    value = record_to_json(records()[0])
    with pytest.raises(DrawError, match="seed"):
        record_from_json({**value, "seed": "00"})
    with pytest.raises(DrawError, match="lacks"):
        record_from_json({})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_value_anywhere_is_found_without_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("draws") / "draws.json"
    write_draws(path, records())
    book = json.loads(path.read_text("utf-8"))
    where = data.draw(st.sampled_from(sorted(leaves(book), key=str)))
    depth = data.draw(st.integers(1, len(where)))
    value = data.draw(json_values)
    mutant = with_value(book, where[:depth], lambda parent, key: parent.__setitem__(key, value))
    put(path, mutant)
    assert failures(path) or json.dumps(mutant, sort_keys=True) == json.dumps(book, sort_keys=True)
    assert (failures(path) == []) == (not failing(standalone_module.check_file(str(path))))


def test_the_copied_verifier_runs_alone_and_agrees(tmp_path: Path, draws: Path) -> None:
    """Copied away and run with -I (no planner on the path, no environment)."""
    copied = tmp_path / "verify_standalone.py"
    copied.write_bytes(STANDALONE.read_bytes())
    forged = tmp_path / "forged.json"
    book = json.loads(draws.read_text("utf-8"))
    book["draws"][0]["strata"][0]["drawn"][0] = "A01"
    put(forged, book)

    def run(*paths: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(copied), *map(str, paths)]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=tmp_path)

    good = run(draws)
    assert (good.returncode, good.stderr) == (0, "")
    assert "[uncommitted] D-2" in good.stdout
    assert "核验通过 / VERIFIED" in good.stdout
    bad = run(draws, forged)
    assert (bad.returncode, bad.stderr) == (1, "")
    assert f"{forged}: 不符 / FAILED" in bad.stdout
    assert all(f"[{p.code}] {p.draw_id}" in bad.stdout for p in verify_draws(forged))
    assert run().returncode == 1


def test_the_verifier_imports_nothing_but_the_standard_library() -> None:
    imported = [
        line.split()[1] for line in STANDALONE.read_text("utf-8").splitlines() if line.startswith(("import", "from"))
    ]
    assert imported
    assert set(imported) <= sys.stdlib_module_names


def test_problems_have_words_in_both_languages_and_both_verifiers() -> None:
    assert standalone_module.MESSAGES.keys() == TEXTS.keys()
    assert "种子" in DrawProblem("seed", "D-1").text()
    assert DrawProblem("seed", "D-1", "seed").text("en").startswith("D-1: the seed")
