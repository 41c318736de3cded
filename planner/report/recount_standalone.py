"""逐步对比独立复算 / Independent recount of the steps: one file, Python 3.10+ standard library, no network.

用法 / Usage:  python recount_standalone.py plan.json [报告.html]   退出码 / exit code: 0 通过 verified, 1 不符 failed

每项任务一行 / a row per task: 主体 agency, 对象 site, 各步的日期 / its date in every step.
共同任务 / common tasks: 各步都有日期 / dated in every step; 联合组不拆 / joint groups whole;
随消防的与消防同在 / followers with all of fire's tasks at their site.
各自 alone = 不同的 / distinct (agency, site, date); 其余各步 / all other steps = 不同的 / distinct (site, date).
下限不在此证明 / the limit is not proven here: `planner verify plan.json`。
"""

import json
import re
import sys
from html.parser import HTMLParser
from typing import Any

MESSAGES = {
    "file": "不是带对照明细的计划文件 / not a plan file with a comparison",
    "html": "报告中没有逐步对比 / no steps in the report",
    "rows": "对照明细与方案不符 / rows are not the plan's",
    "visits": "统筹后的日期与入企安排不符 / our dates are not those of the visits",
    "tasks": "共同任务数不符 / number of common tasks differs",
    "step": "入企次数不符 / entries differ",
    "saved": "比上一步少的次数不符 / what a step saves differs",
    "avoided": "统筹后少入企的次数不符 / entries avoided differ",
    "missing": "未安排或顺延的任务数不符 / tasks left out or waiting differ",
    "limit": "下限大于统筹后，或与价目表不符 / the limit is above ours, or not its price list's",
    "report": "报告所载与复算不符 / the report says something else",
}
STEPS = ["alone", "filed", "first_come", "ours"]
Found = list[tuple[str, str]]


class Steps(HTMLParser):
    """The steps that a report shows: name → (entries as marked, entries as printed)."""

    def __init__(self) -> None:
        super().__init__()
        self.step, self.cells, self.shown = "", -1, dict[str, tuple[str, str]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        if tag == "tr":
            self.step, self.cells = str(dict(attrs).get("data-step") or ""), -1
            if self.step:
                self.shown[self.step] = (str(dict(attrs).get("data-entries")), "")
        self.cells += tag == "td"

    def handle_data(self, data: str) -> None:
        if self.step and self.cells == 1:
            self.shown[self.step] = (self.shown[self.step][0], self.shown[self.step][1] + data.strip())


def common_tasks(rows: list[dict[str, str]], names: list[str]) -> list[dict[str, str]]:
    """The tasks that every step does in the month, with their company."""
    chosen = {row["task"] for row in rows if all(re.fullmatch(r"\d{4}-\d\d-\d\d", row[name]) for name in names)}
    while True:
        torn = {(row["site"], row["together"]) for row in rows if row["together"] and row["task"] not in chosen}
        led = {row["site"] for row in rows if row["fire"] == "leads"}
        led -= {row["site"] for row in rows if row["fire"] == "leads" and row["task"] not in chosen}
        keep = [row for row in rows if row["task"] in chosen and (row["site"], row["together"]) not in torn]
        keep = [row for row in keep if row["fire"] != "follows" or row["site"] in led]
        if len(keep) == len(chosen):
            return keep
        chosen = {row["task"] for row in keep}


def recount(plan: dict[str, Any]) -> tuple[dict[str, int], Found]:
    """What each step comes to, and what is wrong with the plan file."""
    told = plan["comparison"]
    rows = [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]
    names, found = [name for name in STEPS if name in told["columns"]], Found()
    if {row["task"]: row["ours"] for row in rows} != plan["plan"] or len(rows) != len(plan["plan"]):
        found.append(("rows", ""))
    ours = {(row["task"], row["site"], row["ours"]) for row in rows if row["ours"] not in ("later", "out")}
    if ours != {(task, visit["site"]["id"], visit["day"]) for visit in plan["visits"] for task in visit["tasks"]}:
        found.append(("visits", ""))
    common = common_tasks(rows, names)
    if told["tasks"] != {"compared": len(common), "others": len(rows) - len(common)}:
        found.append(("tasks", f"{len(common)}"))
    counts = {"alone": len({(row["agency"], row["site"], row["alone"]) for row in common})}
    counts["chance"] = len({(row["site"], row["alone"]) for row in common})
    counts.update({name: len({(row["site"], row[name]) for row in common}) for name in names[1:]})
    limit = plan["common_limit"]
    if limit is not None:
        counts["limit"] = limit["bound"]
        if limit["level"] != "entries" or limit["bound"] > counts["ours"]:
            found.append(("limit", f"{limit['bound']}"))
    if [step["step"] for step in told["steps"]] != list(counts):
        found.append(("step", "、".join(counts)))
    before = None
    for step in told["steps"]:
        now = counts.get(step["step"])
        if step["entries"] != now:
            found.append(("step", f"{step['step']} {step['entries']} ≠ {now}"))
        if step["saved"] != (None if before is None or now is None else before - now):
            found.append(("saved", step["step"]))
        before = now
    for name in names:
        out = sum(row[name] == "out" and row["fire"] != "follows" for row in rows)
        if told["not_in_month"][name] != {"left_out": out, "later": sum(row[name] == "later" for row in rows)}:
            found.append(("missing", name))
    for name, avoided in plan["summary"]["entries_avoided"].items():
        one = plan["summary"]["counterfactuals"][name]
        if (one["entries_common"], one["ours_common"]) != (counts[name], counts["ours"]):
            found.append(("step", f"summary {name}"))
        if not avoided == one["avoided"] == counts[name] - counts["ours"]:
            found.append(("avoided", f"{name} {avoided} ≠ {counts[name] - counts['ours']}"))
    return counts, found


def check(plan_path: str, report_path: str = "") -> tuple[dict[str, int], Found]:
    """What the steps come to, and (code, where) of all that is wrong."""
    try:
        with open(plan_path, encoding="utf-8") as file:
            counts, found = recount(json.load(file))
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return {}, [("file", plan_path)]
    if report_path:
        page = Steps()
        try:
            with open(report_path, encoding="utf-8") as file:
                page.feed(file.read())
        except (OSError, ValueError):
            return counts, [*found, ("html", report_path)]
        if not page.shown:
            found.append(("html", report_path))
        for name in {**counts, **page.shown} if page.shown else ():
            number = counts.get(name)
            if page.shown.get(name) != (f"{number}", f"{number:,}" if number is not None else ""):
                found.append(("report", f"{name} {page.shown.get(name)} ≠ {number}"))
    return counts, found


def main(paths: list[str]) -> int:
    if not 1 <= len(paths) <= 2:
        print(__doc__)
        return 1
    counts, found = check(*paths)
    for name, number in counts.items():
        print(f"  {name:<10} {number:>9,} 次 / entries")
    for code, where in found:
        print(f"  [{code}] {where} {MESSAGES[code]}")
    print(f"{paths[0]}: {'不符 / FAILED' if found else '复算一致 / VERIFIED'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
