"""What exceeds memory gives what memory gives, in whatever chunks of stations it comes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.averages import daily_means
from analysis.episodes import Profile, find_many
from analysis.larger import day_means, episode_table

HIGH = Profile("high", "hour", ">", 60, max_gap=2)
STATIONS, HOURS = 7, 96


def grid() -> xr.DataArray:
    rng = np.random.default_rng(3)
    values = (60 + np.cumsum(rng.normal(0, 9, (STATIONS, HOURS)), axis=1)).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = np.nan
    times = np.datetime64("2019-03-01T15:00", "ns") + np.arange(HOURS) * np.timedelta64(1, "h")
    names = [f"s{number}" for number in range(STATIONS)]
    return xr.DataArray(
        values, {"station": names, "time": times}, ("station", "time"), attrs={"units": "ug m-3"}
    )


@given(st.lists(st.integers(1, STATIONS), min_size=1, max_size=4))
@settings(max_examples=20, deadline=None)
def test_any_chunks_of_stations_give_the_same_episodes_and_days(sizes):
    array = grid()
    edges = np.unique(np.minimum(np.cumsum([0, *sizes]), STATIONS))
    chunks = tuple(np.diff([*edges, STATIONS] if edges[-1] < STATIONS else edges).tolist())
    lazy = array.chunk(station=chunks, time=-1)
    pd.testing.assert_frame_equal(episode_table(lazy, HIGH), episode_table(array, HIGH))
    xr.testing.assert_identical(day_means(lazy, 18).compute(), day_means(array, 18))


def test_the_table_is_that_of_the_kernel_with_names_and_times():
    array = grid()
    table, found = episode_table(array, HIGH), find_many(array.values, HIGH)
    assert len(table) == len(found) > STATIONS
    assert list(table["station"]) == [f"s{series}" for series in found["series"]]
    assert (table["end"] - table["start"] == pd.to_timedelta(found["end"] - found["start"], "h")).all()
    np.testing.assert_array_equal(day_means(array, 18)["mean"], daily_means(array.values, 18).mean)
    assert day_means(array.chunk(station=2, time=-1), 18)["mean"].chunks is not None


def test_time_in_chunks_is_refused_with_what_to_do():
    with pytest.raises(ValueError, match=r"array\.chunk\(time=-1\) first"):
        episode_table(grid().chunk(time=24), HIGH)
    with pytest.raises(ValueError, match="station, time"):
        day_means(grid().T, 18)
