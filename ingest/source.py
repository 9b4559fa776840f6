"""What every source speaks: routes, requests, payloads, batches; and the tree of errors.

SourceError
├── Transient     try again: time-outs, 5xx, truncated bodies, "service timeout"
├── Quota         the daily limit is used up: not before the quota day ends
├── Auth          the key is missing, wrong, expired or not allowed: a person has to act
├── SchemaDrift   the answer is not in the shape that was researched: kept, not parsed
└── NoData        the source says that it has nothing for the question
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import numpy.typing as npt

from ingest.hours import HourClock, Hours

if TYPE_CHECKING:
    from ingest.http import HttpClient, Received

Pollutant = Literal["pm25", "pm10", "o3", "no2", "so2", "co"]
Weather = Literal[
    "wind_u", "wind_v", "temperature", "dewpoint", "pressure", "boundary_layer", "precipitation"
]
Statistic = Literal["mean", "max8h"]
# Of models: an analysis is an `instant`, at the hour that begins with it; what fell in an hour is a `sum`.
ModelStatistic = Literal["instant", "sum"]
World = Literal["real", "synthetic", "replay"]


class SourceError(Exception):
    """A source that did not give what it was asked for. The text never holds a secret."""

    def __init__(self, message: str, *, source: str = "", request: str = "") -> None:
        super().__init__(message)
        self.source = source
        self.request = request


class Transient(SourceError):
    """Worth another try; `retry_after` in seconds where the server said so."""

    def __init__(
        self, message: str, *, source: str = "", request: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, source=source, request=request)
        self.retry_after = retry_after


class Quota(SourceError):
    """The calls of the day are used up."""


class Auth(SourceError):
    """The key is missing or refused."""


class SchemaDrift(SourceError):
    """An answer in a shape that the parser does not know; `received` keeps it, where the client saw it."""

    received: Received | None = None


class NoData(SourceError):
    """Nothing is held for the question."""


@dataclass(frozen=True)
class Quantity:
    """What one column of a batch is: pollutant (or weather), unit and statistic."""

    pollutant: Pollutant | Weather
    unit: str
    statistic: Statistic | ModelStatistic = "mean"


@dataclass(frozen=True)
class StationRef:
    """A station as a source names it: by code, by name, or both; `area` (a region id) narrows a name.

    `handle` is what its questions call it by, where that is neither.
    """

    code: str | None = None
    name: str | None = None
    area: str | None = None
    kind: str | None = None
    lat: float | None = None
    lon: float | None = None
    handle: str | None = None


@dataclass(frozen=True)
class Reject:
    """A row that could not be stored: its text, the reason, and how many readings it carried."""

    text: str
    reason: str
    readings: int = 1


@dataclass
class Batch:
    """One parse of one payload or of one stretch of a file: n rows, each a station and a start.

    Attributes
    ----------
    feed : str
        To which feed the readings belong.
    period : str
        PT1H, P1D or P1M.
    stations : list of StationRef
        The stations that occur.
    station : (n,) int array
        Index into `stations`.
    start : (n,) int64 array
        Hour number of the start of the averaging period.
    values : dict of Quantity to (n,) float64
        NaN where missing.
    statuses : dict of Quantity to (n,) uint8
        Code of `catalogue/statuses.csv`; 0 exactly where the value is held.
    rejects : list of Reject
    notes : Counter
        Unknown keys, codes and flags that were met, counted.
    mentioned : list of StationRef
        Stations that the answer names without a reading: they are expected to report again.
    drift : str
        What of the answer's shape is not as it was researched, so that values would count as missing; what
        comes live is then kept as received and not stored.
    """

    feed: str
    period: Literal["PT1H", "P1D", "P1M"]
    stations: list[StationRef]
    station: npt.NDArray[np.int32]
    start: Hours
    values: dict[Quantity, npt.NDArray[np.float64]]
    statuses: dict[Quantity, npt.NDArray[np.uint8]]
    rejects: list[Reject] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    mentioned: list[StationRef] = field(default_factory=list)
    drift: str = ""

    def __post_init__(self) -> None:
        n = len(self.start)
        lengths = {len(self.station)} | {len(column) for column in self.values.values()}
        lengths |= {len(column) for column in self.statuses.values()}
        if lengths != {n} or self.values.keys() != self.statuses.keys():
            raise ValueError("the columns of a batch must have one length and the same quantities")

    @property
    def rows(self) -> int:
        """How many readings the batch carries, missing and rejected ones included."""
        return len(self.start) * len(self.values) + sum(reject.readings for reject in self.rejects)


@dataclass(frozen=True)
class Route:
    """One way in which a source can bring hours.

    `span` says what one call brings: `latest` the hour on show, of all stations; `hour` one past hour
    of all stations; `station` the past `reach_hours` of one station; `stretch` hours in a row of all
    stations; `list` no hours but the stations. A page on show that has a reach keeps its hour so long.
    `dated` says that a question names its first and last hour: its answer brings those and no more. Where
    a call a station is dear, hours wait until they are `together_hours` of one station. `handled` says that
    its questions name a station's handle, which the source's list alone tells.
    """

    name: str
    span: Literal["latest", "hour", "station", "stretch", "list"]
    reach_hours: int = 0
    dated: bool = False
    together_hours: int = 0
    handled: bool = False


@dataclass(frozen=True)
class SourceSpec:
    """What the planner and the daemon must know of a source.

    `proof` is the pollutant whose row shows that a station's hour is held; the windows of a source of day
    means (`period` P1D) are civil days of its zone.
    """

    id: str
    feed: str
    base_url: str
    clock: HourClock
    routes: tuple[Route, ...]
    needs_key: bool
    daily_calls: int | None
    calls_per_second: float
    parser_version: int
    scope: str = "national"
    where_to_get_a_key: str = ""
    period: Literal["PT1H", "P1D"] = "PT1H"
    proof: Pollutant | Weather = "pm25"

    def route(self, span: str) -> Route | None:
        """The route of a span with the shortest reach; None where there is none."""
        return min((r for r in self.routes if r.span == span), key=lambda r: r.reach_hours, default=None)


@dataclass(frozen=True)
class Request:
    """One thing to ask of a source: a route, and the hour or the station that the route needs.

    `station` is how the source calls it, `station_id` how we do; `back_hours` is how far back its answer
    has to reach, from before the hour `before` where the route is dated, else from now.
    """

    route: Route
    hour: int | None = None
    station: StationRef | None = None
    station_id: str | None = None
    back_hours: int = 0
    before: int | None = None


@dataclass(frozen=True)
class Payload:
    """Bytes as received, with what is needed to read them again later."""

    source: str
    request: Request
    url: str
    body: bytes
    content_type: str
    world: World = "real"


class Source(Protocol):
    """A live source: fetching and parsing apart, parsing pure."""

    @property
    def spec(self) -> SourceSpec:
        """What the planner must know."""

    def fetch(self, client: HttpClient, base_url: str, request: Request) -> Iterator[Payload]:
        """All payloads (pages) that answer one request; raises `SourceError`."""

    def parse(self, payload: Payload) -> Batch:
        """The readings of one payload; pure; raises `SchemaDrift`, never drops a row silently."""

    def parse_stations(self, payload: Payload) -> list[StationRef]:
        """The stations of a payload of a `list` route; pure."""
