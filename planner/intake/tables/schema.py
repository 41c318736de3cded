"""The tables in: names, columns, types, choices. Reader, template, findings and demo district all read this one list.

Headers are accepted in Chinese or English anywhere. A list cell separates its values by `;`, `;`, `、`, `,` or a line
break. Scope, ratio and frequency have a small grammar each:

- scope: `行业=餐饮|住宿; 街镇=朱泾镇; 标签=人员密集; 等级=C|D` (keys joined by "and", values by "or"; English keys
  `industry, town, tag, grade`);
- ratio: `A=5%; B=10%; C=30%; D=100%`, or one value `20%` for all grades;
- frequency: checks a year by grade, `A=1/2; B=1; D=2` (A once in two years), or one value `1`; also in words,
  `每季度1次`, and since the last check, `每90天一次`, `每6个月一次`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from planner.intake.tables import synonyms as same
from planner.law.rules.distances import CAP
from planner.rulebook.offices import DOMAINS


class Kind(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    ID = "id"
    IDS = "ids"
    """Several ids of the table in `Column.refers`."""
    LIST = "list"
    DATE = "date"
    DATES = "dates"
    """Dates and ranges `2026-06-01~2026-06-05`."""
    HOURS = "hours"
    """Hours of the day `11:00-13:00;22:00-02:00`."""
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    """是 / 否."""
    CHOICE = "choice"
    SCOPE = "scope"
    RATIO = "ratio"
    FREQUENCY = "frequency"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` and `title` are its English and Chinese header."""

    key: str
    title: str
    kind: Kind
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    """(value in code, 中文) pairs; either is accepted."""
    refers: str = ""
    """Table whose id this is."""
    default: str = ""
    note: str = ""
    """For the person who fills it in, in Chinese."""
    example: str = ""
    low: float | None = None
    high: float | None = None
    also: tuple[tuple[str, str], ...] = ()
    """(word, value in code) pairs of words that mean the same as a choice; they are read with a notice."""
    bars: str = ""
    """What an unreadable cell bars until a person corrects it, in Chinese, "" where the row is left out instead. Such a
    row is kept with the strictest value that the cell can mean (`planner.intake.read.held`)."""
    fact: bool = False
    """Handed on as it is, for rules to ask for: `site.fact(key)`. No field of the row or of the case is its own."""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet or CSV file."""

    key: str
    title: str
    columns: tuple[Column, ...]
    required: bool = False
    unique: tuple[str, ...] = ()
    """Columns that together must not repeat."""
    note: str = ""

    def __post_init__(self) -> None:
        if self.key != "sites" and any(column.fact for column in self.columns):
            raise ValueError(f"table {self.key}: only sites have facts")

    def column(self, key: str) -> Column:
        """Return the column named `key`; KeyError where there is none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)


GRADES: tuple[tuple[str, str], ...] = (
    ("A", "A"),
    ("B", "B"),
    ("C", "C"),
    ("D", "D"),
    ("green", "绿"),
    ("yellow", "黄"),
    ("red", "红"),
)

_T, _I, _D, _C = Kind.TEXT, Kind.ID, Kind.DATE, Kind.CHOICE

_PERSON = "该人员按没有有效执法证处理，不派"
_CHECKED = "按有计划的到场检查已做一次计，占用间隔和次数"
_GRADED = "等级不明，按等级限制的领域暂不到该对象检查"

STEPS: tuple[tuple[str, str], ...] = (
    ("draft", "草拟"),
    ("section", "科室审核"),
    ("merge", "合并汇总"),
    ("leader", "负责人同意"),
    ("legal", "法规部门审核"),
    ("division", "市级处室同意"),
    ("city", "市级对口部门审核"),
    ("government", "区政府批准"),
    ("bureau", "司法局备案"),
    ("city_bureau", "市级司法备案"),
    ("code", "取得编码"),
    ("publish", "公布"),
    ("accept", "司法局认可"),
    ("withdraw", "撤回"),
)
"""Steps of the filing routes; which of them a domain's route has is the rulebook's matter."""
SOURCES: tuple[tuple[str, str], ...] = (
    ("inspection", "检查"),
    ("complaint", "投诉"),
    ("assigned", "交办"),
    ("transferred", "移送"),
    ("exposed", "曝光"),
    ("system", "其他系统"),
    ("other", "其他"),
    ("remote", "非现场监管"),
    ("warning", "风险预警"),
    ("passing", "检查中发现"),
)
"""Where a check comes from: the city system's words, then our own of clues that the body found itself."""
MEASURES: tuple[tuple[str, str], ...] = (
    ("coercive", "强制措施"),
    ("case", "转处罚"),
    ("guidance", "指导"),
    ("correct", "责令改正"),
    ("other", "其他"),
)

