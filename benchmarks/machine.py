"""What a measurement must name to be repeated: commit, versions, cores, load; and how much memory it took."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEASURED = ("planner", "benchmarks", "scenarios", ":!benchmarks/results", ":!benchmarks/*.md")
"""What a row depends on; a change elsewhere does not make it uncommitted."""


def _git(*arguments: str) -> str:
    run = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return run.stdout.strip()


def machine() -> dict[str, object]:
    """Return commit ("" outside a repository), whether the code differs from it, versions, cores and load."""
    return {
        "commit": _git("rev-parse", "--short=10", "HEAD"),
        "uncommitted": bool(_git("status", "--porcelain", "--", *MEASURED)),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("ortools", "numba", "numpy", "highspy")},
        },
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }


def peak_mib(children: bool = False) -> int:
    """Return the most memory that this process has held so far, in MiB.

    With `children`, the most that one of its ended child processes held is added: they stood side by side.
    """
    kib_per_unit = 1024 if platform.system() == "Darwin" else 1
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN) if children else (resource.RUSAGE_SELF,)
    return round(sum(resource.getrusage(who).ru_maxrss for who in whose) / kib_per_unit / 1024)
