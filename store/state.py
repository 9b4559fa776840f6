"""The state of what is held, cheap to ask: two equal states give every question equal answers.

Readings, forecasts and alerts come with a batch; flags are judged without one, so a judgement leaves a mark
of its own. Catalogue files are no part of it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select, update

from store import schema

_JUDGED = "flags:judged"
_M = schema.meta


@dataclass(frozen=True)
class State:
    """What is held: `mark` differs where anything does; `changed_at` is aware, None for an empty database."""

    mark: str
    changed_at: datetime | None


def state(connection: Connection) -> State:
    """The state as this transaction sees it."""
    # One statement, because it is asked before every answer.
    b, version = schema.batch, schema.station_version
    newest = select(func.max(b.c.id)).scalar_subquery()
    told = (b.c.id, b.c.rows, b.c.new, b.c.changed, b.c.received_at)
    *counts, received_at, judged, stations = connection.execute(
        select(
            *(select(one).where(b.c.id == newest).scalar_subquery() for one in told),
            select(_M.c.value).where(_M.c.key == _JUDGED).scalar_subquery(),
            select(func.max(version.c.id)).scalar_subquery(),
        )
    ).one()
    moments = [] if received_at is None else [received_at]
    if judged is not None:
        moments.append(datetime.fromisoformat(judged.split()[0]))
    return State(f"{'-'.join(map(str, counts))}.{stations}.{judged}", max(moments, default=None))


def judged(connection: Connection) -> None:
    """Mark that flags have changed; `connection` is of `Store.write`."""
    # The moment alone could be the same for two judgements.
    value = f"{datetime.now(UTC).isoformat()} {uuid.uuid4().hex}"
    done = connection.execute(update(_M).where(_M.c.key == _JUDGED).values(value=value))
    if not done.rowcount:
        connection.execute(insert(_M).values(key=_JUDGED, value=value))
