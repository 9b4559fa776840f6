"""Faults by plan: what goes wrong, how often, and in which hours after the start.

A plan is a TOML file of `[[fault]]` tables. Every fault ends: by `to_hours`, or after `times`. Which
request or which hour is hit depends on the seed and on the number of the request or the data time alone.

Faults of requests (`rate` is the share of requests hit; `route` narrows them):
    http           an HTTP error `status`, with `Retry-After` where `retry_after` (seconds) is given
    timeout        the connection is held `hold_seconds` real seconds, then closed without an answer
    truncate       a Content-Length larger than the body that follows
    empty          HTTP 200 and no body
    gateway_xml    XML of the gateway, HTTP 200 even where JSON was asked for, with `code`
    provider_xml   XML of the provider, HTTP 200, with `code`
    gateway_json   JSON of the newer gateway, HTTP `status`, with `code`
    forbidden      plain text `Forbidden`, HTTP 403
    quota          `rate` 1 and a short window: code 22, in both XML shapes in turn; of WAQI `Over quota`
    drift          the answer in another shape: the field `key` is called `to`, or without `to` its value
                   has become an object

Faults of data (`rate` is the share of areas, or of stations, hit in an hour):
    mix            an area's hour comes out over `minutes` [_, at most] instead of a few minutes
    late           an area's hour comes out `minutes` [least, most] after it ended, in the history too
    revised        a station's particles are first published wrong, and right `minutes` after the hour's end
    null_row       a station's row of the live page is empty for up to 12 h
    stale          a station's row of the live page hangs at an old hour for up to 12 h

A `[[change]]` is no fault and does not end: from `from_hours` on the station `code` of a network has another
`name`, or stands at another `lat` and `lon`, in pages, histories and lists alike. Nor is a `[[hang]]` ever
corrected: from `from_hours` to `to_hours` the `pollutant` of the station `code` stands at `value`.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from threading import Lock
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sandbox.dice import draw

FOLDER = Path(__file__).parent / "faults"
LONGEST_HOLD = 30.0
LATEST_MINUTES = 24 * 60.0

RequestKind = Literal[
    "http", "timeout", "truncate", "empty",
    "gateway_xml", "provider_xml", "gateway_json", "forbidden", "quota", "drift",
]  # fmt: skip
DataKind = Literal["mix", "late", "revised", "null_row", "stale"]
_OF_DATA = ("mix", "late", "revised", "null_row", "stale")


class FaultError(ValueError):
    """A plan of faults that cannot be read."""


class Span(BaseModel):
    """One fault of a plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: RequestKind | DataKind
    rate: float = Field(gt=0, le=1)
    number: int = 0
    network: Literal["airkorea", "cnemc", "safetydata", "open-meteo", "seoul", "openaq", "waqi"] | None = None
    route: Literal["live", "history", "stations", "days", "forecasts", "alerts", "messages"] | None = None
    from_hours: float = 0.0
    to_hours: float | None = None
    times: int | None = Field(default=None, gt=0)
    status: int = Field(default=503, ge=400, le=599)
    code: str = "05"
    retry_after: int | None = None
    hold_seconds: float = Field(default=1.0, gt=0, le=LONGEST_HOLD)
    minutes: tuple[float, float] = (120, 180)
    key: str = ""
    to: str | None = None

    @model_validator(mode="after")
    def _ends(self) -> Span:
        if self.to_hours is None and (self.times is None or self.kind in _OF_DATA):
            raise ValueError(
                "a fault must end: give to_hours" + ("" if self.kind in _OF_DATA else " or times")
            )
        if self.to_hours is not None and self.to_hours <= self.from_hours:
            raise ValueError("to_hours must be after from_hours")
        if not 0 <= self.minutes[0] <= self.minutes[1] <= LATEST_MINUTES:
            raise ValueError("minutes must be [least, most], at most a day")
        if (self.kind == "drift") != bool(self.key):
            raise ValueError("a drift, and no other fault, has a key")
        return self

    def holds(self, hours: float) -> bool:
        """Whether the fault's window holds so many hours of data time after the start."""
        return self.from_hours <= hours and (self.to_hours is None or hours < self.to_hours)


