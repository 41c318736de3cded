"""What was found of a month made by hand, as a workbook: how it compares, what breaks rules and where, what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.report.sheets.cells import Book, Cell, Head, joined

Document = Mapping[str, Any]
STRENGTHS = {"mandatory": "必须", "accepted": "应当", "optional": "可选"}
SEVERITIES = {"error": "错误", "warning": "提醒", "info": "说明"}


def write_adoption_workbook(document: Document, path: Path) -> Path:
    """Write the document of a hand-made month as a workbook; return where. It is for the bureau."""
    with Book(path, f"手排月核对 {document['month']}") as book:
        overview = book.sheet("结论")
        overview.widths([24, *[12] * 5])
        for line in document["told"]["zh"]:
            overview.wide(line, 6, height=32)
        heads = ["本月入企", "以后至少", "未安排", "联合", "共同任务上入企"]
        overview.table([Head("安排", 24), *(Head(name, 12, "int") for name in heads)], _scores(document))
        for name, columns, rows, nothing in _sheets(document):
            book.sheet(name).table_or_note(columns, rows, nothing)
    return path


def _scores(document: Document) -> list[list[Cell]]:
    keys = ("zh", "visits", "later", "left_out", "joint", "common")
    rows: list[list[Cell]] = [[one[key] for key in keys] for one in document["scores"]]
    bound = document["common"]["bound"]
    return rows if bound is None else [*rows, ["合法方案的下限（已证明）", None, None, None, None, bound]]


def _sheets(document: Document) -> Iterator[tuple[str, list[Head], list[list[Cell]], str]]:
    place = [Head("工作表", 16), Head("行", 8, "int"), Head("列", 14)]
    yield (
        "违反规则",
        [
            *place,
            Head("规则", 24, "wrap"),
            Head("情况", 60, "wrap"),
            Head("条款", 24, "wrap"),
            Head("对象编号", 24, "wrap"),
        ],
        [
            [
                *_first(one["places"]),
                one["title"],
                one["zh"] + _others(one["places"]),
                joined(one["clauses"]),
                joined(one["sites"]),
            ]
            for one in document["breaches"]
        ],
        "没有违反规则",
    )
    yield (
        "读入问题",
        [*place, Head("级别", 8), Head("内容", 24, "wrap"), Head("情况", 60, "wrap"), Head("怎么办", 36, "wrap"),
         Head("条款", 20, "wrap")],
        [
            [one["sheet"], one["row"], one["column"], SEVERITIES[one["severity"]], one["value"], one["message"],
             one["action"], joined(one["clauses"])]
            for one in document["findings"]
        ],
        "没有问题",
    )  # fmt: skip
    yield (
        "修复改动",
        [Head("对象编号", 24), Head("检查对象", 28, "wrap"), Head("原日期", 12), Head("改为", 20, "wrap"),
         Head("派员单位", 24, "wrap"), Head("原来的行", 24, "wrap")],
        [
            [one["site"], one["name"], one["day"] or "（没有写）", joined(map(_day, one["to"])), joined(one["units"]),
             joined(f"《{row['sheet']}》{row['row']}" for row in one["rows"])]
            for one in document["changes"]
        ],
        "没有改动",
    )  # fmt: skip
    yield (
        "没有写到的任务",
        [Head("检查对象", 30, "wrap"), Head("派员单位", 16), Head("强度", 8), Head("可留待", 8), Head("条款", 24),
         Head("任务编号", 20)],
        [
            [one["site"], one["unit"], STRENGTHS[one["strength"]], "是" if one["waits"] else "否",
             joined(one["clauses"]), one["task"]]
            for one in document["not_asked"]
        ],
        "到期任务都写到了",
    )  # fmt: skip


def _first(places: Sequence[Mapping[str, Any]]) -> list[Cell]:
    return [places[0]["sheet"], places[0]["row"], places[0]["column"]] if places else ["（没有写）", None, ""]


def _others(places: Sequence[Mapping[str, Any]]) -> str:
    more = "、".join(f"《{one['sheet']}》{one['row']}" for one in places[1:])
    return f"（另见 {more}）" if more else ""


def _day(text: str) -> str:
    return {"later": "留待以后", "out": "不安排"}.get(text, text)
