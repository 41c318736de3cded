"""Findings about people and hours: crews, certificates, recusals, stays, hours of business."""

from __future__ import annotations

from planner.domain.finding import FindingType
from planner.intake.catalogue_words import ERROR, WARNING, finding_type

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
        "visit.hours",
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
        "visit.hours",
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
        "capacity.crew",
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
        "capacity.skill",
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
        "crew.enough",
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
        "crew.enough",
    ),
    finding_type(
        "law.recusal-incomplete",
        ERROR,
        ("回避登记不全", "Recusal not complete"),
        ("回避须写明人员和对象，这一行没有采用", "A recusal names inspector and site; this row was not used"),
        ("请补全人员编号和对象编号", "Fill in both ids"),
        "crew.enough",
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
        "hours.business",
    ),
)
