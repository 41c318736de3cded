"""All that outsiders are told in a world, in one order and without chance that is public."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from fastapi.testclient import TestClient
from openpyxl import load_workbook

from tests.hidden.register import EMPTY_WRITES, NOT_ASKED, READS, WRITES, Asked, as_they_are, reads
from tests.hidden.worlds import World

MASKED = {"digest", "hash", "prev", "salt", "sha256", "bytes", "seconds", "at", "open", "secret"} | {
    "state_root",
    "trees",
    "neighbours",
    "position",
    "rest",
}
"""Members of answers that are commitments (links and salts of the log, hashes of files, roots and proofs), or say when
or how long."""
OPERATORS = re.compile(r"^(#|planner_(http|request|job_seconds)|python_|process_)")
"""Lines of the metrics on the machine and on how much was asked: an operator's, as the decision says."""


def transcript(
    world: World, only: Collection[str] | None = None, outsiders: Collection[str] | None = None
) -> list[tuple[str, str, int, str]]:
    """Return (who, what was asked, status, what was answered) of everything, in one order for all worlds: of `only`
    some operations and `outsiders` where these are given.
    """
    found: list[tuple[str, str, int, str]] = []
    renamed = Renamed()
    operations = [
        (operation["operationId"], method, path)
        for path, item in world.service.app.openapi()["paths"].items()
        for method, operation in item.items()
    ]
    for writing in (False, True, False):  # what is there, what is done to it, and what is there then
        for operation, method, path in operations:
            if operation in NOT_ASKED or (operation in READS) is writing:
                continue
            if only is not None and operation not in only:
                continue
            for who, client in world.outsiders.items():
                if outsiders is not None and who not in outsiders:
                    continue
                for address, request in _requests(world, operation, path):
                    for answer in _pages(client, method, address, request):
                        said = renamed(f"{headers_of(answer)} {_said(answer, path)}")
                        found.append((who, renamed(f"{operation} {address} {request}"), answer.status_code, said))
    return found


def _requests(world: World, operation: str, path: str) -> Iterator[Asked]:
    if operation in WRITES:
        return WRITES[operation](world)
    return as_they_are(world, path) if operation in EMPTY_WRITES else reads(world, path)


def _pages(client: TestClient, method: str, address: str, request: dict[str, Any]) -> Iterator[Any]:
    """Yield the answer, and every further page of a list."""
    while True:
        answer = client.request(method.upper(), address, **request)
        yield answer
        more = answer.json() if answer.headers.get("content-type") == "application/json" else None
        if method != "get" or not isinstance(more, dict) or not more.get("next"):
            return
        request = {**request, "params": {**request["params"], "cursor": more["next"]}}


def headers_of(answer: Any) -> str:
    """Return the headers that speak of what was asked."""
    return " ".join(answer.headers.get(name, "") for name in ("etag", "content-type", "retry-after", "location"))


def _said(answer: Any, path: str) -> str:
    """Return the answer as text: JSON without what `MASKED` names, workbooks cell by cell, documents part by part."""
    if answer.content.startswith(b"PK"):
        with ZipFile(BytesIO(answer.content)) as parts:
            if "xl/workbook.xml" not in parts.namelist():
                return "\n".join(f"{name} {parts.read(name)!r}" for name in sorted(parts.namelist()))
        book = load_workbook(BytesIO(answer.content), read_only=True)
        return "\n".join(str(row) for sheet in book for row in sheet.iter_rows(values_only=True))
    text: str = answer.content.decode("utf-8-sig")
    if path == "/metrics":
        return "\n".join(line for line in text.splitlines() if not OPERATORS.match(line))
    try:
        return json.dumps(_plain(json.loads(text)), ensure_ascii=False, sort_keys=True)
    except ValueError:
        pass
    try:
        return "\n".join(json.dumps(_plain(json.loads(line)), ensure_ascii=False) for line in text.splitlines())
    except ValueError:
        return text


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _masked(part) if key in MASKED else _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _masked(value: Any) -> Any:
    """Return of a commitment or a time that it is there, and of several how many, or by which names."""
    if isinstance(value, dict):
        return sorted(value)
    return len(value) if isinstance(value, list) else "MASKED" if value else ""


class Renamed:
    """Texts in which random ids are numbered as they appear, and times are only times: chance that is public."""

    _ID = re.compile(r"\b(?:TR-)?[0-9a-f]{32}\b|\bTR-[0-9a-f]{12}\b|\b(?=[0-9a-f]*[a-f])[0-9a-f]{12}\b")
    _TIME = re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?")
    _CURSOR = re.compile(r"(?<=cursor': ')[^']*|(?<=\"next\": \")[^\"]*")

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        text = self._CURSOR.sub(lambda found: self._opened(found[0]), text)
        text = re.sub("TIME 2 [0-9a-f]{64}", "TIME 2 DIGEST", self._TIME.sub("TIME", text))  # salted, in a cursor
        return self._ID.sub(lambda found: self._known.setdefault(found[0], f"ID{len(self._known)}"), text)

    def _opened(self, cursor: str) -> str:
        """Return what a cursor holds, so that it is compared in the clear."""
        return base64.urlsafe_b64decode(cursor + "==").decode()
