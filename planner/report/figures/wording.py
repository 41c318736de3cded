"""What is said of a plan as a whole, the same in report, page and command line: status, proof, what is left out, and
what the later stages cost.
"""

from __future__ import annotations

from collections.abc import Iterable

from planner.domain.case import Strength
from planner.domain.result import DECISIVE_LEVELS, Level, MonthResult, Status
from planner.report.figures.before_after import BeforeAfter
from planner.report.figures.kpis import LeftOut
from planner.report.words.texts import Lang, level_name, text

_STRENGTH = {strength.name.lower(): f"strength_{strength.value}" for strength in Strength}


def _joined(parts: Iterable[str], lang: Lang) -> str:
    return ("；" if lang == "zh" else "; ").join(parts)


def strength_name(strength: str, lang: Lang = "zh") -> str:
    """Return "mandatory", "accepted" or "optional" in words."""
    return text(_STRENGTH[strength], lang)


def left_out_text(by_strength: Iterable[LeftOut], lang: Lang = "zh") -> str:
    """Return what is left out in tasks and, by strength, in tasks and points."""
    rows = list(by_strength)
    total = text("left_out_total", lang, tasks=f"{sum(row.tasks for row in rows):,}")
    parts = [
        text("left_out_part", lang, strength=strength_name(row.strength, lang), tasks=row.tasks, weight=row.weight)
        for row in rows
        if row.tasks
    ]
    return text("left_out_parts", lang, total=total, parts=_joined(parts, lang)) if parts else total


def left_out_short(by_strength: Iterable[LeftOut], lang: Lang = "zh") -> str:
    """Return what is left out as "tasks (points/points/points)", for columns whose head names the units."""
    rows = list(by_strength)
    weights = "/".join(f"{row.weight:,}" for row in rows)
    return text("left_out_short", lang, tasks=f"{sum(row.tasks for row in rows):,}", weights=weights)


def proof_text(level: Level, lang: Lang = "zh") -> str:
    """Return by whom a level is proven, that it is not and what stopped the search, or that there is no bound."""
    if level.gap is None:
        return text("proven_none", lang)
    if level.gap:
        told = text("proven_open", lang)
        return f"{told}{text(f'stopped_{level.stopped}', lang)}" if level.stopped else told
    return text(f"proven_{level.proven_by or 'open'}", lang)


def status_text(result: MonthResult, lang: Lang = "zh") -> str:
    """Return how the run ended; for a plan that is not proven optimal, on which levels and by how much."""
    if result.status is Status.OPTIMAL:
        return text("status_of_optimal", lang)
    if result.status is not Status.FEASIBLE:
        return text(f"status_{result.status.value}", lang)
    told = []
    for level in result.levels:
        if level.name in DECISIVE_LEVELS and level.gap != 0:
            known = [b for b in (level.bound_certified, level.bound_solver) if b is not None]
            values = {"level": level_name(level.name, lang), "value": f"{level.value:,}"}
            if known:
                told.append(text("status_open", lang, **values, bound=f"{max(known):,}"))
            else:
                told.append(text("status_open_none", lang, **values))
    return text("status_of_feasible", lang, open=_joined(told, lang) or "—")


def given_back_text(result: MonthResult, lang: Lang = "zh") -> str:
    """Return what the match came to and what the days that were given back cost; "" where it is not known."""
    before, after = result.matched, result.objective
    if before is None or after is None:
        return ""
    entries = {"before": f"{before.all_entries:,}", "after": f"{after.all_entries:,}"}
    if before == after and not result.cuts:
        return text("given_back_none", lang, **entries)
    weights = "/".join(f"{b - a:+,}" for a, b in zip(before.left_out, after.left_out, strict=True))
    days = len({(cut.row, cut.day) for cut in result.cuts})
    change = f"{after.all_entries - before.all_entries:+,}"
    if not days:
        return text("given_back_change", lang, **entries, entries=change, weights=weights)
    return text("given_back_days", lang, **entries, days=days, entries=change, weights=weights)


def day_tests_text(result: MonthResult, lang: Lang = "zh") -> str:
    """Return how many unit-days were tested and how many tests stayed open; "" where nobody counted."""
    tests = result.day_tests
    if tests is None:
        return ""
    counts = {"asked": tests.asked, "yes": tests.yes, "no": tests.no, "unknown": tests.unknown}
    return text("day_tests_value", lang, **{key: f"{count:,}" for key, count in counts.items()})


def comparison_notes(compared: BeforeAfter, lang: Lang = "zh") -> list[str]:
    """Return the sentences under the steps: what each counts, on which tasks, and what the limits say."""
    if not compared.rows:
        return []
    notes = []
    if compared.common_tasks is not None:
        counts = {"tasks": f"{compared.common_tasks:,}", "others": f"{compared.other_tasks or 0:,}"}
        notes.append(text("common_note", lang, **counts))
        notes += [text(f"{step}_note", lang) for step in ("chance", "filed") if compared.row(step)]
    ours = compared.row("ours")
    if compared.common_limit is not None and ours is not None and ours.entries_common is not None:
        values = {"bound": f"{compared.common_limit:,}", "value": f"{ours.entries_common:,}"}
        notes.append(text("common_limit_note", lang, **values))
    if compared.limit is None:
        return [*notes, text("limit_none", lang)]
    values = {"bound": f"{compared.limit.bound:,}", "value": f"{compared.limit.value:,}"}
    return [*notes, text("limit_note", lang, **values)]
