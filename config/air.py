"""What is known of readings before they arrive: who publishes, which streams, stations, regions and rules.

One class a file of `config/catalogue/`; a row is an instance.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from config.fact import Country, Dated, Fact, Period

StationKind = Literal[
    "urban",
    "roadside",
    "suburban",
    "background",
    "port",
    "control",
    "mission",
    "model",
    "composite",
    "unknown",  # met on the wire and in no list: never in a regional mean
]


class Network(Fact):
    """Who publishes. `answers_by` is the kind of station that stands for a region where it is asked for.

    Official networks leave it empty: their kinds follow from the country's rule.
    """

    id: str
    name: str
    country: Country | None = None
    operator: str
    url: str | None = None
    answers_by: Literal["mission", "model", "unknown"] | None = None


class Feed(Fact):
    """One stream of a network. `rank` 1 is read first where several feeds hold a station-hour.

    `publish_minutes` after the hour its first values are expected; until `recheck_hours` a complete
    hour is looked at again, until `lateness_hours` an incomplete one is waited for. A feed whose status
    is `check` is there to be compared with: it answers only where it is asked for. One whose status is
    `index` shows index values, which are no concentrations: it has no readings.
    """

    REFERS: ClassVar = {"network": "networks"}

    id: str
    network: str
    name: str
    period: Period
    rank: int
    publish_minutes: int | None = None
    recheck_hours: int | None = None
    lateness_hours: int | None = None
    status: Literal["open", "closed", "archive", "check", "index"]
    closed_on: date | None = None
    licence: str
    attribution: str


class Pollutant(Fact):
    """What is measured; units are those of answers about particles, sources state their own for gases."""

    id: str
    name_en: str
    name_ko: str
    name_zh: str
    unit: str
    particle: bool


class Station(Dated):
    """One version of a station; a move or a new kind begins another row with the same id."""

    KEY: ClassVar = ("id", "valid_from")
    REFERS: ClassVar = {"area": "regions", "network": "networks"}

    id: str
    network: str
    code: str | None = None
    name: str
    name_en: str | None = None
    area: str
    district: str | None = None
    kind: StationKind
    lat: float | None = None
    lon: float | None = None


class Alias(Dated):
    """Another code or name under which a station's readings arrive."""

    KEY: ClassVar = ()
    REFERS: ClassVar = {"station": "stations"}

    station: str
    what: Literal["code", "name"]
    value: str


class Region(Fact):
    """A place that can be asked for; `zone` is its civil time."""

    id: str
    kind: Literal["nation", "capital-area", "sido", "province", "city", "group", "part", "alert-zone"]
    country: Country
    zone: str
    name_en: str
    name_ko: str
    name_zh: str
    aliases: str | None = None

    @property
    def names(self) -> list[str]:
        """Every name that means this region."""
        return [self.name_en, self.name_ko, self.name_zh, *(self.aliases or "").split("|")]


class Member(Dated):
    """That one region is part of another."""

    KEY: ClassVar = ("region", "member", "valid_from")
    REFERS: ClassVar = {"region": "regions", "member": "regions"}

    region: str
    member: str


class District(Dated):
    """That a part of a sido (a forecast region, an alert zone) holds one of its districts (시군구)."""

    KEY: ClassVar = ("region", "district", "valid_from")
    REFERS: ClassVar = {"region": "regions", "area": "regions"}

    region: str
    area: str
    district: str


class ReferenceState(Dated):
    """The temperature and pressure to which a network's volumes refer."""

    KEY: ClassVar = ("network", "pollutant", "valid_from")
    REFERS: ClassVar = {"network": "networks", "pollutant": "pollutants"}

    network: str
    pollutant: str
    state: Literal["actual", "standard", "unknown"]


class Validity(Dated):
    """How many parts a mean needs: a day `needed` of 24 hours, and so on."""

    id: str
    country: Country
    of: Literal["day", "month", "year"]
    part: Literal["hour", "day"]
    needed: int | None = None
    share: float | None = None


class ProfileFact(Dated):
    """The rule that makes an episode; the columns are those of `analysis.episodes.Profile`.

    With `share_above` it is applied to the share of stations above that value, 0 to 1, instead of the mean.
    `counts_as` names the figure of a season that counts its days; a class whose limit a standard moves has
    a row for each span.
    """

    id: str
    country: Country | None = None
    every: Literal["hour", "day"]
    op: Literal[">", ">=", "<", "<="]
    enter: float
    exit: float | None = None
    exit_op: Literal["<", "<=", ">", ">="] | None = None
    rounded: bool = False
    min_count: int = 1
    max_gap: int = 0
    order: Literal["merge-first", "filter-first"] = "merge-first"
    level: Literal["value", "percentile", "deviation"] = "value"
    share_above: float | None = None
    title: str
    counts_as: Literal["good_days", "bad_days", "high_days", "heavy_days"] | None = None


class StatusFact(Fact):
    """Why a value is missing; `wire` lists the texts of the sources that mean it."""

    code: int
    id: str
    meaning: str
    wire: str | None = None
