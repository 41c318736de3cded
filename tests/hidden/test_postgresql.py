"""The two worlds in small on PostgreSQL, whose keys, order and isolation are others than SQLite's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.conftest import new_database, postgres
from tests.hidden.opened import opened
from tests.hidden.told import transcript

__all__ = ["postgres"]

ASKED = (
    *("plans.list", "plans.get", "plans.visits", "plans.not-visited", "plans.notices", "public.visits", "log.list"),
    *("log.head", "log.verify", "jobs.list", "suggestions.list", "bookings.list", "sites.gate", "sites.ledger"),
    *("triggered.list", "filings.list", "bookings.create"),
)


@pytest.mark.slow
def test_no_answer_depends_on_what_is_hidden(postgres: str, tmp_path: Path) -> None:
    told, day = {}, ""
    for hidden in (True, False):
        with opened(tmp_path / str(hidden), hidden, day, new_database(postgres)) as world:
            day = world.day
            told[hidden] = transcript(world, ASKED, ("YJJ", "auditor", "public"))
    differ = [(one, other) for one, other in zip(told[True], told[False], strict=True) if one != other]
    assert differ == []
    assert {asked.split()[0] for _, asked, status, _ in told[True] if status < 400} == set(ASKED)
