"""Seasons: each test is a sentence of the rule; the last ones hold it against the official file of Seoul."""

from __future__ import annotations

import datetime as dt
import io
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis.averages import period_means
from analysis.episodes import Profile
from analysis.seasons import (
    block_bootstrap_difference,
    class_days,
    describe,
    longest_run,
    meets,
    season_to_date,
)

NAN = np.nan
HIGH = Profile("kr-high-day", "day", ">", 50)
BAD = Profile("kr-bad-day", "day", ">=", 36, rounded=True)
GOOD = Profile("kr-good-day", "day", "<=", 15, rounded=True)
DAYS = hnp.arrays(
    np.float64, st.integers(1, 60), elements=st.sampled_from([NAN, 0.0, 15.5, 35.5, 50.0, 80.0])
)


def ar1(rng, n=121, rho=0.6, seasons=1):
    noise = rng.normal(size=(seasons, n + 100))
    values = np.zeros_like(noise)
    for day in range(1, n + 100):
        values[:, day] = rho * values[:, day - 1] + noise[:, day]
    return values[:, -n:]


def test_quantiles_interpolate_between_valid_days():
    figures = describe(np.array([10.0, NAN, 20.0, 30.0, 40.0, 50.0]))
    assert figures.mean == 30
    assert (figures.median, figures.p90, figures.p98) == pytest.approx((30, 46, 49.2))
    assert (figures.n_valid, figures.n_days) == (5, 6)


def test_a_season_without_a_valid_day_gives_nothing_rather_than_zero():
    nothing = np.full(121, NAN)
    figures = describe(nothing)
    assert np.isnan(figures[:4]).all()
    assert (figures.n_valid, figures.n_days) == (0, 121)
    assert class_days(nothing, HIGH) is None
    assert longest_run(nothing, HIGH) is None
    assert class_days(np.array([NAN, 50.0]), HIGH) == 0


def test_good_and_bad_days_round_half_up_and_high_days_do_not():
    days = np.array([15.4, 15.5, 35.4, 35.5, 50.0, 50.04])
    assert meets(days, GOOD).tolist() == [True, False, False, False, False, False]
    assert meets(days, BAD).tolist() == [False, False, False, True, True, True]
    assert meets(days, HIGH).tolist() == [False, False, False, False, False, True]


def test_days_of_several_cities_are_city_days():
    assert (
        class_days(np.array([[160.0, 20.0, NAN], [151.0, 200.0, 150.0]]), Profile("h", "day", ">", 150)) == 3
    )


def test_a_missing_day_breaks_a_run():
    assert longest_run(np.array([60.0, 60.0, 20.0, 60.0, 60.0, 60.0]), HIGH) == 3
    assert longest_run(np.array([60.0, 60.0, NAN, 60.0]), HIGH) == 2
    assert longest_run(np.array([20.0, NAN]), HIGH) == 0


def test_hours_are_not_classed_as_days():
    with pytest.raises(ValueError, match="kr-advisory classes hours"):
        class_days(np.zeros(3), Profile("kr-advisory", "hour", ">=", 75, 35))


@given(DAYS)
def test_a_run_is_no_longer_than_its_class_and_both_agree_on_none(days):
    run, count = longest_run(days, BAD), class_days(days, BAD)
    assert (run is None) == (count is None)
    if run is not None and count is not None:
        assert run <= count
        assert (run > 0) == (count > 0)


@given(DAYS)
def test_a_season_mean_is_the_one_that_averages_give(days):
    np.testing.assert_array_equal(describe(days).mean, period_means(days, np.zeros(len(days))).mean[0])


@pytest.mark.parametrize(
    ("year", "through", "last", "days"),
    [
        (2019, (1, 20), dt.date(2020, 1, 20), 51),
        (2018, (1, 20), dt.date(2019, 1, 20), 51),
        (2019, (2, 29), dt.date(2020, 2, 29), 91),
        (2018, (2, 29), dt.date(2019, 2, 28), 90),
        (2019, (3, 10), dt.date(2020, 3, 10), 101),  # the 29th stays in: a day more than other years
        (2018, (3, 10), dt.date(2019, 3, 10), 100),
        (2019, (12, 1), dt.date(2019, 12, 1), 1),
        (2019, (3, 31), dt.date(2020, 3, 31), 122),
    ],
)
def test_seasons_to_date_end_on_the_same_month_and_day(year, through, last, days):
    first = dt.date(year, 12, 1)
    cut = season_to_date(first, dt.date(year + 1, 3, 31), through)
    assert cut == last
    assert (cut - first).days + 1 == days


@pytest.mark.parametrize(("through", "message"), [((4, 1), "not in the season"), ((2, 30), "no 02-30")])
def test_a_cut_outside_the_season_or_the_calendar_is_refused(through, message):
    with pytest.raises(ValueError, match=message):
        season_to_date(dt.date(2019, 12, 1), dt.date(2020, 3, 31), through)


def test_a_difference_is_later_minus_base_with_percent_and_n():
    base, later = np.tile([20.0, 40.0], 60), np.append(np.tile([17.0, 37.0], 60), NAN)
    found = block_bootstrap_difference(base, later)
    assert found.difference == -3
    assert found.percent == -10
    assert found.n == 240
    assert found.low < -3 < found.high


