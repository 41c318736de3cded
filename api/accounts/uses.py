"""When tokens and sessions were last used: gathered in memory, written behind.

Every request shows that a token or session is in use. Were that written with the request, a read would wait for the
right to write, which a long import holds for half a minute. So a use is noted here, and a thread writes what was noted
every few seconds and once more at the end. A process that is killed loses the uses of its last seconds, no more.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from typing import Literal

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from api.store.database.engine import Store
from api.store.database.schema import sessions, tokens

Kind = Literal["token", "session"]
WRITTEN_EVERY = 20.0
"""Seconds between two writes of what was noted."""
MOST = 20_000
"""Uses that are held; beyond, those of what was noted first are forgotten."""

_COLUMNS = {"token": (tokens.c.id, tokens.c.used_at), "session": (sessions.c.hash, sessions.c.seen_at)}
logger = logging.getLogger(__name__)


class Uses:
    """The newest uses that are not written yet, of one process."""

    def __init__(self) -> None:
        self._noted: dict[tuple[Kind, str], datetime] = {}
        self._lock = threading.Lock()

    def note(self, kind: Kind, key: str, at: datetime) -> None:
        """Note that a token (by id) or a session (by hash) was used at a time of the database's clock."""
        with self._lock:
            self._noted[kind, key] = max(at, self._noted.get((kind, key), at))
            while len(self._noted) > MOST:
                del self._noted[next(iter(self._noted))]

    def last(self, kind: Kind, key: str) -> datetime | None:
        """Return the newest use that is noted and not written yet, None where there is none."""
        with self._lock:
            return self._noted.get((kind, key))

    def write(self, store: Store) -> int:
        """Write what was noted and return how many; what cannot be written now stays noted."""
        with self._lock:
            taken = dict(self._noted)
        if not taken:
            return 0
        try:
            with store.write(alone=False) as tx:
                for (kind, key), at in taken.items():
                    name, moment = _COLUMNS[kind]
                    older = moment.is_(None) | (moment < at)
                    tx.run(update(name.table).where(name == key, older).values({moment: at}))
        except SQLAlchemyError as error:
            logger.warning("uses of tokens and sessions are written later: %s", error)
            return 0
        with self._lock:
            for mark, at in taken.items():
                if self._noted.get(mark) == at:
                    del self._noted[mark]
        return len(taken)

    def keep_writing(self, store: Store, stop: threading.Event) -> None:
        """Write what was noted again and again until `stop` is set, and then once more."""
        while not stop.wait(WRITTEN_EVERY):
            self.write(store)
        self.write(store)
