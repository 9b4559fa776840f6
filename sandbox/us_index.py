"""The United States index of one hour's value, computed simply from a table of the sandbox's own."""

from __future__ import annotations

_INDEX = (0, 50, 100, 150, 200, 300, 400, 500)
# Upper ends of the classes: ug/m3 for particles, ppb for gases but CO, which is in ppm.
_LIMITS = {
    "pm25": (0, 12.0, 35.4, 55.4, 150.4, 250.4, 350.4, 500.4),
    "pm10": (0, 54, 154, 254, 354, 424, 504, 604),
    "o3": (0, 54, 70, 85, 105, 200),
    "no2": (0, 53, 100, 360, 649, 1249, 1649, 2049),
    "so2": (0, 35, 75, 185, 304, 604, 804, 1004),
    "co": (0, 4.4, 9.4, 12.4, 15.4, 30.4, 40.4, 50.4),
}
# What one ug/m3 (CO: mg/m3) of a gas is in the units above, at 25 C.
_FROM_MASS = {"o3": 0.51, "no2": 0.53, "so2": 0.38, "co": 0.87}
_FROM_PPM = {"o3": 1000.0, "no2": 1000.0, "so2": 1000.0, "co": 1.0}


def sub_index(pollutant: str, value: float | None, *, korean: bool) -> float | None:
    """The sub-index of a value in its network's unit: whole for particles, with a decimal for gases.

    Korea's gases are in ppm, China's in ug/m3 (CO in mg/m3).
    """
    if value is None:
        return None
    amount = max(0.0, value * (_FROM_PPM if korean else _FROM_MASS).get(pollutant, 1.0))
    limits = _LIMITS[pollutant]
    found = float(_INDEX[len(limits) - 1])
    for at in range(1, len(limits)):
        if amount <= limits[at]:
            share = (amount - limits[at - 1]) / (limits[at] - limits[at - 1])
            found = _INDEX[at - 1] + share * (_INDEX[at] - _INDEX[at - 1])
            break
    return round(found) if pollutant in ("pm25", "pm10") else round(found, 1)
