"""Checks a plan file against its source: every date, figure, bound, price and draw in it is worked out again.

No solver takes part. What cannot be worked out again (the solver's own bound, how long a run took) is named as such.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from planner.checks import check_plan
from planner.checks.certificate import gentlest_patterns, verify_certificate, worst_site_bound
from planner.checks.common import case_of_common, entries_met, joint_visits_met
from planner.checks.duty import check_duty
from planner.checks.duty_objective import duty_objective, workload_bound
from planner.checks.objective import entry_counts, objective_of
from planner.domain.case import Case
from planner.domain.errors import CertificateError
from planner.domain.finding import Severity
from planner.domain.hashing import canonical_json
from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.result import DAY_LEVELS, DECISIVE_LEVELS, LEVELS, Counterfactual, Level, MonthResult, Status
from planner.draw.record import read_draws, record_to_json, verify_draws
from planner.draw.team_record import read_team_draws, team_draw_to_json, verify_team_draws
from planner.explain.counterfactuals import compared_tasks
from planner.intake.make.given import DrawnTeam
from planner.intake.tables.records import Tables
from planner.intake.words.held import held_count, held_findings, held_places, stops_publishing
from planner.law.violation import Violation
from planner.report.words.texts import Lang, level_name
from planner.service.files.duty_part import duty_json
from planner.service.files.given_part import given_from
from planner.service.files.plan_file import (
    OtherSourceError,
    plan_document,
    read_document,
    restore,
    restore_tables,
    seal_of,
    source_of,
)
from planner.service.month.planning import Planned, Step, Tell
from planner.service.month.recorded import sites_by_filing, unannounced_visits, unpublishable, visited_filings

TEXTS: dict[str, tuple[str, str]] = {
    "seal": ("封签不符：文件写成后被改动", "the seal differs: the file was changed after it was written"),
    "form": ("内容缺项或写法不对", "something is missing or not in form"),
    "case": (
        "来源数据与计划不符：不是当时的数据，或数据、规则库、任务已改动",
        "the source does not give the tasks that were planned: source, rulebook or tasks were changed",
    ),
    "violation": ("方案违反规则", "the plan breaks a rule"),
    "differs": ("与由数据和日期重新算出的不符", "differs from what source and dates come to"),
    "level": ("分级的取值、差距或证明不符", "a level's value, gap or proof does not hold"),
    "status": ("结果状态与各级差距不符", "the status does not follow from the levels"),
    "certificate": ("价目表证明不了所称的下限", "a price list does not prove its bound"),
    "counterfactual": ("对照方案的次数与其日期不符", "a counterfactual's counts are not what its dates come to"),
    "draws": ("抽取记录有误", "the draws do not replay"),
    "draws-missing": ("方案旁没有抽取记录文件", "the draws file does not lie beside the plan"),
    "draws-other": ("抽取记录不是这份方案的", "the draws file is not this plan's"),
    "teams": ("检查人员与重放的抽取不符", "the inspectors are not those that the replayed draws name"),
    "before-other": (
        "留任人员与上一版抽定的不符",
        "the inspectors who stay are not those whom the version before had drawn",
    ),
    "before": (
        "提示：有人员留任，请用 --before 给出上一版计划以核对",
        "notice: inspectors stay from the version before: give it with --before to hold them against it",
    ),
    "solver-word": (
        "提示：求解器下限无法复算，以可复算下限为准",
        "notice: the solver's own bound cannot be worked out again",
    ),
    "held": (
        "提示：有限制读不懂，已按最严处理，请更正来源数据",
        "notice: restrictions could not be read and bar as much as they can mean; correct the source",
    ),
    "unplaced": (
        "有限制看不出管谁或没有读入，更正来源数据之前不能公布",
        "restrictions name nobody or were not read: correct the source before the plan is published",
    ),
    "unfiled": (
        "提示：有计划还不得公布，按来源数据",
        "notice: by the source, filings must not be published yet",
    ),
    "unrepeatable": ("提示：提前停止的方案，重新运行未必相同", "notice: the run was stopped; another may differ"),
}
"""Code → what is wrong, in Chinese and English."""

MOST_NAMED = 5
"""So many filings are named in a notice."""
NOTICES = ("before", "held", "solver-word", "unfiled", "unrepeatable")

PARTS = (
    "plan_hash",
    "held",
    "rulebook_version",
    "settings",
    "objective",
    "summary",
    "comparison",
    "months",
    "visits",
    "left_out",
    "deferred",
    "deferred_elsewhere",
    "off_site",
    "summons",
    "not_visited",
    "exceptions",
    "fire_alone",
    "draws",
    "crews",
    "timetable_hash",
    "names",
    "duty",
    "duty_hash",
    "hidden",
)
"""Parts of the document that follow from source and decisions."""
NAMED_PARTS = (
    *("given", "names", "crews", "duty", "duty_hash", "day_levels", "summary", "comparison", "visits", "hidden"),
    "sha256",
)
"""Parts of the document that change when the inspectors are named."""
HIDDEN_PARTS = ("hidden",)
"""Those of them that are not everybody's to know."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that verification found; `detail` names where.

    What is `hidden` is wrong in the part of unannounced checks alone: all that is announced holds without it.
    """

    code: str
    detail: str = ""
    hidden: bool = False

    @property
    def severity(self) -> Severity:
        """INFO for a notice, ERROR for a failure."""
        return Severity.INFO if self.code in NOTICES else Severity.ERROR

    def text(self, lang: Lang = "zh") -> str:
        """Return the problem in words, `lang` "zh" or "en"."""
        words = TEXTS[self.code][0 if lang == "zh" else 1]
        detail = level_name(self.detail, lang) if self.detail in (*LEVELS, *DAY_LEVELS) else self.detail
        return f"{words}:{detail}" if detail else words


def verify_plan(
    path: Path,
    source: Path | None = None,
    tell: Tell | None = None,
    tables: Tables | None = None,
    before: Path | None = None,
    announced: bool = False,
) -> list[Problem]:
    """Return what is wrong with a plan file, notices among it (see `severity`); [] where everything holds.

    The source (None: where the file says; `tables` where it is read already, with what was found in reading it) is
    screened and drawn anew with the file's month and seed; then every rule is checked on the dates, and objective,
    levels, every price list in exact arithmetic, counterfactuals, lists and draws are compared. `before` is the file of
    the version before, from which drawn inspectors stay. `announced` leaves out what is unannounced: the answer is then
    everybody's to know. Raises InputError where a file or the source cannot be read.
    """
    return verified(path, source, tell, tables, before, announced)[0]


def verified(
    path: Path,
    source: Path | None = None,
    tell: Tell | None = None,
    tables: Tables | None = None,
    before: Path | None = None,
    announced: bool = False,
) -> tuple[list[Problem], Planned | None]:
    """Do as `verify_plan`; return the plan beside, as it was made again, None where it could not be."""
    say = tell or (lambda _: None)
    document = read_document(path)
    where = source or source_of(path, document)
    problems = [] if document.get("sha256") == seal_of(document) else [Problem("seal")]
    try:
        planned = restore(document, where, tell) if tables is None else restore_tables(document, tables, where, tell)
    except OtherSourceError:
        return [*problems, Problem("case")], None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [*problems, Problem("form", repr(error))], None
    result, case = planned.result, planned.result.case
    assert result.plan is not None
    say(Step("verify"))
    broken = check_plan(case, result.plan, planned.rulebook)
    if result.roster is not None and result.duty is not None:
        broken = *broken, *check_duty(case, result.roster, result.visits, result.duty, planned.rulebook)
    problems += [_violation(one, hidden=False) for one in broken]
    for beside, plan in () if announced else _months_beside(planned):
        problems += [_violation(one, hidden=True) for one in check_plan(beside, plan, planned.rulebook)]
    problems += _parts(document, planned, path.parent, HIDDEN_PARTS if announced else ())
    problems += _levels(result, say)
    problems += _day_levels(result) if result.duty is not None else ()
    problems += [Problem("counterfactual", c.name) for c in result.counterfactuals if not _counts_hold(result, c)]
    problems += _common_limit(result, say)
    problems += _draws(path, planned)
    problems += _crews(path, planned) if result.named else ()
    problems += _teams_before(planned, before)
    problems += _held(result)
    problems += () if announced else _unfiled(planned)
    if not result.repeatable:
        problems.append(Problem("unrepeatable"))
    return problems, planned


def named_problems(path: Path, draft: Mapping[str, Any], planned: Planned) -> list[Problem]:
    """Return what is wrong with the file of a sealed plan in which its inspectors are named.

    `draft` is its document as it was checked and sealed, `planned` the plan with the inspectors. Nothing but what the
    names change may differ; the teams have to be lawful, and those that the file of draws replays.
    """
    document, result = read_document(path), planned.result
    assert result.roster is not None
    assert result.duty is not None
    same = {part: canonical_json(draft.get(part)) for part in draft.keys() | document.keys() if part not in NAMED_PARTS}
    problems = [] if document.get("sha256") == seal_of(document) else [Problem("seal")]
    problems += [Problem("differs", part) for part in sorted(same) if canonical_json(document.get(part)) != same[part]]
    if replace(given_from(document["given"]), teams=()) != replace(given_from(draft["given"]), teams=()):
        problems.append(Problem("differs", "given"))
    broken = check_duty(result.case, result.roster, result.visits, result.duty, planned.rulebook)
    problems += [_violation(one, hidden=False) for one in broken]
    problems += _parts(document, planned, path.parent)
    problems += [*_day_levels(result), *_crews(path, planned)]
    return [one for one in problems if one.severity is Severity.ERROR and not one.hidden]


def _violation(one: Violation, *, hidden: bool) -> Problem:
    return Problem("violation", f"{one.rule} {' '.join(one.subjects)}: {one.message}", hidden)


def _months_beside(planned: Planned) -> Iterator[tuple[Case, Plan]]:
    """Yield the months with each agency's unannounced checks in them."""
    for month in planned.hidden.months.values() if planned.hidden else ():
        if month.plan is not None:
            yield month.case, month.plan


