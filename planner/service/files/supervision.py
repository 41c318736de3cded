"""Supervision of a district: what may be stepped in for, where each case stands, and drafts of what is sent next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from planner.domain.errors import InputError
from planner.intake.month.working_days import make_calendar
from planner.intake.tables.records import Tables
from planner.letters.templates import write_letter
from planner.obligations.grounds import Noted, grounds_on
from planner.obligations.supervision import DRAFTS, CaseState, cases_on, unheard
from planner.report.sheets.cells import file_name, joined
from planner.rulebook.supervision import LETTER, REPLY_DAYS

BLANK = "＿＿＿＿"
ADVICE = "核实上述情形并予以改正，今后先备案、后检查，到场前取得并出示检查码。"


@dataclass(frozen=True, slots=True)
class Supervised:
    """What stands on a day: all grounds, those that are in no case yet, and the cases."""

    grounds: tuple[Noted, ...]
    open: tuple[Noted, ...]
    cases: tuple[CaseState, ...]
    reply_by: date
    """The day for the answer to a letter that is sent on that day."""


def supervised(tables: Tables, on: date) -> Supervised:
    """Return what stands on the day `on`; steps and results after that day are not there yet."""
    years = range(min((row.date.year for row in tables.results), default=on.year), on.year + 2)
    calendar = make_calendar(years, tables.calendar)
    grounds = grounds_on(tables, calendar, on)
    cases = cases_on(tables.supervision, grounds, calendar, on)
    known = [row for row in tables.supervision if row.date <= on]
    return Supervised(grounds, unheard(grounds, known), cases, calendar.working_after(on, REPLY_DAYS))


def write_supervision(found: Supervised, tables: Tables, folder: Path, templates: Path | None = None) -> list[Path]:
    """Write a draft for each case in which something is to be sent; return the paths. Raises InputError."""
    taken: set[str] = set()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"无法写入 {folder}：{error.strerror} / cannot write there") from error
    return [_written(case, found, tables, folder, templates, taken) for case in found.cases if case.state in DRAFTS]


def write_draft(found: Supervised, case: str, tables: Tables, folder: Path, templates: Path | None = None) -> Path:
    """Write the draft of one case into `folder`. Raises InputError where nothing of it is to be sent now."""
    one = next((one for one in found.cases if one.case == case and one.state in DRAFTS), None)
    if one is None:
        raise InputError(f"“{case}”现在没有要发的文书 / nothing of {case} is to be sent now")
    return _written(one, found, tables, folder, templates, set())


def _written(
    case: CaseState, found: Supervised, tables: Tables, folder: Path, templates: Path | None, taken: set[str]
) -> Path:
    kind = DRAFTS[case.state]
    path = folder / file_name(f"{case.case}-{kind}", ".docx", taken)
    write_letter(kind, _about(case, found, tables), path, templates)
    return path


def _about(case: CaseState, found: Supervised, tables: Tables) -> dict[str, object]:
    names = {row.agency_id: row.name for row in tables.agencies}
    return {
        "number": case.document_no or BLANK,
        "to": names.get(case.agency, case.agency),
        "facts": _facts(case, found.grounds, tables),
        "advice": ADVICE,
        "reply_by": case.due if case.state == "overdue" else found.reply_by,
        "sent_on": case.sent_on or BLANK,
        "reply": case.reply or "未反馈",
        "clauses": joined(LETTER),
        "copy_to": BLANK,
        "sender": "区司法局",
        "dated": BLANK,
    }


def _facts(case: CaseState, grounds: Iterable[Noted], tables: Tables) -> list[dict[str, str]]:
    """Return a line for each ground of the case: day, site, code, what it is and the clauses."""
    rows = {row.result_id: row for row in tables.results}
    sites = {row.site_id: row.name for row in tables.sites}
    lines = []
    for one in grounds:
        about = [rows[name] for name in one.results if name in case.results and name in rows]
        if one.agency == case.agency and about:
            lines.append(
                {
                    "day": joined(dict.fromkeys(row.date.isoformat() for row in about)),
                    "site": joined(dict.fromkeys(sites.get(row.site_id, row.site_id) for row in about)),
                    "check_code": joined(row.check_code or "无" for row in about),
                    "text": one.zh,
                    "clauses": joined(one.clauses),
                }
            )
    return lines
