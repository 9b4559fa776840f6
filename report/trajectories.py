"""`yellowsea trajectories`: the air that came to a place or left it, as a model computed it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from config.clock import civil
from config.facts import Facts
from report.answer import Answer, data_of_feeds
from report.question import NothingHeldError, QuestionError, span
from report.stations_held import Desk
from store.engine import Store
from store.trajectories import Held, Trajectory, starting

NEAR_KM = 50.0
_EARTH_KM = 6371.0
Angles = npt.NDArray[np.float64]

_EVER = ("1970-01-01", "2100-12-31")

METHOD = {
    "times": "moments, not means; `start` and `at` in the civil time of the region asked for, else UTC",
    "place": f"a start belongs to the region of the nearest station of the catalogue, up to {NEAR_KM:g} km",
    "units": "height in m above ground, age in hours from the start, below zero before it",
    "words": "where a model moved a parcel of air; one trajectory says nothing of how much it carried",
}


@dataclass(frozen=True)
class Asked:
    """Which trajectories: those that start in a region, or near (lat, lon), from `since` to `until`."""

    region: str | None = None
    near: tuple[float, float] | None = None
    within_km: float = NEAR_KM
    since: str | None = None
    until: str | None = None


def ask(store: Store, facts: Facts, asked: Asked) -> Answer:
    """The trajectories held, in order of start, with their points.

    Raises
    ------
    UnknownPlaceError, AmbiguousPlaceError
        For a region that there is not.
    QuestionError
        For both a region and a place, and for a span that cannot be understood.
    NothingHeldError
        Where no trajectory fits.
    """
    if asked.region is not None and asked.near is not None:
        raise QuestionError("give either --region or --near")
    with store.read() as connection:
        desk = Desk(connection, facts)
        place = desk.places.region(asked.region) if asked.region else None
        zone = place.zone if place else "UTC"
        first, end, _ = span(asked.since or _EVER[0], asked.until or _EVER[1], zone)
        held = starting(connection, first, end)
        homes = Homes(facts)
        areas = {one.id: homes.of(*_start(one.trajectory)) for one in held}
        found = [
            one
            for one in held
            if (place is None or place.id in desk.places.regions_of(areas[one.id] or ""))
            and (asked.near is None or _km(asked.near, _start(one.trajectory)) <= asked.within_km)
        ]
        if not found:
            listed = _held(held)
            raise NothingHeldError("no trajectory starts there and then", listed or None)
        feeds = [desk.feeds[feed] for feed in sorted({one.feed for one in found})]
        data = {**data_of_feeds(desk, feeds), "stations": 0, "capture": None}
    return {
        "question": {
            "region": place.id if place else None,
            "near": asked.near,
            "within_km": asked.within_km if asked.near else None,
            "from": first.astimezone(civil(zone)).isoformat() if asked.since else None,
            "to": end.astimezone(civil(zone)).isoformat() if asked.until else None,
            "to_is": "exclusive",
        },
        "method": METHOD,
        "data": data,
        "trajectories": [_told(one, areas[one.id], zone) for one in found],
    }


def _told(one: Held, home: str | None, zone: str) -> Answer:
    found = one.trajectory
    return {
        "id": one.id,
        "start": _local(found.start_at, zone),
        "region": home,
        "lat": found.lat,
        "lon": found.lon,
        "height_m": found.height,
        "direction": found.direction,
        "hours": found.hours,
        "model": found.model,
        "vertical": found.vertical,
        "travelled_km": round(_travelled(found), 1),
        "path": one.path,
        "sha256": found.sha256,
        "points": [
            {
                "at": _local(point.at, zone),
                "age": point.age,
                "lat": point.lat,
                "lon": point.lon,
                "height_m": point.height,
                **{name.lower(): value for name, value in zip(found.diagnostics, point.further, strict=True)},
            }
            for point in found.points
        ],
    }


class Homes:
    """The region of a place, by the nearest station of the catalogue."""

    def __init__(self, facts: Facts) -> None:
        newest = [versions[-1] for versions in facts.stations.values()]
        located = [one for one in newest if one.lat is not None and one.lon is not None]
        self._areas = [one.area for one in located]
        self._lat = np.radians([one.lat or 0.0 for one in located])
        self._lon = np.radians([one.lon or 0.0 for one in located])

    def of(self, lat: float, lon: float) -> str | None:
        """The area of the nearest station; None where it is farther than `NEAR_KM`."""
        away = _arc_km(self._lat, self._lon, np.radians(lat), np.radians(lon))
        nearest = int(np.argmin(away))
        return self._areas[nearest] if away[nearest] <= NEAR_KM else None


def _travelled(trajectory: Trajectory) -> float:
    """The length of the way over ground."""
    places = [(point.lat, point.lon) for point in trajectory.points]
    return sum(_km(one, other) for one, other in pairwise(places))


def _start(trajectory: Trajectory) -> tuple[float, float]:
    return trajectory.lat, trajectory.lon


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great circle between two places in degrees."""
    return float(_arc_km(*np.radians(one), *np.radians(other)))


def _arc_km(north: Angles, east: Angles, south: Angles, west: Angles) -> Angles:
    """Great circles between places in radians."""
    half = np.sin((north - south) / 2) ** 2 + np.cos(north) * np.cos(south) * np.sin((east - west) / 2) ** 2
    arc: Angles = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, half)))
    return arc


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(civil(zone)).isoformat()


def _held(held: Iterable[Held]) -> list[str]:
    starts = sorted(one.trajectory.start_at for one in held)
    return (
        [f"{len(starts)} trajectories that start {starts[0]:%Y-%m-%d} to {starts[-1]:%Y-%m-%d}"]
        if starts
        else []
    )