def _parts(
    document: Mapping[str, Any], planned: Planned, folder: Path, without: Collection[str] = ()
) -> Iterator[Problem]:
    again = plan_document(planned, folder)
    for part in PARTS:
        if part not in without and canonical_json(document.get(part)) != canonical_json(again[part]):
            yield Problem("differs", part, part in HIDDEN_PARTS)


def _levels(result: MonthResult, say: Tell) -> Iterator[Problem]:
    case, objective = result.case, result.objective
    assert objective is not None
    values = objective.key()
    names = (*LEVELS, "worst_site")
    if tuple(level.name for level in result.levels) != names:
        yield Problem("level", "names")
        return
    proven: dict[str, int] = {}
    for certificate in result.certificates:
        say(Step("verify", certificate.level))
        try:
            verify_certificate(case, certificate, values[: len(LEVELS)], result.roster)
        except CertificateError as error:
            yield Problem("certificate", f"{certificate.level}: {error}")
        else:
            proven[certificate.level] = certificate.bound
    say(Step("verify", "worst_site"))
    proven["worst_site"] = worst_site_bound(gentlest_patterns(case), values)
    for level, value in zip(result.levels, values, strict=True):
        if not _level_holds(level, value, proven.get(level.name)):
            yield Problem("level", level.name)
        if level.bound_solver is not None and level.bound_solver > (level.bound_certified or 0):
            yield Problem("solver-word", level.name)
    optimal = all(level.gap == 0 for level in result.levels if level.name in DECISIVE_LEVELS)
    optimal = optimal and (result.overflow is None or result.overflow.proven)
    if result.status is not (Status.OPTIMAL if optimal else Status.FEASIBLE):
        yield Problem("status", result.status.value)


