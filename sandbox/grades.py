"""Korea's comprehensive air-quality index and grades, computed simply.

The index of a pollutant is linear between its class limits; the whole is the worst of them, given where at
least three pollutants and one of the particles are valid. The official index also adds points where several
pollutants are bad and predicts the 24 h mean: left out, the sandbox needs only plausible figures.
"""

from __future__ import annotations

from collections.abc import Mapping

_INDEX = (0.0, 50.0, 100.0, 250.0, 500.0)
_LIMITS = {
    "so2": (0, 0.02, 0.05, 0.15, 1.0),
    "co": (0, 2.0, 9.0, 15.0, 50.0),
    "o3": (0, 0.03, 0.09, 0.15, 0.6),
    "no2": (0, 0.03, 0.06, 0.2, 2.0),
    "pm10": (0, 30.0, 80.0, 150.0, 600.0),
    "pm25": (0, 15.0, 35.0, 75.0, 500.0),
}


def grade(pollutant: str, value: float | None) -> str | None:
    """1 good to 4 very bad; None where there is no value."""
    if value is None:
        return None
    limits = _LIMITS[pollutant]
    return str(next((i for i in (1, 2, 3) if value <= limits[i]), 4))


def khai(values: Mapping[str, float | None]) -> tuple[str, str | None]:
    """The index and its grade, `-` and None where too little is valid."""
    held = {name: value for name, value in values.items() if value is not None}
    if len(held) < 3 or not held.keys() & {"pm25", "pm10"}:
        return "-", None
    index = max(_sub_index(name, value) for name, value in held.items())
    worst = round(index)
    return str(worst), str(1 if worst <= 50 else 2 if worst <= 100 else 3 if worst <= 250 else 4)


def _sub_index(pollutant: str, value: float) -> float:
    limits = _LIMITS[pollutant]
    for i in range(1, 5):
        if value <= limits[i]:
            share = (value - limits[i - 1]) / (limits[i] - limits[i - 1])
            return max(0.0, _INDEX[i - 1] + share * (_INDEX[i] - _INDEX[i - 1]))
    return 500.0
