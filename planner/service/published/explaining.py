"""Why a task of a plan has no day, and why a visit is as it is: answers of plain values, for the coordinator.

A plan holds what is announced alone, so no answer tells of an unannounced check: its id is an unknown one here.
"""

from __future__ import annotations

from dataclasses import asdict
from difflib import get_close_matches
from typing import Any

from planner.domain.case import Case
from planner.domain.errors import InputError
from planner.domain.plan import LEFT_OUT, Plan, Visit, visit_at, visits_of
from planner.explain.trace import Tracer, Why, told_to
from planner.explain.visit_words import told_absent, told_day, told_margin
from planner.explain.why_visit import Absent, OtherDay, reasons_of_visit
from planner.explain.whynot.changes import Asked, Kind, waivable_of
from planner.explain.whynot.conflict import Conflict
from planner.explain.whynot.telling import Told, headline, rank_answer, told_members
from planner.explain.whynot.telling_ways import told_way, told_ways
from planner.explain.whynot.walking import Begin, carrier, proven_conflict
from planner.explain.whynot.ways import MOVES, Way, ways_of
from planner.law.words import Both
from planner.operations.book import starts_in
from planner.rulebook.nouns import RulebookVersion
from planner.service.month.planning import Planned
from planner.service.published.operating import starts_of
from planner.service.published.seen import Own, is_own, seen_by, told_facts, told_reasons

OWN_KINDS = (Kind.DAY, Kind.WINDOW, Kind.CREW, Kind.WAIVER)
"""Ways that an agency may be told: they touch its own filings and people alone."""


def why_not(planned: Planned, task: str, own: Own | None = None) -> dict[str, Any]:
    """Return why a left-out task has no day: verdict, what stands against each day of its window, the smallest set.

    `verdict` is "blocked" (proven), "free" or "unknown", all else staying; `others` says whether moving others could
    help ("no" or "unknown"). `ways` are the cheapest change of each kind that gives it a day, in order of kinds, each
    proven by doing it; `none_exists` says that no single change does, `unsettled` which kinds stayed open. `own` is the
    agency that asks, None the coordinator: an agency asks of its own tasks, of the world that it sees. Raises
    InputError where the plan has no such task, or has a day for it, and where the plan breaks rules.
    """
    planned = planned if own is None else seen_by(planned, own)
    case, plan = planned_of(planned)
    asked = left_out_task(case, plan, task, own)
    conflict = proven_conflict(case, planned.result.roster, plan, asked, begin_of(planned))
    return _why_not_json(planned, case, plan, conflict, own)


def why_visit(planned: Planned, visit: str, own: Own | None = None) -> dict[str, Any]:
    """Return why a visit, named by its id or as SITE@DATE, is on its day: the tasks and why they are due, every other
    day of the common window with what it costs or what bars it, who of the site is not there and why, and how firm.

    `own` as in `why_not`: an agency asks of visits that it is in. Raises InputError where the plan has no such visit,
    and where the plan breaks rules.
    """
    planned = planned if own is None else seen_by(planned, own)
    case, plan = planned_of(planned)
    law, found = planned.rulebook, _visit(case, plan, visit, own)
    reasons = reasons_of_visit(case, plan, found, carrier(case, planned.result.roster, begin_of(planned)))
    reasons = told_reasons(case, own, reasons)
    firm = told_margin(case, reasons)
    site, day = case.sites[found.site], case.days[found.day].isoformat()
    return {
        "visit": found.id,
        "site": site.id,
        "site_name": site.name,
        "day": day,
        "tasks": [case.tasks[t].id for t in found.tasks if is_own(case, own, [t])],
        "why": [
            {"question": w.question, "text_zh": w.zh, "text_en": w.en, "clauses": list(w.clauses)}
            for w in _why(case, found, own)
        ],
        "days": [
            {"day": case.days[one.day].isoformat(), **_otherwise(one, told_day(case, one, law))} for one in reasons.days
        ],
        "absent": [
            {"tasks": [case.tasks[t].id for t in one.tasks], **_otherwise(one, told_absent(case, one, law))}
            for one in reasons.absent
        ],
        "firm_zh": firm.zh,
        "firm_en": firm.en,
    }


