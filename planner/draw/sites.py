"""Drawing sites: from a frozen list and two committed nonces to the drawn sites and their reserves.

1. Before the freeze, bureau and agency each hand in the SHA-256 of a secret nonce.
2. The list is frozen: eligible sites with grade and weight, sorted by id, with ratio and number of reserves; hashed.
3. The nonces are revealed; seed = SHA-256 of (bureau's nonce, agency's nonce, list hash).
4. In each grade the seed puts all sites in order, those that the law wants last behind all others; the first
   ⌈ratio × count⌉ are drawn, the next are coded reserves.

Nobody can aim at a site: the agency does not know the bureau's nonce when it freezes its list, and the bureau does not
know the agency's when it commits to its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from planner.domain.errors import InputError
from planner.domain.hashing import sha256_hex
from planner.draw.order import Stream, weighted_order
from planner.rulebook.registry import Role, implements

WHOLE = 10_000
"""Ratios are parts per ten thousand."""

ANY_GRADE = "*"
"""Ratio of all grades that have none of their own, drawn together as one stratum."""

BUREAU = "bureau"
"""Holder of the bureau's nonce; the other holder is the agency."""

MAX_WEIGHT = 10**9


class DrawError(InputError):
    """A draw cannot be made, or a reserve not be given, from what was handed in."""


class ReplacementReason(StrEnum):
    """Why a drawn site cannot be checked at all, so that a reserve takes its place."""

    CLOSED = "closed"
    """注销."""
    SUSPENDED = "suspended"
    """停业."""
    MOVED = "moved"
    """迁出本区."""
    NOT_FOUND = "not_found"
    """查无下落."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a holder promised before the freeze: the SHA-256 (hex) of the nonce's UTF-8 text."""

    holder: str
    commitment: str
    committed_on: date


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """One draw for one filing. `frame` holds (site id, grade) of the eligible sites; ineligible ones are already out.

    `ratio` maps a grade to parts per ten thousand; "*" is for all grades not named, which are then drawn together. A
    grade that is neither named nor covered by "*" is not drawn. `weights` maps a site id or a grade to a positive whole
    number, the site's own before the grade's, 1 where there is none; it raises the odds within a stratum. `reserves` is
    the number of reserves in each stratum, as far as there are sites left. Sites in `last` are drawn only where their
    stratum has no other left.
    """

    draw_id: str
    filing_id: str
    agency_id: str
    month: str
    frozen_on: date
    frame: tuple[tuple[str, str], ...]
    ratio: Mapping[str, int]
    bureau_nonce: str
    agency_nonce: str
    weights: Mapping[str, int] = field(default_factory=dict)
    reserves: int = 0
    commitments: tuple[Commitment, ...] = ()
    last: tuple[str, ...] = ()

    @property
    def committed(self) -> bool:
        """Both nonces were promised beforehand."""
        return {c.holder for c in self.commitments} == {BUREAU, self.agency_id}


@dataclass(frozen=True, slots=True)
class Reserve:
    """A site that steps in for a drawn one of its stratum; rank 1 is first in turn."""

    site_id: str
    grade: str
    rank: int


@dataclass(frozen=True, slots=True)
class Stratum:
    """Sites drawn together: one grade, or "*". `drawn` and `reserves` are in the order of the draw."""

    grade: str
    ratio: int
    sites: int
    drawn: tuple[str, ...]
    reserves: tuple[Reserve, ...]


@dataclass(frozen=True, slots=True)
class Replacement:
    """A drawn site that could not be checked, the coded reason, and the reserve in its place."""

    site_id: str
    reason: ReplacementReason
    reserve: str


