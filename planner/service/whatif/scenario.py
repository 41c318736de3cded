"""A scenario: a YAML file of changes in the words of the tables and the rulebook, read strictly.

What is not known is an error with its line and the nearest known key. Numbers that are lists make a grid of scenarios.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import product
from math import prod
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from planner.domain.errors import InputError

MOST_PLAYED = 500
"""Scenarios of one file, grid and draws together."""
DEEPEST = 20
"""Levels of a file; a scenario needs seven."""
_OPENS = (
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
)
_CLOSES = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
GRID_KEYS = frozenset(
    (
        *("crews", "inspectors", "inspectors_per_crew", "share_percent"),
        *("ratio_percent", "days_before", "days_after", "steps"),
    )
)
"""Keys whose value may be a list of numbers: one scenario for each."""
WORDS = {
    "名称": "name", "标题": "title", "说明": "argues", "改动": "changes", "重复": "draws",
    "能力": "capacity", "规则": "rule", "名单": "lists", "等级": "grades", "计划": "filings", "日历": "calendar",
    "人员": "people", "拒绝联合": "refusals", "设置": "settings", "表": "tables",
    "主体": "unit", "班组": "crews", "检查人员": "inspectors", "每组人数": "inspectors_per_crew", "开始": "from",
    "结束": "to", "领域": "domain", "参数": "param", "值": "value", "比例": "share_percent", "街镇": "town",
}  # fmt: skip
"""Chinese keys beside the English ones."""


class _Loader(yaml.SafeLoader):
    """Reads dates as texts, so that an impossible one is told like every other wrong value."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Capacity(_Strict):
    """Crews of a unit more or fewer, shared by several units, or larger ones than the law asks for."""

    unit: str = ""
    domain: str = ""
    crews: int = 0
    inspectors: int = 0
    inspectors_per_crew: int = 0
    pool: tuple[str, ...] = ()
    """Units that share their crews; the first acts for all."""
    from_: date | None = Field(default=None, alias="from")
    to: date | None = None


class RuleChange(_Strict):
    """A parameter of the rulebook, of all domains or one."""

    id: str
    param: str
    domain: str = ""
    value: bool | int | str | tuple[str, ...] | dict[str, int]


class Lists(_Strict):
    """Quiet lists that take in grades of domains; marks against joining dropped; items no longer checked unasked."""

    quiet_grades: dict[str, tuple[str, ...]] = {}
    drop_not_to_join: bool = False
    quiet_items: tuple[str, ...] = ()


class Grades(_Strict):
    """Grades so many steps worse (below 0: better), of one domain or all."""

    steps: int
    domain: str = ""


class NewFiling(_Strict):
    """A campaign: sites by id or by scope, as the table of filings has it."""

    filing_id: str
    agency_id: str
    items: tuple[str, ...]
    sites: tuple[str, ...] = ()
    scope: dict[str, tuple[str, ...]] = {}
    ratio_percent: int = 100
    window_from: date
    window_to: date
    from_above: bool = True
    upper_plan_code: str = ""
    plan_code: str = ""
    priority: int = Field(default=5, ge=1, le=9)


class Filings(_Strict):
    """Filings that match all that is given, all where nothing is: withdrawn, wider, shorter, at other ratios."""

    filing: str = ""
    agency: str = ""
    domain: str = ""
    withdraw: bool = False
    days_before: int = 0
    days_after: int = 0
    whole_month: bool = False
    not_after: date | None = None
    ratio_percent: int = Field(default=100, ge=0)
    add: tuple[NewFiling, ...] = ()


class Calendar(_Strict):
    """Days on which nobody inspects: in the whole district or in one town."""

    closed: tuple[date, ...] = ()
    from_: date | None = Field(default=None, alias="from")
    to: date | None = None
    town: str = ""


class People(_Strict):
    """A share of a unit's inspectors is away, by lot; 100 is everybody."""

    unit: str
    from_: date = Field(alias="from")
    to: date
    share_percent: int = Field(default=100, ge=0, le=100)


class Refusals(_Strict):
    """Bodies refuse to come along at this share of (body, site), by lot: their checks are made alone there."""

    share_percent: int = Field(ge=0, le=100)


class Settings(_Strict):
    """Keys of the settings table."""

    values: dict[str, str | int | bool]


