"""A full random order from a seed: whole numbers only, so that any machine and any language gets the same one."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence

BLOCK_BITS = 256


class Stream:
    """Uniform whole numbers from a seed: block k is HMAC-SHA256(seed, "label:k"), k = 0, 1, 2, …

    HMAC (RFC 2104) as pseudo-random function over a counter, as in the counter mode of NIST SP 800-108. `label` keeps
    the streams of one seed apart; it may hold a colon, as the counter is what follows the last one.
    """

    def __init__(self, seed: str, label: str) -> None:
        self._key = seed.encode()
        self._label = label
        self._counter = 0

    def below(self, total: int) -> int:
        """Return a number from 0 to `total` − 1, each equally likely. `total` must be from 1 to 2**256.

        The simple discard method (NIST SP 800-90A Rev. 1, A.5.1): take just enough bits, throw away what is too large.
        A remainder instead would favour the small numbers.
        """
        bits = (total - 1).bit_length()
        while True:
            block = hmac.digest(self._key, f"{self._label}:{self._counter}".encode(), "sha256")
            self._counter += 1
            number = int.from_bytes(block, "big") >> (BLOCK_BITS - bits)
            if number < total:
                return number


def weighted_order(weights: Sequence[int], below: Callable[[int], int]) -> list[int]:
    """Return all indexes of `weights` in random order: each next one is drawn with odds by weight among those left.

    `weights` are positive whole numbers, `below(total)` gives a uniform number in [0, total). Equal weights give every
    order the same chance. Exact, in O(n log n): sampling without replacement by successive draws over a tree of partial
    sums (Wong and Easton 1980, SIAM J. Comput. 9(1), 111–113); the tree is Fenwick's (1994, Softw. Pract. Exp. 24(3),
    327–336). Keys of the form u**(1/w) (Efraimidis and Spirakis 2006) have the same law but need floating point.
    """
    count, total = len(weights), sum(weights)
    tree = [0, *weights]
    for node in range(1, count + 1):
        above = node + (node & -node)
        if above <= count:
            tree[above] += tree[node]
    order: list[int] = []
    for _ in range(count):
        rest, node = below(total), 0
        for step in (1 << bit for bit in reversed(range(count.bit_length()))):
            if node + step <= count and tree[node + step] <= rest:
                node += step
                rest -= tree[node]
        order.append(node)
        total -= weights[node]
        above = node + 1
        while above <= count:
            tree[above] -= weights[node]
            above += above & -above
    return order
