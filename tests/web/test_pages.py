"""The pages as they are served: every one loads, says what it shows and how sure, in three languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from web_desk import Served

from report.kept import Shelf as ReportShelf
from report.scheduled import Held
from store.engine import Store
from web.guard import POLICY
from web.pages.map_hours import Held as HeldHours
from web.pages.shelf import Shelf

SEOUL = "/episodes/kr-seoul?from=2019-03-01&to=2019-03-10"
PAGES = (
    "/",
    "/regions",
    "/regions/kr-seoul",
    "/regions/cn-beijing",
    "/episodes",
    SEOUL,
    "/seasons",
    "/measures",
    "/sources",
    "/reports",
)


class _Seen(HTMLParser):
    """What a browser would fetch from a page, and what its policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.refused: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag in ("script", "img") and given.get("src"):
            self.fetched.append(given["src"] or "")
        if tag == "link":
            self.fetched.append(given["href"] or "")
        self.refused += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.refused.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def seen(text: str) -> _Seen:
    found = _Seen()
    found.feed(text)
    return found


@pytest.fixture(scope="module")
def texts(web: Served) -> dict[tuple[str, str], str]:
    """Every page in every language."""
    found = {}
    for path in PAGES:
        for language in ("en", "ko", "zh"):
            got = web.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert got.status_code == 200, (path, language, got.text[:400])
            assert got.headers["content-security-policy"] == POLICY
            found[path, language] = got.text
    return found


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fetches_from_this_server_alone_and_carries_no_style_or_script(
    texts: dict[tuple[str, str], str], path: str
) -> None:
    found = seen(texts[path, "en"])
    assert found.fetched
    assert all(one.startswith("/") and not one.startswith("//") for one in found.fetched)
    assert found.refused == []
    assert len(found.ids) == len(set(found.ids)), "an id stands twice"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_its_language_and_links_keep_it(texts: dict[tuple[str, str], str], path: str) -> None:
    for language, word in {"en": "Measures", "ko": "조치", "zh": "措施"}.items():
        text = texts[path, language]
        assert f'<html lang="{language}">' in text
        assert word in text
        inner = re.findall(r'<nav class="menu".*?</nav>', text, re.DOTALL)[0]
        assert set(re.findall(r"lang=(..)", inner)) == {language}
    korean = "".join(seen(texts[path, "ko"]).words)
    for untold in ("web.", "report.", "None", "{"):
        assert untold not in korean, path


def test_what_is_fetched_is_there(web: Served, texts: dict[tuple[str, str], str]) -> None:
    wanted = {one for text in texts.values() for one in seen(text).fetched}
    wanted |= {"/static/grades.js"}
    for one in wanted:
        assert web.get(one).status_code == 200, one


def test_without_a_language_the_browsers_own_is_spoken(web: Served) -> None:
    for header, language in {"ko-KR,ko;q=0.9": "ko", "fr, zh;q=0.5": "zh", "fr": "en", "": "en"}.items():
        assert f'<html lang="{language}">' in web.client.get("/", headers={"Accept-Language": header}).text
    assert '<html lang="en">' in web.get("/?lang=xx").text


def test_a_region_says_value_grade_stations_and_how_far_it_is_known(
    texts: dict[tuple[str, str], str],
) -> None:
    text = " ".join(seen(texts["/regions/kr-seoul", "en"]).words)
    assert "urban" in text
    assert "final values" in text
    assert "a station's day needs 18 of 24 hours" in text
    assert "readings known through" in text
    assert "the list is known through" in text
    assert "no measure</" not in texts["/regions/kr-seoul", "en"]


def test_both_shores_stand_side_by_side_unless_one_is_chosen(texts: dict[tuple[str, str], str]) -> None:
    for path in ("/episodes", "/seasons", "/measures"):
        text = texts[path, "en"]
        assert text.index(">Seoul<") < text.index(">Beijing<")
    assert "Beijing" not in re.sub(
        r"<(select|form).*?</\1>", "", texts["/regions/kr-seoul", "en"], flags=re.DOTALL
    )


def test_other_regions_stand_beside_only_when_chosen(web: Served) -> None:
    text = web.get("/regions/kr-seoul?lang=en&to=2019-03-10&beside=Beijing").text
    assert "Beijing, 4 February 2019" in text


