"""What the first question would have to wait for, done in the background when the server starts.

Imports of numerical libraries, the catalogue's files and the first connection take a second or two together;
a visitor should not pay for them.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from store.engine import StoreError
from web.desk import Room

_LOG = logging.getLogger("yellowsea.web")


def begin(room: Room) -> threading.Thread:
    """Warm up in a thread of its own, which does not keep the process alive."""
    thread = threading.Thread(target=_warm, args=(room,), name="warm-up", daemon=True)
    thread.start()
    return thread


def _warm(room: Room) -> None:
    import netCDF4  # noqa: F401
    import pyarrow.parquet  # noqa: F401
    import xarray  # noqa: F401

    from analysis import episodes, seasons, trends  # noqa: F401
    from config.facts import KINDS
    from config.places import Places
    from report import effects, exchange, links, transport  # noqa: F401

    facts = room.catalogue.current().facts
    for kind in KINDS:
        facts.rows(kind)
    Places(facts)
    # A database that cannot be reached is told to who asks, and by /readyz.
    with suppress(StoreError):
        room.desk().standing()
    _LOG.info("warm")
