"""A small published month in the store, its book kept in the process: what suggestions and bookings are asked of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np

from api.desk.published.kept_books import Kept, books, cells_of_book
from api.store import Store
from api.store.inputs.library import Row, new_revision, put
from api.store.inputs.rows import decode
from api.store.planned.plans import add_plan, plan_of, publish
from planner.domain.calendar import WorkCalendar
from planner.domain.case import CapacityRow, Case, TaskInfo
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.plan import Plan, visit_at
from planner.domain.slicing import part_of
from planner.operations.book import Book
from planner.report.figures.summary import visit_json
from planner.report.visits.view import row_of
from planner.report.words.names import Names
from planner.rulebook.book import load_rulebook
from tests.tiny import PERIOD, agency, site, task

MONTH = "2026-06"
DAYS = tuple(date(2026, 6, d) for d in (1, 2, 3, 4, 5))
LAW = load_rulebook().at(DAYS[0])
NAMES = {"A1": "应急管理局", "A1-2": "执法二中队", "B1": "市场监管局", "C1": "消防救援局"}


def case_of(tasks: Iterable[TaskInfo], crews: int = 24, **more: Any) -> Case:
    """Return a made-up case of agencies A1 (with section A1-2), B1 and C1, `crews` quarter-hours a day each."""
    tasks = list(tasks)
    units = [agency("A1", domain="A12"), agency("A1-2", "A1", "A12"), agency("B1"), agency("C1", domain="A02")]
    given: dict[str, Any] = {
        "name": "living",
        "period": PERIOD,
        "days": DAYS,
        "tasks": tasks,
        "sites": [site(name) for name in sorted({t.site for t in tasks})],
        "units": units,
        "capacity": {CapacityRow(u.id): [crews] * len(DAYS) for u in units},
        "setup_minutes": {},
        "synthetic": True,
        "rulebook_version": LAW.version,
    }
    return build_case(CaseParts(**{**given, **more}))


def open_task(name: str, place: str, unit: str, **more: Any) -> TaskInfo:
    """Return a task of the unit's own domain."""
    domain = {"A1": "A12", "A1-2": "A12", "B1": "A01", "C1": "A02"}[unit]
    return task(name, place, unit, **{"domain": domain, **more})


def kept_of(store: Store, plan_id: str, case: Case, plan: Plan) -> Kept:
    """Return the book of a plan as a process keeps it, without any booking."""
    book = Book(case, plan)
    with store.read() as tx:
        row = plan_of(tx, plan_id)
    names = Names(agencies=NAMES, items={"item": "消防通道"}).with_case(case)
    return Kept(row, book, LAW, names, WorkCalendar(), cells_of_book(book))


def _rows(case: Case, plan: Plan) -> list[dict[str, Any]]:
    names = Names(agencies=NAMES, items={"item": "消防通道"}).with_case(case)
    there: dict[tuple[int, int], list[int]] = {}
    for t, d in enumerate(plan.day.tolist()):
        if d >= 0:
            there.setdefault((int(case.site_of[t]), d), []).append(t)
    return [visit_json(row_of(case, names, visit_at(case, s, d, t))) for (s, d), t in sorted(there.items())]


def announced(case: Case) -> Case:
    """Return the case without its unannounced tasks, sites and all else as they are."""
    kept = np.array([t for t, task in enumerate(case.tasks) if not task.unannounced], dtype=np.int64)
    return part_of(case, kept, slice(None), case.site_of[kept])


def _days(case: Case, days: Mapping[str, int]) -> Plan:
    return Plan(np.array([days.get(t.id, -1) for t in case.tasks], dtype=np.int64))


def publish_month(store: Store, whole: Case, **days: int) -> str:
    """Publish a plan of the case's announced tasks on days by index, all others left out, its unannounced ones beside
    it; keep its book. Return its id.
    """
    case = announced(whole)
    plan = _days(case, days)
    beside = [row for row in _rows(whole, _days(whole, days)) if row["unannounced"]]
    document = {
        "month": MONTH,
        "case_hash": case.content_hash(),
        "plan_hash": plan.hash(case),
        "rulebook_version": LAW.version,
        "status": "optimal",
        "repeatable": True,
        "summary": {},
        "plan": {
            t.id: case.days[d].isoformat() if d >= 0 else "out"
            for t, d in zip(case.tasks, plan.day.tolist(), strict=True)
        },
        "visits": _rows(case, plan),
        "left_out": [],
        "hidden": {"days": {}, "visits": beside, "left_out": [], "draws": []} if beside else None,
    }
    with store.write() as tx:
        rows = [
            {"site_id": s.id, "name": f"{s.id} 化工厂", "town": "朱泾镇", "industry": "化工", "address": "一路"}
            for s in whole.sites
        ]
        typed = [Row("sites", decode("sites", json.dumps(row), n), n) for n, row in enumerate(rows, 2)]
        put(tx, new_revision(tx, "test", "import", "sites"), typed)
        row = add_plan(tx, document, "li", revision=1, synthetic=True)
        publish(tx, row.id, "li", 1)
    books.put(kept_of(store, row.id, case, plan))
    return row.id
