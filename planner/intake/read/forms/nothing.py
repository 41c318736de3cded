"""Words and signs that people and programs write into a cell that holds nothing."""

from __future__ import annotations

PLACEHOLDERS = frozenset({"-", "--", "—", "——", "/", "无", "n/a", "null"})
"""Signs for "nothing" where a number, date, choice or list is asked for."""

GROUNDS = frozenset(
    {"plan_code", "upper_plan_code", "certificate_no", "necessity", "basis", "reason", "signed_by", "document_no"}
)
"""Texts on which a right or an exception rests: a word that says that there is nothing yet gives no ground."""

_NOT_YET = "暂无 没有 空 不详 未知 待定 待补 待补充 待填 待办 待批 待备案 未备案 备案中 申请中 办理中 审批中 未取得 tbd"
NOTHING_YET = PLACEHOLDERS | frozenset(_NOT_YET.split(" "))

NULLS = frozenset({"nat", "nan", "none", "\\n", "<na>", "(null)", "<null>", "nil"})
"""What databases and other programs write for an empty cell; it is read so with a notice."""
