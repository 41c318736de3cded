"""Findings about what was filed and may lead to no task, and about how its words were taken. See `law`."""

from __future__ import annotations

from planner.domain.finding import FindingType
from planner.intake.words.entry import ERROR, INFO, WARNING, finding_type

FILED: tuple[FindingType, ...] = (
    finding_type(
        "law.scope-value",
        ERROR,
        ("范围里的值没有对象", "No site has this value"),
        (
            "计划 {filing} 的范围“{key_zh}={value}”没有任何对象{hint}；这一部分没有列入统筹",
            "Filing {filing}: no site has '{value}'; that part makes no task",
        ),
        ("请按检查对象表里的写法更正范围，或补上对象", "Correct the scope to the wording of the sites, or add them"),
        "plan.complete",
    ),
    finding_type(
        "law.due-unread",
        ERROR,
        ("逐户期限读不懂", "Unreadable last day of a site"),
        (
            "计划 {filing} 的逐户期限“{value}”不是计划期限内的日期；更正之前按计划的结束日期 {last} 处理",
            "Filing {filing}: '{value}' is no day of its window; until it is corrected {last} counts",
        ),
        ("请写成 对象编号=2026-06-15", "Write site id=2026-06-15"),
        "plan.complete",
    ),
    finding_type(
        "law.due-of-another",
        ERROR,
        ("逐户期限的对象不在计划内", "Last day of a site that is not filed"),
        ("计划 {filing} 的逐户期限“{value}”的对象不在计划内{hint}", "Filing {filing}: '{value}' is of no site of it"),
        ("请更正对象编号", "Correct the site id"),
        "plan.complete",
    ),
    finding_type(
        "law.before-rulebook",
        WARNING,
        ("规则库施行之前的月份", "A month before the rulebook"),
        (
            "{month} 早于规则库 {version} 的施行日期 {since}；按该规则库试排，只供研究，不作执行依据",
            "{month} is before the rulebook {version} of {since}: planned by it for study only",
        ),
        ("请勿据此公布", "Do not publish it"),
    ),
    finding_type(
        "law.value-alike",
        INFO,
        ("几种写法按一种处理", "Written in several ways"),
        (
            "{key_zh}“{value}”（{count} 户）与“{meant}”按同一{key_zh}处理",
            "'{value}' counts as '{meant}' ({count} sites)",
        ),
        ("如不是同一{key_zh}，请写出全称", "Write the full name if it is another"),
    ),
    finding_type(
        "law.duty-lost",
        ERROR,
        ("去向不明的检查", "Checks that nothing tells of"),
        (
            "计划 {filing} 有 {count} 个对象既没有任务，也没有不安排的理由",
            "Filing {filing}: {count} sites have neither a task nor a reason for none",
        ),
        ("请联系系统维护人员核对", "Report it: this must not happen"),
        "plan.complete",
    ),
    finding_type(
        "law.sites-merged",
        INFO,
        ("几张名录里的同一对象", "One premises in several registers"),
        (
            "“{other}”与“{one}”（{name}）{why}，按同一对象合并，原编号仍可使用",
            "'{other}' and '{one}' are one premises and count as one; both ids stay known",
        ),
        ("如不是同一对象，请在“同一对象”表中核定为“不同”", "If not, decide 'different' in the table of identities"),
    ),
    finding_type(
        "law.sites-alike",
        WARNING,
        ("疑似同一对象", "Perhaps one premises"),
        (
            "“{other}”与“{one}”（{name}）{why}；如为同一对象，可少入企 {saved} 次",
            "'{other}' and '{one}' may be one premises; {saved} entries could be saved",
        ),
        ("请在“同一对象”表中核定“同一”或“不同”，以后照此处理", "Decide it once in the table of identities"),
    ),
    finding_type(
        "law.identity-unknown",
        WARNING,
        ("核定的编号不在名录", "Decision on an unknown id"),
        ("“同一对象”表里的“{value}”不在检查对象表，这一行没有作用", "'{value}' is in no table of sites: no effect"),
        ("请核对编号", "Check the id"),
    ),
)

