"""The demo district's parameters: one TOML file, whose text blocks are small tables with `|` between columns."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

DEFAULT_FILE = Path(__file__).with_name("demo_parameters.toml")

BlockRow = dict[str, str]


def read_block(text: str) -> list[BlockRow]:
    """Return the rows of a text block: its first line names the columns, `|` separates cells, blanks are dropped.

    Raises ValueError where a row has another number of cells than the header.
    """
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    header, rows = lines[0], lines[1:]
    for cells in rows:
        if len(cells) != len(header):
            raise ValueError(f"{len(cells)} cells where the header has {len(header)}: {' | '.join(cells)}")
    return [dict(zip(header, cells, strict=True)) for cells in rows]


def read_range(text: str) -> tuple[date, date]:
    """Return first and last date of `YYYY-MM-DD~YYYY-MM-DD`."""
    first, last = text.split("~")
    return date.fromisoformat(first), date.fromisoformat(last)


@dataclass(frozen=True)
class DemoParameters:
    """The parameter file, by section; text blocks are read where they are used. `source` is where it came from."""

    source: Path
    sections: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, path: Path = DEFAULT_FILE) -> DemoParameters:
        """Read a parameter file. Raises OSError where it is missing, tomllib.TOMLDecodeError where it is not TOML."""
        return cls(path, tomllib.loads(path.read_text(encoding="utf-8")))

    def __getitem__(self, section: str) -> dict[str, Any]:
        return self.sections[section]

    def block(self, section: str, name: str) -> list[BlockRow]:
        """Return the rows of text block `name` in `section`."""
        return read_block(self.sections[section][name])