AGENCIES = Table(
    "agencies",
    "检查主体",
    (
        Column("agency_id", "主体编号", _I, True, example="SCJG"),
        Column("name", "主体名称", _T, True, example="区市场监督管理局"),
        Column(
            "level",
            "层级",
            _C,
            True,
            (("city", "市级"), ("district", "区级"), ("town", "街镇")),
            also=same.LEVEL,
            example="区级",
        ),
        Column("town", "所属街镇", _T, note="街镇队伍只在本街镇检查；区级留空"),
        Column("parent_id", "上级主体编号", _I, refers="agencies", note="科室、中队、站所以上级名义检查时填"),
        Column("domain", "适用附件", _C, choices=DOMAINS, note="事项未写明领域时以此为准", example="市场监管"),
        Column("setup_minutes", "到场准备分钟", Kind.INT, default="15", low=0, high=120, example="15"),
        Column("contact", "联系人", _T, example="(示例)综合科"),
    ),
    required=True,
    unique=("agency_id",),
    note="一行一个检查主体或其内设机构",
)

INSPECTORS = Table(
    "inspectors",
    "执法人员",
    (
        Column("inspector_id", "人员编号", _I, True, example="SCJG-001"),
        Column("name", "姓名", _T, True, example="(示例)张某"),
        Column("agency_id", "主体编号", _I, True, refers="agencies", example="SCJG"),
        Column("certificate_no", "执法证号", _T, note="没有执法证不能计入检查人员", example="0900123456"),
        Column("valid_from", "证件有效期起", _D, example="2024-01-01", bars=_PERSON),
        Column("valid_to", "证件有效期止", _D, example="2028-12-31", bars=_PERSON),
        Column("skills", "专业技能", Kind.LIST, note="多个用分号隔开", example="特种设备"),
        Column(
            "role",
            "人员性质",
            _C,
            choices=(("officer", "执法人员"), ("auxiliary", "辅助人员")),
            default="officer",
            also=same.ROLE,
            bars=_PERSON,
            note="辅助人员不计入",
            example="执法人员",
        ),
    ),
    required=True,
    unique=("inspector_id",),
)

ABSENCES = Table(
    "absences",
    "请假",
    (
        Column("inspector_id", "人员编号", _I, True, refers="inspectors", example="SCJG-001"),
        Column("from", "开始日期", _D, True, example="2026-06-03", bars="该人员在结束日期以前都不派"),
        Column("to", "结束日期", _D, True, example="2026-06-05", bars="该人员自开始日期起都不派"),
        Column(
            "half",
            "时段",
            _C,
            choices=(("day", "全天"), ("am", "上午"), ("pm", "下午")),
            default="day",
            also=same.HALF,
            bars="该人员这几天全天不派",
            example="全天",
        ),
    ),
)

