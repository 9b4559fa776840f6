"""Starts of seasons that never were: years of air that wanders, around a day on which something begins.

The log of the day mean has a yearly cycle, a slow fall, an AR(1) process from day to day, and if asked a
slow one of about a month, by which winters differ. Regions share factors, each in its own mixture.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.interrupted import Window, week_means

Floats = npt.NDArray[np.float64]

WINDOW = Window(8, 8, 1)
YEARS = 5
# Like Seoul's day means: the spread of their logarithms, and what one day leaves of it for the next.
SPREAD, CARRIED = 0.45, 0.6
_SLOWLY = 0.97
_START = 200


def starts(seed: int, effect: float = 0.0, slow: float = 0.0, window: Window = WINDOW) -> Floats:
    """Weekly logarithms (year, week); `effect` is added after the start of the last year, -0.105 is -10 %."""
    rng = np.random.default_rng(seed)
    n = (YEARS + 1) * 365 + 2 * _START
    day = np.arange(n)
    air = 3.3 + 0.25 * np.cos(2 * np.pi * day / 365) - 0.04 * day / 365
    air += SPREAD * wander(n, CARRIED, rng) + slow * wander(n, _SLOWLY, rng)
    first = [_START + 365 * year for year in range(YEARS + 1)]
    air[first[-1] :] += effect
    return np.array([week_means(np.exp(air), one, window) for one in first])


def regions(seed: int, effect: float = 0.0, donors: int = 25, weeks: int = 112, after: int = 7) -> Floats:
    """Weekly logarithms (region, week), the target first; `effect` is added to its last weeks."""
    rng = np.random.default_rng(seed)
    factors = np.array([0.3 * wander(weeks, 0.3, rng) for _ in range(3)])
    factors = np.vstack([factors, 0.3 * np.cos(2 * np.pi * np.arange(weeks) / 52)])
    share = rng.uniform(size=(donors + 1, len(factors)))
    share *= 1.6 / share.sum(axis=1, keepdims=True)
    own = rng.normal(0, 0.12, (donors + 1, weeks)) + rng.normal(3.8, 0.3, (donors + 1, 1))
    values: Floats = share @ factors + own
    values[0, -after:] += effect
    return values


def weathered(
    seed: int, effect: float = 0.0, days: int = 1356, start: int = 1300
) -> tuple[Floats, Floats, Floats]:
    """Day numbers (day,), day means (day,), weather (day, variable); `effect` from `start` on."""
    rng = np.random.default_rng(seed)
    day = np.arange(days, dtype=np.float64)
    warm, wind, high = (wander(days, 0.6, rng) for _ in range(3))
    cycle = np.cos(2 * np.pi * day / 365.25)
    weather = np.column_stack([10 - 14 * cycle + 4 * warm, 3 * np.exp(0.4 * wind), 600 * np.exp(0.4 * high)])
    air = (
        3.4
        + 0.25 * cycle
        - 0.2 * wind
        - 0.2 * high
        + 0.04 * warm
        - 0.04 * day / 365
        + rng.normal(0, 0.2, days)
    )
    air[start:] += effect
    return day, np.exp(air), weather


def wander(n: int, carried: float, rng: np.random.Generator) -> Floats:
    """A stationary AR(1) process (n,) of spread 1."""
    noise = rng.normal(size=n)
    noise[1:] *= np.sqrt(1 - carried**2)
    for step in range(1, n):
        noise[step] += carried * noise[step - 1]
    found: Floats = noise
    return found
