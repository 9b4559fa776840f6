"""The figures of one season of one region, and its difference from a baseline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from analysis.episodes import Profile, find
from analysis.seasons import block_bootstrap_difference, class_days, describe, longest_run
from config.air import ProfileFact
from config.facts import Facts
from report.answer import Answer, number
from report.dust import judge, rule_of
from report.episodes import DEFAULT_PROFILE
from report.measures import Ledger
from report.regional import SHARE, PlaceValues
from report.season_values import Reader
from report.season_windows import Window
from report.stations_held import Desk

Floats = npt.NDArray[np.float64]
COUNTS = ("good_days", "bad_days", "high_days", "heavy_days")
WEATHER = (
    "weather alone can produce most differences between two seasons; the interval is that of days drawn "
    "anew in blocks of a week, and it does not hold the weather of another year"
)

THIN = (
    f"not known: of a season of the comparison less than {SHARE:.0%} of the days are held; --through MM-DD "
    "compares seasons to date"
)


def classed(facts: Facts, country: str, counts_as: str, values: Floats, first: date) -> int | None:
    """How many valid days (or city-days) count as a class, each by the limit of its own date."""
    found: int | None = None
    days = np.datetime64(first, "D") + np.arange(values.shape[-1])
    for fact in _profiles(facts, country, counts_as):
        inside = np.array([fact.holds_on(day) for day in days.tolist()])
        if inside.any():
            n = class_days(values[..., inside], Profile.from_fact(fact))
            found = n if found is None else found + (n or 0)
    return found


def city_days(facts: Facts, country: str, values: PlaceValues | None, first: date) -> int | None:
    """The heavy days of all cities of a group; null where less than 75 % of them are held."""
    told = held_city_days(facts, country, values, first)
    return told["days"] if told and told["cities"] >= SHARE * told["of"] else None


def held_city_days(facts: Facts, country: str, values: PlaceValues | None, first: date) -> Answer | None:
    """The heavy days of the cities that are held, and how many of the group those are."""
    if values is None or values.parts is None:
        return None
    return {
        "cities": int(np.count_nonzero(~np.isnan(values.parts).all(axis=1))),
        "of": len(values.parts),
        "days": classed(facts, country, "heavy_days", values.parts, first),
    }


def _profiles(facts: Facts, country: str, counts_as: str) -> list[ProfileFact]:
    return [f for f in facts.profiles.values() if f.counts_as == counts_as and f.country == country]


def figures(
    desk: Desk,
    reader: Reader,
    window: Window,
    values: PlaceValues | None,
    only: frozenset[str] | None = None,
) -> Answer:
    """What is told of a season on a panel (`only`); null where the held data cannot give it."""
    facts, country = desk.facts, reader.template.country
    days = values.value if values else np.full(window.days, np.nan)
    told = describe(days)
    main = Profile.from_fact(facts.profiles[DEFAULT_PROFILE[country]])
    hours = reader.hours(window, only) if values else None
    known = told.n_valid > 0
    heavy = city_days(facts, country, values, window.first)
    return {
        "season": window.season.id,
        "name": window.season.name_en,
        "start": window.first.isoformat(),
        "end": window.last.isoformat(),
        "month": window.month,
        "days": window.days,
        "valid_days": told.n_valid,
        "mean": number(told.mean),
        "median": number(told.median),
        "p90": number(told.p90),
        "p98": number(told.p98),
        "max_hour": number(float(np.nanmax(hours.value))) if hours and hours.valid else None,
        **{one: classed(facts, country, one, days, window.first) for one in COUNTS},
        "heavy_city_days": heavy,
        "city_days_held": held_city_days(facts, country, values, window.first),
        "longest_run_days": longest_run(days, main),
        "episodes": len(find(days, main)) if known else None,
        "hours_above": _hours_above(hours, main.enter),
        **measure_days(desk, reader.template.region.id if reader.template.region else "", window),
        "capture": values.capture if values else None,
        "stations": values.panel.stations if values else 0,
        "kinds": sorted(values.panel.kinds) if values else [],
    }


def _hours_above(hours: PlaceValues | None, limit: float) -> int | None:
    if hours is None or not hours.valid:
        return None
    return int(np.count_nonzero(hours.value > limit))


def measure_days(desk: Desk, region: str, window: Window) -> Answer:
    """Dates with an emergency measure, and how far the list reaches.

    Null where there is no such scheme, or where the list does not reach the window at all; 0 before the first
    rule was in force.
    """
    ledger = Ledger(desk.facts, desk.places, region)
    through = ledger.known_through()
    held = through is not None and window.first <= through
    count = len(ledger.days(window.first, window.last)) if held else None
    return {
        "measure_days": count,
        "known_through": through.isoformat() if through else None,
        "measure_days_complete": count is not None and ledger.complete(window.first, window.last),
    }


def without_dust(facts: Facts, reader: Reader, window: Window, values: PlaceValues | None) -> Answer | None:
    """The mean without days of yellow dust, by the rule of the country; None where PM10 is not held."""
    rule = rule_of(facts, reader.template.country)
    if values is None or rule is None or reader.template.pollutant != "pm25":
        return None
    coarse = reader.other(window, "pm10")
    if coarse is None:
        return None
    dust = judge(rule, values, coarse)
    left = describe(np.where(dust.dusty, np.nan, values.value))
    return {
        "mean": number(left.mean),
        "dust_days": int(dust.dusty.sum()),
        "days_judged": int(dust.judged.sum()),
        "rule": rule.id,
        "title": rule.title,
        "confidence": rule.confidence,
    }


@dataclass(frozen=True)
class Base:
    """What a season is compared with: its name and the values of its windows."""

    name: str
    values: list[PlaceValues | None]


def change(values: PlaceValues | None, base: Base) -> Answer:
    """The difference of a season's mean from its baseline, with its interval; refused where states differ."""
    told: Answer = {"baseline": base.name, "difference": None, "percent": None, "low": None, "high": None}
    held = [one for one in base.values if one is not None and one.valid]
    if values is None or not values.valid or len(held) < len(base.values) or not held:
        return {**told, "note": "not known: a season of the comparison is not held"}
    if any(one.valid < SHARE * len(one.value) for one in (values, *held)):
        return {**told, "note": THIN}
    refused = _refusal([values, *held])
    if refused:
        return {**told, "note": refused}
    found = block_bootstrap_difference([one.value for one in held], values.value)
    kinds = {tuple(sorted(one.panel.kinds)) for one in (values, *held)}
    mixed = "; the seasons rest on different kinds of stations" if len(kinds) > 1 else ""
    return {
        "baseline": base.name,
        "difference": number(found.difference),
        "percent": number(found.percent),
        "low": number(found.low),
        "high": number(found.high),
        "note": WEATHER + mixed,
    }


def _refusal(values: Iterable[PlaceValues]) -> str | None:
    """Why means may not be subtracted: their volumes refer to different temperatures and pressures."""
    states = sorted({origin.reference_state for one in values for origin in one.origins})
    if len(states) < 2:
        return None
    return (
        f"refused: reference states differ ({' and '.join(states)}); a difference needs conversion with the "
        "temperature and pressure of each hour"
    )
