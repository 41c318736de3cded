"""Findings about form: files, sheets, headers, and (from `cells`) rows, cells, references.

Templates may use `{table}`, `{row}`, `{column}`, `{value}` and the params named in each message. An error drops the row
(or the whole sheet or file), a warning keeps it.
"""

from __future__ import annotations

from planner.domain.finding import FindingType
from planner.intake.words.cells import CELL_FINDING_TYPES
from planner.intake.words.entry import ERROR, INFO, SAVE_AS, VALUES, WARNING, finding_type
from planner.intake.words.registers import REGISTER_FINDING_TYPES

_FILES = (
    finding_type(
        "file.missing",
        ERROR,
        ("找不到文件", "File not found"),
        ("“{value}”不存在或无法打开", "'{value}' does not exist or cannot be opened"),
        ("请核对路径和权限", "Check the path and the permissions"),
    ),
    finding_type(
        "file.empty",
        ERROR,
        ("空文件", "Empty file"),
        ("“{value}”是 0 字节的空文件", "'{value}' is empty (0 bytes)"),
        ("请重新导出或重新上传", "Export or upload it again"),
    ),
    finding_type(
        "file.not-a-workbook",
        ERROR,
        ("不是工作簿", "Not a workbook"),
        ("“{value}”不是 .xlsx 工作簿，或已损坏", "'{value}' is not an .xlsx workbook, or is damaged"),
        SAVE_AS,
    ),
    finding_type(
        "file.encrypted",
        ERROR,
        ("旧格式或加密的文件", "Old format or encrypted file"),
        ("“{value}”是旧版 .xls 文件，或设有打开密码", "'{value}' is an old .xls file or needs a password to open"),
        ("请取消密码并另存为 .xlsx", "Remove the password and save it as .xlsx"),
    ),
    finding_type(
        "file.too-large",
        ERROR,
        ("文件过大", "File too large"),
        ("“{value}”展开后超过 {limit} MiB,未读取", "'{value}' unpacks to more than {limit} MiB and was not read"),
        ("请删除无用内容或拆分文件", "Remove what is not needed, or split the file"),
    ),
    finding_type(
        "file.too-many-texts",
        ERROR,
        ("文字项过多", "Too many texts"),
        ("“{value}”有超过 {limit} 项共享文字,未读取", "'{value}' has more than {limit} shared texts and was not read"),
        ("请删除无用内容或拆分文件", "Remove what is not needed, or split the file"),
    ),
    finding_type(
        "file.no-tables",
        ERROR,
        ("没有可读的表", "No tables"),
        ("文件夹“{value}”中没有 .csv 文件", "The folder '{value}' holds no .csv file"),
        ("请放入以表名命名的 .csv 文件", "Put in .csv files named by table"),
    ),
    finding_type(
        "file.unknown",
        WARNING,
        ("未识别的文件", "Unknown file"),
        ("文件“{value}”不是已知的表，未读取", "The file '{value}' is no known table and was not read"),
        ("请按表名命名，例如 {known}", "Name it by its table, for example {known}"),
    ),
    finding_type(
        "file.encoding",
        WARNING,
        ("文字编码有误", "Broken text encoding"),
        ("“{value}”既不是完好的 UTF-8 也不是 GB18030,坏字符已替换", "'{value}' is neither sound UTF-8 nor GB18030"),
        ("请另存为 UTF-8 编码的 CSV", "Save it as CSV in UTF-8"),
    ),
    finding_type(
        "file.not-csv",
        ERROR,
        ("不是 CSV 文件", "Not a CSV file"),
        ("“{value}”的内容是工作簿，不是 CSV", "'{value}' holds a workbook, not CSV"),
        (
            "请另存为 CSV(UTF-8),或直接提交 .xlsx 工作簿",
            "Save it as CSV in UTF-8, or hand in the .xlsx workbook itself",
        ),
    ),
    finding_type(
        "file.csv-broken",
        ERROR,
        ("CSV 结构损坏", "Broken CSV"),
        (
            "“{value}”从第 {row} 行起无法解析(多为引号不配对)",
            "'{value}' cannot be read from row {row} on (unbalanced quote)",
        ),
        ("请检查该行的引号", "Check the quotes in that row"),
    ),
)

