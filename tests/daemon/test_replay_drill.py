"""A day and more of February 2020 served live under faults, the daemon killed twice: nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from config.clock import Clock
from config.facts import Facts
from sandbox.replay import ReplayWorld
from sandbox.server import Sandbox
from store.engine import Store
from store.hourly import HourValues
from store.readings import select_held
from store.series import select_series

PROJECT = Path(__file__).parents[2]
KEY = "k3y+/with==signs"
FORMS = (KEY, "k3y%2B%2Fwith%3D%3Dsigns", "k3y+%2Fwith%3D%3Dsigns")
ARCHIVE = "data/kr_airkorea_national_hourly_202002/derived/KR_Feb2020_pm25.csv.gz"
SINCE = "2020-02-14T00:00+09:00"


def hour(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() // 3600)


def values(url: str, feed: str, first: int, end: int) -> dict[tuple[str, int], float]:
    store = Store(url)
    with store.read() as connection:
        names = {
            one.id: one.key.station
            for one in select_series(connection, pollutant="pm25")
            if one.key.feed == feed
        }
        held = select_held(connection, list(names), list(range(first // 24, end // 24 + 1))).columns
    store.close()
    rows = zip(held.series.tolist(), held.hour.tolist(), held.value.tolist(), strict=True)
    return {(names[one], at): value for one, at, value in rows if first <= at < end and value == value}


@pytest.mark.drill
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("engine", "until", "kills"),
    [("sqlite", "2020-02-15T02:00+09:00", (20, 20)), ("postgres", "2020-02-14T05:00+09:00", (12,))],
)
def test_replay_equals_import(
    engine: str,
    until: str,
    kills: tuple[int, ...],
    shared: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    truth = f"sqlite:///{tmp_path}/truth.db"
    url = str(request.getfixturevalue(f"{engine}_url"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YELLOWSEA_")}
    kept["PYTHONPATH"] = str(PROJECT)
    command = [sys.executable, "-m", "cli.main"]
    archive = shared / ARCHIVE
    if not archive.exists():
        pytest.skip(f"{archive} is not there")
    loaded = {**kept, "YELLOWSEA_DATABASE_URL": truth}
    subprocess.run(
        [*command, "import", str(archive)], env=loaded, cwd=tmp_path, check=True, capture_output=True
    )
    clock = Clock.parse(f"{SINCE}@{time.time():.0f}x1200")
    began = datetime.fromisoformat(SINCE)
    source = Store(truth)
    world = ReplayWorld(HourValues(source), Facts(), began)
    log = tmp_path / "daemon.log"
    with Sandbox(world, clock, "drill", key=KEY, start=began) as sandbox, log.open("ab") as out:
        env = kept | {
            "YELLOWSEA_DATABASE_URL": url,
            "YELLOWSEA_CLOCK": str(clock.spec()),
            "YELLOWSEA_AIRKOREA__URL": sandbox.url,
            "YELLOWSEA_AIRKOREA__KEY": KEY,
            "YELLOWSEA_AIRKOREA__DAILY_CALLS": "20000",
            "YELLOWSEA_AIRKOREA__CALLS_PER_SECOND": "200",
            "YELLOWSEA_CNEMC__ENABLED": "false",
        }
        for seconds in (*kills, 400):
            daemon = subprocess.Popen(
                [*command, "run", "--until", until], env=env, cwd=tmp_path, stdout=out, stderr=out
            )
            try:
                daemon.wait(seconds)
            except subprocess.TimeoutExpired:
                daemon.send_signal(signal.SIGKILL)
                daemon.wait()
        assert daemon.returncode == 0, log.read_text()[-500:]
    source.close()
    first, end = hour(SINCE), hour(until) - 3
    wanted, got = values(truth, "airkorea-final", first, end), values(url, "airkorea-live", first, end)
    assert len(wanted) > 400 * (end - first)
    assert not [key for key in wanted if key in got and got[key] != wanted[key]]
    assert sum(key not in got for key in wanted) <= len(wanted) * 0.001
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert not [form for form in FORMS if form.encode() in path.read_bytes()], path.name
