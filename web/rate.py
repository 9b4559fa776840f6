"""The rate at which each client may ask: token buckets in memory, filled at an even pace."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

# A visitor of a page asks a dozen things at once, and then none for a while.
BURST_SECONDS = 4.0
# Clients remembered; the one that was quiet longest is forgotten first, and begins with a full bucket.
MOST_CLIENTS = 10_000


class Buckets:
    """One bucket a client.

    Parameters
    ----------
    per_second : float
        How fast a bucket fills.
    clock : callable
        Seconds that never run backwards.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = per_second
        self._most = max(1.0, per_second * BURST_SECONDS)
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> int | None:
        """Take one question from a client's bucket; else the whole seconds until there is one again."""
        client, now = _client(address), self._clock()
        left, at = self._held.pop(client, (self._most, now))
        left = min(self._most, left + (now - at) * self._pace)
        allowed = left >= 1
        self._held[client] = (left - 1 if allowed else left, now)
        while len(self._held) > MOST_CLIENTS:
            self._held.popitem(last=False)
        return None if allowed else max(1, math.ceil((1 - left) / self._pace))


def _client(address: str) -> str:
    """Who asks: of IPv6 the network, because one line has 2^64 addresses."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else str(int(found) >> 64)
    return str(found)
