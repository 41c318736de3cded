"""A department's own form given back as a filled template, with every interpretation marked."""

from __future__ import annotations

from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from planner.domain.errors import InputError
from planner.domain.finding import Severity
from planner.intake.read.forms.learned import NOTHING, TABLE, Learned, Word, checked
from planner.intake.read.forms.raw import raw_tables
from planner.intake.read.reader import read_tables
from planner.intake.tables.layout import GUIDE_NAME
from planner.intake.tables.records import Tables
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.intake.words.catalogue import render
from planner.intake.write.writer import write_workbook

HEAD = ("程度", "工作表", "原行", "列", "原值", "解读或问题", "怎么办", "确认为")
"""Heads of the sheet 说明. What a person writes under 确认为 is what that body's word means from then on."""
WORDS = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.INFO: "提示"}


def tidy(source: Path, out: Path, learned: Learned = NOTHING) -> Tables:
    """Write what could be read of `source` as a workbook in the template's form, and return it.

    A cell that was interpreted is marked, with what it was; the sheet 说明 lists all that was found, rows by their
    number in the source. Its last column is for a person to say what a word means that could not be read
    (`confirmed_words`). `learned` are the words that the body has told before. Of a table put together from several
    sheets only the list tells: its rows' numbers repeat.
    """
    tables = read_tables(source, learned=learned)
    titles = {key: {column.title: column.key for column in table.columns} for key, table in TABLE_BY_KEY.items()}
    place = {key: {row.ref.row: n for n, row in enumerate(getattr(tables, key))} for key in TABLE_BY_KEY}
    marks: dict[tuple[str, int, str], str] = {}
    lines: list[tuple[str, ...]] = [HEAD]
    for found in tables.findings:
        _, message, action = render(found)
        table = TABLE_BY_KEY.get(found.table)
        sheet = table.title if table else found.table
        lines.append(
            (WORDS[found.severity], sheet, str(found.row or ""), found.column, found.value, message, action, "")
        )
        at = place.get(found.table, {}).get(found.row)
        column = titles.get(found.table, {}).get(found.column)
        if at is not None and column and "place" not in found.params:
            marks[found.table, at, column] = f"{message}。{action}。"
    rows = {key: found for key, found in raw_tables(tables).items() if found}
    out.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(rows, out, marks, lines)
    return tables


def confirmed_words(workbook: Path, by: str) -> list[Word]:
    """Return what a person has written under 确认为 in a workbook that `tidy` wrote.

    Raises InputError where the workbook has no such list, or a word or its meaning cannot be used: which one, and why.
    """
    try:
        book = CalamineWorkbook.from_path(str(workbook))
        rows = [[str(cell).strip() for cell in row] for row in book.get_sheet_by_name(GUIDE_NAME).to_python()]
    except (CalamineError, OSError) as error:
        raise InputError(f"{workbook.name}：不是 planner tidy 写出的工作簿 / not a workbook of planner tidy") from error
    head = next((n for n, row in enumerate(rows) if row[: len(HEAD)] == list(HEAD)), None)
    if head is None:
        raise InputError(f"{workbook.name}：《{GUIDE_NAME}》没有“{HEAD[-1]}”一栏 / no column for what words mean")
    found = []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        _, sheet, _, column, said, _, _, meant = row[: len(HEAD)]
        if not meant:
            continue
        if sheet != TABLE.title:
            raise InputError(
                f"《{GUIDE_NAME}》第 {number} 行：只记“{TABLE.title}”的用词 / only words of filings are learned"
            )
        try:
            found.append(checked(Word(column, said, meant, by)))
        except InputError as error:
            raise InputError(f"《{GUIDE_NAME}》第 {number} 行：{error}") from error
    return found
