"""Exceedances: closed forms, and the laws that any count of days keeps to."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats.mstats import mquantiles

from analysis.exceedance import exceedance

days = st.lists(st.just(math.nan) | st.floats(0, 500), min_size=1, max_size=60).map(np.array)


def test_a_day_at_the_limit_is_not_above_it():
    found = exceedance(np.array([35.0, 35.1, 34.9, np.nan]), 35)
    assert (found.above, found.valid, found.days) == (1, 3, 4)


@given(days, st.floats(0, 500), st.floats(0, 100))
def test_a_higher_limit_never_has_more_days_above(values, limit, by):
    assert exceedance(values, limit + by).above <= exceedance(values, limit).above


@given(days.filter(lambda values: not np.isnan(values).all()), st.floats(0, 100))
def test_the_percentile_is_that_of_ranks_interpolated(values, percentile):
    valid = values[~np.isnan(values)]
    expected = mquantiles(valid, percentile / 100, alphap=1, betap=1)[0]
    assert exceedance(values, 35, percentile).percentile == pytest.approx(expected, abs=1e-9)


def test_too_few_days_leave_it_open():
    half = exceedance(np.array([10.0] * 5 + [np.nan] * 5), 35, 99)
    assert half.meets(half.percentile, 35, 0.75) is None
    assert half.meets(half.percentile, 35, 0.5) is True
    assert half.meets(half.percentile, None, 0.5) is None
    nothing = exceedance(np.array([np.nan]), 35, 99)
    assert nothing.meets(nothing.mean, 35, 0.0) is None


def test_what_is_no_series_of_days_is_refused():
    with pytest.raises(ValueError, match=r"\(day,\)"):
        exceedance(np.zeros((2, 2)), 35)
    with pytest.raises(ValueError, match="0 to 100"):
        exceedance(np.zeros(2), 35, 101)
