"""A webhook's receiver on loopback that answers as it is told: 200, another status, a reset, or nothing."""

from __future__ import annotations

import json
import socket
import struct
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        """By which a repeat is known."""
        return self.headers["idempotency-key"]

    @property
    def json(self) -> Any:
        """The body as read."""
        return json.loads(self.body)


class Receiver:
    """Keeps every request; `script` says how the next ones are answered, then 200.

    An answer is a status, `reset` (the request is read whole, then the connection is cut), `hang` (nothing is
    said until the client has gone) or `elsewhere` (a redirect to another path).
    """

    def __init__(self) -> None:
        self.script: list[int | str] = []
        self.got: list[Received] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Keep the request and answer by the script."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.got.append(Received(self.path, headers, body))
                answer = outer.script.pop(0) if outer.script else 200
                outer.answer(self, answer)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def answer(self, handler: BaseHTTPRequestHandler, answer: int | str) -> None:
        """One answer of the script."""
        handler.close_connection = True
        if answer == "reset":
            linger = struct.pack("ii", 1, 0)  # closing then sends RST
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        if answer == "hang":
            handler.connection.recv(1)  # returns when the client has given up
            return
        handler.send_response(307 if answer == "elsewhere" else int(answer))
        if answer == "elsewhere":
            handler.send_header("Location", f"{self.url}/elsewhere")
        if answer == 429:
            handler.send_header("Retry-After", "120")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
