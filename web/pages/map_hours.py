"""What the stations of both shores had, hour by hour, as compact as a browser needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from config.air import Station
from config.facts import Facts
from config.words import Speaker
from report.answer import Answer, data_of_feeds
from report.figures.grades import Step, steps
from report.paper.held import provisional
from report.paper.lines import vintage
from report.question import Question
from report.stations_held import Desk, StationHours, candidates, station_hours
from store.engine import Store
from store.series import Series
from web.pages.shades import shade_class

SHORES = ("KR", "CN")
POLLUTANT = "pm25"
HOURS = 24
# Places of measurement: neither a model's cell nor the mean of several places.
_NOT_ON_MAPS = ("model", "composite")
# What reported longer ago does not report any more; data that end before are an archive, not the present.
_LATELY, _HOUR = timedelta(hours=48), timedelta(hours=1)


@dataclass(frozen=True)
class Place:
    """A station as the map shows it."""

    id: str
    name: str
    area: str
    area_name: str
    country: str
    kind: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Held:
    """Which stations of both shores hold hours, and until when on each shore (hour numbers, inclusive).

    Attributes
    ----------
    newest : the newest hour of a shore.
    usual : the hour that half of the stations of a shore that report lately have reached.
    """

    places: Sequence[Place]
    first: int | None
    newest: dict[str, int]
    usual: dict[str, int]

    def shown(self, now: datetime) -> int | None:
        """The hour a map begins with: the newest that both shores have, unless one of them fell silent."""
        if not self.usual:
            return None
        early, late = min(self.usual.values()), max(self.usual.values())
        present = now - datetime.fromtimestamp(late * 3600, UTC) <= _LATELY
        return late if present and late - early > _LATELY // _HOUR else early


def held(store: Store, facts: Facts, say: Speaker) -> Held:
    """The stations with a place that hold hours of PM2.5."""
    with store.read() as connection:
        desk = Desk(connection, facts)
        series = _series(desk)
        found: dict[str, Place] = {}
        lasts: dict[str, list[int]] = {}
        for one in series:
            place = _place(desk, say, desk.places.version(one.key.station))
            if place is None:
                continue
            found[place.id] = place
            if one.last is not None:
                lasts.setdefault(place.country, []).append(one.last)
        first = min((one.first for one in series if one.first is not None), default=None)
        newest = {shore: max(hours) for shore, hours in lasts.items()}
        usual = {shore: _usual(hours) for shore, hours in lasts.items()}
        return Held([found[key] for key in sorted(found)], first, newest, usual)


def _usual(hours: list[int]) -> int:
    """The hour that half of the series reach that have one lately."""
    lately = sorted(one for one in hours if one >= max(hours) - _LATELY // _HOUR)
    return lately[(len(lately) - 1) // 2]


def _series(desk: Desk) -> list[Series]:
    return candidates(desk, _question(0), set(desk.places.stations), "PT1H")


def _place(desk: Desk, say: Speaker, version: Station) -> Place | None:
    area = desk.facts.regions.get(version.area)
    if version.lat is None or version.lon is None or version.kind in _NOT_ON_MAPS:
        return None
    if area is None or area.country not in SHORES:
        return None
    return Place(
        version.id,
        say.station(version, place=False),
        area.id,
        say.name(area),
        area.country,
        say.word(version.kind, of="kind"),
        version.lat,
        version.lon,
    )


def _question(first: int, hours: int = HOURS) -> Question:
    begin = datetime.fromtimestamp(first * 3600, UTC)
    return Question(None, (), "UTC", "", begin, begin + timedelta(hours=hours), False)


def day(store: Store, facts: Facts, say: Speaker, of: date) -> Answer:
    """The 24 hours of a UTC day: values by station, the feeds behind them, and each shore's grades.

    Values stand at the start of their hour; None where none is valid. `from` is the place in `feeds` of the
    feed that gave most of the station's values.
    """
    first = int(datetime(of.year, of.month, of.day, tzinfo=UTC).timestamp()) // 3600
    with store.read() as connection:
        desk = Desk(connection, facts)
        read = station_hours(desk, _question(first), _series(desk), first, first + HOURS)
        stations = _values(desk, read)
        used = sorted({one["from"] for one in stations.values()})
        told = data_of_feeds(desk, [desk.feeds[one] for one in used])
    feeds = [
        {
            "id": one,
            "kind": vintage(say, provisional=provisional(facts, [one])),
            "attribution": say.retell(_attribution(told, desk, one)),
        }
        for one in used
    ]
    for row in stations.values():
        row["from"] = used.index(row["from"])
    scales = {shore: _scale(say, steps(facts, shore, POLLUTANT, of)) for shore in SHORES}
    return {"day": of.isoformat(), "first": first, "scales": scales, "feeds": feeds, "stations": stations}


def _attribution(told: Answer, desk: Desk, feed: str) -> str:
    row = desk.feeds[feed]
    found: str = next(one for one in told["attribution"] if one.startswith(row.attribution))
    return found


def _values(desk: Desk, read: StationHours) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for index, station in enumerate(read.stations):
        values = read.values[index]
        version = desk.places.version(station)
        if np.isnan(values).all() or version.kind in _NOT_ON_MAPS or version.lat is None:
            continue
        most = read.given[index].most_common(1)[0][0].feed
        told = [None if np.isnan(one) else round(float(one), 1) for one in values]
        found[station] = {"from": most, "values": told}
    return found


def _scale(say: Speaker, scale: Sequence[Step]) -> list[Answer]:
    return [
        {
            "high": one.high,
            "name": one.names[say.language],
            "span": one.span(),
            "shade": shade_class(one.shade),
        }
        for one in scale
    ]
