"""Scenarios played from one plan as a workbook: effects side by side, figures, enterprises, agencies, towns, moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.report.sheets.cells import Book, Cell, Head
from planner.report.words.whatif_texts import DEPTHS, FIGURES, LEVELS

Document = Mapping[str, Any]


def write_whatif_workbook(documents: Sequence[Document], path: Path) -> Path:
    """Write the documents of scenarios with one base as one workbook; return where."""
    with Book(path, f"情景推演 {documents[0]['base']['month']}") as book:
        for name, heads, rows in _sheets(documents):
            sheet = book.sheet(name)
            sheet.table(heads, rows)
    return path


def _sheets(documents: Sequence[Document]) -> Iterator[tuple[str, list[Head], list[list[Cell]]]]:
    played = [one for one in documents if one.get("verdict")]
    title = Head("情景", 40, "wrap")
    yield (
        "情景对比",
        [
            title,
            Head("说明", 44, "wrap"),
            Head("深度", 20),
            Head("共同检查", 10, "int"),
            Head("同口径影响下端", 10, "int"),
            Head("同口径影响上端", 10, "int"),
            Head("同口径入企次数", 30),
            Head("少做的工作", 26),
            Head("多做的工作", 26),
            Head("判定", 34, "wrap"),
        ],
        [_overview(one) for one in documents],
    )
    yield "分级", [
        title,
        Head("分级", 30),
        *(Head(name, 10, "int") for name in ("基准", "基准下限", "情景", "情景下限", "影响下端", "影响上端")),
    ], [_level(one, row) for one in played for row in one["levels"]]  # fmt: skip
    yield (
        "数字",
        [title, Head("数字（点数，不是证明）", 26), *(Head(n, 12, "text") for n in ("基准", "情景", "差"))],
        [
            [one["scenario"]["title"], FIGURES[row["figure"]], row["before"], row["after"], row["difference"]]
            for one in played
            for row in one["figures"]
        ],
    )
    yield "企业", [
        title,
        *(Head(name, width) for name, width in (("对象编号", 26), ("名称", 36), ("街镇", 14), ("行业", 14))),
        Head("基准", 8, "int"),
        Head("情景", 8, "int"),
    ], [
        [one["scenario"]["title"], *(row[key] for key in ("site", "name", "town", "industry", "before", "after"))]
        for one in played
        for row in one["gains"]["sites"]
    ]  # fmt: skip
    yield (
        "街镇",
        [title, Head("街镇", 20), *(Head(name, 10, "int") for name in ("少进", "多进", "净"))],
        [
            [one["scenario"]["title"], row["name"], row["fewer"], row["more"], row["net"]]
            for one in played
            for row in one["gains"]["towns"]
        ],
    )
    yield "主体", [
        title,
        Head("主体编号", 16),
        *(Head(name, 12, "int") for name in ("基准入企", "情景入企", "基准工时（刻钟）", "情景工时（刻钟）")),
    ], [
        [one["scenario"]["title"], row["unit"], row["visits_before"], row["visits_after"], row["quarters_before"],
         row["quarters_after"]]
        for one in played
        for row in one["gains"]["agencies"]
    ]  # fmt: skip
    kinds = {"new": "新增", "gone": "取消", "other_company": "同行单位有变"}
    yield (
        "变动",
        [title, Head("变动", 14), Head("对象编号", 26), Head("日期", 12)],
        [
            [one["scenario"]["title"], kinds[kind], site, day]
            for one in played
            for kind, visits in one["moved"]["visits"].items()
            for site, day in visits
        ],
    )
    yield (
        "改动的数据",
        [title, Head("改动", 8, "int"), Head("类别", 12), Head("表", 14), Head("行数", 10, "int")],
        [
            [one["scenario"]["title"], touched["change"], touched["kind"], table, count]
            for one in documents
            for touched in one["touched"]
            for table, count in (touched["rows"].items() or [("（没有改动任何数据）", 0)])
        ],
    )


def _overview(one: Document) -> list[Cell]:
    same, work = one.get("same_service"), one.get("work") or {}
    effect = same["effect"] if same else None
    return [
        one["scenario"]["title"],
        one["scenario"]["argues"],
        DEPTHS[one["depth"]],
        one["requirements"]["common"] if one.get("requirements") else None,
        effect["low"] if effect else None,
        effect["high"] if effect else None,
        effect["text"] if effect else one.get("not_comparable_zh") or one["reason_zh"],
        *((work.get(part) or {}).get("text", "") for part in ("gone", "added")),
        one["verdict"]["zh"] if one.get("verdict") else "",
    ]


def _level(one: Document, row: Mapping[str, Any]) -> list[Cell]:
    effect = row["effect"] or {}
    ends = [effect.get("low"), effect.get("high")]
    values = [row[side][key] for side in ("before", "after") for key in ("value", "bound")]
    return [one["scenario"]["title"], LEVELS[row["level"]], *values, *ends]
