"""What a report asks of the readings, where an answer may be that nothing is held."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from config.air import Station
from config.clock import civil
from config.facts import Facts
from report import averages
from report.answer import Answer, data_of_feeds, local, number
from report.panel import region_stations
from report.question import NothingHeldError, Question
from report.regional import SHARE
from report.stations_held import Desk, candidates, station_hours
from store.engine import Store

# What stands on a map is a place of measurement: not a model's cell, not the mean of several places.
NOT_ON_MAPS = ("model", "composite")
# Feeds that still bring readings may still correct them.
_OPEN = "open"


def on_days(question: Question, first: date, last: date) -> Question:
    """The same question about other civil days, both inclusive."""
    zone = civil(question.zone)
    start, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    return replace(question, first=start.astimezone(UTC), end=end.astimezone(UTC), whole_days=True)


def means(store: Store, facts: Facts, question: Question, every: averages.Every) -> Answer | None:
    """Means of a place with where they come from; None where nothing is held."""
    asked = replace(question, basis="best") if every == "hour" else question
    try:
        found = averages.ask(store, facts, asked, every)
    except NothingHeldError:
        return None
    return {**found.answer, "provisional": provisional(facts, found.answer["data"]["feeds"])}


def provisional(facts: Facts, feeds: list[str]) -> bool:
    """Whether a feed behind the values still corrects them; one of the user's own is taken as it is."""
    return any(facts.feeds[one].status == _OPEN for one in feeds if one in facts.feeds)


def stations_at(store: Store, facts: Facts, question: Question, hour: int, step: int) -> list[Answer]:
    """The value of every station, on both shores, that holds one for an hour (`step` 1) or a day (24)."""
    first = datetime.fromtimestamp(hour * 3600, UTC)
    asked = replace(question, first=first, end=first + timedelta(hours=step), network=None, feed=None)
    with store.read() as connection:
        desk = Desk(connection, facts)
        series = candidates(desk, asked, set(desk.places.stations), "PT1H" if step == 1 else "P1D")
        read = station_hours(desk, asked, series, hour, hour + step, step)
        rows = []
        for index, one in enumerate(read.stations):
            version = desk.places.version(one, asked.first_day)
            value = number(read.values[index, 0])
            if version.lat is None or version.lon is None or version.kind in NOT_ON_MAPS or value is None:
                continue
            feeds = sorted({origin.feed for origin in read.given[index]})
            rows.append({**_station(desk, version, value), **_feeds(desk, feeds)})
    return rows


def _feeds(desk: Desk, feeds: list[str]) -> Answer:
    told = data_of_feeds(desk, [desk.feeds[one] for one in feeds])
    return {"feeds": feeds, "attribution": told["attribution"]}


def _station(desk: Desk, version: Station, value: float) -> Answer:
    area = desk.facts.regions.get(version.area)
    return {
        "station": version.id,
        "area": version.area,
        "country": area.country if area else None,
        "kind": version.kind,
        "lat": version.lat,
        "lon": version.lon,
        "value": value,
        "regions": sorted(desk.places.regions_of(version.area)),
    }


def known_through(store: Store, facts: Facts, question: Question, data: Answer) -> str | None:
    """The last civil day of which the feeds of an answer (its `data`) hold a reading of the place."""
    with store.read() as connection:
        desk = Desk(connection, facts)
        period = "P1D" if data.get("basis") == "daily" else "PT1H"
        found = candidates(desk, question, region_stations(desk, question), period)
        last = max(
            (one.last for one in found if one.last is not None and one.key.feed in data["feeds"]),
            default=None,
        )
    return None if last is None else local(last, question.zone)[:10]


def readings_through(store: Store, facts: Facts, question: Question) -> str | None:
    """The last civil day of which the database holds a reading of the place, by whatever feed and basis."""
    found = last_day(store, facts, question, composites=True)
    return None if found is None else found.isoformat()


def last_day(store: Store, facts: Facts, question: Question, *, composites: bool = False) -> date | None:
    """The last civil day of which measured hours or days of the place are held, by whatever feed.

    `composites` lets the published mean of several stations count too.
    """
    without = ("model",) if composites else NOT_ON_MAPS
    with store.read() as connection:
        desk = Desk(connection, facts)
        stations = {
            one for one in region_stations(desk, question) if desk.places.version(one).kind not in without
        }
        held = [
            one.last
            for period in ("PT1H", "P1D")
            for one in candidates(desk, question, stations, period)
            if one.last is not None
        ]
    return date.fromisoformat(local(max(held), question.zone)[:10]) if held else None


def other_years(
    store: Store, facts: Facts, question: Question, first: date, last: date, around: int
) -> list[Answer]:
    """The same days of the years before and after, on one basis: means, lowest and highest day."""
    rows = []
    for year in range(first.year - around, first.year + around + 1):
        begins = _same(first, year)
        asked = on_days(question, begins, begins + (last - first))
        found = means(store, facts, asked, "day")
        if found is not None:
            rows.append({"year": year, "asked": year == first.year, **_of_days(found, asked)})
    return rows


def _same(day: date, year: int) -> date:
    """The same day of another year; 29 February becomes the 28th."""
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _of_days(found: Answer, asked: Question) -> dict[str, Any]:
    values = np.array([np.nan if row["value"] is None else row["value"] for row in found["values"]])
    valid = values[~np.isnan(values)]
    enough = len(valid) >= SHARE * len(values)
    return {
        "start": asked.first_day.isoformat(),
        "end": asked.last_day.isoformat(),
        "mean": float(valid.mean()) if enough else None,
        "lowest": float(valid.min()) if enough else None,
        "highest": float(valid.max()) if enough else None,
        "valid_days": len(valid),
        "days": len(values),
        "stations": found["data"]["stations"],
        "kinds": found["data"]["kinds"],
        "feeds": found["data"]["feeds"],
    }
