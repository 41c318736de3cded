"""The worked example of docs/数据分析.md runs, and prints what stands under it."""

from __future__ import annotations

import json
import os
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from planner.service import Base, Planned, play, played_json, read_scenarios

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "数据分析.md"
CELL = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.S)
CREW = "format: whatif/1\nname: crew\ntitle: 多一个班组\nargues: ''\nchanges:\n  - capacity: {unit: SCJG, crews: 1}\n"


def test_the_example_prints_what_it_says(planned: Planned, plan_file: Path, source: Path, tmp_path: Path) -> None:
    scenario, document = tmp_path / "crew.yaml", tmp_path / "whatif.json"
    scenario.write_text(CREW, encoding="utf-8")
    (one,) = read_scenarios(scenario)
    document.write_text(json.dumps(played_json(planned, play(Base(planned), one))), encoding="utf-8")
    text = GUIDE.read_text(encoding="utf-8")
    begin, end = text.index("<!-- example:begin -->"), text.index("<!-- example:end -->")
    known: dict[str, Any] = {"PLAN": plan_file, "SOURCE": source, "WHATIF": document, "FOLDER": tmp_path / "out"}
    cells, printed = CELL.findall(text[begin:end]), []
    for code, _ in cells:
        told = StringIO()
        with redirect_stdout(told):
            exec(compile(code, GUIDE.name, "exec"), known)
        printed.append((code, told.getvalue()))
    if os.environ.get("WRITE_EXAMPLE"):
        fresh = iter(printed)
        new = CELL.sub(lambda _: "```python\n{}```\n\n```text\n{}```".format(*next(fresh)), text[begin:end])
        GUIDE.write_text(text[:begin] + new + text[end:], encoding="utf-8")
        return
    assert len(cells) == text[begin:end].count("```python")
    assert printed == cells