SITES = Table(
    "sites",
    "检查对象",
    (
        Column("site_id", "对象编号", _I, True, note="统一社会信用代码-场所序号", example="91310116MA1J8XXXX0-01"),
        Column("credit_code", "统一社会信用代码", _T, example="91310116MA1J8XXXX0"),
        Column("name", "名称", _T, True, example="(示例)某餐饮有限公司"),
        Column("address", "场所地址", _T, example="朱泾镇示例路1号"),
        Column("town", "街镇", _T, True, example="朱泾镇"),
        Column("lon", "经度", Kind.FLOAT, note="WGS84", low=-180, high=180, example="121.165"),
        Column("lat", "纬度", Kind.FLOAT, note="WGS84", low=-90, high=90, example="30.891"),
        Column("industry", "行业", _T, example="餐饮"),
        Column("tags", "标签", Kind.LIST, note="如 消防重点单位、人员密集、重点排污、消防物联网", example="人员密集"),
        Column(
            "join",
            "联合意愿",
            _C,
            choices=(("allowed", "允许"), ("discouraged", "不鼓励")),
            default="allowed",
            also=same.JOIN,
            bars="该对象按不鼓励联合处理",
            example="允许",
        ),
        Column("join_source", "联合意愿来源", _T, note="谁在何处标注"),
        Column("join_date", "联合意愿日期", _D),
        Column(
            "opted_in",
            "决定联合的主体",
            Kind.IDS,
            refers="agencies",
            note="不鼓励联合的对象，哪些主体已判断可以联合",
            bars="读不出的主体按没有决定联合处理",
        ),
        Column(
            "quiet_hours",
            "避开时段",
            Kind.HOURS,
            note="客流高峰；娱乐、影院等公众聚集场所填营业时间",
            example="11:00-13:00;17:00-20:00",
        ),
        Column(
            "blackout_days",
            "不可检查日期",
            Kind.DATES,
            example="2026-06-10~2026-06-12",
            bars="该对象暂不安排有计划的到场检查",
        ),
        Column(
            "status",
            "经营状态",
            _C,
            choices=(("open", "开业"), ("suspended", "停业"), ("closed", "注销")),
            default="open",
            also=same.STATUS,
            bars="该对象按停业处理，暂不安排到场检查",
            example="开业",
        ),
    ),
    required=True,
    unique=("site_id",),
)

GRADE_TABLE = Table(
    "grades",
    "风险信用等级",
    (
        Column("site_id", "对象编号", _I, True, refers="sites", example="91310116MA1J8XXXX0-01"),
        Column("domain", "领域", _C, True, DOMAINS, example="市场监管", also=same.DOMAIN, bars=_GRADED),
        Column("grade", "等级", _C, True, GRADES, example="B", also=same.GRADE, bars=_GRADED),
        Column("valid_from", "生效日期", _D, True, example="2026-01-01", bars=_GRADED),
    ),
    unique=("site_id", "domain", "valid_from"),
)

ITEMS = Table(
    "items",
    "检查事项",
    (
        Column("item_id", "事项编号", _I, True, example="SCJG-101"),
        Column("name", "事项名称", _T, True, example="食品经营场所检查"),
        Column("agency_id", "主体编号", _I, True, refers="agencies", example="SCJG"),
        Column("domain", "领域", _C, choices=DOMAINS, note="留空按主体的适用附件", example="市场监管"),
        Column("basis", "检查依据", _T, note="没有法定依据的检查要取消", example="《食品安全法》第一百一十条"),
        Column("risk", "风险", _C, choices=(("high", "高"), ("medium", "中"), ("low", "低")), default="medium"),
        Column(
            "list",
            "清单类别",
            _C,
            choices=(("key", "重点监管"), ("random", "随机抽查"), ("quiet", "无事不扰")),
            example="随机抽查",
        ),
        Column(
            "claimed",
            "认领状态",
            _C,
            choices=(("claimed", "已认领"), ("temporary", "临时批准"), ("unclaimed", "未认领")),
            default="claimed",
            example="已认领",
        ),
        Column("off_site_possible", "可非现场", Kind.BOOL, default="否", example="否"),
        Column("minutes", "检查分钟", Kind.INT, True, low=5, high=480, example="60"),
        Column("skill", "所需技能", _T),
        Column("theme", "联合主题", _T, note="必须联合的主题，如 密室剧本杀、乡村民宿"),
        Column("fire", "消防事项", Kind.BOOL, default="否", example="否"),
        Column("multi_day", "可跨日", Kind.BOOL, default="否", example="否"),
        Column("explicit_law", "法律明确规定必须检查", Kind.BOOL, default="否", example="否"),
        Column("urgent_cases", "紧急情形", Kind.LIST, note="可以先检查后要码的情形，多个用分号隔开"),
        Column(
            "result_days",
            "结果录入时限",
            Kind.INT,
            default="0",
            low=0,
            high=60,
            note="工作日，0为没有规定",
            example="0",
        ),
    ),
    required=True,
    unique=("item_id",),
)

