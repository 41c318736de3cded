"""What the letters of a published month say: nothing but announced visits, each with the clauses of who gets it.

The month's unannounced checks are no part of what is read here, and a visit that the public is not told of is in no
letter: letters go out beforehand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from planner.domain.case import TaskInfo
from planner.domain.result import MonthResult
from planner.intake.recorded.effects import domains_of
from planner.intake.tables.records import FilingRow, Tables
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.report.sheets.cells import joined
from planner.report.visits.leading import lead_of, order_of
from planner.report.visits.view import Party, VisitRow, view_of
from planner.report.words.names import Names, domain_name
from planner.rulebook.offices import FIRE, cited, cited_by_domain
from planner.rulebook.routes import route_of

NONE_TEXT = "—"


@dataclass(frozen=True, slots=True)
class Letter:
    """One draft: `kind` of template, whose it is (a parent agency that keeps and sends it), and what fills it in.

    `about` holds texts, and lists of mappings of texts.
    """

    kind: str
    agency: str
    title: str
    about: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class _Month:
    tables: Tables
    names: Names
    text: str
    rows: tuple[VisitRow, ...]
    tasks: Mapping[str, TaskInfo]
    bases: Mapping[str, str]
    domains: Mapping[str, str]

    def common(self, agency: str) -> dict[str, str]:
        """Return what every letter of an agency says."""
        year, month = self.text.split("-")
        contact = self.names.contacts.get(agency, NONE_TEXT)
        return {
            "month_zh": f"{year}年{int(month)}月",
            "agency": self.names.agency(agency),
            "contact": contact,
            "sender": self.names.agency(agency),
            "number": "＿＿＿＿",
            "dated": "＿＿＿＿年＿＿月＿＿日",
        }

    def items(self, party: Party) -> tuple[str, ...]:
        """Return the ids of a party's items, each once."""
        return tuple(dict.fromkeys(item for task in party.tasks for item in self.tasks[task].items))


def letters_of(
    result: MonthResult, tables: Tables, names: Names, filings: Iterable[FilingRow], reply_by: date
) -> list[Letter]:
    """Return the month's drafts: the fire service's letters, joint plans by lead, notices ahead, forms of `filings`.

    `names` has addresses and contacts; `reply_by` is the day by which the fire service wants its answers. Sorted by
    kind and agency; a month without a plan has forms alone.
    """
    known = names.with_case(result.case)
    told = {row.id: {task.id for task in row.tasks} for row in view_of(result, "public", known).rows()}
    rows = [row for row in view_of(result, "bureau", known).rows() if told.get(row.id) == {t.id for t in row.tasks}]
    month = _Month(
        tables,
        known,
        result.case.period[0].isoformat()[:7],
        tuple(row for row in rows if not row.unannounced),
        {task.id: task for task in result.case.tasks},
        {row.item_id: row.basis for row in tables.items},
        domains_of(tables.agencies),
    )
    return [*_fire(month, result, reply_by), *_joint(month), *_notices(month), *_forms(month, filings)]


def _fire(month: _Month, result: MonthResult, reply_by: date) -> list[Letter]:
    """Return the fire service's letters: one to each body that has something due at a site that it visits."""
    parent = {unit.id: unit.parent for unit in result.case.units}
    visits: dict[str, list[tuple[VisitRow, Party]]] = defaultdict(list)
    sites: dict[str, set[str]] = {}
    for row in month.rows:
        for party in row.parties:
            if any(month.tasks[task].fire for task in party.tasks):
                visits[party.id].append((row, party))
                sites.setdefault(party.id, set()).add(row.site.id)
    letters = []
    for sender, made in sorted(visits.items()):
        open_there: dict[str, dict[str, list[TaskInfo]]] = defaultdict(lambda: defaultdict(list))
        for task in result.case.tasks:
            if task.site in sites[sender] and parent[task.unit] != sender and not task.unannounced:
                open_there[parent[task.unit]][task.site].append(task)
        for to, tasks in sorted(open_there.items()):
            lines = [
                {
                    "day": row.day.isoformat(),
                    "time": row.time or NONE_TEXT,
                    "site": row.site.name,
                    "address": month.names.addresses.get(row.site.id, NONE_TEXT),
                    "matters": joined(month.names.item(item) for item in month.items(party)),
                    "open": _items(month, tasks.get(row.site.id, ())) or NONE_TEXT,
                }
                for row, party in made
            ]
            clauses = joined(cited_by_domain("fire-letter")[FIRE])
            about = month.common(sender) | {"to": month.names.agency(to), "reply_by": reply_by, "clauses": clauses}
            letters.append(Letter("fire_month", sender, f"消防月函-{month.names.agency(to)}", about | {"sites": lines}))
    return letters


def _items(month: _Month, tasks: Iterable[TaskInfo]) -> str:
    return joined(dict.fromkeys(month.names.item(item) for task in tasks for item in task.items))


