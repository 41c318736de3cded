"""Words about times, crews, calendars, the public list and the consultation: a part of `planner.report.words.texts`."""

from __future__ import annotations

from collections.abc import Mapping

ZH_DUTY: Mapping[str, str] = {
    # levels of timetable and crews
    "level_quiet_hours": "避开时段内的检查（刻钟，已定日期下）",
    "level_town_changes": "各组跨街镇转场（次，已定日期下）",
    "level_workload": "各单位最忙人员工作量之和（刻钟，已定日期下）",
    "day_levels_note": "标“已定日期下”的各级：下限以上述日期为前提，只证明时刻与派员不能更好。",
    "stage": "受限环节",
    "stage_match": "排期",
    "stage_timetable": "排时刻",
    "stage_crew": "派员",
    # visits
    "start": "到场时间",
    "inspectors": "检查人员",
    "half": "时段",
    "half_am": "上午",
    "half_pm": "下午",
    "half_day": "全天",
    "half_": "",
    "crew_number": "第{number}组",
    "people_of": "{name}：{people}",
    "names_later": "名单在方案封存后、发布前抽取",
    "address": "地址",
    # duty sheets
    "sheet_duty": "出勤单-{name}",
    "unit": "承办单位",
    "crew": "组",
    # joint visits
    "sheet_joint": "联合检查单",
    "joint_empty": "本月没有联合检查。",
    "lead": "牵头主体",
    "lead_why": "牵头依据",
    "lead_why_theme": "必须联合的主题由文旅编制联合计划（{clause}）",
    "lead_why_fire": "消防重点单位由消防牵头（{clause}）",
    "lead_why_": "现场用时最长（本系统约定）",
    "lead_contact": "牵头联系人",
    "meeting_point": "集合地点",
    "order": "检查次序",
    "order_step": "{number}. {name}（{minutes} 分钟）",
    "joint_note": "牵头主体：文件有规定的从其规定，其余由现场用时最长的主体牵头；各主体同时到场，集合地点为对象地址；"
    "检查次序为牵头主体、消防、其余按用时由长到短。后三项是本系统的约定，可由各主体商定改变。",
    # crews and slots
    "slots": "各单位每日班组：上午、下午在用/可用（组）",
    "slots_note": "可用组数按当日该半天在岗且持证的人数计；跨中午的检查上午、下午都占用。",
    "slots_am": "{name} 上午",
    "slots_pm": "{name} 下午",
    # calendars
    "calendar_name": "{agency} {month}检查安排",
    "calendar_joint": "联合检查：{site}",
    "calendar_single": "检查：{site}",
    "calendar_secret": "突击检查：{site}",
    "calendar_items": "检查事项：{items}",
    "calendar_with": "同行：{agencies}",
    "calendar_people": "检查人员：{people}",
    "calendar_across": "跨午休，实际检查 {minutes} 分钟",
    "calendar_secret_note": "突击检查，不得告知其他单位和检查对象",
    # public list
    "public_title": "{month}涉企行政检查公示",
    "public_sub": "本月计划检查的对象、主体、时段和事项。具体到场时间由检查主体按规定告知。",
    "public_count": "共 {visits} 次，其中联合检查 {joint} 次。",
    "public_empty": "本月没有公示的检查安排。",
    "public_foot": "触发式检查和依法不预先告知的检查不在公示范围。",
    # page
    "day_title": "一日安排：{day}",
    "day_sub": "全月入企最多的一天，每行一个单位的一个组；深色为联合检查，灰带为午休。",
    "day_more": "另有 {count} 个组未绘出，见工作簿各主体出勤单。",
    "day_note": "{visits} 次入企，{crews} 个组",
    "days_title": "各日在场入企数",
    "days_sub": "横轴为工作时间（每刻钟），纵轴为同时进行的入企次数，各图同一标尺，最高 {most}。",
    "days_one": "{day}：{visits} 次入企，最多同时 {most} 次",
    "crews_title": "班组日历：在用/可用",
    "crews_sub": "每格上行为上午、下行为下午的在用组数/可用组数。",
    # consultation
    "sheet_consult": "征求意见-{name}",
    "consult_title": "{month}涉企检查安排 征求意见稿",
    "consult_guide_1": "请在各行的“答复”栏选择：同意、调整、不能；选“调整”须填“建议日期”，选“不能”须选“理由”。",
    "consult_guide_2": "建议日期须是本月可检查的日子，并在“可检查期间”之内。理由为“其他”时请写说明。",
    "consult_guide_3": "请不要改动其他各栏，也不要增删行、合并单元格；未填答复的行按未答复计。",
    "consult_guide_4": "方案指纹 {hash}；答复只对这一稿有效。",
    "consult_days": "选“调整”时填，如 2026-06-10；须是本月可检查的日子，并在可检查期间内",
    "consult_choose": "请从列表中选择",
    "consult_shared": "本稿在各主体间传阅，不含突击检查；各主体单独的征求意见稿含本主体的突击检查。",
    "consult_own": "本稿只给{name}，含本主体的突击检查，请勿转发。",
}

EN_DUTY: Mapping[str, str] = {
    "level_quiet_hours": "Visits in quiet hours (quarter-hours, given the days)",
    "level_town_changes": "Crews' changes of town (times, given the days)",
    "level_workload": "Busiest inspectors' time, all units (quarter-hours, given the days)",
    "stage": "Stage",
    "stage_match": "match",
    "stage_timetable": "timetable",
    "stage_crew": "crews",
}
