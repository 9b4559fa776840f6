"""How transport is asked, and the stretches of days within which it is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from analysis.episodes import Profile
from analysis.turning import DAY, Spells
from config.facts import Facts
from report.question import Question, QuestionError
from report.season_windows import scheme

Within = Literal["all", "season"]
WITHIN: tuple[Within, Within] = ("all", "season")

# A quarter of a year: short enough to be one season, long enough to be turned by many days.
QUARTER_DAYS = 91


@dataclass(frozen=True)
class Asked:
    """How transport is asked.

    Attributes
    ----------
    profile : the hourly rule of an onset, applied to running means.
    mean_hours : hours of the running mean, trailing.
    lag : longest lag, hours.
    lead : shortest and longest hours between the source's high hours and an onset.
    within : all days, or those of the seasons of the receptor's country.
    draws : of the bootstrap and of the turns.
    """

    profile: Profile
    mean_hours: int = 6
    lag: int = 72
    lead: tuple[int, int] = (12, 48)
    within: Within = "all"
    draws: int = 1000

    def __post_init__(self) -> None:
        if self.profile.every != "hour":
            raise QuestionError(f"onsets are those of hours: {self.profile.id} is a profile of days")
        if not 1 <= self.mean_hours <= DAY or not 0 < self.lag <= 7 * DAY:
            raise QuestionError("--mean-hours is 1 to 24, --lag 1 to 168")
        if not 0 <= self.lead[0] < self.lead[1] <= 7 * DAY:
            raise QuestionError("--lead goes from the shorter to the longer, at most 168: 12-48")
        if not 99 <= self.draws <= 20_000:
            raise QuestionError("--draws is 99 to 20000: fewer give no p below 0.05 that holds")


def spells_of(facts: Facts, receptor: Question, within: Within) -> Spells:
    """Slices of the hours of a question, each of whole civil days.

    All days are cut into equal pieces of about a quarter; `season` gives the part of each season of the
    receptor's country that lies in the span.
    """
    first, last = receptor.first_day, receptor.last_day
    if within == "season":
        return _seasons(facts, receptor.country, first, last)
    days = (last - first).days + 1
    edges = np.linspace(0, days, max(1, round(days / QUARTER_DAYS)) + 1).round().astype(int)
    return [slice(a * DAY, b * DAY) for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)]


def _seasons(facts: Facts, country: str, first: date, last: date) -> Spells:
    system = scheme(facts, country)
    windows = [system.window(year) for year in range(first.year - 1, last.year + 1)]
    cut = [(max(a, first), min(b, last)) for a, b in windows]
    return [slice((a - first).days * DAY, ((b - first).days + 1) * DAY) for a, b in cut if a <= b]
