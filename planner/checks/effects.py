"""What an effect is and when it is proven: intervals of differences, of draws and of the best of many.

Every value is held between a certified bound and the value of a lawful plan. Effects are scenario less base.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple


class Held(NamedTuple):
    """A least value between what is proven of it and what a lawful plan reaches."""

    low: int
    high: int

    @property
    def proven(self) -> bool:
        """Return whether the least value is known."""
        return self.low == self.high


class Word(StrEnum):
    """What an interval says of an effect."""

    LESS = "less"
    """已证明减少."""
    MORE = "more"
    """已证明增加."""
    NONE = "none"
    """已证明没有影响."""
    NEVER_MORE = "never_more"
    """已证明不会增加."""
    NEVER_LESS = "never_less"
    """已证明不会减少."""
    OPEN = "open"
    """未证实."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The effect lies from `low` to `high`, both inclusive."""

    low: int
    high: int

    @property
    def word(self) -> Word:
        """Return what is proven."""
        if self.low == self.high == 0:
            return Word.NONE
        if self.high < 0:
            return Word.LESS
        if self.low > 0:
            return Word.MORE
        if self.high == 0:
            return Word.NEVER_MORE
        return Word.NEVER_LESS if self.low == 0 else Word.OPEN

    def cut(self, low: int | None, high: int | None) -> Interval:
        """Return the interval within limits that hold for other reasons; None is no limit."""
        return Interval(
            self.low if low is None else max(self.low, low), self.high if high is None else min(self.high, high)
        )


def difference(before: Held, after: Held) -> Interval:
    """Return where the difference of the two least values lies."""
    return Interval(after.low - before.high, after.high - before.low)


def level_effects(before: Sequence[Held], after: Sequence[Held]) -> tuple[Interval | None, ...]:
    """Return the effect on each level of the objective, None where no interval holds.

    A bound of a level speaks of plans that are no worse on the levels before. So an effect on a level has an interval
    only where all levels before are proven in both cases; the first always has one.
    """
    found: list[Interval | None] = []
    known = True
    for old, new in zip(before, after, strict=True):
        found.append(difference(old, new) if known else None)
        known = known and old.proven and new.proven
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the scenario is better: "better", "worse", "equal", or "undecided" at the level `level`."""

    word: str
    level: str = ""


def verdict_of(names: Sequence[str], effects: Sequence[Interval | None]) -> Verdict:
    """Return what the first level says whose effect is not proven to be none."""
    for name, effect in zip(names, effects, strict=True):
        if effect is None:
            return Verdict("undecided", name)
        if effect.word is Word.NONE:
            continue
        words = {Word.LESS: "better", Word.MORE: "worse"}
        return Verdict(words.get(effect.word, "undecided"), name)
    return Verdict("equal")


def mean_of(draws: Sequence[Interval]) -> tuple[Fraction, Fraction]:
    """Return where the mean effect of these draws lies: proven of these draws, not of draws in general."""
    return Fraction(sum(d.low for d in draws), len(draws)), Fraction(sum(d.high for d in draws), len(draws))


def sorted_effects(draws: Sequence[Interval]) -> tuple[Interval, ...]:
    """Return where the smallest, the second smallest… effect of these draws lies: each end is sorted apart."""
    ends = zip(sorted(d.low for d in draws), sorted(d.high for d in draws), strict=True)
    return tuple(Interval(low, high) for low, high in ends)


@dataclass(frozen=True, slots=True)
class Best:
    """The best of many savings: where it lies, which may be it, which is proven to be it (None: none is)."""

    value: Interval
    possible: tuple[int, ...]
    proven: int | None


def best_of(savings: Sequence[Interval]) -> Best:
    """Return what is proven of the largest of these savings. Intervals hold together, so nothing is to be corrected."""
    most = max(s.low for s in savings)
    possible = tuple(n for n, s in enumerate(savings) if s.high >= most)
    sure = (n for n, s in enumerate(savings) if all(s.low >= o.high for m, o in enumerate(savings) if m != n))
    return Best(Interval(most, max(s.high for s in savings)), possible, next(sure, None))
