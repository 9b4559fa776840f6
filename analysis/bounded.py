"""What a value known only within bounds is on average: regression of interval-censored values."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

# Beside a bound that stands alone the value is first put a factor of the square root of 2 away.
_BESIDE = 0.5 * float(np.log(2))
# Covariates that differ by less than this share are one: readings are kept in single precision.
RANK = 1e-6
_STEPS = 200
_STILL = 1e-6


def centre(low: Floats, high: Floats) -> Floats:
    """The middle of logarithmic bounds; beside the one bound where the other is open, NaN where both are."""
    middle = np.where(np.isfinite(low) & np.isfinite(high), (_finite(low) + _finite(high)) / 2, np.nan)
    middle = np.where(np.isfinite(low) & ~np.isfinite(high), _finite(low) + _BESIDE, middle)
    return np.where(~np.isfinite(low) & np.isfinite(high), _finite(high) - _BESIDE, middle)


def expected_value(low: Floats, high: Floats, covariates: Floats) -> Floats:
    """The expectation of normal values of which only bounds and covariates are known.

    The value is taken as linear in the covariates with normal errors; coefficients and error are found by
    the EM algorithm for grouped data (Dempster, Laird and Rubin 1977, section 4.2): the expectation of a
    truncated normal within each pair of bounds, then least squares, until nothing moves.

    Parameters
    ----------
    low, high : array (day,)
        Bounds, -inf and inf where open; here logarithms of ug/m3. At least one of a pair is finite.
    covariates : array (day, k)
        With a column of ones.

    Returns
    -------
    array (day,)
        Within the bounds.

    Raises
    ------
    ValueError
        For bounds that hold nothing, or everything.
    """
    from scipy.special import ndtr  # a small question must not wait for it

    if not (low < high).all():
        raise ValueError("bounds must leave something between them")
    found = centre(low, high)
    if np.isnan(found).any():
        raise ValueError("a value of which nothing is known has no expectation here")
    spread = 1.0
    for _ in range(_STEPS):
        line = covariates @ np.linalg.lstsq(covariates, found, rcond=RANK)[0]
        a, b = (low - line) / spread, (high - line) / spread
        share = np.maximum(ndtr(b) - ndtr(a), 1e-300)
        shift = (_density(a) - _density(b)) / share
        before, found = found, np.clip(line + spread * shift, low, high)
        tails = (_finite(a) * _density(a) - _finite(b) * _density(b)) / share
        left = np.clip(1 + tails - shift**2, 0, 1)
        spread = max(float(np.sqrt(np.mean((found - line) ** 2 + spread**2 * left))), _STILL)
        if np.abs(found - before).max(initial=0) < _STILL:
            break
    return found


def _density(z: Floats) -> Floats:
    density: Floats = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    return density


def _finite(z: Floats) -> Floats:
    return np.where(np.isfinite(z), z, 0.0)
