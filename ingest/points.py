"""Places at which a model is asked: the middle of a sido's or a city's urban stations.

Computed from the catalogue's stations, so that adding a station or a region adds no second list.
"""

from __future__ import annotations

from functools import lru_cache
from statistics import fmean

from config.air import Station
from config.facts import Facts
from ingest.source import StationRef

# The sido of Korea, and the cities of the regions whose seasons and measures are asked about.
REGIONS = ("kr", "cn-jjj-2p26", "cn-jjj-2p36", "cn-yrd-31", "cn-yrd-41", "cn-liaoning", "cn-shandong")
# Degrees: finer than the models' grids (CAMS 0.4, ERA5 0.25), and a station more does not move the point.
DECIMALS = 1


@lru_cache(maxsize=1)
def points() -> tuple[StationRef, ...]:
    """One point a sido or city, in order of region; its code is the region's id."""
    facts = Facts()
    areas = sorted({member.member for member in facts.members if member.region in REGIONS})
    urban: dict[str, list[Station]] = {area: [] for area in areas}
    for versions in facts.stations.values():
        newest = versions[-1]
        if newest.kind == "urban" and newest.lat is not None and newest.area in urban:
            urban[newest.area].append(newest)
    return tuple(
        StationRef(
            code=area,
            name=f"{facts.regions[area].name_en} (model)",
            area=area,
            kind="model",
            lat=_middle([one.lat for one in stations]),
            lon=_middle([one.lon for one in stations]),
        )
        for area, stations in urban.items()
        if stations
    )


def _middle(degrees: list[float | None]) -> float:
    return round(fmean(one for one in degrees if one is not None), DECIMALS)
