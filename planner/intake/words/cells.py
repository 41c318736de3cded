"""Findings about rows, cells and references. Templates as in `reading`."""

from __future__ import annotations

from planner.domain.finding import FindingType
from planner.intake.words.entry import CORRECT, ERROR, INFO, VALUES, WARNING, finding_type

_ROWS = (
    finding_type(
        "row.note",
        INFO,
        ("备注行", "Note row"),
        ("第 {row} 行以“#”开头，按备注跳过", "Row {row} starts with '#' and was skipped as a note"),
        ("如是数据，请去掉“#”", "If it is data, remove the '#'"),
    ),
    finding_type(
        "row.footer",
        INFO,
        ("合计、签名等非数据行", "Sums and signatures"),
        ("第 {row} 行以“{value}”开头，不是数据，已跳过", "Row {row} begins with '{value}' and is no data: skipped"),
        ("如是数据，请补全必填项", "If it is data, fill in its required cells"),
    ),
    finding_type(
        "row.half-empty",
        ERROR,
        ("残缺的行", "Half-empty row"),
        (
            "第 {row} 行缺少大部分必填项({missing}),未采用",
            "Row {row} lacks most required cells ({missing}) and was dropped",
        ),
        ("请补全或删除该行", "Complete or delete the row"),
    ),
    finding_type(
        "row.too-many-cells",
        ERROR,
        ("多出的单元格", "Too many cells"),
        (
            "第 {row} 行比表头多出内容“{value}”，可能错列，未采用",
            "Row {row} has more cells than the header ('{value}')",
        ),
        ("文字中有逗号时请加英文双引号", "Put text that holds commas in double quotes"),
    ),
    finding_type(
        "row.duplicate",
        ERROR,
        ("重复的行", "Duplicate row"),
        ("“{value}”与第 {first} 行重复，采用第 {first} 行", "'{value}' repeats row {first}; that row was used"),
        ("请删除重复行或更正编号", "Delete the repeated row or correct the id"),
    ),
    finding_type(
        "row.repeated",
        WARNING,
        ("内容相同的行", "Identical row"),
        ("第 {row} 行与第 {first} 行完全相同", "Row {row} says the same as row {first}"),
        ("请删除多余的行", "Delete one of them"),
    ),
    finding_type(
        "row.lookalike",
        WARNING,
        ("疑似同一对象", "Looks like the same"),
        ("“{value}”与第 {first} 行相同，但编号不同", "'{value}' also stands in row {first} under another id"),
        ("请核对是否重复登记", "Check whether it is entered twice"),
    ),
    finding_type(
        "row.dates-reversed",
        ERROR,
        ("起止日期颠倒", "Dates reversed"),
        ("“{column}”{value} 早于开始日期 {first}", "'{column}' {value} is before the first date {first}"),
        ("请更正起止日期", "Correct the dates"),
    ),
)

