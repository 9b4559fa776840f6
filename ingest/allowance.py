"""Calls of the day: claimed from the database in handfuls before they are made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from config.settings import variable
from ingest.source import Quota
from store import quota
from store.engine import Store

# A process that is killed has counted at most so many calls that it never made.
HANDFUL = 20


class Allowance:
    """What one source may still ask today.

    Parameters
    ----------
    limit : int or None
        Calls of a day; None where there is no limit.
    today : callable
        The source's civil day, data time.
    handful : int
        How many calls to claim at once.
    """

    def __init__(
        self,
        store: Store,
        source: str,
        limit: int | None,
        today: Callable[[], date],
        handful: int = HANDFUL,
    ) -> None:
        self._handful = handful
        self._store, self._source, self._limit, self._today = store, source, limit, today
        self._lock = threading.Lock()
        self._day: date | None = None
        self._claimed = 0

    def take(self) -> None:
        """One call.

        Raises
        ------
        Quota
            When the day has none left.
        """
        with self._lock:
            day = self._today()
            if day != self._day:
                self._day, self._claimed = day, 0
            if not self._claimed:
                with self._store.write() as connection:
                    self._claimed = quota.claim(connection, self._source, day, self._handful, self._limit)
            if not self._claimed:
                raise Quota(self.used_up())
            self._claimed -= 1

    def used_up(self) -> str:
        """That no call is left, and what can be done."""
        day = self._today()
        with self._store.read() as connection:
            by_source = quota.used(connection, self._source, day).exhausted
        if by_source:
            return f"{self._source} says that its calls for {day} are used up; it goes on the next day"
        return (
            f"the {self._limit} calls of {self._source} for {day} are used up; "
            f"raise {variable(self._source, 'daily_calls')} if the account allows more"
        )

    def not_made(self) -> None:
        """The last call never reached the source: it does not count."""
        with self._lock:
            if self._day == self._today():
                self._claimed += 1

    def left(self) -> int | None:
        """Calls left of the day; None without a limit."""
        day = self._today()
        with self._store.read() as connection:
            left = quota.used(connection, self._source, day).left(self._limit)
        return left if left is None or day != self._day else left + self._claimed

    def exhausted(self) -> None:
        """The source itself says that no call is left today."""
        with self._lock:
            self._claimed = 0
            with self._store.write() as connection:
                quota.mark_exhausted(connection, self._source, self._today())

    def give_back(self) -> None:
        """Return what was claimed and not made."""
        with self._lock:
            if self._claimed and self._day is not None:
                with self._store.write() as connection:
                    quota.give_back(connection, self._source, self._day, self._claimed)
            self._claimed = 0
