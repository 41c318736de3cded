"""The browser's own verifier of draws and log says what the service's says: of kept vectors, and of every forgery.

The kept vectors (`api/page/src/audit/vectors.json`) are for those who test the page alone. They are written anew by
`python -m tests.page.test_second`.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from api.page_build import PAGE, node
from api.store import Store, log
from api.store.database.migrate import migrate
from planner.domain.hashing import canonical_json
from planner.draw import verify_standalone
from planner.draw.record import verify_draws, write_draws
from tests.draw.test_record import mutants, rechained, records

VECTORS = PAGE / "src" / "audit" / "vectors.json"
KEPT_OF = 40
"""One forgery of so many is kept."""
VALUES: tuple[Any, ...] = (
    {"b": 1, "a": [1.5, -0.0, 1e22, 1e-7, True, None, 2**70]},
    '“引号”\t\\ " / \u2028 \x7f 𠀀',
    {"é": 1, "e": 2, "𠀀": 3, "￿": 4, "": {}},
)
Case = dict[str, Any]


def draw_cases(folder: Path) -> Iterator[Case]:
    """Yield files of draws, the honest one first, with what the service finds in each."""
    path = folder / "draws.json"
    write_draws(path, records())
    honest = path.read_text("utf-8")
    book = json.loads(honest)
    texts = [("honest", honest), ("no JSON", honest[:-9]), ("twice", honest.replace("{", '{"format":"x",', 1))]
    for place, mutant in mutants(book):
        name = ".".join(map(str, place))
        texts += [(name, json.dumps(mutant)), (f"{name}, rechained", json.dumps(rechained(mutant)))]
    for name, text in texts:
        path.write_text(text, "utf-8")
        found = sorted((one.code, one.draw_id) for one in verify_draws(path))
        assert found == sorted(verify_standalone.check_file(str(path))), name
        yield {"name": name, "text": text, "problems": found}


def log_cases(folder: Path) -> Iterator[Case]:
    """Yield exported logs, the honest one first, with what the service finds in each."""
    store = Store(f"sqlite:///{folder / 'log.sqlite'}")
    migrate(store)
    for n, value in enumerate(VALUES):
        with store.write() as tx:
            log.append(tx, "li", "plan.publish", f"plan:{n}", {"值": value})
            log.append(tx, "zhang", "hidden.publish", f"visit:{n}", {"n": n}, reserved=True, agency_id="SCJG")
    path = folder / "log.jsonl"
    log.write_file(store, path, reserved=True)
    store.close()
    lines = path.read_text("utf-8").split("\n")[:-1]
    yield _log_case(path, "honest", lines)
    for n in range(len(lines)):
        yield _log_case(path, f"without {n}", lines[:n] + lines[n + 1 :])
        yield _log_case(path, f"{n} twice", [*lines[:n], lines[n], *lines[n:]])
        yield _log_case(path, f"{n} is no JSON", [*lines[:n], lines[n][:-2], *lines[n + 1 :]])
        value = json.loads(lines[n])
        for key in value:
            for other in (None, 0, 7.0, "x", [value[key]]):
                changed = deepcopy(value) | {key: other}
                name = f"{n}.{key} is {other!r}"
                yield _log_case(path, name, [*lines[:n], canonical_json(changed), *lines[n + 1 :]])
        links = {key: value[key] for key in ("seq", "prev", "digest", "hash") if key in value}
        yield _log_case(
            path, f"{n} withheld", [*lines[:n], canonical_json({"withheld": True, **links}), *lines[n + 1 :]]
        )


def _log_case(path: Path, name: str, lines: list[str]) -> Case:
    text = "".join(f"{line}\n" for line in lines)
    path.write_text(text, "utf-8")
    return {"name": name, "text": text, "problems": [(one.code, one.seq) for one in log.verify_file(path)]}


def vectors(folder: Path, each: int = 1) -> dict[str, Any]:
    """Return the vectors, the honest ones and one forgery of so many."""
    draws, logs = list(draw_cases(folder)), list(log_cases(folder))
    texts = [{"text": json.dumps(value), "is": canonical_json(value)} for value in VALUES]
    return {"draws": draws[::each], "logs": logs[::each], "canonical": texts}


def _said(problems: Any) -> list[tuple[Any, ...]]:
    return sorted(tuple(one) for one in problems)


def test_the_kept_vectors_are_what_the_service_says(tmp_path: Path) -> None:
    kept = json.loads(VECTORS.read_text("utf-8"))
    assert kept["canonical"] == [{"text": json.dumps(value), "is": canonical_json(value)} for value in VALUES]
    for one in kept["draws"]:
        (tmp_path / "draws.json").write_text(one["text"], "utf-8")
        found = [(problem.code, problem.draw_id) for problem in verify_draws(tmp_path / "draws.json")]
        assert _said(found) == _said(one["problems"]), one["name"]
    for one in kept["logs"]:
        lines = one["text"].split("\n")[:-1]
        assert _said(_log_case(tmp_path / "log.jsonl", one["name"], lines)["problems"]) == _said(one["problems"])
    assert [one["problems"] for one in (kept["draws"][0], kept["logs"][0])] == [[["uncommitted", "D-2"]], []]


@pytest.mark.slow
def test_the_second_verifier_says_of_every_forgery_what_the_service_says(built: Path, tmp_path: Path) -> None:
    found = node()
    assert found is not None
    told = vectors(tmp_path)
    assert len(told["draws"]) > 700
    assert len(told["logs"]) > 300
    (tmp_path / "vectors.json").write_text(json.dumps(told), "utf-8")
    environment = {**os.environ, "VECTORS": str(tmp_path / "vectors.json")}
    environment["PATH"] = f"{found.folder}{os.pathsep}{environment['PATH']}"
    command = [*found.npm, "test", "--", "src/audit"]
    done = subprocess.run(command, cwd=PAGE, env=environment, capture_output=True, text=True, timeout=540)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        VECTORS.write_text(json.dumps(vectors(Path(place), KEPT_OF), ensure_ascii=False, indent=1) + "\n", "utf-8")
