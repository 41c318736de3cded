"""The small district with too little of some things: a task without a lawful day, work that waits, one crew only.

What the service answers there is what a plain district never makes it say: a task is left out, others could ride
along, and changes that are lawful one by one are not so together.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.cli.district import Raw, district

JUNE = {
    "kind": "日常",
    "period": "月度",
    "window_from": date(2026, 6, 1),
    "window_to": date(2026, 6, 30),
    "plan_code": "JH-2606",
    "filed_on": date(2026, 5, 20),
}
BOOKED, DECLINED, CONTESTED = "化工7厂", "化工8厂", "化工9厂"
ASKED = "化工10厂"
"""Sites at which 市场监管 and 应急 both have work that may wait until July, one for each test that uses it up."""
LEFT_OUT = "化工6厂"
"""应急 filed two checks here whose windows lie closer together than the gap between two of its checks."""
BEYOND = "化工11厂"
"""市场监管 has been here this year, and filed another check as needed: it goes beyond the yearly cap."""
OFF_SITE = "化工5厂"
"""生态环境 checks its papers without coming."""
CROWDED = ("化工1厂", "化工2厂", "化工4厂")
"""生态环境 checks these for three hours each and has one crew: two fit into a day, three do not."""


def scarce_district() -> Raw:
    """Return raw rows without a fault in them, which say that they are made up: their June can be lived at any time."""
    raw = district()
    raw["settings"].append({"key": "synthetic", "value": "1"})
    raw["sites"] += [
        {"site_id": f"S{n}", "name": f"化工{n}厂", "address": f"路{n}号", "town": "漕泾镇", "industry": "仓储"}
        for n in (7, 8, 9, 10, 11)
    ]
    checked = {"site_id": "S11", "agency_id": "SCJG", "date": date(2026, 2, 2), "result": "未发现问题"}
    raw["history"] = [*raw.get("history", []), checked]
    raw["items"] += [
        {"item_id": "HBJ-2", "name": "全面检查", "agency_id": "HBJ", "minutes": 180, "basis": "某法第二条"},
        {"item_id": "YJJ-2", "name": "专项检查", "agency_id": "YJJ", "minutes": 60, "basis": "某法第三条"},
    ]
    raw["inspectors"] = [row for row in raw["inspectors"] if row["inspector_id"] not in ("HBJ-P2", "HBJ-P3")]
    until_july = {"sites": "S7;S8;S9;S10", "window_from": date(2026, 6, 15), "window_to": date(2026, 7, 31)}
    early = {"sites": "S6", "window_to": date(2026, 6, 5)}
    late = {"sites": "S6", "window_from": date(2026, 6, 8), "window_to": date(2026, 6, 12)}
    raw["filings"] += [
        _filing("F-SW", "SCJG", "SCJG-1", **until_july),
        _filing("F-YW", "YJJ", "YJJ-1", **until_july),
        _filing("F-HL", "HBJ", "HBJ-2", sites="S1;S2;S4"),
        _filing("F-Y1", "YJJ", "YJJ-1", **early),
        _filing("F-Y2", "YJJ", "YJJ-2", **late),
        _filing("F-N", "SCJG", "SCJG-1", sites="S11", needed="是", necessity="群众关切"),
        _filing("F-HO", "HBJ", "HBJ-2", sites="S5", mode="非现场"),
    ]
    return raw


def _filing(name: str, agency: str, items: str, **more: Any) -> dict[str, Any]:
    return {"filing_id": name, "agency_id": agency, "items": items, **JUNE, **more}