class Change(BaseModel):
    """A station that is called otherwise, or stands elsewhere, from some hour on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: Literal["airkorea", "cnemc"]
    code: str
    from_hours: float
    name: str | None = None
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)

    @model_validator(mode="after")
    def _changes(self) -> Change:
        if (self.lat is None) != (self.lon is None) or not (self.name or self.lat is not None):
            raise ValueError("a change gives a name, or lat and lon, or all of them")
        return self


class Hang(BaseModel):
    """An instrument whose value stands still for hours (of data time after the start)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: Literal["airkorea", "cnemc"]
    code: str
    pollutant: Literal["pm25", "pm10"]
    value: float = Field(gt=0)
    from_hours: float
    to_hours: float


class FaultPlan:
    """The faults of one run, and the count of those that struck.

    Parameters
    ----------
    spans : list of Span
    seed : int
    changes : list of Change
    hangs : list of Hang
    """

    def __init__(
        self,
        spans: list[Span] | None = None,
        seed: int = 0,
        changes: list[Change] | None = None,
        hangs: list[Hang] | None = None,
    ) -> None:
        self._hangs = hangs or []
        self._changes = sorted(changes or [], key=lambda change: change.from_hours)
        self._spans = [span.model_copy(update={"number": i}) for i, span in enumerate(spans or [])]
        self._seed = seed
        self._asked: Counter[tuple[str, str]] = Counter()
        self._struck: Counter[int] = Counter()
        self._lock = Lock()

    @classmethod
    def read(cls, name: str | Path | None, seed: int = 0) -> FaultPlan:
        """The plan in a file, a plan shipped under a bare name such as `drill`, or none.

        Raises
        ------
        FaultError
            Where there is no such plan, or the file does not fit.
        """
        if name is None:
            return cls()
        shipped = FOLDER / f"{name}.toml"
        path = shipped if "/" not in str(name) and shipped.exists() else Path(name)
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
            spans = [Span.model_validate(table) for table in tables.get("fault", [])]
            changes = [Change.model_validate(table) for table in tables.get("change", [])]
            return cls(spans, seed, changes, [Hang.model_validate(table) for table in tables.get("hang", [])])
        except OSError as error:
            known = ", ".join(sorted(p.stem for p in FOLDER.glob("*.toml")))
            raise FaultError(f"{path}: cannot be read: {error.strerror}; shipped plans: {known}") from None
        except tomllib.TOMLDecodeError as error:
            raise FaultError(f"{path}: {error}") from None
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "a fault"
            raise FaultError(f"{path}: {where}: {first['msg']}") from None

    def spans(self, kind: DataKind, network: str) -> list[Span]:
        """The faults of data of one kind that a network can meet."""
        return [s for s in self._spans if s.kind == kind and s.network in (None, network)]

    def requests_only(self) -> list[Span]:
        """The faults of requests."""
        return [span for span in self._spans if span.kind not in _OF_DATA]

    def changes(self, network: str, hours: float) -> list[Change]:
        """The changes of a network's stations that are in force so many hours after the start."""
        return [one for one in self._changes if one.network == network and one.from_hours <= hours]

    def hangs(self) -> list[Hang]:
        """The instruments that hang, whenever that is."""
        return self._hangs

    def strike(self, network: str, route: str, hours: float) -> tuple[Span, int] | None:
        """The fault that hits the next request of a route, with its count; None where none does.

        Parameters
        ----------
        hours : float
            Data time since the start.
        """
        with self._lock:
            self._asked[network, route] += 1
            request = self._asked[network, route]
            for span in self._spans:
                if span.kind in _OF_DATA or not span.holds(hours) or span.network not in (None, network):
                    continue
                if span.route not in (None, route) or self._struck[span.number] >= (span.times or 1 << 62):
                    continue
                if draw(self._seed, span.kind, span.number, network, route, request) < span.rate:
                    self._struck[span.number] += 1
                    return span, self._struck[span.number]
        return None

    def counts(self) -> dict[str, int]:
        """How many requests each kind of fault has hit."""
        counts: Counter[str] = Counter()
        with self._lock:
            for span in self._spans:
                if span.kind not in _OF_DATA:
                    counts[span.kind] += self._struck[span.number]
        return dict(counts)

    def requests(self) -> dict[str, int]:
        """How many requests each route has had."""
        with self._lock:
            return {f"{network} {route}": n for (network, route), n in sorted(self._asked.items())}
