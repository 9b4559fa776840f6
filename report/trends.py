"""`yellowsea trends`: slopes of months, seasons or years; intervals and tests that mind autocorrelation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.breaks import Breaks, break_points
from analysis.prewhiten import Floats
from analysis.trends import (
    FEWEST,
    Ints,
    MannKendall,
    bootstrap_slope,
    deseasonalised,
    hamed_rao,
    mann_kendall,
    theil_sen,
    yue_wang,
)
from config.facts import Facts
from report.answer import Answer, data_of_place, method_of_place, number
from report.question import Question, QuestionError
from report.regional import PlaceValues, day_values
from report.span_mean import SpanDays, state_change
from report.stations_held import Desk
from report.trend_periods import EVERY, Every, PeriodMean, means
from store.engine import Store

# Periods in a block of the bootstrap: years follow each other a little, months within their year.
BLOCK = {"month": 12, "season": 2, "year": 2}
LAPS_NEEDED = 3
# Periods in a stretch between breaks, and draws of each of its bootstraps.
STRETCH = {"month": 24, "season": 4, "year": 4}
BREAK_DRAWS = 299

METHOD: Answer = {
    "theil-sen": "median of the slopes of all pairs of valid periods; 95 %: block bootstrap of the "
    "residuals, widened for the few blocks there are, and less what a cycle lends the slope",
    "deseasonalised": "less the mean of each month of what the seasonal slope leaves; level and trend stay",
    "mann-kendall": "ties and continuity corrected; 95 %: Sen's rank interval with the variance of the test; "
    "takes periods as independent",
    "mann-kendall-hamed-rao": "variance by the significant rank autocorrelations (Hamed and Rao 1998)",
    "mann-kendall-yue-wang": "variance by an AR(1) process around the trend (Yue and Wang 2004)",
    "limits": "what the values did, not why: weather is not taken out, and stations may come and go "
    "(`stations`)",
    "breaks": "stretches with a level and slope each (Bai and Perron 2003), as many as the Schwarz criterion "
    "has, where an AR(1) process around one line gives as much in fewer than 5 of 100 draws; 95 %: block "
    "bootstrap",
}


@dataclass(frozen=True)
class Asked:
    """How trends are asked; `deseasonalise` None: of months, yes."""

    every: Every = "month"
    deseasonalise: bool | None = None
    draws: int = 1000

    def __post_init__(self) -> None:
        if self.every not in EVERY:
            raise QuestionError(f"--every is one of {', '.join(EVERY)}")
        if self.deseasonalise and self.every != "month":
            raise QuestionError(f"a {self.every} has no cycle to take out: leave --deseasonalise out")
        if not 99 <= self.draws <= 20_000:
            raise QuestionError("--draws is 99 to 20000")

    @property
    def cycle(self) -> int:
        """Periods after which the phase returns."""
        return 12 if self.every == "month" else 1

    @property
    def tested(self) -> str:
        """Which series the tests look at."""
        plain = self.every != "month" or self.deseasonalise is False
        return "as they are" if plain else "deseasonalised"


def ask(store: Store, facts: Facts, question: Question, asked: Asked) -> Answer:
    """The trend of a place's months, seasons or years.

    Raises
    ------
    NothingHeldError
        Where nothing is held for the question.
    QuestionError
        For times instead of days, for fewer valid periods than a trend needs, and for a span in which the
        reference state of the values changes.
    """
    if not question.whole_days:
        raise QuestionError("trends need civil days: --from 2014-01-01 --to 2024-12-31")
    with store.read() as connection:
        desk = Desk(connection, facts)
        place = day_values(desk, question)
        _one_state(desk, question, place)
        found = means(facts, question, asked.every, place.value)
        time, values, phase = _arrays(found)
        _enough(question, asked, values)
        rows = _slopes(asked, time, values, phase) + _tests(asked, time, values, phase)
        method = method_of_place(desk, question, place)
        unit = f"{method['unit']} per year"
        capture = sum(one.n for one in found) / sum(one.period.days for one in found)
        return {
            "question": {
                **question.as_json(),
                "every": asked.every,
                "tested": asked.tested,
                "draws": asked.draws,
            },
            "method": {**method, **METHOD},
            "data": data_of_place(desk, place),
            "trends": [{**row, "unit": unit, "capture": capture} for row in rows],
            **_breaks(asked, found, time, values, phase, method["unit"]),
            "values": _told(found),
            "stations": _stations(place),
        }


def _one_state(desk: Desk, question: Question, place: PlaceValues) -> None:
    """Refuse a trend over a change of reference state: the change would be taken for one of the air."""
    networks = frozenset(desk.feeds[one.feed].network for one in place.origins)
    name = question.region.id if question.region else question.place
    read = SpanDays(name, question.first_day, place, networks)
    changed = state_change(desk, read, question.first_day, question.last_day, question.pollutant)
    states = {one.reference_state for one in place.origins} - {"unknown"}
    if changed is None and len(states) > 1:
        changed = f"the feeds held are in {' and '.join(sorted(states))} state"
    if changed:
        raise QuestionError(
            f"no trend over a change of reference state: {changed}; ask for the days before or after it "
            "(conversion needs temperature and pressure of every hour)"
        )


def _arrays(found: list[PeriodMean]) -> tuple[Floats, Floats, Ints]:
    time = np.array([one.period.time for one in found])
    values = np.array([one.value for one in found])
    return time, values, np.array([one.period.phase for one in found])


def _enough(question: Question, asked: Asked, values: Floats) -> None:
    fewest = max(FEWEST, LAPS_NEEDED * asked.cycle)
    valid = int(np.count_nonzero(~np.isnan(values)))
    if valid < fewest:
        hint = "" if asked.every == "month" else ", or ask --every month"
        raise QuestionError(
            f"a trend needs at least {fewest} valid {asked.every}s: {valid} of {len(values)} of "
            f"{question.place} are; widen --from and --to{hint}"
        )


def _slopes(asked: Asked, time: Floats, values: Floats, phase: Ints) -> list[Answer]:
    """Theil-Sen as the values are and, of months, without their cycle."""
    series = {"theil-sen": (values, asked.cycle)}
    if asked.every == "month":
        series["theil-sen-deseasonalised"] = (deseasonalised(time, values, phase), 1)
    rows = []
    for method, (one, cycle) in series.items():
        found = bootstrap_slope(time, one, block=BLOCK[asked.every], cycle=cycle, draws=asked.draws)
        rows.append(_row(method, found.slope, found.low, found.high, np.nan, found.n))
    return rows


def _tests(asked: Asked, time: Floats, values: Floats, phase: Ints) -> list[Answer]:
    tested = deseasonalised(time, values, phase) if asked.tested == "deseasonalised" else values
    slope = theil_sen(time, tested)
    n = int(np.count_nonzero(~np.isnan(tested)))
    factors = {
        "mann-kendall": 1.0,
        "mann-kendall-hamed-rao": hamed_rao(time, tested),
        "mann-kendall-yue-wang": yue_wang(time, tested),
    }
    return [
        _tested(method, slope, mann_kendall(time, tested, factor), n) for method, factor in factors.items()
    ]


def _breaks(
    asked: Asked, periods: list[PeriodMean], time: Floats, values: Floats, phase: Ints, unit: str
) -> Answer:
    """Where level and slope change, and the words for it."""
    series = deseasonalised(time, values, phase) if asked.tested == "deseasonalised" else values
    fewest = STRETCH[asked.every]
    found = break_points(time, series, fewest=fewest, block=BLOCK[asked.every], draws=BREAK_DRAWS)
    rows = [
        {
            "at": periods[one.at].period.label,
            "low": periods[one.low].period.label,
            "high": periods[min(one.high, len(periods) - 1)].period.label,
            "step": number(one.step),
            "unit": unit,
            "slope_before": number(one.before),
            "slope_after": number(one.after),
            "p": number(found.p),
        }
        for one in found.breaks
    ]
    return {"breaks": rows, "breaks_note": _of_breaks(found, fewest, asked.every)}


def _of_breaks(found: Breaks, fewest: int, every: str) -> str:
    if len(found.criterion) < 2:
        return f"too short for a break: each stretch needs {fewest} valid {every}s"
    if found.breaks:
        return "dates at which the values changed; what else changed then is not told by them"
    return "no break can be told apart from one line with persistence around it"


def _tested(method: str, slope: float, found: MannKendall, n: int) -> Answer:
    row = _row(method, slope, found.low, found.high, found.p, n)
    return {**row, "s": found.s, "variance_factor": number(found.factor)}


def _row(method: str, slope: float, low: float, high: float, p: float, n: int) -> Answer:
    return {
        "method": method,
        "slope": number(slope),
        "low": number(low),
        "high": number(high),
        "p": number(p),
        "n": n,
        "note": _said(slope, low, high),
    }


def _said(slope: float, low: float, high: float) -> str:
    if np.isnan(low) or np.isnan(high):
        return "no interval: too few periods, or a variance that is none"
    if not low <= slope <= high:
        return "the cycle leans on this slope more than chance does: take the deseasonalised one"
    if low <= 0 <= high:
        return "cannot be told apart from no trend"
    return "falls" if slope < 0 else "rises"


def _told(found: list[PeriodMean]) -> list[Answer]:
    return [
        {
            "label": one.period.label,
            "start": one.period.first.isoformat(),
            "end": one.period.last.isoformat(),
            "value": number(one.value),
            "n": one.n,
            "capture": one.n / one.period.days,
        }
        for one in found
    ]


def _stations(place: PlaceValues) -> Answer:
    """How many stations stand behind the valid days: a trend of their number is not one of the air."""
    behind = place.stations[~np.isnan(place.value)]
    if not len(behind):
        return {"fewest": 0, "most": 0}
    return {"fewest": int(behind.min()), "most": int(behind.max())}
