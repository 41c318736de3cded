"""Plans and scenarios as pandas frames, for analysts: `frames_of_file`, `frames_of`, `frames_of_whatifs`.

What each column means, its dtype and unit: `planner.report.frames.schema.FRAMES`, and `columns.csv` beside the files.
A frame holds what the plan it is made of holds. Unannounced checks stand apart from a plan, and in no frame.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from planner.domain.errors import InputError
from planner.report.frames.files import KINDS, Kind, columns_frame, read_frame, write_frames
from planner.report.frames.of_plan import frames_of_month, frames_of_view
from planner.report.frames.of_scenarios import frames_of_documents
from planner.report.frames.schema import FRAMES
from planner.report.visits.view import Audience, view_of
from planner.service import Planned, figures, restore_plan
from planner.service.month.hidden import announced
from planner.service.whatif.outputs import COMPARED
from planner.service.whatif.telling import FORMAT as WHATIF

__all__ = [
    "FRAMES",
    "KINDS",
    "Kind",
    "columns_frame",
    "frames_of",
    "frames_of_file",
    "frames_of_whatifs",
    "read_frame",
    "write_frames",
]


def frames_of(planned: Planned, audience: Audience = "bureau", agency: str = "") -> dict[str, pd.DataFrame]:
    """Return the frames of a month or year that was planned, empty where it has no plan.

    For "agency", with its id, and for "public": tasks, visits, stays and what is left out, as far as they may see them.
    Raises InputError where no such agency has a task in the plan.
    """
    case = planned.result.case
    if audience == "agency" and agency not in case.parents:
        known = "、".join(case.parents)
        raise InputError(f"计划里没有检查主体“{agency}”，有：{known} / no agency {agency!r} in the plan: {known}")
    seen = frames_of_view(view_of(planned.result, audience, planned.names, agency))
    if audience != "bureau":
        return seen
    of_bureau = frames_of_month(planned.result, figures(planned), announced(planned.tables).filings)
    found = seen | of_bureau
    return {name: found[name] for name in FRAMES if name in found}


def frames_of_file(path: Path, source: Path | None = None) -> dict[str, pd.DataFrame]:
    """Return the frames of a plan file; `source` None looks where the file says that its source lies.

    Raises as `planner.service.restore_plan`.
    """
    return frames_of(restore_plan(path, source))


def frames_of_whatifs(paths: Sequence[Path]) -> dict[str, pd.DataFrame]:
    """Return scenarios and effects of documents that `planner whatif --out` or `compare --json` wrote.

    Raises InputError where a file is none.
    """
    documents = []
    for path in paths:
        try:
            document = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise InputError(f"{path.name}：读不出 / cannot be read: {error}") from error
        if not isinstance(document, dict) or document.get("format") not in (WHATIF, COMPARED):
            raise InputError(f"{path.name}：不是推演文件 / no document of a scenario")
        documents.append(document)
    return frames_of_documents(documents)
