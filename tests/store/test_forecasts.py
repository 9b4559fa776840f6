"""Forecasts and alerts: kept with their issue time, never overwritten, found as they were known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from by_hand import START, count

from store.batches import begin_batch
from store.engine import Store
from store.forecasts import Alert, Forecast, alerts_in_force, known, put_alerts, put_forecasts

TOMORROW = date(2026, 3, 5)
FIVE = datetime(2026, 3, 4, 8, tzinfo=UTC)  # 17:00 in Korea
BAD = Forecast("grade", "kr-seoul", "pm25", FIVE, TOMORROW, 35.0, 75.0, "나쁨")
ALERT = Alert("kr-seoul", "서울", "pm25", "advisory", FIVE, 80.0)


def give(store: Store, *rows: Forecast | Alert) -> int:
    """One batch of forecasts or of alerts; how many were new."""
    with store.write() as connection:
        batch = begin_batch(connection, source="test", feed_id=None, parser_version=1, received_at=START)
        alerts = [row for row in rows if isinstance(row, Alert)]
        forecasts = [row for row in rows if isinstance(row, Forecast)]
        return put_alerts(connection, alerts, batch) + put_forecasts(connection, forecasts, batch)


def told(store: Store, at: datetime = FIVE, regions: tuple[str, ...] = ("kr-seoul",)) -> list[Forecast]:
    with store.read() as connection:
        return known(connection, regions, "pm25", TOMORROW, at)


def in_force(store: Store, since: datetime, until: datetime) -> list[Alert]:
    with store.read() as connection:
        return alerts_in_force(connection, ["kr-seoul"], "pm25", since, until)


# Forecasts


def test_a_forecast_comes_back_as_it_was_issued(store: Store) -> None:
    assert give(store, BAD) == 1
    assert told(store) == [BAD]


def test_a_bulletin_that_is_held_is_never_changed(store: Store) -> None:
    give(store, BAD)
    assert give(store, BAD, replace(BAD, above=75.0, up_to=None, text="매우나쁨")) == 0
    assert told(store) == [BAD]


def test_of_two_rows_of_one_bulletin_for_one_day_the_first_stands(store: Store) -> None:
    assert give(store, BAD, replace(BAD, text="보통"), BAD) == 1
    assert told(store) == [BAD]


def test_the_newest_bulletin_answers_and_the_older_one_stays(store: Store) -> None:
    later = replace(BAD, issued_at=FIVE + timedelta(hours=6), above=15.0, up_to=35.0, text="보통")
    give(store, later, BAD)
    assert told(store, FIVE + timedelta(hours=6)) == [later]
    assert told(store, FIVE + timedelta(hours=6) - timedelta(microseconds=1)) == [BAD]
    assert count(store, "forecast") == 2


def test_what_was_issued_later_was_not_known(store: Store) -> None:
    give(store, BAD)
    assert told(store, FIVE) == [BAD], "at the moment of issue it is known"
    assert told(store, FIVE - timedelta(seconds=1)) == []


def test_each_product_and_region_answers_for_itself(store: Store) -> None:
    above = replace(BAD, product="over50", above=50.0, up_to=None, issued_at=FIVE - timedelta(hours=1))
    busan = replace(BAD, region="kr-busan")
    other_day = replace(BAD, for_date=TOMORROW + timedelta(days=1))
    coarse = replace(BAD, pollutant="pm10")
    give(store, BAD, above, busan, other_day, coarse)
    assert told(store) == [BAD, above]
    assert told(store, regions=("kr-seoul", "kr-busan")) == [busan, BAD, above]


def test_a_bound_that_was_not_said_is_null_and_no_number(store: Store) -> None:
    give(store, replace(BAD, above=None, up_to=0.0))
    (row,) = told(store)
    assert (row.above, row.up_to) == (None, 0.0)


# Alerts


def test_an_alert_is_in_force_until_it_is_cleared(store: Store) -> None:
    assert give(store, ALERT) == 1
    assert give(store, ALERT) == 0
    assert in_force(store, FIVE + timedelta(days=9), FIVE + timedelta(days=10)) == [ALERT]
    cleared = replace(ALERT, cleared_at=FIVE + timedelta(hours=5), cleared_value=30.0)
    assert give(store, cleared) == 1
    assert in_force(store, FIVE, FIVE + timedelta(days=1)) == [cleared]
    assert in_force(store, FIVE + timedelta(hours=5), FIVE + timedelta(days=1)) == []
    assert count(store, "alert") == 1


def test_a_clearing_that_is_held_stays_when_the_alert_comes_again(store: Store) -> None:
    cleared = replace(ALERT, cleared_at=FIVE + timedelta(hours=5), cleared_value=30.0)
    give(store, cleared)
    assert give(store, ALERT) == 0
    assert in_force(store, FIVE, FIVE + timedelta(hours=1)) == [cleared]


@pytest.mark.parametrize(("minutes", "seen"), [(-1, False), (0, False), (1, True)])
def test_an_alert_counts_from_its_issue_on(store: Store, minutes: int, seen: bool) -> None:
    give(store, ALERT)
    found = in_force(store, FIVE - timedelta(hours=9), FIVE + timedelta(minutes=minutes))
    assert bool(found) == seen


def test_alerts_come_in_order_of_issue(store: Store) -> None:
    warning = replace(ALERT, level="warning", issued_at=FIVE + timedelta(hours=3), issued_value=156.0)
    give(store, warning, ALERT, replace(ALERT, region="kr-busan"), replace(ALERT, pollutant="pm10"))
    assert in_force(store, FIVE, FIVE + timedelta(days=1)) == [ALERT, warning]
