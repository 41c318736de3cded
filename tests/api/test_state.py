"""What stands is bound into the log: what is changed past the program is found, and a proof tells one row alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from api.store import Store, Tx, log
from api.store.database.schema import filing_versions, filings, hidden_visits, leaves, library, plans, roots, visits
from api.store.inputs.filings import save, withdraw
from api.store.inputs.library import new_revision
from api.store.planned.plans import Made, add_plan, publish, replace_files
from api.store.state import tree
from api.store.state.bind import bind, hashes_of, roots_of, state_root
from api.store.state.proof import keys_on, proof_of, proven_root
from api.store.state.rows import HIDDEN, OPEN
from api.store.state.verify import verify_state
from planner.domain.case import RowRef
from planner.intake.tables.records import FilingRow
from tests.http.test_plans import DOCUMENT, VISITS, visit

SECRET = {**visit(6, "2026-06-09", ["B1"], unannounced=True), "tasks": ["T-6"]}
ANNOUNCED = [one for one in VISITS if not one["unannounced"]]


def filing(number: str, unannounced: bool = False) -> FilingRow:
    values: dict[str, Any] = dict.fromkeys(FilingRow.__slots__, "")
    values |= {"filing_id": number, "agency_id": "A1", "unannounced": unannounced, "ref": RowRef("filings", 2)}
    values |= {"window_from": date(2026, 6, 1), "window_to": date(2026, 6, 30)}
    return FilingRow(**values)


@pytest.fixture
def artefacts(tmp_path: Path) -> Path:
    """The folder of the files of the plan that `lived` publishes."""
    folder = tmp_path / "artefacts"
    folder.mkdir()
    (folder / "plan.json").write_text("{}")
    return folder


@pytest.fixture
def lived(store: Store, artefacts: Path) -> str:
    """A store with a published plan, its unannounced part and its file; return the plan's id."""
    file = {"name": "plan.json", "path": "plan.json", "sha256": hashlib.sha256(b"{}").hexdigest(), "bytes": 2}
    document = {**DOCUMENT, "visits": ANNOUNCED, "hidden": {"visits": [SECRET]}}
    with store.write() as tx:
        new_revision(tx, "li", "import", "x")
        plan = add_plan(tx, document, "li", revision=1, synthetic=True, made=Made("job", [file], {}))
        publish(tx, plan.id, "li", 1)
    assert verify_state(store, artefacts) == []
    return plan.id


@pytest.mark.parametrize("size", [1, 2, 64])
def test_a_path_leads_every_leaf_and_no_other_to_the_root(size: int) -> None:
    values = [tree.filler() for _ in range(size)]
    root = tree.root_of(values)
    for place, value in enumerate(values):
        path = tree.path_of(values, place)
        assert tree.root_by(value, place, path) == root
        assert tree.root_by(tree.filler(), place, path) != root
        if size > 1:
            assert tree.root_by(value, place ^ 1, path) != root


def test_leaf_and_node_are_as_the_documentation_says() -> None:
    salt = tree.new_salt()
    text = json.dumps([salt[:32], "visit", {"a": 1}, "r"], separators=(",", ":"))
    assert tree.leaf(salt, "visit", {"a": 1}, "r") == hashlib.sha256(b"\x00" + text.encode()).hexdigest()
    left, right = tree.filler(), tree.filler()
    pair = b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)
    assert tree.root_of([left, right]) == hashlib.sha256(pair).hexdigest()


def _moved(tx: Tx) -> None:
    one = tx.row(select(visits).where(visits.c.visit_id == "V-1"))
    assert one is not None
    tx.run(update(visits).where(visits.c.id == one["id"]).values(row={**one["row"], "day": "2026-06-30"}))


def _cut(tx: Tx) -> None:
    tx.run(update(visits).where(visits.c.visit_id == "V-4").values(standing=False))


def _secret_moved(tx: Tx) -> None:
    tx.run(update(hidden_visits).values(row={**SECRET, "day": "2026-06-10"}))


def _slipped_in(tx: Tx) -> None:
    one = tx.row(select(visits).where(visits.c.visit_id == "V-1"))
    assert one is not None
    del one["id"]
    tx.run(insert(visits).values({**one, "visit_id": "V-X", "site_id": "S99"}))


def _another_plan(tx: Tx) -> None:
    tx.run(update(plans).values(plan_hash="e" * 64))


def _root(tx: Tx) -> None:
    tx.run(update(roots).where(roots.c.tree == "2026-06").values(root="0" * 64))


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (_moved, {("changed", "visit")}),
        (_cut, {("missing", "visit")}),
        (_secret_moved, {("changed", "hidden_visit")}),
        (_slipped_in, {("added", "visit")}),
        (_another_plan, {("changed", "plan")}),
        (_root, {("root", "tree"), ("unlogged", "chain")}),
    ],
)
def test_what_is_changed_past_the_program_is_found(
    store: Store, lived: str, tamper: Callable[[Tx], None], found: set[tuple[str, str]]
) -> None:
    with store.write() as tx:
        tamper(tx)
    assert {(one.code, one.kind) for one in verify_state(store)} == found
    assert log.verify_log(store) == []


