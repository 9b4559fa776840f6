"""Which bulletins are held: forecasts in the order in which they were issued."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, select

from store.forecasts import Forecast
from store.policy_tables import forecast


def issued_for(
    connection: Connection,
    first: date,
    last: date,
    *,
    regions: Collection[str] | None = None,
    pollutant: str | None = None,
    product: str | None = None,
    most: int,
) -> list[Forecast]:
    """Forecasts for the days from `first` to `last` (both included), by day, region, product and issue.

    `regions` None is everywhere; at most `most` rows and one, by which the caller sees that there are more.
    """
    query = select(*(forecast.c[name] for name in Forecast.__dataclass_fields__)).where(
        forecast.c.for_date >= first, forecast.c.for_date <= last
    )
    if regions is not None:
        query = query.where(forecast.c.region.in_(list(regions)))
    if pollutant is not None:
        query = query.where(forecast.c.pollutant == pollutant)
    if product is not None:
        query = query.where(forecast.c.product == product)
    ordered = query.order_by(
        forecast.c.for_date, forecast.c.region, forecast.c.product, forecast.c.issued_at, forecast.c.pollutant
    )
    return [Forecast(*row) for row in connection.execute(ordered.limit(most + 1))]


def products(connection: Connection) -> list[str]:
    """Of which products a bulletin is held."""
    return [str(one) for one in connection.scalars(select(forecast.c.product).distinct().order_by("product"))]
