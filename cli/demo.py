"""`yellowsea demo`: the whole way from an upstream to an episode report, on loopback and without a key."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from cli.desk import say

if TYPE_CHECKING:
    from store.engine import Store

DAYS = 5
# An hour of data time in less than a second: five days and their catch-up fit into three minutes.
SPEED = 4320
# Both shores and the way between; all stations of the catalogue would take longer than a demo may.
AREAS = ("kr-seoul", "kr-incheon", "kr-gyeonggi", "cn-beijing", "cn-tianjin", "cn-shijiazhuang", "cn-jinan")
PLACES = (("kr-seoul", "kr-high-day"), ("cn-beijing", "cn-polluted-day"))


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the report.")] = False,
    data: Annotated[
        Path | None, typer.Option("--data", help="A folder of archives: replay real days instead.")
    ] = None,
) -> None:
    """Sandbox upstream and daemon on a fresh database, several days of both countries, an episode report."""
    # Told to end, it still stops what it started and leaves no folder behind.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    with TemporaryDirectory(prefix="yellowsea-demo-") as folder:
        stage = _real(Path(folder), data) if data else _synthetic(Path(folder))
        say(stage.told)
        with _sandbox(stage), _daemon(stage) as daemon:
            failed = _watch(stage, daemon)
            if failed:
                say(f"yellowsea: the daemon ended with {failed}; its log: {stage.log}")
                say(stage.log.read_text(encoding="utf-8", errors="replace")[-2000:])
                sys.exit(4)
        _report(stage)
        if not once:
            _stay(stage)


@dataclass
class Stage:
    """What the demo plays: where, when, and from which upstream."""

    folder: Path
    start: datetime
    told: str
    replay: str | None = None

    def __post_init__(self) -> None:
        self.port = _free_port()
        self.until = self.start + timedelta(days=DAYS)
        # The upstream needs a moment before data time may begin to run.
        self.clock = f"{self.start.isoformat()}@{time.time() + 3:.3f}x{SPEED}"
        self.url = f"sqlite:///{self.folder / 'demo.db'}"
        self.log = self.folder / "daemon.log"

    @property
    def env(self) -> dict[str, str]:
        """The environment of the daemon: the real clients, pointed at the sandbox."""
        upstream = f"http://127.0.0.1:{self.port}"
        own = {
            "DATABASE_URL": self.url,
            "CLOCK": self.clock,
            "BACKFILL_HOURS": "0",
            "AIRKOREA__URL": upstream,
            "AIRKOREA__KEY": "any-key-will-do",
            "AIRKOREA__DAILY_CALLS": "100000",
            "AIRKOREA__CALLS_PER_SECOND": "500",
            "CNEMC__URL": upstream,
            "CNEMC__CALLS_PER_SECOND": "500",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YELLOWSEA_")}
        return {**kept, **{f"YELLOWSEA_{name}": value for name, value in own.items()}}


def _synthetic(folder: Path) -> Stage:
    from sandbox.synthetic import demo_start

    start = demo_start.astimezone(ZoneInfo("Asia/Seoul"))
    return Stage(
        folder,
        start,
        f"SYNTHETIC world: a seeded invention of {DAYS} days from {start.date()}, served on loopback in the "
        "wire formats of AirKorea and CNEMC. Nothing here was measured.",
    )


def _real(folder: Path, data: Path) -> Stage:
    from config.clock import Clock
    from config.facts import Facts
    from ingest.archives import import_paths
    from store.engine import Store
    from store.migrate import ensure

    say(f"loading the archives of {data} ...")
    truth = Store(f"sqlite:///{folder / 'archives.db'}")
    ensure(truth)
    import_paths(truth, Facts(), Clock.real(), [data])
    start = _worst_days(truth)
    truth.close()
    return Stage(folder, start, f"REPLAY of real archives: {DAYS} days from {start.date()}", f"{truth.url}")


def _worst_days(truth: Store) -> datetime:
    """Where the replay begins: a day before the days in which both places were at their worst."""
    import numpy as np

    from config.facts import Facts
    from report.question import ask
    from report.regional import day_values
    from report.stations_held import Desk

    facts, means = Facts(), []
    with truth.read() as connection:
        desk = Desk(connection, facts)
        for region, _ in PLACES:
            question = ask(
                facts,
                desk.places,
                region=region,
                since="2013-01-01",
                until="2025-12-31",
                network="airkorea" if region.startswith("kr") else "cnemc",
                basis="hourly",
            )
            means.append(day_values(desk, question).value)
    both = np.nan_to_num(means[0] + means[1], nan=-1e9)  # a day that either lacks is never chosen
    spell = np.convolve(both, np.ones(DAYS), "valid")
    return datetime.fromisoformat("2013-01-01T00:00+09:00") + timedelta(days=int(spell.argmax()))


@contextmanager
def _sandbox(stage: Stage) -> Iterator[None]:
    words = [*_self(), "sandbox", "--port", str(stage.port), "--clock", stage.clock]
    if stage.replay is None:
        words += [word for area in AREAS for word in ("--area", area)]
    else:
        words += ["--replay", stage.replay, "--from", stage.start.isoformat()]
    with _process(words, stage, "sandbox.log"):
        yield


@contextmanager
def _daemon(stage: Stage) -> Iterator[subprocess.Popen[bytes]]:
    _until_it_answers(stage.port)
    with _process([*_self(), "run", "--until", stage.until.isoformat()], stage, "daemon.log") as process:
        yield process


@contextmanager
def _process(words: list[str], stage: Stage, log: str) -> Iterator[subprocess.Popen[bytes]]:
    with (stage.folder / log).open("wb") as out:
        process = subprocess.Popen(words, env=stage.env, cwd=stage.folder, stdout=out, stderr=out)  # noqa: S603 - our own command
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _watch(stage: Stage, daemon: subprocess.Popen[bytes]) -> int:
    """Show how far data time and the ledger are, until the daemon ends; its exit code."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from config.clock import Clock

    clock = Clock.parse(stage.clock)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4) as bar:
        task = bar.add_task("", total=DAYS * 24)
        while daemon.poll() is None:
            hours = (clock.now() - stage.start) / timedelta(hours=1)
            open_hours, readings = _progress(stage)
            at = min(clock.now(), stage.until).astimezone(stage.start.tzinfo)
            bar.update(
                task,
                completed=max(0.0, min(hours, DAYS * 24.0) - open_hours / 24),
                description=f"{at:%Y-%m-%d %H:%M} KST, {readings:,} readings, {open_hours} hours open",
            )
            time.sleep(0.5)
        bar.update(task, completed=DAYS * 24)
    return daemon.returncode


