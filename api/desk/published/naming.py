"""Sites as callers name them: by the id of any register in which the premises stand."""

from __future__ import annotations

from collections.abc import Container

from api.desk.published.kept_books import books
from api.problems import Problem
from api.store import Store
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.inputs.library import identities_of, row_of
from api.store.inputs.words import words_of
from planner.intake.tables.aliases import aliases_said
from planner.intake.tables.folding import fold
from planner.intake.tables.records import SiteRow


def site_named(tx: Tx, site_id: str, agency: str = "") -> SiteRow:
    """Return the library's row of a site. Raises NotFoundError.

    An id that has no row counts too where somebody has decided which site it is, or where it is one of the agency's own
    register.
    """
    try:
        row: SiteRow = row_of(tx, "sites", site_id)
        return row
    except NotFoundError:
        own = [kept for kept in words_of(tx, agency) if kept.column == "sites" and fold(kept.said) == fold(site_id)]
        if own:
            listed: SiteRow = row_of(tx, "sites", own[0].meant)
            return listed
        said = aliases_said((one for one in identities_of(tx) if one.other_id == site_id), _Rows(tx))
        if site_id not in said:
            raise
        meant: SiteRow = row_of(tx, "sites", said[site_id])
        return meant


class _Rows(Container[str]):
    """The ids of sites that have rows, asked one by one."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    def __contains__(self, site_id: object) -> bool:
        try:
            row_of(self._tx, "sites", str(site_id))
        except NotFoundError:
            return False
        return True


def meant(tx: Tx, site_id: str, agency: str = "") -> str:
    """Return the id of the library's row that `site_id` names to the agency, itself where it names none."""
    try:
        return site_named(tx, site_id, agency).site_id
    except NotFoundError:
        return site_id


def own_id(store: Store, month: str, site_id: str, agency: str) -> tuple[str, frozenset[str]]:
    """Return the id under which the published month plans the premises that `site_id` names, and all their ids.

    Where no month is published nothing is merged, and the id is the one that was given.
    """
    with store.read() as tx:
        site_id = meant(tx, site_id, agency)
    try:
        with books.opened(store, month) as kept:
            return kept.book.id_of(site_id), kept.book.ids_of(site_id)
    except (NotFoundError, Problem):
        return site_id, frozenset({site_id})
