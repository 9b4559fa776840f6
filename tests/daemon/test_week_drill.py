"""A hard week, every source of the registries at once: what could be had is held, with its last value.

What could have been had is computed from the sandbox's world, the plan that it ships and the journal that it
wrote, without the collector's code.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from week_held import HOURS, Ran, held, same, wrong
from week_once import ran as ran
from week_run import KEY, some_points

from analysis.quality import Flag
from config.clock import Clock
from config.facts import Facts
from ingest.quality import AROUND, WEEK, flag
from ingest.registry import SOURCES
from ingest.reparse import reparse
from ingest.source import Batch, Payload, Source
from ingest.upkeep import JUDGE_EVERY_HOURS
from sandbox import journal
from sandbox.drift import restored
from sandbox.labels import hour_of
from sandbox.openmeteo import AIR, ARCHIVE, OpenMeteo
from store import ledger
from store.held import select_held
from store.series import select_series
from store.stations import unlisted

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]


def test_no_job_failed_and_no_key_was_told(ran: Ran) -> None:
    assert len(ran.told("collected")) > 1000
    assert ran.told("job failed") == []
    assert KEY not in ran.log


@pytest.mark.parametrize("network", ["airkorea", "cnemc"])
def test_every_reading_within_reach_is_held_with_its_last_value(ran: Ran, network: str) -> None:
    first, end = ran.began(network), ran.until
    expected = ran.week.within_reach(network, first, end)  # type: ignore[arg-type]
    assert len(expected.had) > (end - first) * 12
    assert wrong(expected.had, held(ran.store, f"{network}-live", first, end)) == []


def test_what_a_page_showed_once_is_held(ran: Ran) -> None:
    """Seoul's portal shows the present hour alone: what it showed in a whole answer is held."""
    whole = [one.at for one in ran.entries if (one.network, one.became) == ("seoul", journal.WHOLE)]
    shown = ran.week.shown_by_seoul(whole)
    first, end = ran.week.since(-24), ran.until
    shown = {key: values for key, values in shown.items() if first <= key[1] < end}
    assert len({hour for _, hour in shown}) > 0.75 * HOURS
    assert wrong(shown, held(ran.store, "seoul-live", first, end)) == []


def test_hours_of_locations_are_held(ran: Ran) -> None:
    first, end = ran.began("openaq") + 2, ran.week.since(ran.week.end - 64)
    got = held(ran.store, "openaq-live", first, end)
    wanted = ran.week.openaq(first, end)
    assert len(wanted) > 2000
    assert [
        key for key, value in wanted.items() if not same(got.get((key[0], key[2]), {}).get(key[1]), value)
    ] == []


def test_day_means_are_held(ran: Ran) -> None:
    start = ran.week.start
    last = (start + timedelta(hours=ran.week.end - 76)).date()
    wanted = {
        (station, hour_of(datetime(day.year, day.month, day.day, tzinfo=UTC)) - 9): {"pm25": mean}
        for station, day, mean in ran.week.day_means(start.date() - timedelta(days=1), last)
    }
    assert len(wanted) > 80
    assert wrong(wanted, held(ran.store, "airkorea-daily", ran.week.since(-48), ran.until)) == []


@pytest.mark.parametrize(
    ("feed", "path", "ours", "theirs", "first", "behind"),
    [
        ("open-meteo-cams", AIR, "pm25", "pm2_5", 0, 32),
        ("open-meteo-era5", ARCHIVE, "temperature", "temperature_2m", -144, 152),
    ],
)
def test_hours_of_models_are_held(
    ran: Ran, feed: str, path: str, ours: str, theirs: str, first: int, behind: int
) -> None:
    portal = OpenMeteo(ran.week.publication, ran.week.seed)
    begin, end = ran.week.since(first), ran.week.since(ran.week.end - behind)
    got = held(ran.store, feed, begin, end)
    places = {station for station, _ in got}
    with ran.store.read() as connection:
        points = [one for one in unlisted(connection, Facts()) if one.id in places]
    # Particles are known near the stations of the world alone.
    assert len(points) == len(some_points()) if path == ARCHIVE else points
    query = {
        "latitude": ",".join(str(one.lat) for one in points),
        "longitude": ",".join(str(one.lon) for one in points),
        "hourly": theirs,
        "start_hour": f"{datetime.fromtimestamp(begin * 3600, UTC):%Y-%m-%dT%H:%M}",
        "end_hour": f"{datetime.fromtimestamp((end - 1) * 3600, UTC):%Y-%m-%dT%H:%M}",
    }
    at = ran.week.start + timedelta(hours=ran.week.end)
    answers = json.loads(portal.answer(path, query, None, at).body)
    wanted = {
        (point.id, begin + at): {ours: value}
        for point, answer in zip(points, answers, strict=True)
        for at, value in enumerate(answer["hourly"][theirs])
        if value is not None
    }
    assert len(wanted) > 100
    assert wrong(wanted, got) == []


