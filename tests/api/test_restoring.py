"""A plan's case as its run left it is the case made again, and nothing depends on the file but time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.desk import restoring
from api.desk.restoring import code_hash, restored
from api.settings import Settings
from api.store import Store
from planner.intake.writer import write_folder
from tests.api.test_kinds import ran
from tests.cli.district import MONTH, district

if TYPE_CHECKING:
    from planner.service import Planned


@pytest.fixture
def settings(store: Store, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", database=store.url, poll_seconds=0.05, progress_seconds=0.05)


@pytest.fixture
def keeping(store: Store, settings: Settings) -> Iterator[Store]:
    """The same database, with a folder beside it."""
    own = Store(store.url, pool=1, beside=settings.beside)
    yield own
    own.close()


def planned(store: Store, settings: Settings, tmp_path: Path) -> tuple[str, Path]:
    """Plan the small district; return the plan's id and the file that the run left."""
    write_folder(district(), tmp_path / "district")
    ran(store, settings, "import", path=str(tmp_path / "district"))
    plan_id = ran(store, settings, "plan", month=MONTH).result["plan"]
    return plan_id, settings.beside / f"{plan_id}-{code_hash()}.case"


def told(one: Planned | None) -> list[object]:
    """Return what questions about a plan rest on."""
    assert one is not None
    result = one.result
    assert result.case is not None
    assert result.plan is not None
    assert result.duty is not None
    return [
        result.case.content_hash(), result.plan.day.tolist(), result.objective, result.violations, result.plan_hash,
        list(result.visits), result.duty.start.tolist(), result.duty.crew.tolist(),
        result.status, result.levels, one.names, one.rulebook.version, one.month, one.tables.calendar,
        [(draw.order, draw.teams) for draw in one.team_draws],
    ]  # fmt: skip


@pytest.mark.slow
def test_what_a_run_left_is_what_is_made_again(
    store: Store, keeping: Store, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id, path = planned(store, settings, tmp_path)
    assert path.stat().st_mode & 0o077 == 0
    assert not list(path.parent.glob("*.[0-9]*"))
    again = told(restored(store, plan_id))
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "ProcessPoolExecutor", None)  # nothing is made again
        assert told(restored(keeping, plan_id)) == again
    path.write_bytes(b"spoilt")
    assert told(restored(keeping, plan_id)) == again
    assert len(path.read_bytes()) > 1000
    stranger = path.rename(path.with_name(f"{plan_id}-0123456789abcdef.case"))  # other code, other law
    assert told(restored(keeping, plan_id)) == again
    assert path.exists()
    assert stranger.exists()


def test_the_oldest_files_go(keeping: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "KEPT", 2)
    for name in ("a", "b", "c"):
        restoring.keep(keeping, name, restoring.pack(None))
    assert len(list(settings.beside.glob("*.case"))) == 2
    assert (settings.beside / f"c-{code_hash()}.case").exists()
