"""The live sources, by id. A new one is one file in `ingest/sources/` and one line here."""

from __future__ import annotations

from ingest.source import Source
from ingest.sources.airkorea import AirKorea
from ingest.sources.cnemc import Cnemc

SOURCES: dict[str, Source] = {source.spec.id: source for source in (AirKorea(), Cnemc())}
