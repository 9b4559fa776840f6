"""The lagged correlation of hours with wind from the source, and of the others: where wind is held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from analysis.averages import rolling_mean
from analysis.prewhiten import Floats
from report.answer import Answer, number
from report.question import NothingHeldError, Question
from report.regional import hour_values
from report.stations_held import Desk

NOT_HELD = "wind not held"

# The wind of the day before, of which three of four hours are known.
HOURS, NEEDED = 24, 18


def by_wind(
    desk: Desk, source: Question, receptor: Question, before: Floats, after: Floats, lag: int
) -> Answer:
    """Correlation at one lag for the receptor's hours with wind from the source's side, and the rest.

    `before` and `after` are prewhitened hours of source and receptor. The wind is the model's at the
    receptor, the mean of the day up to the hour, along the line from the source.
    """
    along = _along(desk, source, receptor)
    if along is None:
        return {"held": False, "note": NOT_HELD}
    wind, network = along
    wind = wind[lag:]
    pair = before[: len(before) - lag], after[lag:]
    return {
        "held": True,
        "network": network,
        "hours": lag,
        "from_source": _part(*pair, wind > 0),
        "from_elsewhere": _part(*pair, wind <= 0),
        "note": "wind of a model at the receptor, mean of 24 h, along the line from the source",
    }


def _part(before: Floats, after: Floats, chosen: npt.NDArray[np.bool_]) -> Answer:
    both = chosen & ~np.isnan(before) & ~np.isnan(after)
    n = int(np.count_nonzero(both))
    if n < HOURS or not (before[both].std() and after[both].std()):
        return {"r": None, "n": n}
    return {"r": number(np.corrcoef(before[both], after[both])[0, 1]), "n": n}


def _along(desk: Desk, source: Question, receptor: Question) -> tuple[Floats, str] | None:
    """The wind from the source towards the receptor, m/s (hour,), and whose it is."""
    line = _line(desk, source, receptor)
    if line is None:
        return None
    for network in (one.id for one in desk.facts.networks.values() if one.answers_by == "model"):
        try:
            u, v = (
                hour_values(desk, replace(receptor, pollutant=one, network=network, feed=None)).value
                for one in ("wind_u", "wind_v")
            )
        except NothingHeldError:
            continue
        return rolling_mean(u * line[0] + v * line[1], HOURS, NEEDED), network
    return None


def _line(desk: Desk, source: Question, receptor: Question) -> tuple[float, float] | None:
    """The unit vector (east, north) from one region's stations to the other's."""
    ends = [_centre(desk, one) for one in (source, receptor)]
    if ends[0] is None or ends[1] is None:
        return None
    (south, west), (north, east) = ends[0], ends[1]
    x = (east - west) * np.cos(np.radians((south + north) / 2))
    y = north - south
    length = float(np.hypot(x, y))
    return (float(x / length), float(y / length)) if length else None


def _centre(desk: Desk, question: Question) -> tuple[float, float] | None:
    """Mean latitude and longitude of a region's stations."""
    region = question.region.id if question.region else ""
    versions = [desk.places.version(one, question.first_day) for one in desk.places.in_areas([region])]
    placed = [(one.lat, one.lon) for one in versions if one.lat is not None and one.lon is not None]
    if not placed:
        return None
    lat, lon = np.mean(placed, axis=0)
    return float(lat), float(lon)
