"""How well premises are matched across registers: 2,000 labelled pairs of made-up enterprises.

Run: `python -m benchmarks.registers [--pairs N] [--seed N] [--out FILE]`. Half of the pairs are one premises as two
registers write it; the others are two premises that look alike: shops of a chain, firms in one mall or at one address,
a firm that has moved, two places of one firm. A pair is merged, doubtful, or not seen.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from stdnum.cn import uscc

from benchmarks.history import append
from benchmarks.machine import ROOT, machine
from planner.domain.case import RowRef
from planner.intake.identity.match import pairs_of
from planner.intake.tables.records import SiteRow

OUT = ROOT / "benchmarks" / "results" / "registers.json"
TOWNS = ("朱泾镇", "枫泾镇", "亭林镇", "漕泾镇", "山阳镇", "石化街道")
ROADS = ("沪杭公路", "亭枫公路", "人民路", "万安街", "秀州街", "东风路", "金山大道", "卫零路", "板桥西路", "学府路")
WORDS = "宏达鑫顺源和泰兴隆盛佳美康乐福祥瑞丰华诚信远东海天"
TRADES = ("餐饮", "化工", "物流", "超市", "机械", "药房", "酒店", "服饰", "建材", "幼儿园")
KINDS = ("有限公司", "有限责任公司", "店", "厂", "股份有限公司")

Pair = tuple[SiteRow, SiteRow]


def code(r: random.Random) -> str:
    """Return a credit code whose check character fits."""
    body = "91310116MA" + "".join(r.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(7))
    return body + str(uscc.calc_check_digit(body))


def enterprise(r: random.Random, number: int) -> SiteRow:
    """Return a made-up premises of the first register."""
    name = "上海" + "".join(r.sample(WORDS, 3)) + r.choice(TRADES) + r.choice(KINDS)
    own, town = code(r), r.choice(TOWNS)
    address = f"{town}{r.choice(ROADS)}{r.randrange(1, 1500)}号" + (
        f"{r.randrange(1, 20)}0{r.randrange(1, 9)}室" if r.random() < 0.4 else ""
    )
    return SiteRow(
        site_id=f"{own}-01", credit_code=own, name=name, address=address, town=town, lon=None, lat=None,
        industry="", tags=(), join="allowed", join_source="", join_date=None, opted_in=(), quiet_hours=(),
        blackout_days=(), status="open", ref=RowRef("sites", number),
    )  # fmt: skip


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _slip(text: str) -> str:
    """Return a code with one character wrong."""
    return text[:-2] + ("0" if text[-2:-1] != "0" else "1") + text[-1:] if text else text


def one_premises(r: random.Random, row: SiteRow, number: int) -> SiteRow:
    """Return the row as another register writes it."""
    other = replace(row, site_id=f"YJ-{number:05d}", ref=RowRef("sites", 100_000 + number))
    changes: list[Callable[[SiteRow], SiteRow]] = [
        lambda s: replace(s, name=_wide(s.name), address=_wide(s.address)),
        lambda s: replace(s, address="上海市金山区" + s.address),
        lambda s: replace(s, address="金山区" + s.address, name=f"{s.name}（朱泾）"),
        lambda s: replace(s, name=s.name.replace("有限责任公司", "有限公司")),
        lambda s: replace(s, name=s.name.removeprefix("上海"), address=s.address.removeprefix(s.town)),
        lambda s: replace(s, credit_code=""),
        lambda s: replace(s, credit_code="", address="上海市金山区" + s.address),
        lambda s: replace(s, credit_code=s.credit_code.lower(), address=f" {s.address} "),
        lambda s: replace(s, address=""),
        lambda s: replace(s, address=s.address + "一楼"),
        lambda s: replace(s, site_id=s.credit_code + "-1"),
        lambda s: replace(s, credit_code=_slip(s.credit_code)),
        lambda s: replace(s, town=s.town.removesuffix("镇") if s.town.endswith("镇") else s.town),
        lambda s: replace(s, name="".join(r.sample(WORDS, 3)) + "贸易商行"),
    ]
    for change in r.sample(changes, r.choice((1, 1, 2))):
        other = change(other)
    return other


def two_premises(r: random.Random, row: SiteRow, number: int) -> Pair:
    """Return two rows that look alike and are two."""
    two = replace(row, site_id=f"YJ-{number:05d}", ref=RowRef("sites", 100_000 + number))
    elsewhere = f"{r.choice(TOWNS)}{r.choice(ROADS)}{r.randrange(1501, 3000)}号"
    new = code(r)
    ways: list[Callable[[], Pair]] = [
        lambda: (row, replace(two, credit_code=new, address=elsewhere)),  # a chain: one name, two firms
        lambda: (row, replace(two, address=elsewhere)),  # one firm, two places, or moved
        # two places at one address
        lambda: (row, replace(two, site_id=f"{row.credit_code}-02", name=row.name + "二店")),
        lambda: (row, replace(two, credit_code=new, name=enterprise(r, number).name)),  # two firms at one address
        lambda: (row, replace(two, credit_code=new)),  # one name and address, two firms
        lambda: (  # shops of a mall
            replace(row, address=f"{row.town}金山万达广场{r.randrange(100, 499)}号"),
            replace(
                two,
                credit_code=new,
                name=row.name[:5] + "商行",
                address=f"{row.town}金山万达广场{r.randrange(500, 999)}号",
            ),
        ),
        lambda: (  # one street and number in two towns
            replace(row, town="朱泾镇", address="朱泾镇人民路18号"),
            replace(two, town="枫泾镇", address="枫泾镇人民路18号"),
        ),
    ]
    return r.choice(ways)()


def labelled(count: int, seed: int) -> list[tuple[Pair, bool]]:
    """Return so many pairs and whether each is one premises."""
    r = random.Random(seed)
    out: list[tuple[Pair, bool]] = []
    for number in range(count):
        row = enterprise(r, number)
        same = number % 2 == 0
        out.append(((row, one_premises(r, row, number)) if same else two_premises(r, row, number), same))
    return out


def measure(count: int, seed: int) -> dict[str, Any]:
    """Return how the pairs are judged: all rows stand in one list of sites, as in a month's input."""
    pairs = labelled(count, seed)
    start = perf_counter()
    judged = {frozenset((p.one, p.other)): p.sure for p in pairs_of([row for pair, _ in pairs for row in pair])}
    seconds = perf_counter() - start
    found: Counter[str] = Counter()
    for (one, other), same in pairs:
        sure = judged.pop(frozenset((one.site_id, other.site_id)), None)
        found[f"{'one' if same else 'two'}.{ {True: 'merged', False: 'doubtful', None: 'unseen'}[sure] }"] += 1
    ones = sum(found[f"one.{how}"] for how in ("merged", "doubtful", "unseen"))
    return {
        "pairs": count,
        "seed": seed,
        **dict(sorted(found.items())),
        "false_merges": found["two.merged"] + sum(judged.values()),
        "strangers_doubtful": sum(not sure for sure in judged.values()),
        "recall": round((found["one.merged"] + found["one.doubtful"]) / ones, 4),
        "merged_share": round(found["one.merged"] / ones, 4),
        "seconds": round(seconds, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    row = measure(options.pairs, options.seed)
    append(options.out, datetime.now(UTC).isoformat(timespec="seconds"), [{**row, "machine": machine()}])
    print(row)


if __name__ == "__main__":
    main()
