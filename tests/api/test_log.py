"""The log: one chain whatever happens at once; every change, gap and reorder is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.store import Store, log
from api.store.database.engine import Tx

Values = list[dict[str, Any]]


def write(store: Store, number: int, **more: Any) -> log.Head:
    with store.write() as tx:
        return log.append(tx, "li", "plan.publish", f"plan:{number}", {"plan_hash": "ab", "n": number}, **more)


@pytest.fixture
def six(store: Store) -> Store:
    """A log of six entries, and a reserved one between its third and its fourth."""
    for number in range(1, 7):
        write(store, number)
        if number == 3:
            write(store, 33, reserved=True, agency_id="HBJ")
    return store


def test_what_was_done_is_in_it_and_it_verifies(six: Store) -> None:
    assert log.verify_log(six) == []
    first = log.entries(six, limit=1)[0]
    assert (first["seq"], first["who"], first["what"], first["object"]) == (1, "li", "plan.publish", "plan:1")
    assert first["grounds"] == {"plan_hash": "ab", "n": 1}
    assert first["at"].endswith("+00:00")
    assert log.head_of(six).seq == 6


def test_a_clock_that_is_set_back_hides_no_entry_from_who_follows(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A follower asks for what comes after the last entry that he has: also an hour that comes a second time."""
    write(store, 1)
    write(store, 2, reserved=True, agency_id="HBJ")
    true = Tx.now
    monkeypatch.setattr(Tx, "now", lambda tx: true(tx) - timedelta(hours=1))
    seen = log.place_of(log.entries(store)[-1])
    write(store, 3)
    write(store, 4, reserved=True, agency_id="HBJ")
    monkeypatch.setattr(Tx, "now", true)
    write(store, 5)
    everything = log.entries(store, reserved=True)
    assert sorted(entry["object"] for entry in everything) == [f"plan:{n}" for n in range(1, 6)]
    later = [entry["object"] for entry in log.entries(store, after=seen)]
    assert later == ["plan:3", "plan:5"]
    by = {entry["object"]: entry for entry in everything}
    assert by["plan:3"]["at"] == by["plan:1"]["at"]  # the open chain goes on from its own last entry
    assert by["plan:4"]["at"] >= by["plan:2"]["at"]
    assert by["plan:3"]["grounds"]["clock"] < by["plan:3"]["at"]  # what the clock said is kept
    assert "clock" not in by["plan:5"]["grounds"]
    assert log.verify_log(store) == []


def test_writers_at_once_make_one_chain(store: Store) -> None:
    def ten(_: int) -> None:
        own = Store(store.url, pool=1, busy_seconds=60)
        for number in range(10):
            write(own, number)
        own.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ten, range(8)))
    assert log.head_of(store).seq == 80
    assert log.verify_log(store) == []


def test_an_entry_goes_with_what_it_records(store: Store) -> None:
    def spoiled() -> None:
        with store.write() as tx:
            log.append(tx, "li", "x", "y")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spoiled()
    assert log.head_of(store) == log.Head()
    assert log.verify_log(store) == []


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_it_is_written_only_when_alone(store: Store) -> None:
    with store.write(alone=False) as tx, pytest.raises(RuntimeError):
        log.append(tx, "li", "x", "y")


@pytest.mark.parametrize("grounds", [{"password": "x"}, {"deep": [{"api_token": "x"}]}, {"Nonce": "x"}])
def test_secrets_are_refused(store: Store, grounds: dict[str, Any]) -> None:
    with store.write() as tx, pytest.raises(ValueError, match="does not belong"):
        log.append(tx, "li", "x", "y", grounds)


@pytest.mark.parametrize("statement", ["UPDATE log SET who = 'x'", "DELETE FROM log WHERE seq = 6"])
def test_the_database_refuses_to_change_it(six: Store, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), six.write() as tx:
        tx.run(text(statement))


