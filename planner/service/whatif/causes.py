"""Reasons, not rows: a month's excess entries and left-out tasks by cause, and what removing each gains for certain.

The gain is that of a scenario played from the plan, an interval as all effects are. A filed window is its agency's to
widen, so there the agency gets a letter. Marks against joining and gaps protect enterprises: what they cost is told as
the price of respecting them, and to nobody as a request.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from planner.domain.case import Case
from planner.explain.excess import Cause, Excess, cause_of, excess_entries
from planner.law.rules.capacity import CREWS
from planner.law.rules.company import NOT_TO_JOIN
from planner.law.rules.dates import WINDOW
from planner.law.rules.distances import GAP
from planner.service.month.planning import Planned
from planner.service.whatif.base import Base
from planner.service.whatif.playing import Played, play
from planner.service.whatif.scenario import Capacity, Change, Filings, Lists, RuleChange, Scenario, ScenarioFile
from planner.service.whatif.telling import comparison_json

FORMAT = "joint-inspection-causes/1"
LETTERS = 3
"""Agencies, those with most excess entries first, whose windows are played alone and who get a letter."""
GAP_PARAM = "gap_months"
WORDS: dict[Cause, tuple[str, str]] = {
    Cause.WINDOWS: ("备案期限错开", "filed windows do not meet"),
    Cause.MARKS: ("“不鼓励联合”的标注", "marks against joining"),
    Cause.GAPS: ("领域间隔和次数上限", "gaps and caps of domains"),
    Cause.CREWS: ("人手", "crews"),
    Cause.RULES: ("其他规则", "other rules"),
    Cause.FREE: ("方案本可更好，或另有代价", "the plan could be better, or it costs more elsewhere"),
}
LIFTED: dict[Cause, tuple[str, str]] = {
    Cause.WINDOWS: ("期限都放宽到整月", "all windows a whole month wide"),
    Cause.MARKS: ("不考虑标注", "the marks not respected"),
    Cause.GAPS: ("不考虑间隔", "the gaps not respected"),
    Cause.CREWS: ("每个主体多一个班组", "one more crew for each unit"),
}
RESPECTED = frozenset({Cause.MARKS, Cause.GAPS})
"""Causes whose gain is the price of respecting them: nobody is asked to remove them."""


def causes_json(base: Base, letters: int = LETTERS, told: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Return excess entries and left-out tasks by cause, each with what is certain of removing it, and letters.

    `letters` is how many agencies' windows are played alone. Raises InputError where the month has no plan.
    """
    planned, case = base.planned, base.side.case
    result = planned.result
    assert result.plan is not None
    excess = excess_entries(case, result.plan)
    out = Counter(cause_of(reason.rule) for reason in result.reasons)
    counts = Counter(one.cause for one in excess)
    rows = []
    for cause, (zh, en) in WORDS.items():
        if not counts[cause] and not out[cause]:
            continue
        gain = None
        if cause in LIFTED:
            told(LIFTED[cause][0])
            gain = _gain(play(base, _lifted(cause, case, planned)))
        row = {
            "cause": cause.value,
            "zh": zh,
            "en": en,
            "entries": counts[cause],
            "sites": len({one.site for one in excess if one.cause is cause}),
            "left_out": out[cause],
            "respected": cause in RESPECTED,
            "clauses": list(_clauses(cause, case, planned, excess)),
            "lifted": {"zh": LIFTED[cause][0], "en": LIFTED[cause][1]} if cause in LIFTED else None,
            "gain": gain,
        }
        rows.append({**row, "told": {"zh": _sentence(row, 0), "en": _sentence(row, 1)}})
    return {
        "format": FORMAT,
        "month": planned.month,
        "plan_hash": result.plan_hash,
        "entries": len(result.visits),
        "excess": len(excess),
        "left_out": sum(out.values()),
        "causes": rows,
        "letters": [_letter(base, *one, told) for one in _narrow(planned, case, excess)[:letters]],
    }


def _lifted(cause: Cause, case: Case, planned: Planned) -> Scenario:
    changes: Iterable[Change]
    if cause is Cause.WINDOWS:
        changes = [Change(filings=Filings(whole_month=True))]
    elif cause is Cause.MARKS:
        changes = [Change(lists=Lists(drop_not_to_join=True))]
    elif cause is Cause.CREWS:
        changes = [Change(capacity=Capacity(unit=unit.id, crews=1)) for unit in case.units]
    else:
        domains = [d for d in _domains(case) if planned.rulebook.number(GAP.id, GAP_PARAM, d)]
        changes = [Change(rule=RuleChange(id=GAP.id, param=GAP_PARAM, domain=d, value=0)) for d in domains]
    return Scenario(ScenarioFile(name=cause.value, title=LIFTED[cause][0], changes=tuple(changes)))


def _domains(case: Case) -> list[str]:
    return sorted({task.domain for task in case.tasks})


