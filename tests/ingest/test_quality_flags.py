"""Judging what is held by the catalogue's rules, and asking with and without what is doubtful."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.clock import Clock
from config.fact import FactError
from config.facts import CATALOGUE, Facts
from config.rules import QualityRule
from ingest.archives import import_paths
from ingest.quality import CHECKS, WEEK, Judged, flag
from ingest.upkeep import flag_settled
from report import averages, episodes, question, readings
from report.stations_held import Desk
from store.batches import begin_batch
from store.engine import Store
from store.flags import flags_between
from store.readings import Columns, put
from store.series import SeriesBook, SeriesKey, select_series
from store.stations import register

FIRST = int(datetime.fromisoformat("2020-02-03T00:00+09:00").timestamp()) // 3600


class Held:
    """Hourly values of AirKorea's stations from `FIRST` on."""

    def __init__(self, store: Store, facts: Facts) -> None:
        self.store, self.facts = store, facts

    def write(self, pollutant: str = "pm25", feed: str = "airkorea-final", **values: Any) -> None:
        with self.store.write() as connection:
            book = SeriesBook(connection)
            own = self.facts.feeds[feed]
            number = book.ensure_feed(own, self.facts.networks[own.network])
            batch = begin_batch(
                connection,
                source="test",
                feed_id=number,
                parser_version=1,
                received_at=datetime.fromisoformat("2020-03-01T00:00+00:00"),
            )
            for name, column in values.items():
                station = name.replace("_", "-")
                register(connection, book, self.facts, self.facts.stations[station])
                key = SeriesKey(station, feed, pollutant, "mean", "PT1H", "ug/m3", "actual")
                array = np.asarray(column, np.float64)
                hours = FIRST + np.arange(len(array))
                ids = np.full(len(array), book.ensure([key])[0])
                put(connection, book, batch, Columns(ids, hours, array, np.isnan(array).astype(np.uint8)))

    def flags(self, station: str, pollutant: str = "pm25", hours: int = 48) -> list[int]:
        with self.store.read() as connection:
            (one,) = (
                one
                for one in select_series(connection, pollutant)
                if one.key.station == station.replace("_", "-")
            )
            return flags_between(connection, [one.id], FIRST, FIRST + hours)[0].tolist()

    def judge(self, hours: int = 48, **how: Any) -> Judged:
        return flag(self.store, self.facts, FIRST, FIRST + hours, **how)


@pytest.fixture
def air(store: Store, facts: Facts) -> Held:
    return Held(store, facts)


def calm(hours: int = 48, seed: int = 0) -> np.ndarray:
    """Air that no check doubts: it moves each hour, and little."""
    return 30 + (np.arange(hours) + seed) % 7 * 1.0


def test_each_doubt_has_its_bit_and_what_is_sound_has_none(air: Held) -> None:
    values = calm()
    values[5] = 95.0  # a spike
    values[20:32] = 33.0  # stuck
    values[40] = 700.0  # out of range, and a spike
    air.write(airkorea_111121=values)
    found = air.judge()
    flags = air.flags("airkorea_111121")
    assert (flags[5], flags[40]) == (4, 1 + 4)
    assert flags[20:32] == [2] * 12
    assert sum(map(bool, flags)) == 14
    assert found.changed == 14
    key = ("airkorea-final", "pm25", "PT1H")
    assert found.readings[key] == 48
    assert {check: found.marked[(*key, check)] for check in ("range", "stuck", "spike")} == {
        "range": 1,
        "stuck": 12,
        "spike": 2,
    }


def test_pm25_is_held_against_the_pm10_of_its_station(air: Held) -> None:
    air.write(airkorea_111121=calm())
    beside = calm() + 20
    beside[10] = calm()[10] - 6
    air.write("pm10", airkorea_111121=beside)
    air.judge()
    assert np.flatnonzero(air.flags("airkorea_111121")).tolist() == [10]
    assert air.flags("airkorea_111121")[10] == 8
    assert not any(air.flags("airkorea_111121", "pm10"))


