"""What is not held and should be: runs of hours, what can still be had of them, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from config.air import Station
from config.clock import Clock
from ingest.source import Quantity
from report import gaps
from report.question import NothingHeldError, QuestionError
from report.reach import Way
from store import ledger

NAN = float("nan")
DAY = "2026-03-05"
MIDNIGHT = datetime.fromisoformat(f"{DAY}T00:00+09:00")
FIRST = int(MIDNIGHT.timestamp()) // 3600
NOON = MIDNIGHT + timedelta(hours=12, minutes=15)
WAYS = [
    Way("airkorea", "airkorea-live", "nationwide", "latest", 0),
    Way("airkorea", "airkorea-live", "DAILY", "station", 23),
    Way("airkorea", "airkorea-live", "MONTH", "station", 720),
]


def asked(air: Any, now: datetime = NOON, **how: Any) -> dict[str, Any]:
    how = {"since": DAY, "until": DAY, "pollutant": "pm25"} | how
    return gaps.ask(air.store, air.facts, Clock(now, 0.0, 0.0), WAYS, **how)


def told(answer: dict[str, Any], *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(gap[key] for key in keys) for gap in answer["gaps"]]


def written(air: Any, station: str, hours: list[int], feed: str = "airkorea-final", **how: Any) -> None:
    air.write(station, FIRST + np.array(hours), [10.0] * len(hours), feed, "PT1H", **how)


def ledger_has(air: Any, state: str, hours: range, reason: str | None = None) -> None:
    with air.store.write() as connection:
        ledger.open_hours(connection, "airkorea", "national", FIRST + hours.start, FIRST + hours.stop)
        for window in ledger.windows_between(connection, "airkorea", FIRST + hours.start, FIRST + hours.stop):
            if state == "settled":
                ledger.settle(connection, window.id, NOON, reason)
            elif state == "lost":
                ledger.lose(connection, window.id, NOON, reason or "")


def test_hours_not_held_and_hours_held_as_missing_are_told_apart(air: Any) -> None:
    (one,) = air.of("kr-seoul")
    air.hours(one, f"{DAY}T00:00+09:00", [10.0, NAN, NAN, 10.0])
    air.hours(one, f"{DAY}T06:00+09:00", [10.0])
    answer = asked(air, stations=(one,))
    assert told(answer, "start", "end", "hours", "kind", "status") == [
        (f"{DAY}T01:00:00+09:00", f"{DAY}T03:00:00+09:00", 2, "missing", "blank"),
        (f"{DAY}T04:00:00+09:00", f"{DAY}T06:00:00+09:00", 2, "absent", None),
    ]
    (row,) = answer["summary"]
    assert (row["expected"], row["present"], row["missing"], row["absent"]) == (7, 3, 2, 2)
    assert row["capture"] == answer["data"]["capture"] == 3 / 7


def test_zero_is_a_value(air: Any) -> None:
    (one,) = air.of("kr-seoul")
    air.hours(one, f"{DAY}T00:00+09:00", [0.0, 0.0])
    assert asked(air, stations=(one,))["gaps"] == []


def test_packed_months_and_rows_tell_alike(air: Any) -> None:
    from store import blocks

    (one,) = air.of("kr-seoul")
    air.hours(one, f"{DAY}T00:00+09:00", [10.0, NAN, 10.0])
    air.hours(one, f"{DAY}T06:00+09:00", [10.0])
    by_rows = asked(air, stations=(one,))
    assert blocks.build(air.store, datetime(2026, 5, 1, tzinfo=UTC))
    assert asked(air, stations=(one,)) == by_rows


def test_an_archive_s_series_is_expected_between_its_first_and_its_last_hour(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    written(local_air, one, [5, 8])
    (gap,) = asked(local_air, stations=(one,))["gaps"]
    assert (gap["start"], gap["hours"]) == (f"{DAY}T06:00:00+09:00", 2)
    assert gap["obtainable"] == {"source": "airkorea-final", "route": "import", "until": None}


def test_an_open_feed_is_expected_until_the_hour_that_is_due(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    written(local_air, one, [0, 1], "airkorea-live")
    (gap,) = asked(local_air, stations=(one,))["gaps"]
    # At 12:15 the hour of 11 has ended, and is published 12 minutes after its end.
    assert (gap["start"], gap["end"]) == (f"{DAY}T02:00:00+09:00", f"{DAY}T12:00:00+09:00")
    (gap,) = asked(local_air, NOON - timedelta(minutes=5), stations=(one,))["gaps"]
    assert gap["end"] == f"{DAY}T11:00:00+09:00"


def test_a_station_that_has_been_silent_for_longer_than_the_neighbourhood_has_ended(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    written(local_air, one, [0], "airkorea-live")
    later = {"since": "2026-04-04", "until": "2026-04-04", "now": datetime(2026, 4, 6, tzinfo=UTC)}
    assert asked(local_air, stations=(one,), **later)["gaps"][0]["hours"] == 24
    gone = {"since": "2026-04-05", "until": "2026-04-05", "now": datetime(2026, 4, 6, tzinfo=UTC)}
    with pytest.raises(NothingHeldError, match="--expect catalogue"):
        asked(local_air, stations=(one,), **gone)


def test_the_catalogue_s_stations_are_expected_for_the_whole_span(local_air: Any) -> None:
    one, two = local_air.of("kr-seoul", count=2, day=DAY)
    written(local_air, one, [5])
    answer = asked(local_air, region="kr-seoul", by="catalogue")
    hours = {gap["station"]: 0 for gap in answer["gaps"]}
    for gap in answer["gaps"]:
        hours[gap["station"]] += gap["hours"]
    assert (hours[one], hours[two]) == (23, 24)
    assert len(hours) > 20
    assert {row["feed"] for row in answer["summary"]} == {"airkorea-final"}


def test_the_shortest_route_that_reaches_is_named_and_the_longest_says_until_when(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    written(local_air, one, [0, 2], "airkorea-live")
    (gap, _) = asked(local_air, stations=(one,))["gaps"]
    assert gap["obtainable"] == {
        "source": "airkorea",
        "route": "DAILY",
        "until": (MIDNIGHT + timedelta(hours=1 + 720)).isoformat(),
    }
    (gap,) = asked(local_air, NOON + timedelta(days=2), stations=(one,))["gaps"][:1]
    assert gap["obtainable"]["route"] == "MONTH"


def test_the_page_on_show_gives_the_newest_hour_until_the_next_one_is_published(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    written(local_air, one, list(range(11)), "airkorea-live")
    (gap,) = asked(local_air, stations=(one,))["gaps"]
    assert (gap["start"], gap["obtainable"]["route"]) == (f"{DAY}T11:00:00+09:00", "nationwide")


def test_what_no_route_reaches_is_left_to_the_finalized_archive(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    written(local_air, one, [0, 2], "airkorea-live")
    now = NOON + timedelta(days=40)
    (gap, *_) = asked(local_air, now, stations=(one,))["gaps"]
    assert gap["obtainable"] == {"source": "airkorea-final", "route": "import", "until": None}
    written(local_air, one, [1], "airkorea-final")
    (gap, *_) = asked(local_air, now, stations=(one,), feed=None)["gaps"]
    assert (gap["feed"], gap["obtainable"], gap["held_elsewhere"]) == ("airkorea-live", None, 1)


def test_a_gap_is_cut_where_the_reach_of_the_source_ends(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    written(local_air, one, [0, 11], "airkorea-live")
    now = MIDNIGHT + timedelta(hours=720 + 5, minutes=20)
    lost, open_ = asked(local_air, now, stations=(one,))["gaps"][:2]
    assert (lost["hours"], lost["obtainable"]["source"]) == (5, "airkorea-final")
    assert (open_["hours"], open_["obtainable"]["source"]) == (5, "airkorea")


def test_the_ledger_tells_what_is_open_lost_and_settled_with_the_reason(air: Any) -> None:
    (one,) = air.of("kr-seoul")
    written(air, one, [0, 10, 11], "airkorea-live")
    ledger_has(air, "lost", range(1, 3), "nothing was published within 8 h")
    ledger_has(air, "settled", range(3, 5), "476 of 480 stations held, the others never came")
    ledger_has(air, "open", range(5, 7))
    answer = asked(air, stations=(one,))
    found = told(answer, "hours", "window", "reason")
    assert found[:2] == [
        (2, "lost", "nothing was published within 8 h"),
        (2, "settled", "476 of 480 stations held, the others never came"),
    ]
    assert [(hours, window) for hours, window, _ in found[2:]] == [(2, "open"), (3, None)]
    # What the ledger has closed on evidence is not asked for again; the archive may bring it one day.
    assert [gap["obtainable"]["source"] for gap in answer["gaps"]] == [
        "airkorea-final",
        "airkorea-final",
        "airkorea",
        "airkorea",
    ]


def test_day_means_have_gaps_of_days(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    local_air.daily(one, "2026-03-01", [10.0, 10.0])
    local_air.daily(one, "2026-03-05", [10.0, NAN, 10.0])
    answer = asked(local_air, stations=(one,), since="2026-03-01", until="2026-03-10")
    assert told(answer, "start", "end", "hours", "kind", "period") == [
        ("2026-03-03T00:00:00+09:00", "2026-03-05T00:00:00+09:00", 48, "absent", "P1D"),
        ("2026-03-06T00:00:00+09:00", "2026-03-07T00:00:00+09:00", 24, "missing", "P1D"),
    ]
    (row,) = answer["summary"]
    assert (row["expected"], row["present"], row["missing"], row["absent"]) == (7, 4, 1, 2)


def test_both_particles_are_asked_for_unless_one_is_named(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    for pollutant in ("pm25", "pm10", "o3"):
        unit = "ppm" if pollutant == "o3" else "ug/m3"
        written(local_air, one, [0, 2], quantity=Quantity(pollutant, unit))  # type: ignore[arg-type]
    both = asked(local_air, stations=(one,), pollutant=None)
    assert {gap["pollutant"] for gap in both["gaps"]} == {"pm25", "pm10"}
    assert {gap["pollutant"] for gap in asked(local_air, stations=(one,), pollutant="o3")["gaps"]} == {"o3"}


def test_a_feed_or_a_network_may_be_asked_for_without_a_place(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    written(local_air, one, [0, 2])
    written(local_air, one, [0, 3], "seoul-hourly")
    assert {gap["feed"] for gap in asked(local_air, feed="seoul-hourly")["gaps"]} == {"seoul-hourly"}
    answer = asked(local_air, network="airkorea")
    assert {gap["feed"] for gap in answer["gaps"]} == {"airkorea-final"}
    assert answer["question"]["zone"] == "Asia/Seoul"
    for wrong in ({}, {"feed": "gold"}, {"network": "gold"}, {"feed": "seoul-hourly", "by": "gold"}):
        with pytest.raises(QuestionError):
            asked(local_air, **wrong)


def test_as_of_a_time_the_gaps_of_then_are_told(air: Any) -> None:
    (one,) = air.of("kr-seoul")
    air.hours(one, f"{DAY}T00:00+09:00", [10.0, NAN, 10.0])
    before = air.at + timedelta(minutes=30)
    air.hours(one, f"{DAY}T01:00+09:00", [12.0])
    assert asked(air, stations=(one,))["gaps"] == []
    then = asked(air, stations=(one,), as_of=before.isoformat())
    assert told(then, "hours", "status") == [(1, "blank")]


def test_present_and_gaps_make_the_expected_grid(local_air: Any) -> None:
    rng = np.random.default_rng(4)
    held: dict[str, np.ndarray] = {}
    for station in local_air.of("kr-seoul", count=12):
        hours = np.flatnonzero(rng.random(24) < 0.6)
        values = np.where(rng.random(len(hours)) < 0.3, NAN, 10.0)
        local_air.write(station, FIRST + hours, values.tolist(), "airkorea-final", "PT1H")
        cells = np.full(24, "absent", object)
        cells[hours] = np.where(np.isnan(values), "missing", "value")
        held[station] = cells[hours[0] : hours[-1] + 1]
    answer = asked(local_air, region="kr-seoul")
    for row in answer["summary"]:
        cells = held[row["station"]]
        own = [gap for gap in answer["gaps"] if gap["station"] == row["station"]]
        for kind in ("absent", "missing"):
            assert row[kind] == sum(gap["hours"] for gap in own if gap["kind"] == kind)
            assert row[kind] == np.count_nonzero(cells == kind)
        assert row["expected"] == len(cells) == row["present"] + row["missing"] + row["absent"]
        # A run is as long as it can be: no two gaps of a kind touch.
        ends = {(gap["kind"], gap["end"]) for gap in own}
        assert not ends & {(gap["kind"], gap["start"]) for gap in own}


def test_a_source_of_day_means_has_windows_of_days(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    local_air.daily(one, "2026-03-01", [10.0, 10.0])
    local_air.daily(one, "2026-03-05", [10.0])
    first = int(datetime.fromisoformat("2026-03-03T00:00+09:00").timestamp()) // 3600
    with local_air.store.write() as connection:
        for begin in (first, first + 24):
            ledger.open_hours(connection, "seoul", "national", begin, begin + 1)
        for window in ledger.windows_between(connection, "seoul", first, first + 24):
            ledger.lose(connection, window.id, NOON, "no longer given")
    ways = [Way("seoul", "seoul-daily", "days", "stretch", 24 * 30)]
    answer = gaps.ask(
        local_air.store,
        local_air.facts,
        Clock(NOON, 0.0, 0.0),
        ways,
        stations=(one,),
        since="2026-03-01",
        until="2026-03-05",
        pollutant="pm25",
    )
    assert told(answer, "hours", "window", "reason") == [
        (24, "lost", "no longer given"),
        (24, "open", "no row is held"),
    ]
    assert answer["gaps"][1]["obtainable"]["route"] == "days"


def test_the_hours_between_a_models_instants_are_no_gaps(local_air: Any) -> None:
    cell = Station(
        id="cams-1",
        network="cams",
        name="a cell",
        area="kr-seoul",
        kind="model",
        source="a test",
        confidence="high",
    )
    local_air.stations.append(cell)
    (official,) = local_air.of("kr-seoul")
    written(local_air, official, [0, 1, 2, 3])
    written(local_air, "cams-1", [0, 3], "cams-grid", quantity=Quantity("pm25", "ug/m3", "instant"))
    rows = asked(local_air, region="kr-seoul", until=DAY)["summary"]
    assert {row["feed"] for row in rows} == {"airkorea-final"}
