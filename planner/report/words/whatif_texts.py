"""Names of what a scenario's document holds, in Chinese."""

from __future__ import annotations

DEPTHS = {"at-once": "即时（修补后的方案）", "matched": "撮合", "whole": "完整（已排时派员）"}
LEVELS = {
    "left_out.mandatory": "必须的检查未安排（加权）",
    "left_out.accepted": "应当的检查未安排（加权）",
    "left_out.optional": "可选的检查未安排（加权）",
    "entries": "入企次数（本月和以后）",
}
FIGURES = {
    "tasks": "检查任务",
    "done": "本月完成",
    "waiting": "依法留待以后",
    "left_out_tasks": "未安排",
    "left_out_mandatory": "未安排：必须",
    "left_out_accepted": "未安排：应当",
    "left_out_optional": "未安排：可选",
    "entries": "本月入企次数",
    "later_entries": "以后至少入企次数",
    "joint_visits": "联合入企",
    "joint_share": "联合占比",
    "disturbance": "干扰（刻钟×敏感度）",
    "worst_site": "受扰最多的一户",
    "crew_quarters": "班组工时（刻钟）",
}
"""Figures that are counted, by their key in a document."""
