"""Chance without state: numbers that depend on their key alone, so that any process draws the same."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def _number(*parts: object) -> int:
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def draw(*parts: object) -> float:
    """One uniform number in [0, 1) that belongs to its parts."""
    return (_number(*parts) >> 11) / (1 << 53)


def keys(names: Sequence[str]) -> Keys:
    """One key per name, for `draws`."""
    return np.array([_number(name) for name in names], dtype=np.uint64)


def draws(names: Keys, *parts: object) -> Floats:
    """One uniform number in [0, 1) per key, all belonging to the same parts (splitmix64's finisher)."""
    with np.errstate(over="ignore"):
        x = (names ^ np.uint64(_number(*parts))) + _STEP
        x = (x ^ (x >> np.uint64(30))) * _FIRST
        x = (x ^ (x >> np.uint64(27))) * _SECOND
        x ^= x >> np.uint64(31)
    return (x >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def bells(names: Keys, *parts: object) -> Floats:
    """One roughly normal number per key: mean 0, standard deviation 1, never beyond 3."""
    three = draws(names, *parts, 0) + draws(names, *parts, 1) + draws(names, *parts, 2)
    return 2.0 * (three - 1.5)
