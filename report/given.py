"""Profiles, lags and seasons as people give them, for the command line and over HTTP alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from analysis.episodes import Profile
from analysis.profile import Level
from config.facts import Facts
from report.episodes import profile_of
from report.question import Question, QuestionError
from report.season_names import season_of
from report.season_windows import years as understood

CHOICES = {
    "op": (">", ">=", "<", "<="),
    "every": ("hour", "day"),
    "order": ("merge-first", "filter-first"),
    "level": ("value", "percentile", "deviation"),
}
# An onset without a profile of its own: the one statutory rule of hours that begins once and ends clearly.
ONSET_PROFILE = "kr-advisory"


def episode_profile(
    facts: Facts, question: Question, name: str | None, enter: float | None, spot: Mapping[str, Any]
) -> tuple[Profile, int]:
    """The profile asked for, and the least duration in hours where the profile itself cannot say it.

    Parameters
    ----------
    spot : mapping
        `exit`, `op`, `every`, `min-hours`, `max-gap`, `order` and `level` of a profile given on the spot.

    Raises
    ------
    QuestionError, ProfileError
    """
    if enter is not None and name is not None:
        raise QuestionError("give either --profile or --enter")
    if enter is not None:
        return _on_the_spot(enter, spot)
    given = [f"--{option}" for option, value in spot.items() if value is not None]
    if given:
        raise QuestionError(f"{given[0]} belongs to a profile given on the spot: give --enter too")
    return profile_of(facts, question, name), 0


def _on_the_spot(enter: float, spot: Mapping[str, Any]) -> tuple[Profile, int]:
    for option, choices in CHOICES.items():
        if spot.get(option) not in (None, *choices):
            raise QuestionError(f"--{option} is one of {', '.join(choices)}, not {spot[option]}")
    least, gap = spot["min-hours"] or 0, spot["max-gap"] or 0
    if least < 0 or gap < 0:
        raise QuestionError("--min-hours and --max-gap are not negative")
    every: Literal["hour", "day"] = spot["every"] or "hour"
    order: Literal["merge-first", "filter-first"] = spot["order"] or "merge-first"
    level: Level = spot.get("level") or "value"
    step = 24 if every == "day" else 1
    # With an exit, a profile's min_count is about the onset; the duration is looked at afterwards.
    with_exit = spot["exit"] is not None
    if with_exit and order == "filter-first" and least > step and gap >= step:
        raise QuestionError(
            "with --exit, short episodes are dropped after gaps are bridged: leave --order filter-first out"
        )
    profile = Profile(
        id="given",
        every=every,
        op=spot["op"] or ">",
        enter=enter,
        exit=spot["exit"],
        min_count=1 if with_exit else max(1, -(-least // step)),
        max_gap=gap // step,
        order=order,
        level=level,
    )
    return profile, least if with_exit else 0


def onset_profile(
    facts: Facts, pollutant: str, name: str | None, enter: float | None, max_gap: int | None
) -> Profile:
    """The hourly rule of an onset: of the catalogue, or hours above a value given on the spot."""
    if enter is None:
        if max_gap is not None:
            raise QuestionError("--max-gap belongs to an onset given on the spot: give --enter too")
        if name is None and pollutant != "pm25":
            raise QuestionError(f"{ONSET_PROFILE} is a rule of PM2.5: give --enter for {pollutant}")
        name = name or ONSET_PROFILE
        if name not in facts.profiles:
            raise QuestionError(f"no profile is called {name!r}; there are {', '.join(facts.profiles)}")
        return Profile.from_fact(facts.profiles[name])
    if name is not None:
        raise QuestionError("give either --profile or --enter")
    if (max_gap or 0) < 0:
        raise QuestionError("--max-gap is not negative")
    return Profile(id="given", every="hour", op=">", enter=enter, max_gap=max_gap or 0)


def share_level(facts: Facts, name: str | None, given: float | None) -> float | None:
    """The value above which stations are counted: given, or the catalogue profile's; None for means."""
    if given is not None or name is None:
        return given
    return facts.profiles[name].share_above if name in facts.profiles else None


def lead_hours(text: str, option: str = "--lead") -> tuple[int, int]:
    """The shorter and the longer lead of `12-48`, hours."""
    first, _, last = text.partition("-")
    if not (first.isdecimal() and last.isdecimal()):
        raise QuestionError(f"{option} {text}: write the shorter and the longer, in hours: 12-48")
    return int(first), int(last)


def season_years(facts: Facts, country: str, years: str | None, named: Sequence[str]) -> tuple[int, ...]:
    """The years in which the seasons begin, of `2018-2024` or of seasons as people name them."""
    if (years is None) == (not named):
        raise QuestionError("give either --years, such as 2018-2024, or --season, such as 6th")
    if years is not None:
        return tuple(understood(years))
    return tuple(sorted({season_of(facts, country, one).start.year for one in named}))
