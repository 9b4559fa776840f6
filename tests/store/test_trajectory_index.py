"""The index of trajectories: what goes in comes back, once, in order of start; on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from config.facts import Facts
from store.batches import begin_batch
from store.engine import Store
from store.series import SeriesBook
from store.trajectories import Point, Trajectory, put, starting

NOON = datetime(2019, 3, 5, 12, tzinfo=UTC)
FAR = datetime(2100, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(1948, 1, 1, tzinfo=UTC)

ONE = Trajectory(
    sha256="a" * 64,
    number=1,
    start_at=NOON,
    lat=37.5,
    lon=127.0,
    height=500.0,
    direction="backward",
    hours=1.0,
    model="GDAS",
    vertical="OMEGA",
    diagnostics=("PRESSURE",),
    points=(
        Point(NOON, 0.0, 37.5, 127.0, 500.0, (950.1,)),
        Point(NOON - timedelta(hours=1), -1.0, 37.4, 126.123, 480.0, (955.0,)),
    ),
)


def keep(store: Store, facts: Facts, *found: Trajectory) -> int:
    """How many points are new."""
    with store.write() as connection:
        feed = facts.feeds["hysplit-endpoints"]
        feed_id = SeriesBook(connection).ensure_feed(feed, facts.networks[feed.network])
        batch = begin_batch(
            connection, source="import", feed_id=feed_id, parser_version=1, received_at=FAR, path="tdump"
        )
        return put(connection, found, batch)


def test_a_trajectory_comes_back_as_it_went_in(store: Store, facts: Facts) -> None:
    assert keep(store, facts, ONE) == 2
    with store.read() as connection:
        (held,) = starting(connection, NOON, FAR)
    assert (held.trajectory, held.path, held.feed) == (ONE, "tdump", "hysplit-endpoints")


def test_a_file_is_kept_once(store: Store, facts: Facts) -> None:
    second = replace(ONE, number=2)
    assert keep(store, facts, ONE) == 2
    assert keep(store, facts, ONE, second) == 2
    with store.read() as connection:
        assert [one.trajectory.number for one in starting(connection, LONG_AGO, FAR)] == [1, 2]


def test_they_are_found_by_start_in_order(store: Store, facts: Facts) -> None:
    later = replace(ONE, number=2, start_at=NOON + timedelta(hours=6))
    south = replace(ONE, number=3, lat=33.5)
    old = replace(ONE, number=4, start_at=datetime(1950, 1, 1, tzinfo=UTC))
    keep(store, facts, later, ONE, south, old)
    with store.read() as connection:
        numbers = [one.trajectory.number for one in starting(connection, LONG_AGO, FAR)]
        within = [one.trajectory.number for one in starting(connection, NOON, NOON + timedelta(hours=6))]
    assert numbers == [4, 3, 1, 2]
    assert within == [3, 1]
