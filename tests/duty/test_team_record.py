"""The file of inspectors' draws: nothing in it can be changed unseen, by the library or by the one-file verifier."""

from __future__ import annotations

import copy
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from planner.domain.errors import InputError
from planner.domain.finding import Severity
from planner.domain.hashing import sha256_hex
from planner.draw import manning
from planner.draw import verify_crews_standalone as standalone_module
from planner.draw.inspectors import TeamDraw
from planner.draw.sites import BUREAU, Commitment, commitment_of
from planner.draw.team_record import (
    NOTICES,
    TEAM_FORMAT,
    TEAM_TEXTS,
    TeamProblem,
    is_team_draws,
    read_team_draws,
    verify_team_draws,
    write_team_draws,
)
from planner.solve.day.crew_names import CrewSeeds, man_month
from tests.duty.build import DAYS, person, small_day
from tests.duty.days import TimedDay, timed_days
from tests.pairs import lawful, unlawful
from tests.tiny import task

STANDALONE = Path(standalone_module.__file__)


def month_of_two_days() -> tuple[TeamDraw, ...]:
    """Draws of two units on two days with an absence, a recusal, skills, and workload that counts on the second."""
    people = [person(f"p{n}", "a", *(["电梯"] if n < 3 else [])) for n in range(5)]
    people += [person(f"q{n}", "b") for n in range(3)]
    tasks = [task("t", "r", "a"), task("u", "s", "a", skill="电梯"), task("v", "s", "b", minutes=90)]
    tasks += [task("w", "v", "a", minutes=120), task("x", "w", "b")]
    case, roster, visits = small_day(
        tasks,
        people,
        on={"w": DAYS[1], "x": DAYS[1]},
        away=[("p0", DAYS[0], 0)],
        recused=[("q1", "w", DAYS[1])],
    )
    start = np.zeros(len(visits), dtype=np.int64)
    stays = TimedDay(case, roster, visits, start, start).stays
    crew = np.array([0, 1, 0, 0, 0][: len(stays)], dtype=np.int64)
    promised = {
        h: (n, Commitment(h, commitment_of(n), date(2026, 5, 20))) for h, n in ((BUREAU, "bureau's"), ("a", "agency's"))
    }
    result = man_month(
        case, roster, visits, stays, start, crew, CrewSeeds(3, promised, sealed_on=date(2026, 5, 25)), "plan"
    )
    assert not result.cuts
    return result.draws


def drawn_again(day: TimedDay, seed: int = 2) -> tuple[TeamDraw, ...]:
    """Draw the day once more, those drawn before staying where they can; () where it could not be manned."""
    before = day.manned(1)
    names = [person.id for person in day.roster.inspectors]
    was = {
        (day.case.units[stay.unit].id, day.visits[stay.visit].id): tuple(names[i] for i in team)
        for stay, team in zip(day.stays, before.duty.team, strict=True)
    }
    seeds = CrewSeeds(seed, was=was)
    return man_month(day.case, day.roster, day.visits, day.stays, day.start, day.crew, seeds, "later plan").draws


def codes(found: list[TeamProblem]) -> list[tuple[str, str]]:
    return sorted((p.code, p.draw) for p in found)


def failures(found: list[TeamProblem]) -> set[str]:
    return {p.code for p in found if p.severity is Severity.ERROR}


def rechained(book: Any) -> Any:
    """What a forger who knows the format does: all links anew."""
    book, link = copy.deepcopy(book), sha256_hex(TEAM_FORMAT)
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
def file(tmp_path: Path) -> Path:
    path = tmp_path / "crews.json"
    write_team_draws(path, month_of_two_days())
    return path


