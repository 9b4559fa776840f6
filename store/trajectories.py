"""Trajectories of air as a model computed them: an index of where and when each began, and its points.

The points are kept whole and compressed; what is asked of them is asked of the index.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    insert,
    select,
)

from store import schema
from store.schema import IdType, UtcMoment, metadata

trajectory = Table(
    "trajectory",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("batch_id", ForeignKey("batch.id"), nullable=False, index=True),
    Column("sha256", String, nullable=False, doc="of the file"),
    Column("number", Integer, nullable=False, doc="of the trajectory within its file"),
    Column("start_at", UtcMoment, nullable=False, index=True),
    Column("lat", Double, nullable=False, doc="where it starts"),
    Column("lon", Double, nullable=False),
    Column("height", Double, nullable=False, doc="m above ground, or as the model was asked"),
    Column("direction", String, nullable=False, doc="backward or forward"),
    Column("hours", Double, nullable=False, doc="its length"),
    Column("model", String, nullable=False, doc="the meteorology that moved it"),
    Column("vertical", String, nullable=False, doc="how it moved vertically"),
    Column("points", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    UniqueConstraint("sha256", "number"),
)

_INDEX = [one for one in trajectory.columns if one.name not in ("packed", "points", "batch_id", "id")]


@dataclass(frozen=True)
class Point:
    """Where the air was: an aware moment, hours since the start (below zero: before), degrees, metres.

    `further` holds what else the model told of it, in the order of `Trajectory.diagnostics`.
    """

    at: datetime
    age: float
    lat: float
    lon: float
    height: float
    further: tuple[float, ...] = ()


@dataclass(frozen=True)
class Trajectory:
    """One trajectory; `start_at` is aware, `height` in m, `hours` its length without sign."""

    sha256: str
    number: int
    start_at: datetime
    lat: float
    lon: float
    height: float
    direction: str
    hours: float
    model: str
    vertical: str
    diagnostics: tuple[str, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Held:
    """A trajectory as it is held: with its id, and the file and the feed it came from."""

    id: int
    path: str
    feed: str
    trajectory: Trajectory


def put(connection: Connection, found: Iterable[Trajectory], batch_id: int) -> int:
    """Keep the trajectories of a file that are not held; returns how many points are new."""
    new = 0
    for one in found:
        same = (trajectory.c.sha256 == one.sha256, trajectory.c.number == one.number)
        if connection.execute(select(trajectory.c.id).where(*same)).first() is None:
            row = {column.name: getattr(one, column.name) for column in _INDEX}
            row |= {"batch_id": batch_id, "points": len(one.points), "packed": _packed(one)}
            connection.execute(insert(trajectory).values(row))
            new += len(one.points)
    return new


def starting(connection: Connection, since: datetime, until: datetime) -> list[Held]:
    """What starts from `since` to before `until`, in order of start, place and height."""
    t, b, f = trajectory, schema.batch, schema.feed
    query = (
        select(t.c.id, b.c.path, f.c.name, t.c.packed, *_INDEX)
        .join(b, b.c.id == t.c.batch_id)
        .join(f, f.c.id == b.c.feed_id)
        .where(t.c.start_at >= since, t.c.start_at < until)
        .order_by(t.c.start_at, t.c.lat, t.c.lon, t.c.height, t.c.id)
    )
    rows = connection.execute(query)
    return [Held(int(row[0]), row[1], row[2], _unpacked(row[3], row[4:])) for row in rows]


def _packed(one: Trajectory) -> bytes:
    """The points as compressed JSON: read alike by every version and every other program."""
    points = [{**asdict(point), "at": point.at.isoformat()} for point in one.points]
    return zlib.compress(json.dumps({"diagnostics": one.diagnostics, "points": points}).encode(), 9)


def _unpacked(packed: bytes, index: Sequence[object]) -> Trajectory:
    told = json.loads(zlib.decompress(packed))
    points = tuple(
        Point(**{**one, "at": datetime.fromisoformat(one["at"]), "further": tuple(one["further"])})
        for one in told["points"]
    )
    named = dict(zip((column.name for column in _INDEX), index, strict=True))
    return Trajectory(**named, diagnostics=tuple(told["diagnostics"]), points=points)  # type: ignore[arg-type]