OFFERED: tuple[FindingType, ...] = (
    finding_type(
        "law.absorption-offered",
        INFO,
        ("可视为完成，待主体答复", "May count as done, if its body says so"),
        (
            "{agency} {day} 在 {site} 的触发式检查已覆盖计划 {filing}，{until} 前可视为完成；没有答复，照常安排",
            "{agency}'s triggered check of {day} at {site} covers {filing} until {until}; unanswered, so it is planned",
        ),
        ("请主体在“抵减答复”表答复“视为完成”或“照常检查”", "Answer it in the table of absorptions"),
        "absorption",
    ),
)
FIX_CODE = ("请补报检查码，并由司法局跟进", "Report the code; the bureau follows it up")
RECORDED: tuple[FindingType, ...] = (
    finding_type(
        "fig.forbidden",
        WARNING,
        ("不得统计的数字", "A figure that must not exist"),
        (
            "“{table}”的“{column}”列统计处罚、案件或罚没，没有读入",
            "{table}: column '{column}' counts penalties; not read",
        ),
        ("请删去这一列；评估不以处罚、罚没为指标", "Delete the column: no evaluation counts penalties"),
    ),
    finding_type(
        "code.none",
        ERROR,
        ("没有检查码", "No check code"),
        ("结果 {result}：{why_zh}", "Result {result}: {why_en}"),
        ("没有码不得检查；司法局可发监督建议书", "No code, no check; the bureau may send a letter"),
    ),
    finding_type(
        "code.late",
        WARNING,
        ("补码", "A code afterwards"),
        ("结果 {result}：{why_zh}", "Result {result}: {why_en}"),
        FIX_CODE,
    ),
    finding_type(
        "code.foreign",
        ERROR,
        ("检查码不是这次检查的", "Another check's code"),
        ("检查码 {code} {why_zh}", "Check code {code} {why_en}"),
        ("请核对检查码", "Check the code"),
    ),
    finding_type(
        "code.reason-unlisted",
        WARNING,
        ("紧急原因不在清单", "Reason not on the list"),
        ("结果 {result} 先查后补码，原因“{reason}”不在事项的紧急情形清单", "Result {result}: '{reason}' is not listed"),
        ("请按清单写明原因，或由主管部门修订清单", "Name a listed reason, or have the list amended"),
    ),
    finding_type(
        "result.late",
        INFO,
        ("结果录入超期", "Result recorded late"),
        ("结果 {result} 应在 {due} 前录入，实际 {recorded}", "Result {result} was due on {due}, recorded {recorded}"),
        ("请及时录入", "Record results in time"),
    ),
    finding_type(
        "result.no-limit",
        INFO,
        ("没有录入时限", "No limit for the result"),
        ("事项 {item} 没有规定结果录入时限", "Item {item} sets no limit for its results"),
        ("请在“检查事项”表填结果录入时限", "Fill it in at the items"),
    ),
    finding_type(
        "result.time-unread",
        WARNING,
        ("时间读不出", "Time not readable"),
        ("结果 {result} 的“{what}”读不出：{text}，按没有填处理", "Result {result}: '{what}' cannot be read: {text}"),
        ("请写成 2026-06-09 09:30 或 09:30", "Write 2026-06-09 09:30 or 09:30"),
    ),
    finding_type(
        "result.recheck-unfounded",
        WARNING,
        ("不是同一任务的再次到场", "No further visit of one task"),
        (
            "结果 {result} 填第{visit}次，此前没有同一检查码、同一主体对象的前次检查，按新的检查计",
            "Result {result} says visit {visit}, yet no earlier one has its code: it counts as a check of its own",
        ),
        ("请核对检查码和次数", "Check code and number"),
    ),
    finding_type(
        "result.not-own",
        ERROR,
        ("不是本单位的结果", "Another body's result"),
        ("结果 {result} 不是本单位的，没有收", "Result {result} is another body's and was not taken"),
        ("请由实施检查的单位录入，或核对主体编号", "Have that body record it, or check the agency's id"),
    ),
    finding_type(
        "result.ahead",
        ERROR,
        ("还没有到的检查", "A check still to come"),
        ("结果 {result} 的检查日期 {value} 还没有到，没有收", "Result {result} is dated {value}, which is to come"),
        ("请核对检查日期", "Check the date"),
    ),
    finding_type(
        "result.site-unlisted",
        INFO,
        ("对象不在名录", "Site not in the library"),
        (
            "结果 {result} 的对象 {site} 不在检查对象表，没有列入检查记录",
            "Result {result}: site {site} is not in the library",
        ),
        ("请补入对象库，或更正编号", "Add it to the library, or correct the id"),
    ),
)
