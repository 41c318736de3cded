"""Findings about workbooks that come back marked, or come in made by hand. An error makes a row no answer, no visit."""

from __future__ import annotations

from planner.domain.finding import FindingType
from planner.intake.words.entry import ERROR, INFO, WARNING, finding_type
from planner.law.rules.company import JOIN_REQUIRED
from planner.law.rules.dates import ONE_ANSWER, PINNED, WINDOW

_AS_SENT = ("请用原稿重填，只填答复各栏", "Fill in the draft as it was sent, the answer columns only")

CONSULT_FINDING_TYPES: tuple[FindingType, ...] = (
    finding_type(
        "consult.no-form",
        ERROR,
        ("不是征求意见稿", "No consultation form"),
        ("“{value}”中没有征求意见表", "'{value}' holds no consultation form"),
        _AS_SENT,
    ),
    finding_type(
        "consult.unknown",
        ERROR,
        ("方案中没有这一行", "Not in the plan"),
        ("方案中没有入企编号与主体编号“{value}”", "the plan has no such visit and agency: '{value}'"),
        ("请核对是否为本稿，编号不要改动", "See whether it is this draft's; ids must not be changed"),
    ),
    finding_type(
        "consult.changed",
        ERROR,
        ("原稿内容被改动", "The draft was changed"),
        ("“{column}”与方案不同，方案为 {planned}", "'{column}' is not the plan's: {planned}"),
        (
            "请恢复原内容；要改日期请选“调整”并填“建议日期”",
            "Restore it; for another date choose 调整 and a proposed date",
        ),
    ),
    finding_type(
        "consult.twice",
        ERROR,
        ("同一项有不同答复", "Answered twice"),
        ("“{value}”有两处不同的答复", "'{value}' was answered in two different ways"),
        ("请该主体确认以哪个为准", "Ask the agency which one holds"),
    ),
    finding_type(
        "consult.no-answer",
        ERROR,
        ("没有选答复", "No answer chosen"),
        ("填了建议日期或理由，但没有选“答复”", "a date or reason is given, but no answer"),
        ("请选：同意、调整、不能", "Choose 同意, 调整 or 不能"),
    ),
    finding_type(
        "consult.no-reason",
        ERROR,
        ("没有理由", "No reason"),
        ("答复“不能”没有选理由", "'cannot' comes without a reason"),
        ("请从列表中选择理由", "Choose a reason from the list"),
    ),
    finding_type(
        "consult.no-note",
        ERROR,
        ("没有说明", "No note"),
        ("理由为“其他”没有写说明", "the reason 'other' comes without a note"),
        ("请写明情况", "Say what it is"),
    ),
    finding_type(
        "consult.contradiction",
        ERROR,
        ("答复自相矛盾", "Contradiction"),
        ("答复“同意”{planned}，又建议 {value}", "agrees to {planned} and proposes {value}"),
        ("改日期请选“调整”，否则删去建议日期", "Choose 调整 for another date, else delete the proposed one"),
    ),
    finding_type(
        "consult.no-date",
        ERROR,
        ("没有建议日期", "No date proposed"),
        ("答复“调整”没有填建议日期", "'move' comes without a date"),
        ("请填本月可检查的日期", "Give an open day of the month"),
    ),
    finding_type(
        "consult.not-open",
        ERROR,
        ("建议日期不可检查", "Not an open day"),
        (
            "{value} 不是本月的检查日，或该对象当日不可检查",
            "{value} is no open day of the month, or the site is closed to visits",
        ),
        ("请从列表中选择日期", "Choose a date from the list"),
    ),
    finding_type(
        "consult.outside-window",
        ERROR,
        ("建议日期超出期间", "Outside the window"),
        ("{value} 不在可检查期间 {first} 至 {last} 内", "{value} is not within {first} to {last}"),
        ("请改在期间内，或另行修改检查计划", "Stay within it, or change the filing"),
        WINDOW.id,
    ),
    finding_type(
        "consult.published",
        ERROR,
        ("已经公布", "Already published"),
        ("{planned} 已公布，不能改为 {value}", "{planned} is published and cannot become {value}"),
        ("确需改期的，由统筹办公室先撤回公布", "If it must be, the bureau withdraws the publication first"),
        PINNED.id,
    ),
    finding_type(
        "consult.split",
        ERROR,
        ("必须同日的答复不一致", "Answers part what must be together"),
        (
            "{value} 的 {agencies} 必须同日检查，答复不一致，均未锁定",
            "{agencies} must be at {value} on one date; none is fixed",
        ),
        ("请各主体商定同一日期", "Let them agree on one date"),
        JOIN_REQUIRED.id,
    ),
)

ADOPTION_FINDING_TYPES: tuple[FindingType, ...] = (
    finding_type(
        "adopt.no-form",
        ERROR,
        ("没有排期表", "No sheet of visits"),
        ("“{value}”中没有一张表同时有检查对象、日期两列", "'{value}' has no sheet with a site and a date"),
        ("请给出表头：检查对象、日期、检查主体", "Head the columns 检查对象, 日期, 检查主体"),
    ),
    finding_type(
        "adopt.other-sheet",
        INFO,
        ("不是排期表", "Not a sheet of visits"),
        ("工作表“{value}”没有检查对象、日期两列，未读", "sheet '{value}' has no site and date and was not read"),
        ("如是排期表，请补上表头", "If it holds visits, head its columns"),
    ),
    finding_type(
        "adopt.closed-day",
        ERROR,
        ("不是可检查的日子", "No open day"),
        ("{value} 不在本月，或是休息日、停检日{hint}", "{value} is not in the month, or no working day{hint_en}"),
        ("请改到检查日；这一行的任务按未安排算", "Choose an open day; what the row asks for counts as not done"),
        WINDOW.id,
    ),
    finding_type(
        "adopt.no-task",
        ERROR,
        ("没有到期任务", "No task is due"),
        (
            "{agency} 在“{value}”本月没有{items}到期任务，不计入方案{hint}",
            "{agency} has nothing due at '{value}' this month, so the visit is no part of the plan{hint}",
        ),
        ("请先备案受理，或删去", "File it first, or delete it"),
        "plan.complete",
    ),
    finding_type(
        "adopt.twice",
        ERROR,
        ("同一任务排了两天", "One task on two days"),
        (
            "{agency} 在“{value}”的任务已排在 {day}（{first}），以先出现的为准",
            "{agency}'s task at '{value}' stands on {day} ({first})",
        ),
        ("请删去一处", "Delete one of them"),
        ONE_ANSWER.id,
    ),
    finding_type(
        "adopt.repeated",
        WARNING,
        ("重复的行", "A row repeated"),
        ("{agency} 在“{value}”{day} 已排（{first}）", "{agency} at '{value}' on {day} stands already ({first})"),
        ("请删去一处", "Delete one of them"),
    ),
)
