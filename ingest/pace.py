"""How fast one host is asked, and how long it asks to be left alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import httpx

# Counters of OpenAQ and others: calls left, and the seconds until they are counted anew.
LEFT_HEADER, RESET_HEADER = "x-ratelimit-remaining", "x-ratelimit-reset"
# A rest that a source asks for by its counters is kept so long at once; what lasts longer is told by 429.
LONGEST_PAUSE_SECONDS = 60.0

Wait = Callable[[float], object]
"""Waits so many seconds; true where waiting was cut short because the process is to stop."""


class Pace:
    """At most so many calls a second to one host, shared by all who call it."""

    def __init__(
        self,
        calls_per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait = time.sleep,
    ) -> None:
        self._gap = 1.0 / calls_per_second
        self._next = 0.0
        self._clock, self._wait = clock, wait
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Wait until the next call is due."""
        with self._lock:
            now = self._clock()
            at = max(now, self._next)
            self._next = at + self._gap
        if at > now:
            self._wait(at - now)

    def rest(self, seconds: float) -> None:
        """No call before so many seconds have passed."""
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)


def asked_rest(response: httpx.Response) -> float:
    """Seconds until the counter of a source begins anew, where it says that no call is left until then."""
    left, reset = response.headers.get(LEFT_HEADER, ""), response.headers.get(RESET_HEADER, "")
    if left.strip() != "0" or not reset.isdecimal():
        return 0.0
    return min(float(reset), LONGEST_PAUSE_SECONDS)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that the server asks to wait: a number, or a date."""
    told = response.headers.get("Retry-After")
    if not told and response.status_code == 429:
        told = response.headers.get(RESET_HEADER)
    if not told:
        return None
    try:
        seconds = float(told)
    except ValueError:
        pass
    else:
        return seconds if 0 <= seconds < float("inf") else None
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except ValueError:
        return None
