"""`yellowsea effect`: what the air was on days with an emergency measure against comparable days.

A measure follows from the forecast. Without the forecast as it was stored when was decided, days with and
without a measure cannot be compared, and the answer is that the effect is not identifiable.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from analysis.effects import FEWEST, Estimator, Fit, dynamic_regression
from analysis.matching import matched_days
from analysis.measure_days import LAGS, Days, comparable, complete_days
from analysis.placebo import Placebo, benjamini_hochberg, placebo
from config.facts import Facts
from config.places import Places
from report.answer import Answer, data_of_feeds, number
from report.effect_cases import Case, cases, looked_after
from report.effect_checks import Sample, checks, failed
from report.effect_evenings import Known
from report.effect_words import LIMITS, METHOD, not_identifiable, said
from report.measures import Ledger
from report.question import NothingHeldError, Question, QuestionError
from report.stations_held import Desk
from store.engine import Store

_DAY = timedelta(days=1)
MEASURES = {"kr-emergency": "emergency"}
DRAWS = 1000
MOST_DRAWS = 100_000
# In the order in which the calibration trusts them: the regression uses all days and holds its size best.
METHODS = {"dynamic-regression": dynamic_regression, "matched-days": matched_days}


def span(facts: Facts, region: str, measure: str = "kr-emergency") -> tuple[date, date]:
    """The days for which the list of a measure was looked after in a region.

    Raises
    ------
    QuestionError
        For a measure that there is not, or a region of which no list is kept.
    UnknownPlaceError, AmbiguousPlaceError
    """
    places = Places(facts)
    place = places.region(region)
    days = looked_after(facts, places, place.id, _kind(measure))
    if days is None:
        raise QuestionError(f"no list of {measure} is kept for {place.name_en}: ask for a region of Korea")
    return days


def _kind(measure: str) -> str:
    if measure not in MEASURES:
        raise QuestionError(f"no effect is asked of {measure!r}: there is {', '.join(MEASURES)}")
    return MEASURES[measure]


def ask(
    store: Store,
    facts: Facts,
    question: Question,
    measure: str = "kr-emergency",
    forecast: str = "issued",
    draws: int = DRAWS,
    upwind: tuple[str, ...] = (),
) -> Answer:
    """The estimates for every unit, period and kind of measure day, or why there is none.

    `identifiable` is false where no case has enough measure days with a forecast stored at the decision and
    comparable days beside them; `not_identifiable` tells of each such case.

    Raises
    ------
    NothingHeldError
        Where forecasts are stored and no day mean of any unit.
    QuestionError
        For another pollutant than PM2.5, a span not of days, another forecast than the issued one.
    """
    kind = _kind(measure)
    _refuse(question, measure, forecast, draws)
    with store.read() as connection:
        desk = Desk(connection, facts)
        known = Known(desk, question, measure, tuple(desk.places.region(one).id for one in upwind))
        found = _Found(known, draws)
        for case in cases(known, question, kind):
            found.look_at(case)
        return {
            "question": {**question.as_json(), "measure": measure, "forecast": forecast, "draws": draws}
            | {"upwind": list(known.upwind)},
            "method": {**METHOD, "limits": LIMITS, "fewest_measure_days": FEWEST},
            "data": _data(known),
            **found.answer(question.place, measure),
        }


def _refuse(question: Question, measure: str, forecast: str, draws: int) -> None:
    if question.region is None or not question.whole_days:
        raise QuestionError("an effect is asked of a region and civil days: --region kr-seoul")
    if question.pollutant != "pm25":
        raise QuestionError("emergency measures are decided by PM2.5: leave --pollutant out")
    if question.country != "KR":
        raise QuestionError(f"{measure} is a measure of another country than {question.place}")
    if forecast != "issued":
        raise QuestionError(
            f"--forecast {forecast}: only the forecast as issued says why a day had a measure; what was "
            "observed afterwards is what is to be explained"
        )
    if not 99 <= draws <= MOST_DRAWS:
        raise QuestionError(f"--draws {draws}: a placebo needs 99 to {MOST_DRAWS} draws")


class _Found:
    """The estimates, and the cases of which nothing can be said."""

    def __init__(self, known: Known, draws: int) -> None:
        self.known = known
        self.draws = draws
        self.estimates: list[Answer] = []
        self.unidentified: list[Answer] = []
        self.nothing: list[NothingHeldError] = []

    def look_at(self, case: Case) -> None:
        """Estimate a case, or note why not."""
        if case.told < FEWEST:
            self._note(case, f"{case.told} have a forecast stored that was known at the decision")
            return
        try:
            given = self.known.evenings(case.unit, case.first, case.last, case.days, case.aside)
        except NothingHeldError as error:
            self.nothing.append(error)
            self._note(case, "0 have a day mean that is held")
            return
        every = complete_days(given)
        days = comparable(every)
        if days.measure.sum() < FEWEST:
            n = int(days.measure.sum())
            self._note(case, f"{n} have values and days without a measure of the same forecast class")
            return
        period = (case.last - case.first).days + 1
        told = (len(case.days), case.told, int(given.known.sum()), period)
        weather = self.known.weather(case.unit, case.first - max(LAGS) * _DAY, case.last)
        names = weather.names if weather else ()
        span = (case.unit, case.first, case.last, case.vehicle_rules)
        self._estimate(Sample(*span, *told, every, days, names), case)

    def _note(self, case: Case, why: str) -> None:
        n = len(case.days)
        reason = f"of {n} measure days {'only ' if n >= FEWEST else ''}{why}; {FEWEST} are needed"
        found = {"measure_days": n, "with_forecast": case.told, "needed": FEWEST, "reason": reason}
        self.unidentified.append({**case.as_json(), **found})

    def _estimate(self, sample: Sample, case: Case) -> None:
        ledger = Ledger(self.known.desk.facts, self.known.desk.places, case.unit)
        rows = []
        for method, design in METHODS.items():
            estimator: Estimator = design(sample.days)
            fit = estimator(sample.days.measure)
            chance = placebo(sample.days, estimator, self.draws)
            assumptions = checks(ledger, sample, method, fit, chance)
            rows.append({**case.as_json(), **_figures(method, fit, chance, sample.days)})
            rows[-1] |= {"words": said(rows[-1]), "assumptions": assumptions}
        # The fewer assumptions fail the more it is trusted; the calibrated order decides between equals.
        order = sorted(rows, key=lambda row: (row["estimate"] is None, len(failed(row["assumptions"]))))
        for rank, row in enumerate(order, 1):
            row["trust"] = rank
        self.estimates += rows

    def answer(self, place: str, measure: str) -> Answer:
        """What was found, with the false discovery rate over all cases of a method.

        Raises
        ------
        NothingHeldError
            Where it is the day means that lack.
        """
        if self.nothing and not self.estimates and len(self.nothing) == len(self.unidentified):
            raise self.nothing[0]
        for method in METHODS:
            rows = [one for one in self.estimates if one["method"] == method]
            p = np.array([np.nan if one["p"] is None else one["p"] for one in rows])
            for row, q in zip(rows, benjamini_hochberg(p), strict=True):
                row["q"] = number(q)
        identifiable = any(one["estimate"] is not None for one in self.estimates)
        return {
            "identifiable": identifiable,
            "reason": None if identifiable else self._reason(place, measure),
            "estimates": self.estimates,
            "not_identifiable": self.unidentified,
        }

    def _reason(self, place: str, measure: str) -> str:
        listed = sum(one["measure_days"] for one in self.unidentified)
        told = sum(one["with_forecast"] for one in self.unidentified)
        return not_identifiable(place, measure, listed, told, FEWEST)


def _figures(method: str, fit: Fit, chance: Placebo, days: Days) -> Answer:
    low, high = fit.interval
    return {
        "method": method,
        "estimate": _percent(fit.effect),
        "unit": "%",
        "low": _percent(low),
        "high": _percent(high),
        "p": number(fit.p),
        "n": fit.n,
        "placebo_mean": _percent(chance.mean),
        "placebo_p": number(chance.p),
        "placebo_draws": chance.draws,
        "days": len(days),
        "mean_on_measure_days": float(np.exp(days.outcome[days.measure]).mean()),
    }


def _percent(effect: float) -> float | None:
    return number(100 * np.expm1(effect))


def _data(known: Known) -> Answer:
    places = known.places
    feeds = sorted({one.feed for place in places for one in place.origins})
    expected = sum(float(place.expected.sum()) for place in places)
    told = data_of_feeds(known.desk, [known.desk.feeds[one] for one in feeds])
    return told | {
        "stations": max((place.panel.stations for place in places), default=0),
        "capture": sum(float(place.captured.sum()) for place in places) / expected if expected else None,
        "basis": sorted({place.basis for place in places}),
        "notes": list(dict.fromkeys([*told["notes"], *(note for place in places for note in place.notes)])),
    }