@dataclass(frozen=True, slots=True)
class DrawRecord:
    """A draw and all that is needed to replay it. `request` is in normal form: sorted, weights by site."""

    request: DrawRequest
    list_hash: str
    seed: str
    order_hash: str
    """Hash of the full order of every stratum."""
    strata: tuple[Stratum, ...]
    replacements: tuple[Replacement, ...] = ()

    @property
    def drawn(self) -> tuple[str, ...]:
        """Site ids as drawn, before any replacement."""
        return tuple(site for stratum in self.strata for site in stratum.drawn)

    @property
    def reserves(self) -> tuple[Reserve, ...]:
        """All reserves, used or not."""
        return tuple(reserve for stratum in self.strata for reserve in stratum.reserves)

    @property
    def chosen(self) -> frozenset[str]:
        """Site ids that have to be checked: drawn, less those replaced, with the reserves in their place."""
        gone = {r.site_id for r in self.replacements}
        return (frozenset(self.drawn) | {r.reserve for r in self.replacements}) - gone


def uncommitted_nonce(seed: int, holder: str, month: str) -> str:
    """Return a nonce for a holder who handed in none. Anyone can compute it, so the record says committed=false."""
    return sha256_hex(["uncommitted nonce", seed, holder, month])


def commitment_of(nonce: str) -> str:
    """Return the commitment to a nonce, as `printf %s NONCE | sha256sum` gives it."""
    return hashlib.sha256(nonce.encode()).hexdigest()


@implements("draw.ratio", Role.DRAW)
def draw_sites(request: DrawRequest) -> DrawRecord:
    """Return the draw of `request`; the same request, in any order of its parts, gives the same record.

    Raises DrawError where the request contradicts itself, a nonce is not the one committed to, or a commitment is not
    dated before the freeze.
    """
    request = normal_form(request)
    problem = broken_commitment(request) or late_commitment(request)
    if problem:
        raise DrawError(problem)
    list_hash = list_hash_of(request)
    seed = seed_of(request.bureau_nonce, request.agency_nonce, list_hash)
    strata, order_hash = draw_strata(request, seed)
    return DrawRecord(request, list_hash, seed, order_hash, strata)


def next_reserve(record: DrawRecord, site_id: str, reason_code: str) -> DrawRecord:
    """Return `record` with the next unused reserve of the same stratum in the place of `site_id`.

    The reserve is `.replacements[-1].reserve` of the answer. A reserve in use can itself be replaced. Raises DrawError
    on an unknown reason, a site that is not to be checked, or where no reserve is left.
    """
    if reason_code not in set(ReplacementReason):
        raise DrawError(f"{record.request.draw_id}: {reason_code!r} is no reason to replace a drawn site")
    if site_id not in record.chosen:
        raise DrawError(f"{record.request.draw_id}: {site_id} is not among the sites to be checked")
    used = {r.reserve for r in record.replacements}
    for stratum in record.strata:
        if site_id in stratum.drawn or any(site_id == r.site_id for r in stratum.reserves):
            for reserve in stratum.reserves:
                if reserve.site_id not in used:
                    step = Replacement(site_id, ReplacementReason(reason_code), reserve.site_id)
                    return replace(record, replacements=(*record.replacements, step))
    raise DrawError(f"{record.request.draw_id}: no reserve is left for {site_id}")


def normal_form(request: DrawRequest) -> DrawRequest:
    """Return `request` sorted, with weights by site and only where they are not 1.

    Raises DrawError where the request contradicts itself.
    """
    who = request.draw_id
    grades = {grade for _, grade in request.frame}
    ids = [site for site, _ in request.frame]
    _require(bool(who), "a draw has no id")
    _require(request.agency_id != BUREAU, f"{who}: the agency cannot be the holder {BUREAU!r}")
    _require(len(set(ids)) == len(ids), f"{who}: a site is on the list twice")
    _require(not set(ids) & set(request.weights) & grades, f"{who}: a weight's key is both a site and a grade")
    _require(ANY_GRADE not in grades, f"{who}: a site has the grade {ANY_GRADE!r}")
    _require(all(0 <= parts <= WHOLE for parts in request.ratio.values()), f"{who}: a ratio is not from 0 to {WHOLE}")
    _require(
        all(1 <= w <= MAX_WEIGHT for w in request.weights.values()), f"{who}: a weight is not from 1 to {MAX_WEIGHT}"
    )
    _require(set(request.last) <= set(ids), f"{who}: a site that comes last is not on the list")
    _require(request.reserves >= 0, f"{who}: a negative number of reserves")
    _require(bool(request.bureau_nonce and request.agency_nonce), f"{who}: a nonce is empty")
    holders = [c.holder for c in request.commitments]
    _require(len(set(holders)) == len(holders), f"{who}: a holder has committed twice")
    _require(set(holders) <= {BUREAU, request.agency_id}, f"{who}: a commitment of someone else")
    weight = {site: request.weights.get(site, request.weights.get(grade, 1)) for site, grade in request.frame}
    return replace(
        request,
        frame=tuple(sorted(request.frame)),
        ratio=dict(sorted(request.ratio.items())),
        weights={site: weight[site] for site in sorted(weight) if weight[site] != 1},
        commitments=tuple(sorted(request.commitments, key=lambda c: c.holder)),
        last=tuple(sorted(set(request.last))),
    )


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise DrawError(message)