@lawful("draw.inspectors")
def test_what_is_written_is_read_and_verifies(file: Path, standalone: ModuleType) -> None:
    draws = month_of_two_days()
    assert is_team_draws(file)
    assert read_team_draws(file) == tuple(sorted(draws, key=lambda d: (d.request.date, d.request.unit)))
    found = verify_team_draws(file)
    assert {(p.code, p.draw[0]) for p in found} == {("uncommitted", "b")}
    assert codes(found) == sorted(standalone.check_file(str(file)))
    done = subprocess.run([sys.executable, "-I", str(STANDALONE), str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "VERIFIED" in done.stdout


def test_workload_of_the_first_day_counts_on_the_second(file: Path) -> None:
    by_day = {d.request.date: d for d in read_team_draws(file) if d.request.unit == "a"}
    assert {c.quarters for c in by_day[DAYS[0]].request.candidates} == {0}
    assert sum(c.quarters for c in by_day[DAYS[1]].request.candidates) == 2 * 4 + 2 * 4
    idle = {c.id for c in by_day[DAYS[1]].request.candidates if not c.quarters}
    assert idle <= set(by_day[DAYS[1]].teams[0].inspectors)


def test_both_verifiers_know_the_same_problems(standalone: ModuleType) -> None:
    assert set(TEAM_TEXTS) == set(standalone.MESSAGES)
    assert set(NOTICES) == standalone.NOTICES
    assert standalone.MAX_STEPS == manning.MAX_STEPS
    assert TeamProblem("order", "a 1").text() == "a 1: 重新抽取的顺序与记录不符"
    assert TeamProblem("order", "a 1", "x").text("en") == "a 1: the replayed order differs: x"


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, (dict, list)) and value:
        for key, child in children:
            yield from leaves(child, (*path, key))
    else:
        yield path


def altered(leaf: Any) -> list[Any]:
    if isinstance(leaf, bool):
        return [not leaf, int(leaf)]
    if isinstance(leaf, int):
        return [leaf + 1, leaf - 1, float(leaf), str(leaf)]
    if isinstance(leaf, str):
        return [leaf + "0", leaf[:-1], 0, None]
    return [[0], "x", {"a": 0}]


def mutants(book: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    for path in leaves(book):
        parent = book
        for key in path[:-1]:
            parent = parent[key]
        for value in altered(parent[path[-1]]):
            changed = copy.deepcopy(book)
            inner = changed
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = value
            yield path, changed


@unlawful("draw.inspectors")
def test_every_single_change_is_found_and_both_verifiers_say_the_same(file: Path, standalone: ModuleType) -> None:
    book = json.loads(file.read_text("utf-8"))
    count = 0
    for path, changed in mutants(book):
        file.write_text(json.dumps(changed), encoding="utf-8")
        found = verify_team_draws(file)
        assert failures(found), path
        assert codes(found) == sorted(standalone.check_file(str(file))), path
        count += 1
    assert count > 500
    with pytest.raises(InputError):
        read_team_draws(file)


@unlawful("draw.inspectors")
def test_a_forger_who_renews_the_chain_is_still_found(file: Path, standalone: ModuleType) -> None:
    """Changed people, order, seeds, nonces or hashes never replay; both verifiers agree on every forgery."""
    book = json.loads(file.read_text("utf-8"))
    for path, changed in mutants(book):
        if path[0] != "draws" or path[-1] == "chain":
            continue
        file.write_text(json.dumps(rechained(changed)), encoding="utf-8")
        found = verify_team_draws(file)
        assert codes(found) == sorted(standalone.check_file(str(file))), path
        assert "chain" not in failures(found)
        if path[2] in ("seed", "order", "teams", "bureau_nonce", "agency_nonce", "timetable_hash", "unit"):
            assert failures(found), path


def test_swapped_people_are_found_as_people(file: Path, standalone: ModuleType) -> None:
    book = json.loads(file.read_text("utf-8"))
    seats = book["draws"][0]["teams"][0]["seats"]
    seats[0], seats[1] = seats[1], seats[0]
    file.write_text(json.dumps(rechained(book)), encoding="utf-8")
    assert failures(verify_team_draws(file)) == {"teams"}
    done = subprocess.run([sys.executable, "-I", str(STANDALONE), str(file)], capture_output=True, text=True)
    assert done.returncode == 1
    assert "FAILED" in done.stdout


def test_a_broken_or_late_promise_and_a_day_drawn_twice_are_found(file: Path, standalone: ModuleType) -> None:
    first = next(d for d in month_of_two_days() if d.request.unit == "a")
    promises = first.request.commitments
    wrong = {
        "commitment": replace(first.request, commitments=(replace(promises[0], commitment="0" * 64), promises[1])),
        "late": replace(first.request, commitments=(promises[0], replace(promises[1], committed_on=DAYS[0]))),
    }
    for code, request in wrong.items():
        write_team_draws(file, [replace(first, request=request)])
        assert failures(verify_team_draws(file)) == {code}
        assert codes(verify_team_draws(file)) == sorted(standalone.check_file(str(file)))
    write_team_draws(file, [first, first])
    assert "repeated" in failures(verify_team_draws(file))
    assert codes(verify_team_draws(file)) == sorted(standalone.check_file(str(file)))


def test_a_promise_broken_or_made_after_the_seal_counts_as_none() -> None:
    sealed = date(2026, 5, 31)
    good = Commitment("a", commitment_of("n"), sealed)
    assert CrewSeeds(1, {"a": ("n", good)}, sealed_on=sealed).kept().nonces == {"a": ("n", good)}
    late = replace(good, committed_on=date(2026, 6, 1))
    assert not CrewSeeds(1, {"a": ("other", good), "b": ("n", late)}, sealed_on=sealed).kept().nonces


def test_a_promise_of_the_day_of_the_seal_counts_and_is_told(file: Path, standalone: ModuleType) -> None:
    first = month_of_two_days()[0]
    request = replace(first.request, sealed_on=first.request.commitments[0].committed_on)
    write_team_draws(file, [replace(first, request=request)])
    assert ("same-day", f"{request.unit} {request.date}") in codes(verify_team_draws(file))
    assert not failures(verify_team_draws(file))
    assert codes(verify_team_draws(file)) == sorted(standalone.check_file(str(file)))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1, "format": 1}', '{"format": "other"}', "\x00"])
def test_what_is_no_such_file_is_said_to_be_none(file: Path, standalone: ModuleType, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    assert not is_team_draws(file)
    assert codes(verify_team_draws(file)) == standalone.check_file(str(file)) == [("file", "")]
    with pytest.raises(InputError):
        verify_team_draws(file.with_name("missing"))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(timed_days(6, 5))
def test_both_verifiers_replay_every_draw(file: Path, standalone: ModuleType, day: TimedDay) -> None:
    result = day.manned(1)
    write_team_draws(file, result.draws)
    assert failures(verify_team_draws(file)) == set()
    assert codes(verify_team_draws(file)) == sorted(standalone.check_file(str(file)))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(timed_days(6, 5))
def test_nobody_new_comes_where_nobody_fell_out_and_both_verifiers_replay_it(
    file: Path, standalone: ModuleType, day: TimedDay
) -> None:
    before, after = day.manned(1).draws, drawn_again(day)
    people = [
        {visit: set(t.inspectors) for d in draws for t in d.teams for visit in t.visits} for draws in (before, after)
    ]
    assert all(people[1][visit] <= were for visit, were in people[0].items())
    write_team_draws(file, after)
    found = verify_team_draws(file)
    assert failures(found) == set()
    assert ("kept" in {p.code for p in found}) == bool(after)
    assert codes(found) == sorted(standalone.check_file(str(file)))


def test_every_change_to_who_was_drawn_before_is_judged_alike(file: Path, standalone: ModuleType) -> None:
    people = [person(f"p{n}") for n in range(5)]
    case, roster, visits = small_day([task("t", "r", "a"), task("u", "s", "a")], people)
    day = TimedDay(case, roster, visits, np.zeros(2, dtype=np.int64), np.array([0, 1], dtype=np.int64))
    write_team_draws(file, drawn_again(day))
    book = json.loads(file.read_text("utf-8"))
    count = 0
    for path, changed in mutants(book):
        if path[2:4] == ("crews", 0) and path[-2:-1] == (6,):  # a name in the stay's last cell
            file.write_text(json.dumps(rechained(changed)), encoding="utf-8")
            found = verify_team_draws(file)
            assert failures(found), changed
            assert codes(found) == sorted(standalone.check_file(str(file)))
            count += 1
    assert count > 4


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(timed_days(6, 5))
def test_both_verifiers_give_up_at_the_same_step(file: Path, standalone: ModuleType, day: TimedDay) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manning, "MAX_STEPS", 2)
        patch.setattr(standalone, "MAX_STEPS", 2)
        result = day.manned(1)
        assert not result.draws or not day.broken(result.duty)
        write_team_draws(file, result.draws)
        assert failures(verify_team_draws(file)) == set()
        assert codes(verify_team_draws(file)) == sorted(standalone.check_file(str(file)))


def test_a_hard_day_passes_people_over_undecided_and_says_so(
    file: Path, standalone: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two skills that nobody has both of, one crew beside: with no steps at all, only the known manning is taken."""
    monkeypatch.setattr(manning, "MAX_STEPS", 3)
    monkeypatch.setattr(standalone, "MAX_STEPS", 3)
    people = [person("a1", "a", "x"), person("a2", "a", "x"), person("b1", "a", "y"), person("b2", "a", "y")]
    people += [person("c1"), person("c2")]
    tasks = [task("t", "r", "a", skill="x"), task("u", "r", "a", skill="y"), task("v", "s", "a")]
    day = small_day(tasks, people, drawn=["filing"])
    start, crew = np.zeros(2, dtype=np.int64), np.array([1, 0], dtype=np.int64)
    reasons = set()
    for seed in range(30):
        result = TimedDay(*day, start, crew).manned(seed)
        assert not result.cuts
        write_team_draws(file, result.draws)
        found = verify_team_draws(file)
        assert failures(found) == set()
        assert codes(found) == sorted(standalone.check_file(str(file)))
        reasons |= {p.code for p in found}
    assert "search" in reasons
