"""The log: who did or decided what, when, on which grounds. It only grows, and each entry holds the hash of the last.

An entry is written in the transaction of what it records, so there is never one without the other. Writers take turns
(`Store.write`), and `prev` is unique, so the chain has no fork.

    digest = SHA-256(canonical JSON of at, who, what, object, grounds, reserved, agency_id, salt)
    hash   = SHA-256(canonical JSON of [seq, prev, digest])

What concerns unannounced checks (`reserved`) is a chain of its own, `hidden_log`, so that numbers, links and length of
the log tell nothing of it. Each of its entries has in its grounds the head of the log at that time (`open`), which
fixes its place. Databases from before hold some reserved entries in the log itself. Because the hash covers the
contents only through their digest, these can be withheld and the chain still verifies; the salt keeps the contents from
being guessed from the digest.

An entry also holds the root over what stands (`state_root`, see `api.store.state`) where that has changed, each chain
its own.

`log_head` and any head kept elsewhere tell when entries were cut off at the end: whoever rewrites the whole database
can rewrite head and chain, but not the head that was printed or published. The coordinator keeps the hidden chain's.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, and_, insert, or_, select, update

from api.store.database.engine import Store, Tx
from api.store.database.schema import hidden_log, log, log_head
from api.store.state.bind import bind, root_to_log, roots_of, state_root
from api.store.state.rows import KINDS
from planner.domain.errors import InputError
from planner.domain.hashing import canonical_json, sha256_hex

START = "0" * 64
"""`prev` of the first entry."""

CONTENT = ("at", "who", "what", "object", "grounds", "reserved", "agency_id", "salt")
SECRETS = ("password", "token", "cookie", "session", "authorization", "csrf", "nonce", "client_secret")
"""Words that no key of a text in the grounds may contain: what opens a door stays out of what many may read."""

TEXTS: dict[str, tuple[str, str]] = {
    "form": ("不是日志条目", "not an entry"),
    "gap": ("序号不连续：缺少条目或次序被改动", "the sequence has a gap: entries are missing or out of order"),
    "link": ("与上一条的哈希不相连", "does not follow from the hash of the entry before"),
    "content": ("内容与摘要不符：条目被改动", "the contents do not give the digest: the entry was changed"),
    "hash": ("哈希不符：条目被改动", "the hash does not recompute: the entry was changed"),
    "head": ("末尾与记录的链头不符：末尾条目缺失或被改动", "the end is not the recorded head: entries are missing"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a log, at entry `seq`."""

    code: str
    seq: int

    def text(self, lang: str = "zh") -> str:
        """Return the problem in words, `lang` "zh" or "en"."""
        return f"#{self.seq}: {TEXTS[self.code][0 if lang == 'zh' else 1]}"


CHAINS: tuple[tuple[int, Table], ...] = ((1, log), (2, hidden_log))
"""The number of each chain's head, and its table."""
HIDDEN = 2


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a chain; kept elsewhere it fixes every entry up to it."""

    seq: int = 0
    hash: str = START


def append(
    tx: Tx,
    who: str,
    what: str,
    object: str,
    grounds: Mapping[str, Any] | None = None,
    *,
    reserved: bool = False,
    agency_id: str = "",
) -> Head:
    """Write one entry in transaction `tx` and return it as the new head of its chain.

    `what` is a coded act (`filing.accept`), `object` what it was done to (`filing:F-1`), `grounds` plan hash, clauses,
    reason. `reserved` marks what concerns unannounced checks of `agency_id`: others do not get it. Raises RuntimeError
    where other writers may run, ValueError where the grounds hold something secret.
    """
    if not tx.alone:
        raise RuntimeError("the log is written in a transaction that is alone")
    _refuse_secrets(grounds or {})
    number, table = CHAINS[1] if reserved else CHAINS[0]
    head = _head(tx, number)
    if reserved:
        open_ = _head(tx)
        grounds = {**(grounds or {}), "open": f"{open_.seq}:{open_.hash}"}
    state = root_to_log(tx, number)
    if state:
        grounds = {**(grounds or {}), "state_root": state}
    now = tx.now().isoformat(timespec="microseconds")
    # Whoever follows the log asks for what comes after a time. Where the clock was set back, that goes on from the last
    # entry, and the entry says what the clock said. The open chain's times are its own: the hidden one's tell nothing.
    at = max([now, *(_last_at(tx, one) for one in ((log, hidden_log) if reserved else (log,)))])
    if at != now:
        grounds = {**(grounds or {}), "clock": now}
    content = {
        "at": at,
        "who": who,
        "what": what,
        "object": object,
        "grounds": json.loads(canonical_json(grounds or {})),
        "reserved": reserved,
        "agency_id": agency_id,
        "salt": secrets.token_hex(16),
    }
    entry = {**content, "seq": head.seq + 1, "prev": head.hash, "digest": sha256_hex(content)}
    entry["hash"] = _hash(entry)
    tx.run(insert(table).values({**entry, "grounds": canonical_json(entry["grounds"])}))
    new = Head(head.seq + 1, str(entry["hash"]))
    if head.seq:
        tx.run(update(log_head).where(log_head.c.id == number).values(seq=new.seq, hash=new.hash))
    else:
        tx.run(insert(log_head).values(id=number, seq=new.seq, hash=new.hash))
    return new


def bind_what_stands(store: Store) -> None:
    """Bind what stands where nothing was ever bound: a database of before, or a backup of one. It is logged."""
    with store.write() as tx:
        if roots_of(tx, 1) or roots_of(tx, HIDDEN):
            return
        for kind in KINDS:
            bind(tx, kind)
        for chain, reserved in ((1, False), (HIDDEN, True)):
            if state_root(roots_of(tx, chain)):
                append(tx, "system", "state.bound", "state", reserved=reserved)


def head_of(store: Store, chain: int = 1) -> Head:
    """Return the head of the log, or of the HIDDEN chain, to be kept where the database's owner cannot reach it."""
    with store.read() as tx:
        return _head(tx, chain)


