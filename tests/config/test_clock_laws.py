"""Laws of data time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.clock import Clock, ClockError, civil

STARTS = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - the strategy gives the zone
    datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(timezone(timedelta(hours=9))),
)
SPEEDS = st.floats(1e-3, 1e3)
UNIX = st.floats(1.6e9, 1.8e9)
CLOCKS = st.builds(
    lambda start, epoch, speed: Clock(start.astimezone(UTC), epoch, speed), STARTS, UNIX, SPEEDS
)


@given(CLOCKS)
def test_a_clock_is_read_back_from_its_own_words(clock: Clock) -> None:
    assert Clock.parse(clock.spec()) == clock


@given(CLOCKS, st.floats(-1e6, 1e6))
def test_data_time_runs_at_its_speed(clock: Clock, later: float) -> None:
    unix = clock.epoch + later
    passed = (clock.at(unix + 60) - clock.at(unix)).total_seconds()
    assert passed == pytest.approx(60 * clock.speed, abs=1e-3 * clock.speed)
    assert clock.real_seconds(60 * clock.speed) == pytest.approx(60)


@given(CLOCKS)
def test_it_shows_its_start_at_its_epoch(clock: Clock) -> None:
    assert clock.at(clock.epoch) == clock.start


def test_without_a_word_it_is_the_real_clock() -> None:
    assert Clock.parse(None) == Clock.parse("") == Clock.real()
    assert Clock.real().spec() is None
    assert abs(Clock.real().now().timestamp() - time.time()) < 1


def test_the_offset_of_the_start_is_heard() -> None:
    korea = Clock.parse("2020-02-14T00:00+09:00@1700000000x1200")
    assert korea == Clock.parse("2020-02-13T15:00Z@1700000000x1200")
    assert korea.spec() == "2020-02-13T15:00:00+00:00@1700000000x1200"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("tomorrow", "is not <start ISO>"),
        ("2020-02-14T00:00+09:00@x1200", "is not <start ISO>"),
        ("2020-02-30T00:00+09:00@1700000000x1", "is not <start ISO>"),
        ("2020-02-14T00:00@1700000000x1200", "needs an offset"),
        ("2020-02-14T00:00+09:00@1700000000x0", "above 0"),
    ],
)
def test_other_words_are_refused(spec: str, said: str) -> None:
    with pytest.raises(ClockError, match=said):
        Clock.parse(spec)


def test_a_clock_that_was_begun_too_long_ago_says_so() -> None:
    with pytest.raises(ClockError, match="past the calendar: begin it anew"):
        Clock.parse("2020-02-14T00:00+09:00@0x100000").now()


def test_civil_time_has_one_offset_for_all_years() -> None:
    assert datetime(1988, 7, 1, tzinfo=civil("Asia/Seoul")).utcoffset() == timedelta(hours=9)
    assert datetime(2019, 7, 1, tzinfo=civil("Asia/Shanghai")).utcoffset() == timedelta(hours=8)
