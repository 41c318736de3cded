"""Findings about rows that restrict and cannot be read: they bar until a person corrects them.

`HELD` are rows that are kept with their strictest meaning, `STOPS` what nobody can place: planning goes on, but the
plan must not be published.
"""

from __future__ import annotations

from collections.abc import Iterable

from planner.domain.finding import Finding, FindingType
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.intake.words.entry import ERROR, finding_type

HELD_FINDING_TYPES: tuple[FindingType, ...] = (
    finding_type(
        "held.cell",
        ERROR,
        ("限制读不懂，先按最严处理", "Unreadable restriction, read in its strictest sense"),
        (
            "“{column}”的“{value}”读不懂{hint}；更正之前先按最严处理：{bars}",
            "'{value}' in '{column}' is unreadable; until it is corrected the row bars as much as it can mean",
        ),
        (
            "请核实后更正该单元格{choices}；如这一行不算数，请在首格前加“#”",
            "Correct the cell; if the row does not count, put '#' before its first cell",
        ),
    ),
    finding_type(
        "held.range",
        ERROR,
        ("限制的起止日期颠倒", "Dates of a restriction reversed"),
        (
            "“{column}”{value} 早于开始日期 {first}；更正之前按 {value} 至 {first} 都受限制处理",
            "'{column}' {value} is before {first}; until it is corrected all days from {value} to {first} are barred",
        ),
        ("请更正起止日期", "Correct the dates"),
    ),
    finding_type(
        "held.row",
        ERROR,
        ("限制看不出管谁", "A restriction that names nobody"),
        (
            "第 {row} 行限制检查，但读不出它管哪个对象、人员或日子；计划可以先排，更正之前不能公布",
            "Row {row} restricts checks, but not whom or when: a plan can be made, not published",
        ),
        (
            "请更正这一行；如不算数，请在首格前加“#”",
            "Correct the row; if it does not count, put '#' before its first cell",
        ),
    ),
    finding_type(
        "held.table",
        ERROR,
        ("限制整表或整列没有读入", "A table or column of restrictions was not read"),
        (
            "“{value}”里是限制检查的内容，没有读入{hint}；计划可以先排，更正之前不能公布",
            "'{value}' holds restrictions and was not read: a plan can be made, not published",
        ),
        ("请按模板改正表名或表头后重新提交", "Correct the sheet's name or header by the template and hand it in again"),
    ),
    finding_type(
        "held.setting",
        ERROR,
        ("上限读不懂", "An unreadable limit"),
        (
            "参数“{key}”{hint}的取值“{value}”读不懂，这项上限暂时无从遵守；计划可以先排，更正之前不能公布",
            "The value '{value}' of the limit '{key}' is unreadable: a plan can be made, not published",
        ),
        ("请填写 {asked} 的整数，或删去这一行", "Give a whole number {asked}, or delete the row"),
    ),
    finding_type(
        "held.lost",
        ERROR,
        ("因限制读不懂而不安排的任务", "Left aside for an unreadable restriction"),
        (
            "{agency} 的计划 {filing}（{strength}）有 {count} 户因限制读不懂暂不安排：{sites}",
            "Filing {filing} of {agency}: {count} sites are barred by an unreadable restriction: {sites}",
        ),
        ("请先更正所列限制（{rows}），再重新统筹", "Correct the restrictions named ({rows}) and plan again"),
    ),
)

MORE = "table.more"
HELD = frozenset({"held.cell", "held.range"})
STOPS = frozenset({"held.row", "held.table", "held.setting"})


def held_rows(findings: Iterable[Finding]) -> dict[tuple[str, int], Finding]:
    """Return, by (table, row), the finding that holds a row."""
    return {(one.table, one.row): one for one in findings if one.code in HELD}


def held_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings on restrictions that could not be read, those that stop publishing first."""
    found = [one for one in findings if _kind(one) in HELD | STOPS]
    return tuple(sorted(found, key=lambda one: _kind(one) not in STOPS))


def stops_publishing(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings for which the plan must not be published."""
    return tuple(one for one in findings if _kind(one) in STOPS)


def held_count(findings: Iterable[Finding]) -> int:
    """Return how many restrictions could not be read."""
    return sum(int(one.params["count"]) if one.code == MORE else 1 for one in held_findings(findings))


def held_places(findings: Iterable[Finding], most: int = 10) -> str:
    """Return where they stand: sheet, row and column."""
    found = [one for one in held_findings(findings) if one.code != MORE]
    places = [f"{_sheet(one)}{f'第 {one.row} 行' if one.row else ''}{_quoted(one.column)}" for one in found]
    return "、".join(places[:most]) + ("…" if len(places) > most else "")


def held_json(findings: Iterable[Finding]) -> dict[str, object] | None:
    """Return them as the plan file names them, None where every restriction could be read."""
    found = held_findings(findings)
    if not found:
        return None
    rows = [[one.code, one.table, one.row, one.column, one.value] for one in found if one.code != MORE]
    return {"count": held_count(found), "stops_publishing": held_count(stops_publishing(found)), "rows": rows}


def _kind(finding: Finding) -> str:
    return finding.params.get("of", "") if finding.code == MORE else finding.code


def _sheet(finding: Finding) -> str:
    table = TABLE_BY_KEY.get(finding.table)
    return table.title if table else finding.table


def _quoted(column: str) -> str:
    return f"“{column}”" if column else ""
