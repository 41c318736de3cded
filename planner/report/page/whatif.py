"""Scenarios played from one plan, side by side and one after the other, as a page without scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from planner.report.words.whatif_texts import DEPTHS, FIGURES, LEVELS


def write_whatif_page(documents: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """Write the documents of scenarios with one base as one HTML page; return where."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(render_whatif(documents), encoding="utf-8", errors="replace")
    return draft.replace(path)


def render_whatif(documents: Sequence[Mapping[str, Any]]) -> str:
    """Return the page as HTML; whatever the documents say is text, never markup."""
    environment = Environment(
        loader=PackageLoader("planner.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    keys = ("same_service", "not_comparable_zh", "requirements", "work", "verdict")
    shown = [{**dict.fromkeys(keys), **one, "widest": _widest(one)} for one in documents]
    return environment.get_template("whatif.html.j2").render(
        documents=shown, month=documents[0]["base"]["month"], depths=DEPTHS, levels=LEVELS, figures=FIGURES
    )


def _widest(document: Mapping[str, Any]) -> int:
    """Return the most sites that share one change of entries, none aside."""
    histogram = document["gains"]["histogram"] if "gains" in document else {}
    counts: list[int] = [count for change, count in histogram.items() if change != "0"]
    return max([1, *counts])
