"""Mappings: a table explained in TOML reads as a shipped format does."""

from pathlib import Path

import pytest

from config.air import Feed, Station
from ingest import formats, mapping, tables
from ingest.hours import HourClock, moment
from ingest.source import Batch, Quantity, StationRef
from ingest.tables import FileProblem

BASIC = """
feed = "roof"
title = "A sensor on a roof"
licence = "CC0"
attribution = "me"
period = "PT1H"
label = "start"
zone = "Asia/Shanghai"

[time]
columns = ["date", "hour"]
pattern = "MM/DD/YYYY HH"

[station]
name = "site"
area = "cn-jinan"

[columns]
"dust" = { pollutant = "pm25", unit = "ug/m3", missing = [-1, "off"] }
"CO (ppb)" = { pollutant = "co", unit = "ppm", scale = 0.001 }
"""
TABLE = "date,hour,site,dust,CO (ppb),mood\n1/2/2020,0,roof,12.5,700,good\n01/02/2020,1,roof,-1,off,bad\n"


def loaded(folder: Path, text: str) -> mapping.Mapping:
    (folder / "m.toml").write_text(text, encoding="utf-8")
    return mapping.load(folder / "m.toml")


def read(folder: Path, text: str, how: mapping.Mapping, name: str = "t.csv") -> list[Batch]:
    (folder / name).write_text(text, encoding="utf-8")
    (member,) = tables.members(folder / name)
    return list(formats.find(member, how).batches())


def test_a_mapped_table(tmp_path: Path) -> None:
    batches = read(tmp_path, TABLE, loaded(tmp_path, BASIC))
    batch = batches[0]
    assert batch.feed == "roof"
    assert batch.stations == [StationRef(name="roof", area="cn-jinan")]
    assert [f"{moment(h):%Y-%m-%dT%H}" for h in batch.start] == ["2020-01-01T16"]
    assert batch.values[Quantity("pm25", "ug/m3")].tolist() == [12.5]
    assert batch.values[Quantity("co", "ppm")].tolist() == [0.7]
    assert batch.notes == {"unknown column mood": 1}


def test_tokens_hold_for_their_column_only(tmp_path: Path) -> None:
    batches = read(tmp_path, TABLE, loaded(tmp_path, BASIC))
    rejects = [reject for batch in batches for reject in batch.rejects]
    assert [reject.text.split(";")[0] for reject in rejects] == ["CO (ppb)=off"]
    assert sum(batch.rows for batch in batches) == 4


def test_one_station_defined_by_the_mapping(tmp_path: Path) -> None:
    text = BASIC.replace('name = "site"\narea = "cn-jinan"', 'id = "user-roof"') + (
        '[[stations]]\nid = "user-roof"\nname = "屋顶"\nkind = "composite"\narea = "cn-jinan"\nlat = 36.6\n'
    )
    how = loaded(tmp_path, text)
    assert read(tmp_path, TABLE, how)[0].stations == [StationRef(name="屋顶", area="cn-jinan")]
    (station,) = how.station_facts()
    assert isinstance(station, Station)
    assert (station.id, station.network, station.kind, station.lat) == (
        "user-roof",
        "user",
        "composite",
        36.6,
    )


def test_the_feed_as_a_fact(tmp_path: Path) -> None:
    feed = loaded(tmp_path, BASIC).feed_fact()
    assert isinstance(feed, Feed)
    assert (feed.id, feed.network, feed.rank, feed.status, feed.period) == (
        "roof",
        "user",
        90,
        "archive",
        "PT1H",
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('label = "start"', "", "label"),
        ('zone = "Asia/Shanghai"', "", "zone"),
        ('zone = "Asia/Shanghai"', 'zone = "Europe/Berlin"', "changes"),
        ('unit = "ug/m3"', 'unit = "grains"', "unit"),
        ('pollutant = "pm25"', 'pollutant = "pm1"', "pollutant"),
        ('pattern = "MM/DD/YYYY HH"', 'pattern = "%m/%d/%Y"', "pattern"),
        ('name = "site"', 'name = "site"\nid = "user-x"', "station"),
        ('name = "site"', "", "station"),
        ('feed = "roof"', 'feed = "Roof 1"', "feed"),
        ('feed = "roof"', 'feed = "roof"\nencoding = "klingon"', "encoding"),
        ('feed = "roof"', 'feed = "roof"\nmatch = "("', "regular expression"),
        ('feed = "roof"', 'feed = "roof"\nnonsense = 1', "nonsense"),
        ('pollutant = "co", unit = "ppm"', 'pollutant = "pm25", unit = "ug/m3"', "same quantity"),
        ("[time]", "[time", "TOML"),
    ],
)
def test_a_wrong_mapping_is_told_in_one_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(FileProblem, match=says) as problem:
        loaded(tmp_path, BASIC.replace(old, new))
    assert str(problem.value).startswith(str(tmp_path / "m.toml"))
    assert "\n" not in str(problem.value)


