"""Commands for living with a published plan: suggest, ledger, gate, replan, triggered."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.arguments import DAY, CaseSource, JsonTo, PlanFile
from planner.cli.reading import plan_of
from planner.cli.session import Session, session_of
from planner.cli.showing import show_held
from planner.domain.errors import InputError

if TYPE_CHECKING:
    from planner.service import Planned

Site = Annotated[str, typer.Argument(metavar="SITE", help="对象编号 / site id")]
Agency = Annotated[str, typer.Option(help="检查主体编号 / agency or section id")]
Items = Annotated[list[str] | None, typer.Option("--item", help="只问这些事项，可重复 / only these items")]
Frozen = Annotated[
    datetime | None, typer.Option(formats=DAY, help="这一天及以前不再变动 / nothing moves up to this day")
]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("suggest")(suggest)
    app.command("ledger")(ledger)
    app.command("gate")(gate)
    app.command("replan")(replan)
    app.command("triggered")(triggered)


def suggest(
    context: typer.Context,
    file: PlanFile,
    agency: Agency,
    site: Annotated[str, typer.Option(help="对象编号，不给则全部未安排的对象 / default: all with open tasks")] = "",
    first: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="自 / first day")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="至 / last day")] = None,
    item: Items = None,
    frozen_until: Frozen = None,
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """申请检查码之前：哪些到期任务可以一并带上 / which open tasks could ride along."""
    from planner.service import suggestions

    session, planned = _restored(context, file, case, json_to)
    period = planned.result.case.period
    window = (_day(first) or period[0], _day(last) or period[1])
    found = suggestions(planned, agency, site, window, item or (), _day(frozen_until))
    offered = [one for answer in found for one in answer["suggestions"]]
    for answer in found:
        day = answer["not_settled_zh"] or answer["day"] or _either(session, "无合法日期", "no lawful day")
        session.show(f"{answer['site']}：{day}", *(f"  {one['text_zh']}" for one in answer["suggestions"]))
        if answer["company"]:
            session.show(
                f"  {_either(session, '最优安排中同去', 'along in the best plan')}：{'、'.join(answer['company'])}"
            )
    if not offered:
        session.show(_either(session, "没有可以带上的任务", "nothing could ride along"))
    session.emit({"month": planned.month, "agency": agency, "answers": found})


def ledger(
    context: typer.Context,
    file: PlanFile,
    site: Site,
    agency: Agency,
    frozen_until: Frozen = None,
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """一个对象的入企台账：以往、将来、下次可查日期和余额 / a site's entries, next lawful day, remaining quota."""
    from planner.rulebook.citing import opened_all
    from planner.service import site_ledger

    session, planned = _restored(context, file, case, json_to)
    found = site_ledger(planned, site, agency, _day(frozen_until))
    say = planned.names.agency
    session.show(f"{found['name']}（{found['site']}）")
    session.show(*(f"  {e['day']} {say(e['agency'])} {e['result']}" for e in found["past"]))
    session.show(*(f"  → {e['day']} {'、'.join(map(say, e['agencies']))}" for e in found["coming"]))
    for quota in found["quotas"]:
        left = _either(session, "不限", "no cap") if quota["remaining"] is None else quota["remaining"]
        words = _either(session, "本年余额", "left this year"), _either(session, "间隔（月）", "gap (months)")
        clauses = opened_all(planned.rulebook, quota["clauses"], session.lang)
        session.show(f"  {quota['domain']} {words[0]} {left}，{words[1]} {quota['gap_months']}（{clauses}）")
    none = _either(session, "无", "none")
    session.show(f"  {_either(session, '下次可查', 'next lawful day')}：{found['next_lawful'] or none}")
    session.emit({"month": planned.month, "agency": agency, **found})


