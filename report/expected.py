"""The expected grid: which station and pollutant of which feed should hold a reading, and from when to when.

By what is held: a series is expected from its first hour on; in an archive until its last, in an open feed
until the hour that is due now while it still reports (a reading within `NEIGHBOURHOOD_DAYS` before the
span). An hour before a series began or after it ended is no gap of it. By the catalogue: every station
whose version holds, in every feed that is asked for or held there, for the whole span.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Literal

from config.air import Station
from config.clock import civil
from config.fact import Period
from report.question import Question
from report.stations_held import Desk
from store.series import Series, select_series

By = Literal["held", "catalogue"]

NEIGHBOURHOOD_DAYS = 30
# A published mean of stations and a model's point are expected where they are held, never from a list.
_NEVER_LISTED = {"composite", "model", "unknown"}


@dataclass
class Line:
    """One station and pollutant of one feed; `first` and `end` bound its expected starts, `end` exclusive.

    Several series stand behind a line where its unit or reference state changed.
    """

    station: str
    feed: str
    pollutant: str
    statistic: str
    period: str
    first: int
    end: int
    series: list[Series] = field(default_factory=list)

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What other feeds may hold as well."""
        return self.station, self.pollutant, self.statistic, self.period


def lines(
    desk: Desk, question: Question, stations: set[str] | None, pollutants: list[str], now: float, by: By
) -> list[Line]:
    """What should be there, in order of feed, station and pollutant.

    Parameters
    ----------
    stations : set of str or None
        Only these; None for all.
    now : float
        Data time as an hour number with its fraction.
    """
    held = [
        line
        for line in _held(desk, question, pollutants, now)
        if stations is None or line.station in stations
    ]
    found = held if by == "held" else _listed(desk, question, stations, pollutants, now, held)
    alive = [line for line in found if line.first < line.end]
    return sorted(alive, key=lambda line: (line.feed, line.station, line.pollutant, line.statistic))


def due(desk: Desk, feed: str, now: float) -> int:
    """The hour number before which an open feed should have published, by its usual delay."""
    known = desk.facts.feeds.get(feed)
    return int(now - ((known.publish_minutes or 0) if known else 0) / 60)


def _held(desk: Desk, question: Question, pollutants: list[str], now: float) -> Iterator[Line]:
    low, high = question.hours

    def identity(one: Series) -> tuple[str, ...]:
        return one.key.feed, one.key.station, one.key.pollutant, one.key.statistic, one.key.period

    wanted = (
        one
        for one in select_series(desk.connection)
        if one.key.pollutant in pollutants
        and one.readings
        # A model's instants come every few hours: the hours between are none of its gaps.
        # A month has no hours of its own.
        and one.key.statistic != "instant"
        and one.key.period != "P1M"
        and _asked(desk, question, one.key.feed)
    )
    for (feed, station, pollutant, statistic, period), group in groupby(
        sorted(wanted, key=identity), identity
    ):
        members = list(group)
        first = min(one.first or 0 for one in members)
        end = max(one.last or 0 for one in members) + 1
        if _still_reports(desk, feed, end, low):
            end = max(end, due(desk, feed, now))
        yield Line(station, feed, pollutant, statistic, period, max(first, low), min(end, high), members)


def _still_reports(desk: Desk, feed: str, end: int, low: int) -> bool:
    known = desk.facts.feeds.get(feed)
    return known is not None and known.status == "open" and end > low - 24 * NEIGHBOURHOOD_DAYS


def _asked(desk: Desk, question: Question, feed: str) -> bool:
    of_network = question.network in (None, desk.feeds[feed].network)
    return of_network and question.feed in (None, feed)


def _listed(
    desk: Desk,
    question: Question,
    stations: set[str] | None,
    pollutants: list[str],
    now: float,
    held: list[Line],
) -> list[Line]:
    """The catalogue's stations in each feed; a line that is held keeps its series."""
    known = {(line.feed, line.place): line for line in held}
    for feed in sorted({line.feed for line in held} | ({question.feed} if question.feed else set())):
        own = [line for line in held if line.feed == feed]
        period = own[0].period if own else _period(desk, feed)
        if period == "P1M":
            continue
        columns = {(line.pollutant, line.statistic) for line in own} or {(one, "mean") for one in pollutants}
        for station, first, end in _standing(desk, question, feed, own, now):
            if stations is not None and station not in stations:
                continue
            for pollutant, statistic in columns:
                line = Line(station, feed, pollutant, statistic, period, first, end)
                line = known.setdefault((feed, line.place), line)
                line.first, line.end = min(line.first, first), max(line.end, end)
    return list(known.values())


def _period(desk: Desk, feed: str) -> Period:
    return desk.facts.feeds[feed].period if feed in desk.facts.feeds else "PT1H"


def _standing(
    desk: Desk, question: Question, feed: str, own: list[Line], now: float
) -> Iterator[tuple[str, int, int]]:
    """The listed stations that a feed may carry, and the hours of the span in which each stands."""
    versions = {line.station: desk.places.version(line.station, question.first_day) for line in own}
    known = desk.facts.feeds.get(feed)
    networks = {one.network for one in versions.values()} or ({known.network} if known else set())
    # A feed of another network's stations (Seoul's own file of AirKorea's) carries its own areas alone.
    elsewhere = known is not None and known.network not in networks
    areas = {one.area for one in versions.values()} if elsewhere else None
    kinds = {one.kind for one in versions.values()}
    low, high = question.hours
    if known is not None and known.status == "open":
        high = min(high, due(desk, feed, now))
    for station, listed in desk.facts.stations.items():
        fitting = [
            one
            for one in listed
            if one.network in networks
            and one.holds_in(question.first_day, question.last_day)
            and (areas is None or one.area in areas)
            and (one.kind in kinds if kinds else one.kind not in _NEVER_LISTED)
        ]
        if fitting:
            yield (
                station,
                max(low, _begin(fitting[0], question.zone)),
                min(high, _end(fitting[-1], question.zone)),
            )


def _begin(version: Station, zone: str) -> int:
    return _midnight(version.valid_from, zone) if version.valid_from else 0


def _end(version: Station, zone: str) -> int:
    return _midnight(version.valid_to + timedelta(days=1), zone) if version.valid_to else 2**31


def _midnight(day: date, zone: str) -> int:
    return int(datetime.combine(day, time(), civil(zone)).timestamp()) // 3600
