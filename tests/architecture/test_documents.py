"""What the documents point at exists: links between files, and paths that stand as code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "benchmarks/README.md", "scenarios/README.md"]
DOCUMENTS += sorted(f"docs/{file.name}" for file in (ROOT / "docs").glob("*.md"))
DOCUMENTS += sorted(f"docs/manual/{file.name}" for file in (ROOT / "docs/manual").glob("*.md"))
LINK = re.compile(r"\]\((?!https?://)([^)#\s]+)")
PATH = re.compile(r"`((?:api|benchmarks|docs|planner|scenarios|tests|tools)/[\w./-]+)`")
MADE_BY_A_STORY = re.compile(r"^```\w+ (\S+)$", re.M)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_points_at_exists(name: str) -> None:
    document = ROOT / name
    text = document.read_text(encoding="utf-8")
    made = set(MADE_BY_A_STORY.findall(text))
    links = [way for way in LINK.findall(text) if not (document.parent / way).exists()]
    paths = [way for way in PATH.findall(text) if not (ROOT / way).exists() and way not in made]
    assert (links, paths) == ([], [])
