"""Families of made-up cases, each grown around a plan that is lawful by construction.

The plan comes first. Crews are put on duty in whole crews of a day; each (unit, day) is filled with checks up to the
use asked for; the checks of one day are dealt to visits, the visits to sites; and only then does each check get a
window around its day. So the case holds a plan that leaves nothing out, and no stretch of days asks for more than its
crews can do, however scarce they are. The families:

* *slack*: about 80 % of the crews used, half of the windows as wide as the horizon, some checks may wait;
* *tight*: narrow windows, most units used to 97 % and more (`SCARCE_USE`);
* *overfull*: as tight, with surplus checks at the scarce units which the planted plan leaves out: judged on what has to
  be left out.

Horizons: a *month* of 22 days and a *year* of 250 days in one district of 25 units, and a *city* year of 16 districts,
coupled by city bodies that do the stated share of all checks. Nothing here is taken from a real place.
"""

from __future__ import annotations

import numpy as np

from benchmarks.knobs import FAMILIES, HORIZONS, horizon_days, knobs_of
from benchmarks.planted_case import PlantedCase, to_case
from benchmarks.planting import plant_checks
from planner.domain.case import Case


def plant(family: str, horizon: str, tasks: int, seed: int = 0, **changed: object) -> PlantedCase:
    """Return a case of exactly `tasks` tasks, the plan that it was grown around, and how used its units are.

    `changed` are fields of `Knobs`. The same arguments give the same case.
    """
    knobs = knobs_of(family, horizon, **changed)
    days = horizon_days(horizon)
    rng = np.random.default_rng([seed, tasks, HORIZONS.index(horizon), tuple(FAMILIES).index(family)])
    checks = plant_checks(knobs, len(days), tasks, rng)
    period = (days[0].replace(day=1), days[-1].replace(day=30 if horizon == "month" else 31))
    return to_case(f"{family}-{horizon}-{tasks}-{seed}", checks, knobs, days, period, rng)


def make_case(family: str, horizon: str, tasks: int, seed: int = 0, **changed: object) -> Case:
    """Return the case alone; see `plant`."""
    return plant(family, horizon, tasks, seed, **changed).case
