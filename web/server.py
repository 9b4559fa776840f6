"""The server process: one loop, one listening socket, the limits of uvicorn."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

from config.settings import Settings

# Connections held open at once; what comes beyond is answered 503 at the door.
MOST_CONNECTIONS = 1000
# Seconds an idle connection is kept, and requests under way have when the server ends.
KEEP_ALIVE = 15
GRACE = 10


def listening(host: str, port: int) -> socket.socket:
    """A listening socket; raises `OSError` where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(2048)
    except OSError:
        found.close()
        raise
    return found


def server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """The server of an application; `run(sockets=[...])` serves until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        app,
        log_level=settings.log_level,
        # An address asked for can name a place and a person's way of asking: not written down line by line.
        access_log=settings.log_level == "debug",
        server_header=False,
        proxy_headers=settings.web_proxies is not None,
        forwarded_allow_ips=settings.web_proxies or "",
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=16 * 1024,
    )
    return uvicorn.Server(config)