def broken_commitment(request: DrawRequest) -> str:
    """Return who revealed another nonce than the one committed to, as a message, "" where nobody did."""
    nonces = {BUREAU: request.bureau_nonce, request.agency_id: request.agency_nonce}
    broken = [c.holder for c in request.commitments if commitment_of(nonces[c.holder]) != c.commitment]
    return f"{request.draw_id}: revealed nonce is not the one committed to: {', '.join(broken)}" if broken else ""


def late_commitment(request: DrawRequest) -> str:
    """Return who committed on or after the day of the freeze, as a message, "" where nobody did.

    Days are all that is on record, so the day of the freeze itself proves no order and does not count as before.
    """
    late = [c.holder for c in request.commitments if c.committed_on >= request.frozen_on]
    return f"{request.draw_id}: committed only after the list was frozen: {', '.join(late)}" if late else ""


def list_hash_of(request: DrawRequest) -> str:
    """Return the hash of the frozen list of a request in normal form: all that may not change once nonces are known."""
    return sha256_hex(
        {
            "draw_id": request.draw_id,
            "filing_id": request.filing_id,
            "agency_id": request.agency_id,
            "month": request.month,
            "frozen_on": request.frozen_on,
            "frame": [[site, grade, request.weights.get(site, 1)] for site, grade in request.frame],
            "ratio": request.ratio,
            "reserves": request.reserves,
            **({"last": request.last} if request.last else {}),
        }
    )


def seed_of(bureau_nonce: str, agency_nonce: str, list_hash: str) -> str:
    """Return the seed (hex) of two nonces and a list hash."""
    return sha256_hex([bureau_nonce, agency_nonce, list_hash])


def draw_strata(request: DrawRequest, seed: str) -> tuple[tuple[Stratum, ...], str]:
    """Return the strata that `seed` draws from a request in normal form, and the hash of their full orders."""
    members: dict[str, list[tuple[str, str]]] = {}
    for site, grade in request.frame:
        key = grade if grade in request.ratio else ANY_GRADE
        if key in request.ratio:
            members.setdefault(key, []).append((site, grade))
    strata, orders = [], []
    last = set(request.last)
    for key in sorted(members):
        sites = members[key]
        weights = [request.weights.get(site, 1) for site, _ in sites]
        order = [sites[n] for n in weighted_order(weights, Stream(seed, key).below)]
        order.sort(key=lambda entry: entry[0] in last)  # stable: either part keeps its random order
        orders.append([key, [site for site, _ in order]])
        strata.append(_cut(key, request.ratio[key], order, request.reserves))
    return tuple(strata), sha256_hex(orders)


def _cut(key: str, parts: int, order: Sequence[tuple[str, str]], reserves: int) -> Stratum:
    drawn = -(-parts * len(order) // WHOLE)
    following = order[drawn : drawn + reserves] if drawn else []
    return Stratum(
        grade=key,
        ratio=parts,
        sites=len(order),
        drawn=tuple(site for site, _ in order[:drawn]),
        reserves=tuple(Reserve(site, grade, rank) for rank, (site, grade) in enumerate(following, 1)),
    )
