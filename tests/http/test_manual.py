"""The operator's manual tells of every setting, as the program has it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

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
    used = re.findall(r"^ *(?:\.venv/bin/)?planner ([a-z]+)", MANUAL.read_text(encoding="utf-8"), re.MULTILINE)
    assert used
    assert set(used) <= names


SHELL = re.compile(r"^( *)```sh\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
OUTSIDE = ("make", "systemctl", "useradd", "install", "cp", "createdb")
"""Commands of the machine that are only noted: what they would change is not the test's to change."""
PASSWORD = "春风不度玉门关-2026"
WRAPPER = """#!/bin/sh
case "$1" in
  serve)
    "{planner}" serve --port {port} --workers 0 > "{said}" 2>&1 & pid=$!
    tries=0
    until "{python}" -c "import urllib.request as u; u.urlopen('http://127.0.0.1:{port}/readyz', timeout=3)"; do
      tries=$((tries + 1)); kill -0 $pid && [ $tries -lt 240 ] || {{ cat "{said}"; exit 1; }}; sleep 0.5
    done 2> /dev/null
    kill -INT $pid; wait $pid || true ;;
  *) printf '%s\\n%s\\n' '{password}' '{password}' | "{planner}" "$@" ;;
esac
"""


def blocks() -> list[str]:
    """Return the shell blocks of the manual in order."""
    return [found[2] for found in SHELL.finditer(MANUAL.read_text(encoding="utf-8"))]


@pytest.mark.slow
def test_every_command_of_the_manual_runs_in_a_fresh_shell(tmp_path: Path) -> None:
    """The installed service's settings are in a file, the shell knows nothing of them, and its folder is another."""
    tools, elsewhere, data = tmp_path / "tools", tmp_path / "somewhere", tmp_path / "var" / "planner"
    for folder in (tools, elsewhere, tmp_path / "backup"):
        folder.mkdir()
    service = tmp_path / "planner.env"
    service.write_text(f"# as in deploy/planner.env\nPLANNER_DATA={data}\nPLANNER_WORKERS=0\n", encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    planner = Path(sys.executable).with_name("planner")
    values = {"planner": planner, "python": sys.executable, "port": port, "said": tmp_path / "serve.log"}
    scripts = {"planner": WRAPPER.format(**values, password=PASSWORD)}
    scripts |= {name: f'#!/bin/sh\necho "{name} $*" >> "{tmp_path}/outside"\n' for name in OUTSIDE}
    for name, text in scripts.items():
        (tools / name).write_text(text, encoding="utf-8")
        (tools / name).chmod(0o755)
    shell = {"PATH": f"{tools}:/usr/bin:/bin", "LANG": "C.UTF-8", "PLANNER_SERVICE_FILE": str(service)}
    ran = []
    for block in blocks():
        if "pip install" in block or "PLANNER_DATABASE" in block or "/opt/planner" in block:
            continue  # another provider, another database, another folder: see the tests of these
        text = block.replace("/backup/", f"{tmp_path}/backup/").replace("/var/lib/", f"{tmp_path}/var/")
        text = text.replace('export PATH="$PWD/.venv/bin:$PATH"\n', "")  # the wrapper is what is found instead
        done = subprocess.run(
            ["/bin/sh", "-eu", "-c", text],
            env=shell,
            cwd=elsewhere,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        if "db downgrade" in text:  # the old program would go on from here; this one has to come back
            subprocess.run([planner, "db", "upgrade"], env=shell, cwd=elsewhere, capture_output=True, check=True)
        ran += re.findall(r"^ *planner ([a-z]+(?: [a-z]+)?)", text, re.MULTILINE)
    assert list(elsewhere.iterdir()) == []  # no database beside whoever typed
    assert (data / "planner.sqlite").stat().st_mode & 0o077 == 0
    assert {"account add", "serve", "backup", "restore", "db upgrade", "db downgrade", "log verify", "verify"} <= set(
        ran
    )
    assert {"retention", "log head", "account token", "db current"} <= set(ran)


def test_a_command_without_the_services_settings_is_refused(tmp_path: Path) -> None:
    """Neither makes it an empty database where it was typed, nor does it guess where the settings cannot be read."""
    planner = Path(sys.executable).with_name("planner")
    for words in (["backup", "x.zip"], ["db", "upgrade"], ["log", "verify"], ["account", "list"], ["retention"]):
        shell = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PLANNER_SERVICE_FILE": str(tmp_path / "none")}
        done = subprocess.run([planner, *words], env=shell, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, "没有数据库" in done.stderr) == (2, True), done.stderr
        assert list(tmp_path.iterdir()) == []
    shell = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PLANNER_SERVICE_FILE": str(tmp_path)}  # a folder: no file
    done = subprocess.run(
        [planner, "db", "upgrade"], env=shell, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "不可读" in done.stderr) == (2, True)