def gate(
    context: typer.Context,
    file: PlanFile,
    site: Site,
    day: Annotated[datetime, typer.Argument(formats=DAY, metavar="DAY", help="日期 / date")],
    agency: Agency,
    item: Items = None,
    frozen_until: Frozen = None,
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """这个主体这天可以进这个对象吗 / may this agency enter this site on this day."""
    from planner.intake.words.held import held_json
    from planner.service import may_enter

    session, planned = _restored(context, file, case, json_to)
    try:
        answer = may_enter(planned, agency, site, day.date(), item or (), _day(frozen_until))
    except InputError:  # perhaps it has no task there because a restriction could not be read
        show_held(session, planned.result.findings)
        raise
    session.show(answer["text_zh"])
    if answer["otherwise"] is not None:
        session.show(f"→ {answer['otherwise']['text_zh']}")
    show_held(session, planned.result.findings)
    held = held_json(planned.result.findings)
    session.emit({"month": planned.month, "agency": agency, "site": site, "day": day.date(), **answer, "held": held})


def replan(
    context: typer.Context,
    file: PlanFile,
    event: Annotated[Path, typer.Argument(metavar="EVENT.json", help="发生的事 / what has happened")],
    out: Annotated[Path | None, typer.Option(help="新版本写到这个文件夹 / write the new version here")] = None,
    reason: Annotated[str, typer.Option(help="理由，随新版本保存 / why, kept with the version")] = "",
    frozen_until: Frozen = None,
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """计划公布以后出了变化：改动最少的新安排和各单位的变更通知 / fewest changes, with a proof, and notices.

    EVENT.json 形如 {"kind": "away", "unit": "…", "inspector": "…", "days": ["2026-06-03"], "half": "am"}：某人缺勤，
    half 可为 day、am、pm。kind 还可以是 absence (unit, days, left)、cancelled、closed、emergency (site, days)、
    no_show、refused、partly_done、done、settled (agency, site, day)、new_task (id, site, unit, items, from, to)。
    """
    from planner.service import next_version, read_event, replan_event, write_outputs

    session, planned = _restored(context, file, case, json_to)
    if out is None:
        found = replan_event(planned, read_event(event), _day(frozen_until))
    else:
        version = next_version(planned, read_event(event), reason, _day(frozen_until))
        found = version.found
        write_outputs(version.planned, out, before=file.parent)
    proof = (
        _either(session, "已证明最少", "proven least") if found["proven"] else _either(session, "未证明", "not proven")
    )
    changed = len(found["changed_visits"])
    session.show(_either(session, f"改动已公布的入企 {changed} 次（{proof}）", f"{changed} visits change ({proof})"))
    if found["refused"]:
        session.show(
            _either(session, "新任务依规不能列为入企检查：", "no on-site task comes of it: ") + found["refused"]
        )
    for new in found["new_tasks"]:
        why = new["reason"]["text_zh" if session.lang == "zh" else "text_en"] if new["reason"] else ""
        session.show(f"{new['task']}：{new['day'] or _either(session, '未能安排', 'left out')} {why}".rstrip())
    for notice in found["notices"]:
        session.show(f"{planned.names.agency(notice['agency'])}：{notice['text_zh']}")
    if out is not None:
        session.show(_either(session, f"新版本：{out / 'plan.json'}", f"the new version: {out / 'plan.json'}"))
    session.emit(found)


def triggered(
    context: typer.Context,
    file: PlanFile,
    check: Annotated[Path, typer.Argument(metavar="CHECK.json", help="触发式检查 / a triggered check")],
    today: Annotated[datetime | None, typer.Option(formats=DAY, help="今天，默认为检查日 / default: its day")] = None,
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """触发式检查：谁可同行、抵掉哪些计划任务、何时前要码 / who rides along, what is absorbed, by when a code is due.

    CHECK.json 形如 {"site": "…", "unit": "…", "items": ["…"], "day": "2026-06-03", "source": "complaint"}；
    还可填 urgent、minutes、coded。
    """
    from planner.service import read_event, register_triggered

    session, planned = _restored(context, file, case, json_to)
    value = read_event(check)
    found = register_triggered(planned, value, _day(today))
    say = planned.names.agency
    session.show(_either(session, "可以前往：触发式检查不受计划限制", "it may go: a triggered check waits for no plan"))
    if found["sent"] != found["check"]["unit"]:
        session.show(_either(session, f"  由{say(found['sent'])}派人", f"  {say(found['sent'])} sends the crew"))
    session.show(*(f"  + {say(ride['unit'])} {ride['task']}" for ride in found["riders"]))
    session.show(*(f"  > {one['text_zh']}" for one in found["forward"]))
    session.show(*(f"  - {say(one['unit'])} {one['task']} {one['text_zh']}" for one in found["staying"]))
    session.show(*([f"  {found['note']}"] if found["note"] else []))
    session.show(*(f"  = {one['task']} {one['text_zh']}" for one in found["absorbed"]))
    session.show(f"  {found['code']['text_zh']}")
    if found["warned"]:
        session.show(f"  {found['warned']['text_zh']}")
    session.emit(found)


def _restored(context: typer.Context, file: Path, case: Path | None, json_to: str | None) -> tuple[Session, Planned]:
    session = session_of(context, json_to)
    return session, plan_of(session, file, case)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _either(session: Session, zh: str, en: str) -> Any:
    return zh if session.lang == "zh" else en
