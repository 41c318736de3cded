"""Check codes in batches: what each agency applies for at the city system, and what comes back.

The columns of both files stand in `code_batch.toml`: the city's layout is not known.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.domain.case import TaskInfo
from planner.domain.errors import InputError
from planner.intake.recorded.moments import read_moment
from planner.report.figures.summary import visits_json
from planner.report.sheets.cells import clean, file_name
from planner.rulebook.book import DATA, JURISDICTION
from planner.rulebook.recording import FOREIGN_CODE
from planner.service.month.planning import Planned
from planner.service.month.recorded import filings_of_month

_READ = tomllib.loads((DATA / JURISDICTION / "code_batch.toml").read_text(encoding="utf-8"))
OUT: dict[str, str] = _READ["out"]
BACK: dict[str, str] = _READ["back"]
WORDS: dict[str, Any] = _READ["words"]
FEWEST = 2
"""Officers that a check takes."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A task with the code that the city gave it."""

    task: str
    check_code: str
    applied_at: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that came back and cannot be taken: `row` is the line of the file, the header is 1."""

    row: int
    task: str
    code: str
    clauses: tuple[str, ...]
    zh: str
    en: str


def batch_rows(planned: Planned) -> dict[str, list[dict[str, str]]]:
    """Return, by parent agency, a row (keys of `OUT`) for each of its tasks that has a day and a filing in force.

    A task of a filing that must not be published gives no row: the gate is shut for it.
    """
    case, tables = planned.result.case, planned.tables
    parent = {unit.id: unit.parent for unit in case.units}
    certificates = {row.inspector_id: row.certificate_no for row in tables.inspectors}
    standing = filings_of_month(tables, planned.month)
    codes = {step.filing_id: step.code for step in tables.filing_steps if step.step == "code" and step.code}
    shut = {name for name, one in standing.items() if not one.planned or one.provisional}

    def is_shut(task: TaskInfo) -> bool:
        return any(name in shut or task.site in standing[name].shut for name in task.filings if name in standing)

    rows: dict[str, list[dict[str, str]]] = {}
    for agency in sorted(set(parent.values())):
        tasks = {task.id: task for task in case.tasks if parent[task.unit] == agency and not is_shut(task)}
        visits = visits_json(planned.result, "agency", names=planned.names, agency=agency)
        found = rows_for(agency, visits, tasks, certificates, codes)
        if found:
            rows[agency] = found
    return rows


def rows_for(
    agency: str,
    visits: Iterable[Mapping[str, Any]],
    tasks: Mapping[str, TaskInfo],
    certificates: Mapping[str, str],
    codes: Mapping[str, str],
) -> list[dict[str, str]]:
    """Return a row (keys of `OUT`) for each of `tasks` that one of `visits` has, in their order.

    `visits` are as the plan's file has them, `certificates` by inspector, `codes` the plan codes by filing.
    """
    rows = []
    for visit in visits:
        bodies = [body["id"] for body in visit["agencies"]]
        people: Mapping[str, list[str]] = {
            crew["unit"]: [f"{one['name']} {certificates.get(one['id'], '')}".strip() for one in crew["people"]]
            for crew in visit.get("inspectors", ())
        }
        for task in (tasks[name] for name in visit["tasks"] if name in tasks):
            stepped = [codes[name] for name in task.filings if name in codes]
            rows.append(
                {
                    "task_id": task.id,
                    "agency": agency,
                    "unit": task.unit,
                    "source": WORDS["source"],
                    "plan_code": "、".join(dict.fromkeys((*task.plan_codes, *stepped))),
                    "site": visit["site"]["id"],
                    "site_name": visit["site"]["name"],
                    "place": WORDS["place"],
                    "items": "、".join(task.items),
                    "date": visit["day"],
                    "start": visit["slot"]["start"] if visit.get("slot") else "",
                    "officers": "；".join(people.get(task.unit, ())),
                    "lead": bodies[0] if len(bodies) > 1 else "",
                    "lead_code": "",
                    "decline_code": "",
                    "send_ahead": "否" if visit["unannounced"] else "是",
                }
            )
    return rows


def batch_text(rows: Iterable[Mapping[str, str]]) -> str:
    """Return a batch as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(OUT.values())
    writer.writerows([clean(row[key]) for key in OUT] for row in rows)
    return text.getvalue()


def write_batches(planned: Planned, folder: Path) -> list[Path]:
    """Write one CSV file for each agency into `folder`; return the paths. Raises InputError where it cannot."""
    paths, taken = [], set[str]()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for agency, rows in batch_rows(planned).items():
            path = folder / file_name(planned.names.agency(agency), ".csv", taken)
            path.write_text(batch_text(rows), encoding="utf-8-sig", newline="")
            paths.append(path)
    except OSError as error:
        raise InputError(f"无法写入 {folder}：{error.strerror} / cannot write {folder}") from error
    return paths


def read_back(path: Path, sent: Mapping[str, Sequence[Mapping[str, str]]]) -> tuple[list[Coded], list[Wrong]]:
    """Return the codes that came back in the CSV file `path` for the batches `sent`, and the rows that are wrong.

    Wrong are tasks that nobody sent, codes that stand at two sites, codes without a time of application, and a second
    code of one task. Raises InputError where the file cannot be read or lacks a column.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} 读不出 / {path.name} cannot be read: {error!r}") from error
    site_of = {row["task_id"]: row["site"] for batch in sent.values() for row in batch}
    return codes_back(content, path.name, site_of)


def codes_back(
    content: bytes, name: str, site_of: Mapping[str, str], known: Mapping[str, str] | None = None
) -> tuple[list[Coded], list[Wrong]]:
    """Do as `read_back` with a file's content; `site_of` are the sites of the tasks that were sent, `known` those of
    the codes that were given before.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{name} 读不出，请另存为 UTF-8 的 CSV / {name} cannot be read: {error!r}") from error
    if not rows:
        raise InputError(f"{name} 没有一行 / {name} has no row")
    missing = [title for title in BACK.values() if title not in rows[0]]
    if missing:
        raise InputError(f"{name} 缺少列：{'、'.join(missing)} / columns missing")
    used = dict(known or {})
    coded: dict[str, Coded] = {}
    wrong: list[Wrong] = []
    for number, row in enumerate(rows, 2):
        task, code, at, accepted, reason = ((row[BACK[key]] or "").strip() for key in BACK)

        def tell(kind: str, zh: str, en: str, at_row: tuple[int, str] = (number, task)) -> None:
            wrong.append(Wrong(*at_row, kind, FOREIGN_CODE, zh, en))

        if task not in site_of:
            tell("code.foreign", f"没有送过任务 {task}", f"task {task} was not sent")
        elif accepted.casefold() not in WORDS["yes"]:
            tell("code.refused", f"任务 {task} 没有得码：{reason or '未写明原因'}", f"{task} was refused: {reason}")
        elif not code or read_moment(at) is None:
            tell("code.unread", f"任务 {task} 的检查码或要码时间读不出", f"code or time of {task} cannot be read")
        elif used.setdefault(code, site_of[task]) != site_of[task]:
            tell("code.foreign", f"检查码 {code} 已用于对象 {used[code]}", f"code {code} is site {used[code]}'s")
        elif coded.setdefault(task, one := Coded(task, code, at)) != one:
            tell("code.unread", f"任务 {task} 另有一行写了别的码，只取第一行", f"{task} has two codes")
    return list(coded.values()), wrong
