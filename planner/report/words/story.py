"""Words about steps, proof and status, each figure with its unit: a part of `planner.report.words.texts`."""

from __future__ import annotations

from collections.abc import Mapping

ZH_STORY: Mapping[str, str] = {
    # steps from alone to the limit
    "before_after": "统筹前后对比：逐步",
    "scheme": "步骤",
    "alone": "各自安排",
    "chance": "偶然同日",
    "filed": "备案联合",
    "first_come": "先到先并",
    "ours": "统筹后",
    "limit": "下限",
    "sweep": "先到先并，接受率 {percent}%",
    "entries_common": "入企（共同任务，次）",
    "saved": "比上一步少（次）",
    "avoided": "统筹后比它少（次，%）",
    "entries_all": "入企（全部任务，本月与顺延合计，次）",
    "left_out_weighed": "未安排（项任务；必须/应当/可选权重分）",
    "later": "顺延（项任务）",
    "joint_visits": "联合检查（次）",
    "common_note": "共同任务：各步都在本月做的 {tasks} 项任务，各步的入企只在这些任务上比较；"
    "另有 {others} 项不比较，因为某一步未安排或顺延，或其联合检查的同伴不在其内，见各步的未安排与顺延。",
    "alone_note": "各自安排：各部门合并本部门同一对象的任务，按本部门最优安排，互不知情；按（部门、对象、日期）计次。",
    "chance_note": "偶然同日：各自安排中几个部门恰好同日到同一对象，按（对象、日期）只计一次，"
    "不论依规可否同行；这不是联合检查。",
    "filed_note": "备案联合：在各自安排上，只把已报的联合计划和必须联合的主题并到同一天，此外互不协调；"
    "依规不得同行而恰好同日的分开。",
    "first_come_note": "先到先并：按申请先后，只看一个月内已定的入企能否并入，不统看全局；按（对象、日期）计次。",
    "sweep_note": "接受率不足 100% 的各行另有其共同任务，统筹后与它比较的次数也按那些任务计。",
    "common_limit_note": "下限（共同任务）：任何合法方案在本月做完这些任务，入企都不会少于 {bound} 次，由价目表证明，"
    "可复算；统筹后为 {value} 次，但它同时安排了其他任务。",
    "limit_note": "下限（全部任务）：在未安排任务不增加的前提下，任何合法方案的入企（本月与顺延合计）都不会少于 "
    "{bound} 次；统筹后为 {value} 次。",
    "limit_none": "本次没有算出下限。",
    "recount_how": "复算：python recount_standalone.py plan.json 报告.html（只需 Python，程序在 planner/report），"
    "由逐项任务的（主体、对象、日期）重数每一步，并与本报告所载核对。",
    # what is left out
    "left_out_total": "{tasks} 项任务",
    "left_out_part": "{strength} {tasks} 项/{weight} 权重分",
    "left_out_parts": "{total}（{parts}）",
    "left_out_short": "{tasks}（{weights}）",
    # levels and proof
    "levels": "目标分级与证明",
    "level": "分级（单位）",
    "value": "取值",
    "bound_certified": "可复算下限",
    "bound_solver": "求解器下限",
    "gap": "差距（%）",
    "proven_by": "证明",
    "proven_certificate": "已证明：价目表，可复算",
    "proven_solver": "已证明：求解器，不可复算",
    "proven_open": "未证明最优",
    "stopped_work": "（下限算到工作量上限为止，多算可能更高）",
    "stopped_clock": "（下限被提前停止，多算可能更高）",
    "proven_none": "未算出下限",
    "level_left_out.mandatory": "未安排：必须（权重分）",
    "level_left_out.accepted": "未安排：应当（权重分）",
    "level_left_out.optional": "未安排：可选（权重分）",
    "level_entries": "入企（本月与顺延合计，次）",
    "level_fire_alone": "消防单独入企（含顺延，次）",
    "level_disturbance": "打扰程度（刻钟×敏感度）",
    "level_worst_site": "打扰最多的对象（刻钟×敏感度）",
    "levels_note": "权重分为未安排任务的优先级（每项 1 至 9 分）之和。各级下限对排日期、排时刻、派人员合在一起的全部"
    "合法方案成立（标“已定日期下”的除外），并以先前各级不变差为前提。",
    # status
    "status": "结果",
    "status_optimal": "已证明最优",
    "status_feasible": "合法可行（未证明最优）",
    "status_infeasible": "无可行方案",
    "status_out_of_time": "未及得出方案",
    "status_invalid": "输入无法安排",
    "status_help_infeasible": "已公布或锁定的安排自相矛盾或与规则相抵，请查看问题清单后调整锁定。",
    "status_help_out_of_time": "在限定的工作量内没有得出方案，请放宽限制后重新运行。",
    "status_help_invalid": "没有可安排的月份或任务，请查看问题清单。",
    "status_of_optimal": "已证明最优：未安排任务与入企都不能再少",
    "status_of_feasible": "合法可行，未证明最优：{open}",
    "status_open": "{level} 取值 {value}，下限 {bound}",
    "status_open_none": "{level} 取值 {value}，未算出下限",
    # days given back, days asked
    "given_back": "退回重排",
    "given_back_none": "撮合日期时入企 {before} 次，排时刻、派人员后仍为 {after} 次，没有退回的日子。",
    "given_back_days": "撮合日期时入企 {before} 次；{days} 个单位日排不下时刻或派不出人，退回重排，"
    "排定后为 {after} 次：入企 {entries} 次，未安排（必须/应当/可选）{weights} 权重分。",
    "given_back_change": "撮合日期时入企 {before} 次；连同时刻、人员一并精确重排后为 {after} 次："
    "入企 {entries} 次，未安排（必须/应当/可选）{weights} 权重分。",
    "day_tests": "各日能否排得出",
    "day_tests_value": "精确判定 {asked} 次：能 {yes} 次，不能 {no} 次；其中 {unknown} 次无定论，"
    "既不当作不能，也不作为证明",
}