FILINGS = Table(
    "filings",
    "检查计划",
    (
        Column("filing_id", "计划编号", _I, True, example="SCJG-2026-06-01"),
        Column("agency_id", "主体编号", _I, True, refers="agencies", example="SCJG"),
        Column(
            "kind",
            "计划类型",
            _C,
            True,
            (("daily", "日常"), ("special", "专项"), ("random", "双随机"), ("joint", "跨部门")),
            also=same.KIND,
            example="日常",
        ),
        Column(
            "period",
            "计划周期",
            _C,
            True,
            (("year", "年度"), ("month", "月度"), ("special", "专项")),
            also=same.PERIOD,
            example="月度",
        ),
        Column(
            "source",
            "计划来源",
            _C,
            choices=(("own", "本级"), ("above", "上级部署"), ("law", "法定")),
            also=same.SOURCE,
            default="own",
            example="本级",
        ),
        Column("basis", "检查依据", _T, note="留空按事项的依据"),
        Column("items", "检查事项", Kind.IDS, True, refers="items", example="SCJG-101"),
        Column("sites", "检查对象编号", Kind.IDS, refers="sites", note="与“对象范围”二选一"),
        Column("scope", "对象范围", Kind.SCOPE, example="行业=餐饮；街镇=朱泾镇"),
        Column("ratio", "抽查比例", Kind.RATIO, note="双随机按等级填", example="A=5%;B=10%;C=30%;D=100%"),
        Column("frequency", "检查频次", Kind.FREQUENCY, note="每年次数，按等级填；或 每季度1次、每90天一次"),
        Column(
            "mode",
            "检查方式",
            _C,
            choices=(("on_site", "现场"), ("off_site", "非现场"), ("summons", "传唤")),
            also=same.MODE,
            default="on_site",
            example="现场",
        ),
        Column("window_from", "开始日期", _D, True, example="2026-06-01"),
        Column("window_to", "结束日期", _D, True, example="2026-06-30"),
        Column("due", "逐户期限", Kind.LIST, note="个别对象的最后日期，如 JS-001=2026-06-15;JS-002=2026-06-20"),
        Column("priority", "优先级", Kind.INT, default="5", low=1, high=9, note="9最高", example="5"),
        Column(
            "strength",
            "必要程度",
            _C,
            choices=(("mandatory", "必须"), ("accepted", "应当"), ("optional", "可选")),
            also=same.STRENGTH,
            default="accepted",
            example="应当",
        ),
        Column("necessity", "必要性说明", _T, note="附件六、附件十三的计划、双随机和填“确需”的计划要写明"),
        Column(
            "needed",
            "确需",
            Kind.BOOL,
            default="否",
            note="同一年内确需再次到场的填“是”，不受年度次数限制",
            example="否",
        ),
        Column("unannounced", "突击检查", Kind.BOOL, default="否", example="否"),
        Column("secret", "涉密", Kind.BOOL, default="否", note="涉密检查不得在本系统填报", example="否"),
        Column("behaviour", "行为类别", _T, note="如属告知承诺核查、立案后复查、抽样检测等不纳入范围的行为，填其名称"),
        Column("plan_code", "计划编码", _T),
        Column("upper_plan_code", "上级计划编码", _T),
        Column("partners", "联合主体", Kind.IDS, refers="agencies", note="跨部门计划填参加的其他主体"),
        Column("theme", "联合主题", _T),
        Column("preferred_days", "希望日期", Kind.DATES),
        Column("filed_on", "填报日期", _D, example="2026-05-22"),
    ),
    required=True,
    unique=("filing_id",),
    note="一行一个检查计划",
)

HISTORY = Table(
    "history",
    "检查记录",
    (
        Column("entry_id", "入企编号", _I, note="同一次入企的记录用同一编号", bars=_CHECKED),
        Column("site_id", "对象编号", _I, True, refers="sites", example="91310116MA1J8XXXX0-01"),
        Column(
            "agency_id",
            "主体编号",
            _I,
            True,
            refers="agencies",
            example="SCJG",
            bars="不知是谁查的，该对象各领域都按已到场检查一次计",
        ),
        Column("items", "检查事项", Kind.IDS, refers="items", example="SCJG-101", bars=_CHECKED),
        Column(
            "date", "检查日期", _D, True, example="2025-09-12", bars="不知何时查的，该领域暂不再安排有计划的到场检查"
        ),
        Column(
            "trigger",
            "启动方式",
            _C,
            choices=(("planned", "有计划"), ("triggered", "触发式")),
            default="planned",
            also=same.TRIGGER,
            bars=_CHECKED,
            example="有计划",
        ),
        Column(
            "mode",
            "检查方式",
            _C,
            choices=(("on_site", "现场"), ("off_site", "非现场"), ("summons", "传唤")),
            default="on_site",
            also=same.MODE,
            bars=_CHECKED,
            example="现场",
        ),
        Column(
            "result",
            "检查结果",
            _C,
            choices=(("clear", "未发现问题"), ("problem", "发现问题"), ("no_show", "未见到"), ("closed", "已停业")),
            default="clear",
            also=same.RESULT,
            bars=_CHECKED,
            example="未发现问题",
        ),
    ),
    unique=("site_id", "agency_id", "items", "date", "trigger", "mode"),
)

