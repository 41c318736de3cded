"""`plan.json`: the month as one file that another program can read and `verify` can hold against its source.

The decisions stand in it once, as task id → date ("later", "out"); visits, lists and figures are derived from them and
written out for readers. The file is for the bureau: its part `hidden` holds the unannounced checks, all else is as if
there were none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from planner.checks import check_plan
from planner.checks.duty import check_duty
from planner.checks.objective import objective_of
from planner.domain.case import Case, HalfRow, TaskInfo
from planner.domain.duty import NO_START, Cut, Duty, empty_duty, stays_of
from planner.domain.errors import InputError
from planner.domain.hashing import canonical_json, sha256_hex
from planner.domain.plan import LATER, Objective, Plan, Visit, visits_of
from planner.domain.result import Counterfactual, DayTests, Level, MonthResult, PriceList, Progress, Reason, Status
from planner.domain.roster import Roster
from planner.draw.chain import no_repeated_keys
from planner.draw.inspectors import TeamDraw
from planner.draw.record import record_to_json
from planner.draw.team_record import team_draw_to_json
from planner.explain.fire_alone import fire_alone
from planner.intake.tables.records import Tables
from planner.intake.words.held import held_json
from planner.report.figures.comparison import comparison_json
from planner.report.figures.kpis import Kpis, month_kpis
from planner.report.figures.summary import left_out_json, summary_json, visits_json
from planner.report.visits.months import months_of
from planner.report.visits.view import view_of
from planner.service.files.duty_part import duty_from, duty_json, names_json, revealed_from
from planner.service.files.exceptions_part import exceptions_json
from planner.service.files.given_part import given_from, given_json
from planner.service.files.hidden_part import hidden_days, hidden_json
from planner.service.month.looking import overflow_in
from planner.service.month.naming import sealed_hash
from planner.service.month.not_visited import with_not_visited
from planner.service.month.planning import (
    Planned,
    Tell,
    crew_seeds,
    days_of,
    days_text,
    plan_hash,
    prepare_tables,
    read_source,
    with_hidden,
)
from planner.solve.day.crew_names import man_month

FORMAT = "joint-inspection-plan/1"
NO_PLAN_FILE = "不是计划文件 / not a plan file"


class OtherSourceError(InputError):
    """The source does not give the case that was planned: it is another, or it or the rulebook has changed."""

    def __init__(self) -> None:
        super().__init__(
            "来源数据与计划不符：不是当时的数据，或数据、规则库已改动 / "
            "the source does not give the case that was planned: it is another one, or it or the rulebook has changed"
        )


def figures(planned: Planned) -> Kpis:
    """Return the month's figures as the bureau sees them."""
    prepared = planned.prepared
    kpis = month_kpis(
        planned.result, names=planned.names, summons=len(prepared.summons), off_site=len(prepared.off_site)
    )
    return replace(kpis, unannounced_visits=None)  # they stand beside the plan, and no figure of it counts them


