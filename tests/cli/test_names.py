"""A draft names nobody; `planner names` draws its inspectors with numbers that were revealed after it."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from planner.draw import verify_crews_standalone
from planner.draw.sites import commitment_of
from planner.intake.write.writer import write_folder
from planner.service.files.plan_file import as_text, seal_of
from tests.cli.conftest import Month
from tests.cli.district import MONTH, content, district, run

HOLDERS = ("bureau", "SCJG", "HBJ", "YJJ")
SAME = ("plan", "plan_hash", "timetable_hash", "case_hash", "levels", "certificates", "left_out", "draws")


def numbers(folder: Path, salt: str = "", **changes: dict[str, Any]) -> Path:
    """Write what each holder promised on 20 May and reveals; `changes` by holder."""
    rows = [
        {
            "holder": one,
            "month": MONTH,
            "commitment": commitment_of(f"{one}{salt}"),
            "committed_on": date(2026, 5, 20),
            "nonce": f"{one}{salt}",
            **changes.get(one, {}),
        }
        for one in HOLDERS
    ]
    write_folder({"nonces": rows}, folder)
    return folder


def named(month: Month, out: Path, nonces: Path, day: str = "2026-05-25") -> Any:
    return run("names", month.plan, "--case", month.source, "--nonces", nonces, "--sealed-on", day, "--out", out)


def people(document: dict[str, Any]) -> list[list[str]]:
    return [stay.get("team", []) for row in document["duty"] for stay in row["stays"]]


def test_a_draft_names_nobody_and_other_numbers_draw_others_for_the_same_plan(month: Month, tmp_path: Path) -> None:
    draft, ids = content(month.plan), [row["inspector_id"] for row in district()["inspectors"]]
    assert (draft["names"], draft["crews"]) == (None, {"file": "", "sha256": ""})
    for path in (path for path in month.out.rglob("*") if path.suffix in (".json", ".ics", ".html", ".csv")):
        told = path.read_text(encoding="utf-8")
        assert not [one for one in ids if one in told], path.name
    book = openpyxl.load_workbook(next(month.out.glob("*.xlsx")), read_only=True)
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert any("名单在方案封存后、发布前抽取" in cell for cell in cells)
    assert not [cell for cell in cells if "张" in cell]
    drawn = []
    for salt in ("", "another"):
        out = tmp_path / f"out{salt}"
        done = named(month, out, numbers(tmp_path / f"numbers{salt}", salt))
        assert done.exit_code == 0, done.output
        document = content(out / "plan.json")
        assert {part: document[part] for part in SAME} == {part: draft[part] for part in SAME}
        assert all(len(team) >= 2 for team in people(document))
        assert verify_crews_standalone.check_file(str(out / "crews.json")) == []
        checked = run("verify", out / "plan.json", "--case", month.source)
        assert checked.exit_code == 0, checked.output
        drawn.append(people(document))
    assert drawn[0] != drawn[1]
    again = run("names", tmp_path / "out" / "plan.json", "--case", month.source)
    assert again.exit_code == 2
    assert "已经抽定" in again.output


def test_a_draft_that_names_somebody_and_a_name_that_was_not_drawn_are_found(month: Month, tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    shutil.copytree(month.out, draft)
    forged = content(month.plan)
    forged["duty"][0]["stays"][0]["team"] = ["SCJG-P0", "SCJG-P1"]
    (draft / "plan.json").write_text(as_text({**forged, "sha256": seal_of(forged)}), encoding="utf-8")
    found = run("verify", draft / "plan.json", "--case", month.source, "--json", "-")
    assert {one["text"].partition(":")[2] for one in json.loads(found.stdout)["problems"]} == {"duty"}
    out = tmp_path / "out"
    assert named(month, out, numbers(tmp_path / "numbers", HBJ={"nonce": ""})).exit_code == 0
    document = content(out / "plan.json")
    assert document["names"]["withheld"] == ["HBJ"]
    assert {code for code, _ in verify_crews_standalone.check_file(str(out / "crews.json"))} == {"uncommitted"}
    document["names"]["withheld"] = []  # who kept the number back is on record, and that is not to be left out
    document["names"]["nonces"][0]["nonce"] = "chosen later"
    (out / "plan.json").write_text(as_text({**document, "sha256": seal_of(document)}), encoding="utf-8")
    found = run("verify", out / "plan.json", "--case", month.source, "--json", "-")
    assert "draws-other" in {one["code"] for one in json.loads(found.stdout)["problems"]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nonce": "another"}, "与承诺值不符"),
        ({"committed_on": date(2026, 5, 26)}, "晚于封存日期"),
    ],
)
def test_a_number_that_was_not_promised_in_time_is_refused(
    month: Month, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    done = named(month, tmp_path / "out", numbers(tmp_path / "numbers", SCJG=change))
    assert done.exit_code == 2
    assert words in done.output
    assert "SCJG" in done.output
    assert not (tmp_path / "out").exists()
