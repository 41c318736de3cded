"""A handful of kills; `python -m tests.api.kills --count 100` does the full number."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.kills import run


@pytest.mark.slow
def test_nothing_accepted_is_lost_whatever_is_killed(url: str, tmp_path: Path) -> None:
    outcome = run(url, tmp_path, 6)
    assert outcome.wrong == []
    assert outcome.states.keys() <= {"finished", "failed"}
    assert outcome.states["finished"] > 0
    assert outcome.kills.total() == 6
