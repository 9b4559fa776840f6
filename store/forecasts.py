"""Forecasts and alerts as the sources gave them, each with its issue time; never overwritten by later ones.

A forecast of a day mean is kept as what it says of the value: above `above`, not above `up_to`, in ug/m3.
The four grades of a bulletin are such bounds; the separate forecast of more than 50 is one bound.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, and_, func, insert, or_, select

from store.policy_tables import alert, forecast


@dataclass(frozen=True)
class Forecast:
    """What one bulletin says of one region and civil day; times are aware."""

    product: str
    region: str
    pollutant: str
    issued_at: datetime
    for_date: date
    above: float | None
    up_to: float | None
    text: str | None = None


@dataclass(frozen=True)
class Alert:
    """A statutory alert of one zone, as published; times are aware, `cleared_at` None while in force."""

    region: str
    zone: str
    pollutant: str
    level: str
    issued_at: datetime
    issued_value: float | None = None
    cleared_at: datetime | None = None
    cleared_value: float | None = None


_ALERT = [alert.c[name] for name in Alert.__dataclass_fields__]
_NAMES = ("product", "region", "pollutant", "issued_at", "for_date")


def put_forecasts(connection: Connection, rows: Iterable[Forecast], batch: int) -> int:
    """Keep what is not held yet; returns how many are new. A bulletin that is held is never changed.

    Of two rows of one bulletin for one day the first stands.
    """
    given = list(rows)
    held = _held(connection, given)
    new: dict[tuple[object, ...], dict[str, object]] = {}
    for row in given:
        if _key(row) not in held:
            new.setdefault(_key(row), {**asdict(row), "batch_id": batch})
    if new:
        connection.execute(insert(forecast), list(new.values()))
    return len(new)


def contradicting(connection: Connection, rows: Iterable[Forecast]) -> list[Forecast]:
    """The rows that say otherwise than what is held of the same bulletin, or than one before them."""
    given = list(rows)
    stands = _held(connection, given)
    return [row for row in given if stands.setdefault(_key(row), row) != row]


def _key(row: Forecast) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _NAMES)


def _held(connection: Connection, rows: list[Forecast]) -> dict[tuple[object, ...], Forecast]:
    """What is held of the bulletins that the rows belong to, by natural key."""
    columns = [forecast.c[name] for name in Forecast.__dataclass_fields__]
    query = select(*columns).where(
        forecast.c.product.in_({row.product for row in rows}),
        forecast.c.issued_at.in_({row.issued_at for row in rows}),
    )
    held = (Forecast(*row) for row in connection.execute(query)) if rows else ()
    return {_key(row): row for row in held}


def newest_issue(connection: Connection, product: str) -> datetime | None:
    """When the newest bulletin of a product was issued."""
    return connection.execute(
        select(func.max(forecast.c.issued_at)).where(forecast.c.product == product)
    ).scalar()


def put_alerts(connection: Connection, rows: Iterable[Alert], batch: int) -> int:
    """Keep new alerts, and what the source says otherwise now of those held; how many were touched.

    A clearing is the usual change; its correction is one as well. A clearing that is held is never forgotten.
    """
    return sum(alert_fates(connection, rows, batch))


def alert_fates(connection: Connection, rows: Iterable[Alert], batch: int) -> tuple[int, int]:
    """As `put_alerts`: how many were new, and how many changed."""
    new = changed = 0
    for given in rows:
        row = given
        same = and_(
            alert.c.region == row.region,
            alert.c.zone == row.zone,
            alert.c.pollutant == row.pollutant,
            alert.c.level == row.level,
            alert.c.issued_at == row.issued_at,
        )
        found = connection.execute(select(*_ALERT).where(same)).first()
        if found is None:
            connection.execute(insert(alert).values(**asdict(row), batch_id=batch))
            new += 1
            continue
        held = Alert(*found)
        if row.cleared_at is None:
            row = replace(row, cleared_at=held.cleared_at, cleared_value=held.cleared_value)
        if row != held:
            connection.execute(alert.update().where(same).values(**asdict(row), batch_id=batch))
            changed += 1
    return new, changed


def known(
    connection: Connection, regions: Iterable[str], pollutant: str, for_date: date, at: datetime
) -> list[Forecast]:
    """The newest forecast of each product for a day, region by region, as known at a moment (inclusive)."""
    wanted = and_(
        forecast.c.region.in_(list(regions)),
        forecast.c.pollutant == pollutant,
        forecast.c.for_date == for_date,
        forecast.c.issued_at <= at,
    )
    newest = (
        select(forecast.c.product, forecast.c.region, func.max(forecast.c.issued_at).label("issued_at"))
        .where(wanted)
        .group_by(forecast.c.product, forecast.c.region)
        .subquery()
    )
    one = and_(
        forecast.c.product == newest.c.product,
        forecast.c.region == newest.c.region,
        forecast.c.issued_at == newest.c.issued_at,
    )
    columns = [forecast.c[name] for name in Forecast.__dataclass_fields__]
    rows = connection.execute(
        select(*columns).join(newest, one).where(wanted).order_by(forecast.c.product, forecast.c.region)
    )
    return [Forecast(*row) for row in rows]


def issued_for(
    connection: Connection, regions: Iterable[str], pollutant: str, first: date, last: date
) -> list[Forecast]:
    """Every forecast for the days `first` to `last` (inclusive), whenever issued, in order of issue."""
    columns = [forecast.c[name] for name in Forecast.__dataclass_fields__]
    rows = connection.execute(
        select(*columns)
        .where(
            forecast.c.region.in_(list(regions)),
            forecast.c.pollutant == pollutant,
            forecast.c.for_date.between(first, last),
        )
        .order_by(forecast.c.issued_at, forecast.c.for_date, forecast.c.product, forecast.c.region)
    )
    return [Forecast(*row) for row in rows]


def days_forecast(connection: Connection, regions: Iterable[str]) -> list[tuple[str, date, date]]:
    """Of each product the first and the last day that any bulletin for the regions speaks of."""
    f = forecast.c
    rows = connection.execute(
        select(f.product, func.min(f.for_date), func.max(f.for_date))
        .where(f.region.in_(list(regions)))
        .group_by(f.product)
        .order_by(f.product)
    )
    return [(product, first, last) for product, first, last in rows]


def alerts_in_force(
    connection: Connection, regions: Iterable[str], pollutant: str, since: datetime, until: datetime
) -> list[Alert]:
    """Alerts of the regions in force at any moment from `since` to `until` (exclusive), in order of issue."""
    rows = connection.execute(
        select(*_ALERT)
        .where(
            alert.c.region.in_(list(regions)),
            alert.c.pollutant == pollutant,
            alert.c.issued_at < until,
            or_(alert.c.cleared_at.is_(None), alert.c.cleared_at > since),
        )
        .order_by(alert.c.issued_at, alert.c.region, alert.c.zone)
    )
    return [Alert(*row) for row in rows]