_CELLS = (
    finding_type(
        "cell.missing",
        ERROR,
        ("必填项为空", "Required cell empty"),
        ("“{column}”必填", "'{column}' is required"),
        ("请填写", "Fill it in"),
    ),
    finding_type(
        "cell.date",
        ERROR,
        ("日期无法识别", "Not a date"),
        ("“{column}”的“{value}”不是日期", "'{value}' in '{column}' is not a date"),
        ("请写成 2026-03-01 这样的日期", "Write a date like 2026-03-01"),
    ),
    finding_type(
        "cell.date-range",
        ERROR,
        ("日期超出合理范围", "Date out of range"),
        ("“{column}”的 {value} 不在 1990 至 2100 年之间", "{value} in '{column}' is not between 1990 and 2100"),
        ("请更正年份", "Correct the year"),
    ),
    finding_type(
        "cell.date-serial",
        WARNING,
        ("日期写成了数字", "Date as a number"),
        ("“{column}”的数字 {value} 按 Excel 日期读作 {read}", "The number {value} in '{column}' was read as {read}"),
        ("请把该列设为日期格式并核对", "Format the column as dates and check it"),
    ),
    finding_type(
        "cell.hours",
        WARNING,
        ("时段无法识别", "Not hours of the day"),
        (
            "“{column}”中的“{value}”不是时段，这一段未采用，排时不会避开",
            "'{value}' in '{column}' is not a span of hours; it was left out, so visits will not keep off it",
        ),
        ("请写成 11:00-13:00;22:00-02:00", "Write 11:00-13:00;22:00-02:00"),
    ),
    finding_type(
        "cell.number",
        ERROR,
        ("不是数字", "Not a number"),
        ("“{column}”的“{value}”不是数字", "'{value}' in '{column}' is not a number"),
        ("请只填数字，不写单位", "Give a number without a unit"),
    ),
    finding_type(
        "cell.whole-number",
        ERROR,
        ("不是整数", "Not a whole number"),
        ("“{column}”的 {value} 不是整数", "{value} in '{column}' is not a whole number"),
        ("请填整数", "Give a whole number"),
    ),
    finding_type(
        "cell.range",
        ERROR,
        ("数值超出范围", "Number out of range"),
        ("“{column}”的 {value} 不在 {low} 至 {high} 之间", "{value} in '{column}' is not between {low} and {high}"),
        CORRECT,
    ),
    finding_type(
        "cell.choice",
        ERROR,
        ("不在可选值中", "Unknown choice"),
        ("“{column}”的“{value}”不在可选值中{hint}", "'{value}' in '{column}' is not one of the choices"),
        ("请从下列值中选择:{choices}", "Choose one of: {choices_en}"),
    ),
    finding_type(
        "cell.read-as",
        INFO,
        ("按通用说法读出", "Read as"),
        ("“{column}”的“{value}”读作“{read}”", "'{value}' in '{column}' was read as {read}"),
        ("如不是这个意思，请更正", "Correct it if that is not what is meant"),
    ),
    finding_type(
        "cell.learned",
        INFO,
        ("按本单位用词读出", "Read by the body's own words"),
        ("“{column}”的“{value}”按核定过的用词读作“{read}”", "'{value}' in '{column}' was read as {read}, as told once"),
        ("如不是这个意思，请更正，并撤销这个用词", "If that is not what is meant, correct it and forget the word"),
    ),
    finding_type(
        "cell.yes-no",
        ERROR,
        ("不是“是”或“否”", "Neither yes nor no"),
        ("“{column}”的“{value}”不是“是”或“否”", "'{value}' in '{column}' is neither 是 nor 否"),
        ("请填“是”或“否”", "Write 是 or 否"),
    ),
    finding_type(
        "cell.scope",
        ERROR,
        ("对象范围无法识别", "Scope not understood"),
        ("“{column}”中的“{value}”无法识别", "'{value}' in '{column}' is not understood"),
        ("请写成 行业=餐饮|住宿；街镇=朱泾镇；标签=人员密集；等级=C|D", "Write 行业=餐饮|住宿；街镇=朱泾镇；等级=C|D"),
    ),
    finding_type(
        "cell.ratio",
        ERROR,
        ("抽查比例无法识别", "Ratio not understood"),
        ("“{column}”中的“{value}”无法识别{hint}", "'{value}' in '{column}' is not understood"),
        ("请写成 A=5%;B=10%;D=100% 或 20%", "Write A=5%;B=10%;D=100% or 20%"),
    ),
    finding_type(
        "cell.frequency",
        ERROR,
        ("检查频次无法识别", "Frequency not understood"),
        (
            "“{column}”中的“{value}”无法识别(1/2 可能被 Excel 变成日期){hint}",
            "'{value}' in '{column}' is not understood",
        ),
        ("请把单元格设为文本，写成 A=1/2;B=1;D=2", "Format the cell as text and write A=1/2;B=1;D=2"),
    ),
    finding_type(
        "cell.month",
        ERROR,
        ("月份无法识别", "Not a month"),
        ("“{column}”的“{value}”不是月份", "'{value}' in '{column}' is not a month"),
        ("请写成 2026-06", "Write it as 2026-06"),
    ),
    finding_type(
        "cell.id",
        ERROR,
        ("编号无效", "Not an id"),
        ("“{column}”的“{value}”不能作编号(过长，或是日期、时间、逻辑值)", "'{value}' in '{column}' cannot be an id"),
        ("请把该列设为文本格式后重填", "Format the column as text and enter it again"),
    ),
    finding_type(
        "cell.number-as-code",
        ERROR,
        ("编号被存成数字", "Id stored as a number"),
        (
            "“{column}”的“{value}”被存成数字,15 位以后的数字已丢失",
            "'{value}' in '{column}' lost its digits as a number",
        ),
        ("请把该列设为文本格式后重填", "Format the column as text and enter it again"),
    ),
    finding_type(
        "cell.number-as-text",
        WARNING,
        ("代码被存成数字", "Code stored as a number"),
        ("“{column}”的“{value}”是数字，开头的 0 或末尾数字可能已丢失", "'{value}' in '{column}' may have lost digits"),
        ("请把该列设为文本格式并核对", "Format the column as text and check it"),
    ),
    finding_type(
        "cell.credit-code",
        WARNING,
        ("统一社会信用代码格式不符", "Malformed credit code"),
        ("“{value}”不是 18 位统一社会信用代码", "'{value}' is not a credit code of 18 characters"),
        ("请核对", "Check it"),
    ),
    finding_type(
        "cell.ignored",
        WARNING,
        ("无法识别，按空处理", "Unreadable, left empty"),
        (
            "“{column}”的“{value}”无法识别或超出范围，按空处理",
            "'{value}' in '{column}' is unreadable or out of range: left empty",
        ),
        CORRECT,
    ),
    finding_type(
        "cell.too-long",
        WARNING,
        ("文字过长", "Text too long"),
        (
            "“{column}”有 {count} 个字，只保留前 {limit} 个",
            "'{column}' has {count} characters; the first {limit} were kept",
        ),
        ("请缩短", "Shorten it"),
    ),
    finding_type(
        "cell.control",
        WARNING,
        ("含有不可见字符", "Invisible characters"),
        (
            "“{column}”含有控制字符或零宽字符，已去掉",
            "'{column}' holds control or zero-width characters; they were removed",
        ),
        ("请核对该单元格", "Check the cell"),
    ),
    finding_type(
        "cell.garbled",
        WARNING,
        ("含有乱码", "Garbled text"),
        ("“{column}”的“{value}”含有乱码", "'{value}' in '{column}' is garbled"),
        ("请重新录入或更正文件编码", "Enter it again, or correct the encoding of the file"),
    ),
    finding_type(
        "cell.formula-like",
        WARNING,
        ("文字像公式", "Text like a formula"),
        ("“{column}”的“{value}”以 =、+、- 或 @ 开头，按文字保留", "'{value}' in '{column}' was kept as text"),
        ("如是公式请改为数值", "If it is a formula, replace it by its value"),
    ),
    finding_type(
        "cell.error-value",
        ERROR,
        ("公式出错", "Formula error"),
        ("“{column}”的值是公式错误 {value}", "'{column}' holds the formula error {value}"),
        ("请更正公式或改填数值", "Correct the formula or enter the value"),
    ),
    finding_type(
        "cell.formula-empty",
        ERROR,
        ("公式没有结果", "Formula without a result"),
        (
            "“{column}”是公式“{value}”，文件中没有它的结果",
            "'{column}' is the formula '{value}' and no result was saved",
        ),
        VALUES,
    ),
)

