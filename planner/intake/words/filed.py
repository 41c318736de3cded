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
