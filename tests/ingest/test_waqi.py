"""WAQI's answers as recorded and mutated, and its collector before a sandbox; on both engines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from bulletin_desk import DAY, Desk, Mock
from hypothesis import given, settings
from live_desk import KEY
from mutations import mutated

from config.facts import Facts
from config.index_places import IndexPlace
from ingest.bulletins import Bulletin, Document
from ingest.registry import BULLETINS
from ingest.source import Auth, NoData, Quota, SchemaDrift, SourceError, Transient
from ingest.sources.waqi import POLLUTANTS, WAQI, judge, refusal
from ingest.standing import bulletins
from ingest.wording import Wording
from store.engine import Store

FORMS = (KEY, "k3y%2B%2Fwith%3D%3Dsigns", "k3y+%2Fwith%3D%3Dsigns")
AT = datetime(2024, 1, 28, 19, tzinfo=UTC)
FEED: dict[str, Any] = {
    "aqi": 59, "idx": 5508, "attributions": [{"url": "https://www.airkorea.or.kr/", "name": "K-eco"}],
    "city": {"geo": [37.566535, 126.9779692], "name": "Seoul (서울)", "url": "https://aqicn.org/city/seoul"},
    "dominentpol": "pm25", "iaqi": {"pm25": {"v": 59}, "o3": {"v": 43.4}, "t": {"v": 7.7}},
    "time": {"s": "2024-01-29 04:00:00", "tz": "+09:00", "v": 1706500800, "iso": "2024-01-29T04:00:00+09:00"},
}  # fmt: skip
ROW: dict[str, Any] = {
    "lat": 37.56, "lon": 126.97, "uid": 5508, "aqi": "59",
    "station": {"name": "Jung-gu, Seoul", "time": "2024-01-29T04:00:00+09:00"},
}  # fmt: skip


def ok(data: object) -> bytes:
    return json.dumps({"status": "ok", "data": data}).encode()


def error(said: str) -> bytes:
    return json.dumps({"status": "error", "data": said}).encode()


@cache
def words() -> Wording:
    return Wording(Facts())


def parsed(body: bytes) -> Bulletin:
    return WAQI.parse(Document("waqi", DAY, "u", body, "application/json"), words())


def feed(**changes: Any) -> Bulletin:
    return parsed(ok(FEED | changes))


def values(bulletin: Bulletin) -> dict[str, float | None]:
    return {one.pollutant: one.value for one in bulletin.indices}


# The parser


def test_the_recorded_feed_of_beijing_is_read(shared: Path) -> None:
    found = parsed((shared / "sources/waqi/feed_beijing_2020-05-22.json").read_bytes())
    first = found.indices[0]
    assert (first.station, first.title, first.lat, first.lon) == (
        "1451", "Beijing (北京)", 39.954592, 116.468117,
    )  # fmt: skip
    assert {one.at for one in found.indices} == {datetime(2020, 5, 22, 10, tzinfo=UTC)}
    assert values(found) == {
        "all": 78, "pm25": 78, "pm10": 47, "o3": 70.1, "no2": 7.4, "so2": 0.6, "co": 4.6,
    }  # fmt: skip
    assert (found.rejects, sum(found.notes.values())) == ([], 4)


def test_a_recorded_feed_with_iso_is_read(shared: Path) -> None:
    found = parsed((shared / "sources/waqi/feed_chongqing_2024-02-11.partial.json").read_bytes())
    assert {one.at for one in found.indices} == {datetime(2024, 2, 11, 6, tzinfo=UTC)}
    assert values(found) == {"all": 177, "pm25": 177, "pm10": 78, "co": 8.2}
    assert found.indices[0].title == "@1421"


def test_every_city_of_the_recorded_reduction_is_read_or_refused_for_its_time(shared: Path) -> None:
    cities = json.loads((shared / "sources/waqi/reduced_53cities_2026-03-13.json").read_bytes())["cities"]
    found = {}
    for number, city in enumerate(cities):
        data = {"aqi": city["aqi"], "idx": number, "time": city["time"], "city": city["location"]}
        parts = {name: {"v": value} for name, value in city["pollutants"].items()}
        found[city["city"]] = parsed(ok(data | {"iaqi": parts}))
    refused = {name for name, one in found.items() if one.rejects}
    assert refused == {"manila", "rio-de-janeiro", "buenos-aires"}
    assert {one.rows for one in found.values()} == {7}
    assert values(found["guangzhou"])["all"] is None
    assert found["seoul"].indices[0].at == datetime(2026, 3, 13, 2, tzinfo=UTC)
    for name in ("seoul", "busan", "incheon", "beijing", "shanghai"):
        told = values(found[name])
        assert told["all"] == max(told[one] or 0 for one in POLLUTANTS)


def test_the_local_clock_as_if_it_were_utc_is_never_the_time() -> None:
    told = FEED["time"]
    assert feed().indices[0].at == AT
    assert feed(time={"s": told["s"], "tz": told["tz"]}).indices[0].at == AT
    assert feed(time=told | {"v": 0}).indices[0].at == AT
    lost = feed(time={"tz": "+09:00", "v": told["v"]})
    assert (lost.indices, lost.rejects[0].reason) == ([], "time has neither iso nor s with tz")
    assert lost.rejects[0].readings == 3


@pytest.mark.parametrize("time", [None, [], {"iso": "2024-01-29T04:00:00"}, {"iso": 5}, {"s": "", "tz": "x"}])
def test_a_feed_without_a_time_is_a_reject(time: object) -> None:
    found = feed(time=time)
    assert (found.indices, found.rows, len(found.rejects)) == ([], 3, 1)


def test_a_dash_is_no_index_and_zero_is_one() -> None:
    assert values(feed(aqi="-"))["all"] is None
    assert values(feed(aqi=0))["all"] == 0
    assert values(feed(aqi="59"))["all"] == 59
    assert values(feed(iaqi={"pm25": {"v": None}}))["pm25"] is None


@pytest.mark.parametrize("aqi", [True, -1, float("nan"), 10**400, "1e3", "high", [], {"v": 5}])
def test_what_is_no_index_is_a_reject_and_the_rest_stays(aqi: object) -> None:
    found = feed(aqi=aqi)
    assert [one.reason for one in found.rejects] == ["is no index"]
    assert values(found) == {"pm25": 59, "o3": 43.4}


def test_weather_and_unknown_keys_are_counted_and_are_no_indices() -> None:
    found = feed(iaqi=FEED["iaqi"] | {"wg": {"v": 3}, "uvi": {"v": 1}}, more=1)
    assert set(values(found)) == {"all", "pm25", "o3"}
    assert found.notes == {
        "weather, which is no index: t": 1, "unknown iaqi wg": 1, "unknown iaqi uvi": 1,
        "unknown key more": 1,
    }  # fmt: skip


def test_a_forecast_by_day_is_counted_and_not_stored() -> None:
    days = [{"avg": 60, "day": "2024-01-30", "max": 80, "min": 40}] * 8
    found = feed(forecast={"daily": {"pm25": days, "uvi": days[:3]}})
    assert len(found.indices) == 3
    assert found.notes["days of forecast, not stored: pm25"] == 8
    assert found.notes["days of forecast, not stored: uvi"] == 3
    assert feed(forecast={}).notes["a forecast without daily, not stored"] == 1


def test_a_box_gives_the_index_of_each_station_alone() -> None:
    found = parsed(ok([ROW, ROW | {"uid": -7, "aqi": "-"}]))
    assert [(one.station, one.pollutant, one.value, one.at) for one in found.indices] == [
        ("5508", "all", 59, AT), ("-7", "all", None, AT),
    ]  # fmt: skip
    assert found.indices[0].title == "Jung-gu, Seoul"


def test_rows_of_a_box_that_cannot_be_placed_in_time_are_rejects() -> None:
    older = {name: ROW[name] for name in ("lat", "lon", "uid", "aqi")}
    found = parsed(ok([older, "x", ROW | {"uid": None}, ROW, ROW, ROW | {"aqi": "60"}]))
    assert [one.reason for one in found.rejects] == [
        "no time with an offset", "the row is no object", "row without uid", "said twice, and otherwise",
    ]  # fmt: skip
    assert len(found.indices) == 2


def test_a_place_that_is_none_is_counted() -> None:
    for city in ({}, {"geo": [95, 10]}, {"geo": ["a", "b"]}, {"geo": None}, "Seoul"):
        found = feed(city=city)
        assert (found.indices[0].lat, found.indices[0].lon) == (None, None)
        assert found.notes["without a place"] == 1


RECORDED = [
    json.loads(ok(FEED)),
    json.loads(ok(FEED | {"forecast": {"daily": {"pm25": [{"avg": 1, "day": "2024-01-30"}]}}})),
    json.loads(ok([ROW, ROW | {"uid": 5509}])),
]


@settings(max_examples=150, deadline=None)
@given(body=mutated(RECORDED[1]))
def test_a_mutated_feed_loses_nothing_silently(body: bytes) -> None:
    _whole(body)


@settings(max_examples=100, deadline=None)
@given(body=mutated(RECORDED[2]))
def test_a_mutated_box_loses_nothing_silently(body: bytes) -> None:
    _whole(body)


def _whole(body: bytes) -> None:
    """Each value of an answer is an index or a reject with its reason, or the whole is refused."""
    try:
        judge(200, body)
        found = parsed(body)
    except SourceError:
        return
    data = json.loads(body).get("data")
    if isinstance(data, list):
        assert found.rows == len(data)
    elif isinstance(data, dict):
        iaqi = data.get("iaqi")
        parts = len(set(iaqi) & set(POLLUTANTS)) if isinstance(iaqi, dict) else iaqi is not None
        assert found.rows == 1 + parts
    assert all(one.reason for one in found.rejects)
    assert all(one.value is None or 0 <= one.value < float("inf") for one in found.indices)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("error_invalid_key.json", Auth),
        ("error_over_quota.json", Quota),
        ("error_unknown_station.json", NoData),
    ],
)
def test_a_recorded_error_is_of_its_class(shared: Path, name: str, kind: type[SourceError]) -> None:
    assert type(refusal((shared / "sources/waqi" / name).read_bytes())) is kind


def test_other_bodies_are_drift_or_break_off() -> None:
    assert isinstance(refusal(b'{"status": "ok"'), Transient)
    assert refusal(ok(FEED)) is None
    for body in (b"[]", ok(5), b"{}", error("Something new"), b'{"status": "nug", "data": "x"}'):
        judge(200, body)
        with pytest.raises(SchemaDrift):
            parsed(body)


# Where it asks


def test_the_places_are_rows_of_the_catalogue_and_the_boxes_hold_its_stations(facts: Facts) -> None:
    places = WAQI.knowing(facts).places
    assert [one.what for one in places] == sorted(one.what for one in places)
    assert {one.region for one in places if one.what == "feed"} >= {"kr-seoul", "cn-beijing", "cn-qingdao"}
    for one in (one for one in facts.all("index_places", IndexPlace) if one.what == "bounds"):
        south, west, north, east = (float(cell) for cell in one.asked.split(","))
        parts = {one.region, *(member.member for member in facts.members if member.region == one.region)}
        newest = [rows[-1] for rows in facts.stations.values() if rows[-1].area in parts]
        placed = [each for each in newest if each.lat is not None and each.lon is not None]
        assert placed
        for each in placed:
            assert south <= (each.lat or 0) <= north
            assert west <= (each.lon or 0) <= east


def test_its_calls_of_a_day_suffice_for_every_hour(facts: Facts) -> None:
    assert len(WAQI.knowing(facts).places) * 24 * 3 <= (WAQI.spec.daily_calls or 0)


# The collector


def test_every_hour_is_asked_once_kept_and_counted(store: Store, facts: Facts) -> None:
    with Desk(store, facts, "waqi") as desk:
        desk.work(3)
        (window,) = desk.windows()
        assert desk.calls == 3
        # Three hours of each shore; China's come out half an hour later, and are one hour behind.
        assert desk.rows("SELECT count(DISTINCT at) FROM station_index") == [(4,)]
        assert desk.rows("SELECT count(*) FROM reading") == [(0,)]
        assert desk.rows("SELECT count(*) FROM series") == [(0,)]
        addresses = [row[0] for row in desk.rows("SELECT url FROM payload")]
        notes = [row[0] for row in desk.rows("SELECT notes FROM batch WHERE notes IS NOT NULL")]
        texts = [row[0] for row in desk.rows("SELECT error FROM fetch_window WHERE error IS NOT NULL")]
    counts = window.counts
    assert counts.rows == counts.new + counts.same
    assert counts.new == desk.rows("SELECT count(*) FROM station_index")[0][0] > 0
    assert any("/feed/seoul/" in one for one in addresses)
    assert any("weather" in one for one in notes)
    assert not [one for one in [*addresses, *notes, *texts] for form in FORMS if form in one]


def test_a_day_tells_how_many_of_its_hours_are_held_and_what_was_missed_is_lost(
    store: Store, facts: Facts
) -> None:
    with Desk(store, facts, "waqi") as desk:
        desk.work(2)
        desk.clock.move(days=3)
        desk.begin_anew()
        desk.tick()
        first, *missed, today = desk.windows()
    assert first.state == "settled"
    assert first.reason == f"{first.present} of 24 hours held; it shows the present only"
    assert 0 < first.present < 24
    assert {one.state for one in missed} == {"lost"}
    assert {one.reason for one in missed} == {
        "it shows the present only, and nothing was had while this lasted"
    }
    assert today.state == "open"


def test_no_past_is_promised_of_a_source_that_shows_the_present_alone(
    sqlite_store: Store, facts: Facts
) -> None:
    with Desk(sqlite_store, facts, "waqi") as desk:
        desk.begin_anew(backfill_hours=72)
        desk.tick()
        assert len(desk.windows()) == 1


def test_a_day_that_is_over_is_never_asked_for(sqlite_store: Store, facts: Facts) -> None:
    with Desk(sqlite_store, facts, "waqi") as desk:
        desk.collector.open_span(474000 - 48, 474000 - 24)
        run = desk.tick()
        old = [one for one in desk.windows() if one.end <= 474000]
    assert {one.state for one in old} == {"lost"}
    assert (run.calls, len(desk.plan.requests())) == (1, 1)


def test_a_place_that_fails_does_not_take_the_others_along(sqlite_store: Store, facts: Facts) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if "bounds" in request.url.path:
            return httpx.Response(200, content=ok([ROW]))
        return httpx.Response(503 if "seoul" in request.url.path else 200, content=ok(FEED))

    with Mock(sqlite_store, facts, handle, "waqi") as desk:
        desk.collector.client._wait = lambda _seconds: False
        run = desk.tick()
        (window,) = desk.windows()
    assert [type(one) for one in run.errors] == [Transient]
    assert window.counts.new == 3
    assert "503" in (window.error or "")


def test_where_the_network_is_away_it_is_left_alone_after_two_places(
    sqlite_store: Store, facts: Facts
) -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path + request.url.params.get("latlng", ""))
        return httpx.Response(503)

    with Mock(sqlite_store, facts, handle, "waqi") as desk:
        desk.collector.client._wait = lambda _seconds: False
        desk.tick()
    assert len(set(asked)) == 2


def test_an_answer_that_cannot_be_read_is_kept_and_the_others_are_stored(
    sqlite_store: Store, facts: Facts
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=ok(5 if "busan" in request.url.path else FEED))

    with Mock(sqlite_store, facts, handle, "waqi") as desk:
        run = desk.tick()
        (window,) = desk.windows()
        unread = desk.rows("SELECT notes FROM batch WHERE notes LIKE '%error%'")
    assert [type(one) for one in run.errors] == [SchemaDrift]
    assert (window.state, window.counts.new) == ("open", 3)
    assert len(unread) == 1


@pytest.mark.parametrize(
    ("said", "kind", "told"),
    [("Over quota", Quota, "used up"), ("Invalid key", Auth, "YELLOWSEA_WAQI__KEY")],
)
def test_a_refusal_rests_until_the_next_day_and_does_not_tell_the_token(
    store: Store, facts: Facts, said: str, kind: type[SourceError], told: str
) -> None:
    calls = []

    def handle(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(200, content=error(said))

    with Mock(store, facts, handle, "waqi") as desk:
        run = desk.tick()
        for _ in range(3):
            desk.clock.move(minutes=40)
            desk.tick()
        (window,) = desk.windows()
    assert [type(one) for one in run.errors] == [kind]
    assert told in (window.error or "")
    assert len(calls) == 1
    assert not [form for form in FORMS if form in f"{window.error} {run.errors}"]


def test_a_wrong_token_and_a_day_without_calls_are_told_by_the_sandbox(
    sqlite_store: Store, facts: Facts
) -> None:
    fault = {"kind": "quota", "rate": 1.0, "network": "waqi", "to_hours": 2.0}
    with Desk(sqlite_store, facts, "waqi", faults=[fault]) as desk:
        assert [type(one) for one in desk.tick().errors] == [Quota]
        desk.clock.move(hours=24)
        assert not desk.tick().errors
        desk.begin_anew(key="another-token")
        desk.clock.move(hours=2)
        assert [type(one) for one in desk.tick().errors] == [Auth]


def test_status_shows_it_once_it_is_on(sqlite_store: Store, facts: Facts) -> None:
    from config.settings import Settings

    url = sqlite_store.url.render_as_string()
    assert "waqi" not in {row["id"] for row in bulletins(sqlite_store, Settings(database_url=url))}
    with Desk(sqlite_store, facts, "waqi") as desk:
        desk.tick()
        clock = f"{desk.clock.now().isoformat()}@{datetime.now(UTC).timestamp():.0f}x1"
        own = Settings(database_url=url, clock=clock, waqi={"key": KEY})  # type: ignore[arg-type]
        (row,) = (row for row in bulletins(sqlite_store, own) if row["id"] == "waqi")
    assert (row["open"], row["lost"], row["late"], row["error"]) == (1, 0, False, None)
    assert row["calls"] == len(WAQI.knowing(facts).places)
    assert row["calls_left"] == (BULLETINS["waqi"].spec.daily_calls or 0) - row["calls"]
    assert datetime.fromisoformat(row["newest"]) == desk.clock.now()
