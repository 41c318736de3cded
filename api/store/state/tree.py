"""Salted Merkle trees: one root for many rows, and for each row a proof that tells nothing of the others.

    leaf = SHA-256(0x00 ‖ canonical JSON of [salt, kind, open, rest])
    node = SHA-256(0x01 ‖ left ‖ right)

`open` is what a proof shows, `rest` the salted hash of what it keeps (`closed`). A tree has 2^k places. Those without a
row hold random values, which nobody can tell from leaves, and rows stand at random places: neither a root nor a proof
says how many rows there are beyond the power of two, nor in which order they came.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from planner.domain.hashing import canonical_json, sha256_hex

LEAST = 64
"""Places of the smallest tree."""
SALT_CHARS = 32


def new_salt() -> str:
    """Return two salts in one text, the first for what a proof shows, the second for what it keeps to itself."""
    return secrets.token_hex(SALT_CHARS)


def filler() -> str:
    """Return the value of a place without a row: as random as a salted leaf."""
    return secrets.token_hex(32)


def closed(salt: str, rest: Any) -> str:
    """Return the hash of what a proof does not show; `salt` as `new_salt` gives it."""
    return sha256_hex([salt[SALT_CHARS:], rest])


def leaf(salt: str, kind: str, shown: Any, rest: str) -> str:
    """Return a leaf's hash. Of `salt` only the first half goes in, which is all that a proof has to tell."""
    text = canonical_json([salt[:SALT_CHARS], kind, shown, rest])
    return hashlib.sha256(b"\x00" + text.encode()).hexdigest()


def root_of(leaves: Sequence[str]) -> str:
    """Return the root over 2^k leaves."""
    level = [bytes.fromhex(one) for one in leaves]
    while len(level) > 1:
        level = [_node(level[n], level[n + 1]) for n in range(0, len(level), 2)]
    return level[0].hex()


def path_of(leaves: Sequence[str], place: int) -> list[str]:
    """Return the neighbours from a leaf's place up to the root: with the leaf they give the root again."""
    level, found = [bytes.fromhex(one) for one in leaves], []
    while len(level) > 1:
        found.append(level[place ^ 1].hex())
        level = [_node(level[n], level[n + 1]) for n in range(0, len(level), 2)]
        place //= 2
    return found


def root_by(leaf_hash: str, place: int, path: Sequence[str]) -> str:
    """Return the root that a leaf at a place has with its path."""
    found = bytes.fromhex(leaf_hash)
    for neighbour in path:
        other = bytes.fromhex(neighbour)
        found = _node(other, found) if place & 1 else _node(found, other)
        place //= 2
    return found.hex()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
