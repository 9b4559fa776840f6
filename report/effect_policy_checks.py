"""Which assumptions of an estimate of a season or standard hold; the ones that fail as plainly as others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from analysis.effects import Fit
from analysis.interrupted import between_years, interrupted, shifted
from config.policy import Confounder
from report.answer import Answer
from report.effect_checks import check
from report.effect_windows import Held, Reader, compared

# Of the days in the window around the start that have to be valid.
COVERED = 0.9
# The number of stations behind a day may change by so much between the compared years and the start.
LIKE_FOR_LIKE = 0.1
# The spread of t where nothing began; 1 is that of an error that knows everything.
SPREAD = 1.5
LEVEL = 0.05
# Below so many donors no rank among them and the region is one of 5 %.
DONORS = 19
# Of the variance before the start, or of days out of bag, that has to be explained.
EXPLAINED = 0.5
# Kinds of confounders that move concentrations; `method` moves counts of classes alone.
ELSE = ("covid", "event", "holiday", "policy")
ACROSS = ("covid",)


@dataclass(frozen=True)
class Series:
    """The series of a region and the policy that is asked about."""

    reader: Reader
    held: Held

    @property
    def window(self) -> tuple[date, date]:
        """The first and last civil day of the weeks around the start."""
        subject = self.reader.subject
        days = np.timedelta64(7 * subject.design.before_weeks, "D")
        return (np.datetime64(subject.start, "D") - days).item(), subject.last


def checks(series: Series, method: str, fit: Fit, row: Answer) -> list[Answer]:
    """The assumptions of an estimate as answers show them."""
    own = {
        "interrupted-series": lambda: [_years(series, row), _between(series), _before(series), _weather()],
        "interrupted-years": lambda: [_years(series, row), _before(series), _weather()],
        "synthetic-control": lambda: [
            _donors(row),
            _explained("fit before the start", row),
            _placebo(fit, row),
            _spill(),
        ],
        "weather-normalised": lambda: [_explained("fit out of bag", row), _placebo(fit, row)],
    }
    return [_coverage(series), _stations(series), *own[method](), _nothing_else(series)]


def _coverage(series: Series) -> Answer:
    first, last = series.window
    at = (first - series.held.start).days
    days = series.held.place.value[at : at + (last - first).days + 1]
    valid = int(np.count_nonzero(~np.isnan(days)))
    return check(
        "days around the start", valid >= COVERED * len(days), f"{valid} of {len(days)} days are valid"
    )


def _stations(series: Series) -> Answer:
    place = series.held.place
    behind = place.stations[~np.isnan(place.value)]
    low, high = int(behind.min(initial=place.panel.stations)), int(behind.max(initial=0))
    return check(
        "the same stations throughout",
        low >= (1 - LIKE_FOR_LIKE) * high,
        f"{low} to {high} stations stand behind a valid day",
    )


def _years(series: Series, row: Answer) -> Answer:
    wanted, n = series.reader.subject.design.years, row["detail"]["years"]
    return check("compared years", n >= wanted, f"{n} years before the policy are held; {wanted} are wanted")


def _before(series: Series) -> Answer:
    """Whether the same step, a window earlier, was none: nothing had begun then."""
    reader = series.reader
    table = reader.table(series.held, -reader.subject.design.after_weeks)
    kept = compared(table, reader.subject.window)
    if not kept[-1] or kept.sum() < 3:
        return check("no step before the start", None, "too few years are held to tell")
    fit = between_years(table[kept], int(kept[:-1].sum()), reader.subject.window)
    return check(
        "no step before the start",
        bool(fit.p >= LEVEL),
        f"{100 * np.expm1(fit.effect):+.1f} % (p {fit.p:.2f}) a window earlier",
    )


def _between(series: Series) -> Answer:
    """Whether errors within a window tell how steps differ between years."""
    reader = series.reader
    table, window = reader.table(series.held), reader.subject.window
    rows = np.flatnonzero(compared(table, window))
    found = shifted({0: table[rows]}, len(rows) - 1, window, interrupted)
    t = np.array([one.fit.t for one in found])
    if len(t) < 2:
        return check("errors hold between years", None, "too few years to tell")
    spread = float(np.sqrt((t**2).mean()))
    return check(
        "errors hold between years",
        spread <= SPREAD,
        f"where nothing began, steps spread {spread:.1f} times as far as the errors say (within {SPREAD:g})",
    )


def _weather() -> Answer:
    return check("weather as in the compared years", None, "weather is not taken out of this estimate")


def _donors(row: Answer) -> Answer:
    n = row["detail"]["donors"]
    enough = n >= DONORS
    return check(
        "donors for a p below 5 %",
        enough,
        f"{n} donors: p cannot be below {1 / (n + 1):.3f}; {DONORS} are wanted",
    )


def _explained(name: str, row: Answer) -> Answer:
    share = row["detail"]["explained"]
    if share is None:
        return check(name, None, "nothing varies before the start")
    return check(
        name, share >= EXPLAINED, f"{share:.0%} of the variance is explained; {EXPLAINED:.0%} are wanted"
    )


def _spill() -> Answer:
    return check(
        "donors not touched", None, "air and trade reach donors as well: what they feel is not known"
    )


def _placebo(fit: Fit, row: Answer) -> Answer:
    mean = row["placebo_mean"]
    if mean is None:
        return check("placebo expectation of none", None, "nothing was held where nothing began")
    error = 100 * np.expm1(fit.error) if np.isfinite(fit.error) else None
    held = None if error is None else bool(abs(mean) <= error / 2)
    if error is None and row["low"] is not None:
        held = bool(abs(mean) <= (row["high"] - row["low"]) / 8)
    return check(
        "placebo expectation of none", held, f"{mean:+.1f} % on {row['placebo_draws']} pseudo starts"
    )


def _nothing_else(series: Series) -> Answer:
    """What else is listed in the weeks around the start, here or (an epidemic) across the sea."""
    first, last = series.window
    found = [
        one
        for one in series.reader.desk.facts.confounders
        if one.start <= last and one.end >= first and one.kind in ELSE and not _itself(series, one)
    ]
    here = [one for one in found if _touches(series, one)]
    across = [one for one in found if one not in here and one.kind in ACROSS and _upwind(series, one)]
    told = [*(one.title for one in here), *(f"{one.title} (across the sea)" for one in across)]
    # The same feast lies in the compared years as well where its date is that of the sun.
    return check("nothing else changed", not told, "; ".join(told) or "nothing else is listed")


def _itself(series: Series, one: Confounder) -> bool:
    return one.kind == "policy" and one.start == series.reader.subject.began


def _touches(series: Series, one: Confounder) -> bool:
    places, region = series.reader.desk.places, series.held.region
    near = {region, *places.regions_of(region)}
    return any(name in near or region in places.regions_of(name) for name in one.regions)


def _upwind(series: Series, one: Confounder) -> bool:
    """The whole other nation: a lockdown of one city is not felt across the sea in a weekly mean."""
    country = series.reader.desk.facts.regions[series.held.region].country.lower()
    return bool(_nations(one.regions) - {country})


def _nations(regions: Iterable[str]) -> set[str]:
    return {one for one in regions if one in ("kr", "cn")}
