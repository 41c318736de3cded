"""Holds what stands against what the log has bound: a moved visit, a changed filing, a file that is another now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from api.store.database.engine import Store, Tx
from api.store.database.schema import hidden_log, leaves, log, plans
from api.store.state.bind import LOGGED, hash_of, hashes_of, roots_of, state_root
from api.store.state.rows import HIDDEN, KINDS, OPEN, bound_rows
from api.store.state.tree import root_of

NAMES = {
    "visit": ("入企安排", "visit"),
    "hidden_visit": ("突击检查安排", "unannounced visit"),
    "filing": ("检查计划", "filing"),
    "booking": ("预定", "booking"),
    "hidden_booking": ("触发式检查", "triggered check"),
    "plan": ("已发布方案", "published plan"),
    "tree": ("分组", "tree"),
    "chain": ("日志", "log"),
    "file": ("文件", "file"),
}
TEXTS = {
    "changed": ("与登记时不同：内容被改动", "is not as it was bound: it was changed"),
    "added": ("未经登记：绕过程序写入", "was never bound: it was written past the program"),
    "missing": ("登记后消失：被删除或撤下", "was bound and is gone"),
    "root": ("与登记的根不符", "does not give the root that is kept"),
    "unlogged": ("状态的根与日志不符：日志未记载现状", "its last root is not that of what stands"),
    "gone": ("已不在磁盘上，请重新生成文件", "is no longer on the disk: export the plan"),
}


@dataclass(frozen=True, slots=True)
class StateProblem:
    """One thing that is not as the log has bound it: which kind of row or file, its key, and what is wrong."""

    code: str
    kind: str
    key: str

    def text(self, lang: str = "zh") -> str:
        """Return the problem in words, `lang` "zh" or "en"."""
        n, between = (0, "：") if lang == "zh" else (1, " ")
        return f"{NAMES[self.kind][n]} {self.key}{between}{TEXTS[self.code][n]}"


def verify_state(store: Store, artefacts: Path | None = None, *, reserved: bool = True) -> list[StateProblem]:
    """Return what is not as bound, empty where nothing is; hidden rows only for who may know them (`reserved`).

    `artefacts` is the folder of the plans' files; None: files are not looked at. The log itself is verified apart: only
    a log that is whole, with a head that was kept elsewhere, makes this a proof.
    """
    with store.read() as tx:
        found = [one for chain in ((OPEN, HIDDEN) if reserved else (OPEN,)) for one in _chain(tx, chain)]
        files = list(_files(tx, artefacts)) if artefacts is not None else []
    return found + files


def _chain(tx: Tx, chain: int) -> Iterator[StateProblem]:
    bound = tx.rows(select(leaves).where(leaves.c.chain == chain, leaves.c.kind != ""))
    kept = {(row["kind"], row["key"]): row for row in bound}
    for kind in KINDS:
        for row in bound_rows(tx, kind):
            if row.chain != chain:
                continue
            old = kept.pop((kind, row.key), None)
            if old is None:
                yield StateProblem("added", kind, row.key)
            elif old["tree"] != row.tree or hash_of(row, old["salt"]) != old["hash"]:
                yield StateProblem("changed", kind, row.key)
    for kind, key in kept:
        yield StateProblem("missing", kind, key)
    roots = roots_of(tx, chain)
    for tree, root in sorted(roots.items()):
        if tree != LOGGED:
            values = hashes_of(tx, chain, tree)
            if not values or root_of(values) != root:
                yield StateProblem("root", "tree", tree)
    if state_root(roots) != _last_logged(tx, chain):
        yield StateProblem("unlogged", "chain", str(chain))


def _last_logged(tx: Tx, chain: int) -> str:
    table = log if chain == OPEN else hidden_log
    query = select(table.c.grounds).where(table.c.grounds.like('%"state_root":%')).order_by(table.c.seq.desc()).limit(1)
    grounds = tx.value(query)
    return str(json.loads(grounds)["state_root"]) if grounds else ""


def _files(tx: Tx, artefacts: Path) -> Iterator[StateProblem]:
    for made in tx.values(select(plans.c.artefacts).where(plans.c.state == "published").order_by(plans.c.month)):
        for one in made:
            path = artefacts / str(one["path"])
            if not path.is_file():
                yield StateProblem("gone", "file", str(one["path"]))
            elif hashlib.sha256(path.read_bytes()).hexdigest() != one["sha256"]:
                yield StateProblem("changed", "file", str(one["path"]))
