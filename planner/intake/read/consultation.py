"""The month's consultation (征求意见): the form that agencies mark, and their answers read back as pins.

An answer binds only what was asked: visit, agency, tasks and date of a row must be those of the plan. Who agrees gets a
fixed pin on that date, who proposes a lawful date one there; who cannot gets none and is listed as an objection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from planner.domain.case import TaskInfo
from planner.domain.finding import Finding, Severity
from planner.domain.hashing import sha256_hex
from planner.intake.read.rows import Grid, read_grid
from planner.intake.read.sheets import HEADER_WITHIN, RawSheet, find_header
from planner.intake.read.workbook_file import read_sheets
from planner.intake.tables.layout import normal
from planner.intake.tables.records import PinRow
from planner.intake.tables.schema import Column, Kind, Table
from planner.intake.words.findings import Findings

ANSWERS = (("agree", "同意"), ("move", "调整"), ("object", "不能"))
REASONS = (
    ("staff", "人员不足"),
    ("recusal", "人员需回避"),
    ("deadline", "法定期限不符"),
    ("campaign", "与上级部署或专项冲突"),
    ("site", "对象停业或情况变化"),
    ("means", "设备或检测条件不具备"),
    ("other", "其他"),
)
"""Coded reasons why an agency cannot come; "other" asks for a note."""

FORM = Table(
    "consultation",
    "征求意见",
    (
        Column("visit_id", "入企编号", Kind.ID, True),
        Column("agency_id", "主体编号", Kind.ID, True),
        Column("day", "日期", Kind.DATE, True),
        Column("start", "到场时间", Kind.TEXT),
        Column("site", "检查对象", Kind.TEXT),
        Column("town", "街镇", Kind.TEXT),
        Column("items", "本主体检查事项", Kind.TEXT),
        Column("others", "同行主体", Kind.TEXT),
        Column("window", "可检查期间", Kind.TEXT),
        Column("unannounced", "突击", Kind.TEXT),
        Column("answer", "答复", Kind.CHOICE, choices=ANSWERS),
        Column("proposed", "建议日期", Kind.DATE),
        Column("reason", "理由", Kind.CHOICE, choices=REASONS),
        Column("note", "说明", Kind.TEXT),
        Column("task_ids", "任务编号", Kind.LIST, True),
    ),
)
"""One row per visit and agency."""

_READ = frozenset(
    FORM.column(key).title
    for key in ("visit_id", "agency_id", "day", "answer", "proposed", "reason", "note", "task_ids")
)
"""Columns whose cells matter; what is wrong in the others says nothing about an answer."""

Verdict = Literal["agree", "move", "object", "unanswered", "invalid"]
VERDICTS: tuple[Verdict, ...] = ("agree", "move", "object", "unanswered", "invalid")


@dataclass(frozen=True, slots=True)
class Asked:
    """One agency's part in one visit of the plan; `open_days` are those on which the site may be visited."""

    visit: str
    agency: str
    day: date
    tasks: tuple[TaskInfo, ...]
    open_days: frozenset[date]

    @property
    def window(self) -> tuple[date, date]:
        """The days that all of its tasks' windows hold."""
        return max(task.window[0] for task in self.tasks), min(task.window[1] for task in self.tasks)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one asked part. `day` is the new date of a "move"; "invalid" had errors (see the findings)."""

    asked: Asked
    verdict: Verdict
    day: date | None = None
    reason: str = ""
    note: str = ""
    split: bool = False
    """Answered otherwise than those with whom it must be on one date: no pin."""

    @property
    def pinned(self) -> date | None:
        """The date that the answer fixes, None where it fixes none."""
        if self.split:
            return None
        return {"agree": self.asked.day, "move": self.day}.get(self.verdict)


@dataclass(frozen=True, slots=True)
class Consulted:
    """All answers by visit and agency, what was wrong, and the pins of the month's source as they are to be.

    `pins` are rows of the table `pins`: those that were there, less the fixed ones that answers replace, and the new.
    """

    answers: tuple[Answer, ...]
    findings: tuple[Finding, ...]
    pins: tuple[dict[str, Any], ...]
    new_pins: int


@dataclass(slots=True)
class _Reading:
    """One run over the marked workbooks."""

    asked: dict[tuple[str, str], Asked]
    published: frozenset[tuple[str, date]]
    """(site, date) of published pins."""
    findings: Findings
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)


def read_answers(paths: Sequence[Path], asked: Iterable[Asked], pins: Sequence[PinRow]) -> Consulted:
    """Return the answers in the marked workbooks; `pins` are those of the month's source.

    A row that is not the plan's, or does not say what it must, is an error and counts as no answer. Raises InputError
    where a file is no workbook.
    """
    published = frozenset((pin.site_id, pin.date) for pin in pins if pin.state == "published")
    reading = _Reading({(a.visit, a.agency): a for a in asked}, published, Findings())
    for path in paths:
        forms = [sheet for sheet in read_sheets(path, reading.findings) if _is_form(sheet)]
        if not forms:
            reading.findings.add("consult.no-form", path.name, value=path.name)
        for sheet in forms:
            _read_form(replace(FORM, key=f"{path.name} {sheet.name}"), sheet, reading)
    for key, one in reading.asked.items():
        reading.answers.setdefault(key, Answer(one, "unanswered"))
    answers = _without_splits([reading.answers[key] for key in sorted(reading.answers)], reading.findings)
    new = sorted({pin["pin_id"]: pin for answer in answers for pin in _pins_of(answer)}.items())
    gone = {pin.pin_id for pin in pins if any(_replaces(answer, pin) for answer in answers)} | {key for key, _ in new}
    kept = [_as_row(pin) for pin in pins if pin.pin_id not in gone]
    found = [f for f in reading.findings.sorted() if not f.column or f.column in _READ or f.code.startswith("header.")]
    return Consulted(tuple(answers), tuple(found), (*kept, *(pin for _, pin in new)), len(new))


def _is_form(sheet: RawSheet) -> bool:
    wanted = normal(FORM.columns[0].title)
    return any(normal(cell) == wanted for number, cells in sheet.rows if number <= HEADER_WITHIN for cell in cells)


def _read_form(table: Table, sheet: RawSheet, reading: _Reading) -> None:
    header = find_header(table, sheet, reading.findings)
    if header is None:
        return
    grid = read_grid(table, header, sheet.from_csv, reading.findings)
    for index in range(len(grid.numbers)):
        row = {key: values[index] for key, values in grid.columns.items()}
        key = (str(row["visit_id"]), str(row["agency_id"]))
        one = reading.asked.get(key)
        if one is None:
            if grid.usable[index]:
                grid.drop("consult.unknown", index, reading.findings, value=f"{key[0]} {key[1]}")
            continue
        answer = _answer(one, row, grid, index, reading) if grid.usable[index] else Answer(one, "invalid")
        before = reading.answers.setdefault(key, answer)
        if answer.verdict == "unanswered" or answer == before:
            continue
        if before.verdict != "unanswered":
            grid.drop("consult.twice", index, reading.findings, value=f"{key[0]} {key[1]}")
            answer = Answer(one, "invalid")
        reading.answers[key] = answer


def _answer(one: Asked, row: dict[str, object], grid: Grid, index: int, reading: _Reading) -> Answer:
    """Return the answer of one row, "invalid" with a finding where it does not say what it must."""

    def invalid(code: str, column: str, **params: object) -> Answer:
        grid.drop(code, index, reading.findings, FORM.column(column), **params)
        return Answer(one, "invalid")

    proposed, reason, note = cast("date | None", row["proposed"]), str(row["reason"]), str(row["note"])
    if row["day"] != one.day:
        return invalid("consult.changed", "day", value=row["day"], planned=one.day)
    ids = sorted(task.id for task in one.tasks)
    if sorted(cast("tuple[str, ...]", row["task_ids"])) != ids:
        return invalid("consult.changed", "task_ids", planned="、".join(ids))
    verdict = str(row["answer"])
    fixed = (one.tasks[0].site, one.day) in reading.published and any(task.pinned == one.day for task in one.tasks)
    fault = fault_of(one, verdict, proposed, reason, note, fixed)
    if fault is not None:
        return invalid(fault.code, fault.column, **fault.params)
    if not verdict:
        return Answer(one, "unanswered", note=note)
    return Answer(one, cast("Verdict", verdict), proposed if verdict == "move" else None, reason, note)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer does not say what it must: a type of finding, the column of `FORM`, and what its words need."""

    code: str
    column: str
    params: dict[str, object]


