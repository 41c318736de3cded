"""Hands over to commands that the service brings, where it is installed: this floor knows nothing of the service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from planner.domain.errors import InputError


def verify_log(context: typer.Context, file: Path | None, json_to: str | None, state: bool) -> None:
    """Run `planner log verify`. Raises InputError where the service is not installed."""
    words = [*([] if file is None else [str(file)]), *(["--state"] if state else [])]
    _run(context, ("log", "verify"), words, json_to)


def export_stored(context: typer.Context, plan: str, json_to: str | None) -> None:
    """Write the files of one of the service's plans anew. Raises InputError where the service is not installed."""
    _run(context, ("export-stored",), [plan], json_to)


def _run(context: typer.Context, names: Sequence[str], words: Sequence[str], json_to: str | None) -> None:
    command: Any = context.parent and context.parent.command
    for name in names:
        command = getattr(command, "commands", {}).get(name)
    if command is None:
        raise InputError("未安装服务，不能执行 / the service is not installed")
    with command.make_context(
        " ".join(names), [*words, *([] if json_to is None else ["--json", json_to])], parent=context.parent
    ) as inner:
        command.invoke(inner)
