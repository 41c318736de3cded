"""One planned month for all tests that only read it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.district import MONTH, content, run, workbook


@dataclass(frozen=True)
class Month:
    """Source, outputs, the JSON that `plan --json` wrote, and what was printed."""

    source: Path
    out: Path
    values: dict[str, Any]
    printed: str

    @property
    def plan(self) -> Path:
        return self.out / "plan.json"


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    folder = tmp_path_factory.mktemp("month")
    source, out = workbook(folder / "来源.xlsx"), folder / "out"
    result = run("plan", source, "--month", MONTH, "--out", out, "--json", folder / "values.json")
    assert result.exit_code == 0, result.output
    return Month(source, out, content(folder / "values.json"), result.stdout)
