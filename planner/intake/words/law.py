"""Findings about law: what screening and unfolding of filings say.

An error drops the filing, item or row that it names; a warning keeps it; info only tells. `rule` is the rule whose
clauses the finding carries.
"""

from __future__ import annotations

from planner.domain.finding import FindingType
from planner.intake.words.entry import ERROR, INFO, WARNING, finding_type
from planner.intake.words.filed import FILED, OFFERED, RECORDED
from planner.intake.words.filing import FILING
from planner.intake.words.held import HELD_FINDING_TYPES
from planner.intake.words.joint import JOINT
from planner.intake.words.people import PEOPLE_AND_HOURS
from planner.law.rules.dates import PINNED, WINDOW

_ITEMS = (
    finding_type(
        "law.item-unclaimed",
        ERROR,
        ("事项未认领", "Item not claimed"),
        (
            "计划 {filing} 的事项 {item} 未认领备案，不得检查",
            "Filing {filing}: item {item} is not claimed and is barred",
        ),
        ("请先认领备案", "Claim and file the item first"),
        "library.claimed",
    ),
    finding_type(
        "law.item-unclaimed-soft",
        WARNING,
        ("事项未认领", "Item not claimed"),
        ("计划 {filing} 的事项 {item} 未认领备案，一般不得检查", "Filing {filing}: item {item} is not claimed"),
        ("请认领备案或取得临时批准", "Claim it, or have it approved for the time being"),
        "library.claimed",
    ),
    finding_type(
        "law.item-of-another",
        ERROR,
        ("不是本主体的事项", "Another agency's item"),
        (
            "计划 {filing} 的事项 {item} 属于 {owner}，不在本主体事项库",
            "Filing {filing}: item {item} is in the library of {owner}",
        ),
        ("请由该主体另行备案", "Let that agency file it"),
        "library.claimed",
    ),
    finding_type(
        "law.no-basis",
        ERROR,
        ("没有检查依据", "No legal basis"),
        (
            "计划 {filing} 的事项 {item} 没有法定依据，取消",
            "Filing {filing}: item {item} has no legal basis; cancelled",
        ),
        ("请补充依据，否则撤回", "Name the basis, or withdraw it"),
        "library.basis",
    ),
    finding_type(
        "law.quiet-item",
        INFO,
        ("无事不扰事项", "Quiet item"),
        (
            "计划 {filing} 的事项 {item} 在无事不扰清单，不到场",
            "Filing {filing}: item {item} is on the quiet list; no visit",
        ),
        ("用非现场方式，或待触发", "Use off-site means, or wait for a trigger"),
        "quiet.item",
    ),
    finding_type(
        "law.key-item-drawn",
        WARNING,
        ("重点事项没有全覆盖", "Key item not in full"),
        (
            "计划 {filing} 的重点事项 {item} 按比例抽查，未全覆盖",
            "Filing {filing} draws key item {item} instead of checking it everywhere",
        ),
        ("请改为全覆盖", "Check it everywhere in scope"),
        "coverage.key",
    ),
    finding_type(
        "law.grades-reversed",
        WARNING,
        ("等级好的查得更多", "Better grades checked more"),
        (
            "计划 {filing} 对 {better} 级的要求高于 {worse} 级",
            "Filing {filing} asks more of grade {better} than of {worse}",
        ),
        ("请核对各等级的比例或频次", "Check ratio or frequency by grade"),
        "frequency.grade",
    ),
)

