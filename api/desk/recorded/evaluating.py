"""The evaluation of a period: worked out by a run, kept, and read as each may know it.

It takes seconds to minutes, so nobody who opens the page waits for it. It is kept twice: for the bureau from all
results, for others from those that they may know (see `results`).
"""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select

from api.desk.published.kept_books import today
from api.desk.recorded.evaluation_models import BurdenedOut, ComparedOut, EvaluationOrder, EvaluationOut, FigureOut
from api.desk.recorded.results import names_of_sites, open_to_all
from api.problems import Problem
from api.rights import Who, own_agencies, parent_of
from api.store.database.engine import Tx
from api.store.database.schema import evaluations, library
from api.store.inputs.library import rows_of
from api.store.inputs.rows import decode
from planner.evaluation.document import Evaluation
from planner.intake.tables.records import Tables
from planner.rulebook.indicators import INDICATORS, VERSION
from planner.rulebook.offices import DOMAINS
from planner.rulebook.recording import FORBIDDEN, is_forbidden

WHOLE, OPEN = "whole", "open"
"""Whose results it was counted from: all, and those that others than the bureau may know."""
COUNTED = ("agencies", "sites", "grades", "filings", "results", "result_items", "baseline")
MOST_ROWS = 10_000_000


def period_of(first: date, last: date) -> str:
    """Return the calendar period from `first` to `last`: `2026`, `2026-H1`, `2026-Q2`, `2026-06`. Raises Problem."""
    whole = first.day == 1 and last.day == months.monthrange(last.year, last.month)[1] and first.year == last.year
    span = last.month - first.month + 1 if whole else 0
    year = f"{first.year:04d}"
    if span == 12:
        return year
    if span == 6 and first.month in (1, 7):
        return f"{year}-H{(first.month + 5) // 6}"
    if span == 3 and first.month % 3 == 1:
        return f"{year}-Q{(first.month + 2) // 3}"
    if span == 1:
        return f"{year}-{first.month:02d}"
    detail = "评估按自然年、半年、季度或月份统计，请把起止日期定为其首日和末日，如 2026-01-01 至 2026-06-30。"
    raise Problem(422, "period", detail, errors=[{"where": "from", "detail": f"{first} 至 {last} 不是其中之一"}])


def asked_of_run(order: EvaluationOrder) -> dict[str, Any]:
    """Return what a run is to work out, and the day on which it was asked for. Raises Problem."""
    return {"period": period_of(order.first, order.last), "base": order.base, "on": today().isoformat()}


def refuse_forbidden(figure: str | None) -> None:
    """Raise Problem 422 where a figure is asked for that must not exist, 404 where there is none of that name."""
    if figure is None:
        return
    if is_forbidden(figure):
        detail = f"“{figure}”统计处罚、案件或罚没，不得作为评估指标，本系统不统计。"
        raise Problem(422, "fig.forbidden", detail, clauses=FORBIDDEN)
    if figure not in {one.key for one in INDICATORS}:
        raise Problem(404, "not-found", f"没有指标 {figure}。可问：{'、'.join(one.key for one in INDICATORS)}。")


def worked_out(tx: Tx, period: str, base: int, audience: str, day: date) -> tuple[Evaluation, str]:
    """Return the evaluation for an audience as it may know it on a day, and the mark of what it was counted from.

    Raises as `evaluation_of`.
    """
    from planner.service import evaluation_of

    rows: dict[str, tuple[Any, ...]] = {}
    for kind in COUNTED:
        query = select(library.c.row, library.c.number).where(library.c.kind == kind, library.c.until.is_(None))
        if kind == "results":
            query = query.where(*_known(tx, audience, day))
        found = tx.connection.execution_options(yield_per=20_000).execute(query.order_by(library.c.key))
        rows[kind] = tuple(decode(kind, row, number) for row, number in found)
    kept = {row.result_id for row in rows["results"]}
    rows["result_items"] = tuple(line for line in rows["result_items"] if line.result_id in kept)
    return evaluation_of(Tables(source="library", **rows), period, base)[0], mark_of(tx, audience, day)