def plan_document(planned: Planned, folder: Path | None = None) -> dict[str, Any]:
    """Return the file's content for a month that has a plan; `folder` is where the file will lie."""
    result, prepared, case = planned.result, planned.prepared, planned.result.case
    assert result.plan is not None
    assert result.objective is not None
    document: dict[str, Any] = {
        "format": FORMAT,
        "month": planned.month,
        "given": given_json(planned.given),
        "source": _source_name(planned.source, folder),
        "credits": planned.credits,
        "status": result.status.value,
        "seed": result.seed,
        "settings": result.settings,
        "rulebook_version": case.rulebook_version,
        "case_hash": case.content_hash(),
        "plan_hash": result.plan_hash,
        "held": held_json(result.findings),
        "draws": {"file": result.draws_file, "sha256": draws_hash(planned)},
        "crews": {"file": result.crews_file, "sha256": crews_hash(planned)},
        "timetable_hash": sealed_hash(result),
        "names": names_json(planned.revealed),
        "duty_hash": result.duty_hash,
        "duty": duty_json(result),
        "repeatable": result.repeatable,
        "notes": list(result.notes),
        "plan": dict(zip((t.id for t in case.tasks), days_text(case, result.plan.day), strict=True)),
        "objective": asdict(result.objective),
        "levels": [asdict(level) for level in result.levels],
        "day_levels": [asdict(level) for level in result.day_levels],
        "cuts": [{**asdict(cut), "row": asdict(case.rows[cut.row])} for cut in result.cuts],
        "certificates": [price_list_json(c) for c in result.certificates],
        "common_limit": price_list_json(result.common_limit) if result.common_limit else None,
        "matched": asdict(result.matched) if result.matched else None,
        "day_tests": asdict(result.day_tests) if result.day_tests else None,
        "counterfactuals": [{**asdict(c), "day": days_text(case, c.day)} for c in result.counterfactuals],
        "comparison": comparison_json(result, figures(planned)),
        "reasons": [{**asdict(r), "task": case.tasks[r.task].id} for r in result.reasons],
        "progress": [asdict(step) for step in result.progress],
        "seconds": result.seconds,
        "summary": summary_json(result, figures(planned), planned.names),
        "months": [asdict(month) for month in months_of(view_of(result))] if result.duty is None else None,
        "visits": visits_json(result, names=planned.names),
        "left_out": left_out_json(result, names=planned.names),
        "deferred": [_task_json(t) for t, d in zip(case.tasks, result.plan.day.tolist(), strict=True) if d == LATER],
        "deferred_elsewhere": [_task_json(task) for task in prepared.deferred],
        "off_site": [_task_json(task) for task in prepared.off_site],
        "summons": [_task_json(task) for task in prepared.summons],
        "hidden": hidden_json(planned),
        "fire_alone": [
            {**asdict(row), "site": case.sites[row.site].id, "day": case.days[row.day].isoformat()}
            for row in fire_alone(case, result.plan)
        ],
        "not_visited": [asdict(row) for row in result.not_visited],
        "exceptions": exceptions_json(planned),
    }
    plain: dict[str, Any] = json.loads(canonical_json(document))
    return {**plain, "sha256": seal_of(plain)}


def as_text(document: Mapping[str, Any]) -> str:
    """Return the document as JSON, a line to each of its parts."""
    lines = (f"{json.dumps(key)}: {json.dumps(part, ensure_ascii=False)}" for key, part in document.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def seal_of(document: Mapping[str, Any]) -> str:
    """Return the hash of all of the document but its own seal."""
    return sha256_hex({key: value for key, value in document.items() if key != "sha256"})


def draws_hash(planned: Planned) -> str:
    """Return the hash of the month's draws as their file records them, "" where there were none."""
    draws = sorted(planned.prepared.draws, key=lambda record: record.request.draw_id)
    return sha256_hex([record_to_json(record) for record in draws]) if draws else ""


def crews_hash(planned: Planned) -> str:
    """Return the hash of the month's draws of inspectors as their file records them, "" where there were none."""
    return sha256_hex([team_draw_to_json(draw) for draw in planned.team_draws]) if planned.team_draws else ""


def read_document(path: Path) -> dict[str, Any]:
    """Return the content of a plan file, unchecked. Raises InputError where it is missing or no plan file."""
    try:
        value = json.loads(path.read_bytes(), object_pairs_hook=no_repeated_keys)
    except OSError as error:
        raise InputError(f"{path.name}: {error.strerror}") from error
    except (ValueError, RecursionError):
        raise InputError(f"{path.name}: {NO_PLAN_FILE}") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise InputError(f"{path.name}: {NO_PLAN_FILE}")
    return value


def is_plan_file(path: Path) -> bool:
    """Return whether the file says that it is a plan. Raises InputError where it is missing or no JSON object."""
    try:
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"读不出 {path}，请核对路径 / cannot read it: {error.strerror}") from error
    except (ValueError, RecursionError):
        raise InputError(f"{path.name}: 不是 JSON 文件 / not a JSON file") from None
    return isinstance(value, dict) and value.get("format") == FORMAT


