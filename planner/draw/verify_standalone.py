"""抽取记录独立核验 / Independent check of site draws: one file, Python 3.9+ standard library, no network.

用法 / Usage:  python verify_standalone.py draws.json      退出码 / exit code: 0 通过 verified, 1 不符 failed

名单校验值 list_hash = SHA-256(冻结名单 frozen list);种子 seed = SHA-256(两个随机数 both nonces, list_hash)。
每个等级 / in each grade: 第 k 个随机数 / number k = HMAC-SHA256(seed, "grade:k") 的高位 / its top bits,
过大舍去 / discarded if too large;按权重逐个不放回抽取 / drawn one by one by weight, without replacement;
列入 last 的排在其余对象之后 / those in "last" go behind all others, in the same order;
前 n 个抽中，其后为候补 / the first n = ⌈ratio × count⌉ are drawn, the next are reserves.
"""

import hashlib
import hmac
import json
import sys
from datetime import date
from typing import Any

MESSAGES = {
    "file": "不是抽取记录文件 / not a draws file",
    "form": "记录写法不规范 / record not in normal form",
    "chain": "链式校验值不符 / chain hash differs",
    "repeated": "重复抽取 / drawn twice",
    "commitment": "随机数与承诺值不符 / nonce is not the one committed to",
    "late": "承诺不早于名单冻结 / committed after the freeze",
    "list": "名单校验值不符 / list hash differs",
    "seed": "种子不符 / seed differs",
    "order": "抽取顺序不符 / order differs",
    "drawn": "抽中对象或候补不符 / drawn sites or reserves differ",
    "replacement": "替换不合规 / replacement breaks the rules",
    "uncommitted": "提示：随机数未事先承诺 / notice: nonce not committed beforehand",
}
BAD = (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, StopIteration)
LISTED = ["draw_id", "filing_id", "agency_id", "month", "frozen_on", "frame", "ratio", "reserves"]
OTHERS = ["bureau_nonce", "agency_nonce", "commitments", "committed", "list_hash", "seed", "order_hash", "strata"]


def text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha(value: Any) -> str:
    return hashlib.sha256(value if type(value) is bytes else text(value).encode()).hexdigest()


def need(condition: bool) -> None:
    if not condition:
        raise ValueError


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    need(len(dict(pairs)) == len(pairs))
    return dict(pairs)


def random_order(rows: list[Any], seed: str, grade: str) -> list[Any]:
    """[site, grade, weight] rows in the order of the draw; `sums` is a binary tree of weights, its root is sums[1]."""
    size, counter, order = 1 << len(rows).bit_length(), 0, []
    sums = [0] * size + [row[2] for row in rows] + [0] * (size - len(rows))
    for node in range(size - 1, 0, -1):
        sums[node] = sums[2 * node] + sums[2 * node + 1]
    while sums[1]:
        block = hmac.new(seed.encode(), f"{grade}:{counter}".encode(), hashlib.sha256).digest()
        number, counter = int.from_bytes(block, "big") >> (256 - (sums[1] - 1).bit_length()), counter + 1
        if number < sums[1]:
            node = 1
            while node < size:
                node *= 2
                if number >= sums[node]:
                    number, node = number - sums[node], node + 1
            weight = sums[node]
            order.append(rows[node - size])
            while node:
                sums[node], node = sums[node] - weight, node // 2
    return order


def check_form(d: dict[str, Any]) -> None:
    ids, holders = [row[0] for row in d["frame"]], [c["holder"] for c in d["commitments"]]
    need(
        set(d) - {"last"} == {*LISTED, *OTHERS, "replacements"}
        and ids == sorted(set(ids))
        and holders == sorted(set(holders))
    )
    need(all(type(d[key]) is str for key in (*LISTED[:5], *OTHERS[:2])) and d["draw_id"] and d["agency_id"] != "bureau")
    need(all([type(cell) for cell in row] == [str, str, int] and row[1] != "*" for row in d["frame"]))
    if "last" in d:
        need(type(d["last"]) is list and bool(d["last"]) and d["last"] == sorted(set(d["last"])))
        need(set(d["last"]) <= set(ids))
    need(all(1 <= row[2] <= 10**9 for row in d["frame"]) and type(d["reserves"]) is int and d["reserves"] >= 0)
    need(all(type(parts) is int and 0 <= parts <= 10000 for parts in d["ratio"].values()))
    need(
        all(
            set(c) == {"holder", "commitment", "committed_on"} and type(c["commitment"]) is str
            for c in d["commitments"]
        )
    )
    dates = [d["frozen_on"]] + [c["committed_on"] for c in d["commitments"]]
    need(
        all(date.fromisoformat(day).isoformat() == day for day in dates)
        and bool(d["bureau_nonce"] and d["agency_nonce"])
    )
    need(set(holders) <= {"bureau", d["agency_id"]} and d["committed"] is (len(holders) == 2))


