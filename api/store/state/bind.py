"""Binds rows into the trees, in the transaction that changes them, and gives the root that the log's next entry holds.

Whoever changes a published visit, a filing, a booking or the files of a published plan says so here (`bind`) before the
entry in the log. An entry holds the root wherever that has changed since the entry before, so the head of the log, once
it is printed or published, fixes every row that stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from random import SystemRandom
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from api.store.database.bulk import insert_many
from api.store.database.engine import Tx
from api.store.database.schema import leaves, roots
from api.store.state.rows import BATCH, Bound, bound_rows
from api.store.state.tree import LEAST, closed, filler, leaf, new_salt, root_of
from planner.domain.hashing import sha256_hex

Place = tuple[int, str, int]
"""Chain, tree and place of a leaf."""
LOGGED = ""
"""The row of `roots` under this name of a tree holds the root that the chain's log has."""


def bind(tx: Tx, kind: str, keys: Collection[str] | None = None) -> None:
    """Bind the rows of a kind as they stand now, those of `keys` (None: all); what no longer stands is unbound."""
    there = _leaves_of(tx, kind, keys)
    stand = list(bound_rows(tx, kind, keys))
    new, kept = list[Bound](), set[str]()
    for row in stand:
        old = there.get(row.key)
        same = old is not None and (old["chain"], old["tree"]) == (row.chain, row.tree)
        if old is not None and same and hash_of(row, old["salt"]) == old["hash"]:
            kept.add(row.key)
        else:
            new.append(row)
    gone = [old for key, old in there.items() if key not in kept]
    touched = {(one["chain"], one["tree"]) for one in gone} | {(row.chain, row.tree) for row in new}
    _fill(tx, ({"c": one["chain"], "t": one["tree"], "p": one["place"], **_empty()} for one in gone))
    for chain, tree in sorted({(row.chain, row.tree) for row in new}):
        _put(tx, chain, tree, [row for row in new if (row.chain, row.tree) == (chain, tree)])
    for chain, tree in sorted(touched):
        _set_root(tx, chain, tree, root_of(hashes_of(tx, chain, tree)))


def hash_of(row: Bound, salt: str) -> str:
    """Return the leaf of a row under a salt."""
    return leaf(salt, row.kind, row.shown, closed(salt, row.rest))


def hashes_of(tx: Tx, chain: int, tree: str) -> list[str]:
    """Return the values of a tree's places in order."""
    same = (leaves.c.chain == chain, leaves.c.tree == tree)
    return list(tx.values(select(leaves.c.hash).where(*same).order_by(leaves.c.place)))


def roots_of(tx: Tx, chain: int) -> dict[str, str]:
    """Return the root of each tree of a chain, and under `LOGGED` what its log has."""
    rows = tx.rows(select(roots.c.tree, roots.c.root).where(roots.c.chain == chain))
    return {row["tree"]: row["root"] for row in rows}


def state_root(found: Mapping[str, str]) -> str:
    """Return the one root over a chain's trees, "" where nothing was ever bound."""
    trees = {tree: root for tree, root in found.items() if tree != LOGGED}
    return sha256_hex(trees) if trees else ""


def root_to_log(tx: Tx, chain: int) -> str:
    """Return the root where the log does not hold it yet, and note that it does now; else ""."""
    found = roots_of(tx, chain)
    now = state_root(found)
    if not now or now == found.get(LOGGED):
        return ""
    _set_root(tx, chain, LOGGED, now)
    return now


def _leaves_of(tx: Tx, kind: str, keys: Collection[str] | None) -> dict[str, dict[str, Any]]:
    query = select(leaves).where(leaves.c.kind == kind)
    if keys is None:
        return {row["key"]: row for row in tx.rows(query)}
    listed, found = sorted(keys), dict[str, dict[str, Any]]()
    for start in range(0, len(listed), BATCH):
        found |= {row["key"]: row for row in tx.rows(query.where(leaves.c.key.in_(listed[start : start + BATCH])))}
    return found


def _put(tx: Tx, chain: int, tree: str, rows: list[Bound]) -> None:
    """Give rows places of a tree that hold none, chosen by lot, and let the tree grow where it has too few."""
    same = (leaves.c.chain == chain, leaves.c.tree == tree)
    kinds = tx.rows(select(leaves.c.place, leaves.c.kind).where(*same))
    free = [row["place"] for row in kinds if not row["kind"]]
    size = grown = len(kinds)
    while len(free) + grown - size < len(rows):
        grown = max(LEAST, 2 * grown)
    places = SystemRandom().sample([*free, *range(size, grown)], len(rows))
    given = dict(zip(places, map(_leaf, rows), strict=True))
    new = ({"chain": chain, "tree": tree, "place": n, **given.get(n, _empty())} for n in range(size, grown))
    insert_many(tx, leaves, list(new))
    _fill(tx, ({"c": chain, "t": tree, "p": place, **leaf_} for place, leaf_ in given.items() if place < size))


def _leaf(row: Bound) -> dict[str, str]:
    salt = new_salt()
    return {"kind": row.kind, "key": row.key, "salt": salt, "hash": hash_of(row, salt)}


def _empty() -> dict[str, str]:
    return {"kind": "", "key": "", "salt": "", "hash": filler()}


def _fill(tx: Tx, values: Iterable[Mapping[str, Any]]) -> None:
    """Give places new contents; `c`, `t`, `p` are chain, tree and place."""
    rows = [{f"b_{name}": value for name, value in one.items()} for one in values]
    if rows:
        where = (leaves.c.chain == bindparam("b_c"), leaves.c.tree == bindparam("b_t"))
        to: dict[str, Any] = {name: bindparam(f"b_{name}") for name in ("kind", "key", "salt", "hash")}
        tx.run(update(leaves).where(*where, leaves.c.place == bindparam("b_p")).values(to), rows)


def _set_root(tx: Tx, chain: int, tree: str, root: str) -> None:
    tx.run(delete(roots).where(roots.c.chain == chain, roots.c.tree == tree))
    tx.run(insert(roots).values(chain=chain, tree=tree, root=root))
