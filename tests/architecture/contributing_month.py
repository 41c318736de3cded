"""What the stories of `CONTRIBUTING.md` must do, run in a copy of the repository that they were told to.

It is no test file of its own: here neither the column nor the operation exists.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from fastapi.testclient import TestClient

from api.accounts import accounts, tokens
from api.accounts.passwords import hash_password
from api.app import create_app
from api.settings import Settings
from api.store import Store
from api.store.database.migrate import migrate
from api.store.inputs.imports import import_tables
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from tests.cli.district import MONTH, district, run, workbook

NUMBER = "021-57320000"


def the_sheet_tells_the_number(folder: Path) -> Tables:
    """A month is planned; the sheet of all visits has the site's number, an agency's own sheet has not."""
    raw = district()
    raw["sites"][0]["contact"] = NUMBER
    source = workbook(folder / "in.xlsx", raw)
    done = run("plan", source, "--month", MONTH, "--out", folder / "out")
    assert done.exit_code == 0, done.output
    (file,) = (folder / "out").glob("*.xlsx")
    book = openpyxl.load_workbook(file)
    rows = [[cell.value for cell in row] for row in book["全部入企"]]
    head = next(row for row in rows if "联系电话" in row)
    site, contact, visit = (head.index(title) for title in ("对象编号", "联系电话", "入企编号"))
    visits = rows[rows.index(head) + 1 :]
    assert {row[contact] for row in visits if row[site] == "S1"} == {NUMBER}
    assert {row[contact] or "" for row in visits if row[site] != "S1"} == {""}
    assert all(row[visit] for row in visits)
    own = [sheet for sheet in book if sheet.title.startswith("主体-")]
    assert own
    assert not any(cell.value == NUMBER for sheet in own for row in sheet for cell in row)
    return read_tables(source)


def the_service_tells_the_towns(folder: Path, tables: Tables) -> None:
    """The operation counts sites by town, for those who may; a town's account may not."""
    settings = Settings(data=folder, workers=0)
    store = Store(settings.database_url)
    migrate(store)
    import_tables(store, tables, "test")
    secrets = {}
    with store.write() as tx:
        for login, role, town in (("li", "bureau", None), ("zhu", "town", "漕泾镇")):
            account = accounts.add(tx, login, login, role, hash_password("correct horse battery"), "test", town=town)
            secrets[login] = tokens.issue(tx, account, "test", ("read",), 1, "test")[1]
    store.close()
    with TestClient(create_app(settings)) as client:
        answers = {n: client.get("/v1/towns", headers={"Authorization": f"Bearer {s}"}) for n, s in secrets.items()}
    assert answers["li"].json() == [{"name": "漕泾镇", "sites": 6}]
    assert answers["zhu"].status_code == 403


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        the_service_tells_the_towns(Path(name), the_sheet_tells_the_number(Path(name)))
