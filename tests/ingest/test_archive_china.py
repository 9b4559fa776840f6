"""China's public archive: types in rows, stations in columns, ozone exchanged, cities as composites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_desk import Desk, Parsed, mangled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.facts import Facts
from ingest.members import FileProblem
from ingest.source import Quantity, StationRef
from store.engine import Store

PM25 = Quantity("pm25", "ug/m3")
O3 = Quantity("o3", "ug/m3")
CO = Quantity("co", "mg/m3")
BLANK, SENTINEL = -1001, -1002

TYPES = ["AQI", "PM2.5", "PM2.5_24h", "PM10", "PM10_24h", "SO2", "SO2_24h", "NO2", "NO2_24h"]
TYPES += ["O3", "O3_24h", "O3_8h", "O3_8h_24h", "CO", "CO_24h"]
STORED = {"PM2.5", "PM10", "SO2", "NO2", "CO"}


def day(
    folder: Path, *rows: str, header: str = "1001A,1002A", name: str = "china_sites_20220104.csv"
) -> Path:
    """A file of rows without their date 2022-01-04."""
    path = folder / name
    lines = [f"date,hour,type,{header}", *(row if row[:8].isdigit() else f"20220104,{row}" for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def desk(sqlite_store: Store, facts: Facts) -> Desk:
    return Desk(sqlite_store, facts)


def test_the_documented_sample_of_the_archive(desk: Desk, shared: Path) -> None:
    path = shared / "sources" / "quotsoft" / "china_sites_format.doc_sample.csv"
    assert desk.counts(path) == ("china-sites", 9, 9, 0, 0)
    assert Parsed(path).cells(PM25)["1002A", "2023-01-01T14"] == 15


def test_the_recorded_sample_of_an_hour(desk: Desk, shared: Path) -> None:
    path = shared / "sources" / "cnemc" / "HeQinWill_2022-01-04T16.sample.csv"
    assert desk.counts(path) == ("cnemc-hours", 60, 60, 0, 7)
    found = Parsed(path)
    assert found.cells(PM25)["1001A", "2022-01-04T07"] == 54
    assert found.cells(O3)["1001A", "2022-01-04T07"] == 19  # o3_24h of the row; o3 says 43
    assert found.cells(O3)["1141A", "2022-01-04T07"] == 96
    assert found.cells(CO)["1141A", "2022-01-04T07"] == BLANK


def test_a_copy_of_pm25in_is_read_where_each_row_stands(desk: Desk, shared: Path) -> None:
    path = shared / "sources" / "quotsoft" / "aqicn_like_pm25in_2014-12-19.gb18030.head20.csv"
    assert desk.counts(path) == ("pm25in", 114, 102, 12, 8)
    found = Parsed(path)
    so2, hour = (
        Quantity("so2", "ug/m3"),
        "2014-12-19T04",
    )  # 13:00 in China ends the hour, whatever its "Z" says
    assert (found.cells(PM25)["1013A", hour], found.cells(so2)["1013A", hour]) == (34, 148)
    assert (found.cells(PM25)["1015A", hour], found.cells(so2)["1015A", hour]) == (
        18,
        34,
    )  # without a pollutant
    silent = found.cells(PM25)["1022A", "2014-10-31T08"]  # without a quality too; zero means missing
    assert silent == SENTINEL
    assert found.reasons == {"the time label cannot be placed": 12}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_station_list_is_no_readings(desk: Desk, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "站点列表.csv"
    path.write_bytes(
        "监测点编码,监测点名称,城市,经度,纬度,对照点\n1001A,万寿西宫,北京,116.366,39.8673,N\n".encode(
            encoding
        )
    )
    assert "a list of stations, no readings" in str(desk.load(path).problem)


def test_labels_0_to_23_name_the_end_in_chinese_time(tmp_path: Path) -> None:
    cells = Parsed(day(tmp_path, "0,PM2.5,1,2", "23,PM2.5,3,4")).cells(PM25)
    assert cells == {
        ("1001A", "2022-01-03T15"): 1,
        ("1002A", "2022-01-03T15"): 2,
        ("1001A", "2022-01-04T14"): 3,
        ("1002A", "2022-01-04T14"): 4,
    }


def test_an_empty_cell_is_missing_and_an_absent_hour_is_nothing(tmp_path: Path) -> None:
    cells = Parsed(day(tmp_path, "0,PM2.5,,0", "2,PM2.5,NA,-3")).cells(PM25)
    assert list(cells.values()) == [BLANK, 0, BLANK, -3]


def test_types_of_24_hours_and_the_index_are_left_out(tmp_path: Path) -> None:
    found = Parsed(day(tmp_path, *(f"5,{name},1,2" for name in TYPES)))
    assert found.rows == 6 * 2
    assert not found.notes
    assert not found.rejects
    assert {q for batch in found.batches for q in batch.values} == {
        *(Quantity(p, "ug/m3") for p in ("pm25", "pm10", "so2", "no2", "o3")),  # type: ignore[arg-type]
        CO,
    }


@pytest.mark.parametrize(
    ("label", "held"),
    [
        ("20131208,3", 30),  # exchanged
        ("20231108,23", 30),
        ("20231109,0", 30),  # on the day of the change the smaller of the two is the hour's mean
        ("20231109,23", 30),
        ("20231110,0", 30),  # the last label of that day
        ("20231110,1", 80),
        ("20240501,12", 80),
    ],
)
def test_ozone_is_exchanged_until_the_day_of_the_change(tmp_path: Path, label: str, held: int) -> None:
    cells = Parsed(day(tmp_path, f"{label},O3,80,80", f"{label},O3_24h,30,30")).cells(O3)
    assert set(cells.values()) == {held}


def test_on_the_day_of_the_change_an_unchanged_hour_is_read_as_labelled(tmp_path: Path) -> None:
    rows = [
        "20231109,9,O3,80,80",
        "20231109,9,O3_24h,30,",
        "20231109,10,O3,30,30",
        "20231109,10,O3_24h,80,80",
    ]
    cells = Parsed(day(tmp_path, *rows)).cells(O3)
    assert list(cells.values()) == [30, BLANK, 30, 30]


def test_a_new_station_is_a_column_like_the_others(desk: Desk, tmp_path: Path) -> None:
    assert desk.counts(day(tmp_path, "0,PM2.5,1,2", header="3999A,1001A"))[1:4] == (2, 2, 0)
    assert desk.query("select kind, code from station_version where code = '3999A'") == [("unknown", "3999A")]


def test_a_column_that_is_no_station_is_told(tmp_path: Path) -> None:
    found = Parsed(day(tmp_path, "0,PM2.5,1,2,3", header="1001A,remark,1002A"))
    assert found.rows == 2
    assert found.notes == {"unknown column remark": 1}


def test_what_cannot_be_stored_is_rejected_cell_by_cell(tmp_path: Path) -> None:
    rows = ["25,PM2.5,1,2", "3,PM2.5,x,2", "3,PM1,1,2", "3,PM2.5,1", "x,PM2.5_24h,1,2", ",,,"]
    found = Parsed(day(tmp_path, "1,PM2.5,1,2", *rows, "20220104x,3,PM2.5,1,2"))
    assert found.reasons == {
        "the time label cannot be placed": 6,
        "not a number": 1,
        "what the row holds is not known": 2,
        "the wrong number of cells, or an open quote": 2,
    }
    assert found.rows == 3 + 11


@given(
    st.lists(
        st.tuples(st.integers(-2, 26), st.sampled_from([*TYPES, "PM1", ""]), st.text("0a.-", max_size=3))
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_cell_of_a_stored_type_is_counted_once(
    tmp_path: Path, rows: list[tuple[int, str, str]]
) -> None:
    found = day(tmp_path, "1,PM2.5,1,2", *(f"{hour},{name},{cell},7" for hour, name, cell in rows))
    of_ozone = [name for _, name, _ in rows if name == "O3_24h"]  # 2022: exchanged
    others = [name for _, name, _ in rows if name in STORED or name in ("PM1", "")]
    try:
        parsed = Parsed(found)
    except FileProblem as problem:
        assert "none can be read" in str(problem)  # noqa: PT017 - either answer is right
    else:
        assert parsed.rows == 2 * (1 + len(of_ozone) + len(others))


def test_the_reference_state_changes_on_2018_09_01(desk: Desk, tmp_path: Path) -> None:
    path = day(
        tmp_path, "20180901,0,PM2.5,1,2", "20180901,1,PM2.5,3,4", "20180901,1,O3,5,6", "20180901,1,CO,1,1"
    )
    assert desk.counts(path)[1] == 6
    states = desk.query(
        "select pollutant, reference_state, count(*) from series group by pollutant, reference_state"
    )
    assert sorted(states) == [("co", "unknown", 2), ("pm25", "actual", 2), ("pm25", "standard", 2)]


def test_two_imports_change_nothing(desk: Desk, tmp_path: Path) -> None:
    path = day(tmp_path, "0,PM2.5,1,2", "0,PM10,,2")
    assert desk.counts(path)[2] == 4
    assert desk.counts(path)[1:3] == (4, 0)
    path.write_text(path.read_text() + "20220104,1,PM2.5,5,6\n")
    again = desk.load(path).counts
    assert (again.new, again.changed, again.same) == (2, 0, 4)
    assert desk.query("select count(*) from revision") == [(0,)]


# Cities and Beijing


def cities(folder: Path, *rows: str, header: str = "北京,唐山,吉林,博州") -> Path:
    return day(folder, *rows, header=header, name="china_cities_20220104.csv")


def test_a_city_is_a_composite_in_a_feed_of_its_own(desk: Desk, tmp_path: Path) -> None:
    assert desk.counts(cities(tmp_path, "0,PM2.5,1,2,3,", "0,AQI,1,2,3,4")) == ("china-cities", 4, 4, 0, 1)
    held = desk.query(
        "select s.name, kind, area from station s join station_version v on v.station_id = s.id order by 1"
    )
    assert held == [
        ("cnemc-city-beijing", "composite", "cn-beijing"),
        ("cnemc-city-boertala", "composite", "cn-boertala"),
        ("cnemc-city-jilin-city", "composite", "cn-jilin-city"),
        ("cnemc-city-tangshan", "composite", "cn-tangshan"),
    ]
    assert desk.query("select name from feed") == [("cnemc-city-archive",)]
    assert desk.counts(cities(tmp_path, "1,PM2.5,1,2,3,4"))[1:4] == (4, 4, 0)  # found again


def test_a_city_that_nobody_knows_is_rejected(desk: Desk, tmp_path: Path) -> None:
    result = desk.load(cities(tmp_path, "0,PM2.5,1,2", "1,PM2.5,1,2", header="北京,火星"))
    assert (result.counts.new, result.counts.rejected) == (2, 2)


def test_every_listed_city_is_found_by_its_chinese_name(facts: Facts, tmp_path: Path) -> None:
    names = [
        region.name_zh for region in facts.regions.values() if (region.country, region.kind) == ("CN", "city")
    ]
    path = cities(tmp_path, "0,PM2.5," + ",".join("1" for _ in names), header=",".join(names))
    (batch,) = Parsed(path).batches
    assert len({ref.area for ref in batch.stations}) == len(names)
    assert None not in {ref.area for ref in batch.stations}


@pytest.mark.parametrize("dongsi", ["东四", "东城东四"])
def test_beijings_stations_before_and_after_2021(desk: Desk, tmp_path: Path, dongsi: str) -> None:
    header = f"{dongsi},定陵(对照点),丰台花园"
    path = day(tmp_path, "0,PM2.5,1,2,3", "0,PM2.5_24h,1,2,3", header=header, name="beijing_all_20220104.csv")
    assert desk.counts(path) == ("beijing-stations", 3, 3, 0, 0)
    held = desk.query(
        "select s.name, kind from station s join station_version v on v.station_id = s.id order by 1"
    )
    assert held == [
        ("cnemc-1002A", "control"),
        ("cnemc-1003A", "urban"),
        ("cnemc-beijing-丰台花园", "unknown"),
    ]
    assert desk.query("select name from feed") == [("beijing-archive",)]


def test_beijings_gases_are_read_as_labelled(tmp_path: Path) -> None:
    path = day(
        tmp_path, "0,O3,30,31", "0,O3_24h,80,81", header="东四,天坛", name="beijing_extra_20220104.csv"
    )
    found = Parsed(path)
    assert set(found.cells(O3).values()) == {30, 31}
    assert found.batches[0].stations[0] == StationRef(name="东四", area="cn-beijing")


# Mangled


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("samples")
    rows = [f"{hour},{name},{hour},7,,0.5" for hour in range(3) for name in TYPES]
    headers = {
        "sites.csv": "1001A,1002A,1003A,3999A",
        "cities.csv": "北京,唐山,吉林,博州",
        "beijing_all.csv": "东四,天坛,丰台花园,定陵",
    }
    return {
        name: day(folder, *rows, header=header, name=name).read_bytes() for name, header in headers.items()
    }


@pytest.fixture(scope="module")
def busy(sqlite_template: Path, facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One database for many mangled files."""
    path = tmp_path_factory.mktemp("busy") / "yellowsea.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}")
    yield Desk(store, facts)
    store.close()


