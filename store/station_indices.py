"""Index values of stations as a network shows them: grades on a scale, never concentrations.

WAQI publishes sub-indices on the United States scale. They are kept apart from readings, so that no mean of
concentrations can ever take one in.
"""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKey, String, Table, UniqueConstraint

from store.schema import IdType, UtcMoment, metadata

station_index = Table(
    "station_index",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("network", String, nullable=False),
    Column("station", String, nullable=False, doc="the network's own id of it"),
    Column("title", String, nullable=False, doc="as the network names it"),
    Column("lat", Double),
    Column("lon", Double),
    Column("scheme", String, nullable=False, doc="the scale, as `yellowsea indices --scheme` names it"),
    Column("pollutant", String, nullable=False, doc="of a sub-index; `all` for the index of the station"),
    Column("at", UtcMoment, nullable=False, doc="the hour that the network tells"),
    Column("value", Double, doc="null where the network shows none"),
    Column("batch_id", ForeignKey("batch.id"), nullable=False, index=True),
    UniqueConstraint("network", "station", "scheme", "pollutant", "at", name="uq_station_index_identity"),
)
