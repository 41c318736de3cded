"""What was found in reading a source, kept beside a copy of its usable rows: the copy does not show it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from planner.domain.errors import InputError
from planner.domain.finding import Finding, Severity

NAME = "findings.json"


def write_findings(folder: Path, findings: Sequence[Finding]) -> Path:
    """Write the findings into the folder of the copy."""
    path = folder / NAME
    path.write_text(json.dumps([asdict(one) for one in findings], ensure_ascii=False), encoding="utf-8")
    return path


def kept_findings(source: Path) -> tuple[Finding, ...] | None:
    """Return the findings kept in a folder, None where the source is no such copy. Raises InputError if unreadable."""
    path = source / NAME
    if not path.is_file():
        return None
    try:
        return tuple(
            Finding(
                **{
                    **one,
                    "severity": Severity(one["severity"]),
                    "clauses": tuple(one["clauses"]),
                    "subjects": tuple(one["subjects"]),
                }
            )
            for one in json.loads(path.read_text(encoding="utf-8"))
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} 不可读，请重新导出 / cannot be read ({error!r})") from error
