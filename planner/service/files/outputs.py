"""Workbook, page, calendars, public list, plan and draws of a month: all of them, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError
from planner.domain.finding import Finding
from planner.domain.result import MonthResult
from planner.draw.record import write_draws
from planner.draw.team_record import write_team_draws
from planner.intake.words.catalogue import render
from planner.intake.words.held import held_json
from planner.report.calendars import agencies_that_go, write_calendars
from planner.report.figures.summary import left_out_json, summary_json, visits_json
from planner.report.page.html import write_html
from planner.report.public_list import write_public_csv, write_public_html
from planner.report.sheets.own_workbook import write_hidden_workbook
from planner.report.sheets.workbook import write_workbook
from planner.report.words.names import Names
from planner.service.files.plan_file import as_text, figures, plan_document
from planner.service.month.planning import CREWS_FILE, Planned

CALENDARS, PUBLIC = "日历", "公开"
"""Folders of what is handed out."""


def describe(planned: Planned) -> dict[str, Any]:
    """Return the month's headline values, with or without a plan."""
    prepared = planned.prepared
    return {
        **summary_json(planned.result, figures(planned), planned.names),
        "month": planned.month,
        "deferred_elsewhere": len(prepared.deferred),
        "off_site": len(prepared.off_site),
        "summons": len(prepared.summons),
        "draws": len(prepared.draws),
        "account": {
            "filed": prepared.account.filed,
            **prepared.account.fates,
            "lost": len(prepared.account.lost),
            "unread": prepared.account.unread,
            "unread_filings": prepared.account.unread_filings,
        },
        "held": held_json(planned.result.findings),
    }


def describe_visits(planned: Planned) -> dict[str, Any]:
    """Return the headline values and, of a month, each visit (day, slot, site, agencies, tasks, inspectors) and each
    task left out with its reason and the stage that it failed at. For the bureau: unannounced checks are among them.
    """
    result, names = planned.result, planned.names
    if result.duty is None:
        return describe(planned)
    return {
        **describe(planned),
        "visits": visits_json(result, names=names),
        "left_out_tasks": left_out_json(result, names=names),
    }


def write_outputs(planned: Planned, folder: Path, before: Path | None = None) -> list[Path]:
    """Write workbook, report, plan.json, draws.json and, once inspectors are drawn, crews.json into `folder`, made if
    needed; return their paths.

    Where the month has times, also a calendar per agency (in `日历`) and the public list (in `公开`). `before` is the
    folder of the version before, None for `folder` itself: its events stay the same events, or are cancelled.
    They are written aside and moved into place together, so an interrupted run leaves what was there before. A month
    without a plan has no files: []. Raises InputError where the folder cannot be written to.
    """
    if planned.result.plan is None:
        return []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
    except OSError as error:
        raise InputError(f"无法写入 {folder}:{error.strerror} / cannot write there") from error
    try:
        names = _write(planned, aside, folder, (before or folder) / CALENDARS)
        for name in names:
            (folder / name).parent.mkdir(exist_ok=True)
            os.replace(aside / name, folder / name)
        for old in (folder / CALENDARS).glob("*.ics"):
            if f"{CALENDARS}/{old.name}" not in names:
                old.unlink()  # of an agency that has no visit any more: its calendar would tell of another plan
        if CREWS_FILE not in names:
            (folder / CREWS_FILE).unlink(missing_ok=True)  # of another plan: in a draft nobody is drawn
    except OSError as error:
        raise InputError(f"无法写入 {folder}:{error.strerror} / cannot write there") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return [folder / name for name in names]


def _write(planned: Planned, aside: Path, folder: Path, calendars: Path) -> list[str]:
    result, kpis, names = planned.result, figures(planned), names_with_places(planned)

    def explain(finding: Finding) -> tuple[str, str]:
        return render(finding)[1:]

    if result.duty is None:
        return _write_year(planned, aside, folder)
    workbook, page = f"统筹计划-{planned.month}.xlsx", f"报告-{planned.month}.html"
    write_workbook(result, kpis, aside / workbook, explain, names=names)
    write_html(result, kpis, aside / page, names=names, explain_finding=explain, credits=planned.credits)
    write_draws(aside / result.draws_file, planned.prepared.draws)
    if result.named:
        write_team_draws(aside / result.crews_file, planned.team_draws)
    document = plan_document(planned, folder)
    (aside / "plan.json").write_text(as_text(document), encoding="utf-8")
    hidden = write_hidden(planned, names, aside)
    handed_out = _handed_out(planned, names, aside, calendars)
    crews = [result.crews_file] if result.named else []
    return [workbook, page, *hidden, *handed_out, result.draws_file, *crews, "plan.json"]


def write_hidden(planned: Planned, names: Names, folder: Path) -> list[str]:
    """Write the list of unannounced checks for the bureau into `folder`, where there are some; return its name.

    No other file of the bureau's but plan.json tells of them.
    """
    if planned.hidden is None or not planned.hidden.months:
        return []
    write_hidden_workbook(planned.hidden.months, names, folder / hidden_list(planned))
    return [hidden_list(planned)]


def hidden_list(planned: Planned) -> str:
    """Return the name of the file that `write_hidden` writes."""
    return f"突击检查-{planned.month}（仅限统筹）.xlsx"


def agencies_told(planned: Planned) -> list[str]:
    """Return the parent agencies that go in the month, whether that is announced or not."""
    secret = planned.hidden.months if planned.hidden else {}
    going = agencies_that_go(planned.result)
    return [*going, *(agency for agency in secret if agency not in going)]


def month_of_agency(planned: Planned, agency: str) -> MonthResult:
    """Return the month as an agency may see it: with its own unannounced checks."""
    return planned.hidden.months.get(agency, planned.result) if planned.hidden else planned.result


def _write_year(planned: Planned, aside: Path, folder: Path) -> list[str]:
    """Write what a year has: its workbook, its draws and plan.json. Times, teams and what they fill are a month's."""
    workbook = f"年度计划-{planned.month}.xlsx"
    write_workbook(
        planned.result,
        figures(planned),
        aside / workbook,
        lambda finding: render(finding)[1:],
        names=names_with_places(planned),
    )
    write_draws(aside / planned.result.draws_file, planned.prepared.draws)
    (aside / "plan.json").write_text(as_text(plan_document(planned, folder)), encoding="utf-8")
    return [workbook, planned.result.draws_file, "plan.json"]


def _handed_out(planned: Planned, names: Names, aside: Path, before: Path) -> list[str]:
    """Write what goes to agencies and the public, where the month has times; return the names."""
    result = planned.result
    if result.duty is None:
        return []
    months = {agency: month_of_agency(planned, agency) for agency in agencies_told(planned)}
    calendars = write_calendars(months, names, aside / CALENDARS, before)
    public = aside / PUBLIC
    public.mkdir()
    write_public_csv(result, names, public / "public.csv")
    write_public_html(result, names, public / "public.html")
    return [*(f"{CALENDARS}/{path.name}" for path in calendars), f"{PUBLIC}/public.csv", f"{PUBLIC}/public.html"]


def names_with_places(planned: Planned) -> Names:
    """Return the month's names with sites' addresses and agencies' contacts, for the sheets that people take along."""
    return replace(
        planned.names,
        addresses={row.site_id: row.address for row in planned.tables.sites if row.address},
        contacts={row.agency_id: row.contact for row in planned.tables.agencies if row.contact},
    )
