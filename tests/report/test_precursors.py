"""Episodes linked across the sea: what began before what, beside how often that is so on any day."""

from __future__ import annotations

from typing import Any

import pytest

from report import episodes, precursors
from report.episodes import Rule
from report.precursors import Within
from report.question import QuestionError

SPAN = {"since": "2019-01-01", "until": "2019-03-31"}


def fill(air: Any, area: str, high: dict[int, float], low: float, feed: str) -> None:
    """Ninety days of a region's first station: `low`, and on some days another value."""
    (one,) = air.of(area)
    zone = "+09:00" if area.startswith("kr") else "+08:00"
    days = [high.get(day, low) for day in range(90)]
    air.hours(one, f"2019-01-01T00:00{zone}", [value for value in days for _ in range(24)], feed=feed)


TWO_DAYS = Within(draws=199)


def linked(air: Any, within: Within = TWO_DAYS) -> Any:
    seoul, beijing = (air.asked(region=one, **SPAN) for one in ("kr-seoul", "cn-beijing"))
    here, there = (
        Rule(episodes.profile_of(air.facts, asked, name))
        for asked, name in ((seoul, "kr-high-day"), (beijing, "cn-polluted-day"))
    )
    return precursors.ask(air.store, air.facts, seoul, here, beijing, there, within).answer


@pytest.fixture
def crossing(local_air: Any) -> Any:
    """Haze over Beijing on nine days and over Seoul each time on the day after."""
    days = range(5, 86, 9)
    fill(local_air, "cn-beijing", dict.fromkeys(days, 100.0), 30, "cnemc-archive")
    fill(local_air, "kr-seoul", {day + 1: 60.0 for day in days}, 20, "airkorea-final")
    return local_air


def test_an_episode_names_those_that_began_in_the_window_before_it(crossing: Any) -> None:
    answer = linked(crossing)
    assert len(answer["episodes"]) == 9
    for one in answer["episodes"]:
        (before,) = one["precursors"]
        assert (before["region"], before["lead_hours"], before["mean"]) == ("cn-beijing", 24, 100)


def test_the_share_stands_beside_its_base_rate_in_both_directions(crossing: Any) -> None:
    there, back = linked(crossing, Within(shortest=1, longest=24, draws=199))["linking"]["directions"]
    assert (there["from"], there["to"]) == ("Beijing", "Seoul")
    assert (there["onsets"], there["preceded"], there["share"]) == (9, 9, 1.0)
    assert there["base_rate"] == pytest.approx(9 / 90, abs=0.02)
    assert there["p"] <= 0.05
    assert (back["from"], back["to"], back["preceded"]) == ("Seoul", "Beijing", 0)


def test_the_same_civil_day_is_neither_s_precursor_when_a_day_is_the_least(local_air: Any) -> None:
    days = range(5, 86, 9)
    fill(local_air, "cn-beijing", dict.fromkeys(days, 100.0), 30, "cnemc-archive")
    fill(local_air, "kr-seoul", dict.fromkeys(days, 60.0), 20, "airkorea-final")
    there, back = linked(local_air, Within(shortest=1, longest=24, draws=199))["linking"]["directions"]
    assert (there["preceded"], back["preceded"]) == (0, 0)
    there, back = linked(local_air, Within(shortest=0, longest=24, draws=199))["linking"]["directions"]
    assert (there["preceded"], back["preceded"]) == (9, 9)


def test_the_words_are_of_time_and_not_of_origin(crossing: Any) -> None:
    note = linked(crossing)["linking"]["note"]
    assert "not a share of origin" in note
    assert "base_rate" in note


def test_a_window_goes_from_the_shorter_to_the_longer() -> None:
    with pytest.raises(QuestionError, match="--within"):
        Within(shortest=48, longest=12)
