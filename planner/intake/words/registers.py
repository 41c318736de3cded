"""Findings about a body's own register of sites that comes with its filings."""

from __future__ import annotations

from planner.domain.finding import FindingType
from planner.intake.words.entry import INFO, finding_type

REGISTER_FINDING_TYPES: tuple[FindingType, ...] = (
    finding_type(
        "register.read",
        INFO,
        ("随计划上传的名录", "Register that came with filings"),
        (
            "检查对象表的 {count} 行只用来认编号，不改名录",
            "The {count} rows of sites only tell what ids mean; the library stays as it is",
        ),
        ("要改名录，请交统筹办公室导入", "To change the library, hand the rows to the coordinator"),
    ),
    finding_type(
        "register.same",
        INFO,
        ("与名录为同一对象", "One premises with the library's"),
        (
            "“{value}”与名录中的“{one}”（{name}）{why}，按同一对象计，本单位以后仍可用原编号",
            "'{value}' is '{one}' of the library and counts as it; the id stays good for the body that files",
        ),
        ("如不是同一对象，请撤销这个用词（检查对象编号）", "If it is not, forget the word (column of site ids)"),
    ),
)
