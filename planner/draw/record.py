"""The draws file, and its verification by replay.

The file is one JSON object: `format`, `draws` (each with its link `chain` to the one before) and `chain_hash`, the last
link. Whoever publishes `chain_hash` with the plan fixes every character of every draw. `verify_standalone.py` beside
this module checks the same without importing any of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError
from planner.domain.finding import Severity
from planner.domain.hashing import canonical_json, sha256_hex
from planner.draw.sites import (
    Commitment,
    DrawError,
    DrawRecord,
    DrawRequest,
    broken_commitment,
    draw_strata,
    late_commitment,
    list_hash_of,
    next_reserve,
    normal_form,
    seed_of,
)

FORMAT = "joint-inspection-draws/1"

TEXTS: dict[str, tuple[str, str]] = {
    "file": ("文件不是抽取记录文件", "not a draws file"),
    "form": ("记录缺项、多项或写法不规范", "the record lacks fields, has others, or is not in normal form"),
    "chain": ("链式校验值不符：文件写成后被改动", "chain hash differs: changed after it was written"),
    "repeated": (
        "同一抽取编号，或同一计划同月重复抽取",
        "the same draw id, or the same filing and month, is drawn twice",
    ),
    "commitment": ("公布的随机数与承诺值不符", "a revealed nonce is not the one committed to"),
    "late": ("承诺日期不早于名单冻结日期", "a commitment is not dated before the freeze"),
    "list": (
        "名单(或比例、等级、权重)与名单校验值不符",
        "the list (or ratio, grades, weights) does not match its hash",
    ),
    "seed": ("种子不能由随机数和名单校验值算出", "the seed does not follow from nonces and list hash"),
    "order": ("重新抽取的顺序与记录不符", "the replayed order differs"),
    "drawn": ("重新抽取的对象、数量或候补与记录不符", "the replayed sites, counts or reserves differ"),
    "replacement": ("替换不合规：理由、对象或候补次序不符", "a replacement breaks the rules: reason, site or turn"),
    "uncommitted": ("提示：随机数未事先承诺", "notice: a nonce was not committed to beforehand"),
}
"""Code → what is wrong, in Chinese and English. All but `uncommitted` are failures."""

CODE_OF_RESULT = {
    "list_hash": "list",
    "seed": "seed",
    "order_hash": "order",
    "strata": "drawn",
    "replacements": "replacement",
}
"""Field that the draw computes → code of the problem where it does not replay."""


@dataclass(frozen=True, slots=True)
class DrawProblem:
    """One thing that verification found; `detail` names the field or site."""

    code: str
    draw_id: str
    detail: str = ""

    @property
    def severity(self) -> Severity:
        """INFO for a notice, ERROR for a failure."""
        return Severity.INFO if self.code == "uncommitted" else Severity.ERROR

    def text(self, lang: str = "zh") -> str:
        """Return the problem in words, `lang` "zh" or "en"."""
        words = TEXTS[self.code][0 if lang == "zh" else 1]
        return ": ".join(part for part in (self.draw_id, words, self.detail) if part)


def record_to_json(record: DrawRecord) -> dict[str, Any]:
    """Return `record` as plain JSON values."""
    return {
        **_request_to_json(record.request),
        "list_hash": record.list_hash,
        "seed": record.seed,
        "order_hash": record.order_hash,
        "strata": [
            {
                "grade": stratum.grade,
                "ratio": stratum.ratio,
                "sites": stratum.sites,
                "drawn": list(stratum.drawn),
                "reserves": [{"site_id": r.site_id, "grade": r.grade, "rank": r.rank} for r in stratum.reserves],
            }
            for stratum in record.strata
        ],
        "replacements": [
            {"site_id": r.site_id, "reason": r.reason.value, "reserve": r.reserve} for r in record.replacements
        ],
    }


def record_from_json(value: Mapping[str, Any]) -> DrawRecord:
    """Return the record that `record_to_json` gave, replayed. Raises DrawError if any of it does not replay."""
    record, problems = _replay(value)
    failures = [p for p in problems if p.severity is Severity.ERROR]
    if record is None or failures:
        raise DrawError("; ".join(p.text("en") for p in failures))
    return record


def write_draws(path: Path, records: Iterable[DrawRecord]) -> str:
    """Write the draws file at `path`, sorted by draw id, whole or not at all; return its chain hash."""
    link, draws = _chain_start(), []
    for record in sorted(records, key=lambda r: r.request.draw_id):
        body = record_to_json(record)
        link = sha256_hex([link, body])
        draws.append({**body, "chain": link})
    partial = path.with_name(path.name + ".partial")
    partial.write_text(
        json.dumps({"format": FORMAT, "draws": draws, "chain_hash": link}, ensure_ascii=False, indent=1) + "\n",
        encoding="utf-8",
    )
    os.replace(partial, path)
    return link


def read_draws(path: Path) -> tuple[DrawRecord, ...]:
    """Return the records of a draws file. Raises InputError where the file is missing or does not verify."""
    failures = [p for p in verify_draws(path) if p.severity is Severity.ERROR]
    if failures:
        raise InputError("; ".join(p.text("en") for p in failures[:5]))
    return tuple(record_from_json(_body(draw)) for draw in json.loads(path.read_text("utf-8"))["draws"])


def verify_draws(path: Path) -> list[DrawProblem]:
    """Return what is wrong with the draws file, found by replaying every draw; notices among it (see `severity`).

    Raises InputError where the file cannot be read at all.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    try:
        value = json.loads(data, object_pairs_hook=_no_repeated_keys)
        draws, link, stated = value["draws"], _chain_start(), value["chain_hash"]
        if value["format"] != FORMAT or set(value) != {"format", "draws", "chain_hash"}:
            raise ValueError("format")
        problems: list[DrawProblem] = []
        seen: set[tuple[str, ...]] = set()
        for draw in draws:
            body = _body(draw)
            link = sha256_hex([link, body])
            name = str(body.get("draw_id"))
            if draw.get("chain") != link:
                problems.append(DrawProblem("chain", name))
            problems += _replay(body)[1]
            keys = {("draw", name), ("filing", str(body.get("filing_id")), str(body.get("month")))}
            if keys & seen:
                problems.append(DrawProblem("repeated", name))
            seen |= keys
        if stated != link:
            problems.append(DrawProblem("chain", "", "chain_hash"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [DrawProblem("file", "")]
    return problems


def _no_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that says one thing to a reader of its first key and another to a parser that keeps the last."""
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key is repeated")
    return dict(pairs)


def _chain_start() -> str:
    return sha256_hex(FORMAT)


def _body(draw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in draw.items() if key != "chain"}


def _replay(value: Mapping[str, Any]) -> tuple[DrawRecord | None, list[DrawProblem]]:
    """Return the replayed record (None where `value` is no record in normal form) and where `value` differs from it.

    Each step starts from the recorded result of the step before, so that a change is reported where it was made.
    """
    name = str(value.get("draw_id"))
    try:
        request = normal_form(_request_from(value))
        form = _request_to_json(request)
        _require_equal(form, {key: value[key] for key in form})
        _require_equal(sorted(value), sorted([*form, *CODE_OF_RESULT]))
        strata, order_hash = draw_strata(request, str(value["seed"]))
        seed = seed_of(request.bureau_nonce, request.agency_nonce, value["list_hash"])
        record = DrawRecord(request, list_hash_of(request), seed, order_hash, strata)
    except (ValueError, KeyError, TypeError, AttributeError, DrawError):
        return None, [DrawProblem("form", name)]
    try:
        for step in value["replacements"]:
            record = next_reserve(record, step["site_id"], step["reason"])
    except (DrawError, KeyError, TypeError):
        pass  # the replacements so far then differ from those on record
    replayed = record_to_json(record)
    wrong = {
        "commitment": bool(broken_commitment(request)),
        "late": bool(late_commitment(request)),
        **{code: not _equal(replayed[key], value[key]) for key, code in CODE_OF_RESULT.items()},
        "uncommitted": not request.committed,
    }
    return record, [DrawProblem(code, name) for code, is_wrong in wrong.items() if is_wrong]


def _equal(one: Any, other: Any) -> bool:
    """Compare as text: in JSON `true`, `1` and `1.0` are three values, in Python they are equal."""
    return canonical_json(one) == canonical_json(other)


def _require_equal(one: Any, other: Any) -> None:
    if not _equal(one, other):
        raise ValueError("not in normal form")


def _request_to_json(request: DrawRequest) -> dict[str, Any]:
    return {
        "draw_id": request.draw_id,
        "filing_id": request.filing_id,
        "agency_id": request.agency_id,
        "month": request.month,
        "frozen_on": request.frozen_on.isoformat(),
        "frame": [[site, grade, request.weights.get(site, 1)] for site, grade in request.frame],
        "ratio": dict(request.ratio),
        "reserves": request.reserves,
        "bureau_nonce": request.bureau_nonce,
        "agency_nonce": request.agency_nonce,
        "commitments": [
            {"holder": c.holder, "commitment": c.commitment, "committed_on": c.committed_on.isoformat()}
            for c in request.commitments
        ],
        "committed": request.committed,
    }


def _request_from(value: Mapping[str, Any]) -> DrawRequest:
    frame = [(_text(site), _text(grade), _whole(weight)) for site, grade, weight in value["frame"]]
    return DrawRequest(
        draw_id=_text(value["draw_id"]),
        filing_id=_text(value["filing_id"]),
        agency_id=_text(value["agency_id"]),
        month=_text(value["month"]),
        frozen_on=date.fromisoformat(value["frozen_on"]),
        frame=tuple((site, grade) for site, grade, _ in frame),
        ratio={_text(grade): _whole(parts) for grade, parts in value["ratio"].items()},
        bureau_nonce=_text(value["bureau_nonce"]),
        agency_nonce=_text(value["agency_nonce"]),
        weights={site: weight for site, _, weight in frame},
        reserves=_whole(value["reserves"]),
        commitments=tuple(
            Commitment(_text(c["holder"]), _text(c["commitment"]), date.fromisoformat(c["committed_on"]))
            for c in value["commitments"]
        ),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value
