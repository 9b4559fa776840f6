"""The same functions on what exceeds memory: station by station of a dask-backed array.

Arrays are `xarray.DataArray` with the dimensions station and time, regular in time, of numpy or of dask with
chunks of whole stations (`yellowsea export --format zarr` writes them so). A time axis in chunks would cut
runs and days in two, so it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from analysis.averages import HOURS, daily_means
from analysis.episodes import Profile, find_many

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def episode_table(array: xr.DataArray, profile: Profile) -> pd.DataFrame:
    """The episodes of every station, a chunk of stations in memory at a time.

    Parameters
    ----------
    array : DataArray (station, time)
        Time is the start of each period, UTC.
    profile : Profile
        Its periods are those of the array.

    Returns
    -------
    DataFrame
        The columns of `analysis.episodes.EPISODE` with `station` for the series; `start`, `end` and
        `peak_at` are times, `end` exclusive.

    Raises
    ------
    ValueError
        If the dimensions are others, or time is cut into chunks.
    """
    import pandas as pd

    times = array["time"].values
    step = np.timedelta64(profile.hours_per_step, "h")
    tables = [pd.DataFrame(find_many(part.values, profile)).assign(first=row) for row, part in _chunks(array)]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    station = array["station"].values[table["series"] + table["first"]]
    for name in ("start", "end", "peak_at"):
        table[name] = times[0] + table[name].to_numpy() * step
    return table.drop(columns=["series", "first"]).assign(station=station)


def day_means(array: xr.DataArray, needed: int) -> xr.Dataset:
    """Day means with valid capture, as lazy as the array is; see `analysis.averages.daily_means`.

    Parameters
    ----------
    array : DataArray (station, time)
        Hourly, from a civil midnight on, whole days.
    needed : int
        Valid hours a day needs of its 24.

    Returns
    -------
    Dataset
        `mean` (float64) and `n_valid` (int32), (station, day); `day` is the start of each civil day, UTC.
    """
    import xarray as xr

    _check(array)
    mean, n_valid = xr.apply_ufunc(
        lambda values: tuple(daily_means(values, needed)),
        array,
        input_core_dims=[["time"]],
        output_core_dims=[["day"], ["day"]],
        dask="parallelized",
        output_dtypes=[np.float64, np.int32],
        dask_gufunc_kwargs={"output_sizes": {"day": array.sizes["time"] // HOURS}},
    )
    days = array["time"].values[::HOURS]
    units = {"units": array.attrs.get("units", ""), "cell_methods": "time: mean"}
    return xr.Dataset({"mean": mean.assign_attrs(units), "n_valid": n_valid}).assign_coords(day=days)


def _chunks(array: xr.DataArray) -> Iterator[tuple[int, xr.DataArray]]:
    """Each chunk of stations with the number of its first one, loaded."""
    _check(array)
    sizes = array.chunksizes.get("station", (array.sizes["station"],))
    first = 0
    for size in sizes:
        yield first, array.isel(station=slice(first, first + size)).load()
        first += size


def _check(array: xr.DataArray) -> None:
    if array.dims != ("station", "time"):
        raise ValueError(f"an array (station, time) is needed, not {array.dims}")
    if len(array.chunksizes.get("time", (1,))) > 1:
        raise ValueError("time is cut into chunks, which would cut runs in two: array.chunk(time=-1) first")
