"""Orders a run of a job, within the limits of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.rights import Who
from api.settings import Settings
from api.store import Store, queue
from api.store.queue import Job


def order(store: Store, settings: Settings, who: Who, kind: str, payload: Mapping[str, Any]) -> Job:
    """Store a job in the name of `who` and return it; from then on it will be run."""
    return queue.enqueue(
        store,
        kind,
        payload,
        who.login,
        agency_id=who.agency_id,
        run_seconds=settings.run_seconds,
        run_mib=settings.run_mib,
        max_deaths=settings.deaths,
    )
