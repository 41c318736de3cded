"""Checks what a scenario's document says, from the base and the change file in it. No solver takes part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from planner.checks import check_plan
from planner.checks.certificate import recompute_bound, verify_certificate
from planner.checks.effects import Held, Interval, difference, level_effects
from planner.checks.objective import objective_of
from planner.checks.same_service import Service, case_of_service, common_service, monotone
from planner.domain.case import Case, IntArray
from planner.domain.errors import CertificateError, InputError
from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.result import DECISIVE_LEVELS, LEVELS, PriceList
from planner.domain.roster import Roster
from planner.service.files.plan_file import price_list_from
from planner.service.month.planning import Planned
from planner.service.whatif.base import Base
from planner.service.whatif.changes import apply_changes
from planner.service.whatif.scenario import Scenario, ScenarioFile
from planner.service.whatif.telling import FORMAT, days_from

CUTS: dict[str, tuple[int | None, int | None]] = {
    "relaxed": (None, 0), "restricted": (0, None), "same": (0, 0), "": (None, None)
}  # fmt: skip
NO_DOCUMENT = "不是情景推演文件 / not a what-if document"


def verify_whatif(document: Mapping[str, Any], planned: Planned) -> list[str]:
    """Return what is wrong with a document, in both languages; [] where everything holds.

    `planned` is the base, restored from its own file and source. Raises InputError for something else than a document.
    """
    if document.get("format") != FORMAT:
        raise InputError(NO_DOCUMENT)
    try:
        return list(_problems(document, planned))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        return [f"内容缺项或写法不对 / something is missing or not in form: {error!r}"]


def _problems(document: Mapping[str, Any], planned: Planned) -> Iterator[str]:
    before = planned.result.case
    if document["base"]["case_hash"] != before.content_hash():
        yield "基准不是这份计划 / the base is another plan"
        return
    if document["base"]["plan_hash"] != planned.result.plan_hash:
        yield "基准方案不符 / the base's plan differs"
        return
    told = document["scenario"]
    scenario = Scenario(ScenarioFile.model_validate(told["file"]), tuple(told["point"].items()), told["draw"])
    base = Base(planned)
    applied = apply_changes(base.inputs, scenario)
    prepared = base.prepare_anew(applied.inputs)
    if [dict(one.rows) for one in applied.touched] != [one["rows"] for one in document["touched"]]:
        yield "改动涉及的行数不符 / the rows touched differ"
    if document.get("case_hash") is None:
        return
    after = prepared.case
    assert planned.result.plan is not None
    if after is None or after.content_hash() != document["case_hash"]:
        yield "改动得不出所推演的数据 / the changes do not give the case that was played"
        return
    days = planned.result.plan.day, days_from(after, document["plan"])
    broken = check_plan(after, Plan(days[1]))
    if broken:
        yield f"情景方案违反规则 / the scenario's plan breaks a rule: {broken[0].rule} {broken[0].subjects}"
        return
    yield from _levels(document, planned, after, prepared.roster, Plan(days[1]))
    service = common_service(before, after, days)
    if len(service.requirements) != document["requirements"]["common"]:
        yield "共同口径不符 / the common requirements differ"
    if document["comparable"]:
        yield from _same(document["same_service"], (before, after), service, days, document["walked"])


def _levels(
    document: Mapping[str, Any], planned: Planned, after: Case, roster: Roster | None, plan: Plan
) -> Iterator[str]:
    """Hold values, bounds and intervals of the levels against plan and price lists; the base's are verified with it."""
    values = objective_of(after, plan).key()
    lists = {one["level"]: price_list_from(one, after.n_days) for one in document["certificates"]}
    base = {level.name: Held(level.bound_certified or 0, level.value) for level in planned.result.levels}
    held = []
    for n, name in enumerate(DECISIVE_LEVELS):
        row, one = document["levels"][n], lists[name]
        try:
            verify_certificate(after, one, values[: len(LEVELS)], roster)
        except CertificateError as error:
            yield f"价目表证明不了所称的下限 / a price list does not prove its bound: {name}: {error}"
        held.append(Held(one.bound, values[n]))
        if (row["after"]["bound"], row["after"]["value"]) != held[n] or tuple(row["before"].values()) != base[name]:
            yield f"分级的取值或下限不符 / a level's value or bound differs: {name}"
    effects = level_effects([base[name] for name in DECISIVE_LEVELS], held)
    for row, effect in zip(document["levels"], effects, strict=True):
        if not _is_told(row["effect"], effect):
            yield f"影响区间不符 / the interval differs: {row['level']}"


def _same(
    told: Mapping[str, Any], cases: tuple[Case, Case], service: Service, days: tuple[IntArray, IntArray],
    walked: Sequence[bool],
) -> Iterator[str]:  # fmt: skip
    """Hold the effect on the same service against the cases of it alone: lawful plans, bounds, intervals.

    Whether starts and people were found for a plan is what `planner verify` tells of the plan's own file.
    """
    held, parts = list[Held](), list[Case]()
    for case, chosen, texts, plain in zip(
        cases, (service.before, service.after), told["days"], told["certificates"], strict=True
    ):
        part = case_of_service(case, chosen)
        day, one = days_from(part, texts), price_list_from(plain, case.n_days)
        if (day == LEFT_OUT).any() or check_plan(part, Plan(day)):
            yield "共同部分的方案不合法 / the plan of the same service is not lawful"
            return
        if not _proves(part, one):
            yield "共同部分的价目表证明不了所称的下限 / the same service's price list does not prove its bound"
            return
        held.append(Held(one.bound, objective_of(part, Plan(day)).all_entries))
        parts.append(part)
    if [list(h) for h in held] != [told["before"], told["after"]]:
        yield "共同部分的取值不符 / values of the same service differ"
    cuts = zip(parts, days, (service.before, service.after), strict=True)
    own = [objective_of(p, Plan(d[c])).all_entries for p, d, c in cuts]
    whole = [held[1].low - own[0] if walked[0] else None, own[1] - held[0].low if walked[1] else None]
    if told["whole"] != whole:
        yield "连同排时派员的区间不符 / the interval with starts and people differs"
    effect = difference(*held).cut(*CUTS[monotone(*parts)])
    if not _is_told(told["effect"], effect):
        yield "同口径影响区间不符 / the interval on the same service differs"


def _proves(part: Case, one: PriceList) -> bool:
    """Return whether a list proves its bound of entries among plans that leave nothing out."""
    if one.level != "entries" or any(one.achieved):
        return False
    try:
        return recompute_bound(part, one) >= one.bound
    except CertificateError:
        return False


def _is_told(told: Mapping[str, Any] | None, effect: Interval | None) -> bool:
    if told is None or effect is None:
        return told is None and effect is None
    return (told["low"], told["high"], told["word"]) == (effect.low, effect.high, effect.word.value)