def test_a_page_that_did_not_change_is_not_sent_again(web: Served) -> None:
    for path in ("/", "/regions/kr-seoul?lang=ko", SEOUL, "/seasons", "/map/hours?day=2019-03-01"):
        got = web.get(path)
        again = web.client.get(path, headers={"If-None-Match": got.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    other = web.client.get(
        "/regions/kr-seoul?lang=zh",
        headers={"If-None-Match": web.get("/regions/kr-seoul?lang=ko").headers["etag"]},
    )
    assert other.status_code == 200


def test_an_hour_of_the_map_is_what_the_api_says(web: Served) -> None:
    day = web.json("/map/hours?day=2019-03-01")
    assert day["first"] % 24 == 0
    got = web.json(
        "/v1/readings?station=airkorea-111123&from=2019-03-01T09:00%2B09:00&to=2019-03-02T08:00%2B09:00"
    )
    assert [one["value"] for one in got["readings"]] == day["stations"]["airkorea-111123"]["values"]
    assert {row["from"] for row in day["stations"].values()} == {0, 1}
    assert [one["id"] for one in day["feeds"]] == ["airkorea-final", "cnemc-archive"]
    assert [one["kind"] for one in day["feeds"]] == ["final values", "final values"]


def test_the_maps_grades_are_each_countrys_own_of_the_day(web: Served) -> None:
    before, after = (web.json(f"/map/hours?day={day}")["scales"] for day in ("2018-03-26", "2018-03-28"))
    assert [one["high"] for one in after["KR"]] == [15, 35, 75, None]
    assert before["KR"] != after["KR"]
    assert [one["high"] for one in after["CN"]] == [35, 75, 115, 150, 250, None]
    shades = web.get("/colours.css").text
    assert all(f".{one['shade']}{{" in shades for scale in after.values() for one in scale)


def test_the_maps_csv_has_every_value_with_its_feed(web: Served) -> None:
    got = web.get("/map/hours.csv?day=2019-03-01&lang=en")
    lines = got.text.splitlines()
    assert got.headers["content-disposition"] == 'attachment; filename="stations-2019-03-01.csv"'
    assert lines[0] == "station,start,value,unit,feed,kind"
    assert len(lines) == 1 + 5 * 24
    assert "2019-03-01T00:00:00+00:00" in lines[1]


def test_a_part_is_a_page_of_its_own_and_stands_in_its_page_once_it_is_worked_out(
    own: Path, serve: Callable[..., Any]
) -> None:
    with serve(own) as web:
        first = web.get(SEOUL).text
        part = re.findall(r'data-part="([^"]+)"', first)[0].replace("&amp;", "&")
        assert "When was the air worst" not in first
        assert "<html" not in web.get(part).text
        assert "<html" in web.get(part.replace("&bare=true", "")).text
        assert "When was the air worst" in web.get(SEOUL).text


def test_an_episodes_report_opens_and_may_do_nothing(web: Served) -> None:
    got = web.get(f"{SEOUL.replace('?', '/report?')}&lang=zh")
    assert got.status_code == 200
    assert got.headers["content-security-policy"].startswith("default-src 'none'")
    assert "sandbox" in got.headers["content-security-policy"]
    assert '<html lang="zh">' in got.text
    assert "<script" not in got.text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/regions/nowhere", 404, "no region is called"),
        ("/regions/kr-busan", 404, "is held"),
        ("/episodes/kr-seoul?from=2019-03-01&to=2018-03-01", 422, "1 to 62 days"),
        ("/episodes/kr-seoul?from=2019-03-01", 422, "to"),
        ("/episodes?region=kr-seoul&profile=none-such", 422, "no profile is called"),
        ("/?at=yesterday", 422, "is no day"),
        ("/seasons?years=abc", 422, "years"),
        ("/reports/none.html", 404, "no report of that name"),
        ("/reports/..%2fsmall.db", 404, ""),
        ("/map/hours?day=1492-10-12", 422, "outside the years"),
    ],
)
def test_what_cannot_be_shown_is_told_on_a_page(web: Served, path: str, status: int, said: str) -> None:
    got = web.get(path)
    assert got.status_code == status
    assert said in got.text.replace("&#39;", "'")


