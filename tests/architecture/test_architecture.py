"""What holds for the repository as a whole."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import networkx
import pytest

from planner import service

ROOT = Path(__file__).resolve().parents[2]
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|home|root|Users)/\w")
"""A folder of somebody's machine. Written apart here, so that this file does not find itself."""
PACKAGE_HOST = re.compile(r"(?:--(?:extra-)?index-url|--find-links|https?://[^\s\"')>]*/simple\b)")


def kept_files() -> list[Path]:
    """Return every text file that the repository keeps."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()[:4096]]


def test_layers_hold() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside of functions and those for types alone count, too: who reads one would have to read them all."""
    graph = grimp.build_graph("planner", "api", cache_dir=None)
    arrows = [(name, other) for name in graph.modules for other in graph.find_modules_directly_imported_by(name)]
    assert len(arrows) > 1000
    assert [
        circle for circle in networkx.strongly_connected_components(networkx.DiGraph(arrows)) if len(circle) > 1
    ] == []


def test_no_file_names_a_machine_or_a_package_host() -> None:
    files = kept_files()
    assert len(files) > 100
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in files
        if file != Path(__file__)
        for pattern in (MACHINE_PATH, PACKAGE_HOST)
        for match in pattern.finditer(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_every_runtime_need_is_pinned_once() -> None:
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = needs["optional-dependencies"]
    runtime = [line.partition(";")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines()]
    dev = [line.partition(";")[0].strip() for line in (ROOT / "requirements-dev.txt").read_text().splitlines()]
    names = [line.partition("==")[0] for line in runtime]
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+", line) for line in runtime + dev)
    assert len(set(names)) == len(names)
    bare = [{re.split(r"[\[>=<]", need)[0] for need in part} for part in (needs["dependencies"], extras["dev"])]
    assert bare[0] <= set(names)
    assert set(runtime) <= set(dev)
    assert bare[1] <= {line.partition("==")[0] for line in dev}


@pytest.mark.parametrize("name", service.__all__)
def test_everything_public_of_the_service_is_documented(name: str) -> None:
    thing = getattr(service, name)
    if not callable(thing):
        return
    assert inspect.getdoc(thing)
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return
    for member, value in vars(thing).items() if inspect.isclass(thing) else ():
        if not member.startswith("_") and (inspect.isfunction(value) or isinstance(value, property)):
            assert inspect.getdoc(value), f"{name}.{member}"


def test_nothing_public_of_the_service_prints() -> None:
    for file in (ROOT / "planner" / "service").rglob("*.py"):
        calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        assert "print" not in {call.func.id for call in calls if isinstance(call.func, ast.Name)}, file.name


def test_files_do_one_thing() -> None:
    long = {
        file.relative_to(ROOT).as_posix(): lines
        for file in (ROOT / "planner").rglob("*.py")
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 450
    }
    # The schema is one list of tables and columns: data, which is read from top to bottom.
    assert long.keys() <= {"planner/intake/tables/schema.py"}, long


MIGRATIONS = ROOT / "api" / "store" / "database" / "migrations" / "versions"
"""A list in time, by number, that only grows: nobody looks for anything in it by its topic."""


def test_no_folder_holds_more_files_than_one_can_keep_in_view() -> None:
    folders = {path.parent for top in ("planner", "api") for path in (ROOT / top).rglob("*.py")}
    folders.discard(MIGRATIONS)
    held = {folder.relative_to(ROOT).as_posix(): len(list(folder.glob("*.py"))) for folder in folders}
    assert not {name: files for name, files in held.items() if files > 15}


def test_no_function_takes_more_arguments_than_one_can_keep_apart() -> None:
    """What belongs together is handed on together. A command's options are what its line may say, one by one."""
    commands = {"planner/cli", "api/commands"}
    many = {}
    for file in (file for top in ("planner", "api") for file in (ROOT / top).rglob("*.py")):
        name = file.relative_to(ROOT).as_posix()
        if any(name.startswith(f"{folder}/") for folder in commands):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                given = node.args
                count = len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs)
                if count > 10:
                    many[f"{name}:{node.lineno}"] = count
    assert many == {}