def _gain(played: Played) -> dict[str, Any] | None:
    """Return the effect on entries of the same service, and on left-out levels; None where nothing can be compared."""
    if played.comparison is None:
        return None
    told = comparison_json(played.comparison)
    same = told["same_service"]
    return {
        "entries": same["effect"] if same else None,
        "requirements": told["requirements"]["common"],
        "left_out": [{"level": row["level"], "effect": row["effect"]} for row in told["levels"][:-1]],
        "verdict": {"zh": told["verdict"]["zh"], "en": told["verdict"]["en"]},
    }


def _clauses(cause: Cause, case: Case, planned: Planned, excess: Iterable[Excess]) -> tuple[str, ...]:
    """Return the clauses of the cause's rule for the annexes of those whom it keeps apart."""
    rules = {Cause.WINDOWS: WINDOW, Cause.MARKS: NOT_TO_JOIN, Cause.GAPS: GAP, Cause.CREWS: CREWS}
    rule = rules[cause].id if cause in rules else None
    domains = sorted({case.tasks[t].domain for one in excess if one.cause is cause for t in (*one.tasks, *one.other)})
    found = (
        (clause for domain in domains or [""] for clause in planned.rulebook.clauses_for(rule, domain)) if rule else ()
    )
    return tuple(dict.fromkeys(found))


def _effect(gain: dict[str, Any] | None, n: int) -> str:
    effect = gain["entries"] if gain else None
    if effect is None:
        return ("没有可比的影响", "nothing can be compared")[n]
    return effect["text"] if n == 0 else f"{effect['low']} to {effect['high']} entries ({effect['word']})"


def _sentence(row: dict[str, Any], n: int) -> str:
    count = (
        f"{row['zh']}：{row['sites']} 户多进 {row['entries']} 次，{row['left_out']} 项未安排",
        f"{row['en']}: {row['entries']} entries more at {row['sites']} sites, {row['left_out']} tasks left out",
    )[n]
    if row["lifted"] is None:
        return count
    lifted = row["lifted"][("zh", "en")[n]]
    price = (
        ("遵守它的代价", "the price of respecting it")[n] if row["respected"] else ("可以换来", "what it would gain")[n]
    )
    effect = _effect(row["gain"], n)
    return (f"{count}；{price}：若{lifted}，同口径入企次数 {effect}", f"{count}; {price}: {lifted}, {effect}")[n]


def _narrow(planned: Planned, case: Case, excess: Iterable[Excess]) -> list[tuple[str, list[Excess], list[str]]]:
    """Return agencies with their excess entries for windows and the own filings that are narrower than the month.

    A window that comes from above or from the law is not the agency's to widen.
    """
    first, last = case.period
    narrow = {
        row.filing_id
        for row in planned.tables.filings
        if row.source == "own" and not row.unannounced and (row.window_from > first or row.window_to < last)
    }
    found: dict[str, list[Excess]] = defaultdict(list)
    filings: dict[str, set[str]] = defaultdict(set)
    for one in excess:
        if one.cause is not Cause.WINDOWS:
            continue
        mine = {t: narrow.intersection(case.tasks[t].filings) for t in (*one.tasks, *one.other)}
        for agency in {case.parents[int(case.parent_of[t])] for t, own in mine.items() if own}:
            found[agency].append(one)
            filings[agency] |= {
                f for t, own in mine.items() if case.parents[int(case.parent_of[t])] == agency for f in own
            }
    order = sorted(found, key=lambda agency: (-len(found[agency]), agency))
    return [(agency, found[agency], sorted(filings[agency])) for agency in order]


def _letter(
    base: Base, agency: str, excess: list[Excess], filings: list[str], told: Callable[[str], None]
) -> dict[str, Any]:
    """Return what an agency is told of its windows, with what is certain of widening these alone."""
    case, planned = base.side.case, base.planned
    name = planned.names.agency(agency)
    told(name)
    changes = tuple(Change(filings=Filings(filing=one, whole_month=True)) for one in filings)
    gain = _gain(play(base, Scenario(ScenarioFile(name=f"windows-{agency}", title=name, changes=changes))))
    own = [t for one in excess for t in (*one.tasks, *one.other) if case.parents[int(case.parent_of[t])] == agency]
    clauses = planned.rulebook.clauses_for(WINDOW.id, case.tasks[own[0]].domain)
    sites = len({one.site for one in excess})
    text = (
        f"{name}：{planned.month} 月度统筹中，贵单位的计划 {'、'.join(filings)} "
        "备案的检查期限短于整月，与其他部门的期限没有共同的检查日，"
        f"{sites} 户企业因此多进 {len(excess)} 次门。"
        f"如将这些计划的期限放宽到整月，同样的检查入企次数的变化：{_effect(gain, 0)}。"
        f"是否放宽由贵单位按本领域要求决定；放宽须修改备案（{'、'.join(clauses)}）。"
    )
    return {
        "agency": agency,
        "name": name,
        "filings": filings,
        "entries": len(excess),
        "sites": sites,
        "gain": gain,
        "clauses": list(clauses),
        "text": text,
    }
