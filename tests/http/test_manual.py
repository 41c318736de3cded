"""The operator's manual tells of every setting, as the program has it."""

from __future__ import annotations

import re
from pathlib import Path

from api.settings import as_table

ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "docs" / "运维手册.md"
BLOCK = re.compile(r"(?<=<!-- settings:begin -->\n).*?(?=<!-- settings:end -->)", re.DOTALL)


def table() -> str:
    """Return the settings as the manual lists them, in Chinese."""
    rows = ["| 变量 | 默认 | 含义 |", "|---|---|---|"]
    rows += [
        f"| `{name}` | {default or '（空）'} | {meaning.split(' / ')[0]} |" for name, default, meaning in as_table()
    ]
    return "\n".join(rows) + "\n"


def test_the_manual_lists_every_setting() -> None:
    found = BLOCK.search(MANUAL.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == table()


def test_the_files_for_an_operator_are_there_and_name_commands_that_exist() -> None:
    from planner.cli.app import app

    names = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    names |= {group.name for group in app.registered_groups}
    for unit in ("planner.service", "planner-worker@.service", "Containerfile", "planner.env"):
        text = (ROOT / "deploy" / unit).read_text(encoding="utf-8")
        used = re.findall(r'(?:bin/planner |"planner", ")([a-z]+)', text)
        assert set(used) <= names, unit
    used = re.findall(r"^(?:\.venv/bin/)?planner ([a-z]+)", MANUAL.read_text(encoding="utf-8"), re.MULTILINE)
    assert used
    assert set(used) <= names
