"""A proof that one announced visit is among those that the log has bound, without a word of the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from api.store.database.engine import Tx
from api.store.database.schema import leaves
from api.store.state.bind import LOGGED, hashes_of, roots_of, state_root
from api.store.state.rows import OPEN, bound_rows
from api.store.state.tree import SALT_CHARS, closed, leaf, path_of, root_by
from planner.domain.errors import InputError
from planner.domain.hashing import sha256_hex

Proof = dict[str, Any]


def proof_of(tx: Tx, key: str) -> Proof | None:
    """Return the proof of a standing, announced visit, by `visits.id` as text; None where it is not bound."""
    kept = tx.row(select(leaves).where(leaves.c.kind == "visit", leaves.c.key == key, leaves.c.chain == OPEN))
    row = next(bound_rows(tx, "visit", {key}), None)
    if kept is None or row is None:
        return None
    trees = roots_of(tx, OPEN)
    return {
        "visit": row.shown,
        "salt": kept["salt"][:SALT_CHARS],
        "rest": closed(kept["salt"], row.rest),
        "position": kept["place"],
        "neighbours": path_of(hashes_of(tx, OPEN, row.tree), kept["place"]),
        "month": row.tree,
        "trees": {tree: root for tree, root in sorted(trees.items()) if tree != LOGGED},
        "state_root": state_root(trees),
    }


def keys_on(tx: Tx, month: str, day: date, site: str) -> list[str]:
    """Return the keys of the announced visits at sites of a name on a day."""
    return [
        row.key
        for row in bound_rows(tx, "visit", _standing(tx, month))
        if row.chain == OPEN and (row.shown["day"], row.shown["site"]) == (day.isoformat(), site)
    ]


def _standing(tx: Tx, month: str) -> list[str]:
    same = (leaves.c.chain == OPEN, leaves.c.tree == month, leaves.c.kind == "visit")
    return list(tx.values(select(leaves.c.key).where(*same)))


def proven_root(proof: Mapping[str, Any]) -> str:
    """Return the root that a proof proves its visit to be under, "" where the proof does not hold together.

    Whoever has a root that was printed or published compares the two. Raises InputError where it is no proof.
    """
    try:
        shown = leaf(proof["salt"], "visit", proof["visit"], proof["rest"])
        root = root_by(shown, proof["position"], proof["neighbours"])
        fits = proof["trees"][proof["month"]] == root
        return sha256_hex(dict(proof["trees"])) if fits else ""
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"不是入企安排的证明：{error} / not the proof of a visit") from error