LISTS = Table(
    "lists",
    "清单",
    (
        Column(
            "kind",
            "清单",
            _C,
            True,
            (
                ("quiet_site", "无感监管对象"),
                ("quiet_item", "无事不扰事项"),
                ("recusal", "回避"),
                ("key_site", "重点名录"),
            ),
            example="无感监管对象",
            also=same.LIST,
            bars="有人员的按回避、有事项的按无事不扰事项、其余按无感监管对象处理",
        ),
        Column(
            "domain",
            "领域",
            _C,
            choices=DOMAINS,
            example="市场监管",
            also=same.DOMAIN,
            bars="这一行对所有领域都算数",
        ),
        Column("site_id", "对象编号", _I, refers="sites", example="91310116MA1J8XXXX0-01"),
        Column("item_id", "事项编号", _I, refers="items"),
        Column("inspector_id", "人员编号", _I, refers="inspectors", note="回避时填"),
        Column("from", "开始日期", _D, example="2026-01-01", bars="这一行从一开始就算数"),
        Column("to", "结束日期", _D, bars="这一行一直算数"),
        Column("basis", "依据", _T),
    ),
)

PINS = Table(
    "pins",
    "锁定",
    (
        Column("pin_id", "锁定编号", _I, True, example="P-1"),
        Column("site_id", "对象编号", _I, True, refers="sites", example="91310116MA1J8XXXX0-01"),
        Column("agency_id", "主体编号", _I, True, refers="agencies", example="SCJG"),
        Column("date", "日期", _D, True, example="2026-06-09"),
        Column("filing_id", "计划编号", _I, refers="filings", note="留空则锁定该主体在该对象的全部任务"),
        Column(
            "state",
            "状态",
            _C,
            choices=(("published", "已公布"), ("fixed", "锁定")),
            default="fixed",
            example="锁定",
        ),
    ),
    unique=("pin_id",),
)

CALENDAR = Table(
    "calendar",
    "日历",
    (
        Column("date", "日期", _D, True, example="2026-06-19"),
        Column(
            "kind",
            "类别",
            _C,
            True,
            (("off", "休息"), ("work", "上班"), ("closed", "全区不检查")),
            example="休息",
            also=same.CALENDAR,
            bars="这一天全区不检查",
        ),
        Column("note", "说明", _T, example="端午节"),
    ),
    unique=("date",),
    note="只填与系统内置节假日不同的日子",
)

SETTINGS = Table(
    "settings",
    "参数",
    (
        Column("key", "参数", _I, True, example="prep_minutes"),
        Column("value", "取值", _T, True, example="30", bars="这项限制暂不能确定，计划不能公布"),
        Column("note", "说明", _T, example="企业每次准备的分钟数"),
    ),
    unique=("key",),
)

WAIVERS = Table(
    "waivers",
    "豁免",
    (
        Column("waiver_id", "豁免编号", _I, True, example="W-1"),
        Column("rule", "规则", _I, True, note="规则编号，见 planner rules;只有“政策”类规则可以豁免", example=CAP.id),
        Column("site_id", "对象编号", _I, refers="sites"),
        Column("agency_id", "主体编号", _I, refers="agencies"),
        Column("filing_id", "计划编号", _I, refers="filings"),
        Column("from", "开始日期", _D, True, example="2026-06-01"),
        Column("to", "结束日期", _D, True, example="2026-06-30"),
        Column("reason", "理由", _T, True, example="(示例)"),
        Column("signed_by", "批准人", _T, True, example="(示例)分管领导"),
        Column("signed_on", "批准日期", _D, True, example="2026-05-20"),
    ),
    unique=("waiver_id",),
)

