"""Hands for tests of decisions: air of the capital area, bulletins and alerts, as sources will store them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from ingest.save import Saver
from report import replay
from store.batches import begin_batch
from store.forecasts import Alert, Forecast, put_alerts, put_forecasts
from tests.report.conftest import Air

# A station each of the units that the capital area decides by.
CAPITAL = ("kr-seoul", "kr-incheon", "kr-gyeonggi-north", "kr-gyeonggi-south")


def put(air: Air, forecasts: Iterable[Forecast] = (), alerts: Iterable[Alert] = ()) -> None:
    """Store bulletins and alerts through the door of the sources."""
    with air.store.write() as connection:
        saver = Saver(connection, air.facts, air.feeds, air.stations)
        number = begin_batch(
            connection,
            source="test",
            feed_id=saver.ensure_feed("airkorea-live"),
            parser_version=1,
            received_at=air.at,
        )
        put_forecasts(connection, forecasts, number)
        put_alerts(connection, alerts, number)


def bulletin(
    region: str,
    for_date: str,
    above: float | None,
    up_to: float | None = None,
    issued: str | None = None,
    product: str = "grade",
) -> Forecast:
    """A forecast, by default of 17:00 of the day before."""
    day = date.fromisoformat(for_date)
    at = issued or f"{date.fromordinal(day.toordinal() - 1)}T17:00+09:00"
    return Forecast(product, region, "pm25", datetime.fromisoformat(at), day, above, up_to)


def today(air: Air, day: str, **means: float) -> None:
    """The same mean in all 24 hours of a day, by unit: `seoul=60`, `gyeonggi_north=40`."""
    for name, value in means.items():
        (station,) = air.of(f"kr-{name.replace('_', '-')}", day=day)
        air.hours(station, f"{day}T00:00+09:00", [value] * 24)


def decided(air: Air, region: str, day: str, last: str | None = None, **how: Any) -> dict[str, Any]:
    """The answer of a replay for days in force."""
    question = air.asked(region=region, since=day, until=last or day)
    return replay.ask(air.store, air.facts, question, how.pop("rule", "kr-emergency"), **how)


def by_unit(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The decisions of one day by unit."""
    return {row["region"]: row for row in answer["decisions"]}
