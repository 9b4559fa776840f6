"""Mappings: a table that no shipped format fits, explained by its owner in a TOML file.

`config/mappings/` holds the shipped ones; their comments say what each key means.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePath
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from config.air import Feed, Station, StationKind
from config.fact import Confidence
from ingest.hours import HourClock, Label, Order, fixed_offset
from ingest.layout import ArchiveFormat, ValueColumn
from ingest.members import FileProblem
from ingest.rows import Placed, Rows, Stations, daily, hourly_by_order, listed_stations, one_station
from ingest.source import Pollutant, Quantity, StationRef, Statistic

SHIPPED = Path(__file__).parent.parent / "config" / "mappings"
RANK = 90  # a mapped table is read last
_ORDERS: dict[str, Order] = {"YMD": "ymdh", "MDY": "mdyh", "DMY": "dmyh"}
_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Time(_Part):
    """The columns that make the label, and the order of its parts."""

    columns: tuple[str, ...] = Field(min_length=1)
    pattern: str = "YYYY-MM-DD HH"

    @field_validator("pattern")
    @classmethod
    def _known(cls, pattern: str) -> str:
        if _letters(pattern) not in (*_ORDERS, *(f"{order}H" for order in _ORDERS)):
            raise ValueError("write year, month, day, hour as YYYY MM DD HH, in the order of the labels")
        return pattern

    @property
    def order(self) -> Order:
        """In which order the parts of a label stand."""
        return _ORDERS[_letters(self.pattern)[:3]]


class Naming(_Part):
    """How rows name their station: by columns, or all the same one, by the id of a `[[stations]]` entry."""

    code: str | None = None
    name: str | None = None
    area: str | None = None
    id: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Naming:
        if bool(self.id) == bool(self.code or self.name):
            raise ValueError("give either columns (code, name or both) or the id of one station")
        return self


class Value(_Part):
    """What a column holds."""

    pollutant: Pollutant
    unit: Literal["ug/m3", "mg/m3", "ppm", "ppb"]
    statistic: Statistic = "mean"
    scale: float = Field(default=1.0, gt=0)
    missing: tuple[str | float, ...] = ()

    @property
    def quantity(self) -> Quantity:
        """As batches name it."""
        return Quantity(self.pollutant, self.unit, self.statistic)


class Place(_Part):
    """A station that the catalogue does not know."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[A-Za-z0-9]+)*$")
    name: str
    kind: StationKind
    area: str
    code: str | None = None
    name_en: str | None = None
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)


class Mapping(_Part):
    """A mapping file, validated."""

    feed: str = Field(pattern=_SLUG)
    title: str
    network: str = "user"
    licence: str
    attribution: str
    source: str = "mapping file"
    confidence: Confidence = "low"
    period: Literal["PT1H", "P1D"]
    label: Label | None = None
    zone: str
    match: str | None = None
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    time: Time
    station: Naming
    columns: dict[str, Value] = Field(min_length=1)
    ignore: tuple[str, ...] = ()
    stations: tuple[Place, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Mapping:
        fixed_offset(self.zone)
        if (self.label is None) == (self.period == "PT1H"):
            raise ValueError("label: hourly tables need start or end, daily tables have none")
        quantities = [value.quantity for value in self.columns.values()]
        if len(set(quantities)) < len(quantities):
            raise ValueError("columns: two columns hold the same quantity")
        if self.station.id and self.station.id not in {place.id for place in self.stations}:
            raise ValueError(f"station.id: {self.station.id} has no [[stations]] entry")
        return self

    @field_validator("encoding")
    @classmethod
    def _can_be_decoded(cls, encoding: str) -> str:
        try:
            return codecs.lookup(encoding).name
        except LookupError:
            raise ValueError(f"{encoding} is not an encoding known here") from None

    @field_validator("match")
    @classmethod
    def _compiles(cls, match: str) -> str:
        try:
            return re.compile(match).pattern
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None

    def is_for(self, name: str) -> bool:
        """Whether a file of this name may be read by the mapping."""
        file = PurePath(name.rpartition("!")[2]).name
        return self.match is None or re.search(self.match, file) is not None

    def feed_fact(self) -> Feed:
        """The feed as a fact, ranked behind the catalogue's."""
        return Feed(
            id=self.feed,
            network=self.network,
            name=self.title,
            period=self.period,
            rank=RANK,
            status="archive",
            licence=self.licence,
            attribution=self.attribution,
            source=self.source,
            confidence=self.confidence,
        )

    def station_facts(self) -> list[Station]:
        """The stations that the mapping defines, as facts."""
        common = {"network": self.network, "source": self.source, "confidence": self.confidence}
        return [Station.model_validate({**common, **place.model_dump()}) for place in self.stations]

    def archive_format(self) -> ArchiveFormat:
        """The mapping as a format; it reads as the shipped ones do."""
        columns = {f"time{at}": (column,) for at, column in enumerate(self.time.columns)}
        columns |= {role: (c,) for role, c in (("code", self.station.code), ("name", self.station.name)) if c}
        return ArchiveFormat(
            name=self.feed,
            feed=self.feed,
            parser_version=1,
            period=self.period,
            values={value.quantity: _value_column(name, value) for name, value in self.columns.items()},
            roles=columns,
            optional={},
            every_value=True,
            left_out=self.ignore,
            encodings=(self.encoding or "cp949",),
            delimiter=self.delimiter,
            place=self._placing(),
            stations=self._naming(),
        )

    def _placing(self) -> Callable[[Rows], Placed]:
        roles = [f"time{at}" for at in range(len(self.time.columns))]
        if self.label is None:
            return daily(self.zone, self.time.order, roles)
        return hourly_by_order(HourClock(self.label, self.zone), self.time.order, roles)

    def _naming(self) -> Callable[[Rows], Stations]:
        places = {place.id: place for place in self.stations}
        if self.station.id is None:
            return partial(listed_stations, area=self.station.area)
        place = places[self.station.id]
        return one_station(lambda _: StationRef(code=place.code, name=place.name, area=place.area))


def load(path_or_name: str | Path) -> Mapping:
    """A mapping from a file, or a shipped one by its name.

    Raises
    ------
    FileProblem
        One line that names the file, and the key that does not fit.
    """
    path = Path(path_or_name)
    if path.name == str(path_or_name) and not path.suffix:
        path = SHIPPED / f"{path.name}.toml"
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        shipped = ", ".join(sorted(found.stem for found in SHIPPED.glob("*.toml")))
        raise FileProblem(f"{path}: {error.strerror}; mappings shipped: {shipped}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileProblem(f"{path}: not a TOML file: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the mapping"
        raise FileProblem(f"{path}: {key}: {first['msg']}") from None


def _letters(pattern: str) -> str:
    """The order of the parts of a pattern: "YYYY-MM-DD HH" is YMDH."""
    return re.sub(r"[^YMDH]|(.)(?=\1)", "", pattern)


def _value_column(name: str, value: Value) -> ValueColumn:
    texts = tuple(str(token) for token in value.missing)
    return ValueColumn((name,), tuple(map(float, filter(_is_number, texts))), texts, value.scale)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
