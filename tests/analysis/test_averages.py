"""Means and their capture."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis import averages
from analysis.averages import (
    composed_mean,
    daily_means,
    panel_mean,
    period_means,
    rolling_mean,
    round_half_up,
    whole_days,
)

NAN = np.nan
LEVELS = st.sampled_from([NAN, NAN, 0.0, -0.4, 8.0, 35.0, 36.1, 75.0, 151.3, 985.0])


def hourly(stations: int, days: int, dtype: type = np.float32) -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(np.float64, (stations, days * 24), elements=LEVELS).map(lambda a: a.astype(dtype))


def day(valid: int, value: float = 10.0) -> np.ndarray:
    return np.array([[value] * valid + [NAN] * (24 - valid)])


@pytest.mark.parametrize(("country", "needed"), [("KR", 18), ("CN", 20)])
def test_a_day_needs_its_hours(country, needed):
    assert daily_means(day(needed), needed).mean.tolist() == [[10.0]]
    short = daily_means(day(needed - 1), needed)
    assert np.isnan(short.mean).all()
    assert short.n_valid.tolist() == [[needed - 1]]


def test_zero_and_negative_readings_are_values():
    means = daily_means(np.array([[0.0] * 12 + [-0.4] * 12]), 18)
    assert means.mean[0, 0] == pytest.approx(-0.2)
    assert means.n_valid[0, 0] == 24


def test_a_day_without_any_hour_is_missing_without_a_warning():
    assert np.isnan(daily_means(day(0), 18).mean).all()


def test_hours_that_are_not_whole_days_are_refused():
    with pytest.raises(ValueError, match="whole_days"):
        daily_means(np.zeros((1, 25)), 18)
    with pytest.raises(ValueError, match="1 to 24"):
        daily_means(np.zeros((1, 24)), 0)


@pytest.mark.parametrize(
    ("n_hours", "first_hour", "days"),
    [
        (48, 0, slice(0, 48)),
        (48, 9, slice(15, 39)),
        (47, 0, slice(0, 24)),
        (10, 20, slice(4, 4)),
        (3, 5, slice(19, 19)),
    ],
)
def test_whole_days_begin_at_civil_midnight(n_hours, first_hour, days):
    assert whole_days(n_hours, first_hour) == days
    assert len(np.zeros(n_hours)[days]) % 24 == 0


@given(hourly(3, 4), st.sampled_from([1, 18, 20, 24]))
@settings(max_examples=40, deadline=None)
def test_day_means_are_those_of_pandas(values, needed):
    frame = pd.DataFrame(values.T.astype(np.float64), index=pd.date_range("2024-01-01", periods=96, freq="h"))
    days = frame.groupby(frame.index.date)
    means = daily_means(values, needed)
    np.testing.assert_array_equal(means.n_valid, days.count().to_numpy().T)
    expected = days.mean().where(days.count() >= needed).to_numpy().T
    np.testing.assert_allclose(means.mean, expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_plain_and_compiled_day_means_have_the_same_bits(monkeypatch, dtype):
    rng = np.random.default_rng(3)
    values = rng.lognormal(3, 1, (7, 24 * 30 + 5)).astype(dtype)
    values[rng.random(values.shape) < 0.2] = NAN
    values = values[:, whole_days(values.shape[1], 19)]
    plain = daily_means(values, 18)
    monkeypatch.setattr(averages, "PLAIN_UP_TO", 0)
    fast = daily_means(values, 18)
    np.testing.assert_array_equal(plain.mean, fast.mean)
    np.testing.assert_array_equal(plain.n_valid, fast.n_valid)
    np.testing.assert_array_equal(daily_means(values[0], 18).mean, fast.mean[0])


def test_a_regional_value_needs_three_quarters_of_its_panel():
    values = np.array(
        [[1.0, 1.0, NAN], [2.0, 2.0, NAN], [3.0, NAN, NAN], [NAN, NAN, NAN], [99.0, 99.0, 99.0]]
    )
    mean, n = panel_mean(values, np.array([True, True, True, True, False]))
    np.testing.assert_array_equal(mean, [2.0, NAN, NAN])
    assert n.tolist() == [3, 2, 0]


def test_a_share_is_meant_in_decimals():
    values = np.array([[1.0]] * 7 + [[NAN]] * 3)
    assert panel_mean(values, np.ones(10, bool), share=0.7).mean.tolist() == [1.0]


def test_an_empty_panel_has_no_value():
    assert np.isnan(panel_mean(np.ones((2, 3)), np.zeros(2, bool)).mean).all()
    assert np.isnan(panel_mean(np.ones((0, 3)), np.zeros(0, bool)).mean).all()


def test_a_region_of_several_sido_needs_a_station_in_each():
    values = np.array([[1.0, NAN], [2.0, 2.0], [3.0, 3.0], [4.0, 4.0]])
    mean, n = panel_mean(values, np.ones(4, bool), each_of=["incheon", "seoul", "seoul", "seoul"])
    np.testing.assert_array_equal(mean, [2.5, NAN])
    assert n.tolist() == [4, 3]


def test_a_sido_without_a_station_in_the_panel_is_not_asked_for():
    values = np.array([[NAN], [2.0]])
    assert panel_mean(values, np.array([False, True]), each_of=["incheon", "seoul"]).mean.tolist() == [2.0]


def test_stations_are_summed_in_float64_in_the_order_given():
    values = np.array([[1e8], [1.0], [1.0]], np.float32)
    assert panel_mean(values, np.ones(3, bool)).mean[0] == (1e8 + 1.0 + 1.0) / 3


def test_panels_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        panel_mean(np.ones((2, 3)), np.ones(3, bool))
    with pytest.raises(ValueError, match="share"):
        panel_mean(np.ones((2, 3)), np.ones(2, bool), share=75)


def test_a_group_of_cities_needs_three_quarters_of_its_cities_or_all():
    cities = np.array([[10.0, 10.0], [20.0, 20.0], [30.0, NAN], [40.0, 40.0]])
    np.testing.assert_allclose(composed_mean(cities).mean, [25.0, 70 / 3])
    np.testing.assert_array_equal(composed_mean(cities, all_members=True).mean, [25.0, NAN])


def test_months_are_means_of_valid_days_counted_against_the_calendar():
    days = np.array([10.0, NAN, 20.0, NAN, NAN])
    months = period_means(days, np.array(["2019-12", "2019-12", "2019-12", "2020-01", "2020-01"]))
    assert months.labels.tolist() == ["2019-12", "2020-01"]
    np.testing.assert_array_equal(months.mean, [15.0, NAN])
    assert months.n_valid.tolist() == [2, 0]
    assert months.n_expected.tolist() == [3, 2]
    np.testing.assert_allclose(months.capture, [2 / 3, 0])


def test_periods_come_in_order_of_appearance():
    periods = period_means(np.array([1.0, 5.0, 3.0]), ["winter", "spring", "winter"])
    assert periods.labels.tolist() == ["winter", "spring"]
    assert periods.mean.tolist() == [2.0, 5.0]


def test_no_days_make_no_periods():
    assert len(period_means(np.array([]), np.array([], int)).mean) == 0
    with pytest.raises(ValueError, match="do not fit"):
        period_means(np.ones(2), ["a"])


def test_a_running_mean_counts_what_lies_before_the_first_hour_as_missing():
    mean = rolling_mean(np.array([1.0, 2.0, 3.0, NAN, NAN, NAN]), hours=3, needed=2)
    np.testing.assert_array_equal(mean, [NAN, 1.5, 2.0, 2.5, NAN, NAN])
    with pytest.raises(ValueError, match="cannot need"):
        rolling_mean(np.ones(3), hours=3, needed=4)


@given(hourly(2, 3, np.float64), st.integers(1, 30), st.data())
@settings(max_examples=40, deadline=None)
def test_running_means_are_those_of_pandas(values, hours, data):
    needed = data.draw(st.integers(1, hours))
    expected = pd.DataFrame(values.T).rolling(hours, min_periods=needed).mean().to_numpy().T
    np.testing.assert_allclose(rolling_mean(values, hours, needed), expected, rtol=1e-9, atol=1e-9)


@given(hourly(1, 3, np.float64), st.integers(1, 20), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_a_running_mean_depends_on_its_window_alone(values, hours, skipped):
    whole = rolling_mean(values, hours, hours)
    part = rolling_mean(values[:, skipped:], hours, hours)
    np.testing.assert_array_equal(whole[:, skipped + hours - 1 :], part[:, hours - 1 :])


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [
        (35.5, 0, 36),
        (34.5, 0, 35),
        (15.5, 0, 16),
        (35.4999999999, 0, 36),
        (35.499999, 0, 35),
        (35.4, 0, 35),
        (0.25, 1, 0.3),
        (1.005, 2, 1.01),
        (-0.4, 0, 0),
        (-0.5, 0, 0),
        (-0.6, 0, -1),
    ],
)
def test_rounding_is_decimal_half_up(value, digits, rounded):
    assert round_half_up(value, digits) == rounded


def test_what_another_order_of_summing_makes_of_a_tie_is_a_tie():
    noisy = np.nextafter(np.nextafter(35.5, 0), 0)
    assert round_half_up([noisy, NAN])[0] == 36
    assert np.isnan(round_half_up([noisy, NAN])[1])


@given(st.integers(0, 9_999_999))
def test_rounding_agrees_with_decimal_arithmetic(thousandths):
    from decimal import ROUND_HALF_UP, Decimal

    exact = Decimal(thousandths) / 1000
    assert round_half_up(thousandths / 1000) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert round_half_up(thousandths / 1000, 1) == float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))
