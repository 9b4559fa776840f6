"""The view people query by hand: readings with names, units and timestamps."""

from __future__ import annotations

READING_UTC = {
    "sqlite": """
CREATE VIEW reading_utc AS
SELECT station.name AS station, feed.network AS network, feed.name AS feed, series.pollutant AS pollutant,
       series.statistic AS statistic, series.period AS period,
       strftime('%Y-%m-%dT%H:%M:%SZ', (reading.day * 24 + reading.hour) * 3600, 'unixepoch') AS start_utc,
       reading.value AS value, series.unit AS unit, series.reference_state AS reference_state,
       reading.status AS status, reading.flags AS flags,
       strftime('%Y-%m-%dT%H:%M:%SZ', batch.received_at / 1000000, 'unixepoch') AS received_utc
FROM reading
JOIN series ON series.id = reading.series_id
JOIN station ON station.id = series.station_id
JOIN feed ON feed.id = series.feed_id
JOIN batch ON batch.id = reading.batch_id
""",
    "postgresql": """
CREATE VIEW reading_utc AS
SELECT station.name AS station, feed.network AS network, feed.name AS feed, series.pollutant AS pollutant,
       series.statistic AS statistic, series.period AS period,
       to_timestamp((reading.day::bigint * 24 + reading.hour) * 3600) AT TIME ZONE 'UTC' AS start_utc,
       reading.value AS value, series.unit AS unit, series.reference_state AS reference_state,
       reading.status AS status, reading.flags AS flags,
       to_timestamp(batch.received_at / 1000000.0) AT TIME ZONE 'UTC' AS received_utc
FROM reading
JOIN series ON series.id = reading.series_id
JOIN station ON station.id = series.station_id
JOIN feed ON feed.id = series.feed_id
JOIN batch ON batch.id = reading.batch_id
""",
}