def test_one_station_far_from_its_neighbours_is_doubted_for_as_long_as_it_is(air: Held) -> None:
    off = calm()
    off[10:14] += np.array([100, 101, 102, 103])
    air.write(airkorea_111121=off, airkorea_111123=calm(), airkorea_111131=calm(), airkorea_111141=calm())
    air.judge()
    assert air.flags("airkorea_111121")[10:14] == [16] * 4
    assert sum(air.flags("airkorea_111121")) == 16 * 4
    assert not any(air.flags("airkorea_111123"))


def test_judging_again_changes_nothing_and_a_doubt_that_is_gone_is_taken_back(air: Held) -> None:
    values = calm()
    values[5] = 95.0
    air.write(airkorea_111121=values)
    assert air.judge().changed == 1
    assert air.judge().changed == 0
    # The hour after it turns out to be as high: no spike.
    values[6] = 94.0
    air.write(airkorea_111121=values)
    assert air.judge().changed == 1
    assert not any(air.flags("airkorea_111121"))


def test_how_a_span_is_cut_does_not_matter(air: Held) -> None:
    rng = np.random.default_rng(5)
    hours = 9 * WEEK
    weather = 40 + np.convolve(rng.normal(size=hours + 40), np.hanning(20), "same")[20:-20] * 8
    for number, code in enumerate((111121, 111123, 111131, 111141)):
        values = weather + number + rng.normal(size=hours)
        values[rng.integers(0, 2 * WEEK, 10)] += 120
        values[300 + number : 320] = 41.0
        if number == 0:
            values[3 * WEEK : 5 * WEEK] = np.roll(values, 9)[3 * WEEK : 5 * WEEK]
        air.write(**{f"airkorea_{code}": values})
    air.judge(hours)
    whole = air.flags("airkorea_111121", hours=hours)
    assert set(whole) >= {0, 2, 32}
    for begin in range(0, hours, 101):
        cut = flag(air.store, air.facts, FIRST + begin, min(FIRST + begin + 101, FIRST + hours))
        assert cut.changed == 0
    assert air.flags("airkorea_111121", hours=hours) == whole


def test_only_what_is_asked_for_is_judged_beside_all_its_neighbours(air: Held) -> None:
    off = calm()
    off[10] += 100
    off[11] += 99
    air.write(
        airkorea_111121=off, airkorea_111123=off, airkorea_111131=calm(), airkorea_111141=calm(),
        airkorea_111142=calm(), airkorea_111151=calm(),
    )  # fmt: skip
    air.judge(stations={"airkorea-111121"})
    assert any(air.flags("airkorea_111121"))
    assert not any(air.flags("airkorea_111123"))
    assert not air.judge(feeds=("cnemc-live",)).readings


def test_the_daemon_judges_settled_hours_and_their_week(air: Held) -> None:
    values = calm(100)
    values[[10, 90]] = 95.0
    air.write(airkorea_111121=values)
    found = flag_settled(air.store, air.facts, "airkorea-final", FIRST + 60, FIRST + 80)
    assert found.changed == 1
    assert np.flatnonzero(air.flags("airkorea_111121", hours=100)).tolist() == [10]


def test_judging_as_hours_settle_ends_with_the_flags_of_the_whole(air: Held) -> None:
    """Runs that grow, spikes whose next hour comes later, outliers: nothing is left to change."""
    hours, chance = 3 * WEEK, np.random.default_rng(4)
    near = 30 + 20 * np.sin(np.arange(hours) / 4) + chance.normal(0, 2, hours)
    shifted = np.roll(near, 4)
    shifted[[30, 167, 168, 300]] += 150
    shifted[200:230] = 41.0
    names = ("airkorea_111123", "airkorea_111131", "airkorea_111141", "airkorea_111142", "airkorea_111151")
    mark: int | None = None
    for end in range(40, hours + 1, 29):
        given = {name: np.round(near[:end] + at) for at, name in enumerate(names)}
        air.write(airkorea_111121=np.round(shifted[:end]), **given)
        flag_settled(air.store, air.facts, "airkorea-final", mark, FIRST + end - 1)
        mark = FIRST + end - 1
    assert mark is not None
    done = mark - 48
    done -= done % WEEK
    assert sum(map(bool, air.flags("airkorea_111121", hours=done - FIRST))) > 30
    assert flag(air.store, air.facts, FIRST, done).changed == 0


