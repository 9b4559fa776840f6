"""Data time: the time by which hours fall due, real or accelerated; and the civil time of a place.

Machine time (time-outs, leases, pacing) stays real and never comes from here.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

_SPEC = re.compile(r"^(?P<start>[^@]+)@(?P<epoch>\d+(?:\.\d+)?)x(?P<speed>\d+(?:\.\d+)?)$")


class ClockError(ValueError):
    """A clock specification that cannot be read."""


@dataclass(frozen=True)
class Clock:
    """Data time as a linear function of machine time, so that it survives any restart.

    Parameters
    ----------
    start : datetime
        Aware data time at `epoch`.
    epoch : float
        Unix time at which data time was `start`.
    speed : float
        Seconds of data time per real second.
    """

    start: datetime
    epoch: float
    speed: float

    @classmethod
    def real(cls) -> Clock:
        """Data time that is machine time."""
        return cls(datetime.fromtimestamp(0, UTC), 0.0, 1.0)

    @classmethod
    def parse(cls, spec: str | None) -> Clock:
        """Read `<start ISO>@<unix time at start>x<speed>`; nothing given is the real clock.

        Raises
        ------
        ClockError
            Where the specification has another shape or a start without an offset.
        """
        if not spec:
            return cls.real()
        match = _SPEC.match(spec.strip())
        try:
            start = datetime.fromisoformat(match["start"] if match else "")
        except ValueError:
            match = None
        if match is None:
            raise ClockError(
                f"the clock {spec!r} is not <start ISO>@<unix time>x<speed>, "
                "for example 2020-02-14T00:00+09:00@1700000000x1200"
            )
        if start.tzinfo is None:
            raise ClockError(f"the clock's start {match['start']!r} needs an offset, for example +09:00")
        speed = float(match["speed"])
        if speed <= 0:
            raise ClockError("the clock's speed must be above 0")
        return cls(start.astimezone(UTC), float(match["epoch"]), speed)

    def now(self) -> datetime:
        """The present data time, aware, UTC."""
        return self.at(time.time())

    def at(self, unix: float) -> datetime:
        """The data time at a machine time; `ClockError` where it has left the calendar."""
        try:
            return self.start + timedelta(seconds=(unix - self.epoch) * self.speed)
        except OverflowError:
            raise ClockError(
                f"the clock {self.spec()} has run past the calendar: begin it anew, from now's unix time"
            ) from None

    def real_seconds(self, data_seconds: float) -> float:
        """How long a span of data time lasts on the machine, in seconds."""
        return data_seconds / self.speed

    def spec(self) -> str | None:
        """The specification that `parse` reads back; None for the real clock."""
        if self == Clock.real():
            return None
        return f"{self.start.isoformat()}@{_plain(self.epoch)}x{_plain(self.speed)}"


def _plain(figure: float) -> str:
    """Every digit, without an exponent: 1200, 0.25."""
    return f"{Decimal(repr(figure)).normalize():f}"


@cache
def civil(zone: str) -> timezone:
    """The civil time of a place: one offset for all years (Korea +9, China +8), so that a day has 24 hours.

    The summer times of 1986 to 1991 are older than any reading.
    """
    offset = datetime(2020, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset()
    return timezone(offset or timedelta())