NONCES = Table(
    "nonces",
    "抽取承诺",
    (
        Column("holder", "持有人", _I, True, note="bureau 或主体编号", example="bureau"),
        Column("month", "月份", _T, True, example="2026-06"),
        Column(
            "commitment",
            "承诺值",
            _T,
            True,
            note="随机数的 SHA-256,先于名单冻结提交",
            example="0d53f08678d8101b0c7e5053b30224fc671c55051770ba18207435ead7ad37bd",
        ),
        Column("committed_on", "承诺日期", _D, True, example="2026-05-20"),
        Column("nonce", "随机数", _T, note="名单冻结后公布"),
    ),
    unique=("holder", "month"),
)

IDENTITIES = Table(
    "identities",
    "同一对象",
    (
        Column("site_id", "对象编号", _I, True, refers="sites", example="91310116MA1J8XXXX0-01"),
        Column("other_id", "另一编号", _I, True, note="另一张名录里的对象编号", example="YJ-0001"),
        Column(
            "verdict",
            "核定",
            _C,
            True,
            (("same", "同一"), ("different", "不同")),
            also=(("是", "same"), ("相同", "same"), ("否", "different"), ("不是", "different")),
            example="同一",
        ),
        Column("decided_by", "核定人", _T),
        Column("decided_on", "核定日期", _D),
    ),
    unique=("site_id", "other_id"),
    note="几张名录里的同一场所：核定一次，以后照此合并或分开；删去这一行即恢复",
)

FILING_STEPS = Table(
    "filing_steps",
    "备案步骤",
    (
        Column("filing_id", "计划编号", _I, True, refers="filings", example="SCJG-2026-06-01"),
        Column(
            "version",
            "版本",
            Kind.INT,
            default="1",
            low=1,
            high=99,
            note="计划变动后重新走程序的，填下一版",
            example="1",
        ),
        Column("step", "步骤", _C, True, STEPS, example="司法局备案"),
        Column("date", "日期", _D, True, example="2026-05-22"),
        Column(
            "outcome",
            "结果",
            _C,
            choices=(("pass", "同意"), ("opinion", "提出意见"), ("refuse", "不同意")),
            default="pass",
            bars="这一步按不同意处理",
            example="同意",
        ),
        Column("note", "意见", _T, note="提出意见、不同意的写明内容；认可没有备案凭据的计划须写理由", example="(示例)"),
        Column("document_no", "文号", _T, example="(示例)备〔2026〕6号"),
        Column("by", "经办", _T, note="哪个单位、谁办的", example="(示例)区司法局"),
        Column("code", "计划编码", _T, note="“取得编码”这一步填", example="JH-2026-0601"),
        Column("adds", "本版新增对象", Kind.IDS, refers="sites", note="变动计划新增的检查对象，新版得码前不得检查"),
    ),
    unique=("filing_id", "version", "step", "date"),
    note="一行一个步骤；计划的状态由步骤得出，不用填",
)

