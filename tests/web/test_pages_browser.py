"""The dashboard in a real browser: every page, the slider, the languages, the keyboard, a phone, and axe."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from web_desk import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REQUIRED = os.environ.get("YELLOWSEA_REQUIRE_BROWSER") == "1"
EPISODE = "/episodes/kr-seoul?from=2019-02-20&to=2019-03-05"
PAGES = (
    "/",
    "/regions",
    "/regions/kr-seoul",
    "/episodes",
    EPISODE,
    "/seasons?region=kr-seoul&years=2018",
    "/measures?region=kr-seoul&year=2018",
    "/sources",
    "/reports",
)
# Noon of 1 March 2019 in Korea, within what the small database holds.
NOON = "at=2019-03-01T03:00Z"


def _wanting(reason: str) -> None:
    if REQUIRED:
        pytest.fail(f"{reason}, and YELLOWSEA_REQUIRE_BROWSER=1 wants the pages seen in a browser")
    pytest.skip(f"{reason}: the pages are not seen in a browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        _wanting("no chromium is installed (Debian: apt-get install chromium)")
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        _wanting("playwright is not installed")
    with sync_playwright() as driver:
        try:
            opened = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except Error as error:
            _wanting(f"{found} does not start: {str(error).splitlines()[0]}")
        yield opened
        opened.close()


@dataclass
class Seen:
    """A page in the browser, with all that it asked for and complained about."""

    page: Page
    base: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go there and wait until all of it is there."""
        self.page.goto(f"{self.base}{path}")
        self.settled()
        return self.page

    @property
    def hours(self) -> list[str]:
        """What the map asked for."""
        return [url for url in self.asked if "/map/hours" in url]

    def settled(self) -> None:
        """Until no part is being worked out, and the map has its colours."""
        self.page.locator("[data-part][aria-busy=true]").first.wait_for(state="detached")
        if self.page.locator("#board").count():
            self.page.locator("#board[data-ready]").wait_for()


@pytest.fixture
def look(browser: Browser, web: Served) -> Iterator[Callable[..., Seen]]:
    """A browser's page of a width; in the end it asked nobody else and complained of nothing."""
    opened: list[Seen] = []

    def one(width: int = 1280, **given: Any) -> Seen:
        page = browser.new_context(viewport={"width": width, "height": 800}, **given).new_page()
        page.set_default_timeout(20_000)
        seen = Seen(page, web.url)
        page.on("request", lambda request: seen.asked.append(request.url))
        page.on("console", lambda told: seen.complaints.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        opened.append(seen)
        return seen

    yield one
    for seen in opened:
        seen.page.context.close()
        assert seen.complaints == []
        away = [url for url in seen.asked if not url.startswith((f"{seen.base}/", "data:", "blob:"))]
        assert away == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_complete_accessible_and_fits_a_phone(look: Callable[..., Seen], path: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen = look(360)
    page = seen.open(path)
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(page).response["violations"]
    grave = [
        (one["id"], [node["html"][:120] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert grave == []


def test_the_slider_recolours_the_map_by_keyboard_without_loading_again(look: Callable[..., Seen]) -> None:
    seen = look()
    page = seen.open(f"/?lang=en&{NOON}")
    slider, clock = page.locator("#hour"), page.locator("[data-clock=KR]")
    assert clock.inner_text() == "1 March 2019 at 12:00 (UTC+09:00)"
    assert page.locator("[data-clock=CN]").inner_text() == "1 March 2019 at 11:00 (UTC+08:00)"
    assert page.locator(".dot.has").count() == 5
    before, asked = page.locator("[data-counted]").all_inner_texts(), seen.hours
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert clock.inner_text() == "1 March 2019 at 13:00 (UTC+09:00)"
    page.keyboard.press("PageUp")
    page.get_by_text("2 March 2019 at 13:00 (UTC+09:00)").first.wait_for()
    assert slider.get_attribute("aria-valuetext") == "2 March 2019 at 13:00 (UTC+09:00)"
    page.locator("#told").filter(has_text="2 March 2019 at 13:00").wait_for(state="attached")
    assert page.locator("[data-counted]").all_inner_texts() != before
    assert seen.hours == asked, "a step asks for nothing"
    page.wait_for_url(re.compile("at=2019-03-02"))
    assert parse_qs(urlsplit(page.url).query)["at"] == ["2019-03-02T04:00Z"]


def test_what_the_map_shows_is_what_the_server_says(look: Callable[..., Seen], web: Served) -> None:
    page = look().open(f"/?lang=en&{NOON}")
    day = web.json("/map/hours?day=2019-03-01")
    for station, row in day["stations"].items():
        value = row["values"][3]
        told = page.locator(f'.dot[data-id="{station}"]').get_attribute("aria-label")
        assert told is not None
        assert f"{value:.0f} µg/m³" in told
    page.locator("details.table summary").click()
    assert page.locator("[data-areas] tr").count() == 2
    assert page.locator("[data-areas]").get_by_text("Seoul").is_visible()


def test_the_keyboard_skips_to_the_content_and_walks_from_station_to_station(
    look: Callable[..., Seen],
) -> None:
    page = look().open(f"/?lang=en&{NOON}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.locator('.dot[tabindex="0"]').count() == 1, "the map is one stop"
    page.locator('.dot[tabindex="0"]').focus()
    first = page.evaluate("document.activeElement.dataset.id")
    assert page.locator("#tip").is_visible()
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.classList.contains('dot')")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.id") != first
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/regions/(kr-seoul|cn-beijing)\?lang=en"))


def test_a_language_is_kept_from_page_to_page(look: Callable[..., Seen]) -> None:
    seen = look()
    page = seen.open(f"/?{NOON}")
    page.get_by_role("link", name="한국어").click()
    seen.settled()
    assert page.locator("html").get_attribute("lang") == "ko"
    assert page.locator("[data-clock=KR]").inner_text().startswith("2019년 3월 1일")
    page.locator(".menu").get_by_role("link", name="지역").click()
    assert page.locator("h1").inner_text() == "지역"
    page.get_by_role("link", name="中文").click()
    assert page.locator("h1").inner_text() == "地区"


def test_an_episode_leads_to_its_report_and_its_csv(look: Callable[..., Seen]) -> None:
    seen = look(accept_downloads=True)
    page = seen.open("/episodes?region=kr-seoul&from=2019-02-01&to=2019-03-10&lang=en")
    page.locator("table.episodes a").first.click()
    seen.settled()
    page.get_by_role("heading", name="When was the air worst, and what was in force?").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Day means (CSV)").click()
    file = Path(download.value.path())
    lines = file.read_text().splitlines()
    assert download.value.suggested_filename == "averages.csv"
    assert lines[0].startswith("start,end,value")
    assert len(lines) > 3
    page.get_by_role("link", name="Open the report").click()
    page.locator("p.sentence").wait_for()
    assert page.locator("script").count() == 0
    assert "Seoul" in page.title()


def test_without_a_script_a_part_is_a_page_of_its_own(look: Callable[..., Seen]) -> None:
    seen = look(java_script_enabled=False)
    page = seen.page
    page.goto(f"{seen.base}/measures?region=cn-beijing&year=2018&lang=en")
    page.get_by_role("link", name="Open it as a page of its own").click()
    assert page.get_by_role("heading", name="The rules decided anew").is_visible()
