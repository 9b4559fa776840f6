"""A hard week of documents: forecasts, alerts, messages and indices are held as they were issued."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from week_held import HOURS, Ran, same
from week_once import ran as ran

from store.announced import IssuedBook
from store.messages import messages
from store.station_indices import indices_between

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("product", ["grade", "week", "over50"])
def test_every_forecast_is_held_as_issued(ran: Ran, product: str) -> None:
    start, days = ran.week.start, 7
    wanted = {
        (one.issued, one.for_date, region, one.pollutant)
        for number in range(days)
        for one in ran.week.announced.outlooks(product, start.date() + timedelta(days=number))  # type: ignore[arg-type]
        for region, word in one.words.items()
        if product == "over50" or word != "예보없음"
    }
    issued = IssuedBook(ran.store).issued(product, start, start + timedelta(days=days))
    got = {(one.issued_at, one.for_date, one.region, one.pollutant) for one in issued}
    assert len(wanted) > 100
    assert wanted - got == set()


def test_every_alert_is_held_with_its_clearing(ran: Ran) -> None:
    start, until = ran.week.start, ran.week.start + timedelta(hours=HOURS)
    told = ran.week.announced.alerts(2025, until)
    wanted = {(one.region, one.level, one.pollutant, one.issued, one.cleared) for one in told}
    held_ones = IssuedBook(ran.store).alerts(start - timedelta(days=2), until)
    got = {(one.region, one.level, one.pollutant, one.issued_at, one.cleared_at) for one in held_ones}
    assert wanted
    # One that was in force when the week ended may have been seen cleared since.
    assert {one for one in wanted - got if one[4] is not None} == set()
    assert {one[:4] for one in wanted} <= {one[:4] for one in got}


def test_every_message_about_a_measure_is_held(ran: Ran) -> None:
    start, until = ran.week.start, ran.week.start + timedelta(hours=HOURS)
    wanted = {
        str(one.serial)
        for one in ran.week.announced.messages(start.date(), until)
        if "비상저감조치" in one.text and one.sent < until
    }
    with ran.store.read() as connection:
        got = {one.serial for one in messages(connection, start - timedelta(days=2), until)}
    assert wanted
    assert wanted <= got


def test_every_index_that_was_shown_is_held_as_shown_last(ran: Ran) -> None:
    """WAQI shows the present alone: what a whole answer showed is held, as it was shown last."""
    wanted = ran.week.indices(ran.entries)
    since, until = ran.week.start - timedelta(days=2), ran.week.start + timedelta(hours=ran.week.end + 1)
    with ran.store.read() as connection:
        rows = list(indices_between(connection, "waqi", "us-aqi", since, until))
    got = {(one.station, one.pollutant, one.at): one.value for one in rows}
    assert len({at for _, _, at in wanted}) > 100
    shown = {key: value for key, value in wanted.items() if key[2] >= since}
    differ = [
        key for key, value in shown.items()
        if key not in got or not (value is got[key] or same(value, got[key]))
    ]  # fmt: skip
    assert differ == []
    assert got.keys() <= wanted.keys()


def test_a_day_of_indices_that_was_never_shown_is_lost_with_its_reason(ran: Ran) -> None:
    """Of each day of UTC that is over, the ledger tells how many hours are held, or that none is."""
    lost = 0
    for window in ran.windows("waqi"):
        if window.end > ran.until:
            continue
        # What an old row shows later finds its day closed: two hours after its end.
        closed = datetime.fromtimestamp((window.end + 2) * 3600, UTC)
        shown = ran.week.indices([one for one in ran.entries if one.at < closed])
        told = {int(at.timestamp()) // 3600 for (_, _, at), value in shown.items() if value is not None}
        hours = len(told & set(range(window.start, window.end)))
        day = datetime.fromtimestamp(window.start * 3600, UTC).date()
        assert window.present == hours, day
        if hours:
            assert window.state == "settled", day
            assert (window.reason is None) == (hours == 24), day
        else:
            lost += 1
            assert (window.state, window.reason) == (
                "lost",
                "it shows the present only, and nothing was had while this lasted",
            ), day
    assert lost == 1
