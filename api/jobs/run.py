"""What a kind of job gets to work with, and the list of kinds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from api.settings import Settings
from api.store import queue
from api.store.database.engine import Store, Tx
from api.store.queue import Job

Ending = Callable[[Tx], Any]
"""Stores what a run has found, in the transaction that ends it, and returns the job's result as JSON values."""


class _Latest:
    """The newest progress that is not stored yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.values: dict[str, Any] | None = None
        self.stored_at = float("-inf")


@dataclass(frozen=True)
class Run:
    """One attempt at a job, as its kind's function sees it. That function may be killed at any time.

    `incumbent` is what an earlier attempt kept. The function returns an `Ending`: it writes nothing else that lasts, so
    that a run which is taken over leaves nothing twice.
    """

    store: Store
    job: Job
    settings: Settings
    incumbent: bytes | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    _latest: _Latest = field(default_factory=_Latest)

    def cancelled(self) -> bool:
        """Return whether the run should end now with the best it has."""
        return self.stop.is_set()

    def tell(
        self,
        stage: str,
        *,
        level: str = "",
        best: int | None = None,
        bound: int | None = None,
        note: str = "",
        keep: bytes | None = None,
    ) -> None:
        """Report progress; `keep` is the best so far, in the kind's own form, for whoever takes the run over.

        Stored at most once in `progress_seconds`; what is newest is stored then.
        """
        with self._latest.lock:
            before = self._latest.values or {}
            values = {"stage": stage, "level": level, "best": best, "bound": bound, "note": note}
            self._latest.values = {**values, "incumbent": before.get("incumbent") if keep is None else keep}
        self.flush()

    def flush(self, at_once: bool = False) -> None:
        """Store what was told last, if it is time. Raises LostJobError."""
        latest = self._latest
        with latest.lock:
            if latest.values is None:
                return
            if not at_once and time.monotonic() - latest.stored_at < self.settings.progress_seconds:
                return
            values, latest.values = latest.values, None
            queue.tell(self.store, self.job, **values)
            latest.stored_at = time.monotonic()


Kind = Callable[[Run], Ending]
KINDS: dict[str, Kind] = {}
"""Kinds by name; `api.jobs.kinds` fills it."""


def kind(name: str) -> Callable[[Kind], Kind]:
    """Register the function that runs jobs of kind `name`."""

    def register(function: Kind) -> Kind:
        KINDS[name] = function
        return function

    return register
