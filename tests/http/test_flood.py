"""A real service while somebody floods it: others are answered as before, and its memory stays small.

Times are held against the same machine without a flood, which is measured first: what runs beside the tests counts on
both sides.
"""

from __future__ import annotations

import json
import multiprocessing
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.page.service import PASSWORD, add_account

HEALTH_SECONDS = 0.2
MEMORY_MIB = 1024
SLOW = 200


def ask(port: int, path: str, body: bytes | None = None, source: str = "127.0.0.1") -> int:
    """Return the status of a request that comes from the loopback address `source`."""
    with socket.create_connection(("127.0.0.1", port), 60, (source, 0)) as line:
        method = "GET" if body is None else "POST"
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        with suppress(BrokenPipeError, ConnectionResetError):  # answered before the body was through
            line.sendall(head.encode() + b"\r\n" + (body or b""))
        return int(line.recv(4096).split(b" ", 2)[1])


def login(port: int, password: str, source: str) -> int:
    """Return the status of a login of `li`."""
    return ask(port, "/v1/session", json.dumps({"login": "li", "password": password}).encode(), source)


def sixty_bad_logins(port: int) -> list[int]:
    """Return the statuses of sixty bad logins at once, from one address."""
    with ThreadPoolExecutor(60) as threads:
        return list(threads.map(lambda n: login(port, f"wrong {n}", "127.0.0.2"), range(60)))


def three_big_bodies(port: int) -> list[int]:
    """Return the statuses of three anonymous bodies of 57 MB."""
    body = b"[" + b"1," * (57 * 500_000) + b"1]"
    return [ask(port, "/v1/plans", body) for _ in range(3)]


def nothing(port: int) -> list[int]:
    """Wait a second."""
    time.sleep(1)
    return []


@dataclass(frozen=True)
class Running:
    """A service in a process of its own."""

    port: int
    process: psutil.Process

    def health(self, times: int = 15) -> float:
        """Return the median seconds of the health question."""
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            assert ask(self.port, "/healthz") == 200
            taken.append(time.perf_counter() - began)
            time.sleep(0.05)
        return statistics.median(taken)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service with one account."""
    data = tmp_path_factory.mktemp("flood")
    add_account(data, "li", "--role", "bureau")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        Path(sys.executable).with_name("planner"),
        "serve",
        "--port",
        str(port),
        "--workers",
        "0",
        "--data",
        data,
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 120
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                    break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.2)
        yield Running(port, psutil.Process(process.pid))
        process.terminate()


def beside(running: Running, flood: Callable[[int], list[int]]) -> list[int]:
    """Return what a flood from another process is answered; hold health and memory beside it to their limits."""
    before = running.health()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as others:
        others.submit(nothing, 0).result()  # the process is there before anything is measured
        going = others.submit(flood, running.port)
        loaded = running.health()
        said = going.result()
    calm = max(before, running.health())
    assert loaded <= max(HEALTH_SECONDS, 3 * calm), (calm, loaded)
    assert running.process.memory_info().rss <= MEMORY_MIB * 2**20
    return said


@pytest.mark.slow
def test_sixty_bad_logins_starve_no_good_one(running: Running) -> None:
    def good() -> int:
        time.sleep(2)
        return login(running.port, PASSWORD, "127.0.0.3")

    with ThreadPoolExecutor(1) as thread:
        owner = thread.submit(good)
        said = beside(running, sixty_bad_logins)
        assert owner.result() == 200
    assert set(said) <= {401, 429}
    assert said.count(401) <= 5  # the others were not even tried
    assert login(running.port, PASSWORD, "127.0.0.3") == 200


@pytest.mark.slow
def test_two_hundred_slow_connections(running: Running) -> None:
    lines = [socket.create_connection(("127.0.0.1", running.port), 10) for _ in range(SLOW)]
    head = "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
    try:
        for line in lines:
            line.sendall(head.encode())
        beside(running, nothing)
        assert login(running.port, PASSWORD, "127.0.0.4") == 200
    finally:
        for line in lines:
            line.close()


@pytest.mark.slow
def test_an_anonymous_body_of_57_mb(running: Running) -> None:
    assert set(beside(running, three_big_bodies)) <= {401, 413}
