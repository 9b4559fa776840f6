"""Winters that never were: three sido, their forecasts, measures by the rule, a known effect or none.

The log of the day mean is a common first-order process with weather that the forecaster sees in part and
chance that nobody sees, and a smaller one of each sido. Measures follow the value of today and the forecast
of tomorrow as the rule of the capital area has it: today's 0-16 h mean above 50 and the forecast above 50,
or the forecast above 75, in two of three sido. What is stored of a forecast are its bounds, as in bulletins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.bounded import centre
from analysis.measure_days import Evenings

Floats = npt.NDArray[np.float64]

SIDO = 3
# Grades of the bulletin and the bulletin of more than 50, ug/m3.
EDGES = np.array([15.0, 35.0, 50.0, 75.0])
TODAY, TOMORROW, VERY_BAD = 50.0, 50.0, 75.0
_BEFORE = 30


@dataclass(frozen=True)
class World:
    """The air of a winter like 2018/19, logarithms of ug/m3 but for `days`.

    Attributes
    ----------
    level, swing : mean and yearly swing; `carried` of today's deviation is left tomorrow.
    weather : spread of what a forecaster can see coming; `chance` of what nobody can.
    forecast : spread of the forecast's common error, `forecast_own` of that of each sido.
    own, own_carried : the process of each sido.
    part_day : spread between the 0-16 h mean and the day's.
    """

    days: int = 121
    level: float = float(np.log(38.0))
    swing: float = 0.1
    carried: float = 0.6
    weather: float = 0.4
    chance: float = 0.2
    forecast: float = 0.15
    forecast_own: float = 0.07
    own: float = 0.12
    own_carried: float = 0.5
    part_day: float = 0.1


def winter(seed: int, effect: float = 0.0, world: World | None = None) -> Evenings:
    """One winter of the first sido; `effect` is added to the log of a measure day, -0.105 is -10 %.

    Only measures with vehicle rules (not on weekends) are of interest; the others are set aside.
    """
    of = world or World()
    rng = np.random.default_rng(seed)
    n = of.days + _BEFORE
    season = of.level + of.swing * np.cos(2 * np.pi * (np.arange(n) - _BEFORE - of.days / 3) / 365.25)
    common, own = np.zeros(n), np.zeros((SIDO, n))
    air, value, told = (np.full((SIDO, n), 20.0) for _ in range(3))
    measure = np.zeros(n, bool)
    for day in range(1, n):
        seen = of.carried * common[day - 1] + rng.normal(0, of.weather)
        error = rng.normal(0, of.forecast) + rng.normal(0, of.forecast_own, SIDO)
        told[:, day] = np.exp(season[day] + seen + of.own_carried * own[:, day - 1] + error)
        value[:, day] = air[:, day - 1] * np.exp(rng.normal(0, of.part_day, SIDO))
        measure[day] = _met(value[:, day], told[:, day]).sum() >= 2
        common[day] = seen + rng.normal(0, of.chance) + effect * measure[day]
        own[:, day] = of.own_carried * own[:, day - 1] + rng.normal(0, of.own, SIDO)
        air[:, day] = np.exp(season[day] + common[day] + own[:, day])
    free = np.arange(n) % 7 >= 5
    return _known(air[0], value[0], told, measure, free)


def _met(value: Floats, told: Floats) -> npt.NDArray[np.bool_]:
    met: npt.NDArray[np.bool_] = ((value > TODAY) & (told > TOMORROW)) | (told > VERY_BAD)
    return met


def _known(
    air: Floats, value: Floats, told: Floats, measure: npt.NDArray[np.bool_], free: npt.NDArray[np.bool_]
) -> Evenings:
    code = np.searchsorted(EDGES, told)
    above, up_to = np.append(-np.inf, EDGES)[code], np.append(EDGES, np.inf)[code]
    with np.errstate(divide="ignore"):
        partners = centre(np.where(above > 0, np.log(np.abs(above)), -np.inf), np.log(up_to))[1:].T
    kept = slice(_BEFORE, None)
    days = np.arange(len(air))[kept]
    return Evenings(
        int(days[0]),
        air[kept],
        value[kept],
        above[0][kept],
        up_to[0][kept],
        partners[kept],
        np.zeros((len(days), 0)),
        (measure & ~free)[kept],
        (measure & free)[kept],
        free[kept],
        (days - _BEFORE) // 31,
    )
