"""Forecasts and alerts by their time of issue: what a replay serves again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Table, select

from store.engine import Store
from store.forecasts import Alert, Forecast
from store.policy_tables import alert, forecast


class IssuedBook:
    """What a database holds of announcements."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def issued(self, product: str, since: datetime, until: datetime) -> list[Forecast]:
        """The forecasts of a product issued from `since` to before `until`, in the order they were kept."""
        rows = self._between(forecast, list(Forecast.__dataclass_fields__), since, until)
        return [one for one in (Forecast(*row) for row in rows) if one.product == product]

    def alerts(self, since: datetime, until: datetime) -> list[Alert]:
        """The alerts issued from `since` to before `until`, in order of issue."""
        rows = self._between(alert, list(Alert.__dataclass_fields__), since, until)
        return sorted((Alert(*row) for row in rows), key=lambda one: one.issued_at)

    def _between(self, table: Table, names: list[str], since: datetime, until: datetime) -> list[tuple]:  # type: ignore[type-arg]
        at = table.c.issued_at
        query = select(*(table.c[name] for name in names)).where(at >= since, at < until).order_by(table.c.id)
        with self._store.read() as connection:
            return [tuple(row) for row in connection.execute(query)]