def entries(
    store: Store,
    *,
    after: str = "",
    limit: int = 100,
    object: str | None = None,
    who: str | None = None,
    what: str | None = None,
    reserved: bool = False,
    agency_id: str | None = None,
    agencies: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """Return entries after the place `after` (`place_of` the last one seen), oldest first, of what is given.

    Reserved entries are among them for a reader of all (`reserved` True), else only those of `agency_id`. Where
    `agencies` are given, nothing but what concerns these is among them, reserved or not.
    """
    found: list[dict[str, Any]] = []
    with store.read() as tx:
        for chain, table in CHAINS:
            # The hidden chain is read without its numbers: they would count what the reader is not shown.
            place = table.c.digest if chain == HIDDEN else table.c.seq
            query = select(table).order_by(table.c.at, place).limit(limit)
            for column, value in ((table.c.object, object), (table.c.who, who), (table.c.what, what)):
                if value is not None:
                    query = query.where(column == value)
            if agencies is not None:
                query = query.where(table.c.agency_id.in_(agencies))
            elif not reserved:
                own = table.c.agency_id == agency_id if agency_id else False
                query = query.where(~table.c.reserved | own)
            if after:
                at, before, last = _place(after)
                later = table.c.at > at
                if chain == before:
                    later = or_(later, and_(table.c.at == at, place > (last if chain == HIDDEN else int(last))))
                elif chain > before:
                    later = table.c.at >= at
                query = query.where(later)
            found += [{**_open(row), "chain": chain} for row in tx.rows(query)]
    found.sort(key=lambda entry: (entry["at"], entry["chain"], entry["digest" if entry["chain"] == HIDDEN else "seq"]))
    return [one if reserved or one["chain"] != HIDDEN else {**one, **UNLINKED} for one in found[:limit]]


UNLINKED = {"seq": 0, "prev": "", "hash": ""}
"""What is shown of the links of the hidden chain to an agency, which gets its own entries of it alone."""


def place_of(entry: Mapping[str, Any]) -> str:
    """Return the place of an entry of `entries` in a list of them."""
    return f"{entry['at']} {entry['chain']} {entry['digest' if entry['chain'] == HIDDEN else 'seq']}"


def _place(text: str) -> tuple[str, int, str]:
    at, _, rest = text.partition(" ")
    chain, _, last = rest.partition(" ")
    fits = (chain == "1" and last.isdecimal() and len(last) < 10) or (chain == "2" and last.isalnum())
    return (at, int(chain), last) if fits else ("", 0, "")


def export(store: Store, *, reserved: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the whole log for a file; reserved entries are in it only for who may read them (`reserved` True).

    After each chain comes its head, by which `verify` sees that nothing is missing at the end. Reserved entries of old,
    in the log itself, keep only their place in it.
    """
    with store.read() as tx:
        for chain, table in CHAINS if reserved else CHAINS[:1]:
            head = _head(tx, chain)
            if chain == HIDDEN and not head.seq:
                continue
            for row in tx.connection.execute(select(table).order_by(table.c.seq)).mappings():
                entry = _open(dict(row))
                if entry["reserved"] and not reserved:
                    entry = {"withheld": True, **{key: entry[key] for key in ("seq", "prev", "digest", "hash")}}
                yield entry
            yield {"head": {"seq": head.seq, "hash": head.hash}}


def write_file(store: Store, path: Path, *, reserved: bool = False) -> Head:
    """Write the log as JSON lines; complete or not at all. Return its head."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    path.parent.mkdir(parents=True, exist_ok=True)
    head = Head()
    with unfinished.open("w", encoding="utf-8") as file:
        for value in export(store, reserved=reserved):
            file.write(canonical_json(value) + "\n")
            head = Head(**value["head"]) if "head" in value and not head.seq else head
    unfinished.replace(path)
    return head


def verify_log(store: Store, kept: Head | None = None, *, reserved: bool = True) -> list[Problem]:
    """Return what is wrong with the log of `store`, empty where nothing is. `kept`: a head kept elsewhere.

    The hidden chain is verified only for who may read it (`reserved`).
    """
    return verify(export(store, reserved=reserved), kept)


def verify_file(path: Path, kept: Head | None = None) -> list[Problem]:
    """Return what is wrong with an exported log. Raises InputError where the file cannot be read."""
    try:
        with path.open(encoding="utf-8") as file:
            return verify(map(_parsed, file), kept)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"无法读取 {path} / cannot read {path}: {error}") from error


def verify(values: Iterable[Mapping[str, Any]], kept: Head | None = None) -> list[Problem]:
    """Return what is wrong with the entries and the heads of an exported log, in order: one chain after the other.

    After a break the chain is taken up anew from what stands there, so that one change is told once.
    """
    problems: list[Problem] = []
    last, heads, kept_found = Head(), 0, kept is None or kept == Head()
    ended = False
    for value in values:
        if "head" in value:
            heads, ended = heads + 1, True
            if heads > len(CHAINS) or value["head"] != {"seq": last.seq, "hash": last.hash}:
                problems.append(Problem("head", last.seq))
            continue
        if not _in_form(value):
            problems.append(Problem("form", last.seq + 1))
            continue
        if ended:  # the next chain begins
            last, ended = Head(), False
        entry = dict(value)
        seq = entry["seq"]
        if seq != last.seq + 1:
            problems.append(Problem("gap", seq))
        elif entry["prev"] != last.hash:
            problems.append(Problem("link", seq))
        if "withheld" not in entry and sha256_hex({key: entry[key] for key in CONTENT}) != entry["digest"]:
            problems.append(Problem("content", seq))
        if _hash(entry) != entry["hash"]:
            problems.append(Problem("hash", seq))
        last = Head(seq, entry["hash"])
        kept_found = kept_found or last == kept
    if not ended or not kept_found:
        problems.append(Problem("head", last.seq))
    return problems


def _head(tx: Tx, chain: int = 1) -> Head:
    row = tx.row(select(log_head.c.seq, log_head.c.hash).where(log_head.c.id == chain))
    return Head(**row) if row else Head()


def _last_at(tx: Tx, table: Table) -> str:
    """Return the time of the last entry of a chain, "" where it has none."""
    return str(tx.value(select(table.c.at).order_by(table.c.seq.desc()).limit(1)) or "")


def _hash(entry: Mapping[str, Any]) -> str:
    return sha256_hex([entry["seq"], entry["prev"], entry["digest"]])


def _open(row: dict[str, Any]) -> dict[str, Any]:
    """Return a stored entry as it is exported. Grounds that are no JSON stay text, and then do not verify."""
    try:
        return {**row, "grounds": json.loads(row["grounds"])}
    except ValueError:
        return row


def _parsed(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _in_form(value: Mapping[str, Any]) -> bool:
    links = {"seq", "prev", "digest", "hash"}
    wanted = links | ({"withheld"} if "withheld" in value else set(CONTENT))
    return value.keys() == wanted and type(value["seq"]) is int


def _refuse_secrets(value: Any) -> None:
    if isinstance(value, Mapping):
        for key, part in value.items():
            if isinstance(part, str) and any(word in str(key).lower() for word in SECRETS):
                raise ValueError(f"{key} does not belong into the log")
            _refuse_secrets(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _refuse_secrets(part)
