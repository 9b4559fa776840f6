"""What the synthetic world announces: forecasts from its own days to come, with an error; alerts by the rule.

Nothing of it was ever issued. A sido speaks by the mean of its urban stations.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from math import exp

import numpy as np

from analysis.alerts import Alert, replay
from config.facts import Facts
from config.rules import AlertRule
from sandbox.announced import KOREA, Outlook, Pollutant, Product, Sent, Warned
from sandbox.dice import Floats, draw
from sandbox.grades import grade
from sandbox.labels import KST, hour_of, local_day
from sandbox.recent import Recent
from sandbox.world import POLLUTANTS, SIDO, World

HALVES = {
    "kr-gangwon-yeongdong": "kr-gangwon",
    "kr-gangwon-yeongseo": "kr-gangwon",
    "kr-gyeonggi-south": "kr-gyeonggi",
    "kr-gyeonggi-north": "kr-gyeonggi",
}
REGIONS = [*(one for one in SIDO if one not in HALVES.values()), *HALVES]
_WORDS = {"1": "좋음", "2": "보통", "3": "나쁨", "4": "매우나쁨", None: "예보없음"}
_DISPATCHES = (23, 17, 11, 5)
_ALERT_POLLUTANTS = ("pm25", "pm10")
# A forecast misses by about so much of the value, for each day ahead.
_ERROR = 0.1
_WARM = range(4, 10)
_BEFORE_START = 24


class Invented:
    """The announcements of a world without a database behind it.

    Parameters
    ----------
    world : World
    seed : int
    start : datetime
        Alerts begin a day before; a year of hours would have to be invented otherwise.
    """

    def __init__(self, world: World, seed: int, start: datetime) -> None:
        self._world, self._seed = world, seed
        self._first = hour_of(start) - _BEFORE_START
        self._hours: Recent[int, Floats] = Recent(self._hour, 4000)
        self._days: Recent[date, dict[str, dict[Pollutant, float]]] = Recent(self._day, 400)
        self._alerts: Recent[int, list[Warned]] = Recent(self._alerts_by, 4)

    def outlooks(self, product: Product, day: date) -> list[Outlook]:
        """The forecasts issued on a day, the newest first."""
        if product == "week":
            return [self._week(day, lead) for lead in (3, 4, 5, 6)]
        codes: list[Pollutant] = ["pm25"] if product == "over50" else ["pm10", "pm25"]
        if product == "grade" and day.month in _WARM:
            codes.append("o3")
        return [
            self._outlook(product, code, datetime.combine(day, time(hour), KOREA), lead)
            for hour in _DISPATCHES
            for code in codes
            for lead in ((1, 2) if product == "over50" else (0, 1, 2) if hour >= 17 else (0, 1))
        ]

    def alerts(self, year: int, now: datetime) -> list[Warned]:
        """The alerts issued in a year, as known at a data time: the last hours are not out at once."""
        known = self._alerts(hour_of(now - timedelta(minutes=15)))
        return [one for one in known if one.issued.astimezone(KOREA).year == year]

    def messages(self, since: date, now: datetime) -> list[Sent]:
        """One that speaks of a measure where the capital area is to have one, and one a day that does not."""
        first = max(since, local_day(self._first, KST))
        last = now.astimezone(KOREA).date()
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return [one for day in days for one in self._messages(day)]

    def expected(self, region: str, code: Pollutant, issued: datetime, for_date: date) -> float | None:
        """The forecast behind the words: the day's own value, missed by a share that grows with the lead."""
        held = self._days(for_date).get(HALVES.get(region, region), {}).get(code)
        if held is None:
            return None
        lead = (for_date - issued.date()).days + 1
        parts = (self._seed, "forecast", region, code, issued.isoformat(), for_date)
        normal = 2.0 * (draw(*parts, 0) + draw(*parts, 1) + draw(*parts, 2) - 1.5)
        return held * exp(_ERROR * lead * normal)

    def _outlook(self, product: Product, code: Pollutant, issued: datetime, lead: int) -> Outlook:
        for_date = issued.date() + timedelta(days=lead)
        regions = list(SIDO) if product == "over50" else REGIONS
        values = {one: self.expected(one, code, issued, for_date) for one in regions}
        words: dict[str, str | None] = {}
        for region, value in values.items():
            whole = value if value is None or code == "o3" else round(value)
            words[region] = _WORDS[grade(code, whole)]
            if product == "over50":
                words[region] = "O" if value is not None and value > 50 else None
        return Outlook(product, code, issued, for_date, words)

    def _week(self, day: date, lead: int) -> Outlook:
        issued = datetime.combine(day, time(17, 30), KOREA)
        for_date = day + timedelta(days=lead)
        values = {one: self.expected(one, "pm25", issued, for_date) for one in REGIONS}
        words = {
            one: "높음" if value is not None and value >= 36 else "낮음" for one, value in values.items()
        }
        return Outlook("week", "pm25", issued, for_date, words, "높음" if lead == 3 else "보통")

    @cached_property
    def _rows(self) -> list[list[int]]:
        """Per sido the rows of its urban stations."""
        stations = self._world.stations("airkorea")
        return [
            [row for row, one in enumerate(stations) if one.area == name and one.kind == "urban"]
            for name in SIDO.values()
        ]

    def _hour(self, hour: int) -> Floats:
        """(sido, pollutants): the means of one hour, NaN where no station has a value."""
        block = self._world.block("airkorea", hour)
        means = np.full((len(SIDO), len(POLLUTANTS)), np.nan)
        for sido, rows in enumerate(self._rows):
            values = block[rows]
            valid = (~np.isnan(values)).sum(axis=0)
            total = np.nansum(values, axis=0)
            means[sido] = np.where(valid > 0, total / np.maximum(valid, 1), np.nan)
        return means

    def _day(self, day: date) -> dict[str, dict[Pollutant, float]]:
        """Day means of particles, the highest hour of ozone, by sido."""
        start = (day - date(1970, 1, 1)).days * 24 - KST
        hours = np.stack([self._hours(hour) for hour in range(start, start + 24)])
        found: dict[str, dict[Pollutant, float]] = {}
        for sido, id_ in enumerate(SIDO):
            if self._rows[sido]:
                pm25, pm10 = np.nanmean(hours[:, sido, :2], axis=0)
                found[id_] = {
                    "pm25": float(pm25),
                    "pm10": float(pm10),
                    "o3": float(np.nanmax(hours[:, sido, 2])),
                }
        return found

    @cached_property
    def _rules(self) -> list[AlertRule]:
        return [one for one in Facts().all("alert_rules", AlertRule) if not one.regions]

    def _alerts_by(self, end: int) -> list[Warned]:
        """Every alert of the hours from the beginning to before `end`."""
        if end <= self._first:
            return []
        hours = np.stack([self._hours(hour) for hour in range(self._first, end)])
        days = np.array([local_day(hour, KST) for hour in range(self._first, end)], "datetime64[D]")
        found: list[Warned] = []
        for sido, (id_, name) in enumerate(SIDO.items()):
            for code in _ALERT_POLLUTANTS:
                values = hours[:, sido, POLLUTANTS.index(code)]
                rules = [rule for rule in self._rules if rule.pollutant == code]
                found += [self._warned(id_, name, code, values, one) for one in replay(values, days, rules)]
        return sorted(found, key=lambda one: one.issued)

    def _warned(self, region: str, name: str, code: str, values: Floats, one: Alert) -> Warned:
        issued, lifted = self._moment(one.issued), one.lifted
        cleared = (None, None) if lifted is None else (self._moment(lifted), float(values[lifted - 1]))
        return Warned(region, f"{name}권역", code, one.level, issued, one.value, *cleared)

    def _moment(self, index: int) -> datetime:
        return datetime.fromtimestamp((self._first + index) * 3600, UTC)

    def _messages(self, day: date) -> list[Sent]:
        number = (day - date(2000, 1, 1)).days * 10
        dry = Sent(
            number, datetime.combine(day, time(9, 3, 20), KOREA),
            "[산림청] 건조주의보 발효 중, 입산 시 화기 소지를 삼가 주시기 바랍니다.",
            "강원특별자치도 전체", "안전안내", "산불",
        )  # fmt: skip
        at = datetime.combine(day, time(17), KOREA)
        today = self._days(day).get("kr-seoul", {}).get("pm25", 0.0)
        tomorrow = self.expected("kr-seoul", "pm25", at, day + timedelta(days=1)) or 0.0
        if today <= 50 or tomorrow <= 50:
            return [dry]
        measure = Sent(
            number + 1, at + timedelta(minutes=15, seconds=7),
            "[환경부] 내일 06~21시 수도권 미세먼지 비상저감조치 시행. 5등급차 운행제한",
            "서울특별시 전체,인천광역시 전체,경기도 전체", "안전안내", "미세먼지",
        )  # fmt: skip
        return [dry, measure]