def test_what_people_ask_with_is_shown_and_never_run(web: Served) -> None:
    mark = "<script>alert(1)</script>{{7*7}}"
    for path in ("/regions/find", "/episodes", "/measures", "/sources"):
        text = web.client.get(path, params={"region": mark}).text
        assert "<script>alert" not in text
        assert "49" not in text


def test_a_region_is_found_by_any_of_its_names(web: Served) -> None:
    for name in ("서울", "Seoul", "首尔"):
        got = web.client.get("/regions/find", params={"region": name, "lang": "ko"})
        assert (got.status_code, got.headers["location"]) == (303, "/regions/kr-seoul?lang=ko")


def test_a_synthetic_world_says_so_on_every_page(own: Path, serve: Callable[..., Any]) -> None:
    store = Store(f"sqlite:///{own / 'small.db'}")
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta (key, value) VALUES ('world:synthetic', 'held')")
    store.close()
    with serve(own) as web:
        for path in PAGES:
            assert "SYNTHETIC" in web.get(path).text, path


def test_an_empty_database_has_every_page_too(
    tmp_path: Path, sqlite_template: Path, serve: Callable[..., Any]
) -> None:
    (tmp_path / "small.db").write_bytes(sqlite_template.read_bytes())
    with serve(tmp_path) as web:
        for path in ("/", "/regions", "/episodes", "/seasons", "/measures", "/sources", "/reports"):
            assert web.get(path).status_code == 200, path


def test_the_shelf_works_a_thing_out_once_and_keeps_the_newest() -> None:
    shelf, worked = Shelf(most=2), []

    def work(name: str) -> str:
        worked.append(name)
        return name

    for name in ("a", "a", "b", "c", "a"):
        assert shelf.get((name,), lambda name=name: work(name)) == name
    assert worked == ["a", "b", "c", "a"]
    assert (shelf.peek(("b",)), shelf.peek(("a",))) == (None, "a")
    with pytest.raises(ZeroDivisionError):
        shelf.get(("fault",), lambda: 1 // 0)
    assert shelf.get(("fault",), lambda: 1) == 1


def test_reports_of_the_folder_are_listed_newest_first_and_nothing_else_of_it(
    own: Path, serve: Callable[..., Any]
) -> None:
    folder = own / "kept"
    shelf = ReportShelf(folder)
    for number, name in enumerate(("brief-2019-03-04", "brief-2019-03-05")):
        day = date(2019, 3, 4 + number)
        at = datetime(2019, 3, 4 + number, 8, 15, tzinfo=UTC)
        for language in ("en", "ko"):
            one = Held("brief", "brief", name, language, at, ("kr",), day, day, "", 1, at)
            with shelf.alone():
                shelf.put(one, f"<p>{name}</p>")
    (folder / "notes.html").write_text("private")
    with serve(own, reports=folder) as web:
        text = web.get("/reports?lang=en").text
        assert text.index("5 March 2019") < text.index("4 March 2019")
        assert text.count("Sheet of 17:15 · South Korea") == 2
        assert "notes" not in text
        got = web.get("/reports/brief-2019-03-05.ko.html")
        assert (got.status_code, got.text) == (200, "<p>brief-2019-03-05</p>")
        assert "sandbox" in got.headers["content-security-policy"]
        for name in ("notes.html", "index.json", ".lock", "brief-2019-03-05.html"):
            assert web.get(f"/reports/{name}").status_code == 404, name


def test_the_map_opens_with_the_newest_hour_of_both_shores_unless_one_fell_silent() -> None:
    def shown(korea: int, china: int, now: int) -> int | None:
        both = {"KR": korea, "CN": china}
        return HeldHours([], 0, both, both).shown(datetime.fromtimestamp(now * 3600, UTC))

    assert shown(1000, 999, 1001) == 999
    assert shown(1000, 900, 1001) == 1000, "China has been silent for days"
    assert shown(1000, 900, 9000) == 900, "archives: both shores are shown"
    assert HeldHours([], None, {}, {}).shown(datetime.fromtimestamp(0, UTC)) is None
