"""A service of its own for one world, opened on the eve of the month and closed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.desk.enterprises import requests
from api.desk.published import kept_books, suggesting, triggered_checks, triggering
from api.desk.recorded import absorbing, duties, entering, evaluating, missing, results
from api.desk.supervision import cases
from api.settings import Settings
from api.store import Store
from api.store.database.migrate import migrate
from tests.hidden.worlds import World, lived
from tests.http.conftest import Service, filled

EVE = date(2026, 5, 29)
NUMBERS = count()
"""Of results, in all worlds: those that come later have greater ids in each."""


@contextmanager
def opened(folder: Path, hidden: bool, day: str = "", url: str = "", seed: int | None = None) -> Iterator[World]:
    """Yield a world that was lived in, with its hidden part or without, on database `url` or on SQLite in `folder`.

    Its month is planned with `seed`, where one is given.

    Each step of a run is stored at once: how many are kept would else depend on how busy the machine is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(url or f"sqlite:///{folder / 'store.sqlite'}")
    with pytest.MonkeyPatch.context() as eve:
        published = (kept_books, suggesting, triggered_checks, triggering)
        for module in (*published, requests, cases, absorbing, duties, entering, evaluating, missing, results):
            eve.setattr(module, "today", lambda: EVE)
        # Results are told by their day, then by random ids, and with the minute of recording: chance that is public.
        eve.setattr(entering, "uuid", SimpleNamespace(uuid4=lambda: SimpleNamespace(hex=f"{next(NUMBERS):032x}")))
        eve.setattr(entering, "_now", lambda: f"{EVE} 10:00")
        try:
            migrate(store)
            settings = Settings(
                data=folder / "data",
                database=store.url,
                workers=0,
                rate_per_second=10_000,
                rate_burst=10_000,
                progress_seconds=0.0,
            )
            secrets = filled(store)
            app = create_app(settings)
            with TestClient(app):
                yield lived(Service(app, store, settings, secrets), folder, hidden, day, seed)
        finally:
            store.close()
