"""`yellowsea serve`."""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer

from cli import options
from cli.desk import opened, say


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Address to bind; only this machine unless given.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8640,
    database: options.Database = None,
) -> None:
    """The HTTP API under /v1 and the dashboard: public to read, a token to change something."""
    from web.app import create_app
    from web.server import listening, server

    with opened(database) as (settings, _):
        try:
            socket = listening(host, port)
        except OSError as error:
            said = error.strerror or str(error)
            say(f"yellowsea: {host} port {port} cannot be used ({said}): give another --host or --port")
            sys.exit(2)
        with socket:
            address = f"[{host}]" if ":" in host else host
            say(f"yellowsea: http://{address}:{socket.getsockname()[1]}")
            # The server ends in order at SIGTERM, and then raises it again for who was there before.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            server(create_app(settings), settings).run(sockets=[socket])
