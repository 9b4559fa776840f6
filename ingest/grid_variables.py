"""The variables of a netCDF grid: where its cells lie, when its fields hold, and in which unit they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from ingest.grid_cells import Axes, Floats

_LATITUDE, _LONGITUDE, _TIME = ("latitude", "lat"), ("longitude", "lon"), ("valid_time", "time")

# Units as written in files, and what makes ours of them: (factor, addend).
_CONVERSIONS: dict[str, dict[str, tuple[float, float]]] = {
    "ug/m3": {"kgm-3": (1e9, 0.0), "kg/m3": (1e9, 0.0), "ugm-3": (1.0, 0.0), "ug/m3": (1.0, 0.0)},
    "m/s": {"ms-1": (1.0, 0.0), "m/s": (1.0, 0.0)},
    "degC": {"K": (1.0, -273.15), "degC": (1.0, 0.0), "°C": (1.0, 0.0)},
    "Pa": {"Pa": (1.0, 0.0), "hPa": (100.0, 0.0)},
    "m": {"m": (1.0, 0.0)},
    "mm": {"m": (1000.0, 0.0), "mm": (1.0, 0.0)},
}


class GridProblem(ValueError):
    """A grid that cannot be read; the text does not name the file yet."""


def not_whole(error: Exception) -> str:
    """What to do about a file that the netCDF library cannot read."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return f"not a whole netCDF file ({reason}); fetch it again"


def axes_of(file: xr.Dataset) -> tuple[Axes, tuple[Hashable, Hashable]]:
    """The cells of a file, and the names of its dimensions from row to row and from column to column.

    Raises
    ------
    GridProblem
        Where latitude and longitude are not there, or are no grid.
    """
    lat, lon = _first(file, _LATITUDE), _first(file, _LONGITUDE)
    if lat is None or lon is None:
        names = ", ".join(map(str, file.data_vars))
        raise GridProblem(f"no latitude and longitude in it: {names[:200] or 'nothing'} cannot be placed")
    if lat.ndim == 2 and lat.dims == lon.dims:
        dims = (lat.dims[0], lat.dims[1])
    elif lat.ndim == lon.ndim == 1:
        dims = (lat.dims[0], lon.dims[0])
    else:
        raise GridProblem("latitude and longitude are no grid")
    axes = Axes(values(lat), values(lon))
    if min(axes.shape) < 2:
        raise GridProblem("the grid has a single row or column: how wide a cell is cannot be told")
    return axes, dims


def _first(file: xr.Dataset, names: Sequence[str]) -> xr.DataArray | None:
    return next((file[name] for name in names if name in file.variables), None)


def values(variable: xr.DataArray) -> Floats:
    """The numbers, read now."""
    try:
        return variable.to_numpy().astype(np.float64)
    except (OSError, RuntimeError) as error:
        raise GridProblem(not_whole(error)) from None


def surface(variable: xr.DataArray, dims: tuple[Hashable, Hashable]) -> xr.DataArray:
    """A variable as (time, row, column) or (row, column); dimensions of one step fall away.

    Raises
    ------
    GridProblem
        Where more is left than time and place: levels, lead times, members.
    """
    if not set(dims) <= set(variable.dims):
        raise GridProblem(f"{variable.name} is not on the grid: {_shape(variable)}")
    single = [one for one in variable.dims if variable.sizes[one] == 1 and one not in dims]
    plain = variable.isel(dict.fromkeys(single, 0))
    further = [one for one in plain.dims if one not in dims]
    if len(further) > 1:
        raise GridProblem(f"{_shape(variable)}: choose one field for each time")
    return plain.transpose(*further, *dims)


def conversion(variable: xr.DataArray, unit: str, said_unit: str | None) -> tuple[float, float]:
    """What makes our unit of the variable's: a factor and an addend.

    Parameters
    ----------
    said_unit : str, optional
        The unit to believe where the variable states none.

    Raises
    ------
    GridProblem
        For a unit that is not known, or not stated.
    """
    said = variable.attrs.get("units", said_unit)
    if said is None:
        raise GridProblem(f"{variable.name} states no unit; {unit} is stored: write its units into the file")
    found = _CONVERSIONS[unit].get(_plain(str(said)))
    if found is None:
        raise GridProblem(
            f"{variable.name} is in {said!r}, of which {unit} cannot be made: look at its units"
        )
    return found


def _plain(unit: str) -> str:
    """A unit as it is compared: "kg m**-3" and "kg m^-3" are kgm-3, either letter mu is u."""
    text = unicodedata.normalize("NFKC", unit).replace("μ", "u")
    return "".join(letter for letter in text if letter not in "*^ ")


def milliseconds(file: xr.Dataset, time: tuple[Hashable, ...]) -> list[int]:
    """The moments of the steps of a dimension of time (or of the only step, without one), Unix time in ms.

    Raises
    ------
    GridProblem
        Where no variable of time has as many.
    """
    steps = file.sizes[time[0]] if time else 1
    for name in _TIME:
        moments = file[name].to_numpy().reshape(-1) if name in file.variables else np.zeros(0)
        if np.issubdtype(moments.dtype, np.datetime64) and len(moments) == steps:
            return _milliseconds(moments)
    raise GridProblem("no time that fits its fields: a variable time or valid_time is wanted")


def _milliseconds(moments: npt.NDArray[Any]) -> list[int]:
    if np.isnat(moments).any():
        raise GridProblem("a time is missing")
    return [int(one) for one in moments.astype("datetime64[ms]").astype(np.int64)]


def day_of(file: xr.Dataset) -> date:
    """The day that a file of one day names in its attribute `date`."""
    said = str(file.attrs.get("date", ""))
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise GridProblem(f"its attribute date says {said!r}, which is no day") from None


def _shape(variable: xr.DataArray) -> str:
    return f"{variable.name} ({', '.join(f'{one}={n}' for one, n in variable.sizes.items())})"
