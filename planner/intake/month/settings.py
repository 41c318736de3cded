"""The settings table: which keys there are, their type, range and default."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from difflib import get_close_matches

from planner.domain.case import QUARTER_MINUTES, Levers
from planner.domain.roster import HALF_QUARTERS, Clock
from planner.intake.month.outcome import Notes
from planner.intake.read.grammar import half_width
from planner.intake.tables.records import SettingRow

_TIME = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)
_YES, _NO = {"1", "是", "true", "yes"}, {"0", "否", "false", "no", ""}


HALF_MINUTES = HALF_QUARTERS * QUARTER_MINUTES
LAST_START = 24 * 60 - HALF_MINUTES
"""A half-day ends on its own date."""
STEPS = tuple(n for n in range(QUARTER_MINUTES, HALF_MINUTES + 1, QUARTER_MINUTES) if HALF_MINUTES % n == 0)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key. `kind` is "int", "time" (HH:MM), "bool" or "text".

    `low` and `high` bound a whole number or a time's minutes, both inclusive; `among` are the only numbers allowed.
    """

    key: str
    zh: str
    kind: str
    default: str
    low: int = 0
    high: int = 0
    among: tuple[int, ...] = ()

    @property
    def asked(self) -> str:
        """What the value may be, in words."""
        if self.among:
            return "、".join(map(str, self.among))
        if self.kind == "time":
            return f"{_clock(self.low)}–{_clock(self.high)}"
        return f"{self.low}–{self.high}" if self.kind == "int" else "是/否"


SETTINGS: tuple[Setting, ...] = (
    Setting("jurisdiction", "规则库", "text", "cn-sh-jinshan"),
    Setting("district_name", "区名", "text", ""),
    Setting("synthetic", "合成数据", "bool", "0"),
    Setting("seed", "随机种子", "int", "0", 0, 2**31 - 1),
    Setting("later_spare_percent", "以后月份为后续申报预留的能力百分比", "int", "0", 0, 90),
    Setting("prep_minutes", "企业每次准备分钟", "int", "30", 0, 240),
    Setting("max_agencies_per_visit", "每次入企最多主体数(0不限)", "int", "0", 0, 50),
    Setting("entry_cap", "每月每户最多入企次数(0不限)", "int", "0", 0, 31),
    Setting("entry_gap_days", "任意两次入企最少间隔天数(0不限)", "int", "0", 0, 366),
    Setting("bodies_together", "街镇与区级同领域检查合并计算间隔和次数", "bool", "1"),
    Setting("unannounced_first", "更重要的突击检查优先占用同领域间隔和次数", "bool", "1"),
    Setting("unannounced_reserve_minutes", "各单位每日为突击和触发式检查预留分钟", "int", "0", 0, HALF_MINUTES),
    Setting("draw_reserves", "抽取候补个数", "int", "3", 0, 100),
    Setting("day_start", "上午开始时刻", "time", "09:00", 0, LAST_START),
    Setting("afternoon_start", "下午开始时刻", "time", "13:30", 0, LAST_START),
    Setting("start_step_minutes", "开始时刻间隔分钟", "int", "15", 15, HALF_MINUTES, STEPS),
    Setting("travel_minutes", "换街镇路程分钟", "int", "30", 0, HALF_MINUTES),
)
RETIRED = {"travel_reserve_percent": "路途由排时和派员逐日核算，不再按百分比预留"}
"""Keys that had a meaning once, with what came in their place."""
SETTING_BY_KEY = {setting.key: setting for setting in SETTINGS}
KEY_BY_TITLE = {setting.zh.partition("(")[0]: setting.key for setting in SETTINGS}
LIMITS = tuple(lever.name for lever in fields(Levers))
"""Keys of the bureau's levers, whose default is "no limit": one that cannot be read must not pass for none."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings in force, as text in canonical form. `asked` are the keys that somebody has looked up."""

    values: dict[str, str]
    asked: set[str] = field(default_factory=set, compare=False, repr=False)

    def text(self, key: str) -> str:
        """Return a setting as it is written."""
        self.asked.add(key)
        return self.values[key]

    def number(self, key: str) -> int:
        """Return a whole number."""
        return int(self.text(key))

    def switch(self, key: str) -> bool:
        """Return whether a switch is on."""
        return self.text(key) == "1"

    @property
    def levers(self) -> Levers:
        """The bureau's own limits."""
        return Levers(**{key: self.number(key) for key in LIMITS})

    @property
    def clock(self) -> Clock:
        """When the half-days begin."""
        return Clock(morning=_minute(self.text("day_start")), afternoon=_minute(self.text("afternoon_start")))