EN_STORY: Mapping[str, str] = {
    "before_after": "Before and after, step by step",
    "scheme": "Step",
    "alone": "Every agency alone",
    "chance": "Chance meetings",
    "filed": "Filed joint plans",
    "first_come": "First come, first joined",
    "ours": "Coordinated",
    "limit": "Limit",
    "sweep": "First come, {percent}% accept",
    "entries_common": "Common tasks (entries)",
    "saved": "Fewer than step before (entries)",
    "avoided": "Coordinated has fewer (entries, %)",
    "entries_all": "All tasks, month and later (entries)",
    "left_out_weighed": "Left out (tasks; mandatory/accepted/optional points)",
    "later": "Waiting (tasks)",
    "joint_visits": "Joint visits (entries)",
    "common_note": "Common tasks: {tasks} tasks that every step does in the month; steps are compared on these alone. "
    "{others} other tasks are not compared: some step leaves them out or lets them wait, or their company is not in.",
    "chance_note": "Chance meetings: agencies alone that come to a site on one day by chance count once, "
    "whether or not the law lets them come together; this is no joint visit.",
    "filed_note": "Filed joint plans: alone, but joint filings and themes that must be joint come on one day.",
    "common_limit_note": "Limit (common tasks): no lawful plan does these tasks in the month with fewer than {bound} "
    "entries, by price list, recomputable; the coordinated plan has {value}, and does other tasks besides.",
    "limit_note": "Limit (all tasks): no lawful plan that leaves out no more has fewer than {bound} entries, this "
    "month and deferred together; the coordinated plan has {value}.",
    "limit_none": "No limit was computed.",
    "left_out_total": "{tasks} tasks",
    "left_out_part": "{strength} {tasks} tasks/{weight} points",
    "left_out_parts": "{total} ({parts})",
    "left_out_short": "{tasks} ({weights})",
    "levels": "Objective by level, with proof",
    "level": "Level (unit)",
    "value": "Value",
    "bound_certified": "Certified bound",
    "bound_solver": "Solver's bound",
    "gap": "Gap (%)",
    "proven_by": "Proof",
    "proven_certificate": "proven: price list, recomputable",
    "proven_solver": "proven: solver, not recomputable",
    "proven_open": "not proven best",
    "stopped_work": " (the bound ended at its limit of work; more of it might prove more)",
    "stopped_clock": " (the bound was stopped early; more time might prove more)",
    "proven_none": "no bound computed",
    "level_left_out.mandatory": "Left out: mandatory (points)",
    "level_left_out.accepted": "Left out: accepted (points)",
    "level_left_out.optional": "Left out: optional (points)",
    "level_entries": "Month and deferred (entries)",
    "level_fire_alone": "Fire alone (visits, deferred ones too)",
    "level_disturbance": "Disturbance (quarter-hours × sensitivity)",
    "level_worst_site": "Worst-off site (quarter-hours × sensitivity)",
    "status_infeasible": "infeasible",
    "status_out_of_time": "out of time",
    "status_invalid": "invalid",
    "status_of_optimal": "proven optimal: neither left-out tasks nor entries can be fewer",
    "status_of_feasible": "lawful, not proven optimal: {open}",
    "status_open": "{level} {value}, bound {bound}",
    "status_open_none": "{level} {value}, no bound",
    "given_back_none": "The match had {before} entries; with starts and crews there are {after}; no day was "
    "given back.",
    "given_back_days": "The match had {before} entries; {days} unit-days could not be timed or manned and were planned "
    "anew, which makes {after}: entries {entries}, left out (mandatory/accepted/optional) {weights} points.",
    "given_back_change": "The match had {before} entries; planned again with starts and crews there are {after}: "
    "entries {entries}, left out (mandatory/accepted/optional) {weights} points.",
    "day_tests_value": "{asked} tests whether a day can be walked and manned: {yes} yes, {no} no, {unknown} of them "
    "unknown, which is neither a no nor a proof",
}
