"""The columns of every frame, once: key, dtype, unit, meaning. Frames are made by them, files are read back by them.

Dates are `datetime64[ms]`, counts `int64`, or `Int64` where a row may have none. A text that is not there is "".
Several ids in a cell stand in their order with ";" between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

Dtype = Literal["str", "int64", "Int64", "Float64", "bool", "datetime64[ms]"]
_TEXT: Dtype = "str"
_COUNT: Dtype = "int64"
_MAYBE: Dtype = "Int64"
_NUMBER: Dtype = "Float64"
_FLAG: Dtype = "bool"
_DAY: Dtype = "datetime64[ms]"
SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called, how it is stored, what it means, and in what it is counted ("" where in nothing)."""

    key: str
    dtype: Dtype
    zh: str
    en: str
    unit: str = ""


def _id(key: str, zh: str, en: str) -> Column:
    return Column(key, _TEXT, zh, en)


_SITE = (
    _id("site_id", "检查对象编号", "site"),
    _id("site", "检查对象", "the site's name"),
    _id("town", "街镇", "town of the site"),
    _id("industry", "行业", "industry of the site"),
)
_TASK = _id("task_id", "任务编号", "task")
_VISIT = _id("visit_id", "入企编号", "visit: a site on a date")
_AGENCY = _id("agency_id", "检查主体编号", "parent agency, in whose name it is done")
_UNIT = _id("unit", "派员单位编号", "unit that sends the crew, the agency itself where it has no sections")
_STRENGTH = _id("strength", "强度", "mandatory, accepted or optional")
_PRIORITY = Column("priority", _COUNT, "优先级", "1 (least) to 9 (most); what left-out tasks weigh")
_SCENARIO = _id("scenario", "情景", "the scenario's name")

