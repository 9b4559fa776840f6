"""Typed, dated facts, validated when loaded.

Each kind of fact is one CSV file in `config/catalogue/`, each row with its source and its confidence.
A file is read on first use. A row that does not fit raises `FactError`, which names file, row and column.
"""

from __future__ import annotations

import csv
from collections.abc import Container, Iterable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

CATALOGUE = Path(__file__).parent / "catalogue"

Country = Literal["KR", "CN"]
Confidence = Literal["high", "medium", "low"]
Period = Literal["PT1H", "P1D"]
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


class FactError(ValueError):
    """A catalogue file that does not hold what it must."""


class Fact(BaseModel):
    """One row: where it comes from and how sure it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    source: str
    confidence: Confidence


class Dated(Fact):
    """A fact that holds from `valid_from` (inclusive) to `valid_to` (inclusive); None is open."""

    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Dated:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether the fact is in force on a civil day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def holds_in(self, first: date, last: date) -> bool:
        """Whether the fact is in force on any day from `first` to `last`."""
        return (self.valid_from is None or self.valid_from <= last) and (
            self.valid_to is None or first <= self.valid_to
        )


class Network(Fact):
    """Who publishes."""

    id: str
    name: str
    country: Country | None = None
    operator: str
    url: str | None = None


class Feed(Fact):
    """One stream of a network. `rank` 1 is read first where several feeds hold a station-hour.

    `publish_minutes` after the hour its first values are expected; until `recheck_hours` a complete
    hour is looked at again, until `lateness_hours` an incomplete one is waited for.
    """

    id: str
    network: str
    name: str
    period: Period
    rank: int
    publish_minutes: int | None = None
    recheck_hours: int | None = None
    lateness_hours: int | None = None
    status: Literal["open", "closed", "archive"]
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

    station: str
    what: Literal["code", "name"]
    value: str


class Region(Fact):
    """A place that can be asked for; `zone` is its civil time."""

    id: str
    kind: Literal["nation", "capital-area", "sido", "province", "city", "group", "part"]
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

    region: str
    member: str


class ReferenceState(Dated):
    """The temperature and pressure to which a network's volumes refer."""

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


class ProfileFact(Fact):
    """The rule that makes an episode; the columns are those of `analysis.episodes.Profile`."""

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
    title: str


class StatusFact(Fact):
    """Why a value is missing; `wire` lists the texts of the sources that mean it."""

    code: int
    id: str
    meaning: str
    wire: str | None = None


F = TypeVar("F", bound=Fact)


