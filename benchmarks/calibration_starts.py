"""How often estimates of seasons and standards find a step where nothing began, and how well a real one.

`python -m benchmarks.calibration_starts [TRIALS]` prints the table of docs/methods.md (400 trials take a few
minutes; a forest takes seconds, so that there are a tenth as many of it).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import numpy as np

from analysis.breaks import break_points
from analysis.effects import Fit
from analysis.interrupted import between_years, interrupted
from analysis.synthetic import in_space, synthetic_control
from analysis.weather_normal import normalise, normalised_step
from benchmarks.calibration import LEVEL, PLANTED, Tally, Trial, tally
from benchmarks.starts import WINDOW, YEARS, regions, starts, wander, weathered

TRIALS = 400
# By how much winters differ beyond their days, in logarithms: Seoul's do by about as much.
SLOW = 0.15
_START = 1300
_BEFORE, _AFTER = np.arange(112) < 104, np.arange(112) >= 105


def of_series(seed: int, effect: float, estimator: Callable[..., Fit], slow: float) -> Trial:
    """An interrupted series."""
    return Trial(estimator(starts(seed, effect, slow), YEARS, WINDOW), np.nan)


def of_regions(seed: int, effect: float) -> tuple[float, float, bool]:
    """A synthetic control among 25 donors: p, estimate, and whether the interval holds the truth."""
    values = regions(seed, effect)
    found = synthetic_control(values[0], values[1:], _BEFORE, _AFTER)
    space = in_space(found, values[1:], _BEFORE, _AFTER)
    return space.p, found.effect, bool(space.low <= effect <= space.high)


def of_weather(seed: int, effect: float) -> Trial:
    """A weather-normalised series with a forest of 50 trees."""
    series = normalise(*weathered(seed, effect, start=_START), _START, WINDOW, trees=50, draws=50, seed=seed)
    if series is None:
        raise ValueError("a trial has more than a year of days")
    return Trial(normalised_step(series, WINDOW)[0], np.nan)


def tallies(effect: float, trials: int) -> list[Tally]:
    """Every estimator, with and without winters that differ."""
    ways: dict[str, tuple[Callable[..., Trial], int]] = {
        "interrupted-series": (partial(of_series, estimator=interrupted, slow=0.0), trials),
        "  winters differ": (partial(of_series, estimator=interrupted, slow=SLOW), trials),
        "interrupted-years": (partial(of_series, estimator=between_years, slow=0.0), trials),
        "  winters differ ": (partial(of_series, estimator=between_years, slow=SLOW), trials),
        "weather-normalised": (of_weather, max(trials // 10, 1)),
    }
    rows = [
        tally(name, effect, [way(seed, effect) for seed in range(many)]) for name, (way, many) in ways.items()
    ]
    found = [of_regions(seed, effect) for seed in range(trials)]
    p, effects, holds = (np.array(column) for column in zip(*found, strict=True))
    space = Tally(
        "synthetic-control",
        effect,
        trials,
        float(np.mean(p <= LEVEL)),
        float(effects.mean() - effect),
        float(effects.std(ddof=1)),
        float(holds.mean()),
        np.nan,
    )
    return [*rows, space]


def table(rows: list[Tally]) -> str:
    """The tallies side by side."""
    head = ("estimator", "planted", "trials", "p < 5 %", "bias", "spread", "holds it")
    lines = ["{:<20}{:>9}{:>8}{:>9}{:>9}{:>9}{:>10}".format(*head)]
    lines += [
        f"{row.name:<20}{np.expm1(row.planted):>9.0%}{row.winters:>8}{row.rejected:>9.1%}"
        f"{row.bias:>+9.3f}{row.spread:>9.3f}{row.covered:>10.1%}"
        for row in rows
    ]
    return "\n".join(lines)


def breaks(carried: float, step: float, trials: int) -> tuple[float, float]:
    """Of 144 months: how often there is a break (a planted one: one), and how often its interval holds 70."""
    time = np.arange(144) / 12
    one = holds = 0
    for seed in range(trials):
        values = 30 - 0.7 * time + 5 * wander(144, carried, np.random.default_rng(seed))
        values[70:] += step
        found = break_points(time, values, fewest=24, block=12, draws=99).breaks
        if found and not step:
            one += 1
        elif len(found) == 1:
            one += 1
            holds += found[0].low <= 70 <= found[0].high
    return one / trials, holds / one if one and step else np.nan


def main(arguments: list[str]) -> None:
    """Print the tables: nothing began, 10 % off, and break points."""
    trials = int(arguments[0]) if arguments else TRIALS
    print(table([row for effect in (0.0, PLANTED) for row in tallies(effect, trials)]), flush=True)
    print(f"{'break points':<20}{'carried':>9}{'step':>8}{'found':>9}{'interval holds it':>20}")
    for step in (0.0, -8.0):
        for carried in (0.0, 0.3, 0.6):
            found, holds = breaks(carried, step, max(trials // 4, 1))
            print(
                f"{'':<20}{carried:>9}{step:>8}{found:>9.1%}{'-' if np.isnan(holds) else f'{holds:.0%}':>20}"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