_REFERENCES = (
    finding_type(
        "ref.unknown",
        ERROR,
        ("编号不存在", "Unknown id"),
        ("“{column}”的“{value}”在“{target}”表中不存在{hint}", "'{value}' in '{column}' is not in the table '{target}'"),
        ("请更正编号，或在“{target}”表中补上", "Correct the id, or add it to '{target}'"),
    ),
    finding_type(
        "ref.dropped",
        ERROR,
        ("所引用的行未被采用", "Refers to a dropped row"),
        ("“{column}”的“{value}”在“{target}”表中的行有错，未被采用", "The row of '{value}' in '{target}' was dropped"),
        ("请先更正“{target}”表中的该行", "Correct that row of '{target}' first"),
    ),
    finding_type(
        "ref.blanked",
        WARNING,
        ("编号不存在，按空处理", "Unknown id, left empty"),
        (
            "“{column}”的“{value}”在“{target}”表中不可用{hint}，按空处理",
            "'{value}' in '{column}' is not usable in '{target}': left empty",
        ),
        ("请更正编号", "Correct the id"),
    ),
    finding_type(
        "ref.removed",
        WARNING,
        ("列表中有不存在的编号", "Unknown id in a list"),
        (
            "“{column}”中的“{value}”在“{target}”表中不可用{hint}，已略去",
            "'{value}' in '{column}' is not usable in '{target}': removed",
        ),
        ("请更正编号", "Correct the id"),
    ),
    finding_type(
        "ref.lost",
        ERROR,
        ("计划中的编号不存在", "Unknown id in a filing"),
        (
            "“{column}”中的“{value}”在“{target}”表中不可用{hint}；这一部分没有列入统筹",
            "'{value}' in '{column}' is not usable in '{target}': that part of the filing makes no task",
        ),
        ("请更正编号，或在“{target}”表中补上", "Correct the id, or add it to '{target}'"),
    ),
    finding_type(
        "ref.cycle",
        WARNING,
        ("上下级循环", "Circle of parents"),
        ("“{value}”的上级关系成环，上级按空处理", "The parents of '{value}' form a circle; its parent was left empty"),
        ("请更正上级主体编号", "Correct the parent"),
    ),
)

CELL_FINDING_TYPES: tuple[FindingType, ...] = _ROWS + _CELLS + _REFERENCES