def read_settings(rows: Iterable[SettingRow], notes: Notes) -> Settings:
    """Return the settings of the table over the defaults; a bad or unknown row is a finding and has no effect."""
    values = {setting.key: setting.default for setting in SETTINGS}
    given: dict[str, SettingRow] = {}
    for row in sorted(rows, key=lambda r: r.key):
        if row.key in RETIRED:
            notes.find("law.setting-retired", row.ref, column="key", value=row.key, key=row.key, why=RETIRED[row.key])
            continue
        key = KEY_BY_TITLE.get(row.key.partition("(")[0], row.key.casefold())
        setting = SETTING_BY_KEY.get(key)
        near = get_close_matches(key, (*LIMITS, *map(_title, LIMITS)), 1, 0.75)
        if setting is None and near:
            about = {"hint": f"，最接近的是“{near[0]}”，", "asked": SETTING_BY_KEY[LIMITS[0]].asked}
            notes.find("held.setting", row.ref, column="key", value=row.value, key=row.key, **about)
            continue
        if setting is None:
            known = "、".join(SETTING_BY_KEY)
            notes.find("law.setting-unknown", row.ref, column="key", value=row.key, key=row.key, known=known)
            continue
        value = _canonical(setting, half_width(row.value).strip())
        if value is None and key in LIMITS:
            about = {"hint": f"（{setting.zh}）", "asked": setting.asked}
            notes.find("held.setting", row.ref, column="value", value=row.value, key=key, **about)
            continue
        if value is None:
            _tell_bad(notes, row, setting, setting.asked)
            continue
        values[key] = value
        given[key] = row
    _keep_halves_apart(values, given, notes)
    return Settings(values)


def _title(key: str) -> str:
    return SETTING_BY_KEY[key].zh.partition("(")[0]


def _tell_bad(notes: Notes, row: SettingRow, setting: Setting, asked: str) -> None:
    about = {"key": row.key, "title": setting.zh, "asked": asked}
    notes.find("law.setting-bad", row.ref, column="value", value=row.value, **about)


def _keep_halves_apart(values: dict[str, str], given: dict[str, SettingRow], notes: Notes) -> None:
    """Put both starts back to their defaults where the afternoon would begin before the morning's three hours end."""
    ends = _minute(values["day_start"]) + HALF_MINUTES
    if ends <= _minute(values["afternoon_start"]):
        return
    if "afternoon_start" in given:
        _tell_bad(notes, given["afternoon_start"], SETTING_BY_KEY["afternoon_start"], f"≥ {_clock(ends)}")
    else:
        latest = _minute(values["afternoon_start"]) - HALF_MINUTES
        _tell_bad(notes, given["day_start"], SETTING_BY_KEY["day_start"], f"≤ {_clock(latest)}")
    values.update({key: SETTING_BY_KEY[key].default for key in ("day_start", "afternoon_start")})


def _canonical(setting: Setting, text: str) -> str | None:
    if setting.kind == "bool":
        return "1" if text.lower() in _YES else "0" if text.lower() in _NO else None
    if setting.kind == "int":
        try:
            number = int(text)
        except ValueError:
            return None
        fits = setting.low <= number <= setting.high and number in (setting.among or (number,))
        return str(number) if fits else None
    if setting.kind == "time":
        found = _TIME.fullmatch(half_width(text))
        minute = int(found[1]) * 60 + int(found[2]) if found else -1
        return _clock(minute) if setting.low <= minute <= setting.high else None
    return text


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)