def _why(case: Case, visit: Visit, own: Own | None) -> list[Why]:
    """Return why the tasks of a visit are due and why it is as it is, as `own` may be told."""
    found = Tracer.of(case).visit(visit)
    mine = next((t for t in visit.tasks if is_own(case, own, [t])), visit.tasks[0])
    return list(found) if own is None else told_to(found, case.parents[int(case.parent_of[mine])])


def _visit(case: Case, plan: Plan, name: str, own: Own | None) -> Visit:
    """Return the visit that `name` means. Raises InputError where there is none, with the nearest."""
    found: dict[str, Visit] = {}
    for visit in (one for one in visits_of(case, plan) if is_own(case, own, one.tasks)):
        found[visit.id] = found[f"{case.sites[visit.site].id}@{case.days[visit.day].isoformat()}"] = visit
    if name in found:
        return found[name]
    near = get_close_matches(name, found, 1, cutoff=0.5)
    hint = (f"，最接近的是“{near[0]}”", f"; nearest is {near[0]!r}") if near else ("", "")
    raise InputError(
        f"计划中没有入企“{name}”{hint[0]}：请给出入企编号，或“对象编号@日期” / "
        f"the plan has no visit {name!r}{hint[1]}: give a visit's id or SITE@DATE"
    )


def _otherwise(one: OtherDay | Absent, told: Both) -> dict[str, Any]:
    more = None
    if one.more is not None:
        more = asdict(one.more)
    rules = [against.rule for against in one.against]
    return {"could": one.could.value, "more": more, "rules": rules, "text_zh": told.zh, "text_en": told.en}


def left_out_task(case: Case, plan: Plan, task: str, own: Own | None = None) -> int:
    """Return the index of a left-out task, of the agency `own`, by its id. Raises InputError where there is none."""
    index = {info.id: n for n, info in enumerate(case.tasks) if own is None or info.unit in own}
    if task not in index:
        near = get_close_matches(task, index, 1)
        hint = (f"，最接近的是“{near[0]}”", f"; nearest is {near[0]!r}") if near else ("", "")
        raise InputError(f"计划中没有任务“{task}”{hint[0]} / the plan has no task {task!r}{hint[1]}")
    n = index[task]
    if plan.day[n] != LEFT_OUT:
        when = case.days[int(plan.day[n])].isoformat() if plan.day[n] >= 0 else "later"
        zh = f"已排在{when}" if plan.day[n] >= 0 else "留待以后月份"
        raise InputError(
            f"任务“{task}”没有漏排，{zh}：请给出未安排任务的编号 / "
            f"task {task!r} is not left out ({when}): name one that is"
        )
    return n


def planned_of(planned: Planned) -> tuple[Case, Plan]:
    """Return the case and the lawful plan that are asked about. Raises InputError where there is none."""
    if planned.result.plan is None:
        raise InputError("没有方案：请先生成计划 / there is no plan")
    if planned.result.violations:
        raise InputError("计划违反规则，请先用 planner verify 核对 / the plan breaks rules: run planner verify first")
    return planned.result.case, planned.result.plan


def begin_of(planned: Planned) -> Begin:
    """Return the starts of the plan's visits by (site, day): where questions about its days begin."""
    return starts_in(planned.result.case, starts_of(planned.result))


