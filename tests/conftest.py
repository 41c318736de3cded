"""How tests are shared out between the workers of `make test`.

A file's tests stay on one worker (`--dist loadfile`), and so do the files of a folder that sets up once what all of
them look at. What takes long comes first, so that no worker begins a long file when the others have nothing left.
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/page/",)
"""Folders whose services are prepared once in a session: on two workers they would be prepared twice."""
FIRST = ("tests/cli/test_plan.py", "tests/http/test_schemathesis.py")
"""What the workers begin with. On a fresh checkout the one compiles the kernels, which are kept for everybody; the
other needs none for long enough that it does not compile the same at the same time."""
STORIES = ("tests/law/test_story.py", "tests/architecture/test_contributing.py")
"""They copy the checkout with its kept kernels, and would compile them in the copy had nobody done so before."""


class Sharing(LoadFileScheduling):
    """Hands out files, and folders of `TOGETHER` whole, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """Return the folder or file whose tests stay on one worker."""
    return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.split("::", 1)[0])


def pytest_xdist_make_scheduler(config: pytest.Config) -> Sharing | None:
    """Share out as above where `--dist loadfile` asks for files."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False  # by number of tests: the longest of all has two
    return Sharing(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a worker: begin with `FIRST`, then what holds slow tests, then the stories, then files by number of tests."""
    if not hasattr(config, "workerinput"):
        return
    slow, count = set[str](), dict[str, int]()
    for item in items:
        scope = scope_of(item.nodeid)
        count[scope] = count.get(scope, 0) + 1
        if scope in TOGETHER or item.get_closest_marker("slow"):
            slow.add(scope)

    def place(item: pytest.Item) -> tuple[int, int, str]:
        scope = scope_of(item.nodeid)
        if scope in FIRST:
            return 0, FIRST.index(scope), scope
        if scope in STORIES:
            return 3, 0, scope
        if scope in slow:
            return (1 if scope in TOGETHER else 2), -count[scope], scope
        return 4, -count[scope], scope

    items.sort(key=place)