def fault_of(one: Asked, verdict: str, proposed: date | None, reason: str, note: str, published: bool) -> Fault | None:
    """Return what is wrong with an answer to `one`; `published`: its date is public and may move no more."""
    if not verdict:
        return Fault("consult.no-answer", "answer", {}) if proposed or reason else None
    if verdict == "object":
        if not reason:
            return Fault("consult.no-reason", "reason", {})
        return Fault("consult.no-note", "note", {}) if reason == "other" and not note else None
    if verdict == "agree":
        if proposed and proposed != one.day:
            return Fault("consult.contradiction", "proposed", {"value": proposed, "planned": one.day})
        return None
    if proposed is None:
        return Fault("consult.no-date", "proposed", {})
    if proposed not in one.open_days:
        return Fault("consult.not-open", "proposed", {"value": proposed})
    first, last = one.window
    if not first <= proposed <= last:
        return Fault("consult.outside-window", "proposed", {"value": proposed, "first": first, "last": last})
    if published:
        return Fault("consult.published", "proposed", {"value": proposed, "planned": one.day})
    return None


def _without_splits(answers: Sequence[Answer], findings: Findings) -> list[Answer]:
    """Mark answers that would part tasks which must be on one date: required joint groups, and fire with its followers.

    Silence goes along with whatever the others fix.
    """
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, answer in enumerate(answers):
        if answer.verdict == "unanswered":
            continue
        for task in answer.asked.tasks:
            if task.joint_group:
                groups[answer.asked.visit, task.joint_group].append(place)
            if task.fire or task.follows_fire:
                groups[answer.asked.visit, "fire"].append(place)
    followed = {a.asked.visit for a in answers if any(task.follows_fire for task in a.asked.tasks)}
    out = list(answers)
    for (visit, group), places in sorted(groups.items()):
        if group == "fire" and visit not in followed:
            continue
        if len({answers[place].pinned for place in places}) > 1:
            agencies = sorted({answers[place].asked.agency for place in places})
            findings.add("consult.split", visit, value=visit, subjects=(visit, *agencies), agencies="、".join(agencies))
            for place in places:
                out[place] = replace(out[place], split=True)
    return out


