"""The rules by which measures and alerts are issued, by version and date: rows, not branches.

Sources: the Special Act on fine dust (Korea) and its manuals; enforcement rules of the Clean Air
Conservation Act; the Chinese unified alert rules of 2016, 2017, 2018 and 2023.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from config.fact import Country, Dated, Fact, Period


class MeasureRule(Dated):
    """A version of the rule that decides a measure for the next day.

    Attributes
    ----------
    rule : `kr-emergency` or `kr-preliminary`.
    regions : the units that decide, between bars; `kr` means every sido.
    joint : `each` unit for itself, `all` of them only together, `two-of` them bind the rest.
    decide_at, in_force_from, in_force_to : civil time HH:MM; in force on the following day.
    window_first, window_last : labels (hour-ending) of today's mean, inclusive: 1..16 is "0-16 h".
    free_days : no measure for Saturdays, Sundays and holidays.
    """

    REFERS: ClassVar = {"regions": "regions"}

    id: str
    rule: Literal["kr-emergency", "kr-preliminary"]
    regions: str
    joint: Literal["each", "all", "two-of"]
    decide_at: str
    in_force_from: str
    in_force_to: str
    window_first: int
    window_last: int
    free_days: bool = False


class MeasureCriterion(Fact):
    """One criterion of a version; it is met when all of its clauses are. Thresholds are strict (`>`), ug/m3.

    `today_alert` is the least level of an alert issued in the window in any zone; `d1` and `d2` are the
    day means forecast for tomorrow and the day after.
    """

    KEY: ClassVar = ("version", "criterion")
    REFERS: ClassVar = {"version": "measure_rules"}

    version: str
    criterion: str
    today_mean_gt: float | None = None
    today_alert: Literal["advisory", "warning"] | None = None
    d1_gt: float | None = None
    d2_gt: float | None = None


class Halves(Fact):
    """That a unit decides by its forecast regions: `all` of them must meet, or `each` decides for itself."""

    KEY: ClassVar = ("region",)
    REFERS: ClassVar = {"region": "regions", "parts": "regions"}

    region: str
    parts: str
    joint: Literal["all", "each"]


class CrisisStep(Dated):
    """A step of the crisis manual. Several rows of one step are alternatives.

    Either `hourly_ge` for `hours` hours and `d1_gt` forecast, or `previous` for `days` days running and one
    more expected.
    """

    KEY: ClassVar = ("scheme", "number", "alternative")

    scheme: Literal["pm25", "dust"]
    number: int
    name_ko: str
    name_en: str
    alternative: int
    pollutant: str
    hourly_ge: float | None = None
    hours: int | None = None
    d1_gt: float | None = None
    previous: int | None = None
    days: int | None = None


class AlertRule(Dated):
    """A level of the statutory alert: issued at `enter` or more for `hours`, down below `release_lt`.

    `regions`, several between bars, are those in which the row holds; empty: in all of Korea.
    """

    REFERS: ClassVar = {"pollutant": "pollutants", "regions": "regions"}

    id: str
    pollutant: str
    level: Literal["advisory", "warning"]
    name_ko: str
    enter: float
    hours: int
    release_lt: float | None = None
    regions: str | None = None


class DustRule(Dated):
    """When a day counts as one of yellow dust: PM10 above `pm10_gt` and PM2.5 below `ratio_lt` of it."""

    id: str
    country: Country
    pm10_gt: float
    ratio_lt: float
    title: str


class HeavyAlertRule(Dated):
    """One way in which a Chinese heavy-pollution alert of a level is met, by forecast day AQI.

    AQI above `aqi_gt` on `days` days running, of which `also_days` above `also_gt`; or AQI of `reaches`.
    """

    KEY: ClassVar = ("version", "level", "alternative")
    REFERS: ClassVar = {"regions": "regions"}

    version: str
    regions: str
    level: Literal["blue", "yellow", "orange", "red"]
    alternative: int
    basis: Literal["day AQI", "rolling 24 h AQI"]
    aqi_gt: float | None = None
    days: int | None = None
    also_gt: float | None = None
    also_days: int | None = None
    reaches: float | None = None


class QualityRule(Fact):
    """When a reading is doubtful: one check of one pollutant in some networks; thresholds in its unit.

    Attributes
    ----------
    networks : those whose feeds are judged by it, between bars.
    low, high : `range`; None is open.
    step, ratio : `spike` above both neighbours in time, `above_pm10` and `neighbour` beyond what is compared.
    hours : least length of a `stuck` run, length of the window of `clock_shift`.
    neighbours, km, spreads : least number of stations around, how far away, and the spread that is normal.
    lag, gain, least_r : shifts tried, by how much one has to beat none, and how well it has to fit.
    """

    REFERS: ClassVar = {"pollutant": "pollutants", "networks": "networks"}
    NEEDS: ClassVar = {
        "range": (),
        "stuck": ("hours",),
        "spike": ("step", "ratio"),
        "above_pm10": ("step",),
        "neighbour": ("step", "spreads", "neighbours", "km"),
        "clock_shift": ("hours", "lag", "gain", "least_r", "neighbours", "km"),
    }

    id: str
    check: Literal["range", "stuck", "spike", "above_pm10", "neighbour", "clock_shift"]
    pollutant: str
    period: Period
    networks: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    ratio: float | None = None
    hours: int | None = None
    neighbours: int | None = None
    km: float | None = None
    spreads: float | None = None
    lag: int | None = None
    gain: float | None = None
    least_r: float | None = None

    @model_validator(mode="after")
    def _complete(self) -> QualityRule:
        for column in self.NEEDS[self.check]:
            if getattr(self, column) is None:
                raise ValueError(f"{self.check} needs {column}")
        return self