def _progress(stage: Stage) -> tuple[int, int]:
    from store.engine import Store, StoreError
    from store.ledger import standing
    from store.migrate import current
    from store.series import select_series

    store = Store(stage.url)
    try:
        with store.read() as connection:
            if current(connection) is None:
                return 0, 0
            open_hours = sum(standing(connection, name).open for name in ("airkorea", "cnemc"))
            return open_hours, sum(one.readings for one in select_series(connection))
    except StoreError:
        return 0, 0
    finally:
        store.close()


def _report(stage: Stage) -> None:
    from analysis.episodes import Profile
    from cli.episodes import COLUMNS
    from config.facts import Facts
    from report import averages, episodes, render
    from report.question import ask
    from report.stations_held import Desk
    from store.engine import Store

    facts, store = Facts(), Store(stage.url)
    first, last = stage.start.date(), (stage.until - timedelta(days=1)).date()
    for region, profile in PLACES:
        with store.read() as connection:
            question = ask(
                facts,
                Desk(connection, facts).places,
                region=region,
                since=first.isoformat(),
                until=last.isoformat(),
            )
        days = averages.ask(store, facts, question, "day").answer
        shown = {"start": "day", "value": "mean", "capture": "capture", "stations": "stations"}
        render.as_table(f"{question.place}: day means, ug/m3", shown, days["values"])
        answer = episodes.ask(store, facts, question, Profile.from_fact(facts.profiles[profile])).answer
        title = f"{question.place}: episodes, {facts.profiles[profile].title}"
        render.as_table(title, COLUMNS, answer["episodes"], render.provenance(answer))
    store.close()
    say(stage.told)


def _stay(stage: Stage) -> None:
    """Serve the dashboard and leave the database to look at until the user has seen enough."""
    port = _free_port()
    # Data time goes on from where the daemon ended at the pace of the reader's own clock.
    stage.clock = f"{stage.until.isoformat()}@{time.time():.3f}x1"
    with _process([*_self(), "serve", "--port", str(port)], stage, "serve.log"):
        _until_it_answers(port)
        say(f"\nThe dashboard: http://127.0.0.1:{port}/ (Korean: ?lang=ko, Chinese: ?lang=zh)")
        say(
            "Dashboard and database stay until you press Ctrl-C. In another terminal:\n"
            f"  export YELLOWSEA_DATABASE_URL={stage.url}\n"
            "  yellowsea status\n"
            "  yellowsea episodes --region Seoul --profile kr-advisory "
            f"--from {stage.start.date()} --to {stage.until.date()}"
        )
        try:
            signal.pause()
        except KeyboardInterrupt:
            say("")


def _self() -> list[str]:
    return [sys.executable, "-m", "cli.main"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_it_answers(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    say(f"yellowsea: nothing answers on port {port}")
    sys.exit(4)
