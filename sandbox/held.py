"""What a database holds of announcements, served again: the replay of forecasts and alerts.

Messages are not replayed: a database holds only those that speak of a measure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Protocol, get_args

from sandbox.announced import KOREA, Outlook, Pollutant, Product, Sent, Warned
from store.forecasts import Alert, Forecast


class Book(Protocol):
    """What the replay needs of a store."""

    def issued(self, product: str, since: datetime, until: datetime) -> Iterable[Forecast]:
        """The forecasts of a product issued from `since` to before `until`."""

    def alerts(self, since: datetime, until: datetime) -> Iterable[Alert]:
        """The alerts issued from `since` to before `until`."""


class Held:
    """The announcements of a database."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def outlooks(self, product: Product, day: date) -> list[Outlook]:
        """The forecasts issued on a day, the newest first."""
        since = datetime.combine(day, time(), KOREA)
        found: dict[tuple[datetime, str, date], dict[str, str | None]] = {}
        sure: dict[tuple[datetime, str, date], str] = {}
        for one in self._book.issued(product, since, since + timedelta(days=1)):
            key = (one.issued_at.astimezone(KOREA), one.pollutant, one.for_date)
            word, _, confidence = (one.text or "").partition(", ")
            found.setdefault(key, {})[one.region] = word or None
            if confidence:
                sure[key] = confidence.rpartition(" : ")[2]
        newest_first = sorted(found, key=lambda key: (-key[0].timestamp(), key[1], key[2]))
        return [
            Outlook(product, _pollutant(code), issued, for_date, found[issued, code, for_date],
                    sure.get((issued, code, for_date)))
            for issued, code, for_date in newest_first
        ]  # fmt: skip

    def alerts(self, year: int, now: datetime) -> list[Warned]:
        """The alerts issued in a year, as they stood at a data time."""
        first = datetime(year, 1, 1, tzinfo=KOREA)
        return [
            _as_of(one, now)
            for one in self._book.alerts(first, datetime(year + 1, 1, 1, tzinfo=KOREA))
            if one.issued_at <= now
        ]

    def messages(self, since: date, now: datetime) -> list[Sent]:  # noqa: ARG002
        """None."""
        return []


def _pollutant(code: str) -> Pollutant:
    return next(one for one in get_args(Pollutant) if one == code)


def _as_of(one: Alert, now: datetime) -> Warned:
    over = one.cleared_at is not None and one.cleared_at <= now
    return Warned(
        one.region, one.zone, one.pollutant, one.level, one.issued_at, one.issued_value,
        one.cleared_at if over else None, one.cleared_value if over else None,
    )  # fmt: skip
