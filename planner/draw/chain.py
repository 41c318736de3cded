"""A file of records that holds each to the one before: what site draws and inspectors' draws are kept in.

One JSON object: `format`, `draws` (each with its link `chain`) and `chain_hash`, the last link. A link is the hash of
the link before and the record without its own; the first stands on the name of the format. So whoever publishes
`chain_hash` fixes every character of every record.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError
from planner.domain.hashing import canonical_json, sha256_hex

Body = dict[str, Any]
NO_CHAIN = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What `read_chained` raises where the file is no such file."""


def write_chained(path: Path, form: str, bodies: Iterable[Body]) -> str:
    """Write `bodies` at `path` in their order, a line each, whole or not at all; return the chain hash."""
    link, lines = sha256_hex(form), []
    for body in bodies:
        link = sha256_hex([link, body])
        lines.append(canonical_json({**body, "chain": link}))
    partial = path.with_name(path.name + ".partial")
    draws = ",\n".join(lines)
    partial.write_text(
        f'{{"format":{json.dumps(form)},"chain_hash":"{link}","draws":[\n{draws}\n]}}\n', encoding="utf-8"
    )
    os.replace(partial, path)
    return link


def read_chained(path: Path, form: str) -> Iterator[tuple[Body | None, bool]]:
    """Yield each record without its link, and whether the link holds; at the end (None, whether `chain_hash` holds).

    Raises InputError where the file cannot be read, one of NO_CHAIN where it is no such file.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    value = json.loads(data, object_pairs_hook=no_repeated_keys)
    if value["format"] != form or set(value) != {"format", "draws", "chain_hash"}:
        raise ValueError("format")
    link = sha256_hex(form)
    for draw in value["draws"]:
        body = without_link(draw)
        link = sha256_hex([link, body])
        yield body, draw.get("chain") == link
    yield None, value["chain_hash"] == link


def bodies_of(path: Path) -> list[Body]:
    """Return the records of a file that has been verified."""
    return [without_link(draw) for draw in json.loads(path.read_text("utf-8"))["draws"]]


def says_format(path: Path, form: str) -> bool:
    """Return whether the file says that it is of `form`. Raises InputError where it cannot be read."""
    try:
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path.name}: {error.strerror}") from error
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and value.get("format") == form


def without_link(draw: Mapping[str, Any]) -> Body:
    """Return the record without its link."""
    return {key: value for key, value in draw.items() if key != "chain"}


def text_of(value: Any) -> str:
    """Return `value`, a text. Raises TypeError where it is none."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def whole_of(value: Any) -> int:
    """Return `value`, a whole number. Raises TypeError where it is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value


def no_repeated_keys(pairs: list[tuple[str, Any]]) -> Body:
    """Refuse an object that says one thing to a reader of its first key and another to a parser that keeps the last."""
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key is repeated")
    return dict(pairs)