def source_of(path: Path, document: Mapping[str, Any]) -> Path:
    """Return where the plan's source lies if it still lies where it did. Raises InputError where it does not."""
    name = str(document.get("source", ""))
    found = path.parent / name
    if not name or not found.exists():
        raise InputError("请用 --case 指明计划所依据的来源数据 / name the plan's source with --case")
    return found


def restore_plan(path: Path, source: Path | None = None, tell: Tell | None = None) -> Planned:
    """Return the month of a plan file without solving: the source is screened anew, the decisions are the file's.

    `source` None looks where the file says. Violations are counted anew, nothing else is checked: `verify_plan` does
    that. Raises InputError where the file is no plan file or the source does not give the case that was planned.
    """
    document = read_document(path)
    try:
        return restore(document, source or source_of(path, document), tell)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path.name}: {NO_PLAN_FILE} ({error!r})") from error


def restore(document: Mapping[str, Any], source: Path, tell: Tell | None = None) -> Planned:
    """Return the month of a plan document, objective, visits and violations computed anew.

    Raises OtherSourceError where the source does not give the planned case or other tasks than the plan's, KeyError,
    TypeError or ValueError where the document is not in form.
    """
    tables = read_source(source, tell)
    return restore_tables(document, tables, source, tell)


def restore_tables(
    document: Mapping[str, Any], tables: Tables, source: Path = Path(), tell: Tell | None = None
) -> Planned:
    """Return the month of a plan document whose source is already read; else as `restore`."""
    given = given_from(document.get("given"))
    prepared, rulebook, _ = prepare_tables(tables, document["month"], document["seed"], tell, given)
    case, roster = prepared.case, prepared.roster
    if case is None or case.content_hash() != document["case_hash"]:
        raise OtherSourceError
    decided = document["plan"]
    if decided.keys() != {task.id for task in case.tasks}:
        raise OtherSourceError
    index = {task.id: n for n, task in enumerate(case.tasks)}
    plan = Plan(days_of(case, [decided[task.id] for task in case.tasks]))
    visits = tuple(visits_of(case, plan))
    revealed = revealed_from(document.get("names"))
    named = revealed is not None or "names" not in document  # every plan of before named its people
    seeds = crew_seeds(document["seed"], given, revealed)
    draws: tuple[TeamDraw, ...] = ()
    settings = {**{k: v for k, v in document["settings"].items() if k.startswith("work.")}, **prepared.settings}
    fixed_hash = plan_hash(case, plan, settings)
    stays = stays_of(case, visits)
    violations, duty = check_plan(case, plan, rulebook), None
    if roster is not None:  # a year has no times
        try:
            duty = duty_from(document["duty"], case, visits, roster)
        except (KeyError, ValueError):
            # Starts and teams of other visits than the plan's: nobody goes, and the checks say so.
            duty = empty_duty(len(visits), len(stays))
        if (duty.start != NO_START).all():
            manned = man_month(case, roster, visits, stays, duty.start, duty.crew, seeds, fixed_hash)
            if not named:
                duty = manned.duty  # that its days can be manned is tried again
            elif revealed is not None:
                draws = manned.draws
        violations = *violations, *check_duty(case, roster, visits, duty, rulebook)
    rows = {(row.unit, row.skill): n for n, row in enumerate(case.rows)}
    result = MonthResult(
        case=case,
        plan=plan,
        status=Status(document["status"]),
        objective=objective_of(case, plan),
        levels=tuple(Level(**level) for level in document["levels"]),
        certificates=tuple(price_list_from(c, case.n_days) for c in document["certificates"]),
        visits=visits,
        reasons=tuple(_reason(r, index) for r in document["reasons"]),
        counterfactuals=tuple(
            Counterfactual(**{**c, "day": days_of(case, c["day"])}) for c in document["counterfactuals"]
        ),
        violations=len(violations),
        findings=prepared.findings,
        progress=tuple(Progress(**step) for step in document["progress"]),
        seconds=dict(document["seconds"]),
        seed=document["seed"],
        settings=settings,
        plan_hash=fixed_hash,
        repeatable=document["repeatable"],
        draws_file=document["draws"]["file"],
        crews_file=document["crews"]["file"],
        duty_hash=_duty_hash(case, visits, duty, roster, named=named),
        named=named,
        roster=roster,
        duty=duty,
        day_levels=tuple(Level(**level) for level in document["day_levels"]),
        cuts=tuple(
            Cut(**{**cut, "row": rows[cut["row"]["unit"], cut["row"]["skill"]], "visits": tuple(cut["visits"])})
            for cut in document["cuts"]
        ),
        notes=tuple(document["notes"]),
        matched=_objective(document.get("matched")),
        common_limit=price_list_from(document["common_limit"], case.n_days) if document.get("common_limit") else None,
        day_tests=DayTests(**document["day_tests"]) if document.get("day_tests") else None,
    )
    result = replace(result, look_ahead=prepared.look_ahead, overflow=overflow_in(result, prepared))
    result = with_not_visited(result, prepared, tables, rulebook)
    found = Planned(result, prepared, tables, rulebook, document["month"], source, document["credits"], draws, given)
    found = replace(found, revealed=revealed)
    return with_hidden(found, hidden_days(document.get("hidden")), settled=True)


