"""Grids of models: the right value at a station, in our unit, at its moment; and what is refused."""

from __future__ import annotations

import gzip
import struct
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from config.air import Station
from config.clock import Clock
from config.facts import Facts
from ingest import grids
from ingest.archives import FileResult, import_paths
from ingest.grid_cells import Axes, points
from ingest.netcdf_size import least_size
from store.engine import Store

SEOUL = (37.57, 126.98)  # near the city hall
LAT = np.arange(45.0, 29.9, -0.75)  # from north to south
LON = np.arange(110.0, 131.1, 0.75)
HOURS = np.array(["2020-01-01T00", "2020-01-01T03"], "datetime64[ns]")


class Desk:
    """Files of grids to import and a database to look into."""

    def __init__(self, store: Store, facts: Facts, folder: Path) -> None:
        self.store, self.facts, self.folder = store, facts, folder

    def load(self, *paths: Path) -> list[FileResult]:
        return import_paths(self.store, self.facts, Clock.parse(None), list(paths))

    def give(self, file: xr.Dataset, name: str = "grid.nc", **how: Any) -> FileResult:
        """Write a dataset as a file and import it."""
        path = self.folder / name
        file.to_netcdf(path, engine="netcdf4", **how)
        (result,) = self.load(path)
        return result

    def near(self, lat: float, lon: float, pollutant: str) -> list[tuple[str, float | None]]:
        """Starts (UTC) and values at the point nearest to a place, by time."""
        away = f"(v.lat - {lat}) * (v.lat - {lat}) + (v.lon - {lon}) * (v.lon - {lon})"
        query = (
            f"SELECT r.start_utc, r.value, {away} AS away FROM reading_utc r"
            " JOIN station s ON s.name = r.station"
            f" JOIN station_version v ON v.station_id = s.id WHERE r.pollutant = '{pollutant}'"
            " AND v.area = 'kr-seoul' ORDER BY away, r.start_utc"
        )
        with self.store.read() as connection:
            rows = connection.exec_driver_sql(query).all()
        return [(_text(at), value) for at, value, away in rows if away == rows[0][2]]

    def series(self) -> set[tuple[str, ...]]:
        """Feed, pollutant, statistic, period, unit and reference state of what is held."""
        columns = "feed, pollutant, statistic, period, unit, reference_state"
        with self.store.read() as connection:
            rows = connection.exec_driver_sql(f"SELECT DISTINCT {columns} FROM reading_utc").all()
        return {tuple(row) for row in rows}


def _text(at: Any) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(at, datetime) else str(at)


@pytest.fixture
def desk(sqlite_store: Store, facts: Facts, tmp_path: Path) -> Desk:
    return Desk(sqlite_store, facts, tmp_path)


def field(values: Any, units: str | None, time: str = "time", times: Any = HOURS) -> dict[str, Any]:
    """One variable on our grid: a value for each time, everywhere the same."""
    shape = (len(times), len(LAT), len(LON))
    filled = np.broadcast_to(np.asarray(values, np.float64)[:, np.newaxis, np.newaxis], shape).copy()
    return {
        "dims": (time, "latitude", "longitude"),
        "data": filled,
        "attrs": {"units": units} if units else {},
    }


def grid(time: str = "time", times: Any = HOURS, **variables: dict[str, Any]) -> xr.Dataset:
    """A file with these variables."""
    coordinates = {time: times, "latitude": LAT, "longitude": LON}
    return xr.Dataset(
        {name: xr.Variable(one["dims"], one["data"], one["attrs"]) for name, one in variables.items()},
        coords=coordinates,
    )


# The three folders of real files


def test_what_lies_in_the_folder_of_small_files_goes_in_or_is_refused_by_name(
    desk: Desk, shared: Path
) -> None:
    found = {Path(one.path).name: one for one in desk.load(shared / "data/nc_small_reanalysis")}
    cams = found["ads.nc"]
    assert (cams.format, cams.counts.rows, cams.counts.new, cams.counts.missing) == ("cams", 538, 538, 0)
    assert "PM_bth, PM_yrd, PM_prd cannot be placed" in str(found["CNEMC_PM25.nc"].problem)
    assert "z (month, level, latitude, longitude)" in str(found["eraint_uvz.nc"].problem)
    assert all("\n" not in str(one.problem) for one in found.values())
    assert {name for name, one in found.items() if one.format} == {"ads.nc"}


def test_the_values_of_cams_are_those_of_the_file(desk: Desk, shared: Path) -> None:
    path = shared / "data/nc_small_reanalysis/ads.nc"
    desk.load(path)
    with xr.open_dataset(path, engine="netcdf4") as file:
        wanted = float(file.pm2p5.sel(latitude=SEOUL[0], longitude=SEOUL[1], method="nearest")[0]) * 1e9
    assert desk.near(*SEOUL, "pm25") == [("2003-01-01T00:00:00Z", pytest.approx(wanted))]
    assert desk.series() == {("cams-grid", "pm25", "instant", "PT1H", "ug/m3", "actual")}


