"""A hard week in the ledger: nothing is stuck, what is not held has its reason, and no quota was exceeded."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from week_held import HOURS, Ran, held
from week_once import ran as ran
from week_oracle import calls_by_day
from week_run import DAILY_CALLS

from config.facts import Facts
from ingest.registry import BULLETINS, SOURCES
from sandbox import journal

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]
KOREA = timedelta(hours=9)


def test_no_window_is_stuck_and_what_is_not_held_has_its_reason(ran: Ran) -> None:
    """Open is only what its lateness still leaves time for; lost says why and holds nothing."""
    facts, told = Facts(), ""
    for name, source in SOURCES.items():
        feed = facts.feeds[source.spec.feed]
        patience = (feed.lateness_hours or 0) + (feed.publish_minutes or 0) / 60 + 24
        for window in ran.windows(name):
            over = ran.week.first + ran.week.end - window.end
            if window.state in ("open", "leased") and (over > patience or feed.lateness_hours in (2, 8)):
                told += f"{name} {window}\n"
            if window.state == "lost" and not (window.reason and not window.present):
                told += f"{name} {window}\n"
            if window.state == "settled" and window.present < window.expected and not window.reason:
                told += f"{name} {window}\n"
    for name, bulletins in BULLETINS.items():
        for window in ran.windows(name):
            if window.end <= ran.week.since(HOURS - 24) and window.state in ("open", "leased"):
                told += f"{name} {window}\n"
            if window.state == "lost" and bulletins.spec.dispatches:
                told += f"{name} {window}\n"
    assert told == ""


def test_an_hour_that_cannot_be_had_is_lost_with_its_reason(ran: Ran) -> None:
    """Seoul's portal shows the present hour alone."""
    first, end = ran.began("seoul"), ran.until
    got = held(ran.store, "seoul-live", first, end)
    empty = set(range(first, end)) - {hour for _, hour in got}
    lost = {one.start: one.reason for one in ran.windows("seoul") if one.state == "lost"}
    assert {hour for hour in empty if hour not in lost} == set()
    assert len(lost) >= 10
    assert all("no longer gives this hour" in str(reason) for reason in lost.values())


def test_an_hour_that_an_outage_outlasted_is_lost_and_no_other(ran: Ran) -> None:
    """CNEMC keeps its past hours for 48 h, and was away for so long."""
    first, end = ran.began("cnemc"), ran.until
    expected = ran.week.within_reach("cnemc", first, end)
    stations = Counter(hour for _, hour in expected.gone)
    gone = {hour for hour, count in stations.items() if count == len(ran.week.world.stations("cnemc"))}
    lost = {one.start: one.reason for one in ran.windows("cnemc") if one.state == "lost"}
    assert gone
    assert lost.keys() & {hour for _, hour in expected.had} == set()
    assert gone <= lost.keys()
    assert expected.gone & held(ran.store, "cnemc-live", first, end).keys() == set()
    assert all("no longer gives this hour" in str(reason) for reason in lost.values())


QUOTAS = {
    "airkorea": ({"getCtprvnRltmMesureDnsty", "getMsrstnAcctoRltmMesureDnsty",
                  "getMinuDustFrcstDspth", "getMinuDustWeekFrcstDspth"}, "airkorea", DAILY_CALLS),
    # The list of stations is a dataset of its own, which two of our sources ask.
    "stations": ({"getMsrstnList"}, "airkorea", DAILY_CALLS),
    "airkorea-high": ({"getMinuDustFrcstDspth50Over"}, "airkorea", DAILY_CALLS),
    "airkorea-alerts": ({"getUlfptcaAlarmInfo"}, "airkorea", DAILY_CALLS),
    "airkorea-stats": ({"getMsrstnAcctoRDyrg"}, "airkorea", DAILY_CALLS),
    "disaster-messages": ({"messages"}, "safetydata", 500),
}  # fmt: skip
"""Calls of a day to one dataset: what the settings say, else what the portal publishes."""


@pytest.mark.parametrize("source", QUOTAS)
def test_no_quota_was_exceeded(ran: Ran, source: str) -> None:
    asked, network, limit = QUOTAS[source]
    days = calls_by_day(ran.entries, asked, network, KOREA)
    assert sum(days.values()) > 10
    assert max(days.values()) <= limit, days


def test_open_meteos_calls_of_both_sources_stay_within_theirs(ran: Ran) -> None:
    days = calls_by_day(ran.entries, {"history"}, "open-meteo", timedelta())
    assert max(days.values()) <= 2 * 40, days


def test_three_of_ten_questions_were_in_vain(ran: Ran) -> None:
    answered = [one.became for one in ran.entries if one.network in ("airkorea", "cnemc", "openaq")]
    share = sum(became != journal.WHOLE for became in answered) / len(answered)
    assert share > 0.28
