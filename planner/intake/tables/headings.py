"""Headings of departments' own forms, by table: what they call a column of ours.

A heading stands here only where it can mean nothing else in its table. `*` holds for every table with that column.
"""

from __future__ import annotations

HEADINGS: dict[str, dict[str, str]] = {
    "*": {
        "agency_id": "检查主体 检查单位 检查部门 检查机关 实施部门 实施主体 实施单位 牵头部门 牵头单位 责任部门 部门",
        "site_id": "检查对象编码 企业编号 企业编码 对象编码 场所编号 主体代码编号",
        "credit_code": "信用代码 社会信用代码 统一信用代码 统一社会信用代码/注册号 统一代码",
        "town": "所属街镇 所在街镇 街道 乡镇 街道(镇) 街镇名称 所属镇 属地",
        "domain": "检查领域 所属领域 行业领域",
        "note": "备注",
    },
    "agencies": {"name": "单位名称 部门名称 机关名称", "level": "级别", "contact": "联络员"},
    "inspectors": {
        "inspector_id": "工号 执法人员编号 编号",
        "name": "执法人员 人员姓名 检查人员",
        "certificate_no": "证号 执法证件号 执法证编号 证件号码 执法证号码",
        "valid_to": "有效期至 证件有效期 有效期止 有效期",
    },
    "sites": {
        "name": "企业名称 单位名称 对象名称 检查对象名称 市场主体名称 经营主体名称 主体名称",
        "address": "地址 经营地址 注册地址 住所 经营场所 企业地址 单位地址",
        "industry": "所属行业 行业类别 行业类型",
        "status": "登记状态 状态 企业状态",
    },
    "items": {
        "name": "检查事项名称 监管事项 检查内容",
        "basis": "法律依据 设定依据 实施依据 依据",
        "minutes": "检查时长 预计时长 时长 所需时间 检查用时",
    },
    "filings": {
        "filing_id": "计划编码号 计划号 任务编号",
        "items": "事项名称 检查事项名称 检查内容 抽查事项 检查项目",
        "sites": "检查对象 被检查对象 检查企业 被检查单位 检查对象名单",
        "scope": "检查范围 抽查范围 对象范围及类型",
        "ratio": "抽查比例(%) 比例 抽取比例 抽查比例和频次 抽查比例/频次 抽查比例及频次",
        "frequency": "频次 检查频率 抽查频次",
        "window_from": (
            "开始时间 起始日期 起始时间 检查开始时间 检查时间 检查时段 检查期限 实施时间 计划时间 时间安排 抽查时间"
        ),
        "window_to": "结束时间 截止日期 截止时间 终止日期 检查结束时间 完成时限",
        "kind": "类型 检查类型 检查类别",
        "mode": "方式 检查形式",
        "filed_on": "填表日期 申报日期 备案日期",
        "necessity": "必要性 检查必要性",
    },
    "history": {
        "items": "事项名称 检查事项名称 检查内容",
        "sites": "检查对象",
        "date": "检查时间 实施日期 入企日期",
        "result": "结果 检查结论 处理结果",
        "trigger": "检查来源",
    },
    "lists": {"kind": "名单类别 清单类别 名单", "to": "截止日期 有效期至"},
    "hand_made": {
        "site_id": (
            "对象编号 检查对象编码 企业编号 检查企业 企业 企业名称 单位名称 对象名称 检查对象名称 被检查单位 "
            "被检查对象 场所 场所名称"
        ),
        "date": "检查日期 检查时间 入企日期 入企时间 到场日期 时间 计划日期 拟检查日期 实施日期 安排日期",
        "agencies": (
            "主体编号 主体 检查单位 检查部门 检查机关 部门 单位 牵头部门 牵头单位 牵头主体 实施部门 责任部门 "
            "检查主体名称"
        ),
        "others": "参加部门 参加单位 参与部门 参与单位 配合部门 配合单位 协同部门 联合部门 联合单位 同行主体 同去部门",
        "items": "事项 事项编号 事项名称 检查内容 检查事项名称 检查项目",
    },
    "absences": {"inspector_id": "工号", "from": "起始日期 开始时间", "to": "截止日期 结束时间"},
}


def headings(table: str, keys: frozenset[str]) -> dict[str, str]:
    """Return column keys of a table by its other headings; those that two columns claim are left out."""
    found: dict[str, str] = {}
    for group in ("*", table):
        for key, words in HEADINGS.get(group, {}).items():
            if key in keys:
                found |= dict.fromkeys(words.split(), key)
    return found
