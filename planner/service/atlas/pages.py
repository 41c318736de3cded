"""The atlas as static pages: an index, a page for each document, one of all rules. Stale references stop the build."""

from __future__ import annotations

import importlib
import inspect
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

import planner
from planner.domain.errors import InputError
from planner.report.visits.view import view_of
from planner.rulebook.citing import place_of
from planner.rulebook.listing import name_of
from planner.rulebook.nouns import DISTRICT, ClauseStatus, RulebookVersion
from planner.rulebook.offices import DOMAINS, every_clause
from planner.rulebook.registry import REGISTER
from planner.service.atlas.examples import Shown, shown_by
from planner.service.month.planning import Planned

ROOT = Path(planner.__file__).parent
CLAUSE_ID = re.compile(r"\b(?:D|A(?:0[1-9]|1[0-4]))-\d+(?:\.\d+)*[a-z]?\b")
"""A clause's id as code and documents write it."""


class StaleAtlasError(InputError):
    """The register, the code and the examples do not fit each other; the message names every place."""


@dataclass(frozen=True, slots=True)
class Code:
    """A function that carries a rule out."""

    role: str
    name: str
    place: str
    """`path:line` within the repository."""


@dataclass(frozen=True, slots=True)
class Did:
    """What a plan did with a clause or a rule; counts of what names it."""

    tasks: int = 0
    visits: int = 0
    findings: int = 0
    removed: int = 0
    left_out: int = 0


@dataclass(frozen=True, eq=False)
class Atlas:
    """All that the pages show."""

    law: RulebookVersion
    code: Mapping[str, tuple[Code, ...]]
    shown: Mapping[str, Shown]
    by_clause: Mapping[str, Did]
    by_rule: Mapping[str, Did]
    plan: str = ""
    """Which plan the counts are of, "" where none is given."""
    faults: tuple[str, ...] = field(default=())


def atlas_of(law: RulebookVersion, planned: Planned | None = None) -> Atlas:
    """Return the atlas of a version of the law, with what `planned` did. `Atlas.faults` name every stale reference."""
    faults: list[str] = []
    code = {rule.id: tuple(_code(rule.id, faults)) for rule in law.rules}
    shown = shown_by(law)
    known = {rule.id for rule in law.rules}
    faults += [fault for one in shown.values() for fault in one.faults]
    faults += [f"{rule}: no function carries it out" for rule, found in code.items() if not found]
    faults += [f"{rule}: no example shows it" for rule in sorted(known - shown.keys())]
    faults += [
        f"{rule}: an example or a function of an unknown rule"
        for rule in sorted((shown.keys() | _registered()) - known)
    ]
    faults += _unknown_clauses(law)
    by_clause, by_rule = ({}, {}) if planned is None else (_did_clauses(planned), _did_rules(planned))
    told = "" if planned is None else f"{planned.month}，方案 {planned.result.plan_hash[:12]}"
    return Atlas(law, code, shown, by_clause, by_rule, told, tuple(faults))


def write_atlas(atlas: Atlas, folder: Path) -> list[Path]:
    """Write the pages into `folder`, made if needed; return their paths. Raises StaleAtlasError, writing nothing, where
    a reference is stale.
    """
    if atlas.faults:
        listed = "；".join(atlas.faults)
        raise StaleAtlasError(f"条款图集有失效的引用：{listed} / stale references in the atlas")
    environment = Environment(
        loader=PackageLoader("planner.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"name": lambda value: name_of(value, "zh"), "place": lambda c: place_of(atlas.law, c)}
    template = environment.get_template("atlas.html.j2")
    names = {DISTRICT: "正文"} | {doc: f"附件{int(doc[1:])} {name}" for doc, name in DOMAINS}
    docs = {doc: [c for c in atlas.law.clauses if c.doc == doc] for doc in names}
    common = {"atlas": atlas, "names": names, "docs": docs, "statuses": list(ClauseStatus)}
    pages = {"index.html": template.render(page="index", clauses=(), **common)}
    pages["rules.html"] = template.render(page="rules", clauses=(), **common)
    for doc, clauses in docs.items():
        pages[f"{doc}.html"] = template.render(page=doc, clauses=clauses, **common)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def _registered() -> set[str]:
    return {rule for rule, _ in REGISTER}


def _code(rule: str, faults: list[str]) -> Iterator[Code]:
    """Yield the functions that are registered for a rule, found again by their names."""
    for (named, role), functions in sorted(REGISTER.items()):
        for qualified in functions if named == rule else ():
            module, name = _split(qualified)
            try:
                found = inspect.unwrap(getattr(importlib.import_module(module), name))
                path = Path(inspect.getsourcefile(found) or "").relative_to(ROOT.parent)
                yield Code(role.value, name, f"{path}:{inspect.getsourcelines(found)[1]}")
            except (ImportError, AttributeError, OSError, TypeError, ValueError):
                if "<locals>" in qualified:  # made by `planner.law.derived`: its module is where it is
                    yield Code(role.value, qualified.partition(".<locals>")[0], module.replace(".", "/") + ".py")
                else:
                    faults.append(f"{rule}: {qualified} is not there any more")


def _split(qualified: str) -> tuple[str, str]:
    head = qualified.partition(".<locals>")[0]
    module, _, name = head.rpartition(".")
    return module, name if "<locals>" not in qualified else qualified


def _unknown_clauses(law: RulebookVersion) -> Iterator[str]:
    """Yield clauses that offices' data or the code's own sentences name and that are not, nor begin the id of one."""
    ids = {clause.id for clause in law.clauses}
    yield from (f"offices.toml: no clause {clause}" for clause in sorted(every_clause() - ids))
    for path in sorted(ROOT.rglob("*.py")):
        for named in sorted(set(CLAUSE_ID.findall(path.read_text(encoding="utf-8")))):
            if named not in ids and not any(known.startswith(named) for known in ids):
                yield f"{path.relative_to(ROOT.parent)}: no clause {named}"


def _did_clauses(planned: Planned) -> dict[str, Did]:
    case = planned.result.case
    counts: dict[str, Counter[str]] = defaultdict(Counter)

    def add(kind: str, cited: Iterable[Iterable[str]]) -> None:
        for clauses in cited:
            for clause in set(clauses):
                counts[clause][kind] += 1

    add("tasks", (task.clauses for task in case.tasks))
    add("visits", (row.clauses for row in view_of(planned.result).rows()))
    add("findings", (finding.clauses for finding in planned.result.findings))
    add("removed", (gone.clauses for gone in planned.prepared.removed))
    add("left_out", (reason.clauses for reason in planned.result.reasons))
    return {clause: Did(**count) for clause, count in counts.items()}


def _did_rules(planned: Planned) -> dict[str, Did]:
    removed = Counter(gone.rule for gone in planned.prepared.removed)
    left_out = Counter(reason.rule for reason in planned.result.reasons)
    return {rule: Did(removed=removed[rule], left_out=left_out[rule]) for rule in removed.keys() | left_out.keys()}