RESULTS = Table(
    "results",
    "检查结果",
    (
        Column("result_id", "结果编号", _I, True, example="R-1"),
        Column("check_code", "检查码", _T, example="JCM-0001"),
        Column("prior_code", "前次检查码", _T),
        Column("visit_no", "第几次", Kind.INT, default="1", low=1, high=99, note="同一检查码第几次到场", example="1"),
        Column("filing_id", "计划编号", _I, example="SCJG-2026-06-01"),
        Column("plan_code", "计划编码", _T),
        Column(
            "trigger",
            "启动方式",
            _C,
            choices=(("planned", "有计划"), ("triggered", "触发式")),
            default="planned",
            also=same.TRIGGER,
            bars=_CHECKED,
            example="有计划",
        ),
        Column("source", "产生", _C, choices=SOURCES, default="inspection", example="检查"),
        Column("site_id", "对象编号", _I, True, note="库外摸底的填拟用编号", example="91310116MA1J8XXXX0-01"),
        Column("agency_id", "主体编号", _I, True, refers="agencies", example="SCJG"),
        Column("unit_id", "实施单位编号", _I, refers="agencies"),
        Column("entry_id", "入企编号", _I, note="同一次入企的记录用同一编号"),
        Column(
            "mode",
            "检查方式",
            _C,
            choices=(("on_site", "现场"), ("off_site", "非现场"), ("summons", "传唤")),
            default="on_site",
            also=same.MODE,
            bars=_CHECKED,
            example="现场",
        ),
        Column(
            "place",
            "场所类别",
            _C,
            choices=(("premises", "户"), ("works", "作业"), ("inquiry", "询问")),
            default="premises",
        ),
        Column("date", "检查日期", _D, True, example="2026-06-09"),
        Column("start", "开始时间", _T, note="时:分", example="09:30"),
        Column("end", "结束时间", _T, note="时:分", example="10:30"),
        Column("ended_on", "结束日期", _D, note="跨日检查填；留空为检查日期"),
        Column("officers", "检查人员", Kind.LIST, example="SCJG-001;SCJG-002"),
        Column("code_applied_at", "要码时间", _T, note="日期，可带时分", example="2026-06-08 16:20"),
        Column("urgent_reason", "紧急原因", _T, note="先查后要码的写明；有清单的按清单用词"),
        Column("shown", "已亮码", Kind.BOOL, default="否", example="是"),
        Column("recorded_at", "录入时间", _T, note="日期，可带时分", example="2026-06-10"),
        Column(
            "result",
            "检查结果",
            _C,
            choices=(("clear", "未发现问题"), ("problem", "发现问题"), ("no_show", "未见到"), ("closed", "已停业")),
            default="clear",
            also=same.RESULT,
            bars=_CHECKED,
            example="未发现问题",
        ),
        Column("measure", "处理", _C, choices=MEASURES, example="责令改正"),
        Column("guidance", "已指导", Kind.BOOL, default="否", example="否"),
        Column(
            "rating",
            "联合评价",
            Kind.INT,
            default="0",
            low=0,
            high=5,
            note="联合检查后互评，1至5分；未评填0",
            example="5",
        ),
        Column("unwilling_joint", "企业不愿联合", Kind.BOOL, default="否", example="否"),
        Column("survey", "库外摸底", Kind.BOOL, default="否", example="否"),
        Column("evaluated", "计入评估", Kind.BOOL, default="是", note="告知承诺核查等不计入评估的填“否”", example="是"),
    ),
    unique=("result_id",),
    note="一行一个主体在一个对象的一次检查",
)

RESULT_ITEMS = Table(
    "result_items",
    "结果明细",
    (
        Column("result_id", "结果编号", _I, True, refers="results", example="R-1"),
        Column("item_id", "事项编号", _I, True, refers="items", example="SCJG-101"),
        Column("point", "检查要点", _T),
        Column(
            "finding",
            "逐条反馈",
            _C,
            choices=(("problem", "发现问题"), ("clear", "未发现问题"), ("untouched", "未涉及")),
            default="clear",
            example="未发现问题",
        ),
        Column("measure", "处理", _C, choices=MEASURES),
    ),
    unique=("result_id", "item_id", "point"),
    note="一行一个结果的一个事项",
)

BASELINE = Table(
    "baseline",
    "基期",
    (
        Column("year", "年份", Kind.INT, True, low=2000, high=2100, example="2024"),
        Column("unit", "计数单位", _C, True, (("check", "户次"), ("entry", "入企次数")), example="户次"),
        Column("month", "月份序号", Kind.INT, low=0, high=12, default="0", note="分月的填1至12；全年填0", example="0"),
        Column("agency_id", "主体编号", _I, refers="agencies", example="SCJG"),
        Column("domain", "领域", _C, choices=DOMAINS, also=same.DOMAIN),
        Column("town", "街镇", _T),
        Column("industry", "行业", _T),
        Column("grade", "等级", _C, choices=GRADES, also=same.GRADE),
        Column("planned_on", "有计划到场", Kind.INT, True, low=0, high=10_000_000, example="4000"),
        Column("triggered_on", "触发式到场", Kind.INT, default="0", low=0, high=10_000_000, example="500"),
        Column("off", "非现场次数", Kind.INT, default="0", low=0, high=10_000_000),
        Column("sites", "检查对象数", Kind.INT, default="0", low=0, high=10_000_000),
        Column("items", "事项次数", Kind.INT, default="0", low=0, high=10_000_000),
        Column("joint", "联合次数", Kind.INT, default="0", low=0, high=10_000_000),
        Column("random", "随机次数", Kind.INT, default="0", low=0, high=10_000_000),
        Column("problem", "发现问题数", Kind.INT, default="0", low=0, high=10_000_000),
        Column("document", "来源文件", _T, True, example="(示例)2024年统计表"),
    ),
    unique=("year", "unit", "month", "agency_id", "domain", "town", "industry", "grade"),
    note="比较用的年份；空着的分项只能比总数",
)

