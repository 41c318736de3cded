"""Words of the look-ahead, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

ZH_AHEAD: Mapping[str, str] = {
    "sheet_ahead": "展望",
    "ahead_title": "展望：可缓任务与以后月份的人力",
    "ahead_need": "{name}：期限至 {until} 的可缓任务 {waiting} 项，本月至少须办 {tasks} 项，否则以后排不下；"
    "本月已排 {done} 项。",
    "ahead_fits": "可缓任务 {waiting} 项，按已收申报，以后月份的人力容得下。",
    "ahead_none": "没有可缓到以后月份的任务。",
    "ahead_lost_least": "至 {until}，以后月份至少有 {tasks} 项排不下（优先级合计 {points}）；任何安排都不会更少。",
    "ahead_lost": "至 {until}，以后月份至少有 {tasks} 项排不下（优先级合计 {points}）；换一种安排可能更少，"
    "所以不称最优。",
    "ahead_month_first": "本月未安排的任务中有可缓的，换一种安排可能更少，所以不称最优。",
    "ahead_filed": "依据截至 {day} 收到的申报，以后的申报没有计入。",
    "ahead_filed_unknown": "依据本次收到的申报，以后的申报没有计入。",
    "ahead_spare": "挑选本月办的任务时，另把以后人力的 {percent}% 留给后续申报；下列数字不受其影响。",
    "ahead_crew": "人力",
    "ahead_until": "期限至",
    "ahead_waiting": "可缓任务",
    "ahead_least": "本月至少",
    "ahead_done": "本月已排",
    "ahead_load": "可缓占用（份）",
    "ahead_filed_load": "以后才开始的占用（份）",
    "ahead_room": "以后人力（份）",
    "ahead_lost_load": "无论如何排不下（份）",
    "ahead_parts": "一组半天的份数",
    "ahead_note": "可缓占用＋以后才开始的占用－以后人力－无论如何排不下，大于零的部分须在本月办；任务数按占用大的先数。"
    "一次到场占几份，见下表；相加即可复算。",
    "ahead_weeks": "逐周累计（份）",
    "ahead_week": "周（截至）",
    "ahead_stays": "一次到场占几份（按到场刻钟数）",
    "ahead_quarters": "到场刻钟数",
    "ahead_share_hours": "按时间",
    "ahead_share_parts-1": "超过半个半天",
    "ahead_share_parts-2": "超过三分之一个半天",
    "ahead_share_parts-3": "超过四分之一个半天",
}

EN_AHEAD: Mapping[str, str] = {
    "ahead_need": "{name}: of {waiting} tasks that wait until {until} at most, do at least {tasks} now, or later "
    "months cannot hold them; {done} are done now.",
    "ahead_fits": "{waiting} tasks wait; by the filings received, crews of later months can hold them.",
    "ahead_none": "nothing waits for a later month.",
    "ahead_lost_least": "until {until} at least {tasks} tasks of later months find no room (priorities {points}); no "
    "plan leaves fewer.",
    "ahead_lost": "until {until} at least {tasks} tasks of later months find no room (priorities {points}); another "
    "plan may leave fewer, so this one is not called optimal.",
    "ahead_month_first": "of the tasks left out some could wait, and another plan may leave fewer: not called optimal.",
    "ahead_filed": "on filings received by {day}; later filings are not counted.",
    "ahead_filed_unknown": "on the filings received; later filings are not counted.",
}