def test_the_same_seed_gives_the_same_interval():
    a, b = ar1(np.random.default_rng(1), seasons=2)
    assert block_bootstrap_difference(a, b, seed=4, n=500) == block_bootstrap_difference(a, b, seed=4, n=500)
    assert block_bootstrap_difference(a, b, seed=4, n=500) != block_bootstrap_difference(a, b, seed=5, n=500)


def test_several_base_seasons_are_the_mean_of_their_means():
    bases = [np.full(121, 10.0), np.full(122, 20.0), np.full(121, 60.0)]
    found = block_bootstrap_difference(bases, np.full(121, 33.0), n=100)
    assert (found.difference, found.low, found.high) == (3, 3, 3)


def test_missing_days_stay_out_of_the_drawn_means():
    holes = np.where(np.arange(121) % 5 == 0, NAN, 30.0)
    found = block_bootstrap_difference(holes, np.full(121, 20.0), n=200)
    assert (found.low, found.high) == (-10, -10)


def test_a_few_days_have_a_difference_but_no_interval():
    found = block_bootstrap_difference(np.full(20, 30.0), np.full(20, 20.0))
    assert found.difference == -10
    assert np.isnan([found.low, found.high]).all()
    assert np.isnan(block_bootstrap_difference(np.full(121, NAN), np.full(121, 20.0))[:4]).all()
    assert np.isnan(block_bootstrap_difference([], np.full(121, 20.0))[:4]).all()


def test_a_bootstrap_without_blocks_is_refused():
    with pytest.raises(ValueError, match="block 0"):
        block_bootstrap_difference(np.zeros(5), np.zeros(5), block=0)


def test_the_drawn_spread_is_that_of_single_days_where_a_block_is_a_day():
    """With blocks of a day the interval is the textbook one: 1.96 standard errors each side."""
    rng = np.random.default_rng(7)
    a, b = rng.normal(30, 10, (2, 200))
    found = block_bootstrap_difference(a, b, block=1)
    error = np.sqrt(a.var() / 200 + b.var() / 200)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.03)


def test_blocks_hold_the_truth_far_more_often_than_single_days():
    rng = np.random.default_rng(11)
    pairs = [ar1(rng, seasons=2) for _ in range(200)]

    def held(block):
        found = [block_bootstrap_difference(a, b, block=block, n=500) for a, b in pairs]
        return np.mean([one.low < 0 < one.high for one in found])

    assert held(7) > 0.80
    assert held(1) < 0.75


@pytest.fixture(scope="module")
def seoul(shared: Path) -> list[np.ndarray]:
    """Day means of the 25 gu (stations called -gu), seasons 2014/15 to 2024/25, from the official files."""
    frames = [
        _official(path) for path in sorted((shared / "data/kr_seoul_stations_daily_2014_2025").glob("20*"))
    ]
    rows = pd.concat(frames)
    gu = rows[rows["station"].str.endswith("구")].pivot(index="day", columns="station", values="pm25")
    assert gu.shape[1] == 25
    days = gu.mean(axis=1).asfreq("D")
    return [days[f"{year}-12-01" : f"{year + 1}-03-31"].to_numpy() for year in range(2014, 2025)]


def _official(path: Path) -> pd.DataFrame:
    if path.suffix == ".xlsx":
        table = pd.read_excel(path, engine="calamine")
    else:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "cp949")
        table = pd.read_csv(io.StringIO(text))
    table = table.iloc[:, [0, 1, -1]].set_axis(["day", "station", "pm25"], axis=1)
    return table.assign(day=pd.to_datetime(table["day"].astype(str)))


def test_eleven_seasons_of_seoul(seoul):
    means = [26.26, 27.74, 32.62, 32.27, 35.37, 27.46, 27.28, 24.64, 26.39, 22.37, 24.60]
    assert [describe(days).mean for days in seoul] == pytest.approx(means, abs=0.006)
    assert [class_days(days, HIGH) for days in seoul] == [6, 3, 17, 18, 21, 8, 11, 6, 12, 6, 5]
    classed = [sum(class_days(days, profile) or 0 for days in seoul) for profile in (GOOD, BAD, HIGH)]
    assert classed == [285, 339, 113]
    assert [len(days) for days in seoul] == [121, 122, 121, 121, 121, 122, 121, 121, 121, 122, 121]


def test_weather_alone_can_produce_most_changes_of_seoul(seoul):
    """2 of 10 successive changes leave zero, that of 2016/17 (+4.9) by 0.07 only; half-widths 4 to 9."""
    changes = [block_bootstrap_difference(a, b) for a, b in pairwise(seoul)]
    off_zero = [2015 + i for i, one in enumerate(changes) if one.low > 0 or one.high < 0]
    assert off_zero == [2016, 2019]
    half_widths = [(one.high - one.low) / 2 for one in changes]
    assert 3.5 < min(half_widths) < 4.5
    assert 8.5 < max(half_widths) < 9.5
    assert changes[1].low < 0.2
