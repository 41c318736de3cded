"""A handful of kills of the whole service; `python -m tests.http.server_kills --count 100` does the full number."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.http.conftest import Service
from tests.http.server_kills import run

KILLS = 3


@pytest.mark.slow
def test_every_answered_write_is_there_after_kills(service: Service, tmp_path: Path) -> None:
    outcome = run(service.store, service.secrets["bureau"], tmp_path, KILLS)
    assert outcome.wrong == []
    assert outcome.kills == KILLS
    assert outcome.answered > KILLS
    assert outcome.runs.total() == 1
