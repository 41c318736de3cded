"""What `planner rules` shows: clauses and rules filtered, counted and laid out as plain rows of text.

Every function that returns rows puts the column titles first. `lang` is "zh" or "en" everywhere.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from planner.domain.errors import InputError
from planner.rulebook.nouns import Clause, ClauseStatus, Force, Param, Phase, Rule, RulebookVersion

Rows = list[tuple[str, ...]]
Choice = TypeVar("Choice", bound=StrEnum)

NAMES_ZH: dict[str, str] = {
    ClauseStatus.ENCODED: "已编码",
    ClauseStatus.OBJECTIVE: "目标推动",
    ClauseStatus.INPUT_CHECK: "填报筛查",
    ClauseStatus.PROCEDURAL: "工作流程",
    ClauseStatus.REPORTED: "统计报告",
    ClauseStatus.NOT_MODELLED: "未建模",
    Force.MANDATORY: "强制",
    Force.POLICY: "政策",
    Force.PREFERENCE: "偏好",
    Phase.CONSTRAINT: "约束",
    Phase.OBJECTIVE: "目标",
    Phase.INTAKE: "填报",
    Phase.DRAW: "抽取",
}


def select_clauses(
    version: RulebookVersion, *, doc: str = "", status: str = "", strength: str = "", rule: str = "", text: str = ""
) -> tuple[Clause, ...]:
    """Return the clauses that pass every filter given.

    `doc` is D or A01 to A14, `status` and `strength` are the values in code or their Chinese names, `rule` is a rule id
    (its clauses include those it leans on), `text` occurs in id, place, paraphrase, kind or reason; case and width of
    characters do not count. Raises InputError on an unknown document, status or strength, RulebookGap on an unknown
    rule.
    """
    wanted_status, wanted_strength = _choice(ClauseStatus, status), _choice(Force, strength)
    wanted_doc = _doc(version, doc)
    ids = set(version.clauses_for(rule)) if rule else None
    return tuple(
        clause
        for clause in version.clauses
        if (not wanted_doc or clause.doc == wanted_doc)
        and (wanted_status is None or clause.status is wanted_status)
        and (wanted_strength is None or clause.strength is wanted_strength)
        and (ids is None or clause.id in ids)
        and _occurs(
            text, (clause.id, clause.place, clause.kind, clause.zh, clause.en, clause.reason_zh, clause.reason_en)
        )
    )


def select_rules(
    version: RulebookVersion, *, doc: str = "", phase: str = "", strength: str = "", text: str = ""
) -> tuple[Rule, ...]:
    """Return the rules that pass every filter given; `doc` keeps rules with a clause in that document.

    Raises InputError on an unknown document, phase or strength.
    """
    wanted_phase, wanted_strength, wanted_doc = _choice(Phase, phase), _choice(Force, strength), _doc(version, doc)
    return tuple(
        rule
        for rule in version.rules
        if (wanted_phase is None or rule.phase is wanted_phase)
        and (wanted_strength is None or rule.strength is wanted_strength)
        and (not wanted_doc or any(version.clause(c).doc == wanted_doc for c in version.clauses_for(rule.id)))
        and _occurs(text, (rule.id, rule.title_zh, rule.title_en, rule.summary_zh, rule.summary_en))
    )


def clause_rows(clauses: Iterable[Clause], lang: str) -> Rows:
    """Return one row per clause: id, place, paraphrase, strength, status, rules."""
    zh = lang == "zh"
    head = (
        ("条款", "位置", "内容", "效力", "处理", "规则")
        if zh
        else ("clause", "place", "text", "force", "status", "rule")
    )
    rows: Rows = [head]
    rows += [
        (c.id, c.place, c.zh if zh else c.en, name_of(c.strength, lang), name_of(c.status, lang), " ".join(c.rules))
        for c in clauses
    ]
    return rows


def rule_rows(version: RulebookVersion, rules: Iterable[Rule], lang: str) -> Rows:
    """Return one row per rule: id, title, phase, strength, number of clauses, whether it is our own reading."""
    zh = lang == "zh"
    head = (
        ("规则", "名称", "环节", "效力", "条款数", "推定")
        if zh
        else ("rule", "title", "phase", "force", "clauses", "assumed")
    )
    rows: Rows = [head]
    rows += [
        (
            rule.id,
            rule.title_zh if zh else rule.title_en,
            name_of(rule.phase, lang),
            name_of(rule.strength, lang),
            str(len(version.clauses_for(rule.id))),
            _yes(rule.assumed, lang),
        )
        for rule in rules
    ]
    return rows


def status_counts(version: RulebookVersion, lang: str) -> Rows:
    """Return, for each document and in all, the number of clauses of each status."""
    count = Counter((clause.doc, clause.status) for clause in version.clauses)
    docs = list(dict.fromkeys(clause.doc for clause in version.clauses))
    statuses = list(ClauseStatus)
    total = "合计" if lang == "zh" else "all"
    rows: Rows = [("文件" if lang == "zh" else "document", *(name_of(s, lang) for s in statuses), total)]
    for doc in docs:
        row = [count[doc, status] for status in statuses]
        rows.append((doc, *map(str, row), str(sum(row))))
    sums = [sum(count[doc, status] for doc in docs) for status in statuses]
    return [*rows, (total, *map(str, sums), str(sum(sums)))]


def show_clause(version: RulebookVersion, clause_id: str, lang: str) -> Rows:
    """Return what there is to know of one clause, as (label, value) rows. Raises RulebookGap on an unknown id."""
    clause = version.clause(clause_id)
    if lang == "zh":
        labels = ("条款", "文件", "位置", "内容", "效力", "处理", "规则", "理由", "施行", "规则库版本")
    else:
        labels = ("clause", "document", "place", "text", "force", "status", "rules", "reason", "in force", "rulebook")
    values = (
        clause.id,
        clause.doc,
        clause.place,
        clause.zh if lang == "zh" else clause.en,
        name_of(clause.strength, lang),
        name_of(clause.status, lang),
        " ".join(clause.rules),
        clause.reason_zh if lang == "zh" else clause.reason_en,
        f"{clause.in_force_from} ~ {clause.in_force_to or '…'}",
        version.version,
    )
    return [(label, value) for label, value in zip(labels, values, strict=True) if value]


def show_rule(version: RulebookVersion, rule_id: str, lang: str) -> Rows:
    """Return what there is to know of one rule, as (label, value) rows: clauses and parameters have a row each.

    Raises RulebookGap on an unknown id.
    """
    zh, rule = lang == "zh", version.rule(rule_id)
    rows: Rows = [
        ("规则" if zh else "rule", rule.id),
        ("名称" if zh else "title", rule.title_zh if zh else rule.title_en),
        ("内容" if zh else "summary", rule.summary_zh if zh else rule.summary_en),
        ("环节" if zh else "phase", name_of(rule.phase, lang)),
        ("效力" if zh else "force", name_of(rule.strength, lang)),
        ("可豁免" if zh else "waivable", _yes(rule.waivable, lang)),
        ("推定" if zh else "assumed", _yes(rule.assumed, lang)),
        ("说明" if zh else "note", rule.note_zh if zh else rule.note_en),
    ]
    for clause_id in version.clauses_for(rule.id):
        clause = version.clause(clause_id)
        leaning = ("(参照)" if zh else " (leans on)") if clause_id in rule.leans_on else ""
        if clause_id in rule.elsewhere:
            leaning = "(附件未写的，比照)" if zh else " (where an annex is silent)"
        rows.append((("条款" if zh else "clause"), f"{clause.id}{leaning} {clause.zh if zh else clause.en}"))
    for param in rule.params:
        rows += _param_rows(param, lang)
    rows.append(("规则库版本" if zh else "rulebook", version.version))
    return [row for row in rows if row[1]]


def show(version: RulebookVersion, any_id: str, lang: str) -> Rows:
    """Return `show_rule` or `show_clause`, whichever the id names. Raises RulebookGap where it names neither."""
    if any(rule.id == any_id for rule in version.rules):
        return show_rule(version, any_id, lang)
    return show_clause(version, any_id, lang)


def name_of(value: StrEnum, lang: str) -> str:
    """Return the name of a status, force or phase for people."""
    return NAMES_ZH[value] if lang == "zh" else value.value


def _param_rows(param: Param, lang: str) -> Rows:
    zh = lang == "zh"
    mark = [("推定" if zh else "assumed")] if param.assumed else []
    mark += [] if param.switchable else ["不可调" if zh else "built in"]
    mark += [f"{'设置项' if zh else 'setting'} {param.setting}"] if param.setting else []
    label = f"{'参数' if zh else 'parameter'} {param.name}"
    tail = f" [{', '.join(mark)}]" if mark else ""
    rows: Rows = [(label, f"{_text(param.value)} ({param.unit}) {param.zh if zh else param.en}{tail}")]
    for domain, value in param.by_domain.items():
        assumed = f" [{'推定' if zh else 'assumed'}]" if domain in param.assumed_for else ""
        rows.append((f"{label} {domain}", _text(value) + assumed))
    others = [key for key in param.assumed_for if key not in param.by_domain]
    if others:
        rows.append((f"{label}", ("推定: " if zh else "assumed for: ") + " ".join(others)))
    return rows


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}={inner}" for key, inner in value.items()) or "-"
    if isinstance(value, tuple):
        return ", ".join(value) or "-"
    return str(value)


def _choice(kind: type[Choice], text: str) -> Choice | None:
    if not text:
        return None
    for member in kind:
        if text in (member.value, NAMES_ZH[member]):
            return member
    raise InputError(f"{text!r} is none of " + ", ".join(f"{member.value} ({NAMES_ZH[member]})" for member in kind))


def _doc(version: RulebookVersion, text: str) -> str:
    docs = dict.fromkeys(clause.doc for clause in version.clauses)
    if text and text.upper() not in docs:
        raise InputError(f"{text!r} is none of " + ", ".join(docs))
    return text.upper()


def _occurs(text: str, where: Iterable[str]) -> bool:
    return not text or any(_plain(text) in _plain(part) for part in where)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _yes(value: bool, lang: str) -> str:
    return ("是" if value else "否") if lang == "zh" else ("yes" if value else "no")
