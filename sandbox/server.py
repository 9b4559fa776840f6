"""The sandbox's HTTP server: both networks on one port of 127.0.0.1, over a world, with faults by plan.

AirKorea answers below `/B552584/...`, CNEMC below `/HourChangesPublish/...`, disaster messages below
`/V2/api/...`; `GET /health` tells the world, the data time, the requests and the faults that struck. Every
answer carries `X-Yellowsea-World`.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

from config.clock import Clock
from config.facts import Facts
from sandbox.announced import Announced
from sandbox.faults import FaultPlan
from sandbox.journal import Journal
from sandbox.synthetic import DEFAULT_SEED, SyntheticWorld
from sandbox.upstream import DataTime, Upstream
from sandbox.wire import TEXT, Answer
from sandbox.world import World

HOST = "127.0.0.1"
WORLD_HEADER = "X-Yellowsea-World"
_LONGEST_BODY = 65_536
_IDLE_SECONDS = 60


class Sandbox:
    """A running stand-in for both networks, as a context manager.

    Parameters
    ----------
    world : World, optional
        A synthetic one over the shipped catalogue where none is given.
    clock : DataTime, optional
        The real clock where none is given.
    faults : FaultPlan, path or name of a shipped plan, optional
    seed : int
        For faults, publication and, where no world is given, the world.
    port : int
        0 takes a free one.
    key : str, optional
        The only AirKorea key to accept, decoded.
    start : datetime, optional
        From where the windows of faults count: the clock's own start, or now for a clock that is real.
    announced : Announced, optional
        Forecasts, alerts and messages; a synthetic world has its own, a replay none unless given.
    journal : Journal, optional
        Where each request is noted.

    Raises
    ------
    OSError
        Where the port is taken.
    sandbox.faults.FaultError
        Where the plan cannot be read.
    """

    def __init__(
        self,
        world: World | None = None,
        clock: DataTime | None = None,
        faults: FaultPlan | str | Path | None = None,
        seed: int = DEFAULT_SEED,
        *,
        port: int = 0,
        key: str | None = None,
        start: datetime | None = None,
        announced: Announced | None = None,
        journal: Journal | None = None,
    ) -> None:
        clock = Clock.real() if clock is None else clock
        start = start or _start(clock)
        plan = faults if isinstance(faults, FaultPlan) else FaultPlan.read(faults, seed)
        self.world = world or SyntheticWorld(Facts(), seed, start.date())
        self._server = _Server(Upstream(self.world, clock, plan, seed, start, key, announced, journal), port)
        self._thread: Thread | None = None

    @property
    def port(self) -> int:
        """The port that is bound."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The base URL of both networks."""
        return f"http://{HOST}:{self.port}"

    def open(self) -> Self:
        """Begin to answer, in a thread."""
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop answering and give the port back; open connections are dropped."""
        self._server.closing.set()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def run(
    port: int,
    world: World | None = None,
    clock: DataTime | None = None,
    faults: FaultPlan | str | Path | None = None,
    seed: int = DEFAULT_SEED,
    *,
    key: str | None = None,
    start: datetime | None = None,
    announced: Announced | None = None,
    journal: Journal | None = None,
    ready: Callable[[Sandbox], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is called once the port answers. From the main thread only.

    Parameters and errors are those of `Sandbox`.
    """
    stop = Event()
    signals = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in signals}
    try:
        with Sandbox(
            world, clock, faults, seed, port=port, key=key, start=start, announced=announced, journal=journal
        ) as sandbox:
            if ready is not None:
                ready(sandbox)
            stop.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start(clock: DataTime) -> datetime:
    return clock.start if isinstance(clock, Clock) and clock.spec() is not None else clock.now()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # server_close waits for them: hang_up has ended what they wait for
    request_queue_size = 128

    def __init__(self, upstream: Upstream, port: int) -> None:
        self.upstream = upstream
        self.closing = Event()
        self._open: set[socket] = set()
        self._lock = Lock()
        super().__init__((HOST, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every open connection, so that its thread ends too."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "yellowsea-sandbox"
    sys_version = ""
    timeout = _IDLE_SECONDS
    wbufsize = -1  # head and body leave together,
    disable_nagle_algorithm = True  # and a body beyond the buffer does not wait 40 ms for an acknowledgement
    server: _Server

    def handle(self) -> None:
        with suppress(ConnectionError):  # the client hung up: its own affair
            super().handle()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def do_GET(self) -> None:
        headers = {"key": key} if (key := self.headers.get("X-API-Key")) else {}
        self._send(self.server.upstream.respond("GET", self.path, b"", **headers))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            self.close_connection = True
            self._send(Answer(b"", TEXT, 413 if length.isdecimal() else 411))
            return
        self._send(self.server.upstream.respond("POST", self.path, self.rfile.read(int(length))))

    def _send(self, answer: Answer) -> None:
        if answer.mishap == "hold":
            self.server.closing.wait(answer.hold_seconds)
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header(WORLD_HEADER, self.server.upstream.world.name)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if answer.mishap == "truncate":
            self.close_connection = True
            self.wfile.write(answer.body[: len(answer.body) // 2])
            return
        self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Nothing: what was asked holds the key."""