def _day_levels(result: MonthResult) -> Iterator[Problem]:
    """Hold the levels of starts and teams against what the duty comes to; a solver's own bound is told as such."""
    case, roster, duty = result.case, result.roster, result.duty
    assert roster is not None
    assert duty is not None
    values = duty_objective(case, roster, result.visits, duty).key()
    if tuple(level.name for level in result.day_levels) != DAY_LEVELS:
        yield Problem("level", "names")
        return
    proven = {"workload": workload_bound(case, roster, result.visits)}
    for level, value in zip(result.day_levels, values, strict=True):
        if not _level_holds(level, value, proven.get(level.name)):
            yield Problem("level", level.name)
        if level.bound_solver is not None and level.bound_solver > (level.bound_certified or 0):
            yield Problem("solver-word", level.name)


def _level_holds(level: Level, value: int, proven: int | None) -> bool:
    """Return whether value, bounds, gap and proof of a level follow from one another and from what is proven."""
    bounds = [b for b in (level.bound_certified, level.bound_solver) if b is not None]
    best = max(bounds, default=None)
    gap = None if best is None else (value - best) / value if value else 0.0
    by = "certificate" if level.bound_certified == value else "solver" if level.bound_solver == value else ""
    certified = level.bound_certified is None or (proven is not None and level.bound_certified == proven)
    return certified and level.value == value and (best or 0) <= value and level.gap == gap and level.proven_by == by


def _counts_hold(result: MonthResult, other: Counterfactual) -> bool:
    """Return whether a counterfactual's counts are those of its dates, and a matched one itself keeps every rule."""
    case, plan = result.case, result.plan
    assert plan is not None
    served = compared_tasks(case, plan, result.counterfactuals) & (other.day >= 0)
    left_out = sum(
        day == LEFT_OUT and not task.follows_fire for task, day in zip(case.tasks, other.day.tolist(), strict=True)
    )
    by_agency = other.name == "alone"
    counted = (
        other.entries_common == entries_met(case, other.day, served, by_agency)
        and other.ours_common == entries_met(case, plan.day, served, False)
        and other.left_out == left_out
    )
    if by_agency:
        return counted and (other.bound is None or other.bound <= other.entries)
    theirs = Plan(other.day)
    entries = sum(entry_counts(case, theirs))
    joint = joint_visits_met(case, other.day, other.day >= 0, other.name == "filed")
    return counted and (other.entries, other.joint_visits) == (entries, joint) and not check_plan(case, theirs)


