"""What the words of an agency mean in its filings: told once, read from then on, forgotten when somebody says so."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from api.store import log
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import agency_words
from planner.intake.read.forms.learned import Word
from planner.intake.tables.folding import fold

WORDS = agency_words.c


@dataclass(frozen=True, slots=True)
class Kept:
    """A word as it is kept: what it means, why, since when and by whom."""

    column: str
    said: str
    meant: str
    why: str
    at: datetime
    who: str

    @property
    def word(self) -> Word:
        """The word as a reader takes it."""
        return Word(self.column, self.said, self.meant, self.who)


def words_of(tx: Tx, agency_id: str) -> list[Kept]:
    """Return the words of a parent agency, by column and word."""
    query = select(WORDS.column, WORDS.said, WORDS.meant, WORDS.why, WORDS.at, WORDS.who)
    query = query.where(WORDS.agency_id == agency_id, WORDS.ended_at.is_(None))
    return [Kept(**row) for row in tx.rows(query.order_by(WORDS.column, WORDS.folded))]


def learn(tx: Tx, who: str, agency_id: str, word: Word, why: str) -> Kept:
    """Keep what a word means from now on, and end what it meant before; the same meaning once more changes nothing."""
    before = [
        kept for kept in words_of(tx, agency_id) if (kept.column, fold(kept.said)) == (word.column, fold(word.said))
    ]
    if before and before[0].meant == word.meant:
        return before[0]
    _end(tx, who, agency_id, word.column, word.said)
    values: dict[str, Any] = {
        "column": word.column,
        "said": word.said,
        "meant": word.meant,
        "why": why,
        "at": tx.now(),
        "who": who,
    }
    tx.run(insert(agency_words).values(id=uuid.uuid4().hex, agency_id=agency_id, folded=fold(word.said), **values))
    grounds = {"column": word.column, "said": word.said, "meant": word.meant, "reason": why}
    log.append(tx, who, "word.learn", f"agency:{agency_id}", grounds, reserved=True, agency_id=agency_id)
    return Kept(**values)


def forget(tx: Tx, who: str, agency_id: str, column: str, said: str) -> None:
    """Let a word mean nothing from now on. Raises NotFoundError where it means nothing already."""
    if not _end(tx, who, agency_id, column, said):
        raise NotFoundError(f"没有记过用词“{said}” / {said!r} was never learned")
    grounds = {"column": column, "said": said}
    log.append(tx, who, "word.forget", f"agency:{agency_id}", grounds, reserved=True, agency_id=agency_id)


def _end(tx: Tx, who: str, agency_id: str, column: str, said: str) -> bool:
    which = (WORDS.agency_id == agency_id, WORDS.column == column, WORDS.folded == fold(said), WORDS.ended_at.is_(None))
    done = tx.run(update(agency_words).where(*which).values(ended_at=tx.now(), ended_by=who))
    return bool(done.rowcount)
