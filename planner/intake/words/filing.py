"""Findings about a filing as a whole: scope, completeness, grounds, code and date, specials and surprises."""

from __future__ import annotations

from planner.domain.finding import FindingType
from planner.intake.words.entry import ERROR, INFO, WARNING, finding_type
from planner.law.rules.company import UNANNOUNCED
from planner.law.rules.dates import WINDOW
from planner.law.rules.distances import CAP

FILING: tuple[FindingType, ...] = (
    finding_type(
        "law.secret",
        ERROR,
        ("涉密检查不得填报", "Secret checks are refused"),
        ("计划 {filing} 标为涉密，未读入", "Filing {filing} is marked secret and was not taken in"),
        ("请按保密规定另行办理", "Handle it under the secrecy rules, outside this system"),
        "scope.excluded",
    ),
    finding_type(
        "law.out-of-scope",
        ERROR,
        ("不纳入规范的行为", "Out of scope"),
        ("计划 {filing} 的行为“{behaviour}”不纳入规范", "Filing {filing}: '{behaviour}' is out of scope"),
        ("无需在此统筹；如填错请改正行为类别", "It needs no coordination here; correct the column if it is wrong"),
        "scope.excluded",
    ),
    finding_type(
        "law.behaviour-unknown",
        WARNING,
        ("行为类别不在清单", "Behaviour not on the list"),
        (
            "计划 {filing} 的行为“{behaviour}”不是本领域不纳入的行为，按有计划检查处理；"
            "本领域不纳入的行为含有以下词：{known}",
            "Filing {filing}: '{behaviour}' is not excluded in this domain, so it counts as a planned check; "
            "what is excluded has one of these words: {known}",
        ),
        (
            "请核对行为类别：属于不纳入的，改写成上列的词；属于有计划检查的，清空该单元格",
            "Check the column: write one of the words where it is excluded, leave it empty where it is a planned check",
        ),
        "scope.excluded",
    ),
    finding_type(
        "law.plan-incomplete",
        WARNING,
        ("计划要素不全", "Filing not complete"),
        ("计划 {filing} 缺少:{missing}", "Filing {filing} lacks: {missing}"),
        ("请补报后重新备案", "Add it and file again"),
        "plan.complete",
    ),
    finding_type(
        "law.window-reversed",
        ERROR,
        ("起止日期颠倒", "Window ends before it starts"),
        ("计划 {filing} 的结束日期早于开始日期", "Filing {filing} ends before it starts"),
        ("请更正日期", "Correct the dates"),
        "plan.complete",
    ),
    finding_type(
        "law.window-outside-period",
        WARNING,
        ("期限超出计划周期", "Window outside its period"),
        ("计划 {filing} 的期限跨越了一个{period}周期", "The window of filing {filing} reaches past one {period}"),
        ("请拆分计划或更正周期", "Split the filing or correct its period"),
        "plan.complete",
    ),
    finding_type(
        "law.scope-empty",
        ERROR,
        ("没有检查对象", "No site in scope"),
        ("计划 {filing} 的对象范围内没有可检查的对象", "Filing {filing} has no site in its scope"),
        ("请核对对象编号或范围", "Check the site ids or the scope"),
        "plan.complete",
    ),
    finding_type(
        "law.sites-and-scope",
        INFO,
        ("同时填写了对象和范围", "Both sites and scope are given"),
        ("计划 {filing} 以对象编号为准，未使用范围", "Filing {filing}: the site ids count, the scope was not used"),
        ("请只填其一", "Give one of the two"),
        "plan.complete",
    ),
    finding_type(
        "law.window-past",
        WARNING,
        ("计划期限已过", "Window is past"),
        (
            "计划 {filing} 的期限止于 {until}，逐一列出的 {sites} 个对象中有 {open} 个没有检查记录",
            "Filing {filing} ended on {until}; {open} of its {sites} listed sites have no record",
        ),
        ("请补录结果或重新备案", "Record the results or file again"),
        WINDOW.id,
    ),
    finding_type(
        "law.no-items",
        ERROR,
        ("没有可查的事项", "No item left"),
        ("计划 {filing} 的事项都不能检查", "None of the items of filing {filing} may be inspected"),
        ("请见该计划的其他提示", "See the other findings on it"),
        "plan.complete",
    ),
    finding_type(
        "law.special-refused",
        ERROR,
        ("不得另搞专项或全覆盖巡查", "No such special or sweep"),
        ("计划 {filing}:{why_zh}，未安排", "Filing {filing}: {why_en}; not scheduled"),
        (
            "请改报双随机并填抽查比例；确属上级部署的填上级计划编码，否则提交 special.random 的签字豁免",
            "File it as a random check with a ratio, name the upper plan's code, or hand in a signed waiver",
        ),
        "special.random",
    ),
    finding_type(
        "law.special-not-deployed",
        ERROR,
        ("专项须由上级部署", "Specials only as deployed from above"),
        ("计划 {filing}:{why_zh}", "Filing {filing}: {why_en}"),
        ("请填写上级部署，或撤回", "File the deployment from above, or withdraw it"),
        "special.with-clue",
    ),
    finding_type(
        "law.upper-code-missing",
        WARNING,
        ("缺少上级计划编码", "Upper plan code missing"),
        (
            "计划 {filing} 的来源填“上级部署”，没有上级计划编码作凭据，按本级计划对待：清单内的对象和事项不到场",
            "Filing {filing} claims a deployment from above without the upper plan's code: it counts as the agency's "
            "own, without exceptions for quiet sites and items",
        ),
        (
            "请填写上级计划编码；不是上级部署的，来源改为“本级”",
            "Name the upper plan's code, or file it as the agency's own",
        ),
        "source.backed",
    ),
    finding_type(
        "law.law-unbacked",
        WARNING,
        ("法定检查没有凭据", "By law, without a ground"),
        (
            "计划 {filing} 的来源填“法定”，事项 {items} 没有标明“法律明确规定必须检查”，这些事项不享受法定例外",
            "Filing {filing} claims to be by law, but items {items} do not say that law asks for them: no exception",
        ),
        (
            "法律确有规定的，在“检查事项”表该事项的“法律明确规定必须检查”填“是”并写明依据；否则来源改为“本级”",
            "Say so in the items' table with the basis, or file it as the agency's own",
        ),
        "source.backed",
    ),
    finding_type(
        "law.plan-uncoded",
        WARNING,
        ("没有计划编码", "No plan code"),
        (
            "计划 {filing} 没有填计划编码，不能证明已经备案；先计划、备案得编码，后检查",
            "Filing {filing} has no plan code, so nothing shows that it is filed: plan and code first, then inspect",
        ),
        (
            "请在备案通过后填写计划编码；到场前仍没有编码的不得实施",
            "Fill it in once the plan has passed; no visit without it",
        ),
        "plan.coded",
    ),
    finding_type(
        "law.filed-late",
        WARNING,
        ("填报晚于开始日期", "Filed after its window opened"),
        (
            "计划 {filing} 于 {filed} 填报，晚于开始日期，{filed} 起才安排到场",
            "Filing {filing} was filed on {filed}, after its window opened; visits are from {filed} on",
        ),
        ("如填报日期有误请更正；否则开始日期最早为 {filed}", "Correct the date if it is wrong; else begin on {filed}"),
        "plan.coded",
    ),
    finding_type(
        "law.filed-after",
        ERROR,
        ("填报时期限已过", "Filed after its window"),
        (
            "计划 {filing} 于 {filed} 填报，期限 {until} 已过，不能安排",
            "Filing {filing} was filed on {filed}, after its window ended on {until}; nothing can be scheduled",
        ),
        ("请更正日期，或重新备案以后的期限", "Correct the dates, or file it anew"),
        "plan.coded",
    ),
    finding_type(
        "law.unannounced-told",
        ERROR,
        ("须提前告知，不得突击", "The time is told: no surprise"),
        ("计划 {filing} 标为突击检查，{why_zh}，未安排", "Filing {filing} is unannounced: {why_en}; not scheduled"),
        (
            "请将“突击检查”改为“否”；因线索需立即到场的按触发式检查登记",
            "File it as announced, or register a triggered check",
        ),
        "unannounced.told",
    ),
    finding_type(
        "law.random-not-drawn",
        WARNING,
        ("随机清单事项没有抽取", "Random-list item not drawn"),
        (
            "计划 {filing} 的事项 {items} 在随机抽查清单，计划却逐一指定对象或全部检查，没有按比例抽取",
            "Filing {filing}: items {items} are on the random list, yet its sites are named or all checked, not drawn",
        ),
        (
            "请改报双随机，写明对象范围和低于100%的抽查比例",
            "File it as a random check with a scope and a ratio below 100%",
        ),
        "special.random",
    ),
    finding_type(
        "law.needed-no-reason",
        WARNING,
        ("确需没有理由", "Needed, without a reason"),
        (
            "计划 {filing} 填了“确需”但没有必要性说明，不放开年度次数上限",
            "Filing {filing} says that it is needed but not why; the yearly cap is not lifted",
        ),
        ("请填写必要性说明", "State the necessity"),
        CAP.id,
    ),
    finding_type(
        "law.unannounced-joint",
        WARNING,
        ("突击检查不能联合", "Unannounced checks cannot be joint"),
        (
            "计划 {filing} 同时是突击和跨部门，按突击单独安排",
            "Filing {filing} is unannounced and joint; it comes alone",
        ),
        ("请二者取一", "Choose one of the two"),
        UNANNOUNCED.id,
    ),
    finding_type(
        "plan.route-open",
        WARNING,
        ("程序没有走完", "Route still open"),
        (
            "计划 {filing} 处于“{state_zh}”，{then_zh}",
            "Filing {filing} is in state '{state}': {then_en}",
        ),
        ("请走完备案程序；公布前须全部通过", "Finish the route; nothing of it is published before"),
        "plan.coded",
    ),
    finding_type(
        "plan.no-code",
        WARNING,
        ("备案通过而未得编码", "Passed, not coded"),
        (
            "计划 {filing} 已备案通过，还没有取得计划编码，{then_zh}",
            "Filing {filing} has passed and has no code yet: {then_en}",
        ),
        ("请取得计划编码并登记“取得编码”一步", "Fetch the code and record that step"),
        "plan.coded",
    ),
    finding_type(
        "plan.code-early",
        WARNING,
        ("编码早于程序", "Code before its route"),
        (
            "计划 {filing} 在 {coded} 已有编码，而“{step_zh}”当时没有通过",
            "Filing {filing} was coded on {coded}, while step '{step}' was open",
        ),
        ("请核对编码，或补登该步骤", "Check the code, or record the step"),
        "plan.coded",
    ),
    finding_type(
        "plan.before-code",
        ERROR,
        ("到场早于编码", "A visit before the code"),
        (
            "锁定 {pin} 的日期 {date} 早于计划 {filing} 取得编码的 {coded}",
            "Pin {pin} is on {date}, before filing {filing} was coded on {coded}",
        ),
        ("请把到场日期改到 {coded} 或以后", "Come on {coded} or later"),
        "plan.coded",
    ),
    finding_type(
        "plan.late",
        ERROR,
        ("得码时期限已过", "Coded after its window"),
        (
            "计划 {filing} 于 {coded} 取得编码，期限 {until} 已过，没有安排",
            "Filing {filing} was coded on {coded}, after its window ended on {until}; nothing is scheduled",
        ),
        ("请重新备案以后的期限", "File it anew for later"),
        "plan.coded",
    ),
)
