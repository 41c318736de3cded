"""The settings table: which keys there are, their type, range and default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.domain.case import Levers
from planner.intake.outcome import Notes
from planner.intake.records import SettingRow

_YES, _NO = {"1", "是", "true", "yes"}, {"0", "否", "false", "no", ""}


@dataclass(frozen=True, slots=True)
class Setting:
    """One key. `kind` is "int", "bool" or "text"; `low` and `high` bound a whole number, both inclusive."""

    key: str
    zh: str
    kind: str
    default: str
    low: int = 0
    high: int = 0


SETTINGS: tuple[Setting, ...] = (
    Setting("jurisdiction", "规则库", "text", "cn-sh-jinshan"),
    Setting("district_name", "区名", "text", ""),
    Setting("synthetic", "合成数据", "bool", "0"),
    Setting("seed", "随机种子", "int", "0", 0, 2**31 - 1),
    Setting("travel_reserve_percent", "路途预留百分比", "int", "15", 0, 90),
    Setting("prep_minutes", "企业每次准备分钟", "int", "30", 0, 240),
    Setting("max_agencies_per_visit", "每次入企最多主体数(0不限)", "int", "0", 0, 50),
    Setting("entry_cap", "每月每户最多入企次数(0不限)", "int", "0", 0, 31),
    Setting("entry_gap_days", "任意两次入企最少间隔天数(0不限)", "int", "0", 0, 366),
    Setting("draw_reserves", "抽取候补个数", "int", "3", 0, 100),
)
SETTING_BY_KEY = {setting.key: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings in force, as text in canonical form."""

    values: dict[str, str]

    def number(self, key: str) -> int:
        """Return a whole number."""
        return int(self.values[key])

    def switch(self, key: str) -> bool:
        """Return whether a switch is on."""
        return self.values[key] == "1"

    @property
    def levers(self) -> Levers:
        """The bureau's own limits."""
        return Levers(
            max_agencies_per_visit=self.number("max_agencies_per_visit"),
            entry_cap=self.number("entry_cap"),
            entry_gap_days=self.number("entry_gap_days"),
        )


def read_settings(rows: Iterable[SettingRow], notes: Notes) -> Settings:
    """Return the settings of the table over the defaults; a bad or unknown row is a finding and has no effect."""
    values = {setting.key: setting.default for setting in SETTINGS}
    for row in sorted(rows, key=lambda r: r.key):
        setting = SETTING_BY_KEY.get(row.key)
        if setting is None:
            known = "、".join(SETTING_BY_KEY)
            notes.find("law.setting-unknown", row.ref, column="key", value=row.key, key=row.key, known=known)
            continue
        value = _canonical(setting, row.value.strip())
        if value is None:
            asked = f"{setting.low}–{setting.high}" if setting.kind == "int" else "是/否"
            notes.find(
                "law.setting-bad", row.ref, column="value", value=row.value, key=row.key, title=setting.zh, asked=asked
            )
            continue
        values[row.key] = value
    return Settings(values)


def _canonical(setting: Setting, text: str) -> str | None:
    if setting.kind == "bool":
        return "1" if text.lower() in _YES else "0" if text.lower() in _NO else None
    if setting.kind == "int":
        try:
            number = int(text)
        except ValueError:
            return None
        return str(number) if setting.low <= number <= setting.high else None
    return text
