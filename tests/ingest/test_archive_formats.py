"""The traps of each archive format, one test each, on small samples in the formats' own spelling."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from ingest import formats, tables
from ingest.hours import moment
from ingest.source import Batch, Quantity, StationRef

VALID, BLANK, SENTINEL, INVALID, MISSING, OTHER = 0, 1, 2, 7, 8, 9
PM25 = Quantity("pm25", "ug/m3")
PM10 = Quantity("pm10", "ug/m3")
O3 = Quantity("o3", "ppm")
NO2 = Quantity("no2", "ppm")
CO = Quantity("co", "ppm")
SO2 = Quantity("so2", "ppm")


def read(path: Path, text: str, encoding: str = "utf-8", expected: str | None = None) -> Batch:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return read_path(path, expected)


def read_path(path: Path, expected: str | None = None) -> Batch:
    (member,) = tables.members(path)
    reader = formats.find(member)
    assert expected in (None, reader.format)
    (batch,) = reader.batches()
    for quantity, values in batch.values.items():
        assert np.array_equal(np.isnan(values), batch.statuses[quantity] != VALID)
    return batch


def starts(batch: Batch) -> list[str]:
    return [f"{moment(hour):%Y-%m-%dT%H}" for hour in batch.start]


def cells(batch: Batch, quantity: Quantity = PM25) -> list[float | int]:
    """Values, and for missing ones the status as a negative number."""
    pairs = zip(batch.values[quantity].tolist(), batch.statuses[quantity].tolist(), strict=True)
    return [value if status == VALID else -1000 - status for value, status in pairs]


def gone(status: int) -> int:
    return -1000 - status


# AirKorea, finalized

NAMED = "지역,망,측정소코드,측정소명,측정일시,SO2,CO,O3,NO2,PM10,PM25,주소\n"


def airkorea(path: Path, text: str, encoding: str = "cp949") -> Batch:
    return read(path / "a.csv", text, encoding, "airkorea-final")


def test_airkorea_labels_01_to_24_name_the_end_in_korean_time(tmp_path: Path) -> None:
    text = "loc,mdate,PM25\n" + "".join(f"111123,20200201{hour:02},{hour}\n" for hour in range(1, 25))
    batch = airkorea(tmp_path, text)
    assert starts(batch)[0] == "2020-01-31T15"
    assert starts(batch)[23] == "2020-02-01T14"
    assert np.array_equal(np.diff(batch.start), np.ones(23))


VARIANTS = {
    "2017-with-망": (
        NAMED.strip(),
        "서울 중구,도시대기,111121,중구,2019010101,0.005,0.6,0.002,0.055,33,23,서울 중구",
    ),
    "2016-without-망": (
        "지역,측정소코드,측정소명,측정일시,SO2,CO,O3,NO2,PM10,PM25,주소",
        "서울 중구,111121,중구,2019010101,0.005,0.6,0.002,0.055,33,23,서울",
    ),
    "name-before-code": (
        "지역,측정소명,측정소코드,측정일시,SO2,CO,O3,NO2,PM10,PM25,주소",
        "서울 중구,중구,111121,2019010101,0.005,0.6,0.002,0.055,33,23,서울",
    ),
    "index-column": (
        ",지역,측정소코드,측정소명,측정일시,SO2,CO,O3,NO2,PM10,PM25,주소",
        "0,서울 중구,111121,중구,2019010101,0.005,0.6,0.002,0.055,33.0,23.0,서울",
    ),
    "floats-and-unnamed-index": (
        "Unnamed: 0,지역,망,측정소코드,측정소명,측정일시,SO2,CO,O3,NO2,PM10,PM25,주소",
        "0,서울 중구,도시대기,111121.0,중구,2019010101.0,0.005,0.6,0.002,0.055,33.0,23.0,서울",
    ),
}


@pytest.mark.parametrize("lines", VARIANTS.values(), ids=VARIANTS.keys())
def test_airkorea_columns_are_found_by_name(tmp_path: Path, lines: tuple[str, str]) -> None:
    batch = airkorea(tmp_path, "\n".join(lines))
    assert batch.stations == [StationRef(code="111121", name="중구")]
    assert starts(batch) == ["2018-12-31T15"]
    assert [cells(batch, q)[0] for q in (PM25, PM10, O3, NO2, SO2, CO)] == [23, 33, 0.002, 0.055, 0.005, 0.6]
    assert not batch.notes


def test_airkorea_table_with_coordinates(tmp_path: Path) -> None:
    batch = airkorea(tmp_path, "station_id,time,PM10,PM25,lat,long\n111121,2020020101,49.0,43,37.56,126.97\n")
    assert batch.stations == [StationRef(code="111121", lat=37.56, lon=126.97)]


def test_airkorea_pm25_absent_or_blank(tmp_path: Path) -> None:
    absent = airkorea(tmp_path, "loc,mdate,SO2,PM10\n111123,2013010101,0.005,33\n")
    assert set(absent.values) == {PM10, SO2}
    blank = airkorea(tmp_path, "loc,mdate,PM10,PM25\n111123,2014010101,33,\n")
    assert cells(blank) == [gone(BLANK)]


@pytest.mark.parametrize("text", ["-999", "-999.0"])
def test_airkorea_999_below_zero_is_missing(tmp_path: Path, text: str) -> None:
    batch = airkorea(tmp_path, f"loc,mdate,PM10,PM25\n111123,2012010101,33,{text}\n")
    assert cells(batch) == [gone(SENTINEL)]


def test_airkorea_float_noise_zero_negative_and_absurd_values_are_values(tmp_path: Path) -> None:
    text = "loc,mdate,SO2,PM25\n111123,2018010101,0.018000000000000002,31.0\n111123,2018010102,0,-3\n"
    batch = airkorea(tmp_path, text + "111123,2018010103,0.0,9999\n")
    assert cells(batch, SO2) == [0.018, 0.0, 0.0]
    assert cells(batch) == [31.0, -3.0, 9999.0]


def test_airkorea_utf8_and_cp949_and_xlsx_read_alike(tmp_path: Path) -> None:
    text = NAMED + "서울 중구,도시대기,111121,중구,2019010124,0.005,0.6,0.002,0.055,33,,서울\n"
    book = openpyxl.Workbook()
    book.active.title = "안내"
    sheet = book.create_sheet("자료")
    sheet.append(text.splitlines()[0].split(","))
    sheet.append(
        ["서울 중구", "도시대기", 111121, "중구", 2019010124, 0.005, 0.6, 0.002, 0.055, 33, None, "서울"]
    )
    book.save(tmp_path / "b.xlsx")
    for batch in (
        airkorea(tmp_path, text),
        airkorea(tmp_path, text, "utf-8"),
        read_path(tmp_path / "b.xlsx"),
    ):
        assert batch.stations == [StationRef(code="111121", name="중구")]
        assert starts(batch) == ["2019-01-01T14"]
        assert [cells(batch, q)[0] for q in (PM25, PM10, CO)] == [gone(BLANK), 33, 0.6]


def test_airkorea_a_copy_of_day_means_is_not_hourly(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("측정소코드,date,측정일시,PM10\n111121,11/2/2019,2019110213,67.29\n")
    with pytest.raises(tables.FileProblem, match="no known table"):
        read_path(tmp_path / "a.csv")


def test_a_column_in_another_unit_is_another_column(tmp_path: Path) -> None:
    batch = airkorea(tmp_path, "loc,mdate,SO2(ppb),PM25(㎍/㎥)\n111123,2018010101,5,31\n", "utf-8")
    assert set(batch.values) == {PM25}
    assert batch.notes == {"unknown column SO2(ppb)": 1}


# Seoul, hourly

SEOUL_HOURLY = (
    '"측정일시","권역코드","권역명","측정소코드","측정소명","미세먼지 1시간(㎍/㎥)","미세먼지 24시간(㎍/㎥)",'
    '"초미세먼지(㎍/㎥)","오존(ppm)","이산화질소농도(ppm)","일산화탄소농도(ppm)","아황산가스농도(ppm)"\n'
)


def seoul_row(label: str, pm10: str = "46", pm25: str = "34", o3: str = "0.016") -> str:
    return f'"{label}","100","도심권","111123","종로구","{pm10}","47","{pm25}","{o3}","0.034","0.6","0.003"\n'


def test_seoul_hourly_00_is_the_last_hour_of_the_day_before(tmp_path: Path) -> None:
    text = SEOUL_HOURLY + seoul_row("202001010100") + seoul_row("202001010000")
    batch = read(tmp_path / "a.csv", text, expected="seoul-hourly")
    assert starts(batch) == ["2019-12-31T15", "2019-12-31T14"]
    assert batch.stations == [StationRef(code="111123", name="종로구")]


def test_seoul_hourly_zero_is_missing_in_every_column(tmp_path: Path) -> None:
    batch = read(tmp_path / "a.csv", SEOUL_HOURLY + seoul_row("202001010100", "0", "0", "0.000"))
    assert [cells(batch, q)[0] for q in (PM25, PM10, O3)] == [gone(SENTINEL)] * 3
    assert cells(batch, CO) == [0.6]


def test_seoul_hourly_the_24_hour_column_is_not_stored(tmp_path: Path) -> None:
    batch = read(tmp_path / "a.csv", SEOUL_HOURLY + seoul_row("202001010100"))
    assert cells(batch, PM10) == [46]
    assert batch.rows == 6
    assert not batch.notes


# Seoul, daily

SEOUL_2014 = (
    "측정일시,측정소명,이산화질소농도(ppm),오존농도(ppm),이산화탄소농도(ppm),아황산가스(ppm),"
    "미세먼지(㎍/㎥),초미세먼지(㎍/㎥)"
)
SEOUL_2018 = (
    "측정일시,측정소명,이산화질소농도(ppm),오존농도(ppm),일산화탄소농도(ppm),아황산가스농도(ppm),"
    "미세먼지농도(㎍/㎥),초미세먼지농도(㎍/㎥)"
)


@pytest.mark.parametrize("header", [SEOUL_2014, SEOUL_2018], ids=["2014-CO-called-CO2", "2018"])
@pytest.mark.parametrize("encoding", ["cp949", "utf-8-sig"])
@pytest.mark.parametrize("day", ["20180101", '"20180101"'])
def test_seoul_daily_headers_encodings_and_days(tmp_path: Path, header: str, encoding: str, day: str) -> None:
    batch = read(
        tmp_path / "a.csv",
        f"{header}\n{day},강남구,0.034,0.009,0.6,0.006,34,22\n{day},강남대로,0.04,0,0.9,0.006,,NaN\n",
        encoding,
        "seoul-daily",
    )
    assert batch.period == "P1D"
    assert starts(batch) == ["2017-12-31T15"] * 2
    assert [(s.name, s.area) for s in batch.stations] == [("강남구", "kr-seoul"), ("강남대로", "kr-seoul")]
    assert cells(batch, CO) == [0.6, 0.9]
    assert cells(batch, PM10) == [34, gone(BLANK)]
    assert cells(batch) == [22, gone(BLANK)]


def test_seoul_daily_zero_is_a_value(tmp_path: Path) -> None:
    batch = read(tmp_path / "a.csv", f"{SEOUL_2018}\n20220911,강동구,0,0.029,0.2,0.002,22,11\n", "cp949")
    assert cells(batch, NO2) == [0]


@pytest.mark.parametrize(
    "day",
    [20140101, 20140101.0, "20140101", datetime(2014, 1, 1), datetime(2014, 1, 1).date()],  # noqa: DTZ001
)
def test_seoul_daily_xlsx_days(tmp_path: Path, day: object) -> None:
    book = openpyxl.Workbook()
    book.active.append(SEOUL_2014.split(","))
    book.active.append([day, "강남구", 0.031, 0.016, 0.5, 0.01, 117, None])
    book.create_sheet("Sheet2")
    book.save(tmp_path / "2014.xlsx")
    batch = read_path(tmp_path / "2014.xlsx", "seoul-daily")
    assert starts(batch) == ["2013-12-31T15"]
    assert cells(batch, PM10) == [117]
    assert cells(batch) == [gone(BLANK)]


# US missions

AIRNOW = (
    "Site,Parameter,Date (LT),Year,Month,Day,Hour,NowCast Conc.,AQI,AQI Category,Raw Conc.,Conc. Unit,"
    "Duration,QC Name\r\n"
)
STATEAIR = "Site,Parameter,Date (LST),Year,Month,Day,Hour,Value,Unit,Duration,QC Name\n"


def airnow(label: str, value: str, quality: str = "Valid", parameter: str = "PM2.5 - Principal") -> str:
    year, month, day, hour = label.split()
    date = f"{year}-{month}-{day} {hour}:00 AM"
    place = f"Beijing,{parameter},{date},{year},{month},{day},{hour}"
    return f"{place},15.9,59,Moderate,{value},UG/M3,1 Hr,{quality}\r\n"


def stateair(label: str, value: str, quality: str = "Valid") -> str:
    year, month, day, hour = label.split()
    date = f"{month}/{day}/{year} {hour}:00"
    return f"Beijing,PM2.5,{date},{year},{month},{day},{hour},{value},µg/mg³,1 Hr,{quality}\n"


def test_airnow_labels_name_the_end_in_chinese_time(tmp_path: Path) -> None:
    text = AIRNOW + airnow("2015 01 01 01", "22.0") + airnow("2016 01 01 00", "9.0")
    batch = read(tmp_path / "a.csv", text, expected="us-airnow")
    assert starts(batch) == ["2014-12-31T16", "2015-12-31T15"]
    assert batch.stations == [StationRef(name="Beijing", area="cn-beijing")]
    assert cells(batch) == [22, 9]


def test_airnow_a_us_clock_skipped_02(tmp_path: Path) -> None:
    labels = ["2015 03 08 01", "2015 03 08 03", "2015 03 08 03", "2015 03 08 04"]
    text = AIRNOW + "".join(airnow(label, str(value)) for value, label in enumerate(labels))
    batch = read(tmp_path / "a.csv", text)
    assert starts(batch) == ["2015-03-07T16", "2015-03-07T17", "2015-03-07T18", "2015-03-07T19"]


def test_airnow_quality_control_and_sentinels(tmp_path: Path) -> None:
    rows = [("985.0", "Invalid"), ("-999", "Missing"), ("-999", "Valid"), ("12", "Suspect"), ("985", "Valid")]
    rows += [("-5.0", "Valid"), ("29", "Invalid"), ("30", "Odd")]
    text = AIRNOW + "".join(airnow(f"2015 01 01 {h:02}", v, q) for h, (v, q) in enumerate(rows, start=1))
    batch = read(tmp_path / "a.csv", text)
    assert cells(batch) == [
        gone(INVALID),
        gone(MISSING),
        gone(SENTINEL),
        gone(INVALID),
        gone(SENTINEL),
        -5,
        gone(INVALID),
        gone(OTHER),
    ]
    assert batch.notes == {"unknown QC Name 'Odd'": 1}


def test_airnow_another_parameter_is_rejected(tmp_path: Path) -> None:
    text = AIRNOW + airnow("2015 01 01 01", "22.0") + airnow("2015 01 01 01", "0.03", parameter="OZONE")
    batch = read(tmp_path / "a.csv", text)
    assert [(r.reason, r.readings) for r in batch.rejects] == [("the parameter is not known", 1)]


def test_stateair_labels_name_the_start(tmp_path: Path) -> None:
    batch = read(tmp_path / "a.csv", STATEAIR + stateair("2015 1 1 0", "22"), "latin-1", "us-stateair")
    assert starts(batch) == ["2014-12-31T16"]
    assert batch.stations == [StationRef(name="Beijing", area="cn-beijing")]


@pytest.mark.parametrize("tail", ["\n", ",,,,,,,,,,\n"])
def test_stateair_preamble_and_mangled_unit(tmp_path: Path, tail: str) -> None:
    preamble = (
        f"A fact sheet can be found at http://www.stateair.net/web/1.html.{tail}More words.{tail}{tail}"
    )
    batch = read(tmp_path / "a.csv", preamble + STATEAIR + stateair("2012 1 1 0", "90"), "latin-1")
    assert cells(batch) == [90]
    assert not batch.rejects


def test_stateair_999_called_valid_is_missing_and_negatives_are_noise(tmp_path: Path) -> None:
    text = (
        STATEAIR
        + stateair("2012 1 1 0", "-999")
        + stateair("2012 1 1 1", "-15")
        + stateair("2012 1 1 2", "994")
    )
    batch = read(tmp_path / "a.csv", text + stateair("2012 1 1 3", "-999", "Missing"), "latin-1")
    assert cells(batch) == [gone(SENTINEL), -15, 994, gone(MISSING)]


def test_stateair_went_through_a_us_clock_too(tmp_path: Path) -> None:
    rows = [stateair(f"2016 3 13 {hour}", "1") for hour in (1, 3, 3, 4)]
    batch = read(tmp_path / "a.csv", STATEAIR + "".join(rows), "latin-1")
    assert np.array_equal(np.diff(batch.start), [1, 1, 1])


# China

UCI = (
    '"No","year","month","day","hour","PM2.5","PM10","SO2","NO2","CO","O3","TEMP","PRES","DEWP","RAIN","wd",'
    '"WSPM","station"\r\n'
)


def test_uci_labels_name_the_end_and_na_is_missing(tmp_path: Path) -> None:
    text = UCI + '1,2013,3,1,0,9,NA,3,17,300,89,-0.5,1024.5,-21.4,0,"NNW",5.7,"Dongsi"\r\n'
    batch = read(tmp_path / "a.csv", text, expected="uci-beijing")
    assert starts(batch) == ["2013-02-28T15"]
    assert batch.stations == [StationRef(name="Dongsi", area="cn-beijing")]
    assert cells(batch, PM10) == [gone(BLANK)]
    assert cells(batch, Quantity("co", "ug/m3")) == [300]
    assert cells(batch, Quantity("o3", "ug/m3")) == [89]
    assert not batch.notes


AQISTUDY = '"日期","AQI","AQI级别","PM2.5","PM10","SO2","CO","NO2","O3_8h","排名"\n'


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_aqistudy_the_city_is_the_name_of_the_file(tmp_path: Path, encoding: str) -> None:
    text = AQISTUDY + '2013-12-02,142,"轻度污染",109,138,61,2.6,88,11,53\n'
    batch = read(tmp_path / "History Data" / "北京.csv", text, encoding, "aqistudy-daily")
    assert batch.stations == [StationRef(name="北京")]
    assert batch.period == "P1D"
    assert [moment(hour) for hour in batch.start] == [datetime(2013, 12, 1, 16, tzinfo=UTC)]
    assert cells(batch, Quantity("o3", "ug/m3", "max8h")) == [11]
    assert cells(batch, Quantity("co", "mg/m3")) == [2.6]
    assert batch.rows == 6
    assert not batch.notes


def test_aqistudy_zero_is_missing(tmp_path: Path) -> None:
    batch = read(tmp_path / "郑州.csv", AQISTUDY + '2014-02-26,133,"轻度污染",101,0,41,1.5,45,33,114\n')
    assert cells(batch, PM10) == [gone(SENTINEL)]
    assert cells(batch) == [101]


def test_no_header_fits_two_formats() -> None:
    headers = [NAMED, SEOUL_HOURLY.replace('"', ""), SEOUL_2014, SEOUL_2018, AIRNOW, STATEAIR, UCI, AQISTUDY]
    for header in headers:
        names = header.replace('"', "").strip().split(",")
        assert len({fmt.name for fmt in formats.FORMATS if fmt.fit(names) is not None}) == 1


def test_formats_belong_to_feeds_of_the_catalogue() -> None:
    from config.facts import Facts

    feeds = Facts().feeds
    for fmt in formats.FORMATS:
        assert feeds[fmt.feed].period == fmt.period
