"""Shows what several commands tell in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from planner.cli.session import Session
    from planner.domain.finding import Finding
    from planner.intake.month.outcome import Prepared
    from planner.report.words.findings import ExplainFinding


def explain_in(session: Session) -> ExplainFinding:
    """Return what puts findings into the session's language."""
    from planner.intake.words.catalogue import render

    def explain(finding: Finding) -> tuple[str, str]:
        return render(finding, session.lang)[1:]

    return explain


def show_account(session: Session, prepared: Prepared) -> None:
    """Say what became of everything filed: as many out as in."""
    from planner.intake.month.account import lost_duties

    if prepared.account.filed:
        session.show(prepared.account.text(session.lang))
    if lost := lost_duties(prepared.findings):
        session.show(session.word("lost_duties", count=len(lost)))


def show_held(session: Session, findings: Sequence[Finding]) -> None:
    """Say how many restrictions could not be read, where they stand, and whether publishing has to wait."""
    from planner.intake.words.held import held_count, held_places, stops_publishing

    if count := held_count(findings):
        session.show(session.word("held", count=count, places=held_places(findings)))
    if stops := held_count(stops_publishing(findings)):
        session.show(session.word("held_stops", count=stops))


def show_files(session: Session, paths: Sequence[Path]) -> None:
    """List the files that were written, if any."""
    if paths:
        session.show(session.word("files"), *(f"  {path}" for path in paths))
