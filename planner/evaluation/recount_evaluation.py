"""评估独立复算 / Independent recount of an evaluation: one file, Python 3.10+ standard library, no network.

用法 / Usage:  python recount_evaluation.py evaluation.json   退出码 / exit code: 0 通过 verified, 1 不符 failed

由所附的检查结果重算全区和各主体的每项指标，与所载的分子、分母对照 / recounts each figure of the district and of each
body from the results that stand in the file, and holds them against numerators and denominators.
户次 a check = 主体 body × 对象 site × 日期 date × 检查码 code；入企 an entry = 对象 site × 日期 date.
街镇、行业、等级的分项不在此复算 / parts by town, industry and grade are not recounted here.
"""

import json
import re
import sys
from typing import Any

Row = dict[str, Any]
CLUES = ("remote", "warning", "passing")


def minute_of(text: str) -> Any:
    """The minute of the day of 9:30, None where it is no time."""
    found = re.fullmatch(r"\s*(\d{1,2})[:：](\d\d)(?:[:：]\d\d)?\s*", text or "")
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return int(found[1]) * 60 + int(found[2])


def code_of(row: Row) -> str:
    """Whether the code came before arrival, late or never."""
    if not row["check_code"]:
        return "none"
    found = re.fullmatch(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T]+(\S+))?", row["code_applied_at"].strip())
    if not found:
        return "before"
    day = f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
    if day != row["date"]:
        return "before" if day < row["date"] else "late"
    at, start = minute_of(found[4] or ""), minute_of(row["start"])
    return "late" if at is not None and start is not None and at > start else "before"


def checks_of(told: Row) -> list[Row]:
    """The checks of the period, counted anew."""
    rows = [dict(zip(told["columns"], cells, strict=True)) for cells in told["results"]]
    opened: dict[tuple[str, str, str], str] = {}
    for row in rows:
        if row["check_code"] and row["visit_no"] == 1 and (row["result"] == "problem" or row["untouched"]):
            key = (row["check_code"], row["site_id"], row["agency_id"])
            opened[key] = min(row["date"], opened.get(key, "9999"))
    checks: dict[tuple[str, str, str, str], Row] = {}
    for row in rows:
        first = opened.get((row["check_code"], row["site_id"], row["agency_id"]), "9999")
        further = row["visit_no"] > 1 and row["date"] >= first
        inside = told["from"] <= row["date"] <= told["to"]
        if not inside or not row["evaluated"] or row["result"] not in ("clear", "problem") or further:
            continue
        start, end = minute_of(row["start"]), minute_of(row["end"])
        one_day = (row["ended_on"] or row["date"]) == row["date"]
        timed = start is not None and end is not None and one_day and end >= start
        own = (row["parent"], row["site_id"], row["date"], row["check_code"])
        one = checks.setdefault(own, {"body": own[0], "site": own[1], "day": own[2], "rows": []})
        one["rows"].append({**row, "minutes": end - start if timed else None, "code": code_of(row)})
    for one in checks.values():
        rows_of = one["rows"]
        modes = [row["mode"] for row in rows_of]
        one["mode"] = "on_site" if "on_site" in modes else modes[0]
        one["planned"] = any(row["trigger"] == "planned" for row in rows_of)
        one["problem"] = any(row["result"] == "problem" for row in rows_of)
        one["drawn"] = any(row["drawn"] for row in rows_of)
        one["clue"] = any(row["source"] in CLUES for row in rows_of)
        one["measured"] = any(row["measure"] or row["line_measures"] for row in rows_of)
        one["guided"] = any(row["guidance"] for row in rows_of)
        codes = {row["code"] for row in rows_of}
        one["code"] = "none" if "none" in codes else "late" if "late" in codes else "before"
        parts = [row["minutes"] for row in rows_of]
        one["minutes"] = None if None in parts else sum(parts)
        one["items"] = {item for row in rows_of for item in row["items"]}
    return list(checks.values())


