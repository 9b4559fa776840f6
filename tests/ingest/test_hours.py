"""Hour labels: which end they name, 24:00, and the clocks that must not be guessed."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.hours import (
    HourClock,
    LabelError,
    civil_days,
    day_starts,
    hour_number,
    moment,
    place_days,
    undo_us_spring,
)

SEOUL_END = HourClock(label="end", zone="Asia/Seoul")
SEOUL_START = HourClock(label="start", zone="Asia/Seoul")
BEIJING_START = HourClock(label="start", zone="Asia/Shanghai")

days = st.dates(date(1992, 1, 1), date(2099, 12, 31))
clocks = st.sampled_from([SEOUL_END, SEOUL_START, BEIJING_START, HourClock(label="end", zone="UTC")])


@given(days)
def test_labels_01_to_24_of_a_day_are_its_24_starts(day: date) -> None:
    hours = SEOUL_END.from_texts([f"{day:%Y-%m-%d} {hour:02}:00" for hour in range(1, 25)])
    first = hour_number(datetime(day.year, day.month, day.day, tzinfo=UTC)) - 9
    assert hours.tolist() == list(range(first, first + 24))


@given(days, st.integers(0, 24))
def test_an_end_label_is_the_hour_before_a_start_label(day: date, hour: int) -> None:
    label = f"{day:%Y%m%d}{hour:02}"
    assert SEOUL_END.from_text(label) == SEOUL_START.from_text(label) - 1


@given(days, clocks)
def test_24_00_is_the_next_days_00_00(day: date, clock: HourClock) -> None:
    following = day + timedelta(days=1)
    assert clock.from_text(f"{day:%Y-%m-%d} 24:00") == clock.from_text(f"{following:%Y-%m-%d} 00:00")


@given(st.integers(hour_number(datetime(1992, 1, 2, tzinfo=UTC)), 1_100_000), clocks)
def test_label_of_is_the_way_back(hour: int, clock: HourClock) -> None:
    day, of_day = clock.label_of(hour)
    assert clock.from_text(f"{day:%Y%m%d}{of_day:02}") == hour


@given(st.lists(st.text("0123456789-: T.", max_size=20), max_size=8))
def test_placing_never_raises_and_agrees_with_reading_one_by_one(texts: list[str]) -> None:
    hours, placed = SEOUL_END.place_texts(texts)
    for text, hour, ok in zip(texts, hours, placed, strict=True):
        if ok:
            assert SEOUL_END.from_text(text) == hour
        else:
            with pytest.raises(LabelError):
                SEOUL_END.from_text(text)


@pytest.mark.parametrize(
    "label",
    [
        "2020010101",
        "202001010100",
        "2020-01-01 01:00",
        "2020/1/1 1:00",
        "2020-01-01T01:00:00",
        "2020010101.0",
    ],
)
def test_ways_of_writing_one_hour(label: str) -> None:
    assert moment(SEOUL_END.from_text(label)) == datetime(2019, 12, 31, 15, tzinfo=UTC)


@pytest.mark.parametrize("label", ["1/2/2020 1:00", "01/02/2020 01:00"])
def test_month_first_is_read_only_when_it_is_said(label: str) -> None:
    with pytest.raises(LabelError):
        SEOUL_END.from_text(label)
    assert SEOUL_END.from_texts([label], "mdyh")[0] == SEOUL_END.from_text("2020-01-02 01:00")
    assert SEOUL_END.from_texts([label], "dmyh")[0] == SEOUL_END.from_text("2020-02-01 01:00")


@pytest.mark.parametrize(
    "label",
    [
        "2020-01-01 25:00",
        "2020-02-30 01:00",
        "2019-02-29 01",
        "2020-13-01 01",
        "2020-01-00 01",
        "2020-01-01 01:30",
        "2020-01-01 01:00 PM",
        "오후 2020-01-01 01:00",
        "2020-01-01",
        "2020-01-01T01:00:00+09:00",
        "-",
        "",
    ],
)
def test_what_is_no_hour_is_refused(label: str) -> None:
    with pytest.raises(LabelError):
        SEOUL_END.from_text(label)
    assert not SEOUL_END.place_texts([label])[1][0]


def test_a_clock_needs_both_its_ends_and_a_zone_that_stands_still() -> None:
    with pytest.raises(TypeError):
        HourClock(label="end")  # type: ignore[call-arg]
    with pytest.raises(LabelError, match="changes"):
        HourClock(label="end", zone="America/New_York")
    with pytest.raises(LabelError, match="IANA"):
        HourClock(label="end", zone="KST")


@pytest.mark.parametrize("text", ["20140101", "2014-01-01", "2014-01-01 00:00:00", "2014/1/1", "20140101.0"])
def test_ways_of_writing_one_day(text: str) -> None:
    hours, placed = place_days([text], "Asia/Seoul")
    assert placed.all()
    assert moment(hours[0]) == datetime(2013, 12, 31, 15, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2014010100", "201401010000", "2014-01-01 01:00", "20140230", "합계", ""])
def test_what_is_no_day_is_refused(text: str) -> None:
    assert not place_days([text], "Asia/Seoul")[1][0]


@given(days)
def test_a_day_begins_where_its_label_01_ends_an_hour(day: date) -> None:
    compact = np.array([int(f"{day:%Y%m%d}")])
    assert day_starts(civil_days(compact), "Asia/Seoul")[0] == SEOUL_END.from_compact(compact * 100 + 1)[0]


def _undone(labels: list[int], station: list[int] | None = None) -> list[int]:
    return undo_us_spring(np.array(labels), np.array(station or [0] * len(labels))).tolist()  # type: ignore[no-any-return]


def test_the_first_of_two_threes_on_the_us_spring_day_is_two() -> None:
    assert _undone([2015030801, 2015030803, 2015030803, 2015030804]) == [
        2015030801,
        2015030802,
        2015030803,
        2015030804,
    ]


@pytest.mark.parametrize(
    "labels",
    [
        [2015030701, 2015030703, 2015030703],  # another day
        [2015030801, 2015030802, 2015030803, 2015030803],  # 02:00 is there: a repeat
        [2015030804, 2015030804],  # another hour
    ],
)
def test_other_repeats_stay(labels: list[int]) -> None:
    assert _undone(labels) == labels


def test_two_stations_are_not_a_pair() -> None:
    assert _undone([2015030803, 2015030803], [0, 1]) == [2015030803, 2015030803]
