"""What a played scenario comes to, as one document: effects, figures, who gains or loses, what moved, what was changed.

The document holds all that a checker needs to work it out again from base and change file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from planner.checks.effects import Interval
from planner.domain.case import Case, IntArray
from planner.domain.plan import LATER, LEFT_OUT, Plan, visits_of
from planner.domain.result import DECISIVE_LEVELS
from planner.explain.effects.compare import Comparison, SameService, Side
from planner.service.files.plan_file import price_list_json
from planner.service.month.planning import Planned, days_text
from planner.service.whatif.base import inputs_of
from planner.service.whatif.changes import input_diff
from planner.service.whatif.playing import Played, loads, moved_tasks
from planner.service.whatif.words import NOT_COMPARABLE, WORDS, of_effect, of_verdict, of_whole

FORMAT = "joint-inspection-whatif/1"
MOST_TOLD = 200
"""Sites and visits listed by name at most; counts are of all."""


def played_json(planned: Planned, played: Played) -> dict[str, Any]:
    """Return the document of one scenario played from a plan. Shapes of its parts: `docs/使用说明.md`."""
    file = played.scenario.file
    document: dict[str, Any] = {
        "format": FORMAT,
        "scenario": {
            "name": played.scenario.name,
            "title": file.title,
            "argues": file.argues,
            "file": file.model_dump(mode="json", by_alias=True),
            "point": dict(played.scenario.point),
            "draw": played.scenario.draw,
        },
        "base": {
            "month": planned.month,
            "case_hash": planned.result.case.content_hash(),
            "plan_hash": planned.result.plan_hash,
        },
        "depth": played.depth.value,
        "status": played.status.value,
        "plan_hash": played.hash,
        "reason": played.reason,
        "reason_zh": NOT_COMPARABLE.get(played.reason, ("", ""))[0],
        "touched": [
            {"change": n, "kind": one.kind, "rows": dict(one.rows)}
            for n, one in enumerate(played.applied.touched, start=1)
        ],
        "findings": [
            f"第 {n} 项改动（{one.kind}）没有改动任何数据 / change {n} ({one.kind}) touches nothing"
            for n, one in played.nothing
        ],
        "new_errors": played.new_errors,
        "input_diff": input_diff(inputs_of(planned), played.applied.inputs),
        "seconds": played.seconds,
    }
    if played.comparison is not None and played.side is not None:
        document |= {"case_hash": played.side.case.content_hash(), **comparison_json(played.comparison)}
        document["repair"] = {"moved_tasks": played.moved, "touched_sites": played.touched_sites}
    return document


def comparison_json(found: Comparison) -> dict[str, Any]:
    """Return the parts of the document that compare two plans."""
    before, after, same = found.before, found.after, found.same
    return {
        "walked": [before.walked, after.walked],
        "tasks": _tasks(found),
        "requirements": {
            "common": len(found.service.requirements),
            "before": int(before.case.n_tasks - found.service.before.sum()),
            "after": int(after.case.n_tasks - found.service.after.sum()),
        },
        "comparable": same is not None,
        "not_comparable": found.reason,
        "not_comparable_zh": NOT_COMPARABLE.get(found.reason, ("", ""))[0],
        "same_service": None if same is None else _same(same),
        "work": {"gone": _interval(found.gone), "added": _interval(found.added)},
        "levels": [
            {
                "level": name,
                "before": _level(before, name),
                "after": _level(after, name),
                "effect": _interval(effect),
            }
            for name, effect in zip(DECISIVE_LEVELS, found.levels, strict=True)
        ],
        "verdict": {**asdict(found.verdict), "zh": of_verdict(found.verdict), "en": of_verdict(found.verdict, "en")},
        "left_out_in_old_weights": found.weighed,
        "figures": [
            {"figure": name, "before": old, "after": new, "difference": _less(new, old)}
            for (name, old), new in zip(measured(before).items(), measured(after).values(), strict=True)
        ],
        "gains": gains(found),
        "moved": moved(found),
        "certificates": [price_list_json(one) for one in after.lists],
        "plan": dict(zip((t.id for t in after.case.tasks), days_text(after.case, after.day), strict=True)),
    }


def measured(side: Side) -> dict[str, int | float]:
    """Return figures of a plan that are counted, not proven."""
    case, plan = side.case, Plan(side.day)
    objective, visits = side.objective, visits_of(side.case, Plan(side.day))
    joint = sum(visit.joint for visit in visits)
    out = np.flatnonzero((plan.day == LEFT_OUT) & ~case.columns.follows_fire)
    by_strength = np.bincount(case.columns.strength[out], minlength=3).tolist()
    return {
        "tasks": case.n_tasks,
        "done": int((plan.day >= 0).sum()),
        "waiting": int((plan.day == LATER).sum()),
        "left_out_tasks": len(out),
        "left_out_mandatory": by_strength[0],
        "left_out_accepted": by_strength[1],
        "left_out_optional": by_strength[2],
        "entries": objective.entries,
        "later_entries": objective.later_entries,
        "joint_visits": joint,
        "joint_share": round(joint / len(visits), 4) if visits else 0.0,
        "disturbance": objective.disturbance,
        "worst_site": objective.worst_site,
        "crew_quarters": sum(loads(side).values()),
    }


def gains(found: Comparison) -> dict[str, Any]:
    """Return who is entered less or more: in these plans, and surely, in every plan as good on the same service."""
    old, new = _entries_of(found.before), _entries_of(found.after)
    names = {site.id: site for case in (found.before.case, found.after.case) for site in case.sites}
    change = {s: new.get(s, 0) - old.get(s, 0) for s in names}
    told = sorted((s for s, n in change.items() if n), key=lambda s: (-abs(change[s]), s))
    surely = _surely(found)
    return {
        "histogram": {str(n): sum(v == n for v in change.values()) for n in sorted(set(change.values()))},
        "sites": [
            {"site": s, "name": names[s].name, "town": names[s].town, "industry": names[s].industry,
             "before": old.get(s, 0), "after": new.get(s, 0)}
            for s in told[:MOST_TOLD]
        ],
        "sites_in_all": len(told),
        "towns": _by(change, {s: site.town for s, site in names.items()}),
        "industries": _by(change, {s: site.industry for s, site in names.items()}),
        "agencies": _agencies(found),
        "surely": surely,
    }  # fmt: skip


def _surely(found: Comparison) -> dict[str, Any] | None:
    """Return the sites that gain or lose whichever plan as good is taken, and the towns' ranges; None where unknown."""
    if found.same is None:
        return None
    sides = (found.same.before.case, found.same.after.case)
    index = [{site.id: n for n, site in enumerate(case.sites)} for case in sides]
    both = sorted(set(index[0]) & set(index[1]))
    ranges = [
        {s: (int(r.low[i[s]]), int(r.high[i[s]])) for s in both} for r, i in zip(found.same.ranges, index, strict=True)
    ]
    towns: dict[str, list[str]] = defaultdict(list)
    for s in both:
        towns[sides[0].sites[index[0][s]].town].append(s)
    groups = []
    for town, sites in sorted(towns.items()):
        old, new = (
            r.of_group(np.array([i[s] for s in sites], dtype=np.int64))
            for r, i in zip(found.same.ranges, index, strict=True)
        )
        groups.append(
            {"town": town, "before": old, "after": new, "effect": _interval(Interval(new[0] - old[1], new[1] - old[0]))}
        )
    return {
        "gain": [s for s in both if ranges[1][s][1] < ranges[0][s][0]],
        "lose": [s for s in both if ranges[1][s][0] > ranges[0][s][1]],
        "towns": groups,
    }


