"""How an entry of the catalogue is written, and actions that several share."""

from __future__ import annotations

from planner.domain.finding import FindingType, Severity

Words = tuple[str, str]
"""Chinese, English."""

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

SAVE_AS: Words = ("请用 Excel 或 WPS 另存为 .xlsx 再提交", "Save it as .xlsx in Excel or WPS and hand it in again")
CORRECT: Words = ("请更正该单元格", "Correct the cell")
VALUES: Words = ("请复制后“选择性粘贴为数值”再保存", "Paste the results as values and save again")


def finding_type(
    code: str, severity: Severity, title: Words, message: Words, action: Words, rule: str = ""
) -> FindingType:
    """Return the entry; each text is given in Chinese and English."""
    return FindingType(code, severity, title[0], title[1], message[0], message[1], action[0], action[1], rule)