class TableRows(_Strict):
    """Rows of a table taken out by their first column; what the other changes cannot say."""

    table: str
    remove: tuple[str, ...]


class Change(_Strict):
    """One change: exactly one of these."""

    capacity: Capacity | None = None
    rule: RuleChange | None = None
    lists: Lists | None = None
    grades: Grades | None = None
    filings: Filings | None = None
    calendar: Calendar | None = None
    people: People | None = None
    refusals: Refusals | None = None
    settings: Settings | None = None
    tables: TableRows | None = None

    @property
    def kind(self) -> str:
        """Return which one it is, "" for none."""
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        return given[0] if len(given) == 1 else ""


class ScenarioFile(_Strict):
    """The file's content."""

    format: Literal["whatif/1"] = "whatif/1"
    name: Annotated[str, Field(pattern=r"^[\w\-]{1,60}$")]
    title: str
    argues: str = ""
    draws: int = Field(default=1, ge=1, le=200)
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario to be played: `point` are its values of a grid, `draw` numbers its lots from 0."""

    file: ScenarioFile
    point: tuple[tuple[str, int], ...] = ()
    draw: int = 0

    @property
    def name(self) -> str:
        """Return a name of its own within the file."""
        at = "".join(f"-{key.rpartition('.')[2]}{value}" for key, value in self.point)
        return f"{self.file.name}{at}{f'-{self.draw + 1}' if self.file.draws > 1 else ''}"


def read_scenarios(path: Path) -> tuple[Scenario, ...]:
    """Return the scenarios of a file. Raises InputError with the line of what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}：读不出 / cannot be read: {error}") from error
    return scenarios_of(text, path.name)