@pytest.mark.parametrize("name", ["sites.csv", "cities.csv", "beijing_all.csv"])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mangled_file_is_refused_or_accounted_for(
    busy: Desk, samples: dict[str, bytes], tmp_path: Path, name: str, seed: int
) -> None:
    path = tmp_path / name
    path.write_bytes(mangled(samples[name], seed))
    busy.load(path)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mangled_hour_is_refused_or_accounted_for(
    busy: Desk, shared: Path, tmp_path: Path, seed: int
) -> None:
    sample = (shared / "sources" / "cnemc" / "HeQinWill_2022-01-04T16.sample.csv").read_bytes()
    path = tmp_path / "2022-01-04T16.csv"
    path.write_bytes(mangled(sample, seed))
    busy.load(path)


PM25IN = (
    "AQI,city,CO,CO_24h,no2,no2_24h,o_3,o3_24h,o3_8h,o3_8h_24h,pm10,pm10_24h,pm2_5,pm2_5_24h,position_name,"
    "primary_pollutant,quality,so2,so2_24h,station_code,time_point,\n"
    "72,天津,1.7,4,13,100,67,67,20,20,93,289,34,230,甲,颗粒物(PM10),良,148,83,1013A,2014-12-19T13:00:00Z,\n"
    "39,天津,0.4,4,15,116,49,49,13,13,39,287,18,251,乙,优,34,114,1015A,2014-12-19T13:00:00Z,,\n"
    "0,天津,0,0,0,0,0,0,0,0,0,0,0,0,丙,0,0,1022A,2014-10-31T17:00:00Z,,,\n"
).encode("gb18030")
BARE = (
    "2014-11-12 01,부산 금정구,부곡동,221251,0.005,0.6,0.004,0.043,65,\n"
    "2014-11-12 24,부산 금정구,부곡동,221251,0.005,0.6,0.006,0.038,70,12\n"
).encode("cp949")


def test_an_excerpt_without_a_header_is_known_by_its_first_line(tmp_path: Path) -> None:
    path = tmp_path / "bukok.csv"
    path.write_bytes(BARE)
    found = Parsed(path)
    assert found.format == "airkorea-final"
    assert found.cells(PM25) == {("221251", "2014-11-11T15"): BLANK, ("221251", "2014-11-12T14"): 12}
    assert found.cells(Quantity("no2", "ppm"))["221251", "2014-11-11T15"] == 0.043


@pytest.mark.parametrize("sample", [PM25IN, BARE])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mangled_copy_or_excerpt_is_refused_or_accounted_for(
    busy: Desk, tmp_path: Path, sample: bytes, seed: int
) -> None:
    path = tmp_path / "copy.csv"
    path.write_bytes(mangled(sample, seed))
    busy.load(path)