def test_an_unknown_mapping_names_the_shipped_ones() -> None:
    with pytest.raises(FileProblem, match="incheon26, seoul-downtown, shandong-mean"):
        mapping.load("nonsense")


def test_a_column_of_the_mapping_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="not the table of the mapping roof; columns seen: date, hour"):
        read(tmp_path, TABLE.replace("dust", "Dust 2"), loaded(tmp_path, BASIC))


def test_a_mapping_with_match_is_for_its_files_only(tmp_path: Path) -> None:
    how = loaded(tmp_path, BASIC.replace('feed = "roof"', "feed = \"roof\"\nmatch = '^roof'"))
    assert read(tmp_path, TABLE, how, "roof-2020.csv")
    with pytest.raises(FileProblem, match="files named"):
        read(tmp_path, TABLE, how, "other.csv")


def test_a_daily_mapping(tmp_path: Path) -> None:
    text = (
        BASIC.replace('"PT1H"\nlabel = "start"', '"P1D"')
        .replace('"date", "hour"', '"date"')
        .replace(" HH", "")
    )
    (batch, *_) = read(tmp_path, TABLE, loaded(tmp_path, text))
    assert batch.period == "P1D"
    assert f"{moment(batch.start[0]):%Y-%m-%dT%H}" == "2020-01-01T16"


@pytest.mark.parametrize("name", sorted(path.stem for path in mapping.SHIPPED.glob("*.toml")))
def test_shipped_mappings_load(name: str) -> None:
    how = mapping.load(name)
    assert how.feed == name
    assert how.feed_fact().period == "PT1H"
    HourClock(label="end", zone=how.zone)


def test_incheon26(tmp_path: Path) -> None:
    header = "station_code,station,time_kst_label,pm25,ws,wd,rain"
    text = f"{header}\n823652,검단,2018-01-01 01:00:00,17.0,0.9,288.0,0.0\n"
    (batch,) = read(tmp_path, text, mapping.load("incheon26"), "incheon26_pm25_hourly.csv")
    assert batch.stations == [StationRef(code="823652", name="검단", area="kr-incheon")]
    assert f"{moment(batch.start[0]):%Y-%m-%dT%H}" == "2017-12-31T15"
    assert not batch.notes


def test_seoul_downtown_calls_no2_carbon_dioxide(tmp_path: Path) -> None:
    header = ",일시,초미세먼지,미세먼지,오존,이산화탄소,일산화탄소,아황산가스"
    text = f"{header}\n0,2018-01-01 24:00,17,31,0.018,0.021,0.4,0.005\n"
    (batch,) = read(tmp_path, text, mapping.load("seoul-downtown"), "seoul-air.csv")
    assert batch.values[Quantity("no2", "ppm")].tolist() == [0.021]
    assert batch.values[Quantity("co", "ppm")].tolist() == [0.4]
    assert f"{moment(batch.start[0]):%Y-%m-%dT%H}" == "2018-01-01T14"


def test_shandong_mean_is_one_composite_station(tmp_path: Path) -> None:
    how = mapping.load("shandong-mean")
    (batch,) = read(tmp_path, "time_kst_label,sdud\n2018-01-01 00:00:00,50.7\n", how, "shandong_mean_x.csv")
    assert batch.stations == [StationRef(name="山东均值", area="cn-shandong")]
    assert [(s.id, s.kind) for s in how.station_facts()] == [("user-shandong-mean", "composite")]
