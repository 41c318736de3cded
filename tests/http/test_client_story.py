"""The month that the documentation tells over HTTP is run as it stands there, against a service as it is started."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import httpx2
import pytest

from tests.cli.district import MONTH, workbook
from tests.http.conftest import Service

STORY = Path(__file__).resolve().parents[2] / "docs" / "接口入门.md"
CODE = re.compile(r"(?<=<!-- story:begin -->\n```python\n).*?(?=```\n<!-- story:end -->)", re.DOTALL)
HEALTHY_SECONDS = 5.0


@pytest.mark.slow
def test_the_documented_month(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    words = ["serve", "--port", str(port), "--database", service.store.url, "--data", str(tmp_path / "data")]
    environment = {**os.environ, "PLANNER_POLL_SECONDS": "0.1", "PLANNER_PROGRESS_SECONDS": "0"}
    with (tmp_path / "serve.log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "planner", *words], stdout=out, stderr=subprocess.STDOUT, env=environment
        )
    try:
        base, began = f"http://127.0.0.1:{port}", time.monotonic()
        while not healthy(base):
            assert process.poll() is None, (tmp_path / "serve.log").read_text(encoding="utf-8")
            assert time.monotonic() - began < 60
            time.sleep(0.05)
        with capsys.disabled():
            print(f" [healthy after {time.monotonic() - began:.1f} s]", end="")
        found = CODE.search(STORY.read_text(encoding="utf-8"))
        assert found is not None
        given = {
            "BASE": base,
            "TOKEN": service.secrets["bureau"],
            "WORKBOOK": str(workbook(tmp_path / "申报.xlsx")),
            "MONTH": MONTH,
            "CLOSES_ON": (date.today() + timedelta(days=7)).isoformat(),
            "OUT": str(tmp_path / "out"),
        }
        exec(compile(found[0], str(STORY), "exec"), given)  # it is the documentation's own program
        given["service"].close()  # type: ignore[attr-defined]
    finally:
        process.terminate()
        process.wait(60)
    names = {path.parent.name for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {"各单位", "各街镇", "日历", "公开"} <= names
    assert "entries" in capsys.readouterr().out  # progress was live, with its level
    months = service.client().get("/v1/public/months").json()["items"]
    assert [one["month"] for one in months] == [MONTH]


def healthy(base: str) -> bool:
    try:
        return httpx2.get(f"{base}/readyz").status_code == 200
    except httpx2.TransportError:
        return False
