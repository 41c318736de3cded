"""One solver run: its limits of work, and the incumbent, which is kept outside the engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from planner.checks import check_plan
from planner.checks.objective import crowding, objective_of
from planner.domain.case import Case, IntArray
from planner.domain.errors import MismatchError
from planner.domain.plan import Objective, Plan
from planner.domain.result import ENTRIES, Progress
from planner.solve.prices.proven import Proven

Keep = Callable[[IntArray], None]
"""Is handed each incumbent's days [T]."""


@dataclass(frozen=True, slots=True)
class Work:
    """How much is done at most; never seconds, so that a run can be repeated."""

    negotiation_sweeps: int = 120
    descent_sweeps: int = 10
    chase_rounds: int = 120
    bound_rounds: int = 25
    levelling_sweeps: int = 10
    chain_steps: int = 5
    """Steps of ejection chains per site and phase, where crews are scarce; see `planner.solve.search.chains`."""
    exchange_rounds: int = 20
    """Rounds of two exchanges each after the chains; half of them after what is overbooked had to go."""
    exchange_work: float = 0.3
    """CP-SAT deterministic time of one exchange."""
    room_steps: int = 2
    """Steps in which sites make room for what is left out, per task."""
    serve_work: float = 2.0
    """CP-SAT deterministic time for a plan of a small case that leaves nothing out."""
    refine_rounds: int = 100
    """Rounds of two sub-cases each at most; see `planner.solve.search.exact_subcases`."""
    settle_sweeps: int = 600
    many: int = 40
    """Sites that cost more than they should after the first plan: from here on, crews are scarce everywhere and single
    ejection chains lead nowhere."""
    proof_work: float = 3.0
    """CP-SAT deterministic time of the last proof over the whole case; 0 leaves it out."""
    proof_tasks: int = 15_000
    """Larger cases are planned and proven by `planner.solve.horizon`, without CP-SAT;"""
    long_days: int = 60
    """so are cases of more days and more than `hard_tasks`: their linear programs are many times a month's."""
    hard_work: float = 10.0
    """Deterministic time of CP-SAT with two interleaved workers over the whole of a small case whose gap is open."""
    hard_tasks: int = 1_000


class Run:
    """The incumbent of one solve and who watches it; the clock is for progress only."""

    def __init__(
        self,
        case: Case,
        tell: Callable[[Progress], None] | None = None,
        cancel: Callable[[], bool] | None = None,
        keep: Keep | None = None,
        work: Work | None = None,
        seed: int = 0,
    ) -> None:
        self.case, self.work, self.seed, self._tell = case, work or Work(), seed, tell
        self.cancel, self.keep = cancel or (lambda: False), keep or (lambda _: None)
        self.start = perf_counter()
        self.progress: list[Progress] = []
        self.seconds: dict[str, float] = {}
        self.stopped = False
        self.best: Plan | None = None
        self.objective: Objective | None = None
        self.crowded = 0
        self.bound: int | None = None
        """The best bound of entries; it speaks of plans that leave out no more than the incumbent."""
        self.proven: Proven | None = None
        """What is certified of left-out tasks; where it is absent, only a plan that leaves nothing out can be met."""
        self.whole: Run | None = None
        """The run of which this one plans a part: where that is met, so is this."""

    def note(self, text: str = "", level: str = "entries") -> None:
        """Tell whoever watches what stands now."""
        best = self.objective.all_entries if self.objective else None
        step = Progress(round(perf_counter() - self.start, 3), level, best, self.bound, text)
        self.progress.append(step)
        if self._tell:
            self._tell(step)

    def offer(self, day: IntArray, text: str) -> bool:
        """Take `day` [T] as the incumbent if it is better. Raises MismatchError if it is not lawful: a defect."""
        plan = Plan(day)
        objective = objective_of(self.case, plan)
        crowded = crowding(self.case, plan)
        if self.objective is not None and (*objective.key(), crowded) >= (*self.objective.key(), self.crowded):
            return False
        found = check_plan(self.case, plan)
        if found:
            raise MismatchError(f"an engine made an unlawful plan ({text}): {found[0].rule} {found[0].subjects}")
        self.best, self.objective, self.crowded = plan, objective, crowded
        self.seconds.setdefault("first", perf_counter() - self.start)
        self.keep(plan.day)
        self.note(text)
        return True

    def out_of_time(self) -> bool:
        """Ask whether to stop; once it is so, it stays so."""
        self.stopped = self.stopped or self.cancel()
        return self.stopped

    def met(self) -> bool:
        """Return whether every level down to entries is at its certified bound, so that nothing is left to gain.

        A month that must leave something out is done as well as one that serves everything.
        """
        if self.whole is not None:
            return self.whole.met()
        if self.objective is None or self.best is None or self.bound is None:
            return False
        if not any(self.objective.left_out):
            return self.bound >= self.objective.all_entries
        if self.proven is None or not self.proven.least_left_out(self.objective, self.best.day):
            return False
        if self.bound < self.objective.all_entries:
            self.bound = max(self.bound, self.proven.bound(ENTRIES, self.objective, self.best.day))
        return self.bound >= self.objective.all_entries
