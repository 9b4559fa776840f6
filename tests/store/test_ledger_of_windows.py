"""Windows open once, are leased, settle or are lost with a reason; calls of a day are counted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from by_hand import NOON, START

from store import ledger, quota
from store.engine import Store
from store.readings import Counts

DAY = date(2020, 1, 1)


def _ids(store: Store, source: str = "airkorea") -> list[int]:
    with store.read() as connection:
        return [window.id for window in ledger.windows_between(connection, source, 0, NOON * 2)]


def _open(store: Store, hours: int, source: str = "airkorea") -> list[int]:
    with store.write() as connection:
        ledger.open_hours(connection, source, "national", NOON, NOON + hours)
    return _ids(store, source)


def test_hours_open_once(store: Store) -> None:
    with store.write() as connection:
        assert ledger.open_hours(connection, "airkorea", "national", NOON, NOON + 5) == 5
        assert ledger.open_hours(connection, "airkorea", "national", NOON - 2, NOON + 6) == 3
        assert ledger.open_hours(connection, "airkorea", "national", NOON, NOON) == 0
        assert ledger.open_hours(connection, "cnemc", "national", NOON, NOON + 1) == 1
        assert ledger.newest_hour(connection, "airkorea") == NOON + 5
        assert ledger.newest_hour(connection, "nobody") is None
        starts = [window.start for window in ledger.unsettled(connection, "airkorea")]
        assert starts == list(range(NOON - 2, NOON + 6))
        assert len(ledger.unsettled(connection, "airkorea", until=NOON)) == 2


def test_a_lease_ends_or_expires(store: Store) -> None:
    _open(store, 2)
    with store.write() as connection:
        ledger.lease(connection, "airkorea", START)
        assert {w.state for w in ledger.unsettled(connection, "airkorea")} == {"leased"}
        assert ledger.reopen_expired(connection, "airkorea", START - timedelta(seconds=1)) == 0
        assert ledger.reopen_expired(connection, "airkorea", START) == 2
        ledger.lease(connection, "airkorea", START)
        ledger.give_back(connection, "cnemc")
        assert {w.state for w in ledger.unsettled(connection, "airkorea")} == {"leased"}
        ledger.give_back(connection, "airkorea")
        assert {w.state for w in ledger.unsettled(connection, "airkorea")} == {"open"}


def test_a_closed_window_is_not_leased_again(store: Store) -> None:
    (only,) = _open(store, 1)
    with store.write() as connection:
        ledger.settle(connection, only, START)
        ledger.lease(connection, "airkorea", START)
        assert ledger.unsettled(connection, "airkorea") == []
        (window,) = ledger.windows_between(connection, "airkorea", NOON, NOON + 1)
        assert (window.state, window.reason) == ("settled", None)


def test_standing_tells_how_far_all_is_settled(store: Store) -> None:
    ids = _open(store, 5)
    with store.write() as connection:
        standing = ledger.standing(connection, "airkorea")
        assert (standing.open, standing.lost, standing.settled, standing.error) == (5, 0, None, None)
        ledger.settle(connection, ids[0], START)
        ledger.lose(connection, ids[1], START, "the source has forgotten it")
        ledger.settle(connection, ids[2], START)
        ledger.settle(connection, ids[4], START)
        ledger.failed(connection, "airkorea", NOON, NOON + 5, START, "hour", "time-out " * 100)
        standing = ledger.standing(connection, "airkorea")
        assert (standing.open, standing.lost, standing.settled) == (1, 1, NOON + 2)
        assert standing.error is not None
        assert standing.error.startswith("hour: time-out")
        assert len(standing.error) == 500
        ledger.settle(connection, ids[3], START, "late")
        standing = ledger.standing(connection, "airkorea")
        assert (standing.open, standing.lost, standing.settled, standing.error) == (0, 1, NOON + 4, None)
        lost = ledger.windows_between(connection, "airkorea", NOON + 1, NOON + 2)[0]
        assert (lost.state, lost.reason) == ("lost", "the source has forgotten it")


def test_a_window_is_not_lost_without_a_reason(store: Store) -> None:
    (only,) = _open(store, 1)
    with pytest.raises(ValueError, match="reason"), store.write() as connection:
        ledger.lose(connection, only, START, "")


def test_an_error_ends_with_the_answer_to_its_question(store: Store) -> None:
    _open(store, 2)
    with store.write() as connection:
        ledger.failed(connection, "airkorea", NOON, NOON + 2, START, "100%_hour", "no answer")
        ledger.answered(connection, "airkorea", NOON, NOON + 1, START, "another")
        assert _errors(connection) == ["100%_hour: no answer"] * 2
        ledger.answered(connection, "airkorea", NOON, NOON + 1, START, "100%_hour")
        assert _errors(connection) == [None, "100%_hour: no answer"]
        ledger.failed(connection, "airkorea", NOON, NOON + 2, START, "airkorea", "the key is refused")
        assert ledger.standing(connection, "airkorea").error == "airkorea: the key is refused"
        ledger.answered(connection, "airkorea", NOON, NOON + 1, START, "100%_hour")
        assert _errors(connection) == [None, None]
        assert [w.attempts for w in ledger.unsettled(connection, "airkorea")] == [5, 2]


def test_counts_and_presence_add_up(store: Store) -> None:
    (only, other) = _open(store, 2)
    more = Counts(rows=5, new=1, changed=1, same=2, rejected=1)
    with store.write() as connection:
        ledger.note_presence(connection, only, 600, 620)
        ledger.add_counts(connection, "airkorea", {})
        for _ in range(2):
            ledger.add_counts(connection, "airkorea", {NOON: more, NOON + 1: Counts(), NOON + 9: more})
        first, second = ledger.unsettled(connection, "airkorea")
        assert (first.present, first.expected) == (600, 620)
        assert first.counts == Counts(rows=10, new=2, changed=2, same=4, rejected=2)
        assert (second.id, second.counts) == (other, Counts())


def _errors(connection) -> list[str | None]:
    return [window.error for window in ledger.unsettled(connection, "airkorea")]


def test_calls_are_claimed_before_they_are_made(store: Store) -> None:
    with store.write() as connection:
        assert quota.used(connection, "airkorea", DAY).left(500) == 500
        assert quota.claim(connection, "airkorea", DAY, 300, 500) == 300
        assert quota.claim(connection, "airkorea", DAY, 300, 500) == 200
        assert quota.claim(connection, "airkorea", DAY, 1, 500) == 0
        quota.give_back(connection, "airkorea", DAY, 40)
        assert quota.used(connection, "airkorea", DAY).left(500) == 40
        assert quota.claim(connection, "airkorea", DAY + timedelta(days=1), 9, 500) == 9
        assert quota.claim(connection, "cnemc", DAY, 9, None) == 9
        assert quota.used(connection, "cnemc", DAY).left(None) is None
        quota.give_back(connection, "cnemc", DAY, 90)
        assert quota.used(connection, "cnemc", DAY).calls == 0


def test_an_exhausted_day_grants_nothing(store: Store) -> None:
    with store.write() as connection:
        quota.claim(connection, "airkorea", DAY, 3, None)
        quota.mark_exhausted(connection, "airkorea", DAY)
    with store.write() as connection:
        assert quota.used(connection, "airkorea", DAY) == quota.Used(3, exhausted=True)
        assert quota.claim(connection, "airkorea", DAY, 1, None) == 0
        quota.give_back(connection, "airkorea", DAY, 1)
        assert quota.used(connection, "airkorea", DAY) == quota.Used(2, exhausted=True)