_SHEETS = (
    finding_type(
        "sheet.by-header",
        INFO,
        ("按表头认出的表", "Table known by its header"),
        ("“{value}”按表头读作“{table}”表", "'{value}' was read as the table {table}, by its header"),
        ("如不是这张表，请改用模板的表名", "Use the template's name if it is another table"),
    ),
    finding_type(
        "sheet.unknown",
        WARNING,
        ("未识别的工作表", "Unknown sheet"),
        ("工作表“{value}”不是已知的表，未读取", "The sheet '{value}' is no known table and was not read"),
        ("如应读取，请改名，例如 {known}", "If it should be read, rename it, for example {known}"),
    ),
    finding_type(
        "sheet.unreadable",
        ERROR,
        ("工作表损坏", "Damaged sheet"),
        ("工作表“{value}”无法读取", "The sheet '{value}' cannot be read"),
        SAVE_AS,
    ),
    finding_type(
        "sheet.too-large",
        ERROR,
        ("工作表过大", "Sheet too large"),
        (
            "工作表“{value}”的文字展开后超过 {limit} MiB,未读取",
            "The text of '{value}' takes more than {limit} MiB; not read",
        ),
        ("请删除无用内容或拆分该表", "Remove what is not needed, or split the table"),
    ),
    finding_type(
        "sheet.hidden",
        WARNING,
        ("隐藏的工作表", "Hidden sheet"),
        ("工作表“{value}”是隐藏的，已照常读取", "The sheet '{value}' is hidden; it was read all the same"),
        ("不需要的请删除，需要的请取消隐藏", "Delete it if not needed, else unhide it"),
    ),
    finding_type(
        "sheet.hidden-rows",
        WARNING,
        ("隐藏的行", "Hidden rows"),
        (
            "有 {count} 行被隐藏或筛选(首行为第 {row} 行),已照常读取",
            "{count} rows are hidden or filtered; they were read",
        ),
        ("不需要的请删除，需要的请取消隐藏", "Delete them if not needed, else unhide them"),
    ),
    finding_type(
        "sheet.hidden-columns",
        WARNING,
        ("隐藏的列", "Hidden columns"),
        ("有隐藏的列({value}),已照常读取", "Columns {value} are hidden; they were read all the same"),
        ("请取消隐藏并核对", "Unhide and check them"),
    ),
    finding_type(
        "sheet.merged",
        WARNING,
        ("合并单元格", "Merged cells"),
        (
            "有 {count} 处合并单元格(首处 {value});纵向合并的值已用于其中每一行",
            "{count} merged ranges (the first is {value}); a value merged downwards counts for each of its rows",
        ),
        ("请取消合并，逐行填写", "Unmerge them and fill in every row"),
    ),
    finding_type(
        "sheet.formulas",
        WARNING,
        ("含有公式", "Formulas"),
        (
            "有 {count} 个公式(首个在 {value}),按上次保存的结果读取",
            "{count} formulas (the first is {value}): read as last saved",
        ),
        VALUES,
    ),
    finding_type(
        "sheet.empty-rows",
        WARNING,
        ("大量空行", "Many empty rows"),
        ("数据之后有 {count} 个空行，已忽略", "{count} empty rows after the data were ignored"),
        ("请删除数据之后的空行", "Delete the empty rows after the data"),
    ),
    finding_type(
        "sheet.cut",
        ERROR,
        ("超出范围的内容未读取", "Content out of reach"),
        (
            "第 {row} 行或第 {columns} 列以后还有内容，未读取",
            "What stands beyond row {row} or column {columns} was not read",
        ),
        ("请删除多余内容，或拆分该表", "Delete what is not needed, or split the table"),
    ),
    finding_type(
        "table.missing",
        ERROR,
        ("缺少必需的表", "Required table missing"),
        ("没有“{table}”表", "There is no table '{table}'"),
        ("请补充该表，可用 planner template 生成空表", "Add it; `planner template` writes an empty one"),
    ),
    finding_type(
        "table.empty",
        WARNING,
        ("表中没有数据", "Table without rows"),
        ("“{table}”表没有数据行", "The table '{table}' has no rows"),
        ("请填写数据", "Fill it in"),
    ),
    finding_type(
        "table.twice",
        INFO,
        ("同一张表分在几处", "Table in several parts"),
        ("“{value}”与前面的同一张表合并读取", "'{value}' was read together with the same table before it"),
        ("如是旧稿或重复，请删去其中一张", "Delete one of them if it is an old draft"),
    ),
    finding_type(
        "table.more",
        INFO,
        ("更多同类问题", "More of the same"),
        (
            "“{column}”还有 {count} 处同类问题({of})未逐一列出",
            "{count} more findings {of} in '{column}' are not listed",
        ),
        ("请先处理已列出的", "Correct those listed first"),
    ),
)

