"""The offline bundle installs on a machine without network: a namespace that has none."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _without_network(*words: str) -> list[str]:
    return ["unshare", "-rn", *words]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle for this machine's processor, unpacked."""
    if sys.version_info[:2] != (3, 11):
        pytest.skip("the bundle is for Python 3.11, which this is not")
    if not (ROOT / "api/page/dist/index.html").is_file():
        pytest.skip("the page is not built: make page")
    if shutil.which("unshare") is None or subprocess.run(_without_network("true"), check=False).returncode:
        pytest.skip("no network namespace can be made here (unshare -rn)")
    folder = tmp_path_factory.mktemp("bundle")
    command = [sys.executable, ROOT / "tools/bundle.py", folder, "--machine", platform.machine()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "Temporary failure in name resolution" in done.stderr or "Could not find a version" in done.stderr:
        pytest.skip("the package index is out of reach, so no wheels can be had")
    assert done.returncode == 0, done.stderr
    with tarfile.open(done.stdout.strip()) as archive:
        archive.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


@pytest.mark.soak
def test_the_bundle_installs_and_works_without_network(unpacked: Path, tmp_path: Path) -> None:
    target = tmp_path / "planner"
    shell = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHON": sys.executable, "HOME": str(tmp_path)}
    install = _without_network("sh", str(unpacked / "install.sh"), str(target))
    done = subprocess.run(install, env=shell, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for words in (["--version"], ["template", "模板.xlsx"], ["db", "upgrade", "--data", "data"], ["serve", "--help"]):
        command = _without_network(str(target / ".venv/bin/planner"), *words)
        subprocess.run(command, env=shell, cwd=tmp_path, capture_output=True, check=True)
    assert (tmp_path / "模板.xlsx").stat().st_size > 0
    assert (target / "api/page/dist/index.html").is_file()
    assert not (target / "tests").exists()


@pytest.mark.soak
def test_a_changed_file_is_not_installed(unpacked: Path, tmp_path: Path) -> None:
    changed = unpacked / "planner" / "README.md"
    before = changed.read_bytes()
    changed.write_bytes(before + b" ")
    try:
        target = tmp_path / "planner"
        done = subprocess.run(
            ["sh", str(unpacked / "install.sh"), str(target)], capture_output=True, text=True, check=False
        )
    finally:
        changed.write_bytes(before)
    assert done.returncode == 1
    assert "checksums differ" in done.stderr
    assert not target.exists()
