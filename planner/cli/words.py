"""What the command line says, in both languages."""

from __future__ import annotations

from planner.report.words.texts import Lang

WORDS: dict[str, tuple[str, str]] = {
    "read": ("读取数据", "reading"),
    "prepare": ("依规筛查", "screening"),
    "match": ("统筹求解", "matching"),
    "timetable": ("排定时刻", "timing the days"),
    "crew": ("抽取检查人员", "drawing inspectors"),
    "answer": ("排不下的日子重新调整", "moving what a day cannot hold"),
    "compare": ("计算对照方案", "comparing"),
    "explain": ("查明未安排原因", "explaining"),
    "verify": ("复算与核验", "recomputing"),
    "generate": ("生成演示区", "making the demo district"),
    "write": ("写出文件", "writing files"),
    "best_bound": ("入企 {best} 次，下限 {bound} 次", "{best} entries, limit {bound}"),
    "files": ("已写出：", "Written:"),
    "headline": (
        "{month}：{status}；任务 {tasks} 项，已安排 {scheduled} 项，可顺延 {deferred} 项，未安排 {left_out}；"
        "入企 {entries} 次（本月 {in_month} 次，其中联合 {joint} 次；顺延任务其后至少 {later} 次）；"
        "规则违反 {violations} 处；用时 {total:.1f} 秒",
        "{month}: {status}; {tasks} tasks, {scheduled} scheduled, {deferred} deferred, {left_out} left out; "
        "{entries} entries ({in_month} in the month, {joint} of them joint; at least {later} later for what waits); "
        "{violations} violations; {total:.1f} s",
    ),
    "lead": (
        "与先到先并相比少入企 {avoided} 次（{percent}）：{common} 项共同任务由 {before} 次减为 {after} 次。",
        "{avoided} entries fewer than first-come ({percent}): {before} to {after} on {common} common tasks.",
    ),
    "plan_hash": ("方案指纹 {hash}", "plan hash {hash}"),
    "findings_count": (
        "填报问题：错误 {error}，警告 {warning}，提示 {info}",
        "findings: {error} errors, {warning} warnings, {info} notices",
    ),
    "registers": (
        "同一对象：已合并 {merged} 对；待核定 {doubtful} 对（在“同一对象”表中核定一次，以后照此处理）",
        "one premises: {merged} pairs merged, {doubtful} to decide in the table of identities",
    ),
    "words_known": ("{agency} 记有 {count} 个用词", "{count} words of {agency}"),
    "lost_duties": (
        "有 {count} 处错误会使申报的检查没有列入：请先更正（退出码 1）",
        "{count} errors may keep filed checks out: correct them first (exit code 1)",
    ),
    "held": (
        "有 {count} 处限制读不懂，已按最严处理：{places}",
        "{count} restrictions could not be read and bar as much as they can mean: {places}",
    ),
    "held_stops": (
        "其中 {count} 处看不出管谁或没有读入：计划可以看，更正之前不能公布。",
        "{count} of them name nobody or were not read: the plan must not be published before they are corrected.",
    ),
    "hidden": (
        "突击检查（仅限统筹，不计入以上各数）：{tasks} 项，已排 {placed} 项，未排 {left} 项",
        "unannounced checks (for the coordinator, not counted above): {tasks}, {placed} with a day, {left} without",
    ),
    "findings_how": (
        "逐行查看：planner check {source} --month {month}",
        "see them: planner check {source} --month {month}",
    ),
    "no_task": ("{month} 没有到期的检查任务，不生成计划。", "nothing is due in {month}: no plan."),
    "nothing_usable": (
        "没有可用的填报，无法排出 {month} 的计划；请先按问题清单改正。",
        "nothing usable was filed, {month} cannot be planned; mend the findings first.",
    ),
    "strict": ("有错误，按 --strict 不生成计划。", "there are errors: no plan with --strict."),
    "infeasible": (
        "已公布或锁定的安排自相矛盾，或与规则相抵，没有合法方案：",
        "what is published or fixed contradicts the law or itself; there is no lawful plan:",
    ),
    "out_of_time": ("在得出第一个方案前停止，没有写出文件。", "stopped before a first plan; no file was written."),
    "stopping": (
        "正在收尾，保留目前最好的方案……再按一次 Ctrl-C 立即退出。",
        "finishing with the best plan so far; press Ctrl-C again to leave at once.",
    ),
    "interrupted": ("已中断，没有写出文件。", "interrupted; no file was written."),
    "month_not_given": (
        "未给 --month，只核对了表格，没有做法规筛查。",
        "without --month only the tables were checked, not the law.",
    ),
    "rows_read": ("读到 {rows} 行", "{rows} rows read"),
    "tasks_found": (
        "{month}：任务 {tasks}，非现场 {off_site}，传唤 {summons}，可顺延 {deferred}，不予安排 {removed}",
        "{month}: {tasks} tasks, {off_site} off-site, {summons} summons, {deferred} deferred, {removed} removed",
    ),
    "drawn": (
        "{draws} 次抽取，抽中 {sites} 个对象；链式校验值 {chain}",
        "{draws} draws, {sites} sites drawn; chain hash {chain}",
    ),
    "holds": ("核验通过：{what}", "verified: {what}"),
    "fails": ("核验不通过：", "verification failed:"),
    "what_plan": (
        "日期合法，目标、下限、对照、清单与抽取均已复算一致",
        "dates are lawful; objective, bounds, counterfactuals, lists and draws recomputed and equal",
    ),
    "what_draws": ("{draws} 次抽取均已重放一致", "all {draws} draws replayed and equal"),
    "reproved": (
        "争用之处 {count} 处，由独立模型连同时刻、路程、人员重解："
        "{count} 处中 {agreed} 处一致，{better} 处有更好的安排，{unknown} 处未能判定",
        "{count} contested neighbourhoods solved anew with starts, travel and people: {agreed} of {count} agreed, "
        "{better} can be planned better, {unknown} unknown",
    ),
    "better_there": (
        "{subject} 周围（{visits} 次入企；{days}；{sites}）：现为 {ours}，可为 {best}"
        "（未排必须、应当、可选，入企）：{moves}",
        "around {subject} ({visits} visits; {days}; {sites}): {ours}, possible {best} (left out mandatory, accepted, "
        "optional; entries): {moves}",
    ),
    "violations": (
        "方案违反 {count} 处规则，不予导出；请用 planner verify 查看。",
        "the plan breaks {count} rules: not exported; see planner verify.",
    ),
    "selected": ("{count} 条", "{count} rows"),
    "mistake": ("错误：", "error: "),
    "unexpected": (
        "程序出错：{kind}。详情已记入 {log}；加 --debug 可直接显示。",
        "unexpected error: {kind}. Details are in {log}; --debug shows them here.",
    ),
    "consulted": (
        "{name}：同意 {agree}，调整 {move}，不能 {object}，未答复 {unanswered}，无效 {invalid}",
        "{name}: {agree} agree, {move} move, {object} object, {unanswered} unanswered, {invalid} invalid",
    ),
    "move": ("调整", "move"),
    "object": ("不能", "object"),
    "consulted_pins": ("新锁定 {pins} 条。", "{pins} new pins."),
    "consulted_next": (
        "请用此表替换来源数据的“锁定”表，再运行 planner plan。",
        "let it take the place of the source's pins table, then run planner plan.",
    ),
    "demo_note": ("演示数据，全部为程序生成，与真实经营主体无关。", "Demonstration data, all generated."),
}


def word(key: str, lang: Lang, **values: object) -> str:
    """Return the text `key` with `values` filled in."""
    template = WORDS[key][0 if lang == "zh" else 1]
    return template.format(**values) if values else template
