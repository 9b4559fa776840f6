"""Which cells of a model's grid are kept: one point for each region and cell in which a station stands.

A cell's value is a mean over the cell, so the nearest cell is taken and nothing is interpolated. Two
stations of one city in one cell make one point: the count of a model's points says how much it knows there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from config.air import Station

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

_EARTH_KM = 6371.0
_STATIONS_AT_ONCE = 256  # times the cells of a curvilinear grid: some tens of MB
_ROUNDING = 1.01


@dataclass(frozen=True, eq=False)
class Axes:
    """The centres of a grid's cells, degrees north and east.

    Attributes
    ----------
    lat, lon : (ny,) and (nx,), or both (ny, nx) for a curvilinear grid; in any order, east to 180 or to 360.
    """

    lat: Floats
    lon: Floats

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Axes)
            and np.array_equal(self.lat, other.lat)
            and np.array_equal(self.lon, other.lon)
        )

    def __hash__(self) -> int:
        return hash((self.lat.tobytes(), self.lon.tobytes()))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.lat), self.lon.shape[-1]

    def at(self, y: Places, x: Places) -> tuple[Floats, Floats]:
        """The centres of some cells."""
        if self.lat.ndim == 2:
            return self.lat[y, x], self.lon[y, x]
        return self.lat[y], self.lon[x]

    def nearest(self, lat: Floats, lon: Floats) -> tuple[Places, Places]:
        """The cell whose centre is nearest to each place, however far that is."""
        if self.lat.ndim == 1:
            return _nearest_on(self.lat, lat), _nearest_on(self.lon, _turned(lon, self.lon))
        centres = np.nan_to_num(_on_sphere(self.lat, self.lon).reshape(-1, 3))
        asked = _on_sphere(lat, lon)
        parts = [
            np.argmax(asked[at : at + _STATIONS_AT_ONCE] @ centres.T, axis=1)
            for at in range(0, len(asked), _STATIONS_AT_ONCE)
        ]
        y, x = np.unravel_index(np.concatenate([np.zeros(0, np.intp), *parts]), self.shape)
        return y, x

    def reach_km(self, y: Places, x: Places) -> Floats:
        """How far the corner of a cell is from its centre."""
        rows, columns = self.shape
        centre = _on_sphere(*self.at(y, x))
        across = _km(centre, _on_sphere(*self.at(y, np.where(x + 1 < columns, x + 1, x - 1))))
        along = _km(centre, _on_sphere(*self.at(np.where(y + 1 < rows, y + 1, y - 1), x)))
        reach: Floats = np.hypot(across, along) / 2 * _ROUNDING
        return reach


@dataclass(frozen=True)
class Points:
    """The cells that are kept, in order of id: a station of ours each, and where its cell stands.

    Attributes
    ----------
    outside : int
        How many of the places lie in no cell of the grid.
    """

    stations: list[Station]
    y: Places
    x: Places
    outside: int

    @property
    def box(self) -> tuple[slice, slice]:
        """The rows and columns of the grid that hold all points."""
        rows, columns = ((int(at.min()), int(at.max()) + 1) for at in (self.y, self.x))
        return slice(*rows), slice(*columns)


def points(axes: Axes, network: str, places: Iterable[Station]) -> Points:
    """The points of a network's grid for places with coordinates."""
    asked = [one for one in places if one.lat is not None and one.lon is not None]
    lat = np.array([one.lat for one in asked], np.float64)
    lon = np.array([one.lon for one in asked], np.float64)
    y, x = axes.nearest(lat, lon)
    away = _km(_on_sphere(lat, lon), _on_sphere(*axes.at(y, x)))
    inside = np.flatnonzero(away <= axes.reach_km(y, x))
    held = Counter((asked[at].area, int(y[at]), int(x[at])) for at in inside.tolist())
    found = [(_point(axes, network, *cell, stations), *cell[1:]) for cell, stations in held.items()]
    found.sort(key=lambda one: one[0].id)
    return Points(
        [one[0] for one in found],
        np.array([one[1] for one in found], np.intp),
        np.array([one[2] for one in found], np.intp),
        len(asked) - len(inside),
    )


def _point(axes: Axes, network: str, area: str, y: int, x: int, stations: int) -> Station:
    lats, lons = axes.at(np.array([y]), np.array([x]))
    lat, lon = round(float(lats[0]), 3), round((float(lons[0]) + 180) % 360 - 180, 3)
    one = f"{network}-{area}-{lat:.3f}-{lon:.3f}"
    return Station(
        id=one,
        network=network,
        code=one,
        name=f"{network} {area} {lat:g}N {lon:g}E",
        area=area,
        kind="model",
        lat=lat,
        lon=lon,
        source=f"cell of the grid in which {stations} of the catalogue's stations stand",
        confidence="high",
    )


def _nearest_on(axis: Floats, wanted: Floats) -> Places:
    order = np.argsort(axis)
    ordered = axis[order]
    found: Places = order[np.searchsorted((ordered[1:] + ordered[:-1]) / 2, wanted)]
    return found


def _turned(lon: Floats, axis: Floats) -> Floats:
    """Degrees east as the axis counts them, to 180 or to 360."""
    first = axis.mean() - 180
    turned: Floats = first + (lon - first) % 360
    return turned


def _on_sphere(lat: Floats, lon: Floats) -> Floats:
    north, east = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1)


def _km(one: Floats, other: Floats) -> Floats:
    chord = np.linalg.norm(one - other, axis=-1)
    away: Floats = 2 * _EARTH_KM * np.arcsin(np.clip(chord / 2, 0, 1))
    return away
