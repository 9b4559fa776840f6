"""The difference of two seasons with the weather taken out, where the weather of all their days is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from analysis.interrupted import WEEK, Window
from analysis.prewhiten import Floats
from analysis.seasons import block_bootstrap_difference
from report.answer import Answer, number
from report.effect_weather import weather_of
from report.question import NothingHeldError
from report.regional import day_values
from report.season_values import Reader
from report.season_windows import Window as Season
from report.stations_held import Desk

# Forests are told of stretches of so many weeks that they have not seen.
STRETCH = Window(before=8, after=8, donut=0)
NOTE = (
    "weekly means less what a random forest makes of weather, season and weekday (Grange and Carslaw 2019); "
    "95 %: weeks drawn anew"
)


def adjusted(desk: Desk, reader: Reader, season: Season, bases: list[Season]) -> Answer | None:
    """The difference in percent with the weather taken out; None where it is not stored, or too few days are.

    Read are all days from the first season of the comparison to the end of the last, so that the forest sees
    every time of year.
    """
    if not bases:
        return None
    first, last = min(one.first for one in (*bases, season)), max(one.last for one in (*bases, season))
    every = Season(season.season, first, last)
    asked = replace(every.question(reader.template), basis=reader.basis, panel="all", only=None)
    weather = weather_of(desk, asked)
    if weather is None:
        return None
    from analysis.weather_normal import normalise  # a small question must not wait for it

    try:
        days = day_values(desk, asked).value
    except NothingHeldError:
        return None
    start = (season.first - every.first).days
    series = normalise(np.arange(len(days), dtype=np.float64), days, weather.values, start, STRETCH)
    if series is None:
        return None

    def weeks(of: Season) -> Floats:
        begin, end = (_week(day, season.first) for day in (of.first, of.last))
        return series.value[(series.week >= begin) & (series.week < end)]

    found = block_bootstrap_difference([weeks(one) for one in bases], weeks(season), block=1)
    share = [100 * float(np.expm1(one)) for one in (found.difference, found.low, found.high)]
    return {
        "percent": number(share[0]),
        "low": number(share[1]),
        "high": number(share[2]),
        "explained": series.fit,
        "weather": list(weather.names),
        "network": weather.network,
        "note": NOTE,
    }


def _week(day: date, start: date) -> int:
    return (day - start).days // WEEK