def check_replacements(d: dict[str, Any], strata: list[Any]) -> None:
    active, turn = [set(s["drawn"]) for s in strata], [[r["site_id"] for r in s["reserves"]] for s in strata]
    for step in d["replacements"]:
        n = next(n for n, sites in enumerate(active) if step["site_id"] in sites)
        need(step["reason"] in ("closed", "suspended", "moved", "not_found") and step["reserve"] == turn[n].pop(0))
        need(set(step) == {"site_id", "reason", "reserve"})
        active[n] = active[n] - {step["site_id"]} | {step["reserve"]}


def check_draw(d: dict[str, Any]) -> list[str]:
    """Codes of what is wrong; each step starts from the recorded result of the step before."""
    try:
        check_form(d)
    except BAD:
        return ["form"]
    nonces = {"bureau": d["bureau_nonce"], d["agency_id"]: d["agency_nonce"]}
    groups: dict[str, list[Any]] = {}
    for row in d["frame"]:
        groups.setdefault(row[1] if row[1] in d["ratio"] else "*", []).append(row)
    orders, strata, last = [], [], set(d.get("last", ()))
    for grade in sorted(groups.keys() & d["ratio"].keys()):
        order = random_order(groups[grade], str(d["seed"]), grade)
        order.sort(key=lambda row: row[0] in last)
        n = -(-d["ratio"][grade] * len(order) // 10000)
        spare = order[n : n + d["reserves"]] if n else []
        reserves = [{"site_id": row[0], "grade": row[1], "rank": rank} for rank, row in enumerate(spare, 1)]
        drawn, parts = [row[0] for row in order[:n]], d["ratio"][grade]
        strata.append({"grade": grade, "ratio": parts, "sites": len(order), "drawn": drawn, "reserves": reserves})
        orders.append([grade, [row[0] for row in order]])
    wrong = {
        "commitment": any(sha(nonces[c["holder"]].encode()) != c["commitment"] for c in d["commitments"]),
        "late": any(c["committed_on"] >= d["frozen_on"] for c in d["commitments"]),
        "list": sha({key: d[key] for key in (*LISTED, *(["last"] if last else []))}) != d["list_hash"],
        "seed": sha([d["bureau_nonce"], d["agency_nonce"], d["list_hash"]]) != d["seed"],
        "order": sha(orders) != d["order_hash"],
        "drawn": text(strata) != text(d["strata"]),
        "uncommitted": not d["committed"],
    }
    try:
        check_replacements(d, strata)
    except BAD:
        wrong["replacement"] = True
    return [code for code, is_wrong in wrong.items() if is_wrong]


def check_file(path: str) -> list[tuple[str, str]]:
    """(code, draw id) of all that is wrong with a file."""
    try:
        with open(path, "rb") as file:
            book = json.loads(file.read(), object_pairs_hook=unique)
        need(set(book) == {"format", "draws", "chain_hash"} and book["format"] == "joint-inspection-draws/1")
        link, found = sha(book["format"]), []
        seen: set[Any] = set()
        for entry in book["draws"]:
            d = {key: value for key, value in entry.items() if key != "chain"}
            name, link = str(d.get("draw_id")), sha([link, d])
            keys = {name, (str(d.get("filing_id")), str(d.get("month")))}
            codes = check_draw(d) + ["chain"] * (entry.get("chain") != link) + ["repeated"] * bool(keys & seen)
            found += [(code, name) for code in codes]
            seen |= keys
        return found + [("chain", "")] * (book["chain_hash"] != link)
    except (OSError, *BAD):
        return [("file", "")]


def main(paths: list[str]) -> int:
    failed = not paths
    for path in paths:
        found = check_file(path)
        for code, name in found:
            print(f"  [{code}] {name} {MESSAGES[code]}")
        bad = {code for code, _ in found} - {"uncommitted"}
        print(f"{path}: {'不符 / FAILED' if bad else '核验通过 / VERIFIED'}")
        failed = failed or bool(bad)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
