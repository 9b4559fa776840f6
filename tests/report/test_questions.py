"""How a question is understood: places first, then spans, feeds and the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from config.facts import Facts
from config.places import Places, UnknownPlaceError
from report.question import Question, QuestionError, ask

SEOUL = {"region": "Seoul", "since": "2019-03-01", "until": "2019-03-31"}


@pytest.fixture(scope="module")
def places(facts: Facts) -> Places:
    return Places(facts)


def asked(places: Places, **how: Any) -> Question:
    return ask(places.facts, places, **how)


def test_days_are_civil_days_and_inclusive(places: Places) -> None:
    question = asked(places, region="kr-seoul", since="2019-03-05", until="2019-03-05")
    assert (question.first, question.end) == (
        datetime(2019, 3, 4, 15, tzinfo=UTC),
        datetime(2019, 3, 5, 15, tzinfo=UTC),
    )
    assert question.whole_days
    china = asked(places, region="cn-beijing", since="2019-03-05", until="2019-03-05")
    assert china.first == datetime(2019, 3, 4, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2019-03-05T12:00+09:00", "2019-03-05T12:00+09:00", [3]),
        ("2019-03-05T12:00+09:00", "2019-03-05T12:59+09:00", [3]),
        ("2019-03-05T11:30+09:00", "2019-03-05T13:00+09:00", [3, 4]),
        ("2019-03-05T03:00Z", "2019-03-05T04:30Z", [3, 4]),
        ("2019-03-05T12:00:00.000001+09:00", "2019-03-05T13:00+09:00", [4]),
    ],
)
def test_times_give_the_hours_that_begin_in_the_span(
    places: Places, since: str, until: str, hours: list[int]
) -> None:
    question = asked(places, region="kr-seoul", since=since, until=until)
    midnight = int(datetime(2019, 3, 5, tzinfo=UTC).timestamp()) // 3600
    assert [hour - midnight for hour in range(*question.hours)] == hours
    assert not question.whole_days


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("2019-03-05T12:00", "2019-03-05T13:00+09:00", "no offset: write 2019-03-05T12:00\\+09:00"),
        ("2019-03-05", "2019-03-04", "is before"),
        ("2019-03-05T12:00Z", "2019-03-05T11:00Z", "is before"),
        ("2019-03-05T12:10Z", "2019-03-05T12:50Z", "no hour begins"),
        ("2019-02-30", "2019-03-04", "no day of the calendar"),
        ("yesterday", "2019-03-04", "is no day"),
        ("0001-01-01", "2019-03-04", "outside the years"),
        ("2019-03-04", "9999-12-31", "outside the years"),
        ("9999-12-31T23:00-12:00", "9999-12-31T23:00-12:00", "outside the years"),
        (None, "2019-03-04", "give --from and --to"),
    ],
)
def test_other_spans_are_refused(places: Places, since: str | None, until: str, said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        asked(places, region="kr-seoul", since=since, until=until)


def test_names_are_resolved_before_anything_else(places: Places) -> None:
    with pytest.raises(UnknownPlaceError, match="kr-seoul"):
        asked(places, region="kr-seol", since="never", until=None, pollutant="gold", feed="none")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"pollutant": "gold"}, "no pollutant is called 'gold'; there are pm25"),
        ({"network": "nasa"}, "no network is called 'nasa'; there are airkorea"),
        ({"feed": "mine"}, "no feed is called 'mine'; there are airkorea-final"),
        ({"stations": ("111123",)}, "either --region or --station"),
    ],
)
def test_what_there_is_not(places: Places, how: dict[str, Any], said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        asked(places, **SEOUL, **how)


def test_a_feed_of_a_mapping_is_known_where_it_is_held(places: Places) -> None:
    assert asked(places, **SEOUL, feed="roof", own_feeds=["roof"]).feed == "roof"


def test_a_station_named_twice_is_asked_once(places: Places) -> None:
    question = asked(places, stations=("111123", "종로구"), since="2019-03-01", until="2019-03-01")
    assert question.stations == ("airkorea-111123",)


def test_stations_of_two_countries_are_asked_one_by_one(places: Places) -> None:
    with pytest.raises(QuestionError, match="one by one"):
        asked(places, stations=("111123", "1001A"), since="2019-03-01", until="2019-03-01")


def test_the_question_is_told_as_understood(places: Places) -> None:
    told = asked(places, **SEOUL, as_of="2020-01-01").as_json()
    assert told["region"] == "kr-seoul"
    assert (told["from"], told["to"]) == ("2019-03-01T00:00:00+09:00", "2019-04-01T00:00:00+09:00")
    assert told["as_of"] == "2019-12-31T15:00:00+00:00"
