"""What a source can still give of an hour that is past, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Literal

from config.air import Feed
from config.facts import Facts

# Loading a file: its own command, and open for as long as somebody offers the file.
IMPORT = "import"


@dataclass(frozen=True)
class Way:
    """A route of a live source that brings hours.

    Attributes
    ----------
    feed : str
        To which feed its readings belong.
    span : str
        What one call brings: the `latest` hour, one past `hour`, the past of one `station`, a `stretch` of
        hours.
    reach_hours : int
        How far back from now an hour may start; 0 for a page that shows its hour until the next one is due.
    """

    source: str
    feed: str
    route: str
    span: Literal["latest", "hour", "station", "stretch"]
    reach_hours: int

    def keeps(self, feed: Feed) -> float:
        """For how many hours after its start an hour can be asked for: a page until the next one is due."""
        if self.span == "latest" and not self.reach_hours:
            return 2 + (feed.publish_minutes or 0) / 60
        return float(self.reach_hours)


@dataclass(frozen=True)
class Offer:
    """Where a gap can be had; `until` is an hour number, None where nothing ends it."""

    source: str
    route: str
    until: float | None


class Reaches:
    """Which way leads to which hour, as the plan of the daemon sees it.

    Parameters
    ----------
    ways : list of Way
        Of all live sources.
    now : float
        Data time as an hour number with its fraction.
    """

    def __init__(self, facts: Facts, ways: list[Way], now: float) -> None:
        self.facts, self.now = facts, now
        self._ways: dict[str, list[Way]] = {}
        for way in ways:
            self._ways.setdefault(way.feed, []).append(way)

    def source(self, feed: str) -> str | None:
        """The live source of a feed; None for an archive."""
        return next((way.source for way in self._ways.get(feed, [])), None)

    def oldest(self, feed: str) -> float:
        """The earliest start of an hour that some route of the feed's source still gives; inf for none."""
        own = self.facts.feeds.get(feed)
        keeps = [way.keeps(own) for way in self._ways.get(feed, [])] if own else []
        return self.now - max(keeps, default=-inf)

    def live(self, feed: str, start: int) -> Offer | None:
        """The route of the shortest reach that gives the hour, and until when the longest does."""
        own = self.facts.feeds.get(feed)
        if own is None:
            return None
        by_reach = sorted(self._ways.get(feed, []), key=lambda way: way.keeps(own))
        near = next((way for way in by_reach if self.now - start <= way.keeps(own)), None)
        if near is None:
            return None
        return Offer(near.source, near.route, start + by_reach[-1].keeps(own))

    def archive(self, feed: str, day: date) -> Offer | None:
        """The files that may hold an hour: the feed's own, or those of a finalized feed behind a live one."""
        own = self.facts.feeds.get(feed)
        if own is None or own.status != "open":
            return Offer(feed, IMPORT, None)
        final = [
            one
            for one in self.facts.feeds.values()
            if (one.network, one.period, one.status) == (own.network, own.period, "archive")
            and one.rank < own.rank
            and (one.closed_on is None or day <= one.closed_on)
        ]
        best = min(final, key=lambda one: one.rank, default=None)
        return None if best is None else Offer(best.id, IMPORT, None)