FRAMES: dict[str, tuple[Column, ...]] = {
    "filings": (
        _id("filing_id", "备案编号", "filing"),
        Column("agency_id", _TEXT, "报备主体编号", "who filed it"),
        _id("kind", "类型", "kind of filing, as its code"),
        _id("plan_code", "计划编码", "code of the inspection plan"),
        Column("window_from", _DAY, "报备窗口起", "first day of the filed window", "day"),
        Column("window_to", _DAY, "报备窗口止", "last day of the filed window", "day"),
        Column("tasks", _COUNT, "任务数", "tasks of the month that come from it; a merged task counts at each", "task"),
        Column("done", _COUNT, "已安排", "of these, done in the month", "task"),
        Column("waiting", _COUNT, "留待以后", "of these, waiting lawfully for a later month", "task"),
        Column("left_out", _COUNT, "未安排", "of these, left out", "task"),
    ),
    "tasks": (
        _TASK,
        *_SITE,
        _AGENCY,
        _UNIT,
        _id("domain", "领域", "annex of the rules that it falls under"),
        _id("items", "事项编号", "items to be checked"),
        _id("filings", "备案编号", "filings that it comes from"),
        Column("window_from", _DAY, "报备窗口起", "first day of the filed window", "day"),
        Column("window_to", _DAY, "报备窗口止", "last day of the filed window", "day"),
        Column("minutes", _COUNT, "用时", "time of its items at the site, without set-up", "minute"),
        _STRENGTH,
        _PRIORITY,
        _id("skill", "专业", "skill that it needs of a crew"),
        _id("drawn", "抽取编号", "the draw that chose the site"),
        _id("joint_group", "联合编组", "tasks of one site and group are done together"),
        _id("outcome", "结果", "done, deferred (waits), left_out, or recognised (fire's check answers for it)"),
        Column("day", _DAY, "日期", "day on which it is done", "day"),
        _VISIT,
        _id("clauses", "依据条款", "clauses that made the task"),
    ),
    "visits": (
        _VISIT,
        Column("day", _DAY, "日期", "day of the visit", "day"),
        _id("start", "开始", "HH:MM"),
        _id("end", "结束", "HH:MM"),
        _id("half", "半天", "am, pm, or day across the break"),
        *_SITE,
        Column("agencies", _COUNT, "检查主体数", "parent agencies that come", "agency"),
        Column("units", _COUNT, "派员单位数", "units that come", "unit"),
        Column("tasks", _COUNT, "任务数", "tasks done", "task"),
        Column("minutes", _COUNT, "时长", "longest stay of a unit, set-up included", "minute"),
        Column("joint", _FLAG, "联合", "two parent agencies or more"),
        Column("merged", _FLAG, "合并", "one parent agency, several of its units"),
    ),
    "stays": (
        _VISIT,
        Column("day", _DAY, "日期", "day of the visit", "day"),
        _AGENCY,
        _UNIT,
        Column("crew", _COUNT, "班组号", "number of the unit's crew of that day, 0 where nobody is named"),
        Column("minutes", _COUNT, "时长", "stay of the unit, set-up included", "minute"),
        _id("end", "结束", "HH:MM"),
        Column("tasks", _COUNT, "任务数", "tasks that the unit does", "task"),
        _id("inspectors", "执法人员编号", "inspectors of the team"),
    ),
    "left_out": (
        _TASK,
        _AGENCY,
        _STRENGTH,
        _PRIORITY,
        _id("stage", "环节", "where it failed: match, timetable or crew"),
        _id("rule", "规则", "rule that stands against most of its days"),
        _id("clauses", "依据条款", "clauses of that rule"),
        Column("days", _COUNT, "不可用日", "days of its window that something stands against", "day"),
        Column("reserved", _FLAG, "不予说明", "the reason may not be told to this reader"),
        _id("reason", "原因", "the reason in Chinese"),
    ),
    "left_out_days": (
        _TASK,
        Column("day", _DAY, "日期", "a day of its window", "day"),
        _id("rule", "规则", "first rule that stands against that day"),
        _id("subject", "对象", "what or who the rule speaks of there"),
    ),
    "levels": (
        _id("level", "层级", "level of the objective, the first counts most"),
        _id("stage", "环节", "match, or day: given the days of the plan"),
        Column("value", _COUNT, "方案值", "what the plan comes to"),
        Column("bound_certified", _MAYBE, "可复算下限", "least that any plan can reach, from a price list"),
        Column("bound_solver", _MAYBE, "求解器下限", "the same, by the solver's word"),
        Column("gap", _NUMBER, "差距", "(value − bound) / value", "share"),
        _id("proven_by", "证明", "certificate, solver, or nothing"),
        _id("stopped", "中止", "what ended the search for a bound early: work, clock, or nothing"),
    ),
    "kpis": (
        _id("cut", "分组", "month, agency, town, industry or grade"),
        _id("key", "组", "which of them: an id, a name, or domain and grade"),
        _id("figure", "指标", "what is counted"),
        Column("value", _NUMBER, "值", "the figure"),
        _id("counted_in", "计量单位", "in what it is counted"),
    ),
    "prices": (
        _id("level", "层级", "level that the price list proves"),
        _UNIT,
        _id("skill", "专业", "crews with this skill; with none, all of the unit's"),
        Column("half_days", _FLAG, "半天行", "a row of what half-days hold, not of crews' quarter-hours"),
        Column("day", _DAY, "日期", "day", "day"),
        Column("price", _NUMBER, "影子价格", "what one of this row is worth to the level", "level's unit / quarter"),
        Column("capacity", _MAYBE, "能力", "crews' time; none for rows of half-days", "quarter-hour"),
        Column("load", _MAYBE, "占用", "what the plan takes of it", "quarter-hour"),
    ),
    "scenarios": (
        _SCENARIO,
        _id("title", "标题", "the sentence that it goes by"),
        _id("depth", "深度", "at-once, matched or whole"),
        _id("status", "状态", "how its run ended"),
        _id("base_plan_hash", "基准方案", "hash of the plan that it was played from"),
        _id("plan_hash", "方案", "hash of its own plan"),
        _id("point", "取值", "values of a grid"),
        Column("draw", _MAYBE, "抽样序号", "number of the repetition, where chance is drawn"),
        Column("requirements", _MAYBE, "共同检查", "requirements that both plans serve", "requirement"),
        Column("comparable", _FLAG, "可比", "there is an effect to tell"),
        _id("verdict", "判定", "what the levels say, in Chinese"),
    ),
    "effects": (
        _SCENARIO,
        _id("kind", "类别", "same_service, work, level, or measured"),
        _id("figure", "指标", "what differs"),
        Column("before", _NUMBER, "基准", "value of the base"),
        Column("after", _NUMBER, "情景", "value of the scenario"),
        Column("difference", _NUMBER, "差", "counted, not proven; only of measured figures"),
        Column("low", _MAYBE, "区间下端", "least that the effect can be; none where no interval is valid"),
        Column("high", _MAYBE, "区间上端", "most that it can be"),
        _id(
            "word",
            "说法",
            "what the interval proves, as `planner.checks.effects.Word` has it; nothing where there is none",
        ),
    ),
}
"""Columns by frame, in order."""

MONTH_UNITS = {
    "tasks": "task",
    "scheduled": "task",
    "deferred": "task",
    "left_out": "task",
    "recognised": "task",
    "entries": "entry",
    "triggered_entries": "entry",
    "later_entries": "entry",
    "joint_visits": "entry",
    "merged_visits": "entry",
    "cross_domain_visits": "entry",
    "joint_share": "share",
    "joint_share_tasks": "share",
    "disturbance": "site-quarter-hour × sensitivity",
}
"""Figures of the whole month in `kpis`, and in what they are counted."""
GROUP_UNITS = {
    "sites": "site",
    "tasks": "task",
    "scheduled": "task",
    "deferred": "task",
    "left_out": "task",
    "entries": "entry",
    "joint_visits": "entry",
    "minutes": "minute",
}
"""Figures of an agency, town, industry or grade; not each group has each."""


def frame(name: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the rows as the frame `name`, with its columns and dtypes. Raises KeyError where a row lacks a column."""
    columns, all_rows = FRAMES[name], list(rows)
    return pd.DataFrame({c.key: pd.Series([row[c.key] for row in all_rows], dtype=c.dtype) for c in columns})


def joined(values: Iterable[str]) -> str:
    """Return several ids as one cell."""
    return SEPARATOR.join(values)
