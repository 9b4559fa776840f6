"""`yellowsea serve` as a process: begins, answers, and ends in order."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]


def started(*words: str, folder: Path) -> subprocess.Popen[str]:
    """The command, with nothing set but a catalogue of its own."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("YELLOWSEA_")}
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", "serve", *words],
        cwd=ROOT,
        env={**plain, "YELLOWSEA_CATALOGUE": str(folder / "catalogue"), "YELLOWSEA_LOG_LEVEL": "error"},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_serves_this_machine_alone_until_it_is_told_to_end(tmp_path: Path) -> None:
    with started("--port", "0", "--database", f"sqlite:///{tmp_path / 'new.db'}", folder=tmp_path) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = re.fullmatch(r"yellowsea: (http://127\.0\.0\.1:\d+)\n", line)
        assert address, line
        with httpx.Client(base_url=address[1], timeout=60) as client:
            # A new database gets its schema: nothing is held, and that is said.
            assert client.get("/readyz").json()["status"] == "ready"
            got = client.get("/v1/averages?region=kr-seoul&from=2019-03-01&to=2019-03-02")
            assert (got.status_code, got.json()["type"]) == (404, "urn:yellowsea:problem:nothing-held")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == ""


def test_a_port_in_use_is_one_line_and_exit_2(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        url = f"sqlite:///{tmp_path / 'new.db'}"
        with started("--port", port, "--database", url, folder=tmp_path) as process:
            _, told = process.communicate(timeout=60)
        assert process.returncode == 2
        assert re.fullmatch(rf"yellowsea: 127\.0\.0\.1 port {port} cannot be used \(.*\): give .*\n", told)
