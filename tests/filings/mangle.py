"""Mangled copies of the small district: `python -m tests.filings.mangle --count 500 [--json FILE]` runs them whole.

Each copy has one to three things done to it that happen to filings: words, ids, dates and cells that are slips, sums
and titles, sheets renamed, rows moved. Of each it is judged: no crash; no site freed that a restriction of the
unmangled district keeps, unless publishing is stopped; and no duty lost without an error.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from planner.domain.finding import Severity
from planner.intake.words.held import stops_publishing
from tests.filings.district import screened, visits_due, written

RESTRICTING = ("检查记录", "清单", "日历", "请假")
WORDS = ("见附件", "待定", "？", "其他", "以后再说", "合格", "NaN", "#REF!", "长期", "0", "2026年", "6月", "一", " ")

Mangle = Callable[[openpyxl.Workbook, random.Random], None]


def _cell(sheet: Worksheet, r: random.Random) -> Any:
    return sheet.cell(r.randrange(2, sheet.max_row + 1), r.randrange(1, sheet.max_column + 1))


def a_word(book: openpyxl.Workbook, r: random.Random) -> None:
    """Some cell of a restriction or of anything else says something else."""
    restricting = [sheet for sheet in book.worksheets if sheet.title in RESTRICTING]
    sheet = r.choice(restricting if restricting and r.random() < 0.6 else book.worksheets)
    _cell(sheet, r).value = r.choice(WORDS)


def a_slip(book: openpyxl.Workbook, r: random.Random) -> None:
    """A character of a text is another, or missing, or in another case or width."""
    cell = _cell(r.choice(book.worksheets), r)
    if isinstance(cell.value, str) and cell.value:
        at = r.randrange(len(cell.value))
        text = cell.value
        cell.value = r.choice(
            (
                text[:at] + text[at + 1 :],
                text[:at] + r.choice("O0lI１。-") + text[at + 1 :],
                text.lower(),
                "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
                f" {text}\n",
                text[:at] + "\u200b" + text[at:],
            )
        )


def an_empty_cell(book: openpyxl.Workbook, r: random.Random) -> None:
    _cell(r.choice(book.worksheets), r).value = None


def a_title_and_a_sum(book: openpyxl.Workbook, r: random.Random) -> None:
    sheet = r.choice(book.worksheets)
    sheet.insert_rows(1)
    sheet["A1"] = "金山区2026年6月汇总表"
    sheet.append(["合计", None, "若干"])


def another_sheet_name(book: openpyxl.Workbook, r: random.Random) -> None:
    r.choice(book.worksheets).title = r.choice(("Sheet1", "朱泾镇", "表一", "最终版"))


def another_header(book: openpyxl.Workbook, r: random.Random) -> None:
    sheet = r.choice(book.worksheets)
    cell = sheet.cell(1, r.randrange(1, sheet.max_column + 1))
    if isinstance(cell.value, str):
        cell.value = r.choice((cell.value + "（必填）", f"{cell.value[:1]} {cell.value[1:]}", cell.value[:-1], "其他"))


def rows_shuffled(book: openpyxl.Workbook, r: random.Random) -> None:
    sheet = r.choice(book.worksheets)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    r.shuffle(rows)
    for number, row in enumerate(rows, 2):
        for place, value in enumerate(row, 1):
            sheet.cell(number, place).value = value


def dates_as_text(book: openpyxl.Workbook, r: random.Random) -> None:
    form = r.choice(("%Y.%m.%d", "%Y年%m月%d日", "%d/%m/%Y", "%Y%m%d", "%m-%d"))
    for row in r.choice(book.worksheets).iter_rows(min_row=2):
        for cell in row:
            if hasattr(cell.value, "strftime"):
                cell.value = cell.value.strftime(form)


MANGLES: tuple[Mangle, ...] = (
    *(a_word, a_word, a_word, a_slip, a_slip, an_empty_cell, a_title_and_a_sum),
    *(another_sheet_name, another_header, rows_shuffled, dates_as_text),
)


def judged(seed: int, folder: Path, clean: set[tuple[str, str]]) -> list[str]:
    """Return what is wrong with how a mangled copy is taken; the copy is `district.xlsx` in the folder."""
    r = random.Random(seed)
    path = written(folder)
    book = openpyxl.load_workbook(path)
    done = [r.choice(MANGLES) for _ in range(r.choice((1, 1, 2, 3)))]
    for mangle in done:
        mangle(book, r)
    book.save(path)
    names = "+".join(mangle.__name__ for mangle in done)
    try:
        tables, prepared = screened(path)
    except Exception as error:  # whatever it is, it must not be
        return [f"{seed} {names}: {error!r}"]
    due = visits_due(prepared)
    wrong = []
    error = any(f.severity is Severity.ERROR for f in prepared.findings)
    freed = {site for _, site in due - clean} & {"JS-001", "JS-002"}
    if freed and not stops_publishing(prepared.findings):
        wrong.append(f"{seed} {names}: freed {sorted(freed)}")
    # A quiet list's row without a domain says in so many words that it holds for all of them.
    everywhere = {row.site_id for row in tables.lists if not row.domain}
    lost = {pair for pair in clean - due if pair[1] not in everywhere}
    if lost and not error:
        wrong.append(f"{seed} {names}: lost {sorted(lost)} without an error")
    if prepared.account.lost or not prepared.account.balances:
        wrong.append(f"{seed} {names}: the account does not balance")
    return wrong


def clean_visits(folder: Path) -> set[tuple[str, str]]:
    """Return (unit, site) of the unmangled district's tasks."""
    return visits_due(screened(written(folder))[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        clean = clean_visits(Path(aside))
        wrong = [text for seed in range(options.count) for text in judged(seed, Path(aside), clean)]
    print(*wrong, f"{options.count} copies, {len(wrong)} wrong", sep="\n")
    if options.json:
        options.json.write_text(
            json.dumps({"copies": options.count, "wrong": wrong}, ensure_ascii=False, indent=1) + "\n"
        )
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
