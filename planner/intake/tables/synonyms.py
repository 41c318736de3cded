"""Words that mean the same as a choice of the schema, as departments write them; each is read with a notice.

A word stands here only where it can mean nothing else in its column.
"""

from __future__ import annotations

from planner.rulebook.offices import DOMAINS

Words = tuple[tuple[str, str], ...]
"""(word, value in code) pairs."""


def _words(**found: str) -> Words:
    """Return the pairs of `code="word word …"`."""
    return tuple((word, code) for code, words in found.items() for word in words.split())


LEVEL = _words(city="市 市局 市级部门", district="区 区局 区级部门 县级", town="街道 镇 乡镇 街镇级 镇级")
ROLE = _words(
    officer="正式执法人员 执法员 行政执法人员 持证人员 执法", auxiliary="辅助 协管员 辅助执法人员 协管 辅助执法"
)
HALF = _words(day="整天 一天 全日 1天 一整天", am="上半天 早上 上午半天 AM", pm="下半天 午后 下午半天 PM")
JOIN = _words(
    allowed="可以 可联合 允许联合 同意 愿意 鼓励 同意联合 是",
    discouraged="不允许 不同意 不愿意 不宜联合 不鼓励联合 不联合 不可联合 单独 否 不",
)
STATUS = _words(
    open="正常 在业 存续 营业 营业中 正常经营 在营 开业中 存续(在营、开业、在册)",
    suspended="歇业 停产 停业中 暂停营业 停产停业 停工",
    closed="已注销 吊销 已吊销 吊销未注销 关闭 已关闭 迁出 已迁出 撤销",
)
DOMAIN: Words = tuple((name + ending, code) for code, name in DOMAINS for ending in ("领域", "局", "条线"))
GRADE = tuple(
    (word, code)
    for code, letter, roman, number, chinese in (
        ("A", "A", "Ⅰ", "1", "一"),
        ("B", "B", "Ⅱ", "2", "二"),
        ("C", "C", "Ⅲ", "3", "三"),
        ("D", "D", "Ⅳ", "4", "四"),
    )
    for word in (
        f"{letter}级",
        f"{letter}类",
        f"{roman}级",
        f"{roman}类",
        f"{number}级",
        f"{chinese}级",
        f"{chinese}类",
    )
) + _words(green="绿色 绿码 绿牌 绿级", yellow="黄色 黄码 黄牌 黄级", red="红色 红码 红牌 红级")
KIND = _words(
    daily="日常检查 日常监管 日常监督检查 日常检查计划",
    special="专项检查 专项行动 专项整治 专项检查计划",
    random="双随机检查 双随机抽查 双随机一公开 双随机、一公开 随机抽查",
    joint="跨部门检查 跨部门联合 跨部门联合检查",
)
SOURCE = _words(
    own="本单位 本部门 本局 本级计划 自行安排 自主安排",
    above="上级安排 上级布置 上级部门部署 上级统一部署 上级任务 上级要求",
    law="法律规定 法律明确规定 法定检查",
)
STRENGTH = _words(mandatory="必查 必检 强制 必须查", accepted="应 应该", optional="可以 可查 选查 可")
TRIGGER = _words(
    planned="计划内 计划 有计划检查 计划检查 日常 日常检查 年度计划 月度计划 双随机 专项 专项检查 按计划",
    triggered="触发 触发式检查 投诉 举报 投诉举报 线索 计划外 无计划",
)
MODE = _words(
    on_site="现场检查 到场 到场检查 实地 实地检查 入企 入企检查 线下 上门",
    off_site="非现场检查 线上 远程 书面 书面检查 网络 视频 非到场 远程检查",
    summons="约谈 传唤询问",
)
RESULT = _words(
    clear="合格 正常 无问题 无 通过 符合 符合要求 未见异常 未发现 未发现违法 良好 无异常 未发现异常 已检查合格",
    problem="不合格 有问题 责令整改 责令改正 限期整改 整改 立案 处罚 异常 不符合 存在问题 发现违法 未通过 不通过",
    no_show="无人 未见人 未找到 联系不上 查无下落 无法联系 无人在场 未开门",
    closed="停业 歇业 关门 已关闭 已注销 停产",
)
LIST = _words(
    quiet_site="无感监管名单 无感监管 无感 无感名单 无感对象 无感监管企业 免打扰 白名单",
    quiet_item="无事不扰 无事不扰清单 无事不扰事项清单 不扰事项",
    recusal="回避人员 应回避 回避名单 需回避",
    key_site="重点 重点名单 重点对象 重点监管名录 重点监管对象 重点单位",
)
PERIOD = _words(year="全年 年 年度计划 半年 半年度 上半年 下半年 季度 季 季度计划", month="月 当月 月度计划 每月")
CALENDAR = _words(
    off="放假 假日 节假日 公休 休 休假",
    work="工作日 调休上班 补班 班 正常上班",
    closed="不检查 停检 停止检查 全区停检 禁止检查 暂停检查 不安排检查 静默 静默期 不入企",
)
