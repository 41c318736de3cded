"""One table out of several sheets and files."""

from __future__ import annotations

from collections.abc import Sequence

from planner.intake.read.sheets import Header
from planner.intake.tables.schema import Table


def joined(table: Table, parts: Sequence[tuple[str, Header]]) -> Header:
    """Return the rows of all parts under one header; `places` say which part a row is from."""
    if len(parts) == 1:
        return parts[0][1]
    keys = [c.key for c in table.columns if any(c.key in header.positions for _, header in parts)]
    whole = Header({key: place for place, key in enumerate(keys)}, len(keys))
    for place, header in parts:
        at = [header.positions.get(key) for key in keys]
        for number, cells in header.rows:
            whole.rows.append((number, ["" if n is None or n >= len(cells) else cells[n] for n in at]))
            whole.places.append(place)
        whole.year = whole.year or header.year
    return whole
