"""What is announced in a world, whoever makes it: forecasts, alerts, messages; and who announces nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal, Protocol

KOREA = timezone(timedelta(hours=9))
Product = Literal["grade", "week", "over50"]
Pollutant = Literal["pm10", "pm25", "o3"]


@dataclass(frozen=True)
class Outlook:
    """One bulletin for one pollutant and day: a word for each region id; None is "not marked".

    `issued` is aware, in Korea's time.
    """

    product: Product
    pollutant: Pollutant
    issued: datetime
    for_date: date
    words: Mapping[str, str | None]
    sure: str | None = None


@dataclass(frozen=True)
class Warned:
    """One alert of one zone; moments are aware, full hours."""

    region: str
    zone: str
    pollutant: str
    level: str
    issued: datetime
    value: float | None
    cleared: datetime | None
    cleared_value: float | None


@dataclass(frozen=True)
class Sent:
    """One disaster message; `sent` is aware, in Korea's time."""

    serial: int
    sent: datetime
    text: str
    regions: str
    stage: str
    kind: str


class Announced(Protocol):
    """What is announced, in full: what is not out yet at a data time is left out by who serves it."""

    def outlooks(self, product: Product, day: date) -> list[Outlook]:
        """The forecasts issued on a day, the newest first."""

    def alerts(self, year: int, now: datetime) -> list[Warned]:
        """The alerts issued in a year, in order of issue, as known at a data time."""

    def messages(self, since: date, now: datetime) -> list[Sent]:
        """The messages from a day on, in order."""


class Silence:
    """Nothing is announced."""

    def outlooks(self, product: Product, day: date) -> list[Outlook]:  # noqa: ARG002
        """None."""
        return []

    def alerts(self, year: int, now: datetime) -> list[Warned]:  # noqa: ARG002
        """None."""
        return []

    def messages(self, since: date, now: datetime) -> list[Sent]:  # noqa: ARG002
        """None."""
        return []