class Mended:
    """A parser that has learned the shape in which a source spoke for some hours."""

    def __init__(self, source: Source, key: str, to: str | None) -> None:
        self._source, self._key, self._to = source, key, to
        self.spec = source.spec
        self.fetch, self.parse_stations = source.fetch, source.parse_stations

    def parse(self, payload: Payload) -> Batch:
        batch = self._source.parse(payload)
        if not batch.drift:
            return batch
        return self._source.parse(replace(payload, body=restored(payload.body, self._key, self._to)))


def test_what_came_in_another_shape_is_kept_and_read_once_the_parser_knows_it(
    ran: Ran, tmp_path: Path
) -> None:
    """Seoul's hours of the drift are nowhere else: they come back from the stored bytes."""
    drifted = [one.at for one in ran.entries if (one.network, one.became) == ("seoul", "drift")]
    shown = ran.week.shown_by_seoul(drifted)
    first, end = ran.week.since(0), ran.until
    assert len({hour for _, hour in shown}) >= 2
    with ran.copied(tmp_path / "again.db") as store:
        before = held(store, "seoul-live", first, end)
        assert [key for key in shown if key not in before], "the drift hid nothing"
        mended = Mended(SOURCES["seoul"], "PM25", "PM2_5")
        reparse(store, Facts(), Clock.real(), mended, apply=True)
        after = held(store, "seoul-live", first, end)
    assert [key for key in shown if key not in after] == []
    assert all(same(after[key]["pm25"], shown[key]["pm25"]) for key in shown if key not in before)


def test_what_hung_is_held_and_flagged(ran: Ran) -> None:
    """The daemon judges by itself: each hour of an instrument that hung stands there, marked as stuck."""
    for one in ran.week.plan.hangs():
        wanted = set(range(ran.week.since(one.from_hours), ran.week.since(one.to_hours)))
        with ran.store.read() as connection:
            ids = [
                series.id
                for series in select_series(connection, pollutant=one.pollutant)
                if series.key.station == f"{one.network}-{one.code}"
                and series.key.feed == f"{one.network}-live"
            ]
            days = list(range(min(wanted) // 24, max(wanted) // 24 + 1))
            rows = select_held(connection, ids, days)
        stuck = rows.flags & Flag.STUCK > 0
        marked = set(rows.columns.hour[stuck & (rows.columns.value == one.value)].tolist())
        assert wanted <= marked, one


def test_the_daemons_flags_are_those_of_the_whole(ran: Ran, tmp_path: Path) -> None:
    """Judged as hours settled, and once over all: of weeks that are over nothing is left to change."""
    looked_at = 0
    with ran.copied(tmp_path / "judged.db") as store:
        for name, source in SOURCES.items():
            with store.read() as connection:
                settled = ledger.standing(connection, name).settled
            assert settled is not None, name
            done = settled - JUDGE_EVERY_HOURS - AROUND
            done -= done % WEEK
            judged = flag(store, Facts(), ran.week.since(-24), done, feeds=(source.spec.feed,))
            assert judged.changed == 0, name
            looked_at += sum(judged.readings.values())
    assert looked_at > 1000


def test_stations_keep_their_id_when_they_are_renamed_or_moved(ran: Ran) -> None:
    for station, feed in (("541112", "airkorea"), ("541114", "airkorea"), ("1111A", "cnemc")):
        got = held(ran.store, f"{feed}-live", ran.week.since(120), ran.until)
        hours = {hour for name, hour in got if name == f"{feed}-{station}"}
        assert len(hours) >= 40, station
    with ran.store.read() as connection:
        met = [one.name for one in unlisted(connection, Facts()) if one.network in ("airkorea", "cnemc")]
    assert met == [], "a renamed station was taken for a new one"
