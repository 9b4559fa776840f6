"""Whatever the hours bring: one first notice an occasion, levels that rise, one all-clear at most."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.facts import Facts
from hotline.occasions import LAPSE, Step, advance
from hotline.parcel import DeliveryError, Parcel
from hotline.quiet import due
from hotline.rules import Sighting
from hotline.watch import file, step_of
from store.engine import Store
from store.notices import Occasion, notices
from tests.hotline.conftest import RULE, Machine, Post, person, told

BEGAN = datetime(2019, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEVELS = st.lists(st.none() | st.integers(0, 3), max_size=60)


def played(levels: list[int | None], clear_hours: int = 0) -> list[tuple[datetime, Occasion, Step | None]]:
    """The occasions and steps of a sequence of hourly levels."""
    held: Occasion | None = None
    found = []
    for number, level in enumerate(levels):
        at = BEGAN + number * HOUR
        now, step = advance(held, "rule", "kr-seoul", level, at, clear_hours * HOUR)
        held = None if now is None or now.ended_at is not None else now
        if now is not None:
            found.append((at, now, step))
    return found


@given(LEVELS, st.integers(0, 4))
def test_an_occasion_has_one_first_rising_levels_and_at_most_one_end(
    levels: list[int | None], clear_hours: int
) -> None:
    stories: dict[str, list[Step]] = {}
    for _, now, step in played(levels, clear_hours):
        stories.setdefault(now.name, [])
        if step is not None:
            stories[now.name].append(step)
    for steps in stories.values():
        stages = [step.stage for step in steps]
        assert stages[0] == "first"
        assert stages.count("first") == 1
        assert stages.count("all-clear") <= 1
        assert "all-clear" not in stages[:-1], "nothing is told after the end"
        rising = [step.level for step in steps if step.stage != "all-clear"]
        assert rising == sorted(set(rising))
        if stages[-1] == "all-clear":
            assert steps[-1].level == max(rising)


@given(LEVELS)
def test_what_is_not_known_tells_nothing_and_ends_nothing(levels: list[int | None]) -> None:
    for at, now, step in played(levels):
        if levels[int((at - BEGAN) / HOUR)] is None:
            assert step is None
            assert now.ended_at is None


@given(st.integers(1, 3), st.integers(1, 5), st.lists(st.sampled_from([0, None]), max_size=12))
def test_the_all_clear_needs_that_many_hours_known_to_be_over(
    level: int, clear_hours: int, after: list[int | None]
) -> None:
    steps = [step.stage for _, _, step in played([level, *after], clear_hours) if step]
    in_a_row = longest = 0
    for one in after:
        in_a_row = in_a_row + 1 if one == 0 else 0
        longest = max(longest, in_a_row)
    assert ("all-clear" in steps) == (longest > clear_hours)


def test_an_occasion_of_which_nobody_knows_for_a_week_lapses_without_a_word() -> None:
    hours = int(LAPSE / HOUR)
    steps = played([1, *[None] * (hours + 1), 1])
    told_of = [(step.stage, now.name) for _, now, step in steps if step]
    assert [stage for stage, _ in told_of] == ["first", "first"]
    assert told_of[0][1] != told_of[1][1]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.none() | st.integers(0, 2), min_size=1, max_size=8), st.data())
def test_each_notice_is_delivered_and_recorded_once_however_often_it_fails(
    sqlite_store: Store, levels: list[int | None], data: st.DataObject
) -> None:
    facts = Facts()
    people = [person("log"), person("log", id="lee")]
    office = Post(sqlite_store, facts, people, machine=Machine())
    arrived: Counter[str] = Counter()

    def fails_at_times(parcel: Parcel) -> None:
        if data.draw(st.booleans()):
            raise DeliveryError("not now")
        arrived[parcel.key] += 1

    with sqlite_store.write() as connection:
        for table in ("delivery", "notice", "occasion"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    courier = office.courier(carriers={"log": fails_at_times})
    held: Occasion | None = None
    for number, level in enumerate(levels):
        at = BEGAN + number * HOUR
        office.clock.put(at)
        now, step = step_of(RULE, "kr-seoul", held, Sighting(level, {}), at)
        if now is not None:
            with sqlite_store.write() as connection:
                file(connection, facts, RULE, now, step, told(), at)
        held = None if now is None or now.ended_at is not None else now
        courier.deliver()
        office.machine.pass_by(minutes=20)
    courier.carriers = {"log": lambda parcel: arrived.update([parcel.key])}
    for _ in levels:  # an update waits for what it updates, and a day is longer than any pause between tries
        office.machine.pass_by(minutes=24 * 60)
        courier.deliver()
    with sqlite_store.read() as connection:
        filed = notices(connection)
    rows = office.deliveries()
    assert {one.state for one in rows} <= {"delivered"}
    assert len({(one.notice_id, one.recipient, one.channel) for one in rows}) == len(rows) == 2 * len(filed)
    assert set(arrived) == {one.key for one in rows}
    assert set(arrived.values()) <= {1}


@given(
    st.times(),
    st.times(),
    st.integers(0, 366 * 24 * 60).map(lambda minutes: BEGAN + timedelta(minutes=minutes)),
    st.sampled_from(["Asia/Seoul", "Asia/Shanghai", "Europe/Berlin"]),
)
def test_quiet_hours_end_within_a_day_and_are_over_then(
    begins: time, ends: time, at: datetime, zone: str
) -> None:
    kim = person("log", quiet_from=begins, quiet_to=ends, zone=zone)
    later = due(kim, RULE, 1, at)
    assert at <= later <= at + timedelta(hours=25)
    assert due(kim, RULE, 2, at) == at, "urgent"
    if later > at:
        assert due(kim, RULE, 1, later) == later or zone == "Europe/Berlin"