def _why_not_json(planned: Planned, case: Case, plan: Plan, conflict: Conflict, own: Own | None) -> dict[str, Any]:
    law, info = planned.rulebook, case.tasks[conflict.task]
    others, *rank = rank_answer(case, conflict.task, planned.result.levels)
    members = told_facts(case, own, told_members(case, plan, conflict, law), law, info.domain)
    texts = headline(case, conflict, len(members))
    roster = planned.result.roster
    asked = Asked(case, roster, plan, conflict, waivable_of([rule.id for rule in law.rules if rule.waivable]))
    begin = begin_of(planned)
    kinds = tuple(Kind) if own is None else OWN_KINDS if _alone(case, conflict, own) else (Kind.DAY,)
    ways = ways_of(asked, lambda changed, people: carrier(changed, people, begin), kinds)
    all_told = told_ways(ways)
    low, high = int(case.window_lo[conflict.task]), int(case.window_hi[conflict.task])
    return {
        "task": info.id,
        "site": info.site,
        "unit": info.unit,
        "with": [case.tasks[t].id for t in conflict.moving if t != conflict.task and is_own(case, own, [t])],
        "window": [day.isoformat() for day in info.window],
        "verdict": conflict.verdict.value,
        "others": others,
        "text_zh": texts[0] + rank[0],
        "text_en": f"{texts[1]} {rank[1]}",
        "ways": [_way_json(asked, way, law) for way in ways.found],
        "none_exists": ways.none_exists,
        "cheapest_proven": ways.proven,
        "unsettled": [kind.value for kind in ways.unsettled],
        "ways_zh": all_told.zh,
        "ways_en": all_told.en,
        "walked": roster is not None,
        "days": [
            {
                "day": case.days[d].isoformat(),
                "free": d in conflict.free,
                "unknown": d in conflict.unknown,
                "against": [
                    {"rule": m.rule, "rule_zh": law.rule(m.rule).title_zh, "subjects": list(m.key[2])}
                    for m in conflict.blocked[d]
                ],
            }
            for d in range(low, high + 1)
        ],
        "members": [member_json(case, told) for told in members],
    }


def _alone(case: Case, conflict: Conflict, own: Own) -> bool:
    """Return whether a task comes with nobody else's, so that its agency may try changes of filings and crews."""
    return all(case.tasks[t].unit in own for t in conflict.moving)


def member_json(case: Case, told: Told) -> dict[str, Any]:
    """Return one fact that stands against a task."""
    return {
        "rule": told.rule,
        "subjects": list(told.subjects),
        "days": [case.days[d].isoformat() for d in told.days],
        "numbers": [list(pair) for pair in told.numbers],
        "clauses": list(told.clauses),
        "text_zh": told.zh,
        "text_en": told.en,
    }


def _moves(asked: Asked, way: Way) -> list[dict[str, str]]:
    """Return what has to be moved by hand to make a way the draft: the other visit, and the task with those that it
    must come with. [] where filings, consents, crews or a waiver have to be on record first.
    """
    case, change = asked.case, way.change
    if change.kind not in (Kind.DAY, Kind.VISIT):
        return []
    found = []
    if change.kind is Kind.VISIT:
        name = visit_at(case, int(case.site_of[change.tasks[0]]), change.source, change.tasks).id
        found.append({"visit": name, "task": "", "day": case.days[change.target].isoformat()})
    day = case.days[way.day].isoformat()
    return [*found, *({"visit": "", "task": case.tasks[t].id, "day": day} for t in asked.moving)]


def _way_json(asked: Asked, way: Way, law: RulebookVersion) -> dict[str, Any]:
    case, change = asked.case, way.change
    told = told_way(asked, way, law)
    found: dict[str, Any] = {
        "kind": change.kind.value,
        "day": case.days[way.day].isoformat(),
        "tasks": [case.tasks[t].id for t in change.tasks],
        "entries": way.entries,
        "disturbance": way.disturbance,
        "moves": _moves(asked, way),
        "text_zh": told.zh,
        "text_en": told.en,
    }
    if change.kind in MOVES:
        found["site"] = case.tasks[change.tasks[0]].site
        found["from"], found["to"] = (case.days[d].isoformat() for d in (change.source, change.target))
    if change.kind in (Kind.WINDOW, Kind.BOTH):
        found["days"] = change.size
    if change.kind is Kind.CREW:
        found |= {"unit": case.units[change.unit].id, "half": {0: "am", 1: "pm"}.get(change.half, "")}
    elif change.kind is Kind.WAIVER:
        found["rule"] = change.rule
    return found
