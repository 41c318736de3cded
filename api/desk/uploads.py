"""Uploaded workbooks, kept under the hash of their contents."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePath

from fastapi import UploadFile

from api.http.problems import Problem
from api.settings import Settings

LONGEST_NAME = 80


def kept(file: UploadFile, settings: Settings) -> str:
    """Keep an uploaded workbook under the hash of its contents; return its path. Raises Problem 415."""
    content = file.file.read()
    if not content.startswith(b"PK"):
        raise Problem(415, "not-a-workbook", "上传的不是 .xlsx 工作簿。请用 Excel 或 WPS 另存为 .xlsx 后再传。")
    name = re.sub(r"[^\w.-]", "_", PurePath(file.filename or "").name)[-LONGEST_NAME:].removesuffix(".xlsx") or "upload"
    folder = settings.data / "uploads" / hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.xlsx"
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    return str(path.resolve())
