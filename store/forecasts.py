"""Forecasts and alerts as the sources gave them, each with its issue time; never overwritten by later ones.

A forecast of a day mean is kept as what it says of the value: above `above`, not above `up_to`, in ug/m3.
The four grades of a bulletin are such bounds; the separate forecast of more than 50 is one bound.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
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


def put_forecasts(connection: Connection, rows: Iterable[Forecast], batch: int) -> int:
    """Keep what is not held yet; returns how many are new. A bulletin that is held is never changed.

    Of two rows of one bulletin for one day the first stands.
    """
    names = ("product", "region", "pollutant", "issued_at", "for_date")
    new: dict[tuple[object, ...], dict[str, object]] = {}
    for row in rows:
        wanted = tuple(getattr(row, name) for name in names)
        same = [forecast.c[name] == value for name, value in zip(names, wanted, strict=True)]
        if wanted not in new and not connection.execute(select(forecast.c.id).where(*same)).first():
            new[wanted] = {**asdict(row), "batch_id": batch}
    if new:
        connection.execute(insert(forecast), list(new.values()))
    return len(new)


def put_alerts(connection: Connection, rows: Iterable[Alert], batch: int) -> int:
    """Keep new alerts, and the clearing of those held; returns how many were new or cleared."""
    touched = 0
    for row in rows:
        same = and_(
            alert.c.region == row.region,
            alert.c.zone == row.zone,
            alert.c.pollutant == row.pollutant,
            alert.c.level == row.level,
            alert.c.issued_at == row.issued_at,
        )
        held = connection.execute(select(alert.c.cleared_at).where(same)).first()
        if held is None:
            connection.execute(insert(alert).values(**asdict(row), batch_id=batch))
        elif held.cleared_at is None and row.cleared_at is not None:
            cleared = {"cleared_at": row.cleared_at, "cleared_value": row.cleared_value, "batch_id": batch}
            connection.execute(alert.update().where(same).values(cleared))
        else:
            continue
        touched += 1
    return touched


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


def alerts_in_force(
    connection: Connection, regions: Iterable[str], pollutant: str, since: datetime, until: datetime
) -> list[Alert]:
    """Alerts of the regions in force at any moment from `since` to `until` (exclusive), in order of issue."""
    columns = [alert.c[name] for name in Alert.__dataclass_fields__]
    rows = connection.execute(
        select(*columns)
        .where(
            alert.c.region.in_(list(regions)),
            alert.c.pollutant == pollutant,
            alert.c.issued_at < until,
            or_(alert.c.cleared_at.is_(None), alert.c.cleared_at > since),
        )
        .order_by(alert.c.issued_at, alert.c.region, alert.c.zone)
    )
    return [Alert(*row) for row in rows]
