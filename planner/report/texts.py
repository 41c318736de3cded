"""Every word that the reports write themselves, in one place per language.

`ZH` has all of them: workbook and page are Chinese. `EN` has those of the command line's tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from planner.report.texts_ahead import EN_AHEAD, ZH_AHEAD
from planner.report.texts_duty import EN_DUTY, ZH_DUTY
from planner.report.texts_story import EN_STORY, ZH_STORY

Lang = Literal["zh", "en"]

ZH: Mapping[str, str] = {
    **ZH_DUTY,
    **ZH_AHEAD,
    **ZH_STORY,
    "violations": "规则核验违反（处）",
    # findings
    "findings": "问题清单",
    "severity": "程度",
    "error": "错误",
    "warning": "警告",
    "info": "提示",
    "sheet": "工作表",
    "row": "行",
    "column": "列",
    "cell_value": "原值",
    "clauses": "条款",
    "message": "问题",
    "action": "怎么办",
    "more_rows": "另有 {count} 条未列出。",
    "none": "无",
    "yes": "是",
    # a year
    "year_of": "{year} 年",
    "year_from": "{year} 年 {month} 月起",
    "sheet_year": "年历",
    "year_months": "逐月安排",
    "year_agencies": "各主体逐月入企（次）",
    "year_load": "逐月负荷（占能力的比例）",
    "month_state": "状态",
    "month_published": "已公布",
    "month_draft": "草案",
    "work_days": "工作日（天）",
    "year_entries": "入企（次）",
    "left_out_ending": "未安排，期限止于当月（项）",
    "year_total": "全年",
    "year_note": "已公布的月份不再改动；其后各月为草案，逐月统筹时以本表的月份为准，时刻与人员届时再定。",
    # sheets of the workbook
    "sheet_overview": "概览",
    "sheet_visits": "全部入企",
    "sheet_left_out": "未安排及原因",
    "sheet_deferred": "可顺延",
    "sheet_findings": "问题清单",
    "sheet_kpis": "指标",
    "sheet_load": "负荷日历",
    "sheet_agency": "主体-{name}",
    # columns
    "visit_id": "入企编号",
    "date": "日期",
    "site_id": "对象编号",
    "site": "检查对象",
    "town": "街镇",
    "industry": "行业",
    "agencies": "检查主体",
    "agency": "检查主体",
    "units": "承办单位",
    "own_units": "本主体承办单位",
    "own_items": "本主体检查事项",
    "with_whom": "同行主体",
    "items": "检查事项",
    "tasks": "任务（项）",
    "task_ids": "任务编号",
    "task_id": "任务编号",
    "plan_codes": "计划编码",
    "filings": "检查计划",
    "minutes": "现场（分钟）",
    "joint": "联合",
    "visit_kind": "类型",
    "kind_joint": "联合",
    "kind_merged": "本部门合并",
    "kind_cross_domain": "跨领域",
    "kind_single": "单独",
    "unannounced": "突击",
    "window": "可检查期间",
    "strength": "必要程度",
    "strength_0": "必须",
    "strength_1": "应当",
    "strength_2": "可选",
    "priority": "优先级",
    "rule": "规则",
    "reason": "原因",
    "blocked_days": "逐日原因",
    "blocked_day": "{day} {rule} {subject}",
    "outcome": "去向",
    "outcome_deferred": "顺延，最迟 {day}",
    "outcome_recognised": "由消防检查结果认可，不另行检查",
    "reason_reserved": "保留",
    "reason_none": "未记录原因",
    "source_rows": "来源行",
    "source_row": "{table}第 {row} 行",
    # figures
    "number": "数值",
    "kpi_tasks": "任务总数（项）",
    "kpi_scheduled": "已安排任务（项）",
    "kpi_deferred": "可顺延任务（项）",
    "kpi_left_out": "未安排任务（项）",
    "kpi_left_out_tasks": "其中{strength}（项）",
    "kpi_left_out_weight": "其中{strength}（权重分）",
    "kpi_recognised": "由消防结果认可的任务（项）",
    "kpi_entries": "本月入企（次）",
    "kpi_triggered_entries": "其中依规定按触发式计的入企（次）",
    "kpi_later_entries": "顺延任务其后至少仍需入企（次）",
    "kpi_joint_visits": "联合检查（次）",
    "kpi_merged_visits": "同一部门多单位合并入企（次）",
    "kpi_cross_domain_visits": "同一部门跨领域入企，不计联合（次）",
    "kpi_joint_share": "联合占比（按入企，%）",
    "kpi_joint_share_tasks": "联合占比（按任务，%）",
    "kpi_disturbance": "打扰程度（刻钟×敏感度）",
    "kpi_worst_site": "打扰最多的对象（刻钟×敏感度）",
    "kpi_summons": "传唤到机关，不算入企（项）",
    "kpi_off_site": "非现场检查，不算入企（项）",
    "kpi_unannounced_visits": "突击检查入企，仅统筹与本主体可见（次）",
    "kpi_avoided": "比{scheme}少入企（次）",
    "kpi_sites_visited": "入企 {visits} 次的对象（个）",
    "by_agency": "按检查主体",
    "by_town": "按街镇",
    "by_industry": "按行业",
    "by_grade": "按领域与等级",
    "by_clause": "按条款（任务来源）",
    "by_rule": "未安排任务按规则",
    "sites": "对象（个）",
    "left_out": "未安排（项）",
    "scheduled": "已安排（项）",
    "deferred": "可顺延（项）",
    "entries": "入企（次）",
    "group": "类别",
    "hours": "现场（小时）",
    "ungraded": "未评级",
    "unknown": "未填写",
    "load_note": "每格为当日人力占用率（已用÷可用）；空白为当日无人力。下表为已用/可用（刻钟）。",
    "load_quarters": "已用/可用（刻钟）",
    "month_total": "全月",
    # identity
    "title": "{month} 涉企检查统筹报告",
    "month": "月份",
    "month_of": "{year}年{month}月",
    "with_aside": "{name}（{aside}）",
    "case": "方案名称",
    "rulebook_version": "规则库版本",
    "plan_hash": "方案指纹",
    "price_list_hash": "价目表指纹",
    "seed": "随机种子",
    "repeatable": "可重现",
    "repeatable_no": "否：由时钟中止，同样输入未必得到同样方案，只宜作草案",
    "draws_file": "抽取记录",
    "synthetic": "演示数据",
    "synthetic_note": "演示数据：对象、人员、计划均为程序生成，与真实经营主体无关。",
    "reserved_note": "含突击检查：仅限统筹部门内部使用；转发前请改用公开口径。",
    "public_note": "公开口径：不含突击检查。",
    "seconds": "用时",
    "seconds_value": "{seconds} 秒",
    # page
    "headline": "比{scheme}少入企",
    "headline_unit": "次",
    "headline_sub": "与{scheme}相比，{common} 项共同任务的入企由 {before} 次减为 {after} 次，减少 {percent}",
    "headline_second": "与各自安排相比，少 {avoided} 次（{percent}）{rest}。",
    "headline_rest": "；其中 {chance} 次是偶然同日、{filed} 次是备案联合，不统筹也会合并",
    "headline_no_base": "本次没有对照方案，入企 {entries} 次",
    "tile_joint": "联合占比（按入企）",
    "tile_joint_sub": "{joint} 次联合 / {entries} 次入企",
    "tile_gap": "与下限差距",
    "tile_gap_sub": "全部任务：统筹后 {value} 次，下限 {bound} 次",
    "tile_tasks": "已安排任务",
    "tile_tasks_sub": "可顺延 {deferred} 项，未安排 {left_out}",
    "tile_tasks_value": "{scheduled} / {tasks} 项",
    "tile_violations": "规则违反",
    "tile_violations_sub": "独立核验，逐条规则",
    "tile_worst": "打扰最多的对象",
    "no_crew": "当日无人力",
    "findings_example": "例",
    "chart_before_after": "入企次数：统筹前后",
    "chart_common": "共同任务 {tasks} 项，入企（次）",
    "chart_all": "全部任务（本月与顺延），入企（次）",
    "chart_cut": "比先到先并 −{percent}",
    "chart_joint": "联合占比",
    "chart_joint_sub": "按入企 {visits}，按任务 {tasks}。只有带着本部门到期任务的主体才计入联合；"
    "同一部门的多个单位算合并，不算联合。",
    "chart_load": "负荷日历：主体 × 日",
    "chart_load_sub": "每格为当日人力占用率（%），空白为当日无人力。",
    "chart_map": "各街镇入企（次）",
    "chart_map_sub": "圆面积为入企次数，内圈为其中联合；浅点为有任务的对象。位置取各街镇对象坐标的平均。",
    "chart_map_none": "没有对象坐标，不绘地图。",
    "chart_map_missing": "另有 {count} 个街镇没有坐标，未绘出：{towns}。",
    "chart_progress": "求解过程：最好方案与下限（入企，次）",
    "chart_progress_sub": "两线相遇即证明再少一次也不可能；终点即本报告的入企与下限（全部任务）。",
    "chart_progress_none": "没有求解过程记录。",
    "chart_seconds": "用时（秒）",
    "best": "最好方案",
    "bound": "下限",
    "km": "{number} 公里",
    "entries_unit": "{number} 次",
    "left_out_title": "未安排任务及原因（{told}）",
    "left_out_empty": "没有未安排的任务。",
    "left_out_more": "此处列前 {shown} 项，其余 {rest} 项见工作簿“未安排及原因”。",
    "visits_title": "入企安排（{count} 次）",
    "visits_empty": "本月没有入企安排。",
    "visits_more": "此处列前 {shown} 次，其余 {rest} 次见工作簿“全部入企”。",
    "filter_text": "筛选：对象、街镇、主体、事项……",
    "filter_joint": "只看联合",
    "filter_count": "显示 {shown} / {all}",
    "findings_title": "问题清单摘要",
    "findings_empty": "填报没有发现问题。",
    "findings_code": "问题类型",
    "findings_count": "数量（条）",
    "findings_note": "逐行位置与处理办法见工作簿“问题清单”。",
    "agencies_title": "各主体",
    "proof_title": "证明与核验",
    "proof_certified": "可复算下限 {bound} 次：由价目表逐对象求和得出，任何人都能重算，不必信任求解器。",
    "proof_no_certificate": "本次没有可复算的价目表。",
    "proof_how": "核验方法：运行 {command} 并给出本月的方案文件，程序重放抽取、重算目标值与下限，并逐条规则核验方案。",
    "proof_optimal": "差距为零：不存在入企更少而未安排任务不增加的合法方案。",
    "footer": "由联合检查统筹程序生成；本页为单一文件，不访问任何外部网址。",
    "skip": "跳到正文",
}

EN: Mapping[str, str] = {
    **EN_DUTY,
    **EN_AHEAD,
    **EN_STORY,
    "findings": "Findings",
    "severity": "Severity",
    "error": "error",
    "warning": "warning",
    "info": "info",
    "sheet": "Sheet",
    "row": "Row",
    "column": "Column",
    "cell_value": "Value",
    "clauses": "Clauses",
    "message": "Finding",
    "action": "What to do",
    "more_rows": "{count} more not shown.",
    "none": "none",
    "synthetic": "demonstration data",
    "strength_0": "mandatory",
    "strength_1": "accepted",
    "strength_2": "optional",
}

_BY_LANG: Mapping[str, Mapping[str, str]] = {"zh": ZH, "en": EN}


def text(key: str, lang: Lang = "zh", **values: Any) -> str:
    """Return the text `key` with `values` filled in; KeyError where the language has none."""
    template = _BY_LANG[lang][key]
    return template.format(**values) if values else template


def percent(fraction: float, digits: int = 1) -> str:
    """Return a share of 0 to 1 as a percentage."""
    return f"{100 * fraction:.{digits}f}%"


def gap_text(gap: float | None) -> str:
    """Return a gap: 0% only where it is nothing, never rounded down to it."""
    if gap is None:
        return "—"
    if gap == 0:
        return "0%"
    return f"{100 * gap:.2f}%" if gap >= 0.0001 else "<0.01%"


def level_name(name: str, lang: Lang = "zh") -> str:
    """Return a level's name for people, or the name itself where it has no text."""
    return _BY_LANG[lang].get(f"level_{name}", name)
