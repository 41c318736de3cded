"""Premises that stand in several registers: which pairs are one, which may be, and what a person has decided."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from api.desk.library.identity_models import DecisionOut, PairOut, PlaceOut, State
from api.store import Store
from api.store.database.engine import Tx
from api.store.inputs.library import identities_of, latest, rows_of
from planner.intake.identity.match import Pair
from planner.intake.identity.union import Registers, joint_visits, one_register
from planner.intake.tables.records import IdentityRow, SiteRow, Tables

MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Premises:
    """The library's sites as they are matched at one revision; `saved` are entries by doubtful pair, in their order."""

    revision: int
    sites: dict[str, SiteRow]
    decided: tuple[IdentityRow, ...]
    registers: Registers
    saved: tuple[int, ...]

    def together(self, one: str, other: str) -> bool:
        """Return whether two ids are planned as one premises."""
        aliases = self.registers.aliases
        return aliases.get(one, one) == aliases.get(other, other)


_seen: WeakKeyDictionary[Store, Premises] = WeakKeyDictionary()
"""The last match of each store: 50,000 rows take seconds, and a revision changes nothing of what it was."""


def premises_of(store: Store) -> Premises:
    """Return the sites as matched now."""
    with store.read() as tx:
        revision = latest(tx)
        kept = _seen.get(store)
        if kept is not None and kept.revision == revision:
            return kept
        found = matched(tx, revision)
    _seen[store] = found
    return found


def matched(tx: Tx, revision: int) -> Premises:
    """Return the sites of a transaction as they are matched."""
    sites, identities, filings = (
        tuple(row for _, row in rows_of(tx, kind, limit=MOST_ROWS)) for kind in ("sites", "identities", "filings")
    )
    registers = one_register(Tables(source="", sites=sites, identities=identities, filings=filings))
    saved = joint_visits(registers.tables, registers.doubtful)
    return Premises(revision, {row.site_id: row for row in sites}, identities, registers, tuple(saved))


def matched_with(store: Store, tables: Tables, *, replace: bool) -> dict[str, int] | None:
    """Return how many pairs of sites are merged and how many are doubtful once `tables` are in the library.

    None where `tables` say nothing of sites. With `replace` they take the place of the tables that are there.
    """
    if not tables.sites and not tables.identities:
        return None
    with store.read() as tx:
        sites = (
            {} if replace and tables.sites else {row.site_id: row for _, row in rows_of(tx, "sites", limit=MOST_ROWS)}
        )
        decided = [] if replace and tables.identities else identities_of(tx)
    pairs = {(row.site_id, row.other_id): row for row in (*decided, *tables.identities)}
    sites |= {row.site_id: row for row in tables.sites}
    found = one_register(Tables(source="", sites=tuple(sites.values()), identities=tuple(pairs.values())))
    return {"merged": len(found.merged), "doubtful": len(found.doubtful)}


def listed(found: Premises, state: State | None) -> list[PairOut]:
    """Return the pairs, of one state if it is given: open ones first, those that save most entries at the head."""
    registers = found.registers
    known = {frozenset((row.site_id, row.other_id)) for row in found.decided}
    open_ = sorted(zip(found.saved, registers.doubtful, strict=True), key=lambda one: (-one[0], one[1]))
    pairs = [_pair(found, pair, "open", saved) for saved, pair in open_]
    pairs += [_pair(found, p, "merged") for p in registers.merged if frozenset((p.one, p.other)) not in known]
    pairs += [_decided(found, row) for row in found.decided]
    return [pair for pair in pairs if state is None or pair.state == state]


def decision(row: IdentityRow) -> DecisionOut:
    """Return the shape of a decision."""
    return DecisionOut.model_validate(
        {
            "one": row.site_id,
            "other": row.other_id,
            "verdict": row.verdict,
            "decided_by": row.decided_by,
            "decided_on": row.decided_on,
        }
    )


def _pair(found: Premises, pair: Pair, state: State, saved: int = 0) -> PairOut:
    return PairOut(
        one=_place(found, pair.one),
        other=_place(found, pair.other),
        state=state,
        together=found.together(pair.one, pair.other),
        why=pair.why,
        saved=saved,
        decided_by="",
        decided_on=None,
    )


def _decided(found: Premises, row: IdentityRow) -> PairOut:
    same = row.verdict == "same"
    return PairOut(
        one=_place(found, row.site_id),
        other=_place(found, row.other_id),
        state="same" if same else "different",
        together=found.together(row.site_id, row.other_id),
        why=f"经核定为{'同一' if same else '不同'}对象",
        saved=0,
        decided_by=row.decided_by,
        decided_on=row.decided_on,
    )


def _place(found: Premises, site_id: str) -> PlaceOut:
    row = found.sites.get(site_id)
    if row is None:
        return PlaceOut(id=site_id)
    return PlaceOut(id=site_id, name=row.name, address=row.address, town=row.town, credit_code=row.credit_code)