def scenarios_of(text: str, name: str = "scenario") -> tuple[Scenario, ...]:
    """Return the scenarios that a YAML text describes; else as `read_scenarios`."""
    try:
        _no_riddles(text, name)
        node = yaml.compose(text, Loader=_Loader)
        if not isinstance(node, yaml.MappingNode):
            raise InputError(f"{name}：应是“键: 值”的列表 / not a mapping of keys and values")
        _no_repeated_keys(node, name)
        raw = _in_english(yaml.load(text, Loader=_Loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行 / line {mark.line + 1}" if mark else ""
        raise InputError(
            f"{name}：{where} 不是合法的 YAML / no valid YAML: {getattr(error, 'problem', error)}"
        ) from error
    except ValueError as error:
        raise InputError(f"{name}：有不成数字的值 / a value is no number: {error}") from error
    size = prod(len(values) for _, values in _axes(raw, ()))
    if size > MOST_PLAYED:  # before any is made: lists of numbers multiply
        raise InputError(f"{name}：情景过多（{size}，最多 {MOST_PLAYED}）/ too many scenarios")
    points = list(_points(raw))
    files = [(point, _checked(one, node, name)) for point, one in points]
    found = tuple(Scenario(file, point, draw) for point, file in files for draw in range(file.draws))
    if len(found) > MOST_PLAYED:
        raise InputError(f"{name}：情景过多（{len(found)}，最多 {MOST_PLAYED}）/ too many scenarios")
    return found


def _checked(raw: Any, node: yaml.Node, name: str) -> ScenarioFile:
    try:
        file = ScenarioFile.model_validate(raw)
    except ValidationError as error:
        # An unknown key comes first: it is mostly why another one is missing.
        errors = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")[:5]
        told = [_told(one, node, name) for one in errors]
        raise InputError("；".join(zh for zh, _ in told) + " / " + "; ".join(en for _, en in told)) from error
    for n, change in enumerate(file.changes):
        if not change.kind:
            line = _line_of(node, ("changes", n))
            raise InputError(f"{name} 第 {line} 行：一项改动只写一类 / line {line}: one kind in each change")
    return file


def _told(error: Mapping[str, Any], node: yaml.Node, name: str) -> tuple[str, str]:
    """Return one error of validation in Chinese and English: where, what, and the nearest known key."""
    loc = tuple(error["loc"])
    line, key = _line_of(node, loc), str(loc[-1]) if loc else ""
    if error["type"] == "extra_forbidden":
        known = _known_keys(loc[:-1])
        near = get_close_matches(key, known, 1, 0.5)
        hints = (f"，最接近的是“{near[0]}”", f", nearest: {near[0]}") if near else (f"，可用：{'、'.join(known)}", "")
        return f"{name} 第 {line} 行：没有“{key}”这个键{hints[0]}", f"line {line}: unknown key {key!r}{hints[1]}"
    if error["type"] == "missing":
        return f"{name} 第 {line} 行：缺少“{key}”", f"line {line}: {key!r} is missing"
    where = ".".join(map(str, loc))
    return f"{name} 第 {line} 行：“{where}”的值不对", f"line {line}: {where}: {error['msg']}"


def _known_keys(loc: tuple[Any, ...]) -> list[str]:
    """Return the keys that are known where `loc` leads, in both languages."""
    model: type[BaseModel] = ScenarioFile
    kinds: dict[str, type[BaseModel]] = {
        "changes": Change, "capacity": Capacity, "rule": RuleChange, "lists": Lists, "grades": Grades,
        "filings": Filings, "calendar": Calendar, "people": People, "refusals": Refusals, "settings": Settings,
        "tables": TableRows, "add": NewFiling,
    }  # fmt: skip
    for part in loc:
        model = kinds.get(str(part), model)
    names = [field.alias or key for key, field in model.model_fields.items()]
    return names + [zh for zh, en in WORDS.items() if en in names]


def _line_of(node: yaml.Node, loc: tuple[Any, ...]) -> int:
    """Return the line (from 1) of what stands at `loc`, of its parent where it is not there."""
    line = int(node.start_mark.line) + 1
    for part in loc:
        below: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if part in (key.value, WORDS.get(key.value)):
                    line, below = int(key.start_mark.line) + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            below = node.value[part]
            line = int(below.start_mark.line) + 1
        if below is None:
            return line
        node = below
    return line


def _no_riddles(text: str, name: str) -> None:
    """Raise InputError for aliases, and as soon as something stands deeper than a scenario can: such texts are small
    and take minutes to read.
    """
    depth = 0
    for token in yaml.scan(text):
        if isinstance(token, yaml.AliasToken):
            raise InputError(f"{name}：不接受 YAML 的别名（*） / aliases (*) of YAML are not accepted")
        depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
        if depth > DEEPEST:
            line = token.start_mark.line + 1
            raise InputError(f"{name} 第 {line} 行：层次过深 / line {line}: nested too deep")


def _no_repeated_keys(node: yaml.Node, name: str) -> None:
    """Raise InputError where a mapping names a key twice: the first would be lost without a word."""
    if isinstance(node, yaml.MappingNode):
        seen = set[str]()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                line = key.start_mark.line + 1
                raise InputError(f"{name} 第 {line} 行：键须是一个词 / line {line}: a key must be a word")
            word = WORDS.get(key.value, key.value)
            if word in seen:
                line = key.start_mark.line + 1
                raise InputError(
                    f"{name} 第 {line} 行：“{key.value}”写了两次 / line {line}: {key.value!r} stands twice"
                )
            seen.add(word)
            _no_repeated_keys(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            _no_repeated_keys(one, name)


def _in_english(value: Any) -> Any:
    if isinstance(value, dict):
        return {WORDS.get(key, key) if isinstance(key, str) else key: _in_english(part) for key, part in value.items()}
    return [_in_english(part) for part in value] if isinstance(value, list) else value


def _points(raw: Any) -> Iterator[tuple[tuple[tuple[str, int], ...], Any]]:
    """Yield the points of the grid that lists of numbers span, each with the file's content at it."""
    axes = list(_axes(raw, ()))
    for values in product(*(values for _, values in axes)):
        one = deepcopy(raw)
        for (loc, _), value in zip(axes, values, strict=True):
            holder = one
            for part in loc[:-1]:
                holder = holder[part]
            holder[loc[-1]] = value
        yield tuple((".".join(map(str, loc)), value) for (loc, _), value in zip(axes, values, strict=True)), one


def _axes(value: Any, loc: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], list[int]]]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key in GRID_KEYS and isinstance(part, list):
                yield (*loc, key), part
            else:
                yield from _axes(part, (*loc, key))
    elif isinstance(value, list):
        for n, part in enumerate(value):
            yield from _axes(part, (*loc, n))