def moved(found: Comparison) -> dict[str, Any]:
    """Return which visits are new, gone, or in other company; a visit is a site on a date."""
    old, new = (_company(side) for side in (found.before, found.after))
    fresh, gone = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
    other = sorted(key for key in old.keys() & new.keys() if old[key] != new[key])
    parts = {"new": fresh, "gone": gone, "other_company": other}
    return {
        "tasks": moved_tasks(found),
        **{name: len(keys) for name, keys in parts.items()},
        "visits": {name: [list(key) for key in keys[:MOST_TOLD]] for name, keys in parts.items()},
    }


def _same(same: SameService) -> dict[str, Any]:
    return {
        "before": list(same.before.held),
        "after": list(same.after.held),
        "effect": _interval(same.effect),
        "cut": same.cut,
        "whole": list(same.whole),
        "holds_for": of_whole(same.whole),
        "certificates": [price_list_json(served.certificate) for served in (same.before, same.after)],
        "days": [
            dict(zip((t.id for t in served.case.tasks), days_text(served.case, served.day), strict=True))
            for served in (same.before, same.after)
        ],
    }


def _tasks(found: Comparison) -> dict[str, int]:
    links = found.links
    return {
        "before": found.before.case.n_tasks,
        "after": found.after.case.n_tasks,
        "gone": sum(not one.after for one in links),
        "new": sum(not one.before for one in links),
        "renamed": sum(bool(one.before and one.after) and _ids(found, one.before, one.after) for one in links),
    }


