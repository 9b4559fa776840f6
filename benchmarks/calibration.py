"""How often estimators find an effect where there is none, and how well the default one finds one.

`python -m benchmarks.calibration [WINTERS [FIGURE.svg]]` prints the table of docs/methods.md (400 winters
take two minutes) and draws its figure.
The naive estimator and the regression without the forecast stand beside those that the command uses.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np

from analysis.effects import FEWEST, NOTHING, Fit, dynamic_regression
from analysis.matching import matched_days
from analysis.measure_days import Days, comparable, complete_days
from analysis.placebo import placebo
from benchmarks.winters import World, winter

WINTERS = 400
DRAWS = 199
PLANTED = float(np.log(0.9))
LEVEL = 0.05


class Tally(NamedTuple):
    """How an estimator did over many winters; effects in logarithms, NaN where none was planted.

    `winters` counts those in which it gave an estimate, `rejected` the share with p below 0.05, `covered`
    that of intervals which hold the planted effect.
    """

    name: str
    planted: float
    winters: int
    rejected: float
    bias: float
    spread: float
    covered: float
    placebo_rejected: float


class Trial(NamedTuple):
    """One estimator in one winter."""

    fit: Fit
    placebo_p: float


def naive(days: Days) -> Fit:
    """Measure days against all other days (Welch): what a comparison without any condition says."""
    on, off = days.outcome[days.measure], days.outcome[~days.measure]
    if len(on) < FEWEST:
        return NOTHING
    error = np.sqrt(on.var(ddof=1) / len(on) + off.var(ddof=1) / len(off))
    return Fit(float(on.mean() - off.mean()), float(error), len(on) - 1, len(on))


def without_forecast(days: Days) -> Fit:
    """The regression as if no forecast had been stored: past values, season and weekday alone."""
    blind = Days(
        days.number,
        days.outcome,
        days.controls,
        np.zeros(len(days)),
        np.zeros(len(days), np.int64),
        days.measure,
        days.free,
        days.season,
    )
    return dynamic_regression(blind)(days.measure) if days.measure.sum() >= FEWEST else NOTHING


def trials(seed: int, effect: float, world: World | None = None, draws: int = DRAWS) -> dict[str, Trial]:
    """Every estimator in one winter."""
    every = complete_days(winter(seed, effect, world))
    days = comparable(every)
    found = {name: Trial(fit(every), np.nan) for name, fit in _BLIND.items()}
    for name, design in ESTIMATORS.items():
        estimator = design(days)
        fit = estimator(days.measure) if days.measure.sum() >= FEWEST else NOTHING
        chance = placebo(days, estimator, draws, seed).p if np.isfinite(fit.t) and draws else np.nan
        found[name] = Trial(fit, chance)
    return found


_BLIND: dict[str, Callable[[Days], Fit]] = {"naive difference": naive, "without forecast": without_forecast}
ESTIMATORS = {"dynamic-regression": dynamic_regression, "matched-days": matched_days}


def tallies(
    effect: float, winters: int = WINTERS, world: World | None = None, draws: int = DRAWS
) -> Iterator[Tally]:
    """How each estimator did over winters with the seeds 0, 1, 2, ..."""
    with ProcessPoolExecutor() as pool:
        ask = partial(trials, effect=effect, world=world, draws=draws)
        rows = list(pool.map(ask, range(winters), chunksize=10))
    for name in rows[0]:
        yield tally(name, effect, [row[name] for row in rows])


def tally(name: str, effect: float, rows: list[Trial]) -> Tally:
    """What many winters say of one estimator."""
    given = [row for row in rows if np.isfinite(row.fit.t)]
    effects = np.array([row.fit.effect for row in given])
    ends = np.array([row.fit.interval for row in given])
    chances = [row.placebo_p for row in given if not np.isnan(row.placebo_p)]
    return Tally(
        name,
        effect,
        len(given),
        float(np.mean([row.fit.p < LEVEL for row in given])),
        float(effects.mean() - effect),
        float(effects.std(ddof=1)),
        float(np.mean((ends[:, 0] <= effect) & (effect <= ends[:, 1]))),
        float(np.mean(np.array(chances) < LEVEL)) if chances else np.nan,
    )


def table(rows: list[Tally]) -> str:
    """The tallies side by side."""
    head = ("estimator", "planted", "winters", "p < 5 %", "bias", "spread", "holds it", "placebo p < 5 %")
    lines = ["{:<22}{:>9}{:>9}{:>9}{:>9}{:>9}{:>10}{:>17}".format(*head)]
    for row in rows:
        chance = "-" if np.isnan(row.placebo_rejected) else f"{row.placebo_rejected:.1%}"
        lines.append(
            f"{row.name:<22}{np.expm1(row.planted):>9.0%}{row.winters:>9}{row.rejected:>9.1%}"
            f"{row.bias:>+9.3f}{row.spread:>9.3f}{row.covered:>10.1%}{chance:>17}"
        )
    return "\n".join(lines)


def figure(rows: list[Tally], path: str) -> None:
    """Where the estimates of nine winters in ten lie, what was planted, and how often p is below 5 %."""
    import altair as alt

    values = [
        {
            "estimator": row.name,
            "planted": f"planted effect: {np.expm1(row.planted):.0%}",
            "truth": 100 * np.expm1(row.planted),
            "mean": 100 * np.expm1(row.planted + row.bias),
            "low": 100 * np.expm1(row.planted + row.bias - 1.645 * row.spread),
            "high": 100 * np.expm1(row.planted + row.bias + 1.645 * row.spread),
            "said": f"p < 5 % in {row.rejected:.0%}",
        }
        for row in rows
    ]
    scale = alt.Scale(domain=[-40, 220])
    order = list(dict.fromkeys(row["estimator"] for row in values))
    base = alt.Chart().encode(y=alt.Y("estimator:N", sort=order, title=None))
    span = base.mark_rule(strokeWidth=4, color="#9ab8d8").encode(
        x=alt.X("low:Q", title="estimate, percent of the day mean", scale=scale), x2="high:Q"
    )
    mean = base.mark_point(filled=True, size=70, color="#1f4e79").encode(x="mean:Q")
    truth = alt.Chart().mark_rule(strokeDash=[4, 3], color="#b03a2e").encode(x="truth:Q")
    said = base.mark_text(align="left", dx=8, color="#333333").encode(x="high:Q", text="said:N")
    layers = alt.layer(truth, span, mean, said, data=alt.Data(values=values)).properties(
        width=520, height=110
    )
    layers.facet(
        row=alt.Row("planted:N", title=None, sort=list(dict.fromkeys(one["planted"] for one in values)))
    ).save(path)


def main(arguments: list[str]) -> None:
    """Print the table without an effect and with a planted one, bias and spread in logarithms."""
    winters = int(arguments[0]) if arguments else WINTERS
    rows = [row for effect in (0.0, PLANTED) for row in tallies(effect, winters)]
    print(table(rows))
    if len(arguments) > 1:
        figure(rows, arguments[1])


if __name__ == "__main__":
    main(sys.argv[1:])
