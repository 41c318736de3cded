"""The draws file, and its verification by replay.

The file is a chain (`planner.draw.chain`): whoever publishes its last link with the plan fixes every character of every
draw. `verify_standalone.py` beside this module checks the same without importing any of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError
from planner.domain.finding import Severity
from planner.domain.hashing import canonical_json
from planner.draw.chain import NO_CHAIN, bodies_of, read_chained, text_of, whole_of, write_chained
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
DRAWS_FILE = "draws.json"
"""What the draws file of a plan is called."""

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
    return write_chained(path, FORMAT, map(record_to_json, sorted(records, key=lambda r: r.request.draw_id)))


def read_draws(path: Path) -> tuple[DrawRecord, ...]:
    """Return the records of a draws file. Raises InputError where the file is missing or does not verify."""
    failures = [p for p in verify_draws(path) if p.severity is Severity.ERROR]
    if failures:
        raise InputError("; ".join(p.text("en") for p in failures[:5]))
    return tuple(map(record_from_json, bodies_of(path)))


def verify_draws(path: Path) -> list[DrawProblem]:
    """Return what is wrong with the draws file, found by replaying every draw; notices among it (see `severity`).

    Raises InputError where the file cannot be read at all.
    """
    problems: list[DrawProblem] = []
    seen: set[tuple[str, ...]] = set()
    try:
        for body, holds in read_chained(path, FORMAT):
            name = "" if body is None else str(body.get("draw_id"))
            if not holds:
                problems.append(DrawProblem("chain", name, "chain_hash" if body is None else ""))
            if body is None:
                continue
            problems += _replay(body)[1]
            keys = {("draw", name), ("filing", str(body.get("filing_id")), str(body.get("month")))}
            if keys & seen:
                problems.append(DrawProblem("repeated", name))
            seen |= keys
    except NO_CHAIN:
        return [DrawProblem("file", "")]
    return problems


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
        **({"last": list(request.last)} if request.last else {}),
        "bureau_nonce": request.bureau_nonce,
        "agency_nonce": request.agency_nonce,
        "commitments": [
            {"holder": c.holder, "commitment": c.commitment, "committed_on": c.committed_on.isoformat()}
            for c in request.commitments
        ],
        "committed": request.committed,
    }


def _request_from(value: Mapping[str, Any]) -> DrawRequest:
    frame = [(text_of(site), text_of(grade), whole_of(weight)) for site, grade, weight in value["frame"]]
    return DrawRequest(
        draw_id=text_of(value["draw_id"]),
        filing_id=text_of(value["filing_id"]),
        agency_id=text_of(value["agency_id"]),
        month=text_of(value["month"]),
        frozen_on=date.fromisoformat(value["frozen_on"]),
        frame=tuple((site, grade) for site, grade, _ in frame),
        ratio={text_of(grade): whole_of(parts) for grade, parts in value["ratio"].items()},
        bureau_nonce=text_of(value["bureau_nonce"]),
        agency_nonce=text_of(value["agency_nonce"]),
        weights={site: weight for site, _, weight in frame},
        reserves=whole_of(value["reserves"]),
        commitments=tuple(
            Commitment(text_of(c["holder"]), text_of(c["commitment"]), date.fromisoformat(c["committed_on"]))
            for c in value["commitments"]
        ),
        last=tuple(text_of(site) for site in value.get("last", ())),
    )
