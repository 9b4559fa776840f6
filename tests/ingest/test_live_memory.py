"""What a collector remembers: names of the wire, evidence over a restart, patience, the day's calls."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.allowance import HANDFUL, Allowance
from ingest.evidence import Covered, covered_by
from ingest.patience import IN_A_ROW, LONGEST_REST, Patience
from ingest.plan import Hour, Timing
from ingest.roster import RECENT_HOURS, Roster
from ingest.settle import outcome
from ingest.source import Quota, Request, StationRef
from ingest.sources.airkorea import SPEC
from store import quota
from store.engine import Store

TIMING = Timing(publish=0.2, recheck=3.0, lateness=8.0)
NOON = 439_320
DAILY = next(route for route in SPEC.routes if route.name == "DAILY")
PAGE, LIST, BOOK = (
    StationRef("1", "of the page"),
    StationRef("1", "of the list"),
    StationRef("1", "of the book"),
)
DAY = date(2020, 2, 14)


def test_a_station_is_asked_by_the_pages_name_then_the_lists() -> None:
    roster = Roster()
    roster.restored("a", BOOK, NOON)
    assert roster.expected(NOON) == {"a": BOOK}
    roster.listed("a", LIST, NOON)
    assert roster.expected(NOON) == {"a": LIST}
    roster.reported("a", PAGE, NOON)
    roster.listed("a", LIST, NOON)
    roster.restored("a", BOOK, NOON)
    assert roster.expected(NOON) == {"a": PAGE}


def test_who_was_not_heard_for_long_is_not_expected() -> None:
    roster = Roster()
    roster.reported("a", PAGE, NOON)
    assert roster.expected(NOON + RECENT_HOURS) == {"a": PAGE}
    assert roster.expected(NOON + RECENT_HOURS + 0.1) == {}


def history(back_hours: int) -> Request:
    return Request(DAILY, station=PAGE, station_id="airkorea-1", back_hours=back_hours)


def test_a_whole_history_proves_all_that_its_route_reaches() -> None:
    starts = [NOON - 5, NOON - 6]  # dead for four hours, and opened six hours ago
    assert covered_by(history(23), starts, 2, NOON + 0.5) == Covered(
        "airkorea-1", NOON - 23, NOON, NOON + 0.5
    )
    assert covered_by(history(23), [], 0, NOON + 0.5) == Covered("airkorea-1", NOON - 23, NOON, NOON + 0.5)


def test_a_history_that_was_cut_proves_back_to_its_oldest_row() -> None:
    starts = [NOON - 1, NOON - 2, NOON - 4]
    assert covered_by(history(2), starts, 3, NOON + 0.5) == Covered("airkorea-1", NOON - 4, NOON, NOON + 0.5)


def test_evidence_is_read_back_as_it_was_written() -> None:
    covered = Covered("user-a station with spaces", NOON - 3, NOON, NOON + 0.25)
    assert Covered.read(covered.text()) == covered


@pytest.mark.parametrize(
    ("held", "seen", "age", "end"),
    [
        ({"a", "b"}, {"a": 3.5, "b": 3.5}, 3.6, (False, None)),
        ({"a", "b"}, {"a": 3.5, "b": 2.5}, 3.6, None),
        ({"a", "b"}, {"a": 3.5, "b": 3.5}, 2.9, None),
        ({"a"}, {"a": 3.5, "b": 7.9}, 9, None),
        ({"a"}, {"a": 3.5, "b": 8.1}, 9, (False, "1 of 2 stations held, the others never came")),
        (set(), {"a": 8.5, "b": 8.1}, 9, (True, "nothing was published within 8 h")),
        (set(), {}, 2159, (True, "the source no longer gives this hour; 0 of 2 stations held")),
        ({"a"}, {}, 2160, (False, "the source no longer gives this hour; 1 of 2 stations held")),
        ({"a"}, {"a": 2.0}, 2158, None),
    ],
)
def test_when_an_hour_is_done(
    held: set[str], seen: dict[str, float], age: float, end: tuple[bool, str | None] | None
) -> None:
    found = outcome(NOON, Hour(held, seen), {"a", "b"}, SPEC, TIMING, NOON + 1 + age + 0.0001)
    assert (found and (found.lost, found.reason)) == end


def test_an_hour_of_which_no_station_is_known_stays_open_within_reach() -> None:
    assert outcome(NOON, Hour(), {}, SPEC, TIMING, NOON + 100) is None
    found = outcome(NOON, Hour(), {}, SPEC, TIMING, NOON + 2200)
    assert found is not None
    assert found.lost


def test_faults_in_a_row_make_the_source_rest_longer_and_longer() -> None:
    patience, now = Patience(), float(NOON)
    assert [patience.in_vain(now) for _ in range(IN_A_ROW)] == [False, False, True]
    assert not patience.may_ask(now + 0.01, DAY)
    assert patience.may_ask(now + 0.02, DAY)
    for _ in range(20):
        patience.in_vain(now)
    assert patience.may_ask(now + LONGEST_REST, DAY)
    assert not patience.may_ask(now + LONGEST_REST - 0.01, DAY)
    patience.answered()
    assert not patience.in_vain(now)


def test_a_source_that_asks_to_be_left_alone_is() -> None:
    patience = Patience()
    assert patience.in_vain(NOON, retry_after=7200)
    assert not patience.may_ask(NOON + 1.9, DAY)
    assert patience.may_ask(NOON + 2, DAY)


def test_a_refused_key_is_tried_again_the_next_day() -> None:
    patience = Patience()
    patience.refused(DAY)
    assert not patience.may_ask(NOON, DAY)
    assert patience.may_ask(NOON, date(2020, 2, 15))


def used(store: Store, day: date = DAY) -> quota.Used:
    with store.read() as connection:
        return quota.used(connection, "airkorea", day)


def test_calls_are_counted_before_they_are_made(store: Store) -> None:
    allowance = Allowance(store, "airkorea", 30, lambda: DAY)
    allowance.take()
    assert used(store).calls == HANDFUL  # a process that dies now has counted too many, never too few
    assert allowance.left() == 29
    for _ in range(29):
        allowance.take()
    with pytest.raises(Quota, match="raise YELLOWSEA_AIRKOREA__DAILY_CALLS"):
        allowance.take()
    assert used(store) == quota.Used(30, exhausted=False)


def test_calls_not_made_are_given_back(store: Store) -> None:
    allowance = Allowance(store, "airkorea", 500, lambda: DAY)
    allowance.take()
    allowance.take()
    allowance.not_made()
    allowance.give_back()
    assert used(store).calls == 1


def test_a_new_day_has_all_its_calls(store: Store) -> None:
    days = [DAY]
    allowance = Allowance(store, "airkorea", 25, lambda: days[0])
    allowance.take()
    allowance.exhausted()
    assert allowance.left() == 0
    with pytest.raises(Quota, match="goes on the next day"):
        allowance.take()
    days[0] = date(2020, 2, 15)
    assert allowance.left() == 25
    allowance.take()
    assert allowance.left() == 24


def test_no_limit_is_no_limit_until_the_source_says_so(store: Store) -> None:
    allowance = Allowance(store, "cnemc", None, lambda: DAY)
    allowance.take()
    assert allowance.left() is None
    allowance.exhausted()
    assert allowance.left() == 0
