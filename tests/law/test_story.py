"""The worked story of `docs/adding-a-rule.md` is told to a copy of the repository, and does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.story import ROOT, pieces, run, told_copy

STORY = ROOT / "docs" / "adding-a-rule.md"
MOST_FILES = 3


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository to which the story was told."""
    return told_copy(tmp_path_factory.mktemp("story"), STORY)


def test_a_simple_rule_takes_three_files() -> None:
    assert 0 < len({name for _, name, _ in pieces(STORY)}) <= MOST_FILES


@pytest.mark.slow
def test_the_copy_is_what_runs(told: Path) -> None:
    done = run(told, "-c", "import planner.law.register as r; print(r.__file__); print('founding.day' in r.RULES)")
    assert done.stdout.split() == [str(told / "planner" / "law" / "register.py"), "True"], done.stderr


@pytest.mark.slow
def test_the_month_is_planned_by_the_rule(told: Path) -> None:
    done = run(told, "-m", "tests.law.story_month")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_everybody_agrees_about_the_rule(told: Path) -> None:
    """The generic tests, untouched, ask about the new rule; none of them names it."""
    chosen = ["tests/law/test_agreement.py", "tests/law/test_register.py", "tests/rulebook/test_register.py"]
    done = run(told, "-m", "pytest", "-p", "no:cacheprovider", "-q", *chosen, "-k", "founding or not [")
    assert done.returncode == 0, done.stdout[-3000:]
    asked = run(told, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--collect-only", *chosen, "-k", "founding")
    assert sum(int(n) for n in re.findall(r": (\d+)$", asked.stdout, re.M)) >= 8, asked.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "part", "instead"),
    [
        ("planner/law/rules/founding_day.py", "    constraint=no_barred_day(founding_days),\n", ""),
        ("planner/law/rules/founding_day.py", "    barred=founding_days,\n", ""),
        ("planner/law/rules/founding_day.py", "    order=25,\n", "    order=20,\n"),
        ("planner/law/rules/founding_day.py", "    example=", "    # example="),
    ],
    ids=["constraint", "barred", "order", "example"],
)
def test_a_forgotten_part_fails_loudly(told: Path, file: str, part: str, instead: str) -> None:
    whole = (told / file).read_text(encoding="utf-8")
    assert whole.count(part) == 1
    try:
        (told / file).write_text(whole.replace(part, instead), encoding="utf-8")
        done = run(told, "-c", "import planner.checks")
    finally:
        (told / file).write_text(whole, encoding="utf-8")
    assert done.returncode != 0
    assert "ValueError: rule founding.day" in done.stderr