def test_who_binds_anew_what_he_moved_is_found_by_the_log(store: Store, lived: str) -> None:
    head = log.head_of(store)
    with store.write() as tx:
        _moved(tx)
        bind(tx, "visit")
    assert {(one.code, one.kind) for one in verify_state(store)} == {("unlogged", "chain")}
    with store.write() as tx:
        log.append(tx, "li", "innocent", "nothing")
    assert verify_state(store) == []  # now the log says so, after an entry that was printed with another root
    assert log.verify_log(store, head) == []
    said = [one["grounds"] for one in log.entries(store) if "state_root" in one["grounds"]]
    assert said[-1]["state_root"] != said[-2]["state_root"]


def test_a_file_that_is_another_or_gone_is_found_and_written_anew_is_bound(
    store: Store, lived: str, artefacts: Path
) -> None:
    path = artefacts / "plan.json"
    path.write_text("{ }")
    assert [(one.code, one.kind) for one in verify_state(store, artefacts)] == [("changed", "file")]
    file = {"name": "plan.json", "path": "plan.json", "sha256": hashlib.sha256(b"{ }").hexdigest(), "bytes": 3}
    with store.write() as tx:
        replace_files(tx, lived, [file], "li")
    assert verify_state(store, artefacts) == []
    path.unlink()
    assert [(one.code, one.kind) for one in verify_state(store, artefacts)] == [("gone", "file")]


def test_a_changed_filing_is_found_also_in_what_is_in_force(store: Store) -> None:
    with store.write() as tx:
        save(tx, [filing("F-1"), filing("F-2", unannounced=True)], "li", "x", state="accepted")
        log.append(tx, "li", "test", "x")
        log.append(tx, "li", "test", "x", reserved=True)
    assert verify_state(store) == []
    with store.read() as tx:
        assert roots_of(tx, OPEN).keys() == roots_of(tx, HIDDEN).keys() == {"", "filings"}
    for key in ("F-1", "F-2"):
        with store.write() as tx:
            same = filing_versions.c.filing_id == key
            before = tx.value(select(filing_versions.c.row).where(same))
            tx.run(update(filing_versions).where(same).values(row=before + " "))
        assert [(one.code, one.key) for one in verify_state(store)] == [("changed", key)]
        assert len(verify_state(store, reserved=False)) == (key == "F-1")
        with store.write() as tx:
            tx.run(update(filing_versions).where(same).values(row=before))
    with store.write() as tx:
        withdraw(tx, "F-1", 1, "li", "不再需要")
    assert verify_state(store) == []
    with store.write() as tx:
        tx.run(update(filings).where(filings.c.filing_id == "F-1").values(state="accepted"))
    assert [(one.code, one.key) for one in verify_state(store)] == [("changed", "F-1")]
    with store.read() as tx:
        assert tx.value(select(library.c.id).where(library.c.kind == "filings")) is None


def test_a_proof_tells_one_visit_and_no_other(store: Store, lived: str) -> None:
    with store.read() as tx:
        (key,) = keys_on(tx, "2026-06", date(2026, 6, 1), "化工1厂")
        proof = proof_of(tx, key)
        root = state_root(roots_of(tx, OPEN))
    assert proof is not None
    assert proven_root(proof) == proof["state_root"] == root
    text = json.dumps(proof, ensure_ascii=False)
    assert not [one["id"] for one in VISITS if one["id"] in text]
    assert "化工4厂" not in text
    assert "张" not in text
    for name, value in (("position", proof["position"] ^ 1), ("salt", "0" * 32), ("rest", "0" * 64)):
        assert proven_root({**proof, name: value}) == ""
    assert proven_root({**proof, "visit": {**proof["visit"], "day": "2026-06-02"}}) == ""
    with store.read() as tx:
        assert keys_on(tx, "2026-06", date.fromisoformat(SECRET["day"]), SECRET["site"]["name"]) == []


def test_a_tree_does_not_tell_how_many_rows_it_has(store: Store, lived: str) -> None:
    with store.read() as tx:
        values = hashes_of(tx, OPEN, "2026-06")
        held = set(tx.values(select(leaves.c.place).where(leaves.c.chain == OPEN, leaves.c.kind != "")))
    assert (len(values), len(set(values)), len(held)) == (tree.LEAST, tree.LEAST, len(ANNOUNCED) + 1)
    assert all(len(value) == 64 for value in values)
    assert held != set(range(len(held)))  # one lot of 64 over 4 gives that once in 635,376


def test_a_store_of_before_is_bound_once_and_logged(store: Store, lived: str) -> None:
    with store.write() as tx:
        tx.run(delete(leaves))
        tx.run(delete(roots))
    assert {one.code for one in verify_state(store)} == {"added", "unlogged"}
    for _ in range(2):
        log.bind_what_stands(store)
    assert verify_state(store) == []
    assert [one["what"] for one in log.entries(store, reserved=True)].count("state.bound") == 2  # one for each chain