def test_a_month_of_cmaq_goes_in_once(desk: Desk, shared: Path) -> None:
    folder = shared / "data/nc_eastasia_cmaq_pm25_daily_202001"
    files = [one for one in desk.load(folder) if one.format]
    assert [(one.format, one.counts.rows, one.counts.new) for one in files] == [
        ("cmaq-daily", 1426, 1426)
    ] * 30
    again = [one for one in desk.load(folder) if one.format]
    assert sum(one.counts.same for one in again) == 30 * 1426
    assert all(one.known_already for one in again)
    with xr.open_dataset(folder / "gVNA_fused_20200101.nc", engine="netcdf4", decode_cf=False) as file:
        away = (file["lat"].to_numpy() - SEOUL[0]) ** 2 + (file["lon"].to_numpy() - SEOUL[1]) ** 2
        y, x = np.unravel_index(np.argmin(away), away.shape)
        wanted = {float(file[name].to_numpy()[y, x]) for name in ("PM25_cmaq", "PM25_fused")}
    held = [value for at, value in desk.near(*SEOUL, "pm25") if at == "2019-12-31T15:00:00Z"]
    assert sorted(held) == pytest.approx(sorted(wanted))
    assert {one[0] for one in desk.series()} == {"cmaq-daily", "cmaq-fused-daily"}
    assert {one[2:] for one in desk.series()} == {("mean", "P1D", "ug/m3", "actual")}


# The conventions of each product


def test_cams_is_packed_runs_from_north_to_south_and_is_kept_as_instants(desk: Desk) -> None:
    packed = {"pm2p5": {"dtype": "int16", "scale_factor": 1e-12, "add_offset": 2e-8, "_FillValue": -32767}}
    file = grid(pm2p5=field([2.5e-8, np.nan], "kg m**-3"))
    result = desk.give(file, encoding=packed, format="NETCDF3_64BIT")
    assert (result.format, result.counts.missing) == ("cams", result.counts.rows / 2)
    assert desk.near(*SEOUL, "pm25") == [
        ("2020-01-01T00:00:00Z", pytest.approx(25.0)),
        ("2020-01-01T03:00:00Z", None),
    ]


def test_the_newer_store_calls_the_time_valid_time(desk: Desk) -> None:
    result = desk.give(grid("valid_time", pm2p5=field([1e-8, 2e-8], "kg m**-3", "valid_time")))
    assert result.problem is None
    assert [value for _, value in desk.near(*SEOUL, "pm25")] == pytest.approx([10.0, 20.0])


def test_a_station_gets_the_cell_in_which_it_stands(desk: Desk) -> None:
    file = grid(pm2p5=field([0, 0], "kg m-3"))
    file["pm2p5"].to_numpy()[:] = (LAT[:, np.newaxis] * 1000 + LON) * 1e-9
    desk.give(file)
    wanted = 37.5 * 1000 + 127.25  # of the centres 37.5, 36.75 ... and 126.5, 127.25 ...
    assert [value for _, value in desk.near(*SEOUL, "pm25")] == pytest.approx([wanted, wanted])


def test_era5_weather_is_instant_and_its_rain_is_of_the_hour_before(desk: Desk) -> None:
    file = grid(
        u10=field([-3.5, 4.0], "m s**-1"),
        v10=field([0.5, 0.0], "m s**-1"),
        blh=field([800, 900], "m"),
        t2m=field([273.15, 283.15], "K"),
        d2m=field([263.15, 263.15], "K"),
        sp=field([101325, 101000], "Pa"),
        tp=field([0.002, 0.0], "m"),
    )
    assert desk.give(file).format == "era5"
    first = {what: desk.near(*SEOUL, what)[0] for *_, what in ((one[1],) for one in desk.series())}
    midnight, before = "2020-01-01T00:00:00Z", "2019-12-31T23:00:00Z"
    assert first == {
        "wind_u": (midnight, -3.5),
        "wind_v": (midnight, 0.5),
        "boundary_layer": (midnight, 800.0),
        "temperature": (midnight, pytest.approx(0.0)),
        "dewpoint": (midnight, pytest.approx(-10.0)),
        "pressure": (midnight, 101325.0),
        "precipitation": (before, pytest.approx(2.0)),
    }
    statistics = {one[1]: one[2] for one in desk.series()}
    assert statistics.pop("precipitation") == "sum"
    assert set(statistics.values()) == {"instant"}