def asked(air: Held, **how: Any) -> question.Question:
    with air.store.read() as connection:
        places = Desk(connection, air.facts).places
    how = {"region": "kr-seoul", "since": "2020-02-03", "until": "2020-02-04"} | how
    return question.ask(air.facts, places, **how)


def test_every_statistic_can_be_had_with_and_without_what_is_doubtful(air: Held) -> None:
    values = np.tile([20.0, 21.0], 24)
    values[5] = 495.0
    air.write(airkorea_111121=values)
    air.judge()
    store, facts = air.store, air.facts
    kept, dropped = asked(air), asked(air, drop_flagged=True)

    def mean(q: question.Question, every: Any) -> list[float | None]:
        return [row["value"] for row in averages.ask(store, facts, q, every).answer["values"]]

    assert mean(kept, "hour")[5] == 495.0
    assert mean(dropped, "hour")[5] is None
    assert mean(kept, "day")[0] == pytest.approx(20.5 + 474 / 24)
    assert mean(dropped, "day")[0] == pytest.approx((20.5 * 24 - 21) / 23)
    rows = [len(readings.ask(store, facts, q).answer["readings"]) for q in (kept, dropped)]
    assert rows == [48, 47]
    rule = episodes.profile_of(facts, kept, "kr-bad-day")
    found = [len(episodes.ask(store, facts, q, rule).answer["episodes"]) for q in (kept, dropped)]
    assert found == [1, 0]
    assert dropped.as_json()["flags"] == "drop"


def test_every_rule_has_a_check_and_its_thresholds(facts: Facts) -> None:
    rules = facts.all("quality_rules", QualityRule)
    assert {one.check for one in rules} == set(CHECKS)
    longest = max(one.hours or 0 for one in rules if one.check == "stuck")
    assert longest <= 48  # what is looked at around a stretch
    assert {one.hours for one in rules if one.check == "clock_shift"} == {WEEK}


def test_a_rule_without_its_threshold_is_refused(tmp_path: Path) -> None:
    header, first, *_ = (CATALOGUE / "quality_rules.csv").read_text().splitlines()
    broken = first.replace("kr-pm25-range,range", "mine,spike")
    (tmp_path / "quality_rules.csv").write_text(f"{header}\n{broken}\n")
    with pytest.raises(FactError, match="spike needs step"):
        Facts(own=tmp_path).rows("quality_rules")


def test_a_rule_of_the_user_judges_the_user_s_networks(store: Store, tmp_path: Path) -> None:
    header, first, *_ = (CATALOGUE / "quality_rules.csv").read_text().splitlines()
    stricter = first.replace(",0,500,", ",0,31,")
    (tmp_path / "quality_rules.csv").write_text(f"{header}\n{stricter}\n")
    air = Held(store, Facts(own=tmp_path))
    air.write(airkorea_111121=calm())
    air.judge()
    assert set(air.flags("airkorea_111121")) == {0, 1}


# The real archives


def test_of_beijing_s_missions_in_2015_few_hours_are_doubtful(
    sqlite_store: Store, facts: Facts, shared: Path
) -> None:
    name = "data/cn_us_posts_hourly_2013_2021_airnow/Beijing_PM2.5_2015_YTD.csv.gz"
    import_paths(sqlite_store, facts, Clock.real(), [shared / name])
    first = int(datetime.fromisoformat("2015-01-01T00:00+08:00").timestamp()) // 3600
    found = flag(sqlite_store, facts, first, first + 8760)
    of = ("us-airnow", "pm25", "PT1H")
    assert found.readings[of] > 8_600
    assert sum(found.marked[(*of, check)] for check in CHECKS) < 10
