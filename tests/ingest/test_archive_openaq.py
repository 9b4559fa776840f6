"""OpenAQ's archive files: moments with offsets, units as given, and Korea's clock."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_desk import Desk, Parsed, mangled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.facts import Facts
from ingest.source import Quantity, StationRef
from store.engine import Store

HEADER = "location_id,sensors_id,location,datetime,lat,lon,parameter,units,value\n"
PM25 = Quantity("pm25", "ug/m3")
O3 = Quantity("o3", "ppm")
SENTINEL = -1002
BEIJING = "39.95,116.47"
SEOUL = "37.57,126.98"


def row(
    moment: str,
    value: str,
    parameter: str = "pm25",
    units: str = "µg/m³",
    at: str = BEIJING,
    number: int = 21,
) -> str:
    return f"{number},99,Place-{number},{moment},{at},{parameter},{units},{value}\n"


def archive(folder: Path, *rows: str) -> Path:
    path = folder / "location-21-20221101.csv.gz"
    path.write_bytes(gzip.compress((HEADER + "".join(rows)).encode(), mtime=0))
    return path


@pytest.fixture
def desk(sqlite_store: Store, facts: Facts) -> Desk:
    return Desk(sqlite_store, facts)


def test_the_lines_that_were_found(desk: Desk, shared: Path) -> None:
    path = shared / "sources" / "openaq" / "s3_archive_lines.csv"
    assert desk.counts(path) == ("openaq-archive", 3, 3, 0, 0)
    assert desk.counts(path) == ("openaq-archive", 3, 0, 0, 0)
    held = desk.query(
        "select s.name, network, title, kind, lat from station s join station_version v on station_id = s.id"
    )
    assert sorted(held) == [
        ("openaq-2178", "openaq", "Del Norte", "unknown", 35.1353),
        ("openaq-7441", "openaq", "Hanoi", "unknown", 21.021939),
        ("openaq-7727", "openaq", "Tung Chung", "unknown", pytest.approx(22.28889)),
    ]
    assert desk.query("select distinct f.name from series s join feed f on f.id = s.feed_id") == [
        ("openaq-archive",)
    ]


def test_a_moment_names_the_end_of_its_hour_by_its_own_offset(shared: Path) -> None:
    found = Parsed(shared / "sources" / "openaq" / "s3_archive_lines.csv")
    assert found.cells(Quantity("pm10", "ug/m3")) == {
        ("7727", "2022-10-31T16"): 100.3,
        ("2178", "2023-01-01T07"): 45.0,
    }
    assert found.cells(PM25) == {("7441", "2022-12-31T17"): 71.0}


def test_files_of_2025_quote_every_cell(tmp_path: Path) -> None:
    text = HEADER + row("2025-01-01T01:00:00+08:00", "12.5")
    quoted = "".join(",".join(f'"{cell}"' for cell in line.split(",")) + "\n" for line in text.splitlines())
    path = tmp_path / "location-21-20250101.csv"
    path.write_text(quoted, encoding="utf-8")
    assert Parsed(path).cells(PM25) == {("21", "2024-12-31T16"): 12.5}


@pytest.mark.parametrize("micro", ["\u00b5", "\u03bc"])
def test_either_sign_for_micro_is_understood(tmp_path: Path, micro: str) -> None:
    found = Parsed(archive(tmp_path, row("2022-11-01T01:00:00+08:00", "7", units=f"{micro}g/m³")))
    assert found.cells(PM25) == {("21", "2022-10-31T16"): 7}


@pytest.mark.parametrize("value", ["9999", "9999.0", "-999", "-999.0"])
def test_9999_and_999_below_zero_are_missing(tmp_path: Path, value: str) -> None:
    found = Parsed(archive(tmp_path, row("2022-11-01T01:00:00+08:00", value)))
    assert set(found.cells(PM25).values()) == {SENTINEL}


def test_gases_are_kept_in_the_unit_given(desk: Desk, tmp_path: Path) -> None:
    label = "2022-11-01T01:00:00+08:00"
    path = archive(
        tmp_path, row(label, "0.031", "o3", "ppm"), row(label, "62", "o3"), row(label, "400", "co")
    )
    assert desk.counts(path)[1:4] == (3, 3, 0)
    assert set(Parsed(path).cells(O3).values()) == {0.031}
    units = desk.query("select pollutant, unit from series order by pollutant, unit")
    assert units == [("co", "ug/m3"), ("o3", "ppm"), ("o3", "ug/m3")]


def test_what_else_openaq_measures_is_left_out_and_counted(tmp_path: Path) -> None:
    label = "2022-11-01T01:00:00+08:00"
    rows = [row(label, "21", "temperature", "c"), row(label, "7", "um003", "particles/cm³"), row(label, "5")]
    found = Parsed(archive(tmp_path, *rows, row("2022-11-01T02:00:00+08:00", "22", "temperature", "c")))
    assert (found.rows, found.rejects) == (1, [])
    assert found.notes == {"left out: temperature": 2, "left out: um003": 1}


def test_what_cannot_be_told_is_rejected(tmp_path: Path) -> None:
    label = "2022-11-01T01:00:00+08:00"
    rows = [
        row("2022-11-01T01:00:00", "1"),  # no offset
        row("2022-11-01T01:20:00+08:00", "1"),  # between hours
        row(label, "1", "pm2five"),
        row(label, "1", units="grains"),
        row(label, "much"),
        row(label, "1").replace("21,99", "one,99"),
    ]
    found = Parsed(archive(tmp_path, row(label, "1"), *rows))
    assert found.reasons == {
        "the time label cannot be placed": 2,
        "what the row holds is not known": 2,
        "not a number": 1,
        "the row names no station": 1,
    }
    assert found.rows == 7


@pytest.mark.parametrize(
    ("moment", "at", "held"),
    [
        ("2023-11-01T01:00:00+09:00", SEOUL, 0),
        ("2024-04-30T23:00:00+09:00", SEOUL, 0),
        ("2024-05-01T02:00:00+09:00", SEOUL, 1),
        ("2024-06-01T01:00:00+00:00", SEOUL, 0),  # not Korea's offset
        ("2023-11-01T01:00:00+09:00", "33.4,126.5", 0),  # Jeju
        ("2023-11-01T01:00:00+09:00", "37.5,130.9", 0),  # Ulleungdo
        ("2023-11-01T01:00:00+09:00", "33.6,130.4", 1),  # Fukuoka
        ("2023-11-01T01:00:00+08:00", BEIJING, 1),
    ],
)
def test_koreas_clock_cannot_be_told_before_may_2024(tmp_path: Path, moment: str, at: str, held: int) -> None:
    found = Parsed(archive(tmp_path, row(moment, "30", at=at)))
    assert found.rows == 1
    assert sum(found.reasons.values()) == 1 - held
    assert all("the clock cannot be told" in reason for reason in found.reasons)


def test_an_old_korean_file_is_refused_in_one_line(desk: Desk, tmp_path: Path) -> None:
    path = archive(tmp_path, *(row(f"2023-11-01T{h:02}:00:00+09:00", "30", at=SEOUL) for h in range(24)))
    assert "import AirKorea's own files" in str(desk.load(path).problem)


def test_two_sensors_of_a_place_are_one_series_and_the_first_stands(desk: Desk, tmp_path: Path) -> None:
    label = "2022-11-01T01:00:00+08:00"
    path = archive(tmp_path, row(label, "5"), row(label, "6").replace("21,99", "21,100"))
    assert desk.counts(path)[1:4] == (2, 1, 1)


def test_a_location_is_never_taken_for_airkoreas_station_of_that_code(desk: Desk, tmp_path: Path) -> None:
    path = archive(tmp_path, row("2022-11-01T01:00:00+08:00", "5", number=111123))
    assert desk.counts(path)[1:4] == (1, 1, 0)
    assert desk.query("select name from station") == [("openaq-111123",)]


def test_coordinates_off_the_earth_are_not_kept(tmp_path: Path) -> None:
    found = Parsed(archive(tmp_path, row("2022-11-01T01:00:00+08:00", "5", at="1e300,nan")))
    assert found.batches[0].stations == [StationRef(code="21", name="Place")]


@pytest.fixture(scope="module")
def busy(sqlite_template: Path, facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One database for many mangled files."""
    path = tmp_path_factory.mktemp("busy") / "yellowsea.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}")
    yield Desk(store, facts)
    store.close()


@given(seed=st.integers(0, 2**32), packed=st.booleans())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mangled_file_is_refused_or_accounted_for(
    busy: Desk, tmp_path: Path, seed: int, packed: bool
) -> None:
    rows = [row(f"2022-11-01T{hour:02}:00:00+08:00", f"{hour}.5") for hour in range(1, 24)]
    text = HEADER + "".join(rows) + row("2024-06-01T01:00:00+09:00", "9999", at=SEOUL)
    path = tmp_path / ("location-21-20221101.csv" + ".gz" * packed)
    path.write_bytes(
        mangled(gzip.compress(text.encode(), mtime=0), seed) if packed else mangled(text.encode(), seed)
    )
    busy.load(path)
