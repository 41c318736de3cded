"""A service of its own on this machine, and what is asked of it without a browser."""

from __future__ import annotations

import http.cookiejar
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from planner.cli import app

PASSWORD = "春风不度玉门关-2026"
PLANNER = Path(sys.executable).with_name("planner")
ACCOUNTS = (
    ("li", "--role", "bureau", "--name", "李敏"),
    ("wang", "--role", "bureau", "--name", "王宁"),
    ("shen", "--role", "auditor", "--name", "沈钧"),
)
JOB_SECONDS = 120


def add_account(data: Path, *account: str) -> None:
    """Add an account with `PASSWORD` to the store in `data`, as on the server's command line, in this process."""
    given = [*map(str, account), "--password-stdin", "--data", str(data)]
    done = CliRunner().invoke(app, ["account", "add", *given], input=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output


@contextmanager
def serving(data: Path, **settings: str) -> Iterator[str]:
    """Run a service with an empty store in `data`, one worker, and two officers and an auditor; give its address.

    `settings` are more of the environment's, such as PLANNER_OIDC_ISSUER.
    """
    for account in ACCOUNTS:
        add_account(data, *account)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [PLANNER, "serve", "--port", str(port), "--workers", "1", "--data", data]
    environment = {**os.environ, **settings}
    with (
        (data / "serve.log").open("w") as said,
        subprocess.Popen(command, stdout=said, stderr=said, env=environment) as service,
    ):
        try:
            root = f"http://127.0.0.1:{port}"
            _wait_for(f"{root}/healthz", service)
            yield root
        finally:
            service.terminate()
            try:
                service.wait(timeout=20)
            except subprocess.TimeoutExpired:
                service.kill()


class Officer:
    """Somebody who is logged in and asks the service directly, as the page does."""

    def __init__(self, root: str, login: str = "li") -> None:
        self.root = root
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        self.ask("POST", "/session", {"login": login, "password": PASSWORD})

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Return what the service answers."""
        data = None if body is None else json.dumps(body).encode()
        return self._send(method, path, data, {"Content-Type": "application/json", **headers})

    def upload(self, path: str, workbook: Path) -> Any:
        """Send a workbook as a form does, and return what the service answers."""
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="book.xlsx"\r\n\r\n'
        data = head.encode() + workbook.read_bytes() + f"\r\n--{mark}--\r\n".encode()
        return self._send("POST", path, data, {"Content-Type": f"multipart/form-data; boundary={mark}"})

    def finished(self, job: dict[str, Any]) -> Any:
        """Wait until a job has ended and return its result."""
        until = time.monotonic() + JOB_SECONDS
        while job["state"] in ("queued", "running"):
            assert time.monotonic() < until, job
            time.sleep(0.1)
            job = self.ask("GET", f"/jobs/{job['id']}")
        assert job["state"] == "finished", job
        return job["result"]

    def planned(self, month: str) -> str:
        """Have a month planned and return the plan's id."""
        result = self.finished(self.ask("POST", "/plans?operation=solve", {"month": month}))
        return str(result["plan"])

    def publish(self, plan: str) -> None:
        """Publish a draft."""
        self.finished(self.ask("POST", f"/plans/{plan}/publish", {"reason": ""}, **{"If-Match": '"1"'}))

    def _send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Any:
        token = next((str(one.value) for one in self._jar if one.name == "planner_csrf"), "")
        shown = {**headers, "X-CSRF-Token": token} if token else headers
        request = urllib.request.Request(f"{self.root}/v1{path}", data, shown, method=method)
        with self._opener.open(request, timeout=30) as answer:
            return json.loads(answer.read())


def _wait_for(url: str, service: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert answer.status == 200
            return
        except (urllib.error.URLError, OSError):
            assert service.poll() is None, "the service ended"
            assert time.monotonic() < until, "the service does not answer"
            time.sleep(0.1)
