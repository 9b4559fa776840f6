"""What notices say, in three languages: what, where, value with its source, measures, and what it is not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from config.facts import Facts
from config.words import LANGUAGES
from hotline.wording import Text, text_of
from store.notices import Notice
from tests.hotline.conftest import told

FORECAST = {
    "for_date": "2019-03-05",
    "limit": 75.0,
    "texts": ["grade: Very bad"],
    "issued_at": "2019-03-04T17:00:00+09:00",
    "came": None,
}
EPISODE = {
    "region": "cn-beijing",
    "profile": "cn-heavy-day",
    "title": "day mean above 150 ug/m3 (IAQI above 200: heavy pollution)",
    "began": "2019-03-02T00:00:00+08:00",
    "through": "2019-03-04T00:00:00+08:00",
    "hours": 48,
    "mean": 175.2,
    "peak": 189.4,
}
SILENCE = {
    "id": "airkorea",
    "feed": "airkorea-live",
    "newest": "2019-03-05T02:00:00+09:00",
    "late_because": "us",
    "late_told": "our daemon never ran",
    "hours": 6.5,
    "late_since": "2019-03-05T05:00:00+09:00",
}
WHY: dict[str, dict[str, Any]] = {
    "forecast": {"forecast": FORECAST},
    "alert": told(2)["why"],
    "episode": {"episode": EPISODE},
    "upwind": {"forecast": {**FORECAST, "texts": [], "issued_at": None, "came": 88.4}, "upwind": [EPISODE]},
    "silence": {"silence": SILENCE},
}
LISTED = {
    "date": "2019-03-06",
    "region": "kr-seoul",
    "kind": "emergency",
    "step": None,
    "announced_at": "2019-03-05T17:00:00+09:00",
    "in_force_from": "2019-03-06T06:00:00+09:00",
}


def text(facts: Facts, about: str, language: str, stage: Any = "first", **more: Any) -> Text:
    """A notice about something in Seoul, or about a source."""
    subject = "airkorea" if about == "silence" else "kr-seoul"
    given = {**told(), "about": about, "why": {} if stage == "all-clear" else WHY[about], **more}
    if about == "silence":
        given |= {"air": None, "measures": None}
    at = datetime(2019, 3, 5, tzinfo=UTC)
    return text_of(facts, Notice(7, f"our-{about}", subject, at.isoformat(), stage, 1, at, given), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", ["first", "escalated", "all-clear"])
@pytest.mark.parametrize("about", WHY)
def test_every_notice_is_said_whole_in_every_language(
    facts: Facts, about: str, stage: str, language: str
) -> None:
    said = text(facts, about, language, stage)
    whole = said.title + said.body
    assert "{" not in whole
    assert "None" not in whole
    assert "yellowsea hotline acknowledge 7" in said.body
    assert said.title.startswith({"en": "Seoul", "ko": "서울", "zh": "首尔"}[language]) or about == "silence"
    if language == "zh":
        assert not re.search("[가-힣]", whole), "no Korean in a Chinese text"


def test_a_notice_tells_value_source_and_completeness(facts: Facts) -> None:
    body = text(facts, "alert", "en").body
    assert "Seoul: 81 µg/m³ in the hour to 5 March 2019, 12:00 (UTC+09:00)" in body
    assert "mean of the 23 valid hours of the last 24" in body
    assert "Stations heard: 24; feeds: airkorea-final." in body
    assert "This is our own calculation, not an announcement." in body


def test_a_notice_says_what_is_in_force_and_never_that_there_is_no_measure(facts: Facts) -> None:
    assert "Measures for today and tomorrow: no measure known." in text(facts, "alert", "en").body
    measures = {"listed": [LISTED], "word": None, "known_through": "2026-03-17"}
    body = text(facts, "alert", "en", measures=measures).body
    assert "Seoul: emergency on 6 March 2019, announced at 5 March 2019, 17:00 (UTC+09:00)." in body
    assert "no measure" not in body


def test_a_notice_says_that_it_tells_no_causes(facts: Facts) -> None:
    assert "It does not tell causes." in text(facts, "forecast", "en").body
    assert "neither shows that one causes the other" in text(facts, "upwind", "en").body


def test_what_stands_in_for_a_forecast_and_a_hindcast_are_called_so(facts: Facts) -> None:
    body = text(facts, "upwind", "en", knowledge="hindcast").body
    assert "stands in for the forecast of the day before, which is not held" in body
    assert "Hindcast:" in body
    assert "Hindcast:" not in text(facts, "upwind", "en").body


def test_without_hours_a_notice_says_so(facts: Facts) -> None:
    assert "No valid hour of the last day is held" in text(facts, "forecast", "en", air=None).body


def test_silence_says_who_is_late(facts: Facts) -> None:
    assert "We are late." in text(facts, "silence", "en").body


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_source_that_refuses_us_no_hours_are_told(facts: Facts, language: str) -> None:
    why = {"silence": {**SILENCE, "hours": None, "newest": None}}
    assert "None" not in text(facts, "silence", language, why=why).body