def _duty_hash(case: Case, visits: Sequence[Visit], duty: Duty | None, roster: Roster | None, *, named: bool) -> str:
    if duty is None or roster is None:
        return ""
    return (duty if named else duty.unnamed()).hash(case, visits, [person.id for person in roster.inspectors])


def _source_name(source: Path, folder: Path | None) -> str:
    """Return the way from the file to its source where that lies beside or below it, else the source's bare name."""
    if folder is not None:
        way = Path(os.path.relpath(source.resolve(), folder.resolve()))
        if way.parts.count("..") <= 1:
            return way.as_posix()
    return source.name


def _objective(value: Mapping[str, Any] | None) -> Objective | None:
    """Return what the match reached, None where the file does not tell it on all of today's levels."""
    return (
        None
        if value is None or "fire_alone" not in value
        else Objective(**{**value, "left_out": tuple(value["left_out"])})
    )


def price_list_json(certificate: PriceList) -> dict[str, Any]:
    """Return a price list as the file has it; half-days and what stopped it stand there only where there is such."""
    plain = {**asdict(certificate), "prices": certificate.prices.tolist()}
    return {key: part for key, part in plain.items() if part or key not in ("half_rows", "stopped")}


def price_list_from(value: Mapping[str, Any], n_days: int) -> PriceList:
    """Return the price list that a file's part says; `n_days` are those of the case."""
    prices = np.array(value["prices"], dtype=np.int64)
    if not len(prices):
        prices = prices.reshape(0, n_days)  # a month without tasks has no units
    return PriceList(
        level=value["level"],
        scale=value["scale"],
        prices=prices,
        multipliers=tuple(value["multipliers"]),
        achieved=tuple(value["achieved"]),
        bound=value["bound"],
        half_rows=tuple(
            HalfRow(**{**row, "weights": tuple(row["weights"]), "tasks": tuple(row.get("tasks", ()))})
            for row in value.get("half_rows", ())
        ),
        stopped=value.get("stopped", ""),
    )


def _reason(value: Mapping[str, Any], index: Mapping[str, int]) -> Reason:
    blocked = tuple((int(day), str(rule), str(subject)) for day, rule, subject in value["blocked"])
    return Reason(**{**value, "task": index[value["task"]], "clauses": tuple(value["clauses"]), "blocked": blocked})


def _task_json(task: TaskInfo) -> dict[str, Any]:
    until: date | None = task.waits_until
    return {
        "task": task.id,
        "site": task.site,
        "unit": task.unit,
        "items": list(task.items),
        "window": [day.isoformat() for day in task.window],
        "waits_until": until.isoformat() if until else None,
        "clauses": list(task.clauses),
    }