def merra2(**changed: Any) -> xr.Dataset:
    """The aerosols of an hour at half past; each by its documented name."""
    times = np.array(["2020-01-01T00:30", "2020-01-01T01:30"], "datetime64[ns]")
    species = {"DUSMASS25": 10e-9, "SSSMASS25": 1e-9, "BCSMASS": 2e-9, "OCSMASS": 5e-9, "SO4SMASS": 4e-9}
    found = {name: field([value, value], "kg m-3", times=times) for name, value in species.items()}
    found = {name: one for name, one in (found | changed).items() if one is not None}
    return grid(times=times, **found)


def test_merra2_is_the_sum_of_its_species_over_the_hour_around_half_past(desk: Desk) -> None:
    encoding = {"SO4SMASS": {"_FillValue": 1e15, "dtype": "float32"}}
    file = merra2()
    file["SO4SMASS"].to_numpy()[1] = np.nan  # written as 1e15: one species missing, no sum
    assert desk.give(file, encoding=encoding).format == "merra2"
    wanted = 10 + 1 + 2 + 1.4 * 5 + 1.375 * 4
    assert desk.near(*SEOUL, "pm25") == [
        ("2020-01-01T00:00:00Z", pytest.approx(wanted)),
        ("2020-01-01T01:00:00Z", None),
    ]
    assert desk.series() == {("merra2-grid", "pm25", "mean", "PT1H", "ug/m3", "actual")}


def test_merra2_without_a_species_gives_no_sum(desk: Desk) -> None:
    assert "not in the file: OCSMASS" in str(desk.give(merra2(OCSMASS=None)).problem)


# What is refused


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (grid(pm2p5=field([1, 1], "kg kg**-1")), "pm2p5 is in 'kg kg**-1'"),
        (grid(pm2p5=field([1, 1], None)), "pm2p5 states no unit"),
        (grid(t2m=field([1, 1], "degF")), "t2m is in 'degF'"),
        (grid(times=HOURS + np.timedelta64(30, "m"), pm2p5=field([1, 1], "kg m-3")), "instant of full hours"),
        (merra2().assign_coords(time=HOURS), "middle of full hours"),
        (grid(pm2p5=field([1, 1], "kg m-3")).drop_vars("time"), "no time that fits"),
        (grid(pm2p5=field([1, 1], "kg m-3")).isel(latitude=[3]), "a single row or column"),
        (grid(pm2p5=field([1, 1], "kg m-3")).drop_vars("latitude"), "no latitude and longitude"),
        (grid(pm2p5=field([1, 1], "kg m-3")).expand_dims(forecast_period=[3, 6]), "choose one field"),
        (grid(pm2p5=field([1, 1], "kg m-3")).assign_coords(longitude=LON - 150), "none of the catalogue's"),
        (grid(aod550=field([1, 1], "1")), "no surface field that is stored, but aod550"),
    ],
)
def test_a_grid_that_cannot_be_understood_is_refused_in_one_line(
    desk: Desk, file: xr.Dataset, said: str
) -> None:
    result = desk.give(file)
    assert result.format is None
    assert said in str(result.problem)
    assert "\n" not in str(result.problem)
    assert desk.series() == set()


@pytest.mark.parametrize("form", ["NETCDF3_CLASSIC", "NETCDF3_64BIT", "NETCDF3_64BIT_DATA", "NETCDF4"])
@pytest.mark.parametrize("share", [0.001, 0.01, 0.3, 0.9, 0.999])
def test_a_file_that_breaks_off_is_refused_in_one_line(desk: Desk, form: str, share: float) -> None:
    """The netCDF library would give zeros for what is not there."""
    path = desk.folder / "whole.nc"
    grid(pm2p5=field([1e-8, 2e-8], "kg m-3")).to_netcdf(path, engine="netcdf4", format=form)
    body = path.read_bytes()
    broken = desk.folder / "broken.nc"
    broken.write_bytes(body[: max(16, int(len(body) * share))])
    (result,) = desk.load(broken)
    assert (result.format, result.counts.rows) == (None, 0)
    assert "fetch it again" in str(result.problem)
    assert "\n" not in str(result.problem)


@pytest.mark.parametrize("form", ["NETCDF3_CLASSIC", "NETCDF3_64BIT", "NETCDF3_64BIT_DATA"])
@pytest.mark.parametrize("records", [0, 1, 3])
def test_a_whole_classic_file_is_as_long_as_its_header_says(tmp_path: Path, form: str, records: int) -> None:
    times = np.arange(0, records, dtype="datetime64[s]").astype("datetime64[ns]")
    for name, variables in {"one": ["a"], "two": ["a", "b"]}.items():
        data = {v: ("time", np.ones(records, "i2"), {"units": "1"}) for v in variables}
        path = tmp_path / f"{name}.nc"
        file = xr.Dataset(data, coords={"time": times}, attrs={"title": "odd"})
        file.to_netcdf(path, engine="netcdf4", format=form, unlimited_dims=["time"])
        with path.open("rb") as body:
            wanted = least_size(body)
        assert wanted is not None
        assert 0 <= path.stat().st_size - wanted < 4