def _joint(month: _Month) -> list[Letter]:
    """Return the joint plans: one document for each leading body, a page for each visit."""
    led: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in month.rows:
        if not row.joint:
            continue
        lead = lead_of(row)
        together = [one for one in row.why if one.question == "together"]
        led[lead.party.id].append(
            {
                "day": row.day.isoformat(),
                "time": row.time or NONE_TEXT,
                "site": row.site.name,
                "address": month.names.addresses.get(row.site.id, NONE_TEXT),
                "theme": joined(dict.fromkeys(task.joint_group for task in row.tasks if task.joint_group)) or NONE_TEXT,
                "codes": joined(row.plan_codes) or NONE_TEXT,
                "why": "；".join(f"{one.zh}（{joined(one.clauses)}）" for one in together) or NONE_TEXT,
                "parties": [
                    {
                        "order": number,
                        "agency": party.name,
                        "matters": joined(month.names.item(item) for item in month.items(party)),
                        "officers": joined(party.people) or NONE_TEXT,
                    }
                    for number, party in enumerate(order_of(row), 1)
                ],
            }
        )
    clauses = joined((*cited("joining"), *cited("joint-plan")))
    return [
        Letter(
            "joint_plan",
            lead,
            "联合方案",
            month.common(lead) | {"lead": month.names.agency(lead), "clauses": clauses, "visits": visits},
        )
        for lead, visits in sorted(led.items())
    ]


def _notices(month: _Month) -> list[Letter]:
    """Return the notices of bodies whose annex has them tell the enterprise ahead: a page for each visit."""
    annexes = cited_by_domain("notice-ahead")
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in month.rows:
        for party in row.parties:
            if month.domains.get(party.id, "") in annexes:
                found[party.id].append(
                    {
                        "day": row.day.isoformat(),
                        "time": row.time,
                        "site": row.site.name,
                        "address": month.names.addresses.get(row.site.id, NONE_TEXT),
                        "officers": joined(party.people) or NONE_TEXT,
                        "matters": [
                            {"item": month.names.item(item), "basis": month.bases.get(item) or NONE_TEXT}
                            for item in month.items(party)
                        ],
                    }
                )
    return [
        Letter(
            "notice",
            agency,
            "告知书",
            month.common(agency) | {"clauses": joined(annexes[month.domains[agency]]), "visits": visits},
        )
        for agency, visits in sorted(found.items())
    ]


def _forms(month: _Month, filings: Iterable[FilingRow]) -> list[Letter]:
    """Return the filing forms: one document for each body, a page for each announced filing."""
    parents = {row.agency_id: row.parent_id or row.agency_id for row in month.tables.agencies}
    steps: dict[str, list[dict[str, str]]] = defaultdict(list)
    for step in month.tables.filing_steps:
        steps[step.filing_id].append(
            {
                "version": str(step.version),
                "step": _choice("filing_steps", "step", step.step),
                "date": step.date.isoformat(),
                "outcome": _choice("filing_steps", "outcome", step.outcome),
                "note": step.note,
                "document": step.document_no,
            }
        )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(filings, key=lambda one: one.filing_id):
        if not row.unannounced and not row.secret:
            fields = [{"name": name, "text": text or NONE_TEXT} for name, text in _fields(month, row)]
            found[parents.get(row.agency_id, row.agency_id)].append(
                {"id": row.filing_id, "fields": fields, "steps": steps[row.filing_id]}
            )
    return [
        Letter("filing_form", agency, "备案表", month.common(agency) | {"filings": forms})
        for agency, forms in sorted(found.items())
    ]


def _fields(month: _Month, row: FilingRow) -> list[tuple[str, str]]:
    items = {item.item_id: item for item in month.tables.items}
    domain = next((items[item].domain for item in row.items if item in items), "")
    town = any(one.agency_id == row.agency_id and one.level == "town" for one in month.tables.agencies)
    asked = cited_by_domain("filing-contents").get(domain, ()) + route_of(domain, row.period, town).clauses
    scope = "；".join(f"{key}={joined(values)}" for key, values in row.scope.terms)
    return [
        ("主体", month.names.agency(row.agency_id)),
        ("领域", domain_name(domain)),
        ("计划类型", _choice("filings", "kind", row.kind)),
        ("计划周期", _choice("filings", "period", row.period)),
        ("检查事项", joined(month.names.item(item) for item in row.items)),
        ("检查依据", "；".join(dict.fromkeys(items[item].basis for item in row.items if item in items))),
        ("检查对象", joined(row.sites) or scope),
        ("抽查比例", joined(f"{grade} {parts / 100:g}%" for grade, parts in row.ratio)),
        ("检查方式", _choice("filings", "mode", row.mode)),
        ("检查频次", joined(f"{grade} {n}次/{years}年" for grade, (n, years) in row.frequency)),
        ("检查必要性", row.necessity),
        ("起止日期", f"{row.window_from} 至 {row.window_to}"),
        ("上级计划编码", row.upper_plan_code),
        ("计划编码", row.plan_code),
        ("依据条款", joined(asked)),
    ]


def _choice(table: str, column: str, value: str) -> str:
    """Return a choice as officials write it."""
    return dict(TABLE_BY_KEY[table].column(column).choices).get(value, value)
