"""Tables of a web page, as some systems export them under the name of a workbook."""

from __future__ import annotations

from html.parser import HTMLParser

from planner.intake.read.sheets import RawSheet, numbered

MAX_SPAN = 100


class _Tables(HTMLParser):
    """Collects the rows of each outermost table; cells that span columns or rows repeat as blanks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._depth = 0
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append([])
        elif tag == "tr" and self._depth == 1:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self._depth == 1 and self.tables[-1]:
            self._close()
            span = str(dict(attrs).get("colspan") or "1")
            self._cell, self._span = [], min(int(span), MAX_SPAN) if span.isdigit() else 1
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._close()
        elif tag == "table" and self._depth:
            self._close()
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _close(self) -> None:
        if self._cell is not None and self.tables and self.tables[-1]:
            self.tables[-1][-1] += ["".join(self._cell).strip(), *[""] * (self._span - 1)]
        self._cell = None


def html_sheets(text: str, name: str) -> list[RawSheet]:
    """Return each table of the page as a sheet."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    sheets = []
    for number, table in enumerate(parser.tables, 1):
        rows = numbered(table)
        if rows:
            title = name if len(parser.tables) == 1 else f"{name} {number}"
            sheets.append(RawSheet(title, rows, last_row=rows[-1][0]))
    return sheets
