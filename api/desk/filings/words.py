"""An agency's own words in its filings: listed, told, forgotten by itself or by the coordinator for it."""

from __future__ import annotations

from api.desk.filings.word_models import WordOrder, WordOut
from api.problems import Problem
from api.rights import Who, own_agencies
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.inputs.library import known_ids, row_of
from api.store.inputs.words import Kept, forget, learn, words_of
from planner.domain.errors import InputError
from planner.intake.read.forms.learned import Word, checked, column_named


def speaks_for(tx: Tx, who: Who, agency_id: str | None) -> str:
    """Return the agency whose words are meant, the caller's own where it names none.

    Raises Problem 422 where the coordinator names none, 403 for an account of no agency, NotFoundError for another's.
    """
    if who.sees_all:
        if not agency_id:
            raise Problem(422, "agency", "请指明检查主体（agency_id）。")
        row_of(tx, "agencies", agency_id)
        return agency_id
    own = own_agencies(tx, who)
    if who.agency_id is None or own is None:
        raise Problem(403, "own-agency", "此账号不属于任何检查主体，没有自己的用词。")
    if agency_id and agency_id not in own:
        raise NotFoundError(f"没有检查主体 {agency_id} / there is no agency {agency_id}")
    return agency_id or who.agency_id


def listed(tx: Tx, who: Who, agency_id: str | None) -> list[WordOut]:
    """Return the words of an agency by column and word. Raises as `speaks_for`."""
    agency = speaks_for(tx, who, agency_id)
    return [_shown(agency, kept) for kept in words_of(tx, agency)]


def told(tx: Tx, who: Who, order: WordOrder) -> WordOut:
    """Learn a word. Raises Problem 422 where it says nothing new or cannot be read either; as `speaks_for`."""
    agency = speaks_for(tx, who, order.agency_id)
    try:
        word = checked(Word(order.column, order.said, order.meant, who.login))
        column = column_named(word.column)
    except InputError as error:
        raise Problem(422, "word", str(error).partition(" / ")[0] + "。") from error
    if column.refers:
        known = known_ids(tx).get(column.refers)
        if known is not None and known.meant(word.said):
            raise Problem(422, "word", f"“{word.said}”本来就是名录里的编号，不必记。")
        if known is None or word.meant not in known.usable:
            raise Problem(422, "word", f"名录中没有“{word.meant}”。请填名录里的编号。")
    return _shown(agency, learn(tx, who.login, agency, word, order.reason))


def forgotten(tx: Tx, who: Who, agency_id: str | None, column: str, said: str) -> None:
    """Forget a word. Raises NotFoundError where it means nothing already; as `speaks_for`."""
    agency = speaks_for(tx, who, agency_id)
    try:
        key = column_named(column).key
    except InputError as error:
        raise NotFoundError(str(error)) from error
    forget(tx, who.login, agency, key, said)


def _shown(agency: str, kept: Kept) -> WordOut:
    return WordOut(
        agency_id=agency,
        column=kept.column,
        title=column_named(kept.column).title,
        said=kept.said,
        meant=kept.meant,
        reason=kept.why,
        at=kept.at,
        who=kept.who,
    )
