"""Readings rebuilt from stored answers: what would change is shown, what is written leaves revisions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from live_desk import START_HOUR, STATIONS, Desk
from sqlalchemy import func, select, update

from config.facts import Facts
from ingest.hours import moment
from ingest.reparse import reparse
from ingest.source import Batch, Payload, Quantity, SchemaDrift, Source
from ingest.sources.airkorea import AirKorea
from ingest.told import Told
from store import schema
from store.asof import held_between
from store.batches import begin_batch, payload_body
from store.engine import Store
from store.series import select_series

PM25 = Quantity("pm25", "ug/m3")


class Mended(AirKorea):
    """A parser of the next version."""

    spec = replace(AirKorea.spec, parser_version=2)


class Higher(Mended):
    """PM2.5 was one too low."""

    def parse(self, payload: Payload) -> Batch:
        batch = super().parse(payload)
        batch.values[PM25] = batch.values[PM25] + 1
        return batch


class Later(Mended):
    """Labels were one hour early."""

    def parse(self, payload: Payload) -> Batch:
        batch = super().parse(payload)
        return replace(batch, start=batch.start + 1)


class Blind(Mended):
    """It trips over everything."""

    def parse(self, payload: Payload) -> Batch:
        raise KeyError("pm25Value")


@pytest.fixture
def desk(sqlite_store: Store, facts: Facts) -> Iterator[Desk]:
    """Some hours of a source collected."""
    with Desk(sqlite_store, facts) as desk:
        desk.work(3, every_minutes=30)
        yield desk


@pytest.fixture
def either(store: Store, facts: Facts) -> Iterator[Desk]:
    """The same on each engine."""
    with Desk(store, facts) as desk:
        desk.work(2, every_minutes=30)
        yield desk


def again(desk: Desk, source: Source, **how: Any) -> Any:
    return reparse(desk.store, desk.facts, desk.clock, source, **how)  # type: ignore[arg-type]


def rows_of(desk: Desk) -> list[tuple[Any, ...]]:
    names = ("reading", "revision", "batch", "series", "payload", "reject", "station", "fetch_window")
    tables = [schema.metadata.tables[name] for name in names]
    with desk.store.read() as connection:
        found = [connection.execute(select(table)).all() for table in tables]
    return [tuple(row) for rows in found for row in sorted(rows, key=str)]


def test_the_same_parser_changes_nothing_and_writes_nothing(desk: Desk) -> None:
    before = rows_of(desk)
    found = again(desk, AirKorea(), apply=True)
    assert (found.counts.new, found.counts.changed, found.no_longer_told) == (0, 0, 0)
    assert found.counts.same == len(desk.held()) * 6
    assert found.payloads > 4
    assert rows_of(desk) == before


def test_a_trial_shows_what_applying_does_and_writes_nothing(either: Desk) -> None:
    before, held = rows_of(either), either.held()
    trial = again(either, Higher())
    assert rows_of(either) == before
    assert trial.counts.changed == len(held)
    assert trial.counts.same == len(held) * 5
    done = again(either, Higher(), apply=True)
    assert (done.counts, done.differences) == (trial.counts, trial.differences)
    assert either.held() == {place: value + 1 for place, value in held.items()}


def test_the_first_differences_are_told(desk: Desk) -> None:
    held = desk.held()
    one = again(desk, Higher(), most=3).differences
    assert len(one) == 3
    for told in one:
        assert (told.kind, told.pollutant, told.reparsed) == ("changed", "pm25", told.held + 1)
        assert (told.station, told.held) in {(station, value) for (station, _), value in held.items()}


def test_what_was_known_before_is_still_answered(desk: Desk) -> None:
    known = desk.clock.now()
    held = desk.held()
    desk.clock.move(hours=1)
    again(desk, Higher(), apply=True)
    with desk.store.read() as connection:
        series = [one.id for one in select_series(connection, pollutant="pm25")]
        then = held_between(connection, series, START_HOUR - 10, START_HOUR + 10, as_of=known)
        now = held_between(connection, series, START_HOUR - 10, START_HOUR + 10)
        versions = connection.execute(
            select(schema.batch.c.parser_version, schema.batch.c.world).where(
                schema.batch.c.format == "reparse"
            )
        ).all()
    assert sorted(then.columns.value.tolist()) == sorted(held.values())
    assert now.columns.value.sum() == pytest.approx(then.columns.value.sum() + len(held))
    assert set(map(tuple, versions)) == {(2, "synthetic")}


def test_a_second_run_changes_nothing_and_the_old_parser_brings_the_old_values_back(desk: Desk) -> None:
    held = desk.held()
    again(desk, Higher(), apply=True)
    assert again(desk, Higher(), apply=True).counts.changed == 0
    assert again(desk, AirKorea(), apply=True).counts.changed == len(held)
    assert desk.held() == held


def test_of_revised_hours_the_newest_answer_has_the_last_word(sqlite_store: Store, facts: Facts) -> None:
    fault = {"kind": "revised", "rate": 0.6, "minutes": [60, 110], "from_hours": -20.0, "to_hours": 200.0}
    with Desk(sqlite_store, facts, (fault,)) as desk:
        desk.work(14, every_minutes=30)
        held, revised = desk.held(), sum(window.counts.changed for window in desk.windows())
        assert revised
        assert again(desk, AirKorea()).counts.changed == 0
        again(desk, Higher(), apply=True)
        assert desk.held() == {place: value + 1 for place, value in held.items()}


def test_only_the_hours_asked_for_are_touched(desk: Desk) -> None:
    held = desk.held()
    hour = START_HOUR + 1
    again(desk, Higher(), hours=(hour, hour + 1), apply=True)
    assert desk.held() == {(s, h): value + (h == hour) for (s, h), value in held.items()}


def test_what_no_answer_tells_any_more_stays_and_is_told(desk: Desk) -> None:
    held = desk.held()
    first, newest = min(hour for _, hour in held), max(hour for _, hour in held)
    found = again(desk, Later(), apply=True, most=10_000)
    assert found.no_longer_told == STATIONS * 6
    gone = [one for one in found.differences if one.kind == "no longer told"]
    assert {one.hour for one in gone} == {moment(first).isoformat()}
    assert desk.held().keys() - held.keys() == {(s, newest + 1) for s, _ in held}


def test_what_cannot_be_read_is_listed_and_its_readings_stay(desk: Desk) -> None:
    held = desk.held()
    found = again(desk, Blind(), apply=True)
    assert len(found.unreadable) == found.payloads > 0
    assert all(one["was_read"] and "KeyError" in one["error"] for one in found.unreadable)
    assert desk.held() == held


class OldOnly(Higher):
    """Of late it trips over the answers."""

    def __init__(self, unreadable: set[bytes]) -> None:
        self.unreadable = unreadable

    def parse(self, payload: Payload) -> Batch:
        if payload.body in self.unreadable:
            raise SchemaDrift("another shape")
        return super().parse(payload)


def test_readings_of_an_unreadable_answer_are_not_overwritten_by_older_ones(desk: Desk) -> None:
    with desk.store.read() as connection:
        r, b = schema.reading, schema.batch
        ids = connection.execute(
            select(b.c.payload_id).join(r, r.c.batch_id == b.c.id).order_by(b.c.id.desc())
        )
        newest = ids.scalars().first() or 0
        body = payload_body(connection, newest)
    held = desk.held()
    found = again(desk, OldOnly({body}), apply=True)
    assert [one["error"] for one in found.unreadable] == ["another shape"]
    raised = [place for place, value in desk.held().items() if value != held[place]]
    assert 0 < len(raised) == found.counts.changed < len(held)


def test_a_file_that_came_later_stays(desk: Desk) -> None:
    with desk.store.write() as connection:
        one = next(s for s in select_series(connection, pollutant="pm25") if s.readings)
        feed = connection.execute(select(schema.feed.c.id)).scalars().first()
        batch = begin_batch(
            connection, source="file", feed_id=feed, parser_version=1, received_at=desk.clock.now(), path="f"
        )
        row = schema.reading
        last = one.last or 0
        place = row.c.series_id == one.id, row.c.day == last // 24, row.c.hour == last % 24
        connection.execute(update(row).where(*place).values(value=999.0, batch_id=batch))
    found = again(desk, Higher(), apply=True)
    assert desk.held()[one.key.station, last] == 999.0
    assert found.superseded >= 1


def test_answers_never_read_are_read_after_the_fix(sqlite_store: Store, facts: Facts) -> None:
    with Desk(sqlite_store, facts) as desk:
        desk.collector._performer.source = Blind()
        desk.tick()
        assert not desk.held()
        desk.new_collector()
        trial = again(desk, AirKorea())
        assert trial.counts.new
        again(desk, AirKorea(), apply=True)
        assert len(desk.held()) * 6 == trial.counts.new
        with desk.store.read() as connection:
            noted = (
                connection.execute(select(schema.batch.c.notes).where(schema.batch.c.format == "reparse"))
                .scalars()
                .first()
            )
        assert "reparsed" in json.loads(noted or "{}")


def test_series_are_counted_right_afterwards(desk: Desk) -> None:
    again(desk, Later(), apply=True)
    with desk.store.read() as connection:
        counted = sum(one.readings for one in select_series(connection))
        rows = connection.execute(select(func.count()).select_from(schema.reading)).scalar_one()
    assert counted == rows


def test_the_first_word_of_each_place() -> None:
    told = Told()
    hours = np.array([5, 5, 30], np.int64)
    assert told.first_word(["a", "b", "a"], hours).tolist() == [True, True, True]
    assert told.first_word(["c", "b", "a"], hours).tolist() == [True, False, False]
    assert told.first_word([], np.empty(0, np.int64)).tolist() == []