def _ids(found: Comparison, before: Sequence[int], after: Sequence[int]) -> bool:
    old, new = found.before.case.tasks, found.after.case.tasks
    return {old[t].id for t in before} != {new[t].id for t in after}


def _interval(interval: Interval | None) -> dict[str, Any] | None:
    if interval is None:
        return None
    word = interval.word
    return {
        "low": interval.low,
        "high": interval.high,
        "word": word.value,
        "zh": WORDS[word][0],
        "text": of_effect(interval),
    }


def _level(side: Side, name: str) -> dict[str, int]:
    held = side.held[DECISIVE_LEVELS.index(name)]
    return {"bound": held.low, "value": held.high}


def _less(new: float, old: float) -> float:
    return round(new - old, 4)


def _entries_of(side: Side) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for site, _ in _company(side):
        found[site] += 1
    return dict(found)


def _company(side: Side) -> dict[tuple[str, str], tuple[str, ...]]:
    case = side.case
    return {
        (case.sites[v.site].id, case.days[v.day].isoformat()): tuple(case.parents[p] for p in v.parents)
        for v in visits_of(case, Plan(side.day))
    }


def _by(change: Mapping[str, int], group: Mapping[str, str]) -> list[dict[str, Any]]:
    less: dict[str, int] = defaultdict(int)
    more: dict[str, int] = defaultdict(int)
    for site, n in change.items():
        less[group[site]] += max(0, -n)
        more[group[site]] += max(0, n)
    return [{"name": g, "fewer": less[g], "more": more[g], "net": more[g] - less[g]} for g in sorted({*less, *more})]


def _agencies(found: Comparison) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for word, side in (("before", found.before), ("after", found.after)):
        case = side.case
        for visit in visits_of(case, Plan(side.day)):
            for unit in visit.units:
                rows[case.units[unit].id][f"visits_{word}"] += 1
        for unit_id, quarters in loads(side).items():
            rows[unit_id][f"quarters_{word}"] += quarters
    keys = ("visits_before", "visits_after", "quarters_before", "quarters_after")
    return [{"unit": unit, **{key: rows[unit][key] for key in keys}} for unit in sorted(rows)]


def days_from(case: Case, texts: Mapping[str, str]) -> IntArray:
    """Return the days [T] that `days_text` wrote by task id. Raises KeyError where a task or a date is missing."""
    index = {day.isoformat(): n for n, day in enumerate(case.days)} | {"later": LATER, "out": LEFT_OUT}
    return np.array([index[texts[task.id]] for task in case.tasks], dtype=np.int64)