_SITES = (
    finding_type(
        "law.grade-missing",
        WARNING,
        ("对象没有等级", "Sites without a grade"),
        (
            "计划 {filing} 按等级检查,{count} 个对象没有{domain}领域的有效等级，未列入",
            "Filing {filing} goes by grade; {count} sites have none of {domain} in force and were left out",
        ),
        ("请补充等级", "Add the grades"),
        "grade.required",
    ),
    finding_type(
        "law.grade-lost",
        ERROR,
        ("对象没有等级，申报的检查落空", "Filed checks are lost for want of a grade"),
        (
            "计划 {filing} 按等级检查，{count} 个对象没有{domain}领域的有效等级，未列入：{sites}",
            "Filing {filing} goes by grade; {count} sites that it rests on have none of {domain} in force: {sites}",
        ),
        (
            "请在“风险信用等级”表补充这些对象的等级，或在计划里写一个对所有等级都有效的数（如“2次/年”）",
            "Add their grades, or give one value for every grade",
        ),
        "grade.required",
    ),
    finding_type(
        "law.sites-removed",
        INFO,
        ("部分对象不安排到场", "Some sites get no visit"),
        ("计划 {filing}:{count} 个对象因“{title_zh}”不安排", "Filing {filing}: {count} sites out by '{title_en}'"),
        ("详见“不安排的任务”", "See the list of what is not scheduled"),
    ),
    finding_type(
        "law.town-missing",
        ERROR,
        ("街镇队伍没有街镇", "Town team without a town"),
        (
            "街镇主体 {agency} 没有所属街镇，其计划无法安排",
            "Town team {agency} names no town; its filings make no task",
        ),
        ("请填写所属街镇", "Fill in its town"),
        "town.territory",
    ),
    finding_type(
        "law.coverage-short",
        WARNING,
        ("频次未落实", "Frequency not met"),
        (
            "{what}:{grade} 级应查 {wanted} 次，已查 {done} 次，本次备案 {tasks} 次，缺 {short} 次",
            "{what}: grade {grade} is due {wanted} checks, {done} done, {tasks} filed, {short} short",
        ),
        ("请补报计划", "File the missing checks"),
        "frequency.grade",
    ),
    finding_type(
        "law.key-item-unfiled",
        INFO,
        ("重点事项没有计划", "Key item without a plan"),
        (
            "重点监管事项 {item}（{name}）在 {year} 年没有列入任何计划，未能全覆盖",
            "Key item {item} ({name}) is in no filing of {year}, so it is not covered",
        ),
        ("请核对年度计划，把该事项列入", "Check the annual plan and add it"),
        "coverage.key",
    ),
    finding_type(
        "law.own-document",
        INFO,
        ("另有专门文件", "A document of its own"),
        (
            "计划 {filing} 有 {count} 个{industries}对象，除本方案外另按{document}执行，该文件的内容不在本规则库",
            "Filing {filing}: {count} sites are governed by {document} besides, whose content is outside this rulebook",
        ),
        ("请自行核对该文件的要求", "Check what it asks"),
        "sector.document",
    ),
    finding_type(
        "law.key-sites-short",
        INFO,
        ("重点名录未全覆盖", "Key sites not all covered"),
        (
            "{domain} 领域重点名录 {wanted} 个对象，今年已查 {done} 个、在列 {tasks} 个，缺 {short} 个",
            "{domain}: {wanted} key sites, {done} checked this year, {tasks} open, {short} short",
        ),
        ("请核对年度计划", "Check the annual plan"),
        "coverage.key",
    ),
)

