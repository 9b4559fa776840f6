"""Episodes against xclim's run lengths: equal where both follow the same rule, and where xclim errs, how.

xclim's events start with `window` periods of a condition and stop with `window_stop` of another: our onset of
`min_count` periods, and a gap of at most `window_stop` - 1.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from analysis.episodes import Profile, find

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own imports warn
    from xclim.indices.run_length import find_events

NAN = np.nan


def condition(values) -> xr.DataArray:
    """Values above 75 (time,)."""
    times = pd.date_range("2019-03-01", periods=len(values), freq="h")
    return xr.DataArray(np.array(values, float) > 75, dims="time", coords={"time": times})


def events(values, window: int, stop: int) -> list[tuple[int, int]]:
    """xclim's events of one series, as start and length."""
    above = condition(values)
    found = find_events(above, window, ~above & ~np.isnan(values), stop).dropna("event")
    starts = (found["event_start"].values - above["time"].values[0]) // np.timedelta64(1, "h")
    lengths = found["event_length"].values
    return list(zip(starts.astype(int).tolist(), lengths.astype(int).tolist(), strict=True))


def ours(values, count: int, gap: int) -> list[tuple[int, int]]:
    # An onset of `count` periods, whatever comes after: hysteresis with the same threshold both ways.
    profile = Profile("p", "hour", ">", 75, 75, "<=", min_count=count, max_gap=gap)
    return [(int(e["start"]), int(e["end"] - e["start"])) for e in find(np.array(values, float), profile)]


def long_series(seed: int) -> np.ndarray:
    """Its last value is low: at the open end of a series xclim counts otherwise (below)."""
    values = np.where(np.random.default_rng(seed).random(300) < 0.6, 80.0, 10.0)
    values[-1] = 10.0
    return values


@pytest.mark.parametrize("count", [1, 2, 4])
def test_runs_without_gaps_are_the_same(count):
    values = long_series(count)
    assert ours(values, count, 0) == events(values, count, 1)


def test_xclim_counts_a_low_tail_at_the_end_of_the_series_into_the_event():
    values = [10, 80, 80, 80, 10, 10]
    assert events(values, 2, 3) == [(1, 5)]
    # Three hours were above. The two low ones after them belong to nothing.
    assert ours(values, 2, 2) == [(1, 3)]


def test_xclim_bridges_absent_hours_as_if_they_had_not_ended_the_event():
    values = [10, 80, 80, NAN, NAN, NAN, NAN, 80, 80, 10, 10, 10]
    assert events(values, 2, 3) == [(1, 8)]
    # Four hours of which nothing is known, more than the gap allows: two events, censored where they meet.
    assert ours(values, 2, 2) == [(1, 2), (7, 2)]
    profile = Profile("p", "hour", ">", 75, 75, "<=", min_count=2, max_gap=2)
    assert [str(e["censored"]) for e in find(np.array(values), profile)] == ["right", "left"]


@pytest.mark.parametrize("gap", [1, 2, 3])
def test_between_events_the_gap_is_the_same(gap):
    values = [10, 80, 80, *[10] * gap, 80, 80, *[10] * 6]
    joined = [(1, 4 + gap)]
    assert ours(values, 2, gap) == joined == events(values, 2, gap + 1)
    assert len(ours(values, 2, gap - 1)) == 2 == len(events(values, 2, gap))
