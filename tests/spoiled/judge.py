"""What every spoiled month must come to: a lawful plan, walked and manned, a reason for whatever is left out, and
draws of inspectors that two programs replay alike.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import planner.draw.verify_crews_standalone
from planner.checks import check_plan
from planner.checks.duty import check_duty
from planner.domain.duty import NO_START
from planner.domain.plan import LEFT_OUT
from planner.domain.result import Status
from planner.draw.team_record import verify_team_draws
from planner.service import Planned, Revealed, name_month, plan_month, write_outputs
from planner.solve.run import Work
from scenarios.spoiled import MONTH, write_spoiled

STANDALONE = Path(planner.draw.verify_crews_standalone.__file__)
"""Replays every draw of inspectors in a process that has nothing but the standard library."""
WORK = Work(proof_work=0.5, hard_work=1.0, exchange_rounds=2, bound_rounds=6)
"""Little work: a lawful month is asked for, not the best one."""


def judged(seed: int) -> dict[str, Any]:
    """Plan spoiled month `seed` and judge it; return what a soak's table says of it. Raises AssertionError."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        draft = plan_month(write_spoiled(folder / "in", seed), MONTH, work=WORK)
        planned = name_month(draft, Revealed(date.fromisoformat(f"{MONTH}-01") - timedelta(days=1)))
        _judge(planned)
        paths = write_outputs(planned, folder / "out")
        crews = next(path for path in paths if path.name == planned.result.crews_file)
        assert [p for p in verify_team_draws(crews) if p.severity.value == "error"] == []
        alone = subprocess.run([sys.executable, "-I", STANDALONE, crews], capture_output=True, text=True, check=False)
        assert alone.returncode == 0, alone.stdout
    result = planned.result
    assert result.plan is not None
    return {
        "seed": seed,
        "tasks": result.case.n_tasks,
        "visits": len(result.visits),
        "left_out": int((result.plan.day == LEFT_OUT).sum()),
        "cuts": len(result.cuts),
        "draws": len(planned.team_draws),
        "stages": sorted({reason.stage for reason in result.reasons}),
        "seconds": result.seconds["total"],
    }


def _judge(planned: Planned) -> None:
    result = planned.result
    assert result.status in (Status.OPTIMAL, Status.FEASIBLE)
    assert result.plan is not None
    assert result.roster is not None
    assert result.duty is not None
    assert check_plan(result.case, result.plan, planned.rulebook) == ()
    assert check_duty(result.case, result.roster, result.visits, result.duty, planned.rulebook) == ()
    assert NO_START not in result.duty.start.tolist()
    assert all(len(team) >= 2 for team in result.duty.team)
    gone = {n for n in np.flatnonzero(result.plan.day == LEFT_OUT).tolist() if not result.case.tasks[n].follows_fire}
    assert {reason.task for reason in result.reasons} == gone
    assert all(reason.text_zh and reason.clauses for reason in result.reasons)
