"""The real archives beside the project: what they hold, and what two of them say about one hour."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from ingest import formats, mapping, tables
from ingest.source import Quantity

DATA = Path(__file__).parents[2].parent / "shared" / "data"
PM25 = Quantity("pm25", "ug/m3")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the archives are not at {DATA}")


@dataclass
class Held:
    """All that a set of files gave."""

    formats: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    rows: int = 0
    missing: int = 0
    rejects: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    readings: dict[tuple[str, int], float] = field(default_factory=dict)
    twice: int = 0


def hold(folder: str, name: str | None = None, pattern: str = "*") -> Held:
    """Reads a folder; valid PM2.5 by station (code, or name) and start."""
    held, how = Held(), mapping.load(name) if name else None
    for path in sorted((DATA / folder).rglob(pattern)):
        for member in tables.members(path) if path.is_file() else ():
            try:
                reader = formats.find(member, how)
            except tables.FileProblem as problem:
                held.refused.append(str(problem))
                continue
            held.formats[reader.format] += 1
            for batch in reader.batches():
                held.rows += batch.rows
                held.missing += sum(int(np.count_nonzero(s)) for s in batch.statuses.values())
                held.rejects += len(batch.rejects)
                held.notes += batch.notes
                names = [station.code or station.name or "" for station in batch.stations]
                valid = np.flatnonzero(batch.statuses[PM25] == 0)
                found = {
                    (names[station], hour): value
                    for station, hour, value in zip(
                        batch.station[valid].tolist(),
                        batch.start[valid].tolist(),
                        batch.values[PM25][valid].tolist(),
                        strict=True,
                    )
                }
                held.twice += len(valid) - len(found) + len(held.readings.keys() & found.keys())
                held.readings.update(found)
    return held


@pytest.mark.parametrize(
    ("folder", "format_name", "files", "rows", "missing"),
    [
        ("kr_seoul_stations_daily_2014_2025", "seoul-daily", 12, 1_196_472, 15_408),
        ("kr_airkorea_3stations_hourly_2015_2019", "airkorea-final", 5, 788_832, 56_098),
        ("kr_airkorea_national_hourly_202002", "airkorea-final", 1, 1_911_330, 20_452),
        ("kr_seoul25_hourly_2020_01_04", "seoul-hourly", 4, 435_600, 6_197),
        ("cn_us_posts_hourly_2008_2017_stateair", "us-stateair", 23, 180_287, 15_888),
        ("cn_us_posts_hourly_2013_2021_airnow", "us-airnow", 36, 305_220, 11_233),
        ("cn_beijing12_hourly_2013_2017_uci", "uci-beijing", 12, 2_524_608, 70_303),
        ("cn_37cities_daily_2013_2017_aqistudy", "aqistudy-daily", 37, 283_194, 81),
    ],
)
def test_every_file_is_understood(folder: str, format_name: str, files: int, rows: int, missing: int) -> None:
    held = hold(folder)
    assert held.formats == {format_name: files}
    assert (held.rows, held.missing, held.rejects, held.notes) == (rows, missing, 0, {})
    assert any("README.md: no " in refusal for refusal in held.refused)


@pytest.mark.parametrize(
    ("folder", "name", "rows", "missing"),
    [
        ("kr_incheon26_hourly_JanMay_2018_2020", "incheon26", 283_296, 63_893),
        ("kr_incheon26_hourly_JanMay_2018_2020", "shandong-mean", 10_896, 3_100),
        ("kr_seoul_downtown_hourly_2018_2022", "seoul-downtown", 262_800, 1),
    ],
)
def test_shipped_mappings_read_their_files(folder: str, name: str, rows: int, missing: int) -> None:
    held = hold(folder, name)
    assert held.formats == {name: 1}
    assert (held.rows, held.missing, held.rejects, held.notes) == (rows, missing, 0, {})


def test_station_lists_and_databases_are_no_readings() -> None:
    held = hold("kr_station_metadata")
    assert held.formats == {"airkorea-day-means": 1}  # a copy of one day, kept beside the lists
    assert len(held.refused) == 3


def test_seoul_hourly_equals_airkorea_at_shift_0() -> None:
    seoul = hold("kr_seoul25_hourly_2020_01_04", pattern="*2020.0[12].csv").readings
    national = hold("kr_airkorea_national_hourly_202002").readings
    common = seoul.keys() & national.keys()
    assert len(common) > 16_000
    assert all(seoul[key] == national[key] for key in common)


def test_stateair_and_airnow_are_one_instrument_us_clock_days_too() -> None:
    stateair = hold("cn_us_posts_hourly_2008_2017_stateair")
    airnow = hold("cn_us_posts_hourly_2013_2021_airnow")
    assert (stateair.twice, airnow.twice) == (0, 0)
    common = stateair.readings.keys() & airnow.readings.keys()
    equal = sum(stateair.readings[key] == airnow.readings[key] for key in common)
    assert len(common) > 90_000
    assert equal / len(common) > 0.98
    spring = [key for key in common if key[1] in US_SPRING]
    assert len(spring) > 25
    assert sum(stateair.readings[key] == airnow.readings[key] for key in spring) >= len(spring) - 2


US_SPRING = {  # starts 01:00, 02:00 and 03:00 in China on the days on which a US clock skipped 02:00
    int(np.datetime64(f"{day}T{hour:02}", "h").astype(int)) - 8
    for day in ("2014-03-09", "2015-03-08", "2016-03-13", "2017-03-12")
    for hour in (1, 2, 3)
}


def test_incheon_equals_airkorea_at_shift_0() -> None:
    incheon = hold("kr_incheon26_hourly_JanMay_2018_2020", "incheon26").readings
    national = hold("kr_airkorea_national_hourly_202002").readings
    common = incheon.keys() & national.keys()
    assert len(common) > 10_000
    assert sum(incheon[key] == national[key] for key in common) / len(common) > 0.95


def test_downtown_is_the_mean_of_its_three_districts_at_shift_0() -> None:
    held = hold("kr_seoul_downtown_hourly_2018_2022", "seoul-downtown")
    districts = hold("kr_seoul25_hourly_2020_01_04").readings
    downtown = {hour: value for (_, hour), value in held.readings.items()}
    assert held.twice == 24  # 2019-12-01 stands there twice

    def distance(shift: int) -> float:
        """Between downtown and the mean of Jung, Jongno and Yongsan, ug/m3."""
        keys = [(hour, [(code, hour) for code in ("111121", "111123", "111131")]) for hour in downtown]
        pairs = [
            (downtown[hour + shift], np.mean([districts[key] for key in three]))
            for hour, three in keys
            if hour + shift in downtown and all(key in districts for key in three)
        ]
        assert len(pairs) > 2000
        return float(np.mean([abs(one - mean) for one, mean in pairs]))

    assert distance(0) < 0.5
    assert min(distance(-1), distance(1)) > 1