TAMPERING = {
    "who": ("UPDATE log SET who = 'wang' WHERE seq = 2", "content"),
    "grounds": ("UPDATE log SET grounds = '[9]' WHERE seq = 2", "content"),
    "grounds no json": ("UPDATE log SET grounds = 'x' WHERE seq = 2", "content"),
    "time": ("UPDATE log SET at = '2020-01-01T00:00:00.000000+00:00' WHERE seq = 2", "content"),
    "mark": ("UPDATE log SET reserved = NOT reserved WHERE seq = 2", "content"),
    "digest": ("UPDATE log SET digest = hash WHERE seq = 2", "content"),
    "hash": ("UPDATE log SET hash = digest WHERE seq = 2", "hash"),
    "prev": ("UPDATE log SET prev = digest WHERE seq = 2", "link"),
    "first deleted": ("DELETE FROM log WHERE seq = 1", "gap"),
    "deleted": ("DELETE FROM log WHERE seq = 3", "gap"),
    "last deleted": ("DELETE FROM log WHERE seq = 6", "head"),
    "all deleted": ("DELETE FROM log", "head"),
    "order": ("UPDATE log SET seq = CASE seq WHEN 2 THEN 13 ELSE 2 END WHERE seq IN (2)", "gap"),
    "head": ("UPDATE log_head SET seq = 5 WHERE id = 1", "head"),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_in_the_database_is_found(six: Store, name: str) -> None:
    statement, code = TAMPERING[name]
    with six.write() as tx:
        if six.on_postgresql:
            tx.run(text("DROP TRIGGER log_no_change ON log"))
        else:
            tx.run(text("DROP TRIGGER log_no_update"))
            tx.run(text("DROP TRIGGER log_no_delete"))
        tx.run(text(statement))
    assert code in {problem.code for problem in log.verify_log(six)}


def test_who_rewrites_the_whole_chain_is_found_by_a_head_kept_elsewhere(six: Store) -> None:
    kept = log.head_of(six)
    with six.write() as tx:
        for name in ("log_no_change",) if six.on_postgresql else ("log_no_update", "log_no_delete"):
            tx.run(text(f"DROP TRIGGER {name}" + (" ON log" if six.on_postgresql else "")))
        tx.run(text("DELETE FROM log"))
        tx.run(text("DELETE FROM log_head"))
    for number in range(1, 7):
        write(six, number)
    assert log.verify_log(six) == []
    assert [problem.code for problem in log.verify_log(six, kept)] == ["head"]


def objects(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["object"].removeprefix("plan:") for entry in entries]


def test_a_reader_without_the_right_gets_no_reserved_entry(six: Store) -> None:
    assert objects(log.entries(six)) == ["1", "2", "3", "4", "5", "6"]
    assert [entry["seq"] for entry in log.entries(six, agency_id="SCJG")] == [1, 2, 3, 4, 5, 6]
    assert objects(log.entries(six, agency_id="HBJ")) == ["1", "2", "3", "33", "4", "5", "6"]
    after = log.place_of(log.entries(six, reserved=True, limit=3)[-1])
    assert objects(log.entries(six, reserved=True, after=after, limit=2)) == ["33", "4"]
    assert objects(log.entries(six, object="plan:4")) == ["4"]


def test_the_log_is_the_same_with_and_without_a_reserved_entry(six: Store, tmp_path: Path) -> None:
    """But for times and salts nothing of it depends on the hidden chain, which is verified beside it."""
    path = tmp_path / "log.jsonl"
    head = log.write_file(six, path)
    assert head == log.head_of(six) == log.Head(6, head.hash)
    assert log.verify_file(path, head) == []
    assert "plan:33" not in path.read_text()
    log.write_file(six, path, reserved=True)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert (lines[6].keys(), lines[7]["object"], len(lines)) == ({"head"}, "plan:33", 9)
    assert lines[7]["grounds"]["open"] == f"3:{lines[2]['hash']}"
    assert log.verify_file(path, log.head_of(six, log.HIDDEN)) == []
    lines[7]["who"] = "wang"
    path.write_text("\n".join(map(json.dumps, lines)))
    assert [problem.code for problem in log.verify_file(path)] == ["content"]


def test_a_reserved_entry_of_old_in_the_log_is_withheld_and_the_chain_verifies(six: Store, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log.write_file(six, path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[2] = {"withheld": True, **{key: lines[2][key] for key in ("seq", "prev", "digest", "hash")}}
    path.write_text("\n".join(map(json.dumps, lines)))
    assert log.verify_file(path, log.head_of(six)) == []


def _swap(values: Values) -> None:
    values[1], values[2] = values[2], values[1]


FILE_TAMPERING: dict[str, Callable[[Values], object]] = {
    "changed": lambda v: v[1].update(who="wang"),
    "grounds changed": lambda v: v[1]["grounds"].update(n=9),
    "field added": lambda v: v[1].update(extra=1),
    "field dropped": lambda v: v[1].pop("salt"),
    "deleted": lambda v: v.pop(2),
    "first deleted": lambda v: v.pop(0),
    "last deleted": lambda v: v.pop(5),
    "head deleted": lambda v: v.pop(6),
    "swapped": _swap,
    "repeated": lambda v: v.insert(2, v[1]),
    "appended": lambda v: v.append(v[5]),
    "withheld hash": lambda v: v[2].update(digest="0" * 64),
    "no object": lambda v: v.__setitem__(1, {}),
}


@pytest.mark.parametrize("name", FILE_TAMPERING)
def test_tampering_with_an_export_is_found(six: Store, tmp_path: Path, name: str) -> None:
    path = tmp_path / "log.jsonl"
    log.write_file(six, path)
    values = [json.loads(line) for line in path.read_text().splitlines()]
    FILE_TAMPERING[name](values)
    path.write_text("\n".join(map(json.dumps, values)))
    problems = log.verify_file(path)
    assert problems
    assert all(problem.text("zh") and problem.text("en") for problem in problems)
