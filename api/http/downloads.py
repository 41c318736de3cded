"""Files that are made for whoever asks, as answers to download."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Response

KINDS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ics": "text/calendar",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _described(*kinds: str) -> dict[int | str, dict[str, Any]]:
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"description": "文件内容", "content": dict.fromkeys(kinds, schema)}}


WORKBOOK = _described(KINDS[".xlsx"])
CSV = _described(KINDS[".csv"])
WORD = _described(KINDS[".docx"])
ICS = _described(KINDS[".ics"])
ANY_FILE = _described(*KINDS.values())


def attached(content: bytes, name: str) -> Response:
    """Return a file's content under its name."""
    named = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=KINDS[Path(name).suffix], headers={"Content-Disposition": named})


def workbook(path: Path) -> Response:
    """Return a file's contents under its name; the file itself may go."""
    return attached(path.read_bytes(), path.name)
