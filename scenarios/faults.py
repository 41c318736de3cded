"""Rows that are wrong on purpose, and the list that says which and why."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from planner.intake.tables.schema import TABLE_BY_KEY, Kind
from planner.intake.write.writer import write_csv
from scenarios.parameters import DemoParameters

Row = dict[str, object]


@dataclass(frozen=True)
class Fault:
    """One faulty row. `row` counts as a person sees it: the header is row 1."""

    fault: str
    table: str
    row: int
    id: str
    says: str
    """What is wrong, in Chinese."""


def _cell(table: str, column: str, value: object) -> object:
    """Return dates that are dates as dates; whatever else the fault says stays as it is."""
    columns = {known.key: known.kind for known in TABLE_BY_KEY[table].columns}
    if columns.get(column) is Kind.DATE and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def add_faults(parameters: DemoParameters, tables: dict[str, list[Row]]) -> list[Fault]:
    """Append the faulty rows to `tables` and return the list of them, in order.

    Raises ValueError where a fault copies a row that is not there.
    """
    faults = []
    for spec in parameters["faults"]["rows"]:
        table = spec["table"]
        key = TABLE_BY_KEY[table].columns[0].key
        like = [row for row in tables[table] if "like" not in spec or row[key] == spec["like"]]
        if not like:
            raise ValueError(f"fault {spec['fault']}: no row {spec.get('like')} in {table}")
        changes = {column: _cell(table, column, value) for column, value in spec["set"].items()}
        tables[table].append({**like[0], **changes})
        row = tables[table][-1]
        faults.append(Fault(spec["fault"], table, len(tables[table]) + 1, str(row[key]), spec["says"]))
    return faults


def add_unknown_column(parameters: DemoParameters, folder: Path) -> None:
    """Add to one CSV file in `folder` a column that no table knows, filled in its first row."""
    extra = parameters["faults"]["unknown_column"]
    path = folder / f"{extra['table']}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, first, *rest = list(csv.reader(file))
    write_csv(path, [[*header, extra["title"]], [*first, extra["value"]], *([*line, ""] for line in rest)])


def note_text(parameters: DemoParameters, faults: list[Fault]) -> str:
    """Return the note beside the data: what it is, whose geography it uses, which rows are wrong on purpose."""
    lines = [
        f"# {parameters['district']['name']}",
        "",
        "全部数据由程序生成,纯属虚构:主体、人员、企业、等级、记录均不对应任何真实单位或个人。",
        "",
        f"街镇名称与位置:{parameters['geography']['credit']}。",
        "",
        "## 有意写错的行",
        "",
        "| 表 | 行 | 编号 | 错在哪里 | 代号 |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {fault.table} | {fault.row} | {fault.id} | {fault.says} | {fault.fault} |" for fault in faults]
    if faults:
        extra = parameters["faults"]["unknown_column"]
        lines.append(f"| {extra['table']} | 1 | | 多出一列“{extra['title']}”(仅文件夹) | {extra['fault']} |")
    return "\n".join(lines) + "\n"
