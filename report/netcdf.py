"""Readings and means as netCDF with CF conventions: series by time, for xarray, R, NCO and Panoply.

https://cfconventions.org/ ; time is the start of the averaging period, UTC, with bounds for means.
"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from report.answer import Answer

if TYPE_CHECKING:
    import xarray as xr

_EPOCH = "seconds since 1970-01-01 00:00:00"
# What identifies a series of readings.
_SERIES = ("station", "feed", "pollutant", "statistic", "period")


def as_netcdf(answer: Answer, rows: str) -> bytes:
    """An answer of readings or of means as a netCDF-4 file.

    Parameters
    ----------
    rows : str
        The key of its rows: `readings`, or `values` with `start`, `end` and `value`.
    """
    dataset = _readings(answer) if rows == "readings" else _means(answer)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answer.nc"
        dataset.to_netcdf(path, engine="netcdf4", format="NETCDF4")
        return path.read_bytes()


def _means(answer: Answer) -> xr.Dataset:
    """The means of a place: dimension time."""
    import xarray as xr

    rows = answer["values"]
    asked = answer["question"]
    place = asked["region"] or ", ".join(asked["stations"])
    start = _seconds([row["start"] for row in rows])
    bounds = np.stack([start, _seconds([row["end"] for row in rows])], axis=1)
    value = _floats([row["value"] for row in rows])
    variables: dict[str, Any] = {
        "time": ("time", start, _time() | {"bounds": "time_bounds"}),
        "time_bounds": (("time", "bound"), bounds),
        asked["pollutant"]: (
            "time",
            value,
            {
                "units": answer["method"]["unit"].replace("ug/m3", "ug m-3"),
                "long_name": f"mean of {asked['pollutant']}, {place}",
                "cell_methods": "time: mean",
                "ancillary_variables": "n capture stations",
            },
        ),
        "n": ("time", _floats([row["n"] for row in rows]), {"units": "1", "long_name": "valid values"}),
        "capture": (
            "time",
            _floats([row["capture"] for row in rows]),
            {"units": "1", "long_name": "share of the expected values that are valid"},
        ),
        "stations": ("time", _floats([row["stations"] for row in rows]), {"units": "1"}),
    }
    return xr.Dataset(variables, attrs=_about(answer, f"Means of {asked['pollutant']}, {place}"))


def _readings(answer: Answer) -> xr.Dataset:
    """The readings: dimensions series and time; NaN with a status where missing, or where none is held."""
    import xarray as xr

    rows = answer["readings"]
    series = sorted({tuple(row[key] for key in _SERIES) for row in rows})
    starts = _seconds([row["start"] for row in rows])
    times, column = np.unique(starts, return_inverse=True)
    place = {one: index for index, one in enumerate(series)}
    at = np.array([place[tuple(row[key] for key in _SERIES)] for row in rows])
    meanings = ["not held", *sorted({row["status"] for row in rows})]
    codes = {name: code for code, name in enumerate(meanings)}
    value = np.full((len(series), len(times)), np.nan)
    status = np.zeros(value.shape, np.int8)
    flags = np.zeros(value.shape, np.int32)
    value[at, column] = _floats([row["value"] for row in rows])
    status[at, column] = [codes[row["status"]] for row in rows]
    flags[at, column] = [row["flags"] for row in rows]
    pollutant = answer["question"]["pollutant"]
    units = answer["method"]["units"]
    variables: dict[str, Any] = {
        "time": ("time", times, _time()),
        **{
            key: ("series", np.array([one[index] for one in series], object))
            for index, key in enumerate(_SERIES)
        },
        "unit": ("series", np.array([units[f"{one[1]} {one[2]}"] for one in series], object)),
        pollutant: (
            ("series", "time"),
            value,
            {
                "long_name": f"mean of {pollutant}",
                "units": _one_unit({units[f"{one[1]} {one[2]}"] for one in series}),
                "cell_methods": "time: mean",
                "ancillary_variables": "status quality_flags",
            },
        ),
        "status": (
            ("series", "time"),
            status,
            {
                "flag_values": np.arange(len(meanings), dtype=np.int8),
                "flag_meanings": " ".join(one.replace(" ", "_") for one in meanings),
            },
        ),
        "quality_flags": (("series", "time"), flags, {"long_name": "bits of doubt; 0 is none"}),
    }
    return xr.Dataset(
        variables, attrs=_about(answer, f"Readings of {pollutant}") | {"featureType": "timeSeries"}
    )


def _time() -> dict[str, str]:
    return {
        "standard_name": "time",
        "units": _EPOCH,
        "calendar": "standard",
        "long_name": "start of the averaging period, UTC",
    }


def _one_unit(units: set[str]) -> str:
    """The unit where there is one; of several each series has its own in `unit`."""
    return units.pop().replace("ug/m3", "ug m-3") if len(units) == 1 else "1"


def _about(answer: Answer, title: str) -> dict[str, str]:
    data = answer["data"]
    return {
        "Conventions": "CF-1.11",
        "title": title,
        "source": ", ".join(data["feeds"]) or "none",
        "references": "; ".join(data["attribution"]) or "none",
        "comment": "; ".join(data["notes"]) if data.get("notes") else "none",
        "yellowsea": json.dumps({key: answer[key] for key in ("question", "method", "data")}, default=str),
    }


def _seconds(times: list[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array([int(datetime.fromisoformat(one).astimezone(UTC).timestamp()) for one in times], np.int64)


def _floats(values: list[float | None]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([np.nan if one is None else one for one in values], np.float64)