_HEADERS = (
    finding_type(
        "header.not-found",
        ERROR,
        ("找不到表头", "No header"),
        ("前 10 行中没有可识别的表头，该表未读取", "None of the first 10 rows is a header; the table was not read"),
        ("请保留模板的表头", "Keep the header of the template"),
    ),
    finding_type(
        "header.derived",
        INFO,
        ("缺少的列由别处得出", "Column derived"),
        ("没有“{column}”列，{how}", "The column '{column}' is missing: it was derived"),
        ("请核对，或补上这一列", "Check it, or add the column"),
    ),
    finding_type(
        "header.read-as",
        INFO,
        ("表头按通用说法读出", "Header read as"),
        ("表头“{value}”读作“{column}”", "The header '{value}' was read as {column}"),
        ("如不是这一列，请改用模板的表头", "Use the template's header if it is another column"),
    ),
    finding_type(
        "header.unknown",
        WARNING,
        ("未识别的列", "Unknown column"),
        ("列“{value}”未识别，未读取{hint_zh}", "The column '{value}' is unknown and was not read{hint_en}"),
        ("请核对列名", "Check the name of the column"),
    ),
    finding_type(
        "header.missing",
        ERROR,
        ("缺少必填列", "Required column missing"),
        ("缺少必填列“{column}”，该表未读取", "The required column '{column}' is missing; the table was not read"),
        ("请补上该列", "Add the column"),
    ),
    finding_type(
        "header.needed",
        WARNING,
        ("没有“确需”列", "No column that says needed"),
        (
            "该表没有“{column}”列。必要性说明本身不再放开年度次数上限：写明“确需”的 {needed} 条按确需读取，"
            "其余 {others} 条不放开",
            "The table has no column '{column}'. A stated necessity no longer lifts the yearly cap by itself: {needed} "
            "rows that say 确需 are read as needed, the other {others} are not",
        ),
        (
            "请增加“{column}”列，同一年内确需再次到场的计划填“是”",
            "Add the column '{column}' and say yes for filings whose second visit in a year is needed",
        ),
    ),
    finding_type(
        "header.duplicate",
        WARNING,
        ("重复的列", "Column given twice"),
        ("列“{column}”出现多次，只读取第一列", "The column '{column}' appears more than once; the first was read"),
        ("请删除多余的列", "Delete the others"),
    ),
    finding_type(
        "header.blank",
        WARNING,
        ("没有表头的列", "Column without a header"),
        ("第 {value} 列有内容但没有表头，未读取", "Column {value} has content but no header and was not read"),
        ("请补上表头或删除该列", "Add its header, or delete it"),
    ),
)

READING_FINDING_TYPES: tuple[FindingType, ...] = (
    _FILES + _SHEETS + _HEADERS + CELL_FINDING_TYPES + REGISTER_FINDING_TYPES
)
