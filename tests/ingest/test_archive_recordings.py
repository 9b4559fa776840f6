"""Every recorded archive file of the sources goes in with its counts; what is none is refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from archive_desk import Desk, Parsed

from config.facts import Facts
from ingest.source import Quantity
from store.engine import Store

# By folder and format: file, readings, missing among them.
RECORDED = {
    ("airkorea_archive", "airkorea-day-means"): [
        ("daily_mean_all_stations_2019-11-02.cp949.csv", 2772, 110),
    ],
    ("airkorea_archive", "airkorea-final"): [
        ("final_seoul_jongno_2021-10_2021-12.resaved_utf8.head200.csv", 1194, 0),
        # Without a header, as they were cut out.
        ("final_seoul_jongno_2022-Q1.resaved_utf8.tail30.csv", 180, 0),
        ("final_busan_bugok_2014-11.cp949.head60.csv", 360, 65),
    ],
    ("cnemc", "cnemc-hours"): [
        ("HeQinWill_2022-01-04T16.sample.csv", 60, 7),
    ],
    ("openaq", "openaq-archive"): [
        ("s3_archive_lines.csv", 3, 0),
    ],
    ("quotsoft", "china-sites"): [
        ("china_sites_format.doc_sample.csv", 9, 0),
    ],
    ("seoul", "seoul-daily"): [
        ("daily_2018.rawbytes.head60.csv", 354, 21),
        ("daily_2019.rawbytes.head60.csv", 354, 2),
        ("daily_2024.rawbytes.head60.csv", 354, 3),
        ("daily_2025.rawbytes.head60.csv", 354, 0),
    ],
    ("seoul", "seoul-hourly"): [
        ("hourly_2020-01.utf8_nobom.head60_tail30.csv", 534, 3),
    ],
    ("us_embassy", "us-airnow-hourly"): [
        ("airnow_HourlyData_lines.dat", 0, 0),
    ],
    ("us_embassy/airnow_dos_ytd", "us-airnow"): [
        ("Beijing_PM2.5_2013_YTD.head30_flagged_tail5.csv", 46, 9),
        ("Beijing_PM2.5_2015_YTD.head30_flagged_tail5.csv", 46, 10),
        ("Beijing_PM2.5_2019_YTD.head30_flagged_tail5.csv", 46, 9),
        ("Guangzhou_PM2.5_2021_YTD.head30_flagged_tail5.csv", 46, 11),
        ("Shanghai_PM2.5_2018_YTD.head30_flagged_tail5.csv", 46, 12),
        ("Shenyang_PM2.5_2021_YTD.head30_flagged_tail5.csv", 46, 10),
    ],
    ("us_embassy/alignment_pair", "us-airnow"): [
        ("airnow_ytd_Beijing_2015.first200.csv", 200, 0),
    ],
    ("us_embassy/alignment_pair", "us-stateair"): [
        ("stateair_Beijing_2015.first200.csv", 200, 0),
    ],
    ("us_embassy/stateair", "us-stateair"): [
        ("Beijing_2008_HourlyPM2.5_created20140325.csv.head30_missing_tail5.csv", 36, 5),
        ("Beijing_2014_HourlyPM25_created20150203.csv.head30_missing_tail5.csv", 36, 5),
        ("Chengdu_2016_HourlyPM25_created20170201.csv.head30_missing_tail5.csv", 39, 5),
        ("Guangzhou_2017_HourlyPM25_created20170803.csv.head30_missing_tail5.csv", 39, 34),
        ("Shanghai_2012_HourlyPM25_created20140423.csv.head30_missing_tail5.csv", 36, 5),
    ],
}

# Columns cut out (a mapping reads them, see `test_holdings.py`), and lists of stations.
REFUSED = {
    "airkorea_archive/final_busan_choryang_2012.subset_columns.csv": "no known table",
    "airkorea_archive/final_busan_choryang_2013.subset_columns.csv": "no known table",
    "airkorea_archive/final_busan_choryang_2014.subset_columns.csv": "no known table",
    "airkorea_archive/final_busan_choryang_2018.subset_columns.csv": "no known table",
    "airkorea_archive/final_busan_choryang_2019.subset_columns.csv": "no known table",
    "airkorea_archive/final_busan_choryang_2021.subset_columns.csv": "no known table",
    "airkorea_archive/station_codes_seoul_geo.csv": "a list of stations",
    "airkorea_archive/station_master_dosi_2001-2019.xlsx": "a list of stations",
}
# Rows of it are rejected, see `test_archive_china.py`.
IN_PART = {"quotsoft/aqicn_like_pm25in_2014-12-19.gb18030.head20.csv"}
FOLDERS = ("airkorea_archive", "cnemc", "openaq", "quotsoft", "seoul", "us_embassy")
TABLES = {".csv", ".dat", ".xlsx"}


def recorded() -> dict[str, tuple[str, int, int]]:
    """By path: the format, the readings and the missing ones among them."""
    return {
        f"{folder}/{name}": (format_name, rows, missing)
        for (folder, format_name), files in RECORDED.items()
        for name, rows, missing in files
    }


@pytest.fixture
def desk(sqlite_store: Store, facts: Facts) -> Desk:
    return Desk(sqlite_store, facts)


def test_every_recorded_table_is_listed_here(shared: Path) -> None:
    root = shared / "sources"
    found = {
        str(path.relative_to(root))
        for folder in FOLDERS
        for path in (root / folder).rglob("*")
        if path.suffix in TABLES
    }
    assert found == set(recorded()) | REFUSED.keys() | IN_PART


def test_every_recording_goes_in_with_all_its_readings(desk: Desk, shared: Path) -> None:
    for path, (format_name, rows, missing) in recorded().items():
        found = desk.counts(shared / "sources" / path)
        assert (found[0], found[1], found[3], found[4]) == (format_name, rows, 0, missing), path


def test_a_second_time_changes_nothing(desk: Desk, shared: Path) -> None:
    for _ in range(2):
        results = [desk.load(shared / "sources" / path) for path in recorded()]
    assert sum(result.counts.new + result.counts.changed for result in results) == 0


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_no_archive_table_is_refused_in_one_line(desk: Desk, shared: Path, path: str) -> None:
    assert REFUSED[path] in str(desk.load(shared / "sources" / path).problem)


def test_airkoreas_day_means_are_daily_and_of_the_korean_day(desk: Desk, shared: Path) -> None:
    path = shared / "sources" / "airkorea_archive" / "daily_mean_all_stations_2019-11-02.cp949.csv"
    assert desk.counts(path) == ("airkorea-day-means", 2772, 2772, 0, 110)
    assert Parsed(path).cells(Quantity("pm25", "ug/m3"))["111121", "2019-11-01T15"] == pytest.approx(
        37.208333
    )
    assert desk.query("select distinct period from series") == [("P1D",)]
