"""Milliseconds that the officer's page takes in a real browser, on the demonstration month and on one of 5,000 visits.

Run: `python -m benchmarks.page [--rounds N] [--out FILE]`. The service is `planner serve` on this machine with the
demonstration district and its month planned; the larger month is that plan with visits told twice, which the page reads
like any other. The page has to be built (`make page`); the browser is the Chromium that is there. Every view is opened
with an empty cache; a frame is late where the browser's main thread was busy for more than 50 ms (a long task).
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.accounts import accounts
from api.accounts.passwords import hash_password
from api.http.page import DIST
from api.settings import Settings
from api.store import Store
from api.store.planned.plans import add_plan, document_of, plans_of
from benchmarks.history import append
from benchmarks.load import MONTH, prepare, serving
from benchmarks.machine import ROOT, machine

OUT = ROOT / "benchmarks" / "results" / "page.json"
LARGE = 5_000
LIMIT_MS, VERDICT_MS = 2_000.0, 1_000.0
"""First view; verdict of a move once the plan's case is restored."""
LOGIN, PASSWORD = "benchmark-officer", "测量用的口令-2026"
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
WATCH = """() => { window.late = []
    new PerformanceObserver((list) => window.late.push(...list.getEntries().map((one) => one.duration)))
        .observe({ entryTypes: ['longtask'] }) }"""
SCROLL = """async (selector) => {
    const host = document.querySelector(selector), frames = []
    const next = () => new Promise((done) => requestAnimationFrame(done))
    window.late.length = 0
    let before = await next()
    for (let step = 1; step <= 120; step++) {
        host.scrollTop = (host.scrollHeight - host.clientHeight) * step / 120
        const now = await next()
        frames.push(now - before)
        before = now
    }
    return { frames, late: [...window.late] }
}"""


def enlarged(document: dict[str, Any], visits: int) -> dict[str, Any]:
    """Return a plan document of so many visits: those that there are, told again under other ids."""
    grown = deepcopy(document)
    there = document["visits"]
    more = [{**there[n % len(there)], "id": f"{there[n % len(there)]['id']}-{n}"} for n in range(len(there), visits)]
    grown["visits"] = sorted([*there, *more], key=lambda visit: (visit["day"], visit["site"]["id"]))
    return grown


def plans_in(settings: Settings) -> dict[str, str]:
    """Prepare the store and return the ids of the plans to look at by case."""
    prepare(settings, 5)
    store = Store(settings.database_url)
    first = plans_of(store, month=MONTH, limit=1)[0]
    with store.write() as tx:
        accounts.add(tx, LOGIN, "测量", "bureau", hash_password(PASSWORD), "benchmark")
        large = add_plan(tx, enlarged(document_of(tx, first.id), LARGE), "benchmark", revision=None, synthetic=True)
    store.close()
    return {"page-demo": first.id, f"page-{LARGE}": large.id}


def spread(values: list[float]) -> dict[str, float]:
    """Return median and most of milliseconds."""
    return {"p50_ms": round(statistics.median(values), 1), "max_ms": round(max(values), 1)}


def timed(work: Callable[[], Any]) -> float:
    """Return the milliseconds of a call."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def look(browser: Any, address: str, plan: str, trial: bool) -> dict[str, float | list[float]]:
    """Open the views of a plan once, with an empty cache, and return what each took; `trial`: moving a visit too."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/login")
    page.get_by_label("登录名").fill(LOGIN)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="三、方案").wait_for()
    cookies = context.storage_state()
    context.close()
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", storage_state=cookies)
    page = context.new_page()

    def opened(path: str, seen: str) -> float:
        return timed(lambda: (page.goto(f"{address}{path}"), page.locator(seen).first.wait_for()))

    def tab(name: str, seen: str) -> float:
        return timed(lambda: (page.get_by_role("tab", name=name).click(), page.locator(seen).first.wait_for()))

    found: dict[str, float | list[float]] = {
        "plan": opened(f"/plans/{plan}", "tr[aria-rowindex] td"),
        "month": opened("/", "h2:has-text('三、方案') ~ div td"),
    }
    page.goto(f"{address}/plans/{plan}")
    page.locator("tr[aria-rowindex] td").first.wait_for()
    page.evaluate(WATCH)
    scrolled = page.evaluate(SCROLL, ".window")
    found |= {"frames": scrolled["frames"], "late": scrolled["late"]}
    found["filter"] = timed(
        lambda: (page.get_by_text("只看联合").click(), page.locator("tr[aria-rowindex] .chip.joint").first.wait_for())
    )
    if trial:
        page.locator("tr[aria-rowindex] button").first.click()
        ask = page.get_by_role("button", name="看看能改到哪天")
        found["verdict"] = timed(lambda: (ask.click(), page.get_by_role("button", name="不去").wait_for()))
        page.keyboard.press("Escape")
        page.get_by_role("heading", name="改动", exact=True).wait_for(state="hidden")
    found["calendar"] = tab("日历", ".fc-event")
    found["crews"] = tab("当日检查组", ".stay")
    found["towns"] = tab("分布", "g.disc")
    context.close()
    return found


def measure(rounds: int, folder: Path) -> list[dict[str, Any]]:
    """Return a row for each month. Raises ImportError or FileNotFoundError where browser or page are missing."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None or not (DIST / "index.html").is_file():
        raise FileNotFoundError(
            "no Chromium on this machine" if chromium is None else "the page is not built: make page"
        )
    settings = Settings(data=folder / "data", database="")
    plans = plans_in(settings)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    rows = []
    with serving(settings, port, folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        for case, plan in plans.items():
            trial = case == "page-demo"  # the larger month has visits told twice: no case gives them
            first = [look(browser, address, plan, trial)["verdict"]] if trial else []
            looks = [look(browser, address, plan, trial) for _ in range(rounds)]
            views = ("plan", "month", "filter", "calendar", "crews", "towns", *(["verdict"] if trial else []))
            row: dict[str, Any] = {view: spread([found[view] for found in looks]) for view in views}
            row |= {"verdict_first_ms": round(first[0])} if trial else {}
            late = [one for found in looks for one in found["late"]]
            frames = sorted(one for found in looks for one in found["frames"])
            slow = [view for view in ("plan", "month") if row[view]["max_ms"] > LIMIT_MS]
            slow += ["verdict"] if trial and row["verdict"]["max_ms"] > VERDICT_MS else []
            rows.append(
                {
                    "case": case,
                    "rounds": rounds,
                    **row,
                    "scroll": {
                        "frames": len(frames),
                        "p95_ms": round(frames[int(0.95 * len(frames))], 1),
                        "max_ms": round(frames[-1], 1),
                        "long_tasks": len(late),
                        "longest_ms": round(max(late, default=0.0), 1),
                    },
                    "limit": {"short": f"too slow: {', '.join(slow)}" if slow else ""},
                    "browser": browser.version,
                    **machine(),
                }
            )
        browser.close()
    return rows


def main() -> int:
    """Measure, store and print; 1 where a first view or a verdict took longer than it may."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=OUT, help="the file of results to add to")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        rows = measure(chosen.rounds, Path(name))
    append(chosen.out, datetime.now(UTC).isoformat(timespec="seconds"), rows)
    print(json.dumps(rows, ensure_ascii=False, indent=1))
    return 1 if any(row["limit"]["short"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
