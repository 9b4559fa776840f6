"""The server: says whose world it is, answers many at once, and ends when told."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from conftest import Desk, Open

from config.clock import Clock
from sandbox.server import Sandbox
from sandbox.synthetic import SyntheticWorld, demo_start

ROOT = Path(__file__).resolve().parents[2]
SERVE = """
from config.clock import Clock
from sandbox.server import run
run(0, clock=Clock.parse("2025-01-10T00:00+09:00@{epoch:.0f}x1200"), faults="drill",
    ready=lambda sandbox: print(sandbox.url, flush=True))
print("ended", flush=True)
"""


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/", 404),
        ("GET", "/B552584/ArpltnInforInqireSvc/getCtprvnRltmMesureDnsty", 200),
        ("POST", "/B552584/ArpltnInforInqireSvc/getCtprvnRltmMesureDnsty", 405),
        ("POST", "/HourChangesPublish/GetAllAQIPublishLive", 200),
        ("GET", "/B552584/Nothing", 400),
    ],
)
def test_every_answer_says_that_the_world_is_made_up(desk: Desk, method: str, path: str, status: int) -> None:
    answer = desk.http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["X-Yellowsea-World"] == "synthetic"


def test_faults_say_it_too(open_desk: Open) -> None:
    desk = open_desk({"kind": "http", "rate": 1, "to_hours": 1})
    answer = desk.http.post("/HourChangesPublish/GetAllAQIPublishLive")
    assert (answer.status_code, answer.headers["X-Yellowsea-World"]) == (503, "synthetic")


def test_one_connection_serves_many_requests(desk: Desk) -> None:
    began = time.perf_counter()
    for _ in range(50):
        desk.history("종로구")
    assert time.perf_counter() - began < 50 * 0.04, "head and body wait for an acknowledgement"


def test_many_ask_at_once(open_desk: Open) -> None:
    desk = open_desk()
    desk.clock.set(hours=50, minutes=40)
    names = ["중구", "종로구", "강남구", "세종로", "한강대로"] * 8
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda name: desk.history(name) if name != "세종로" else desk.live(), names))
    assert {len(rows) for name, rows in zip(names, answers, strict=True) if name != "세종로"} == {23}


def test_a_body_without_a_length_is_refused(desk: Desk) -> None:
    answer = desk.http.post("/HourChangesPublish/GetAllAQIPublishLive", content=iter([b"x"]))
    assert answer.status_code == 411


def test_a_port_that_is_taken_is_told(desk: Desk, synthetic: SyntheticWorld) -> None:
    with pytest.raises(OSError, match="in use"):
        Sandbox(synthetic, desk.clock, port=desk.sandbox.port)


def test_health_tells_data_time(desk: Desk) -> None:
    health = desk.http.get("/health").json()
    assert health["world"] == "synthetic"
    assert health["data_time"] == (demo_start + timedelta(hours=30, minutes=40)).isoformat()
    assert health["start"] == demo_start.isoformat()


def test_windows_count_from_the_start_of_an_accelerated_clock(synthetic: SyntheticWorld) -> None:
    clock = Clock(demo_start, time.time() - 3600, 1.0)
    with Sandbox(synthetic, clock) as sandbox:
        assert httpx.get(sandbox.url + "/health").json()["start"] == demo_start.isoformat()


def test_sigterm_ends_it_with_open_connections() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVE.format(epoch=time.time())],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        url = server.stdout.readline().strip()
        with httpx.Client(base_url=url) as client:
            assert client.get("/health").json()["status"] == "ok"
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=10) == 0
        assert server.stdout.read().strip() == "ended"
        assert server.stderr.read() == ""