_OTHERS = (
    finding_type(
        "law.parent-loop",
        WARNING,
        ("上级主体循环", "Parents in a circle"),
        ("主体 {agency} 的上级关系成环，按独立主体处理", "The parents of {agency} form a circle; it counts as its own"),
        ("请更正上级主体编号", "Correct the parent's id"),
        "unit.parent",
    ),
    finding_type(
        "law.pin-without-task",
        WARNING,
        ("锁定找不到任务", "Pin without a task"),
        ("锁定 {pin}({site},{agency},{date})没有对应的任务", "Pin {pin} ({site}, {agency}, {date}) matches no task"),
        ("请核对对象、主体和计划编号", "Check site, agency and filing"),
        PINNED.id,
    ),
    finding_type(
        "law.pin-closed-day",
        WARNING,
        ("锁定在不可检查日", "Pin on a closed day"),
        ("锁定 {pin} 的 {date} 不是可检查的工作日", "Pin {pin}: {date} is no open working day"),
        ("请改期或更正日历", "Move it or correct the calendar"),
        PINNED.id,
    ),
    finding_type(
        "law.pin-outside-window",
        WARNING,
        ("锁定在计划期限外", "Pin outside its window"),
        ("锁定 {pin} 的 {date} 不在计划 {filing} 的期限内", "Pin {pin}: {date} is outside the window of {filing}"),
        ("请改期或变更计划", "Move it or change the filing"),
        WINDOW.id,
    ),
    finding_type(
        "law.published-without-task",
        WARNING,
        ("已公布月份的任务已不在计划中", "A published month's tasks are not asked for any more"),
        (
            "已公布的月份里有 {count} 项任务不再出现在填报中，其到场日期仍计入间隔和次数",
            "{count} tasks of the published months are in no filing any more; their dates still count for gap and cap",
        ),
        ("请核对填报是否被撤回或改动", "Check whether filings were withdrawn or changed"),
        PINNED.id,
    ),
    finding_type(
        "law.draw-uncommitted",
        WARNING,
        ("抽取没有事先承诺", "Draw without commitment"),
        (
            "计划 {filing} 的抽取缺少{who}在名单冻结前提交的随机数承诺，结果可复算但不能证明未被操纵",
            "Draw of {filing}: no commitment by {who} before the freeze; it can be replayed, but not proven untouched",
        ),
        ("请在名单冻结前提交承诺值", "Hand in the commitment before the list is frozen"),
        "draw.ratio",
    ),
    finding_type(
        "law.draw-refused",
        ERROR,
        ("抽取无法进行", "Draw refused"),
        ("计划 {filing} 未抽取：{why_zh}", "Filing {filing} was not drawn: {why_en}"),
        (
            "请写明对象范围和抽查比例，并核对承诺值与随机数",
            "Name a scope and a ratio, and check commitments and nonces",
        ),
        "draw.ratio",
    ),
    finding_type(
        "law.draw-from-list",
        WARNING,
        ("双随机只从指定名单抽取", "Draw from a named list"),
        (
            "计划 {filing} 是双随机，只从逐一填写的对象中抽取，没有从对象范围抽取",
            "Filing {filing} is a random check that draws from sites named one by one, not from a scope",
        ),
        ("请清空“检查对象编号”，在“对象范围”写明范围", "Empty the site ids and name a scope"),
        "draw.ratio",
    ),
    finding_type(
        "law.ratio-too-low",
        WARNING,
        ("抽查比例低于规定", "Ratio below the annex's"),
        (
            "计划 {filing} 对 {grade} 级填 {asked}，本领域规定不低于 {least}，已按 {least} 抽取",
            "Filing {filing} asks {asked} of grade {grade}; the annex asks {least}, by which it was drawn",
        ),
        ("请将 {grade} 级的抽查比例改为 {least}", "Correct the ratio of grade {grade} to {least}"),
        "draw.ratio",
    ),
    finding_type(
        "law.waiver-not-allowed",
        ERROR,
        ("规则不可豁免", "Rule cannot be waived"),
        ("豁免 {waiver}：规则 {rule} 不可豁免或不存在", "Waiver {waiver}: rule {rule} cannot be waived or is unknown"),
        ("只有政策类规则可以豁免", "Only policy rules can be waived"),
    ),
    finding_type(
        "law.waiver-used",
        INFO,
        ("使用了豁免", "Waiver used"),
        ("豁免 {waiver}(规则 {rule})用于 {count} 处", "Waiver {waiver} (rule {rule}) was used {count} times"),
        ("留存备查", "Kept for the record"),
    ),
    finding_type(
        "law.setting-unknown",
        WARNING,
        ("未知的参数", "Unknown setting"),
        ("参数“{key}”不存在；可用:{known}", "There is no setting '{key}'; known: {known}"),
        ("请核对参数名", "Check the name"),
    ),
    finding_type(
        "law.setting-retired",
        INFO,
        ("已停用的参数", "Setting no longer used"),
        ("参数“{key}”不再使用：{why}", "Setting '{key}' is no longer used: {why}"),
        ("可以删除这一行", "The row can be deleted"),
    ),
    finding_type(
        "law.setting-bad",
        ERROR,
        ("参数取值有误", "Bad setting"),
        ("参数“{key}”({title})应为 {asked}，实为“{value}”", "Setting '{key}' must be {asked}, not '{value}'"),
        ("请更正取值", "Correct the value"),
    ),
    finding_type(
        "law.calendar-provisional",
        WARNING,
        ("节假日尚未公布", "Holidays not yet official"),
        ("{year} 年的节假日安排尚未公布，按法定节日暂定", "The holidays of {year} are not official yet; provisional"),
        ("公布后请在“日历”表补充调休", "Add make-up days to the calendar table once they are"),
    ),
)

LAW_FINDING_TYPES: tuple[FindingType, ...] = (
    FILING + FILED + OFFERED + RECORDED + _ITEMS + _SITES + JOINT + PEOPLE_AND_HOURS + _OTHERS
)
LAW_TYPE_BY_CODE: dict[str, FindingType] = {kind.code: kind for kind in (*LAW_FINDING_TYPES, *HELD_FINDING_TYPES)}
