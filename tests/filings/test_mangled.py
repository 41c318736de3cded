"""A share of the mangled copies; all of them: `python -m tests.filings.mangle --count 500`."""

from __future__ import annotations

from pathlib import Path

from tests.filings.mangle import clean_visits, judged

SHARE = 40


def test_mangled_copies_free_nothing_and_lose_nothing_in_silence(tmp_path: Path) -> None:
    clean = clean_visits(tmp_path)
    assert len(clean) == 10
    assert [text for seed in range(SHARE) for text in judged(seed, tmp_path, clean)] == []