@given(st.binary(max_size=200), st.sampled_from([b"CDF\x01", b"CDF\x02", b"CDF\x05"]))
def test_a_damaged_header_is_a_length_or_one_fault(body: bytes, magic: bytes) -> None:
    with suppress(ValueError):
        assert (least_size(BytesIO(magic + body)) or 0) >= 0


def test_a_packed_file_is_seen_through_and_known_again(desk: Desk) -> None:
    plain = desk.folder / "grid.nc"
    first = desk.give(grid(pm2p5=field([1e-8, 2e-8], "kg m-3")))
    packed = desk.folder / "grid.nc.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    (again,) = desk.load(packed)
    assert (again.known_already, again.counts.same) == (True, first.counts.rows)


def test_a_later_file_of_the_same_hours_changes_what_differs(
    store: Store, facts: Facts, tmp_path: Path
) -> None:
    desk = Desk(store, facts, tmp_path)
    first = desk.give(grid(pm2p5=field([1e-8, 2e-8], "kg m-3")))
    later = desk.give(grid(pm2p5=field([1e-8, 3e-8], "kg m-3")), "later.nc")
    assert (later.counts.changed, later.counts.same) == (first.counts.rows / 2, first.counts.rows / 2)
    assert [value for _, value in desk.near(*SEOUL, "pm25")] == pytest.approx([10.0, 30.0])


def test_slices_of_time_and_the_order_of_dimensions_change_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = np.arange("2020-01-01T00", "2020-01-01T07", dtype="datetime64[h]").astype("datetime64[ns]")
    file = grid(times=times, pm2p5=field(np.arange(7) * 1e-9, "kg m-3", times=times))
    first = desk.give(file)
    monkeypatch.setattr(grids, "_BOX_VALUES", 1)
    again = desk.give(file.transpose("longitude", "time", "latitude"), "sliced.nc")
    assert (again.counts.same, again.known_already) == (first.counts.rows, False)
    assert [value for _, value in desk.near(*SEOUL, "pm25")] == pytest.approx(range(7))


def test_a_grib_file_says_what_to_do(desk: Desk) -> None:
    path = desk.folder / "era5.grib"
    path.write_bytes(b"GRIB" + struct.pack(">I", 0))
    assert "make netCDF of it" in str(desk.load(path)[0].problem)


# Cells


def station(lat: float, lon: float, area: str = "kr-seoul") -> Station:
    return Station(
        id=f"x-{lat}-{lon}",
        network="user",
        name="x",
        area=area,
        kind="urban",
        lat=lat,
        lon=lon,
        source="test",
        confidence="low",
    )


def test_stations_of_one_region_in_one_cell_make_one_point() -> None:
    axes = Axes(np.array([38.0, 37.0, 36.0]), np.array([126.0, 127.0, 128.0]))
    asked = [
        station(37.1, 127.1),
        station(36.9, 126.9),
        station(37.1, 127.2, "kr-gyeonggi"),
        station(36.2, 128.1),
    ]
    found = points(axes, "cams", asked)
    assert [one.id for one in found.stations] == [
        "cams-kr-gyeonggi-37.000-127.000",
        "cams-kr-seoul-36.000-128.000",
        "cams-kr-seoul-37.000-127.000",
    ]
    assert {one.kind for one in found.stations} == {"model"}


def test_a_station_outside_the_grid_gets_nothing_and_is_counted() -> None:
    axes = Axes(np.array([38.0, 37.0, 36.0]), np.array([126.0, 127.0, 128.0]))
    found = points(axes, "cams", [station(37.0, 127.0), station(37.0, 129.0), station(33.5, 126.5)])
    assert (len(found.stations), found.outside) == (1, 2)


coordinate = st.floats(-0.4, 0.4)


@given(st.integers(30, 44), st.integers(111, 130), coordinate, coordinate, st.booleans(), st.booleans())
def test_the_nearest_cell_is_the_same_however_the_axes_run(
    lat: int, lon: int, north: float, east: float, south_first: bool, to_360: bool
) -> None:
    """Rows from either end, columns to 180 or 360, one or two dimensions."""
    rows = np.arange(29.0, 46.0)[:: -1 if south_first else 1]
    columns = np.arange(0.0, 360.0) if to_360 else np.arange(110.0, 132.0)
    plain, curved = Axes(rows, columns), Axes(*map(np.asarray, np.meshgrid(rows, columns, indexing="ij")))
    for axes in (plain, curved):
        (one,) = points(axes, "cams", [station(lat + north, lon + east)]).stations
        assert (one.lat, one.lon) == (lat, lon)
