"""The live sources, by id. A new one is one file in `ingest/sources/` and one line here."""

from __future__ import annotations

from ingest.bulletins import BulletinSource
from ingest.source import Source
from ingest.sources.airkorea import AirKorea
from ingest.sources.airkorea_alerts import ALERTS
from ingest.sources.airkorea_forecast import FORECAST, HIGH_FORECAST, WEEK_FORECAST
from ingest.sources.airkorea_stats import AirKoreaStats
from ingest.sources.cnemc import Cnemc
from ingest.sources.disaster_messages import MESSAGES
from ingest.sources.openaq import OpenAq
from ingest.sources.openmeteo import PARTICLES, WEATHER
from ingest.sources.seoul import Seoul
from ingest.sources.waqi import WAQI

_SOURCES: tuple[Source, ...] = (
    AirKorea(),
    AirKoreaStats(),
    Cnemc(),
    Seoul(),
    OpenAq(),
    PARTICLES,
    WEATHER,
)
SOURCES: dict[str, Source] = {source.spec.id: source for source in _SOURCES}

_BULLETINS: tuple[BulletinSource, ...] = (FORECAST, WEEK_FORECAST, HIGH_FORECAST, ALERTS, MESSAGES, WAQI)
# Those that bring documents and no hourly readings.
BULLETINS: dict[str, BulletinSource] = {source.spec.id: source for source in _BULLETINS}
