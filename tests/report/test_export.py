"""Exports for analysts: the same values in every format, gone on with where they were broken off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from report import export
from report.export import Export, prepare, read_blocks
from report.export_targets import TARGETS
from report.question import QuestionError

MARCH = {"region": "kr-seoul", "since": "2019-03-01", "until": "2019-03-02"}
NAN = float("nan")
KINDS = ("zarr", "netcdf", "parquet")


@pytest.fixture
def held(local_air: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Five stations of Seoul, two a block; the first is held by two feeds."""
    monkeypatch.setattr(export, "VALUES_AT_ONCE", 2 * 48)
    stations = local_air.of("kr-seoul", count=5)
    for number, station in enumerate(stations):
        local_air.hours(station, "2019-03-01T00:00+09:00", [10.0 + number] * 47 + [NAN])
    local_air.hours(stations[0], "2019-03-01T00:00+09:00", [99.0] * 48, feed="airkorea-live")
    return local_air


def prepared(air: Any, **how: Any) -> Export:
    return prepare(air.store, air.facts, air.asked(**(MARCH | how)))


def write(air: Any, kind: str, to: Path, blocks: int = 99) -> None:
    found = prepared(air)
    target = TARGETS[kind](str(to), found)
    done = target.begin()
    for (rows, block), _ in zip(read_blocks(air.store, air.facts, found, done), range(blocks), strict=False):
        target.write(rows, block)


def read(kind: str, at: Path) -> pd.DataFrame:
    """Values by station and time, missing ones left out."""
    if kind == "parquet":
        return pd.read_parquet(at).set_index(["station", "time"])["pm25"].dropna()
    with xr.open_dataset(at, engine="zarr" if kind == "zarr" else "netcdf4") as found:
        return found["pm25"].load().to_series().dropna()


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_those_of_the_best_feed_by_station_and_utc_hour(
    held: Any, tmp_path: Path, kind: str
) -> None:
    write(held, kind, tmp_path / "out")
    found = read(kind, tmp_path / "out")
    assert len(found) == 5 * 47
    stations = held.of("kr-seoul", count=5)
    assert found[stations[0], pd.Timestamp("2019-02-28T15:00")] == 10
    assert found.groupby(level=0).mean().to_dict() == {one: 10.0 + n for n, one in enumerate(stations)}


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_was_broken_off_goes_on_and_is_whole(held: Any, tmp_path: Path, kind: str) -> None:
    write(held, kind, tmp_path / "whole")
    write(held, kind, tmp_path / "parts", blocks=1)
    target = TARGETS[kind](str(tmp_path / "parts"), prepared(held))
    assert target.begin() == 2
    write(held, kind, tmp_path / "parts")
    pd.testing.assert_series_equal(read(kind, tmp_path / "parts"), read(kind, tmp_path / "whole"))
    assert TARGETS[kind](str(tmp_path / "parts"), prepared(held)).begin() == 5


@pytest.mark.parametrize("kind", KINDS)
def test_two_exports_are_never_mixed_and_nothing_foreign_is_removed(
    held: Any, tmp_path: Path, kind: str
) -> None:
    write(held, kind, tmp_path / "out", blocks=1)
    other = TARGETS[kind](str(tmp_path / "out"), prepared(held, until="2019-03-01"))
    with pytest.raises(QuestionError, match="another question"):
        other.begin()
    held.day(held.of("kr-seoul")[0], "2019-02-01", 5.0)
    with pytest.raises(QuestionError, match="has changed since"):
        TARGETS[kind](str(tmp_path / "out"), prepared(held)).begin()
    assert other.begin(anew=True) == 0
    foreign = tmp_path / "home"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("dear")
    with pytest.raises(QuestionError, match="no export of ours"):
        TARGETS[kind](str(foreign), prepared(held)).begin(anew=True)
    assert (foreign / "letter.txt").exists()


@pytest.mark.parametrize("kind", ["zarr", "netcdf"])
def test_a_dataset_follows_cf_and_says_where_it_comes_from(held: Any, tmp_path: Path, kind: str) -> None:
    write(held, kind, tmp_path / "out")
    with xr.open_dataset(tmp_path / "out", engine="zarr" if kind == "zarr" else "netcdf4") as found:
        assert found.attrs["Conventions"] == "CF-1.11"
        assert found["pm25"].attrs["units"] == "ug m-3"
        assert found["pm25"].attrs["standard_name"].startswith("mass_concentration_of_pm2p5")
        assert found["station"].attrs["cf_role"] == "timeseries_id"
        assert found["lat"].attrs["units"] == "degrees_north"
        feeds = found["feed_at"].attrs["flag_meanings"].split()
        assert "AirKorea" in found.attrs["references"]
        # What the better feed holds as missing is missing, and it is that feed which says so.
        last = found.isel(station=0, time=47)
        assert np.isnan(last["pm25"])
        assert feeds[int(last["feed_at"])] == "airkorea-final"


def test_zarr_chunks_are_whole_stations_so_that_larger_arrays_can_be_asked(held: Any, tmp_path: Path) -> None:
    write(held, "zarr", tmp_path / "out")
    with xr.open_zarr(tmp_path / "out") as found:
        assert found["pm25"].chunks == ((2, 2, 1), (48,))


def test_day_means_are_exported_on_their_own_basis(local_air: Any, tmp_path: Path) -> None:
    (one,) = local_air.of("kr-seoul")
    local_air.daily(one, "2019-03-01", [20, 30])
    found = prepare(local_air.store, local_air.facts, local_air.asked(**MARCH, basis="daily"))
    assert (found.step, found.n) == (24, 2)
    ((_, block),) = read_blocks(local_air.store, local_air.facts, found)
    assert block["pm25"].values.tolist() == [[20, 30]]