def _known(tx: Tx, audience: str, day: date) -> list[Any]:
    return open_to_all(tx, day) if audience == OPEN else []


def mark_of(tx: Tx, audience: str, day: date) -> str:
    """Return a mark of the results that the audience may know on a day, and of the bases.

    It says how many there are and which of them is newest.
    """
    found = []
    for kind in ("results", "baseline"):
        holds = [library.c.kind == kind, library.c.until.is_(None)]
        more = _known(tx, audience, day) if kind == "results" else []
        row = tx.rows(select(func.count().label("n"), func.max(library.c.since).label("s")).where(*holds, *more))[0]
        found.append(f"{row['n']}@{row['s'] or 0}")
    return "+".join(found)


def keep(tx: Tx, found: Evaluation, audience: str, mark: str, who: str) -> None:
    """Keep an evaluation in place of that of the same period, base and audience."""
    key = {"period": found.period, "base": found.base, "audience": audience}
    tx.run(delete(evaluations).where(*(evaluations.c[name] == value for name, value in key.items())))
    names = {one.key: one for one in INDICATORS}
    document = {
        "from": found.bounds[0].isoformat(),
        "to": found.bounds[1].isoformat(),
        "formulas": str(VERSION),
        "checks": found.checks,
        "figures": [
            {
                **asdict(one),
                "ratio": one.ratio,
                "name": names[one.key].zh,
                "of": [names[one.key].numerator, names[one.key].denominator],
            }
            for one in found.figures
        ],
        "compared": [
            {**asdict(one), "change": one.change, "total_change": one.total_change, "text": one.text_zh}
            for one in found.compared
        ],
        "burdened": [list(row) for row in found.burdened],
    }
    tx.run(insert(evaluations).values(**key, mark=mark, at=tx.now(), who=who, document=document))


def shown(tx: Tx, who: Who, period: str, base: int, figure: str | None) -> EvaluationOut:
    """Return the evaluation that was kept, as the caller may know it. Raises Problem 404 where there is none yet."""
    audience = WHOLE if who.sees_all else OPEN
    key = (evaluations.c.period == period, evaluations.c.base == base, evaluations.c.audience == audience)
    row = tx.row(select(evaluations).where(*key))
    if row is None:
        detail = f"{period}（基期 {base} 年）还没有计算过。请统筹部门在“评估”页点“计算”。"
        raise Problem(404, "not-found", detail)
    document = row["document"]
    own = own_agencies(tx, who)
    parent = None if own is None or who.agency_id is None else parent_of(tx, who.agency_id)
    names = {agency.agency_id: agency.name for _, agency in rows_of(tx, "agencies", limit=1000)} | dict(DOMAINS)

    def is_told(one: Mapping[str, Any]) -> bool:
        known = own is None or one["cut"] == "" or (one["cut"] == "agency" and one["value"] == parent)
        return known and figure in (None, one.get("key", figure))

    burdened = document["burdened"] if own is None else []
    sites = names_of_sites(tx, [site for site, _, _ in burdened])
    told: dict[str, Any] = {
        **{name: document[name] for name in ("from", "to", "formulas", "checks")},
        "period": period,
        "base": base,
        "at": row["at"],
        "stale": row["mark"] != mark_of(tx, audience, today()),
        "figures": [_named(FigureOut, one, names) for one in document["figures"] if is_told(one)],
        "compared": [_named(ComparedOut, one, names) for one in document["compared"] if is_told(one)],
        "burdened": [
            BurdenedOut(site_id=site, site_name=sites.get(site, site), checks=checks, entries=entries)
            for site, checks, entries in burdened
        ],
    }
    return EvaluationOut.model_validate(told)


def _named(shape: Any, one: Mapping[str, Any], names: Mapping[str, str]) -> Any:
    value = names.get(one["value"], one["value"])
    return shape(**{**{key: one[key] for key in shape.model_fields if key in one}, "value_name": value})