DUTIES = Table(
    "duties",
    "职责",
    (
        Column("agency_id", "主体编号", _I, True, note="司法局填 bureau", example="SCJG"),
        Column("row", "职责序号", Kind.INT, True, low=1, high=99, note="见 planner duties", example="7"),
        Column("period", "所属期", _T, True, note="2026、2026-06 或 2026-H1", example="2026-06"),
        Column("due", "期限", _D, note="留空按规定的期限"),
        Column("done_on", "完成日期", _D, example="2026-06-05"),
        Column("evidence", "凭据", _T, note="网址、文号等", example="(示例)函〔2026〕6号"),
        Column("waived", "免除理由", _T, note="本期没有这项职责的写明理由"),
        Column("section", "科室编号", _I, note="由科室分别办的，填科室"),
    ),
    unique=("agency_id", "row", "period", "section"),
    note="一行一项已办或免除的职责",
)

ABSORPTIONS = Table(
    "absorptions",
    "抵减答复",
    (
        Column("site_id", "对象编号", _I, True, refers="sites", example="91310116MA1J8XXXX0-01"),
        Column("agency_id", "主体编号", _I, True, refers="agencies", example="SCJG"),
        Column("date", "触发式检查日期", _D, True, example="2026-05-28"),
        Column(
            "answer",
            "答复",
            _C,
            True,
            (("accept", "视为完成"), ("decline", "照常检查")),
            also=(("是", "accept"), ("同意", "accept"), ("否", "decline"), ("不同意", "decline")),
            example="视为完成",
        ),
        Column("filing_id", "计划编号", _I, refers="filings", note="只答复这份计划；留空为全部", example=""),
        Column("answered_on", "答复日期", _D, example="2026-05-29"),
        Column("by", "答复人", _T, example="(示例)张某"),
    ),
    unique=("site_id", "agency_id", "date", "filing_id"),
    note="触发式检查覆盖的计划检查是否视为完成，由主体答复；没有答复的照常检查",
)

SUPERVISION = Table(
    "supervision",
    "执法监督",
    (
        Column("case_id", "监督编号", _I, True, note="一件监督的各步骤用同一编号", example="JD-2026-01"),
        Column("agency_id", "主体编号", _I, True, refers="agencies", example="SCJG"),
        Column(
            "step",
            "步骤",
            _C,
            True,
            choices=(
                ("noted", "发现"),
                ("heard", "听取说明"),
                ("drafted", "拟监督建议书"),
                ("sent", "发出建议书"),
                ("answered", "单位反馈"),
                ("corrected", "已改正"),
                ("requested", "提请监督决定"),
                ("closed", "办结"),
            ),
            example="发现",
        ),
        Column("date", "日期", _D, True, example="2026-07-06"),
        Column("results", "检查结果", Kind.LIST, note="“发现”这一步填所涉结果的编号", example="R-1"),
        Column("note", "内容", _T, note="说明、建议、反馈的内容；没有反馈而办结的写明理由"),
        Column("document_no", "文号", _T, example="(示例)监建〔2026〕1号"),
        Column("reply_by", "反馈期限", _D, note="“发出建议书”这一步填；留空按工作日推算"),
        Column("by", "经办", _T, example="(示例)区司法局"),
    ),
    unique=("case_id", "step", "date"),
    note="一行一个步骤；状态由步骤得出，不用填",
)

TABLES: tuple[Table, ...] = (
    AGENCIES,
    INSPECTORS,
    ABSENCES,
    SITES,
    GRADE_TABLE,
    ITEMS,
    FILINGS,
    HISTORY,
    LISTS,
    PINS,
    CALENDAR,
    SETTINGS,
    WAIVERS,
    NONCES,
    IDENTITIES,
    FILING_STEPS,
    RESULTS,
    RESULT_ITEMS,
    BASELINE,
    DUTIES,
    ABSORPTIONS,
    SUPERVISION,
)
TABLE_BY_KEY: dict[str, Table] = {table.key: table for table in TABLES}
