"""`planner account` and `planner serve` from the keyboard: the first administrator, and a service that answers."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from api.accounts.throttle import attempt
from api.accounts.tokens import look_up
from api.accounts.uses import Uses
from api.store import Store
from planner.cli.app import app
from tests.http.conftest import PASSWORD

READY_SECONDS = 20.0
"""Generous: the machine may be busy. What was measured is in the operator's manual."""


def planner(url: str, *words: str, entered: str = "", code: int = 0) -> str:
    done = CliRunner().invoke(app, [*words, "--database", url], input=entered)
    assert done.exit_code == code, done.output
    return done.output


def values(url: str, folder: Path, *words: str) -> Any:
    planner(url, *words, "--json", str(folder / "values.json"))
    return json.loads((folder / "values.json").read_text(encoding="utf-8"))


def test_the_first_administrator_and_what_comes_after(url: str, tmp_path: Path) -> None:
    added = planner(url, "account", "add", "root", "--role", "admin", "--password-stdin", entered=f"{PASSWORD}\n")
    assert "root" in added
    asked = planner(url, "account", "add", "li", "--role", "bureau", entered=f"{PASSWORD}\n{PASSWORD}\n")
    assert PASSWORD not in asked
    planner(url, "account", "add", "x", "--role", "admin", "--password-stdin", entered="short\n", code=2)
    planner(url, "account", "add", "x", "--role", "agency", "--agency", "ZZ", "--no-password", code=2)
    planner(url, "account", "disable", "li")
    listed = {row["login"]: row for row in values(url, tmp_path, "account", "list")}
    assert {login: row["active"] for login, row in listed.items()} == {"root": True, "li": False}
    planner(url, "account", "enable", "li")
    planner(url, "account", "disable", "root", code=2)
    planner(url, "account", "disable", "nobody", code=2)
    words = ("account", "token", "li", "--label", "对接", "--scope", "read", "--days", "30")
    issued = values(url, tmp_path, *words)
    store = Store(url)
    try:
        who = look_up(store, issued["secret"], Uses())
    finally:
        store.close()
    assert who is not None
    assert (who.login, who.scopes) == ("li", {"read"})


def test_verify_finds_what_was_changed_in_an_exported_log(url: str, tmp_path: Path) -> None:
    planner(url, "account", "add", "li", "--role", "bureau", "--no-password")
    file = tmp_path / "log.jsonl"
    planner(url, "log", "export", str(file))
    assert CliRunner().invoke(app, ["verify", "--log", str(file)]).exit_code == 0
    file.write_text(file.read_text(encoding="utf-8").replace("li", "wu", 1), encoding="utf-8")
    found = CliRunner().invoke(app, ["verify", "--log", str(file), "--json", "-"])
    assert found.exit_code == 1
    assert '"content"' in found.output
    assert CliRunner().invoke(app, ["verify"]).exit_code == 2


def test_a_password_set_anew_forgives_what_was_guessed(url: str) -> None:
    planner(url, "account", "add", "li", "--role", "bureau", "--password-stdin", entered=f"{PASSWORD}\n")
    store = Store(url)
    try:
        for _ in range(5):
            attempt(store, "li", "10.0.0.1")
        planner(url, "account", "password", "li", "--password-stdin", entered="another password\n")
        attempt(store, "li", "10.0.0.1")
    finally:
        store.close()


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_serve_answers_and_ends_when_asked(tmp_path: Path, port: int) -> None:
    data = ["--data", str(tmp_path)]
    command = [sys.executable, "-m", "planner", "serve", "--port", str(port), *data]
    with (tmp_path / "out").open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            until = time.monotonic() + READY_SECONDS
            while not _answers(client):
                assert process.poll() is None, (tmp_path / "out").read_text()
                assert time.monotonic() < until, (tmp_path / "out").read_text()
                time.sleep(0.05)
            assert client.get("/readyz").json()["set_up"] is False
            runner = CliRunner()
            new = ["account", "add", "li", "--role", "bureau", "--password-stdin", *data]
            assert runner.invoke(app, new, input=f"{PASSWORD}\n").exit_code == 0
            login = client.post("/v1/session", json={"login": "li", "password": PASSWORD})
            assert login.json()["role"] == "bureau"
            assert client.get("/v1/jobs").json() == {"items": [], "next": None}
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait()
    output = (tmp_path / "out").read_text()
    assert "planner account add" in output
    line = next(json.loads(line) for line in output.splitlines() if '"session.login"' in line)
    assert (line["method"], line["status"], line["level"]) == ("POST", 200, "info")


def _answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def test_what_an_earlier_version_left_open_is_shut(tmp_path: Path) -> None:
    """The service's own files and folders, and nothing else that lies beside them."""
    from api.commands.common import opened  # the commands come with the program, which is imported first

    (tmp_path / "uploads").mkdir()
    for name, mode in (("planner.sqlite", 0o644), ("notes.txt", 0o644), ("uploads", 0o755)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    with opened(None, tmp_path, current=False):
        pass
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert (modes["planner.sqlite"], modes["uploads"], modes["notes.txt"]) == (0o600, 0o700, 0o644)
