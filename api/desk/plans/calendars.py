"""Calendars as they go out: numbered, when a plan is published, after those of the plan that it supersedes.

Until then nobody has imported them, so a draft's events begin at SEQUENCE 0. The files of the job that made the plan
stay as they are; the numbered ones lie beside them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from api.settings import Settings

SUFFIX = ".ics"
Artefact = Mapping[str, Any]


def numbered(settings: Settings, plan_id: str, own: Sequence[Artefact], before: Sequence[Artefact]) -> list[Artefact]:
    """Return the files `own` of a plan with its calendars as the versions after those among `before`; they are written.

    An event that was told before keeps its UID and, where it has changed, has a higher SEQUENCE; what fell away is
    CANCELLED, in a file of its own where the agency goes nowhere any more.
    """
    from planner.report.calendars import numbered_after

    told = {one["name"]: one for one in before if str(one["name"]).endswith(SUFFIX)}
    mine = {one["name"]: one for one in own}
    found: list[Artefact] = []
    for name, one in {**mine, **{name: one for name, one in told.items() if name not in mine}}.items():
        earlier = _content(settings, told.get(name))
        content = (
            None if earlier is None else numbered_after(Path(name).name, _content(settings, mine.get(name)), earlier)
        )
        if content is not None:
            found.append(_kept(settings, f"published/{plan_id}/{name}", one, content))
        elif name in mine:
            found.append(one)
    return found


def _content(settings: Settings, artefact: Artefact | None) -> bytes | None:
    """Return a file's content, None where it is not there (any more)."""
    if artefact is None:
        return None
    try:
        return (settings.artefacts / str(artefact["path"])).read_bytes()
    except OSError:
        return None


def _kept(settings: Settings, path: str, artefact: Artefact, content: bytes) -> Artefact:
    target = settings.artefacts / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return {**artefact, "path": path, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
