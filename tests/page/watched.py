"""A page of the browser, and what must not happen on it."""

from __future__ import annotations

from typing import Any

from api.page_build import PAGE
from tests.page.service import PASSWORD

SETTLED = """() => Promise.all(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().endTime !== Infinity)
    .map(one => one.finished.catch(() => {}))).then(() => null)"""
"""What fades in has no contrast yet: pictures and checks wait for the end of it."""


class Watched:
    """A page of the browser that keeps what its console said and whom else it asked."""

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

    def login(self, login: str = "li", password: str = PASSWORD, to: str = "") -> None:
        """Log in through the form, on the way to an address of the page."""
        self.page.goto(f"{self.root}{to}")
        self.page.get_by_label("登录名").fill(login)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录").click()

    def settle(self) -> None:
        """Wait until nothing moves any more."""
        self.page.wait_for_timeout(100)
        self.page.evaluate(SETTLED)

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the screen."""
        return int(self.page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))

    def axe(self) -> list[str]:
        """Return what the accessibility checker holds against the page as it is now."""
        self.page.evaluate((PAGE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        self.settle()
        found = self.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
