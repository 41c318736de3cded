"""One run of the command line: its language, where it prints, how it ends."""

from __future__ import annotations

import json
import re
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from types import FrameType
from typing import Any

import typer
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text
from typer.core import TyperGroup

from planner.cli.words import word
from planner.domain.errors import (
    CaseError,
    CertificateError,
    InputError,
    MismatchError,
    PlannerError,
    SpoiledInputError,
)
from planner.report.words.texts import Lang

PLAIN_WIDTH = 140
"""Columns where output goes to a file or pipe, which has no width of its own."""


class Exit(IntEnum):
    """Exit codes, for scripts. Documented in the program's help."""

    OK = 0
    FINDINGS = 1
    """The input has errors (or cannot be read at all), or verification failed."""
    UNUSABLE = 2
    """Wrong arguments, a missing file, no such month or rulebook."""
    INFEASIBLE = 3
    """What is published contradicts the law or itself."""
    MISMATCH = 4
    """Engines and checks disagree: a defect of the program; nothing was written."""
    NO_TASKS = 5
    """Nothing is due in the month."""
    UNEXPECTED = 70
    """A defect; the details are in a log file."""
    INTERRUPTED = 130
    """Stopped before a first plan."""


@dataclass
class Session:
    """Settings of this run; `json_to` is where values go ("-" for standard output), None where nowhere."""

    lang: Lang = "zh"
    debug: bool = False
    json_to: str | None = None

    def word(self, key: str, **values: object) -> str:
        """Return a text in the run's language."""
        return word(key, self.lang, **values)

    @property
    def people(self) -> Console:
        """Return the console for people; standard output belongs to the values alone where they go there."""
        return _console(sys.stderr if self.json_to == "-" else sys.stdout)

    def show(self, *what: RenderableType) -> None:
        """Print tables or lines; text is never read as markup."""
        console = self.people
        for one in what:
            console.print(Text(one) if isinstance(one, str) else one, soft_wrap=isinstance(one, str))

    def emit(self, values: Any) -> None:
        """Write `values` as JSON where `--json` says. Raises InputError where that cannot be written."""
        if self.json_to is None:
            return
        text = json.dumps(values, ensure_ascii=False, indent=2, default=str) + "\n"
        if self.json_to == "-":
            sys.stdout.write(text)
            return
        path = Path(self.json_to)
        partial = path.with_name(f".{path.name}.unfinished")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(text, encoding="utf-8")
            partial.replace(path)
        except OSError as error:
            raise InputError(f"无法写入 {path}：{error.strerror} / cannot write {path}") from error

    @contextmanager
    def progress(self, stages: int) -> Iterator[Callable[[str, str], None]]:
        """Show a bar on standard error; give a function (stage, detail) that moves it on at every new stage."""
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
        seen: list[str] = []
        with Progress(*columns, console=_console(sys.stderr), transient=True) as bars:
            bar = bars.add_task("", total=stages)

            def tell(stage: str, detail: str = "") -> None:
                if stage not in seen:
                    seen.append(stage)
                bars.update(bar, completed=len(seen) - 1, description=f"{self.word(stage)} {detail}".strip())

            yield tell


def session_of(context: typer.Context, json_to: str | None = None) -> Session:
    """Return the run's session, which writes its values to `json_to` where that is given."""
    session = context.ensure_object(Session)
    session.json_to = json_to or session.json_to
    return session


@contextmanager
def until_interrupted(session: Session) -> Iterator[Callable[[], bool]]:
    """Give a function that says whether Ctrl-C was pressed; pressed again, it ends the program at once."""
    pressed = False

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True
        _console(sys.stderr).print(Text(session.word("stopping")))

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


class Guarded(TyperGroup):
    """Ends every command with a message and an exit code, never with a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        session: Session = ctx.ensure_object(Session)
        try:
            return super().invoke(ctx)
        except PlannerError as error:
            if session.debug:
                raise
            message = _in_language(str(error), session.lang)
            code = exit_code_of(error)
            _console(sys.stderr).print(Text(session.word("mistake") + message, style="red"), soft_wrap=True)
            if session.json_to:
                session.emit({"status": "error", "error": type(error).__name__, "message": message, "exit_code": code})
            raise typer.Exit(code) from error
        except KeyboardInterrupt as error:
            _console(sys.stderr).print(Text(session.word("interrupted")))
            raise typer.Exit(Exit.INTERRUPTED) from error
        except (BrokenPipeError, typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if session.debug or _is_usage(error):
                raise
            message = session.word("unexpected", kind=type(error).__name__, log=_log())
            _console(sys.stderr).print(Text(message, style="red"), soft_wrap=True)
            raise typer.Exit(Exit.UNEXPECTED) from error


def exit_code_of(error: PlannerError) -> Exit:
    """Return the exit code of an error that ends a command."""
    if isinstance(error, SpoiledInputError):
        return Exit.FINDINGS
    if isinstance(error, (MismatchError, CertificateError, CaseError)):
        return Exit.MISMATCH
    return Exit.UNUSABLE


def _is_usage(error: Exception) -> bool:
    """Return whether the command line itself was wrong; typer says so better than we could."""
    return hasattr(error, "exit_code") and hasattr(error, "show")


def _in_language(message: str, lang: Lang) -> str:
    """Return one half of a message that is written in both languages, "中文 / English"."""
    halves = re.split(r"(?<=[ 。])/ ", message, maxsplit=1)
    return halves[0 if lang == "zh" else -1].strip()


def _log() -> Path:
    with tempfile.NamedTemporaryFile(
        "w", prefix="planner-error-", suffix=".log", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exc(file=file)
    return Path(file.name)


def _console(stream: Any) -> Console:
    return Console(file=stream, width=None if stream.isatty() else PLAIN_WIDTH, highlight=False)
