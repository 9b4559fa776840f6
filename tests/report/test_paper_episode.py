"""The report of an episode: one sentence, every figure with its source and its words, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from config.facts import Facts
from config.words import LANGUAGES, Speaker
from report.episodes import profile_of
from report.paper import episode, episode_report, page
from report.paper.out import Report, formats_of, write
from report.question import QuestionError

WRITTEN = datetime(2024, 1, 1, tzinfo=UTC)
# Words of cause: a report tells what went with what.
CAUSAL = re.compile(r"\b(caused?|because of|thanks to|led to|resulted in|effect of|due to)\b", re.IGNORECASE)
# Seoul, 1 to 7 March 2019, in which measures are listed: low, four high days, low again.
DAYS = (20.0, 30.0, 60.0, 90.0, 130.0, 100.0, 25.0)
FIRST = datetime.fromisoformat("2019-03-01T00:00+09:00")


@pytest.fixture(scope="module")
def march(module_air: Any) -> Any:
    """Hours of two stations of Seoul and of one in Beijing."""
    for station in module_air.of("kr-seoul", count=2):
        for n, value in enumerate(DAYS):
            module_air.day(station, (FIRST + timedelta(days=n)).date().isoformat(), value)
    beijing = module_air.of("cn-beijing")[0]
    module_air.hours(beijing, "2019-03-01T00:00+08:00", [80.0] * 24 * 7, feed="cnemc-archive")
    return module_air


@pytest.fixture(scope="module")
def answer(march: Any) -> Any:
    """The composed answer, with Beijing beside."""
    return composed(march, "cn-beijing")


def composed(air: Any, *beside: str) -> Any:
    asked = air.asked(region="kr-seoul", since="2019-03-01", until="2019-03-07")
    others = tuple(air.asked(region=one, since="2019-03-01", until="2019-03-07") for one in beside)
    profile = profile_of(air.facts, asked, None)
    return episode.compose(air.store, air.facts, episode.Asked(asked, profile, others))


class Page(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._in: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._in:
            self.words.append(data)

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attrs for name, attrs in self.tags if name == tag)


def report_of(answer: Any, facts: Facts, language: str = "en") -> tuple[Report, Speaker]:
    say = Speaker(facts, language)
    return episode_report.report(say, answer), say


def test_the_worst_day_is_named_with_its_value_and_what_it_rests_on(answer: Any, facts: Facts) -> None:
    told, _ = report_of(answer, facts)
    sentence = told.sheet.sentence
    assert "Tuesday, 5 March 2019" in sentence
    assert "130.0 µg/m³" in sentence
    for part in (
        "2 of 25 stations (urban)",
        "final values",
        "18 of 24 hours",
        "no published mean",
        "17 March",
    ):
        assert part in sentence
    assert sentence.count(".") - sentence.count("130.0") - sentence.count("PM2.5") == 1


def test_the_peak_and_the_main_episode_lie_on_each_other(answer: Any) -> None:
    assert answer["main"]["start"] == "2019-03-03T00:00:00+09:00"
    assert answer["main"]["duration_hours"] == 96
    assert answer["main"]["start"] <= answer["peak_hour"]["start"] < answer["main"]["end"]


def test_a_place_of_the_other_shore_brings_the_station_between_and_both_directions(answer: Any) -> None:
    assert [one["station"] for one in answer["beside"]] == [None, episode.BETWEEN]
    assert answer["beside"][1]["days"] is None  # not held, and said so
    assert [one["from"] for one in answer["directions"]] == ["cn-beijing"]


def test_without_one_asked_for_nothing_of_the_other_shore_is_shown(march: Any) -> None:
    found = composed(march)
    assert (found["beside"], found["directions"]) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_fetches_nothing_and_says_every_figure_in_words(
    answer: Any, facts: Facts, language: str
) -> None:
    told, say = report_of(answer, facts, language)
    text = page.html(say, told.sheet, WRITTEN)
    read = Page(text)
    assert next(read.all("html"))["lang"] == language
    tags = {tag for tag, _ in read.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form"}
    assert not [attrs for _, attrs in read.tags if attrs.get("src")]
    assert "@import" not in text
    assert not re.findall(r"url\((?!#)", text)
    assert all(attrs["href"].startswith(("https://", "http://", "#")) for attrs in read.all("a"))
    for plate in told.sheet.plates:
        assert plate.text
        assert plate.source
        assert plate.data.rows
    drawings = list(read.all("svg"))
    assert len(drawings) == 2 * len(told.sheet.plates)  # a page's and a telephone's
    assert all(one["role"] == "img" and one["aria-labelledby"] for one in drawings)
    assert len(list(read.all("desc"))) == len(list(read.all("title"))) - 1 == len(drawings)
    ids = [attrs["id"] for _, attrs in read.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_and_its_file_carry_where_it_comes_from(
    answer: Any, facts: Facts, language: str
) -> None:
    told, say = report_of(answer, facts, language)
    assert {plate.ident for plate in told.sheet.plates} >= {"strip", "calendar", "map-near", "map-shores"}
    for plate in told.sheet.plates:
        assert any("AirKorea" in line and "KOGL type 1" in line for line in plate.source)
        alone = plate.alone()
        assert "KOGL" in alone
        assert say.word("source") in alone or "Source" in alone


def test_no_word_says_that_there_was_no_measure_or_what_one_brought_about(answer: Any, facts: Facts) -> None:
    told, say = report_of(answer, facts)
    words = " ".join(Page(page.html(say, told.sheet, WRITTEN)).words)
    assert not re.search(r"no measure(?! known)", words)
    assert not CAUSAL.search(words)
    assert "no measure known" in words


def test_a_file_of_one_kind_holds_that_kind_alone() -> None:
    assert formats_of(Path("x.html"), []) == ["html"]
    assert formats_of(Path("folder"), ["all"]) == ["html", "json", "csv", "netcdf", "svg", "png"]
    with pytest.raises(QuestionError, match="holds html alone"):
        formats_of(Path("x.html"), ["csv"])
    with pytest.raises(QuestionError, match="is one of"):
        formats_of(None, ["pdf"])


def test_the_series_open_as_cf_netcdf(answer: Any, facts: Facts, tmp_path: Path) -> None:
    import xarray as xr

    told, say = report_of(answer, facts)
    [path] = write(told, say, tmp_path / "march.nc", ["netcdf"], WRITTEN)
    with xr.open_dataset(path) as found:
        assert found.attrs["Conventions"] == "CF-1.11"
        hours = found["pm25_hour"]
        assert hours.attrs["units"] == "ug m-3"
        assert hours.attrs["standard_name"].startswith("mass_concentration_of_pm2p5")
        assert hours.attrs["cell_methods"] == "time_hour: mean place: mean"
        days = found["pm25_day"].sel(place="kr-seoul").dropna("time_day")
        assert days.values.tolist() == list(DAYS)
        assert str(days["time_day"].values[0]).startswith("2019-02-28T15:00")  # midnight in Seoul
        assert found["time_hour"].attrs["bounds"] == "time_hour_bounds"


def test_tables_and_answer_are_written_beside_each_other(answer: Any, facts: Facts, tmp_path: Path) -> None:
    told, say = report_of(answer, facts, "ko")
    files = write(told, say, tmp_path, ["json", "csv", "svg"], WRITTEN)
    names = {path.name for path in files}
    stem = "episode-kr-seoul-2019-03-01-2019-03-07"
    assert {f"{stem}.json", f"{stem}-days.csv", f"{stem}-measures.csv", f"{stem}-ko-strip.svg"} <= names
    assert all(path.stat().st_size for path in files)
    measures = (tmp_path / f"{stem}-measures.csv").read_text()
    assert measures.count("kr-seoul,emergency") == 7  # 1 to 7 March 2019


def test_invented_air_is_called_so_above_everything(local_air: Any, facts: Facts) -> None:
    for n, value in enumerate(DAYS):
        day = (FIRST + timedelta(days=n)).date().isoformat()
        local_air.day(local_air.of("kr-seoul")[0], day, value, world="synthetic")
    told, say = report_of(composed(local_air), facts)
    assert told.sheet.warning
    assert "SYNTHETIC" in page.html(say, told.sheet, WRITTEN)


def cells_of(told: Report, ident: str) -> list[list[str]]:
    """The rows of a table of the sheet, as text."""
    table = next(one for one in told.sheet.tables if one.ident == ident)
    return [[one.text for one in row] for row in table.rows]


def test_a_decision_that_is_not_known_says_why(answer: Any, facts: Facts) -> None:
    told, _ = report_of(answer, facts)
    issued = answer["replay"]["issued"]["decisions"]
    for row, one in zip(cells_of(told, "rule"), issued, strict=True):
        assert any(cell.endswith(one["reason"]) for cell in row)
    assert any("what the other units meet" in cell for row in cells_of(told, "rule") for cell in row)
    table = next(one for one in told.sheet.tables if one.ident == "rule")
    assert any("Incheon" in note and "Gyeonggi" in note for note in table.notes)
    korean, _ = report_of(answer, facts, "ko")
    assert not any("not known" in cell for row in cells_of(korean, "rule") for cell in row)


def test_a_published_alert_stands_beside_the_hours_that_do_not_give_it(answer: Any, facts: Facts) -> None:
    told, _ = report_of(answer, facts)
    warning = next(row for row in cells_of(told, "alerts") if row[0] == "warning")
    assert "5 Mar 01:00 (156)" in warning
    assert "not given" in warning
    # The day means 90 and 130 are those of each of their hours.
    assert any("5 Mar 00:00 90.0, 5 Mar 01:00 130.0 (2 stations)" in cell for cell in warning)


def test_dust_is_not_known_where_coarse_particles_are_not_held(answer: Any, facts: Facts) -> None:
    told, _ = report_of(answer, facts)
    assert answer["episodes"][0]["dust"] is None
    assert cells_of(told, "episodes")[0][4] == "not known: PM10 not held"
    assert any("PM10 not held" in tile.note for tile in told.sheet.tiles)


def test_the_tile_tells_a_preliminary_measure_from_none(local_air: Any, facts: Facts) -> None:
    for n in range(7):
        day = (FIRST - timedelta(days=1 - n)).date().isoformat()
        local_air.day(local_air.of("kr-seoul")[0], day, 80.0)
    asked = local_air.asked(region="kr-seoul", since="2019-02-28", until="2019-03-06")
    found = episode.compose(local_air.store, facts, episode.Asked(asked, profile_of(facts, asked, None)))
    told, _ = report_of(found, facts)
    assert any("a preliminary one in force" in tile.note for tile in told.sheet.tiles)
    assert not any("none known" in tile.note for tile in told.sheet.tiles)


def test_without_hours_each_section_says_what_is_not_held(local_air: Any, facts: Facts) -> None:
    station = local_air.of("kr-seoul")[0]
    local_air.daily(station, "2019-03-01", list(DAYS))
    told, _ = report_of(composed(local_air, "cn-beijing"), facts)
    words = {one.ident: " ".join(one.words) for one in told.sheet.sections}
    assert "which alerts the rule would have given is not known" in words["rule"]
    assert "the lag is not known in either direction" in words["directions"]
    assert "of another year" in words["years"]


def test_the_hindcast_stands_on_the_day_means_that_are_printed(local_air: Any, facts: Facts) -> None:
    """Hours of a station say 20, the day means published of it what is printed."""
    station = local_air.of("kr-seoul")[0]
    local_air.daily(station, "2019-03-01", list(DAYS))
    for n in range(7):
        local_air.day(station, (FIRST + timedelta(days=n)).date().isoformat(), 20.0)
    asked = local_air.asked(region="kr-seoul", since="2019-03-01", until="2019-03-07", basis="daily")
    found = episode.compose(local_air.store, facts, episode.Asked(asked, profile_of(facts, asked, None)))
    printed = {row["start"][:10]: row["value"] for row in found["days"]["values"]}
    decisions = found["replay"]["observed"]["decisions"]
    assert [one["d1"]["observed"] for one in decisions] == [printed[one["for_date"]] for one in decisions]
    assert list(printed.values()) == list(DAYS)


def test_a_map_of_one_shore_is_not_called_one_of_both(march: Any, answer: Any, facts: Facts) -> None:
    told, _ = report_of(answer, facts)
    both = next(one for one in told.sheet.plates if one.ident == "map-shores")
    assert both.title.startswith("Stations of both shores, those held")
    assert any("South Korea: 2 urban; China: 1 urban" in note for note in both.notes)
    assert any("China: control, mission" in note for note in both.notes)
    rows = [one for one in answer["maps"]["shores"]["stations"] if one["country"] == "KR"]
    alone = {**answer, "maps": {**answer["maps"], "shores": {**answer["maps"]["shores"], "stations": rows}}}
    told, _ = report_of(alone, facts)
    one = next(one for one in told.sheet.plates if one.ident == "map-shores")
    assert one.title.startswith("Stations held, South Korea alone")


def test_years_of_other_stations_are_named(answer: Any, facts: Facts) -> None:
    [own] = answer["other_years"]["years"]
    other = {**own, "year": 2018, "asked": False, "stations": 1, "kinds": ["composite"]}
    like = {**own, "year": 2020, "asked": False}
    found = {**answer, "other_years": {**answer["other_years"], "years": [other, own, like]}}
    told, _ = report_of(found, facts)
    years = next(one for one in told.sheet.plates if one.ident == "years")
    assert "hourly; 1 to 2 stations a year" in years.notes[0]
    assert "2019 2 stations (urban), 2018 1 station (composite)" in years.notes[1]
    assert "2020" not in years.notes[1]


def test_a_unit_stays_with_its_value(answer: Any, facts: Facts) -> None:
    told, say = report_of(answer, facts, "ko")
    assert '<span class="unit">130.0 ㎍/㎥</span>' in page.html(say, told.sheet, WRITTEN)
    assert str(page.whole("<b> 5 µg/m³")) == '&lt;b&gt; <span class="unit">5 µg/m³</span>'
