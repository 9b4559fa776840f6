"""The weather of a region's days, where a model's is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.prewhiten import Floats
from report.question import NothingHeldError, Question
from report.regional import PlaceValues, day_values
from report.stations_held import Desk

VARIABLES = ("temperature", "dewpoint", "pressure", "wind_u", "wind_v", "boundary_layer")
# Without these a day's weather is not known.
NEEDED = ("temperature", "wind_u", "wind_v")
# Of the days that have to be known, so that weather does not decide which days count.
KNOWN = 0.9


@dataclass(frozen=True)
class Weather:
    """Day means of a model at a region's points.

    Attributes
    ----------
    values : (day, variable), NaN where not held.
    names : of the variables.
    """

    values: Floats
    names: tuple[str, ...]
    network: str
    read: tuple[PlaceValues, ...]


def weather_of(desk: Desk, question: Question, days: slice = slice(None)) -> Weather | None:
    """The weather of the question's days; None where too little of what is needed is held.

    `days` are those of which nine in ten have to be known.
    """
    if not all(desk.series(name) for name in NEEDED):
        return None
    for network in (one.id for one in desk.facts.networks.values() if one.answers_by == "model"):
        held: dict[str, PlaceValues] = {}
        for name in (*NEEDED, *(one for one in VARIABLES if one not in NEEDED)):
            place = _days(desk, question, name, network, days)
            if place is not None:
                held[name] = place
            elif name in NEEDED:
                break
        else:
            values = np.column_stack([place.value for place in held.values()])
            return Weather(values, tuple(held), network, tuple(held.values()))
    return None


def _days(desk: Desk, question: Question, name: str, network: str, days: slice) -> PlaceValues | None:
    asked = replace(question, pollutant=name, network=network, feed=None, basis="hourly", panel="all")
    try:
        place = day_values(desk, asked)
    except NothingHeldError:
        return None
    inside = place.value[days]
    return place if np.count_nonzero(~np.isnan(inside)) >= KNOWN * len(inside) else None
