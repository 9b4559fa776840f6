"""The series of a report as CF-netCDF: hours and civil days of places, in UTC.

Source: CF conventions 1.11 (names, cell methods, bounds).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from report.answer import Answer

if TYPE_CHECKING:
    import xarray as xr

_EPOCH = "seconds since 1970-01-01T00:00:00Z"
_STANDARD = {
    "pm25": "mass_concentration_of_pm2p5_ambient_aerosol_particles_in_air",
    "pm10": "mass_concentration_of_pm10_ambient_aerosol_particles_in_air",
}


def dataset(
    title: str, pollutant: str, places: Sequence[tuple[str, Answer | None, Answer | None]]
) -> xr.Dataset:
    """Places as (name, answer of days, answer of hours), NaN where nothing is held.

    Times are starts of the averaging period, with bounds; unit ug m-3.
    """
    import xarray as xr

    found = xr.Dataset()
    told = [one for _, *answers in places for one in answers if one is not None]
    for every, which in (("day", 1), ("hour", 2)):
        answers = [(place[0], place[which]) for place in places]
        held = [(name, one) for name, one in answers if isinstance(one, dict)]
        if held:
            found = found.merge(_of(every, pollutant, held))
    attribution = dict.fromkeys(line for one in told for line in one["data"]["attribution"])
    found.attrs = {
        "Conventions": "CF-1.11",
        "title": title,
        "source": "; ".join(attribution),
        "institution": "Yellow Sea, from the networks named in source",
        "comment": "means of places by the rules of each answer; what the readings cannot give is missing",
    }
    return found


def _of(every: str, pollutant: str, places: Sequence[tuple[str, Answer]]) -> xr.Dataset:
    """One variable (place, time) of days or hours, and the stations behind it."""
    import xarray as xr

    spans = sorted(
        {(_second(row["start"]), _second(row["end"])) for _, one in places for row in one["values"]}
    )
    at = {span: n for n, span in enumerate(spans)}
    values = np.full((len(places), len(spans)), np.nan)
    stations = np.zeros((len(places), len(spans)), np.int32)
    for index, (_, one) in enumerate(places):
        for row in one["values"]:
            n = at[_second(row["start"]), _second(row["end"])]
            values[index, n] = np.nan if row["value"] is None else row["value"]
            stations[index, n] = row["stations"]
    time, place = f"time_{every}", "place"
    attrs = {
        "long_name": f"mean of {pollutant} by {every}",
        "units": "ug m-3",
        "cell_methods": f"{time}: mean {place}: mean",
        "ancillary_variables": f"stations_{every}",
        **({"standard_name": _STANDARD[pollutant]} if pollutant in _STANDARD else {}),
    }
    return xr.Dataset(
        {
            f"{pollutant}_{every}": ((place, time), values, attrs),
            f"stations_{every}": (
                (place, time),
                stations,
                {"long_name": f"stations behind {pollutant}_{every}", "units": "1"},
            ),
            f"{time}_bounds": ((time, "bounds"), np.array(spans, np.int64)),
        },
        coords={
            place: (place, [name for name, _ in places], {"long_name": "region or station"}),
            time: (
                time,
                np.array([span[0] for span in spans], np.int64),
                {
                    "standard_name": "time",
                    "units": _EPOCH,
                    "calendar": "standard",
                    "axis": "T",
                    "bounds": f"{time}_bounds",
                    "long_name": "start of the averaging period",
                },
            ),
        },
    )


def _second(text: str) -> int:
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp())
