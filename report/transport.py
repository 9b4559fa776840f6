"""`yellowsea transport`: indicators of transport between two regions, both ways, with their base rates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from analysis.averages import rolling_mean
from analysis.capture import parts_needed
from analysis.episodes import Profile, find
from analysis.onset_lead import Lead, onset_lead, preceded
from analysis.prewhiten import Floats, without_cycle
from analysis.transport import Lags, Search, lag_search, lagged, prewhitened
from analysis.turning import DAY, Ints, Spells
from config.facts import Facts
from report.answer import Answer, data_of_place, method_of_place, number
from report.question import Question, QuestionError
from report.regional import SHARE, PlaceValues, hour_values
from report.stations_held import Desk
from report.transport_asked import Asked, spells_of
from report.transport_granger import beyond_own_past
from report.transport_wind import by_wind
from report.transport_words import METHOD, NOTE, published_shares, said, told_profile
from store.engine import Store

# A month has about ten swings of the weather; fewer hold no answer.
FEWEST_DAYS = 28


@dataclass(frozen=True)
class _Place:
    """A region on the common axis: hours of the span, and what went before them."""

    question: Question
    values: PlaceValues
    warm: int

    @property
    def region(self) -> str:
        """Its id."""
        return self.question.region.id if self.question.region else ""

    @property
    def hours(self) -> Floats:
        """The hours of the span."""
        return self.values.value[self.warm :]


def ask(store: Store, facts: Facts, source: Question, receptor: Question, asked: Asked) -> Answer:
    """Lagged correlation and onset lead of two regions, in both directions.

    The hours are those of the receptor's question: its civil days.

    Raises
    ------
    NothingHeldError
        Where one of the two has no hourly value in the span.
    QuestionError
        For the same region twice, a span of times, or one too short.
    """
    _fits(source, receptor)
    source = replace(source, first=receptor.first, end=receptor.end)
    with store.read() as connection:
        desk = Desk(connection, facts)
        spells = spells_of(facts, receptor, asked.within)
        if sum(one.stop - one.start for one in spells) < FEWEST_DAYS * DAY:
            raise QuestionError(f"transport needs at least {FEWEST_DAYS} days: widen --from and --to")
        one, other = places = [_read(desk, question, asked) for question in (source, receptor)]
        there = _direction(desk, one, other, spells, asked)
        back = _direction(desk, other, one, spells, asked)
        return {
            "question": _told(source, receptor, asked),
            "method": {
                **METHOD,
                "profile": told_profile(facts, asked.profile),
                "places": {at.region: method_of_place(desk, at.question, at.values) for at in places},
            },
            "data": _data(desk, places),
            **{key: there[key] for key in ("lags", "best", "tests")},
            "directions": [there, back],
            "words": [said(there), said(back)],
            "published_shares": published_shares(facts, source, receptor),
            "note": NOTE,
        }


def _fits(source: Question, receptor: Question) -> None:
    if source.region is None or receptor.region is None:
        raise QuestionError("transport is asked between two regions: --from-region and --to-region")
    if source.region.id == receptor.region.id:
        raise QuestionError("give two regions that differ: --from-region and --to-region")
    if not receptor.whole_days:
        raise QuestionError("transport needs civil days: --from 2018-12-01 --to 2019-03-31")


def _read(desk: Desk, question: Question, asked: Asked) -> _Place:
    """Hour means of the span and of as many whole days before as the longest lead looks back."""
    warm = -(-(asked.lead[1] + asked.mean_hours) // DAY)
    wider = replace(question, first=question.first - timedelta(days=warm))
    return _Place(question, hour_values(desk, wider), warm * DAY)


def _direction(desk: Desk, source: _Place, receptor: _Place, spells: Spells, asked: Asked) -> Answer:
    logs = desk.facts.pollutants[receptor.question.pollutant].particle
    phase = _phase(len(receptor.hours), spells)
    pair = _swings(source, phase, logs=logs), _swings(receptor, phase, logs=logs)
    x, y, order = prewhitened(*pair)
    correlation = lagged(x, y, asked.lag, asked.draws)
    search = lag_search(x, y, spells, asked.lag, asked.draws)
    best = search.hours
    return {
        "from": source.region,
        "to": receptor.region,
        "lags": _lags(correlation),
        "best": {
            "hours": best,
            "r": number(correlation.r[best]),
            "low": number(correlation.low[best]),
            "high": number(correlation.high[best]),
            "p": number(search.p),
        },
        "tests": [
            _searched(search, order, asked),
            _led(source, receptor, spells, asked),
            beyond_own_past(desk, receptor.question, pair, phase, spells, asked),
        ],
        "wind": by_wind(desk, source.question, receptor.question, x, y, best),
    }


def _phase(hours: int, spells: Spells) -> Ints:
    """The hour of the day of each spell, numbered through (hour,); -1 outside of all."""
    phase = np.full(hours, -1)
    for index, spell in enumerate(spells):
        phase[spell] = index * DAY + np.arange(spell.stop - spell.start) % DAY
    return phase


def _swings(place: _Place, phase: Ints, *, logs: bool) -> Floats:
    """Less the mean of each hour of the day in each spell; of particles the logarithms."""
    return without_cycle(np.log1p(np.maximum(place.hours, 0.0)) if logs else place.hours, phase)


def _lags(found: Lags) -> list[Answer]:
    return [
        {"hours": hours, "r": number(r), "low": number(low), "high": number(high), "n": n}
        for hours, r, low, high, n in zip(
            found.hours.tolist(), found.r, found.low, found.high, found.n.tolist(), strict=True
        )
    ]


def _searched(found: Search, order: int, asked: Asked) -> Answer:
    return {
        "test": "lag-search",
        "statistic": number(found.r),
        "hours": found.hours,
        "p": number(found.p),
        "lags_searched": asked.lag + 1,
        "filter_order": order,
        "draws": asked.draws,
        "turns": found.shifts,
    }


def _led(source: _Place, receptor: _Place, spells: Spells, asked: Asked) -> Answer:
    """Onsets of the receptor after high hours of the source."""
    running = [_running(one, asked) for one in (source, receptor)]
    first, last = asked.lead
    before = preceded(_above(running[0], asked.profile), first, last)[source.warm :]
    episodes = find(running[1], asked.profile)
    known = episodes[~np.isin(episodes["censored"], ("left", "both"))]
    onsets = known["start"].astype(np.int64) - receptor.warm
    found = onset_lead(before, onsets[onsets >= 0], spells, last, asked.draws)
    inside = np.concatenate([before[spell] for spell in spells])
    hours = float(np.nanmean(inside)) if np.isfinite(inside).any() else np.nan
    return _told_lead(found, hours, asked)


def _told_lead(found: Lead, hours: float, asked: Asked) -> Answer:
    return {
        "test": "onset-lead",
        "onsets": found.onsets,
        "preceded": found.preceded,
        "unknown": found.unknown,
        "share": number(found.share),
        "base_rate": number(found.base_rate),
        "base_rate_hours": number(hours),
        "p": number(found.p),
        "lead_hours": list(asked.lead),
        "mean_hours": asked.mean_hours,
        "draws": asked.draws,
        "turns": found.shifts,
    }


def _running(place: _Place, asked: Asked) -> Floats:
    needed = parts_needed(SHARE, asked.mean_hours)
    return rolling_mean(place.values.value, asked.mean_hours, needed)


def _above(values: Floats, profile: Profile) -> Floats:
    """Where the profile is entered, as 1 and 0; NaN where the value is missing."""
    bounds = profile.bounds(values.dtype)
    return np.where(np.isnan(values), np.nan, (bounds.sign * values >= bounds.enter).astype(np.float64))


def _told(source: Question, receptor: Question, asked: Asked) -> Answer:
    told = {key: value for key, value in receptor.as_json().items() if key not in ("region", "stations")}
    return {
        **told,
        "from_region": source.region.id if source.region else None,
        "to_region": receptor.region.id if receptor.region else None,
        "profile": asked.profile.id,
        "mean_hours": asked.mean_hours,
        "lag": asked.lag,
        "lead": list(asked.lead),
        "within": asked.within,
        "draws": asked.draws,
    }


def _data(desk: Desk, places: list[_Place]) -> Answer:
    told = {one.region: data_of_place(desk, one.values) for one in places}
    every = list(told.values())
    expected = sum(float(one.values.expected.sum()) for one in places)
    captured = sum(float(one.values.captured.sum()) for one in places)
    merged = {
        key: sorted({x for one in every for x in one[key]}) for key in ("networks", "feeds", "attribution")
    }
    return {
        **merged,
        "stations": sum(one["stations"] for one in every),
        "capture": captured / expected if expected else None,
        "basis": "hourly",
        "worlds": every[0]["worlds"],
        "notes": list(dict.fromkeys(note for one in every for note in one["notes"])),
        "places": told,
    }
