"""Korea's bulletins in the catalogue's terms: regions by name, grades as bounds, times of issue."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

from config.clock import civil
from config.facts import Facts
from config.places import folded
from config.scales import Grade
from ingest.hours import HourClock, LabelError, moment

CLOCK = HourClock(label="start", zone="Asia/Seoul")
# Bulletins speak of these; the parts are the halves of Gangwon and Gyeonggi that are forecast apart.
_KINDS = ("sido", "part")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DISPATCH = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(\d{1,2})시(?:\s*발표)?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


class Bounds(NamedTuple):
    """What a word says of a day mean, ug/m3: above `above`, not above `up_to`; None is not said."""

    above: float | None
    up_to: float | None


NOT_SAID = Bounds(None, None)


class Wording:
    """Names and grades of one catalogue."""

    def __init__(self, facts: Facts) -> None:
        korean = [one for one in facts.regions.values() if one.country == "KR" and one.kind in _KINDS]
        self._regions = {folded(name): one.id for one in korean for name in (one.id, *one.names) if name}
        self._grades = [one for one in facts.all("grades", Grade) if one.country == "KR"]
        self._words = {folded(one.name_ko): one.name_ko for one in self._grades}

    def region(self, name: str) -> str | None:
        """The id of a sido, or of a part of one that is forecast apart; None for an unknown name."""
        return self._regions.get(folded(name))

    def grade(self, word: str) -> str | None:
        """A grade as the catalogue writes it; None for an unknown word."""
        return self._words.get(folded(word))

    def bounds(self, pollutant: str, word: str, issued_on: date) -> Bounds:
        """What a grade meant on the day of issue; nothing where the catalogue has no grades of a pollutant.

        Grades are of whole numbers: 36 to 75 is above 35.
        """
        for one in self._grades:
            same = (one.pollutant, folded(one.name_ko)) == (pollutant, folded(word))
            if same and one.holds_on(issued_on):
                return Bounds(
                    float(one.lo - 1) if one.lo else None, None if one.hi is None else float(one.hi)
                )
        return NOT_SAID


def civil_day(text: str) -> date:
    """A day written 2024-02-18; raises `LabelError`."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise LabelError(f"{text!r} is no day written YYYY-MM-DD")


def dispatched(text: str) -> datetime:
    """The moment of "2024-01-29 23시 발표", in Korea's time; raises `LabelError`."""
    found = _DISPATCH.fullmatch(text.strip())
    if found is None:
        raise LabelError(f"{text!r} is no time of issue written YYYY-MM-DD HH시 발표")
    return moment(CLOCK.from_text(f"{found[1]} {int(found[2]):02d}")).astimezone(civil(CLOCK.zone))


def instant(day: str, time: str) -> datetime:
    """The aware moment of a Korean day and HH:MM, 24:00 being the end of the day; raises `LabelError`."""
    found = _TIME.fullmatch(time.strip())
    if found is None or not int(found[2]) < 60 or (int(found[1]) == 24 and int(found[2])):
        raise LabelError(f"{time!r} is no time written HH:MM")
    begins = moment(CLOCK.from_text(f"{civil_day(day.strip())} {int(found[1]):02d}"))
    return begins + timedelta(minutes=int(found[2]))
