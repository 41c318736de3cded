"""Worked stories of the documents, told to a copy of the repository.

A story's pieces are fenced blocks whose first line names a kind and a file. `diff` changes lines that must stand in the
file once; any other kind is a new file, or goes to the end of one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PIECE = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.M | re.S)
COPIED = ("planner", "api", "scenarios", "benchmarks", "tests", "docs", "pyproject.toml")


def pieces(document: Path) -> list[tuple[str, str, str]]:
    """Return kind, file and text of each piece of a document that belongs into a file."""
    return PIECE.findall(document.read_text(encoding="utf-8"))


def told_copy(root: Path, document: Path) -> Path:
    """Copy the repository to `root`, tell it the stories of a document, and return `root`."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("node_modules", "dist", ".git"))
        else:
            shutil.copy2(ROOT / name, root / name)
    _tell(root, document)
    return root


def _tell(root: Path, document: Path) -> None:
    """Put the pieces of a document into the repository at `root`."""
    for kind, name, text in pieces(document):
        file = root / name
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        if kind == "diff":
            lines = text.splitlines()
            old = "".join(line[1:] + "\n" for line in lines if line[0] != "+")
            new = "".join(line[1:] + "\n" for line in lines if line[0] != "-")
            assert before.count(old) == 1, f"{name} is not as the story has it"
            file.write_text(before.replace(old, new), encoding="utf-8")
        else:
            file.write_text(f"{before}\n{text}" if before else text, encoding="utf-8")


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy; its temporary files stand there, too, and nobody else's are cleared away."""
    temporary = root / "temporary"
    temporary.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