def _pins_of(answer: Answer) -> list[dict[str, Any]]:
    """Return a pin per filing of the answer's tasks; a second round gives the same ids and so replaces the first."""
    day = answer.pinned
    if day is None:
        return []
    pins = {}
    for task in answer.asked.tasks:
        filing = task.filings[0] if task.filings else ""
        pin_id = "C-" + sha256_hex([task.site, task.unit, filing])[:10]
        row = {"site_id": task.site, "agency_id": task.unit, "date": day, "filing_id": filing, "state": "fixed"}
        pins[pin_id] = {"pin_id": pin_id, **row}
    return list(pins.values())


def _replaces(answer: Answer, pin: PinRow) -> bool:
    """Return whether a fixed pin on the asked date is overtaken by the answer: it agrees anew, moves or cannot."""
    if pin.state != "fixed" or pin.date != answer.asked.day or answer.split:
        return False
    return answer.verdict in ("agree", "move", "object") and any(
        pin.site_id == task.site
        and pin.agency_id in (task.unit, answer.asked.agency)
        and (not pin.filing_id or pin.filing_id in task.filings)
        for task in answer.asked.tasks
    )


def _as_row(pin: PinRow) -> dict[str, Any]:
    keys = ("pin_id", "site_id", "agency_id", "date", "filing_id", "state")
    return {key: getattr(pin, key) for key in keys}


def diff_of(consulted: Consulted) -> dict[str, Any]:
    """Return per agency what was agreed, moved, objected to, left unanswered or invalid, as plain values."""
    agencies: dict[str, dict[str, Any]] = {}
    for answer in consulted.answers:
        one = answer.asked
        entry = agencies.setdefault(one.agency, {verdict: [] for verdict in VERDICTS})
        told: dict[str, Any] = {"visit": one.visit, "site": one.tasks[0].site, "day": one.day.isoformat()}
        told["tasks"] = [task.id for task in one.tasks]
        if answer.verdict == "move":
            told["proposed"] = answer.day.isoformat() if answer.day else None
        if answer.reason or answer.note:
            told |= {"reason": answer.reason, "note": answer.note}
        if answer.split:
            told["split"] = True
        entry[answer.verdict].append(told)
    counts: dict[str, int] = {verdict: sum(len(entry[verdict]) for entry in agencies.values()) for verdict in VERDICTS}
    errors = sum(f.severity is Severity.ERROR for f in consulted.findings)
    return {**counts, "pins": consulted.new_pins, "errors": errors, "agencies": agencies}
