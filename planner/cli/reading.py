"""Reads what a command is given, and shows how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planner.cli.session import Session
    from planner.intake.tables.records import Tables
    from planner.service import Planned, Step


def tables_of(session: Session, source: Path) -> Tables:
    """Return the tables of a workbook or folder. Raises InputError where it cannot be read."""
    from planner.service import read_source

    with session.progress(1) as tell:
        return read_source(source, stages_of(session, tell))


def plan_of(session: Session, file: Path, case: Path | None) -> Planned:
    """Return the month of a plan file. Raises InputError as `restore_plan` does."""
    from planner.service import restore_plan

    with session.progress(2) as tell:
        return restore_plan(file, case, stages_of(session, tell))


def stages_of(session: Session, tell: Callable[[str, str], None]) -> Callable[[Step], None]:
    """Return what the service tells its steps to."""

    def step(step: Step) -> None:
        detail = step.detail
        if step.solving is not None and step.solving.best is not None:
            bound = "…" if step.solving.bound is None else f"{step.solving.bound:,}"
            detail = session.word("best_bound", best=f"{step.solving.best:,}", bound=bound)
        elif session.lang == "en" and step.stage == "prepare":
            detail = ""  # told in Chinese only
        tell(step.stage, detail)

    return step
