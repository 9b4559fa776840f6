"""What arrived when: by it can be told what was known at a moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from store.policy_tables import alert, forecast
from store.schema import batch


def newest_batch(connection: Connection) -> int:
    """The number of the newest batch, 0 where none is held: it moves when anything arrives."""
    return int(connection.execute(select(func.max(batch.c.id))).scalar() or 0)


def arrivals(connection: Connection, since: datetime, until: datetime) -> list[datetime]:
    """When batches were received from `since` to `until`, both inclusive, data time, in order."""
    found = connection.execute(
        select(batch.c.received_at)
        .where(batch.c.received_at >= since, batch.c.received_at <= until)
        .order_by(batch.c.received_at)
    )
    return list(found.scalars())


def issue_times(connection: Connection, pollutant: str, since: datetime, until: datetime) -> list[datetime]:
    """When bulletins of a pollutant were issued from `since` to `until`, both inclusive, in order."""
    found = connection.execute(
        select(forecast.c.issued_at)
        .distinct()
        .where(
            forecast.c.pollutant == pollutant, forecast.c.issued_at >= since, forecast.c.issued_at <= until
        )
        .order_by(forecast.c.issued_at)
    )
    return list(found.scalars())


def alerts_held(connection: Connection, pollutant: str, since: datetime, until: datetime) -> bool:
    """Whether a source gave any alert of a pollutant that was issued from `since` to `until`."""
    found = connection.execute(
        select(alert.c.issued_at)
        .where(alert.c.pollutant == pollutant, alert.c.issued_at >= since, alert.c.issued_at <= until)
        .limit(1)
    )
    return found.first() is not None
