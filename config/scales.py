"""The tables of air quality indices and grades, by version and date."""

from __future__ import annotations

from typing import ClassVar, Literal

from config.fact import Country, Dated

Scheme = Literal["kr-cai", "cn-aqi", "us-aqi"]


class Breakpoint(Dated):
    """One segment of an index: concentrations `c_lo`..`c_hi` map to `i_lo`..`i_hi`.

    `digits` decimals are what concentrations are brought to before the table is read, by `rounding`.
    """

    KEY: ClassVar = ("scheme", "version", "pollutant", "averaging", "i_lo")
    REFERS: ClassVar = {"pollutant": "pollutants"}

    scheme: Scheme
    version: str
    pollutant: str
    averaging: str
    i_lo: int
    i_hi: int
    c_lo: float
    c_hi: float
    unit: str
    digits: int
    rounding: Literal["half-up", "half-even", "truncate"]


class Category(Dated):
    """A class of an index, `lo` to `hi` inclusive, with its name in three languages and official colour."""

    KEY: ClassVar = ("scheme", "lo", "valid_from")

    scheme: Scheme
    lo: int
    hi: int | None = None
    name_en: str
    name_ko: str
    name_zh: str
    colour: str


class Grade(Dated):
    """A class of the forecast for a day mean, whole ug/m3, `lo` to `hi` inclusive."""

    KEY: ClassVar = ("country", "pollutant", "lo", "valid_from")

    country: Country
    pollutant: str
    lo: int
    hi: int | None = None
    name_en: str
    name_ko: str
    name_zh: str