def read_rows(path: Path, model: type[F]) -> list[F]:
    """All rows of a catalogue file as facts.

    Raises
    ------
    FactError
        Naming file, row (the header is row 1) and column of the first thing that does not fit.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [
                _fact(path, number, row, model) for number, row in enumerate(csv.DictReader(file), start=2)
            ]
    except OSError as error:
        raise FactError(f"{path.name}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise FactError(f"{path.name}: is no CSV file in UTF-8: {error}") from None


def _fact(path: Path, number: int, row: dict[str, str], model: type[F]) -> F:
    if None in row:
        raise FactError(f"{path.name}, row {number}: more cells than columns")
    try:
        return model.model_validate({key: value for key, value in row.items() if value})
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(map(str, first["loc"])) or "the row"
        raise FactError(f"{path.name}, row {number}, column {column}: {first['msg']}") from None


class Facts:
    """The catalogue, read file by file as it is asked.

    Parameters
    ----------
    folder : Path
        Where the catalogue files lie; the shipped ones by default.
    """

    def __init__(self, folder: Path = CATALOGUE) -> None:
        self.folder = folder

    def _rows(self, name: str, model: type[F]) -> list[F]:
        return read_rows(self.folder / f"{name}.csv", model)

    def _by_id(self, name: str, model: type[F]) -> dict[str, F]:
        facts: dict[str, F] = {}
        for number, fact in enumerate(self._rows(name, model), start=2):
            key = str(getattr(fact, "id"))  # noqa: B009 - not every Fact has an id; these have
            if key in facts:
                raise FactError(f"{name}.csv, row {number}, column id: {key} stands twice")
            facts[key] = fact
        return facts

    @cached_property
    def networks(self) -> dict[str, Network]:
        """By id."""
        return self._by_id("networks", Network)

    @cached_property
    def feeds(self) -> dict[str, Feed]:
        """By id."""
        return self._by_id("feeds", Feed)

    @cached_property
    def pollutants(self) -> dict[str, Pollutant]:
        """By id."""
        return self._by_id("pollutants", Pollutant)

    @cached_property
    def profiles(self) -> dict[str, ProfileFact]:
        """By id."""
        return self._by_id("profiles", ProfileFact)

    @cached_property
    def regions(self) -> dict[str, Region]:
        """By id."""
        return self._by_id("regions", Region)

    @cached_property
    def members(self) -> list[Member]:
        """Dated memberships of regions in regions."""
        return self._rows("region_members", Member)

    @cached_property
    def _station_rows(self) -> list[Station]:
        return self._rows("stations", Station)

    @cached_property
    def stations(self) -> dict[str, list[Station]]:
        """Versions by station id, oldest first."""
        versions: dict[str, list[Station]] = {}
        for station in self._station_rows:
            versions.setdefault(station.id, []).append(station)
        for rows in versions.values():
            rows.sort(key=lambda s: s.valid_from or date.min)
        return versions

    @cached_property
    def aliases(self) -> list[Alias]:
        """Other codes and names of stations."""
        return self._rows("station_aliases", Alias)

    @cached_property
    def aliases_of(self) -> dict[str, list[Alias]]:
        """Other codes and names by station id."""
        found: dict[str, list[Alias]] = {}
        for alias in self.aliases:
            found.setdefault(alias.station, []).append(alias)
        return found

    @cached_property
    def validity(self) -> dict[str, Validity]:
        """Capture rules by id."""
        return self._by_id("validity", Validity)

    @cached_property
    def reference_states(self) -> list[ReferenceState]:
        """To which state a network's volumes refer, by date."""
        return self._rows("reference_states", ReferenceState)

    @cached_property
    def statuses(self) -> dict[str, StatusFact]:
        """By id."""
        return self._by_id("statuses", StatusFact)

    def check(self) -> None:
        """Read every file and hold references between them; raises `FactError`."""
        _refer("feeds", "network", (f.network for f in self.feeds.values()), self.networks)
        _refer("region_members", "region", (m.region for m in self.members), self.regions)
        _refer("region_members", "member", (m.member for m in self.members), self.regions)
        rows = self._station_rows
        _refer("stations", "area", (s.area for s in rows), self.regions)
        _refer("stations", "network", (s.network for s in rows), self.networks)
        _one_at_a_time(rows)
        _refer("station_aliases", "station", (a.station for a in self.aliases), self.stations)
        _refer("reference_states", "network", (r.network for r in self.reference_states), self.networks)
        _ = (self.pollutants, self.profiles, self.validity, self.statuses)


def _refer(file: str, column: str, values: Iterable[str], known: Container[str]) -> None:
    for number, value in enumerate(values, start=2):
        if value not in known:
            raise FactError(f"{file}.csv, row {number}, column {column}: {value!r} is not in the catalogue")


def _one_at_a_time(rows: list[Station]) -> None:
    """Two versions of a station never hold on one day."""
    before: dict[str, list[Station]] = {}
    for number, row in enumerate(rows, start=2):
        for other in before.setdefault(row.id, []):
            if row.holds_in(other.valid_from or date.min, other.valid_to or date.max):
                raise FactError(
                    f"stations.csv, row {number}, column valid_from: another version of {row.id} holds then"
                )
        before[row.id].append(row)
