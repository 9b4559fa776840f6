"""What the source's past tells of the receptor beyond the receptor's own past and weather: `granger`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.granger import Granger, Past, granger
from analysis.own_past import order_of
from analysis.prewhiten import Floats, without_cycle
from analysis.turning import Ints, Spells
from report.answer import Answer, data_of_place, number
from report.question import NothingHeldError, Question
from report.regional import PlaceValues, hour_values
from report.stations_held import Desk
from report.transport_asked import Asked

NOT_HELD = "weather not held"

# Without these the weather is not known; the others are taken where they are held.
NEEDED = ("wind_u", "wind_v", "temperature")
VARIABLES = (*NEEDED, "dewpoint", "boundary_layer", "precipitation")
# Amounts that are mostly small and sometimes large: their logarithms.
SKEWED = ("boundary_layer", "precipitation")
# Of the hours that have to be known, so that weather does not decide which hours count.
KNOWN = 0.9
# A quarter of a day: the source's past in as many means as its lag has of them.
STEP = 6
# Order of trust: what is conditioned on the weather comes first.
WITH_WEATHER, WITHOUT = 1, 2


@dataclass(frozen=True)
class _Weather:
    """The weather at the receptor (hour, variable), less its cycle, and whose it is."""

    values: Floats
    told: Answer


def beyond_own_past(
    desk: Desk,
    receptor: Question,
    pair: tuple[Floats, Floats],
    phase: Ints,
    spells: Spells,
    asked: Asked,
) -> Answer:
    """The entry `granger` of `tests`: `pair` is source and receptor, less their cycle by `phase` (hour,)."""
    source, outcome = pair
    weather = _weather(desk, receptor, phase)
    step = min(STEP, asked.lag)
    past = Past(order_of(outcome), asked.lag // step * step, step)
    found = granger(source, outcome, weather.values, spells, past, asked.draws)
    return _told(found, past, weather.told, asked)


def _told(found: Granger, past: Past, weather: Answer, asked: Asked) -> Answer:
    return {
        "test": "granger",
        "statistic": number(found.f),
        "partial_r2": number(found.partial_r2),
        "p": number(found.p),
        "n": found.n,
        "order": found.own,
        "reach_hours": past.reach,
        "step_hours": past.step,
        "p_f": number(found.p_f),
        "wald": number(found.wald),
        "p_hac": number(found.p_hac),
        "source_known": number(found.source_known),
        "draws": asked.draws,
        "turns": found.shifts,
        "weather": weather,
        "trust": WITH_WEATHER if weather["held"] else WITHOUT,
    }


def _weather(desk: Desk, receptor: Question, phase: Ints) -> _Weather:
    """The receptor's weather of the first model that has what is needed; no column where none has."""
    for network in (one.id for one in desk.facts.networks.values() if one.answers_by == "model"):
        held: dict[str, PlaceValues] = {}
        for name in VARIABLES:
            place = _hours(desk, receptor, name, network) if desk.series(name) else None
            if place is not None:
                held[name] = place
            elif name in NEEDED:
                break
        else:
            return _Weather(_columns(held, phase), _whose(desk, held, network))
    return _Weather(np.empty((len(phase), 0)), {"held": False, "note": NOT_HELD})


def _hours(desk: Desk, receptor: Question, name: str, network: str) -> PlaceValues | None:
    asked = replace(receptor, pollutant=name, network=network, feed=None, basis="hourly", panel="all")
    try:
        place = hour_values(desk, asked)
    except NothingHeldError:
        return None
    return place if place.valid >= KNOWN * len(place.value) else None


def _columns(held: dict[str, PlaceValues], phase: Ints) -> Floats:
    """The variables and the speed of the wind, which airs a place from wherever it blows."""
    told = {
        name: np.log1p(np.maximum(place.value, 0.0)) if name in SKEWED else place.value
        for name, place in held.items()
    }
    speed = np.hypot(told["wind_u"], told["wind_v"])
    return np.column_stack([without_cycle(one, phase) for one in (*told.values(), speed)])


def _whose(desk: Desk, held: dict[str, PlaceValues], network: str) -> Answer:
    told = [data_of_place(desk, place)["attribution"] for place in held.values()]
    return {
        "held": True,
        "network": network,
        "variables": [*held, "wind_speed"],
        "attribution": sorted({line for one in told for line in one}),
        "note": "weather of a model at the receptor: the hour, the three before it, the mean of a day before",
    }
