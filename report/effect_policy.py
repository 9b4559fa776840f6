"""`yellowsea effect --season | --standard`: the air when a policy began, against what was to be expected.

Four estimates of one form, none of them proof: interrupted series, the same among years, synthetic control,
weather-normalised. One that what is held cannot give has no number and says why.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.effects import Fit
from analysis.interrupted import between_years, interrupted, shifted
from analysis.placebo import benjamini_hochberg
from analysis.synthetic import in_space, synthetic_control
from config.facts import Facts
from report.answer import Answer, data_of_feeds, number
from report.effect_checks import failed
from report.effect_policy_checks import Series, checks
from report.effect_policy_words import LIMITS, METHOD, not_decidable, said
from report.effect_subjects import Subject, subject
from report.effect_windows import Held, Reader, compared, pool
from report.question import NothingHeldError, Question, QuestionError
from report.stations_held import Desk
from store.engine import Store

# In the order in which the calibration trusts them (docs/methods.md).
METHODS = ("synthetic-control", "interrupted-years", "weather-normalised", "interrupted-series")
_SERIES = {"interrupted-years": between_years, "interrupted-series": interrupted}
# A pseudo start of the synthetic control leaves at least a year to fit it on.
_YEAR_OF_WEEKS = 52


@dataclass(frozen=True)
class Asked:
    """Which policy; `each` asks every part of the region apart."""

    season: str | None = None
    standard: str | None = None
    each: bool = False

    def __post_init__(self) -> None:
        if bool(self.season) == bool(self.standard):
            raise QuestionError("give one of --measure, --season and --standard")


@dataclass(frozen=True)
class Estimate:
    """A method's answer: a fit, or the reason why there is none.

    Attributes
    ----------
    placebo_mean, placebo_p, placebos : in logarithms where nothing began; p ranks the real one among them.
    elsewhere : of a synthetic control the effects at earlier starts, in logarithms, by weeks before.
    p : instead of the fit's, where the method has another.
    interval : the same.
    """

    fit: Fit | None = None
    why: str = ""
    placebo_mean: float = np.nan
    placebo_p: float = np.nan
    placebos: int = 0
    elsewhere: tuple[tuple[int, float], ...] = ()
    p: float | None = None
    interval: tuple[float, float] | None = None
    detail: Answer | None = None


def span(facts: Facts, region: str, asked: Asked, pollutant: str = "pm25") -> Subject:
    """The policy, with the first and last day of which readings are needed.

    Raises
    ------
    QuestionError, UnknownPlaceError, AmbiguousPlaceError
    """
    from config.places import Places

    return subject(facts, Places(facts).region(region).id, asked.season, asked.standard, pollutant)


def ask(store: Store, facts: Facts, question: Question, asked: Asked) -> Answer:
    """The estimates for the region, or for each of its parts.

    `identifiable` is false where no method gives a number; each row then says why.

    Raises
    ------
    NothingHeldError
        Where no day mean of any asked region is held.
    QuestionError
        For what no effect is estimated of, and over a change of reference state.
    """
    if question.region is None:
        raise QuestionError("an effect is asked of a region: --region kr-seoul")
    about = subject(facts, question.region.id, asked.season, asked.standard, question.pollutant)
    with store.read() as connection:
        desk = Desk(connection, facts)
        reader = Reader(desk, question, about)
        rows, nothing = [], []
        for region in _regions(desk, question, about, asked):
            try:
                rows += _of_region(reader, region)
            except NothingHeldError as error:
                nothing.append(error)
        if not rows:
            raise nothing[0]
        _together(rows)
        identifiable = any(one["estimate"] is not None for one in rows)
        return {
            "question": {**question.as_json(), "season": asked.season, "standard": asked.standard}
            | {"each": asked.each},
            "method": {**METHOD, "limits": LIMITS, **_window(about)},
            "data": _data(reader),
            "subject": {
                "kind": about.kind,
                "id": about.id,
                "title": about.title,
                "start": about.start.isoformat(),
            },
            "identifiable": identifiable,
            "reason": None if identifiable else not_decidable(question.place, about.title),
            "estimates": rows,
        }


def _regions(desk: Desk, question: Question, about: Subject, asked: Asked) -> list[str]:
    region = question.region.id if question.region else ""
    return desk.places.leaves(region, about.start, about.last) if asked.each else [region]


def _window(about: Subject) -> Answer:
    design = about.design
    return {
        "start": about.start.isoformat(),
        "weeks_before": design.before_weeks,
        "weeks_after": design.after_weeks,
        "donut_weeks": design.donut_weeks,
        "compared_years": about.years,
        "fewest_years": design.fewest_years,
        "fewest_donors": design.fewest_donors,
        "window_source": design.source,
    }


def _of_region(reader: Reader, region: str) -> list[Answer]:
    """A row a method, in order of trust."""
    held = reader.days(region)
    found = {
        **{name: _series(reader, held, name) for name in _SERIES},
        "synthetic-control": _synthetic(reader, held),
        "weather-normalised": _normalised(reader, held),
    }
    about = Series(reader, held)
    rows = []
    for method in METHODS:
        one = found[method]
        row = {"region": region, "subject": reader.subject.id, **_figures(method, one)}
        row["assumptions"] = checks(about, method, one.fit, row) if one.fit is not None else []
        rows.append({**row, "words": said(row, reader.subject)})
    # Fewer assumptions that fail first; the calibrated order decides between equals.
    rows.sort(key=lambda row: (row["estimate"] is None, len(failed(row["assumptions"]))))
    return [{**row, "trust": rank} for rank, row in enumerate(rows, 1)]


def _series(reader: Reader, held: Held, method: str) -> Estimate:
    """The step at the start beyond that of the same weeks in other years."""
    window, design = reader.subject.window, reader.subject.design
    table = reader.table(held)
    kept = compared(table, window)
    if not kept[-1]:
        return Estimate(why="fewer than three of four weeks on a side of the start are held")
    years = int(kept[:-1].sum())
    if years < design.fewest_years:
        return Estimate(
            why=f"the same weeks of {years} years before the policy are held; "
            f"{design.fewest_years} are needed"
        )
    estimator = _SERIES[method]
    fit = estimator(table[kept], years, window)
    placebos = [one.fit for one in shifted(reader.tables(held), len(table) - 1, window, estimator)]
    further = sum(abs(one.t) >= abs(fit.t) for one in placebos)
    mean = float(np.mean([one.effect for one in placebos])) if placebos else np.nan
    chance = (1 + further) / (1 + len(placebos)) if placebos else np.nan
    return Estimate(fit, "", mean, chance, len(placebos), detail={"years": years})


def _synthetic(reader: Reader, held: Held) -> Estimate:
    """Synthetic control: the gap of the weeks after, ranked among those of the donors."""
    fewest = reader.subject.design.fewest_donors
    donors = list(reader.donors(held.region))
    found = pool(reader, held, donors)
    count = len(donors) if found is None else len(found.names)
    if count < fewest:
        return Estimate(
            why=f"{count} regions that are not under the policy are held throughout; {fewest} are needed"
        )
    if found is None:
        return Estimate(why="fewer than three of four weeks on a side of the start are held")
    real = synthetic_control(found.target, found.donors, found.before, found.after)
    space = in_space(real, found.donors, found.before, found.after)
    fit = Fit(real.effect, np.nan, 0, int(found.after.sum()))
    own = found.target[found.before]
    weights = sorted(zip(real.weights.tolist(), found.names, strict=True), reverse=True)
    detail = {
        "donors": count,
        "fit": real.fit,
        "explained": 1 - real.fit**2 / float(own.var()) if own.var() else None,
        "weights": {name: weight for weight, name in weights if weight > 0.01},
    }
    return Estimate(
        fit,
        "",
        float(space.effects.mean()),
        space.p,
        len(space.effects),
        _earlier(reader, held, donors),
        space.p,
        (space.low, space.high),
        detail,
    )


def _earlier(reader: Reader, held: Held, donors: list[Held]) -> tuple[tuple[int, float], ...]:
    """The synthetic control as if the policy had begun a window, two windows, ... earlier."""
    design = reader.subject.design
    apart = design.before_weeks + design.after_weeks
    found = []
    for back in range(apart, design.history_weeks - _YEAR_OF_WEEKS + 1, apart):
        weeks = pool(reader, held, donors, back)
        if weeks is not None and len(weeks.names):
            one = synthetic_control(weeks.target, weeks.donors, weeks.before, weeks.after)
            found.append((back, one.effect))
    return tuple(found)


def _normalised(reader: Reader, held: Held) -> Estimate:
    """The step of the series without its weather, beside its steps where nothing began."""
    weather = reader.weather(held.region)
    if weather is None:
        return Estimate(why="no weather of these days is stored (`yellowsea fetch openmeteo-weather`)")
    from analysis.weather_normal import normalise, normalised_step

    number = np.arange(len(held.place.value), dtype=np.float64)
    start = (reader.subject.start - held.start).days
    series = normalise(number, held.place.value, weather.values, start, reader.subject.window)
    if series is None:
        return Estimate(why="less than a year of days with their weather is held")
    fit, others = normalised_step(series, reader.subject.window)
    detail = {"explained": series.fit, "days": series.n, "weather": weather.names, "network": weather.network}
    if not np.isfinite(fit.t):
        return Estimate(why="too few weeks around the start, or before it, are held with their weather")
    off = others - others.mean()
    further = int(np.count_nonzero(np.abs(off) >= abs(fit.effect)))
    chance = (1 + further) / (1 + len(others))
    return Estimate(fit, "", float(others.mean()), chance, len(others), detail=detail)


def _figures(method: str, one: Estimate) -> Answer:
    fit = one.fit
    low, high = one.interval or (fit.interval if fit else (np.nan, np.nan))
    p = one.p if one.p is not None else fit.p if fit else np.nan
    return {
        "method": method,
        "estimate": _percent(fit.effect if fit else np.nan),
        "unit": "%",
        "low": _percent(low),
        "high": _percent(high),
        "p": number(p),
        "n": fit.n if fit else 0,
        "placebo_mean": _percent(one.placebo_mean),
        "placebo_p": number(one.placebo_p),
        "placebo_draws": one.placebos,
        "placebo_in_time": [{"weeks_before": back, "estimate": _percent(x)} for back, x in one.elsewhere],
        "why": one.why or None,
        "detail": one.detail,
    }


def _percent(effect: float) -> float | None:
    return number(round(100 * float(np.expm1(effect)), 9) + 0.0)  # a mean of nothing is 0, not -0


def _together(rows: list[Answer]) -> None:
    """The rate of false discoveries over all regions of a method."""
    for method in METHODS:
        own = [one for one in rows if one["method"] == method]
        p = np.array([np.nan if one["p"] is None else one["p"] for one in own])
        for row, q in zip(own, benjamini_hochberg(p), strict=True):
            row["q"] = number(q)


def _data(reader: Reader) -> Answer:
    places = reader.read
    feeds = sorted({one.feed for place in places for one in place.origins})
    told = data_of_feeds(reader.desk, [reader.desk.feeds[one] for one in feeds])
    expected = sum(float(place.expected.sum()) for place in places)
    return told | {
        "stations": max((place.panel.stations for place in places), default=0),
        "capture": sum(float(place.captured.sum()) for place in places) / expected if expected else None,
        "basis": sorted({place.basis for place in places}),
        "notes": list(dict.fromkeys([*told["notes"], *(note for place in places for note in place.notes)])),
    }
