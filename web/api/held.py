"""Questions about what is held: stations, readings, gaps, and how far sources agree."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from config.air import StationKind
from report import (
    compare_sources,
    gaps,
    readings,
    stations,
)
from report.answer import Answer
from web.api.asked import (
    EXAMPLE_WEEK,
    SERIES,
    AboutPlace,
    Asked,
    Moment,
    Name,
    OfPollutant,
    Somewhere,
    Text,
)
from web.desk import Desk
from web.standing import ways


class Stations(Asked):
    """Stations: id, names, kind, place, and what is held of each."""

    path = "/stations"
    rows = "stations"
    example = "region=kr-seoul&kind=urban"

    region: Name | None = None
    network: Text | None = Field(None, description="Only of this network.")
    kind: StationKind | None = None
    held: bool = Field(False, description="Only stations of which something is held.")

    def answer(self, desk: Desk) -> Answer:
        return stations.ask(
            desk.store,
            desk.facts,
            region=self.region,
            network=self.network,
            kind=self.kind,
            only_held=self.held,
        )


class Readings(AboutPlace):
    """Every reading held for a station or region, with its status and feed; `basis` picks the period."""

    path = "/readings"
    rows = "readings"
    shapes = SERIES
    example = "station=airkorea-111121&from=2019-03-05&to=2019-03-05"

    def answer(self, desk: Desk) -> Answer:
        return readings.ask(desk.store, desk.facts, self.understood(desk, listed=True)).answer


class CompareSources(Somewhere, OfPollutant):
    """Official, mission, model, live and archive series of one place side by side, pair by pair."""

    path = "/compare-sources"
    rows = "pairs"
    example = EXAMPLE_WEEK

    every: Literal["hour", "day"] = "hour"

    def answer(self, desk: Desk) -> Answer:
        return compare_sources.ask(desk.store, desk.facts, self.understood(desk), self.every)


class Gaps(Somewhere):
    """Hours and days that should be held and are not, with what can still be had, where and until when."""

    path = "/gaps"
    rows = "gaps"
    example = EXAMPLE_WEEK

    pollutant: Text | None = Field(None, description="All particles unless given.")
    network: Text | None = Field(None, description="Only feeds of this network.")
    feed: Text | None = Field(None, description="Only this feed.")
    expect: Literal["held", "catalogue"] = Field(
        "held", description="What the series held promise, or every listed station."
    )
    as_of: Moment | None = Field(None, description="What was known at this time.")

    def answer(self, desk: Desk) -> Answer:
        return gaps.ask(
            desk.store,
            desk.facts,
            desk.settings.data_clock,
            ways(),
            region=self.region,
            stations=tuple(self.station),
            network=self.network,
            feed=self.feed,
            since=self.since,
            until=self.until,
            pollutant=self.pollutant,
            by=self.expect,
            as_of=self.as_of,
        )

    def depends_on(self, desk: Desk) -> str | None:  # noqa: ARG002
        """What can still be had changes with the hour."""
        return None


QUESTIONS: tuple[type[Asked], ...] = (Stations, Readings, CompareSources, Gaps)
