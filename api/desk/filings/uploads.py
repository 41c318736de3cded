"""Uploaded workbooks, kept under the hash of their contents."""

from __future__ import annotations

import hashlib
import re
import uuid
import zipfile
from pathlib import PurePath

from fastapi import UploadFile

from api.problems import Problem
from api.settings import Settings

NOT_A_WORKBOOK = Problem(415, "not-a-workbook", "上传的不是 .xlsx 工作簿。请用 Excel 或 WPS 另存为 .xlsx 后再传。")
LONGEST_NAME = 80
READ_AT_ONCE = 64 * 2**20
"""Bytes to which a workbook may unpack that is read while its sender waits, in the process that answers everybody."""


def kept_small(file: UploadFile, settings: Settings) -> str:
    """Keep an uploaded workbook that is going to be read at once; return its path. Raises Problem 413, 415."""
    try:
        with zipfile.ZipFile(file.file) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise NOT_A_WORKBOOK from None
    if unpacked > READ_AT_ONCE:
        detail = f"工作簿展开后超过 {READ_AT_ONCE // 2**20} MiB。请只留申报的表，或请统筹办公室用“导入工作簿”导入。"
        raise Problem(413, "unpacked", detail)
    file.file.seek(0)
    return kept(file, settings)


def kept(file: UploadFile, settings: Settings) -> str:
    """Keep an uploaded workbook under the hash of its contents; return its path. Raises Problem 415."""
    content = file.file.read()
    if not content.startswith(b"PK"):
        raise NOT_A_WORKBOOK
    name = re.sub(r"[^\w.-]", "_", PurePath(file.filename or "").name)[-LONGEST_NAME:].removesuffix(".xlsx") or "upload"
    folder = settings.data / "uploads" / hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.xlsx"
    # A name of its own: several may hand in the same file at once.
    unfinished = path.with_name(f".{uuid.uuid4().hex}.unfinished")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)  # is there only where the disk was full
    return str(path.resolve())