def figures_of(part: list[Row], joint: set[tuple[str, str]]) -> dict[str, list[Any]]:
    """[numerator, denominator or None] of each figure of some checks."""
    on = [c for c in part if c["mode"] == "on_site"]
    off = [c for c in part if c["mode"] == "off_site"]
    planned = [c for c in on if c["planned"]]
    other = [c for c in on if not c["planned"]]
    triggered = [c for c in part if not c["planned"]]
    problems = [c for c in part if c["problem"]]
    timed = [c for c in planned if c["minutes"] is not None]
    entries = {(c["site"], c["day"]) for c in planned}
    n, sites = len(planned), len({c["site"] for c in planned})

    def share(chosen: list[Row], key: str) -> list[Any]:
        return [sum(bool(c[key]) for c in chosen), len(chosen)]

    return {
        "planned_on": [n, None],
        "triggered_on": [len(other), None],
        "on_total": [n + len(other), None],
        "entries": [len(entries), None],
        "objects": [sites, None],
        "frequency": [n, sites],
        "content": [sum(len(c["items"]) for c in planned), n],
        "impact": [sum(c["minutes"] for c in timed), len({c["site"] for c in timed})],
        "random_rate": share(planned, "drawn"),
        "joint_rate": [sum((c["site"], c["day"]) in joint for c in planned), n],
        "joint_entries": [len(entries & joint), len(entries)],
        "off_site_rate": [len(off), len(on) + len(off)],
        "problem_rate": share(planned, "problem"),
        "problem_rate_triggered": share(other, "problem"),
        "problem_rate_off": share(off, "problem"),
        "planned_share": [len(part) - len(triggered), len(part)],
        "triggered_share": [len(triggered), len(part)],
        "off_site_scenes": [len({item for c in off for item in c["items"]}), None],
        "own_clues": share(triggered, "clue"),
        "follow_up": share(problems, "measured"),
        "guidance": share(problems, "guided"),
        "coded_before": [sum(c["code"] == "before" for c in on), len(on)],
        "coded_late": [sum(c["code"] == "late" for c in on), len(on)],
        "uncoded": [sum(c["code"] == "none" for c in on), len(on)],
    }


def wrong_figures(told: Row) -> list[str]:
    """What the file says otherwise than the recount, in words; [] where all agrees."""
    checks = checks_of(told)
    bodies: dict[tuple[str, str], set[str]] = {}
    for c in checks:
        if c["planned"] and c["mode"] == "on_site":
            bodies.setdefault((c["site"], c["day"]), set()).add(c["body"])
    joint = {entry for entry, there in bodies.items() if len(there) > 1}
    wanted = {("", ""): figures_of(checks, joint)}
    for body in {c["body"] for c in checks}:
        wanted["agency", body] = figures_of([c for c in checks if c["body"] == body], joint)
    said = {(f["cut"], f["value"], f["key"]): [f["numerator"], f["denominator"]] for f in told["figures"]}
    wrong = [
        f"{cut} {value} {key}: {said[cut, value, key]} ≠ {figure}"
        for (cut, value), figures in wanted.items()
        for key, figure in figures.items()
        if (cut, value, key) in said and said[cut, value, key] != figure
    ]
    parts = {(cut, value) for cut, value, _ in said if cut in ("", "agency")}
    wrong += [f"{cut} {value}: 没有这一部分 / no such part" for cut, value in parts ^ set(wanted)]
    for one in told["compared"]:
        if one["cut"] in ("", "agency") and (one["cut"], one["value"]) in wanted:
            own = wanted[one["cut"], one["value"]]
            now = [one["planned"][0], one["triggered"][0]]
            if now != [own["planned_on"][0], own["triggered_on"][0]]:
                wrong.append(f"{one['cut']} {one['value']}: 与基期比较的数不符 / the compared figures differ")
    return wrong


def main() -> int:
    """Recount the file named on the command line."""
    with open(sys.argv[1], encoding="utf-8") as file:
        told = json.load(file)
    wrong = wrong_figures(told)
    for line in wrong:
        print(line)
    passed = f"通过 verified: {len(told['figures'])} 项 figures, {len(told['results'])} 结果 results"
    print("不符 failed" if wrong else passed)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
