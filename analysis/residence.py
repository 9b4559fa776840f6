"""Where air had been before it came to a place, cell by cell, and what the place measured then.

Potential source contribution function (PSCF; Ashbaugh et al. 1985) and concentration-weighted trajectories
(CWT; Seibert et al. 1994, Hsu et al. 2003). Arrays are (endpoint,) and (trajectory,); the order of
neither matters. The count, the raw value and the weight of a cell stand apart: a product of them hides
whether a low figure means clean air or too few ways.

Neither is a share of origin. A cell that air crosses on its way from a source looks like the source, and a
parcel at some height takes up nothing of the ground below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.prewhiten import Floats

Ints = npt.NDArray[np.int64]

_TURN = 360.0


class Cells(NamedTuple):
    """The cells in which any endpoint with a value lies, arrays (cell,), from south to north, west to east.

    Attributes
    ----------
    lat, lon : the middle of a cell, degrees.
    n : endpoints in it.
    m : those of trajectories whose value was above the criterion.
    trajectories : how many different ones cross it.
    pscf : m / n, 0 to 1.
    weight : W(n), 0 to 1.
    cwt : the mean value weighted by hours of residence, in the unit of the values.
    """

    lat: Floats
    lon: Floats
    n: Ints
    m: Ints
    trajectories: Ints
    pscf: Floats
    weight: Floats
    cwt: Floats


def residence(
    lat: Floats,
    lon: Floats,
    hours: Floats,
    trajectory: Ints,
    value: Floats,
    *,
    criterion: float,
    cell: float,
    steps: Mapping[int, float],
) -> Cells:
    """The cells that trajectories crossed, with PSCF, CWT, count and weight, each apart.

    Parameters
    ----------
    lat, lon : array (endpoint,)
        Degrees; any turn of the longitude.
    hours : array (endpoint,)
        The time that an endpoint stands for: the step of its trajectory.
    trajectory : array of int (endpoint,)
        The place of its trajectory in `value`.
    value : array (trajectory,)
        At the receptor; trajectories with NaN are not known and count nowhere.
    criterion : float
        Of a high value: above it.
    cell : float
        Degrees; cells begin at the equator and at Greenwich.
    steps : mapping
        Weight by the number of endpoints above which it holds, from 0 up.

    Raises
    ------
    ValueError
        If the arrays of endpoints differ in length, or the cell is no size.
    """
    if not len(lat) == len(lon) == len(hours) == len(trajectory):
        raise ValueError(
            f"{len(lat)} latitudes, {len(lon)} longitudes, {len(hours)} hours and {len(trajectory)} "
            "trajectories are not the same endpoints"
        )
    if not cell > 0:
        raise ValueError(f"a cell of {cell} degrees is no cell")
    measured = value[trajectory]
    known = ~np.isnan(measured)
    rows = np.floor(lat[known] / cell).astype(np.int64)
    columns = np.floor(((lon[known] + _TURN / 2) % _TURN - _TURN / 2) / cell).astype(np.int64)
    places, index = np.unique(np.column_stack([rows, columns]), axis=0, return_inverse=True)
    count = len(places)
    measured, stay = measured[known], hours[known]
    n = np.bincount(index, minlength=count)
    m = np.bincount(index[measured > criterion], minlength=count)
    ways = np.unique(np.column_stack([index, trajectory[known]]), axis=0)[:, 0]
    total = np.bincount(index, stay, count)
    middle: Floats = (places.astype(np.float64) + 0.5) * cell
    return Cells(
        middle[:, 0],
        middle[:, 1],
        n,
        m,
        np.bincount(ways, minlength=count),
        m / n,
        weights(n, steps),
        np.bincount(index, stay * measured, count) / total,
    )


def weights(n: Ints, steps: Mapping[int, float]) -> Floats:
    """W(n) of each count (cell,): that of the highest step below the count; 0 where none is."""
    above = np.array(sorted(steps))
    each = np.array([0.0, *(steps[one] for one in above.tolist())])
    return each[np.searchsorted(above, n, side="left")]


def percentile(value: Floats, arrival: Ints, share: float) -> float:
    """The value below which a share of the arrivals lies; several heights of one moment are one arrival.

    NaN without any known value.
    """
    known = ~np.isnan(value)
    _, first = np.unique(arrival[known], return_index=True)
    return float(np.quantile(value[known][first], share)) if len(first) else float("nan")
