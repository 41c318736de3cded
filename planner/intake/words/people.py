"""Findings about people and hours: crews, certificates, recusals, stays, hours of business."""

from __future__ import annotations

from planner.domain.finding import FindingType
from planner.intake.words.entry import ERROR, INFO, WARNING, finding_type
from planner.law.rules.capacity import CREWS, SKILLED
from planner.law.rules.hours import BUSINESS_HOURS, WORKING_DAY
from planner.law.rules.people import CREW

PEOPLE_AND_HOURS: tuple[FindingType, ...] = (
    finding_type(
        "law.long-stay",
        WARNING,
        ("一天做不完", "Longer than a day"),
        (
            "计划 {filing} 在 {count} 处各需 {minutes} 分钟(含到场准备)，一天只有 {most} 分钟，未标可跨日，无法安排",
            "Filing {filing} needs {minutes} minutes at {count} site(s), set-up included; a day has {most}, and "
            "no item may span days, so it has no day",
        ),
        ("请拆分事项或标明可跨日", "Split the items or mark them as spanning days"),
        WORKING_DAY.id,
    ),
    finding_type(
        "law.multi-day",
        WARNING,
        ("跨日检查只排第一天", "Only the first day is planned"),
        (
            "计划 {filing} 在 {count} 处各需 {minutes} 分钟(含到场准备)，可跨日；只排第一天 {most} 分钟，其余不排",
            "Filing {filing} needs {minutes} minutes at {count} site(s), set-up included, and may span days: the first "
            "day's {most} are planned, the days after it are not",
        ),
        ("请由本单位接着安排其余各日", "Let the agency arrange the days after it"),
        WORKING_DAY.id,
    ),
    finding_type(
        "law.no-crew",
        WARNING,
        ("不足两名持证人员", "Fewer than a crew"),
        (
            "主体 {agency} 本月没有一天有足够一组的在岗持证人员，任务无法安排",
            "{agency} never has enough certified inspectors on duty for a crew this month: no visits",
        ),
        ("请补充人员或改由上级主体实施", "Add inspectors, or let the parent do it"),
        CREWS.id,
    ),
    finding_type(
        "law.no-skilled-crew",
        WARNING,
        ("没有具备技能的检查组", "No crew with the skill"),
        (
            "主体 {agency} 本月没有两名同时在岗、具备“{skill}”的人员",
            "{agency} never has two inspectors with '{skill}' on duty this month",
        ),
        ("请补充技能记录或人员", "Add the skill or the people"),
        SKILLED.id,
    ),
    finding_type(
        "law.no-lawful-crew",
        WARNING,
        ("没有可以承担的检查组", "No crew that may go"),
        (
            "{agency} 的 {count} 项任务在期限内每天都凑不齐持证、在岗、具备技能且无需回避的人员",
            "{agency}: {count} task(s) have no day in their window with enough certified inspectors on duty, able and "
            "not recused",
        ),
        ("请核对人员、证件、请假和回避登记", "Check staff, certificates, absences and recusals"),
        CREW.id,
    ),
    finding_type(
        "law.pin-unstaffed",
        WARNING,
        ("锁定日没有可以承担的检查组", "Pinned to a day without a crew"),
        (
            "{agency} 在 {site} 的检查定在 {date}，当日没有持证、在岗、具备技能且无需回避的检查组",
            "{agency}'s check at {site} is fixed on {date}, when no certified, able and unrecused crew is on duty",
        ),
        ("请调整人员或改期，否则本月无法编排", "Change staff or date; as it stands the month has no plan"),
        CREW.id,
    ),
    finding_type(
        "law.recusal-incomplete",
        ERROR,
        ("回避登记不全", "Recusal not complete"),
        (
            "回避须写明人员和对象；这一行没有写明对象，更正之前该人员在所列日期不派",
            "A recusal names inspector and site; without a site the inspector goes nowhere on its days",
        ),
        ("请补全人员编号和对象编号", "Fill in both ids"),
        CREW.id,
    ),
    finding_type(
        "law.business-hours-missing",
        WARNING,
        ("公众聚集场所没有登记营业时间", "Public venue without registered hours"),
        (
            "{site} 是公众聚集场所，消防计划 {filing} 应在非营业时段检查，该场所没有登记营业（避开）时段，排期无从避开",
            "{site} is a public venue that filing {filing} is to check outside business hours; it has registered none",
        ),
        ("请在“避开时段”填写营业时间，如 13:00-23:00", "Fill in its hours, such as 13:00-23:00"),
        BUSINESS_HOURS.id,
    ),
    finding_type(
        "law.peak-hours-missing",
        INFO,
        ("没有登记客流高峰", "Peak hours not registered"),
        (
            "计划 {filing} 有 {count} 个{industries}对象没有登记避开时段，不能避开客流高峰",
            "Filing {filing}: {count} sites of trades that face customers have registered no hours to keep off",
        ),
        ("请在“检查对象”表的“避开时段”填写客流高峰，如 11:00-13:00", "Fill in their peak hours, such as 11:00-13:00"),
        "objective.quiet-hours",
    ),
    finding_type(
        "law.business-all-day",
        WARNING,
        ("营业时间占满工作时间", "Business hours leave no room"),
        (
            "{site} 的营业(避开)时段以外最多连续 {most} 个刻钟，{unit} 的检查需 {needed} 个刻钟，无法安排",
            "{site}: at most {most} quarter-hours lie together outside business hours, {unit}'s check needs {needed}; "
            "it has no time",
        ),
        ("请核对避开时段，或办理豁免", "Check the hours, or have them waived"),
        BUSINESS_HOURS.id,
    ),
)