def _common_limit(result: MonthResult, say: Tell) -> Iterator[Problem]:
    """Hold the limit of the compared tasks against the case of these tasks alone."""
    certificate, case, plan = result.common_limit, result.case, result.plan
    assert plan is not None
    if certificate is None:
        return
    say(Step("verify", "common_limit"))
    served = compared_tasks(case, plan, result.counterfactuals)
    part = case_of_common(case, served)
    values = objective_of(part, Plan(plan.day[served])).key()
    try:
        if certificate.level != "entries":
            raise CertificateError(f"no limit of entries: {certificate.level}")
        verify_certificate(part, certificate, values)
    except CertificateError as error:
        yield Problem("certificate", f"common_limit: {error}")


def _held(result: MonthResult) -> Iterator[Problem]:
    """Yield how many restrictions could not be read, and which; those that nobody can place stop publishing."""
    found = held_findings(result.findings)
    stops = [one for one in found if one in stops_publishing(found)]
    for code, some in (("unplaced", stops), ("held", [one for one in found if one not in stops])):
        if some:
            yield Problem(code, f"{held_count(some)} 处（{held_places(some)}）")


def _unfiled(planned: Planned) -> Iterator[Problem]:
    """Yield the filings of the plan whose visits must not be published by the steps and codes in the source.

    Those of unannounced checks beside it are among them.
    """
    visited = [visited_filings(planned), sites_by_filing(unannounced_visits(planned))]
    found = [one for some in visited for one in unpublishable(planned.tables, planned.month, some)]
    if found:
        names = sorted({one.filing for one in found})
        more = f" 等 {len(names)} 份" if len(names) > MOST_NAMED else ""
        yield Problem("unfiled", "、".join(names[:MOST_NAMED]) + more)


def _crews(path: Path, planned: Planned) -> Iterator[Problem]:
    """Hold the draws of inspectors against their replay on this plan and timetable, and the teams against the draws."""
    result = planned.result
    assert result.roster is not None
    assert result.duty is not None
    file = path.parent / Path(result.crews_file).name
    if not file.is_file():
        yield Problem("draws-missing", file.name)
        return
    broken = [problem for problem in verify_team_draws(file) if problem.severity is Severity.ERROR]
    if broken:
        yield from (Problem("draws", problem.text()) for problem in broken)
        return
    replayed = [team_draw_to_json(draw) for draw in planned.team_draws]
    if [team_draw_to_json(draw) for draw in read_team_draws(file)] != replayed:
        yield Problem("draws-other", file.name)
    people = {
        (draw.request.unit, visit): sorted(team.inspectors)
        for draw in planned.team_draws
        for team in draw.teams
        for visit in team.visits
    }
    for row in duty_json(result):
        for stay in row["stays"]:
            if people.get((stay["unit"], row["visit"])) != sorted(stay["team"]):
                yield Problem("teams", f"{row['visit']} {stay['unit']}")


def _teams_before(planned: Planned, before: Path | None) -> Iterator[Problem]:
    """Hold the teams that the draw was to keep against those of the version before, where it is given."""
    if not planned.given.teams:
        return
    if before is None:
        yield Problem("before")
        return
    document = read_document(before)
    try:
        drawn = sorted(
            DrawnTeam(stay["unit"], row["visit"], tuple(sorted(stay["team"])))
            for row in document["duty"]
            for stay in row["stays"]
        )
        holds = document["sha256"] == seal_of(document) and document["month"] == planned.month
    except (KeyError, TypeError, ValueError):
        drawn, holds = [], False
    if not holds or drawn != sorted(planned.given.teams):
        yield Problem("before-other", before.name)


def _draws(path: Path, planned: Planned) -> Iterator[Problem]:
    file = path.parent / Path(planned.result.draws_file).name
    if not file.is_file():
        yield Problem("draws-missing", file.name)
        return
    broken = [problem for problem in verify_draws(file) if problem.severity is Severity.ERROR]
    if broken:
        yield from (Problem("draws", problem.text()) for problem in broken)
        return
    recorded = [record_to_json(record) for record in read_draws(file)]
    drawn = sorted(planned.prepared.draws, key=lambda record: record.request.draw_id)
    if recorded != [record_to_json(record) for record in drawn]:
        yield Problem("draws-other", file.name)
