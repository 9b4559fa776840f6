"""Open-Meteo's traps (WIRE_FORMATS §6): local labels, arrays of places, nulls, units, wind, forecast."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from math import hypot
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_desk import START_HOUR, Desk
from mutations import mutated

from config.facts import Facts
from ingest.hours import moment
from ingest.openmeteo_wire import judge
from ingest.perform import _read
from ingest.points import points
from ingest.source import (
    Batch,
    NoData,
    Payload,
    Quantity,
    Quota,
    Request,
    SchemaDrift,
    SourceError,
    Transient,
)
from ingest.sources.openmeteo import PARTICLES, WEATHER, OpenMeteo
from store import quota
from store.engine import Store
from store.readings import select_held
from store.series import select_series

PM25, PM10 = Quantity("pm25", "ug/m3", "instant"), Quantity("pm10", "ug/m3", "instant")
SEOUL, BEIJING = (next(one for one in points() if one.code == code) for code in ("kr-seoul", "cn-beijing"))
AIR: dict[str, Any] = {
    "latitude": 37.6, "longitude": 127.2, "utc_offset_seconds": 32400, "timezone": "Asia/Seoul",
    "hourly_units": {"time": "iso8601", "pm10": "μg/m³", "pm2_5": "μg/m³"},
    "hourly": {
        "time": ["2023-04-25T00:00", "2023-04-25T01:00", "2023-04-25T02:00"],
        "pm10": [18.7, 17.8, None], "pm2_5": [15.9, None, None],
    },
}  # fmt: skip
WEATHER_UNITS = {
    "temperature_2m": "°C", "dew_point_2m": "°C", "surface_pressure": "hPa", "boundary_layer_height": "m",
    "precipitation": "mm", "wind_speed_10m": "m/s", "wind_direction_10m": "°",
}  # fmt: skip
SKY: dict[str, Any] = {
    "utc_offset_seconds": 0,
    "hourly_units": WEATHER_UNITS,
    "hourly": {
        "time": ["2020-02-14T00:00", "2020-02-14T01:00", "2020-02-14T02:00"],
        "temperature_2m": [1.5, 2.5, 3.5], "dew_point_2m": [-4.0, -4.1, -4.2],
        "surface_pressure": [1013.2, 1013.1, 1013.0], "boundary_layer_height": [120.0, 140.0, 160.0],
        "precipitation": [0.0, 0.4, 1.2], "wind_speed_10m": [3.0, 4.0, 5.0],
        "wind_direction_10m": [270, 0, 180],
    },
}  # fmt: skip


def address(*asked: Any, more: str = "&end_hour=2023-04-25T12:00") -> str:
    lat, lon = (",".join(str(getattr(one, part)) for one in asked) for part in ("lat", "lon"))
    return f"https://x/v1?latitude={lat}&longitude={lon}{more}"


def payload(source: OpenMeteo, body: bytes, url: str) -> Payload:
    request = Request(source.spec.routes[0], back_hours=24, before=START_HOUR)
    return Payload(source.spec.id, request, url, body, "application/json")


def read(*items: Any, asked: Any = (SEOUL,), more: str = "&end_hour=2023-04-25T12:00") -> Batch:
    body = json.dumps(items[0] if len(items) == 1 else list(items)).encode()
    return PARTICLES.parse(payload(PARTICLES, body, address(*asked, more=more)))


def sky(**changes: Any) -> Batch:
    item = SKY | changes
    return WEATHER.parse(payload(WEATHER, json.dumps(item).encode(), address(SEOUL, more="")))


def hourly(item: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return item | {"hourly": item["hourly"] | changes}


def test_local_labels_are_read_by_the_offset_of_the_answer() -> None:
    batch = read(AIR)
    assert [moment(hour).isoformat()[:16] for hour in batch.start.tolist()] == [
        "2023-04-24T15:00",
        "2023-04-24T16:00",
    ]


def test_an_instant_stands_at_the_hour_that_begins_with_it_and_is_called_an_instant() -> None:
    assert {quantity.statistic for quantity in read(AIR).values} == {"instant"}
    assert PARTICLES.spec.clock.label == "start"


def test_a_null_beside_a_value_is_missing_and_an_hour_of_nulls_has_not_come() -> None:
    batch = read(AIR)
    assert batch.values[PM10].tolist() == [18.7, 17.8]
    assert np.isnan(batch.values[PM25][1])
    assert batch.statuses[PM25].tolist() == [0, 1]
    assert batch.notes == Counter({"hours without a value yet": 1})


def test_zero_is_a_value() -> None:
    assert read(hourly(AIR, pm2_5=[0, 0.0, None])).values[PM25].tolist() == [0, 0]


def test_several_places_answer_in_the_order_of_the_question_whatever_their_cells() -> None:
    other = hourly(AIR, pm2_5=[80.0, None, None]) | {"latitude": 40.0, "longitude": 116.4}
    batch = read(AIR, other, asked=(SEOUL, BEIJING))
    assert [(one.code, one.kind) for one in batch.stations] == [
        ("kr-seoul", "model"),
        ("cn-beijing", "model"),
    ]
    assert batch.values[PM25][batch.station == 1][0] == 80


def test_fewer_places_than_were_asked_for_is_drift() -> None:
    with pytest.raises(SchemaDrift, match="1 places where 2"):
        read(AIR, asked=(SEOUL, BEIJING))


def test_the_forecast_is_left_out_and_counted() -> None:
    batch = read(AIR, more="&end_hour=2023-04-24T15:00")
    assert len(batch.start) == 1
    assert batch.notes["values after the hours asked for"] == 2


@pytest.mark.parametrize("micro", ["\u03bc", "\u00b5", "u"])
def test_either_letter_mu_is_micro(micro: str) -> None:
    units = {"pm10": f"{micro}g/m³", "pm2_5": f"{micro}g/m³"}
    assert read(AIR | {"hourly_units": units}).values[PM25][0] == 15.9


def test_another_unit_is_refused() -> None:
    with pytest.raises(SchemaDrift, match="kg/m³"):
        read(AIR | {"hourly_units": AIR["hourly_units"] | {"pm2_5": "kg/m³"}})


def test_wind_in_kilometres_an_hour_is_refused() -> None:
    with pytest.raises(SchemaDrift, match="km/h"):
        sky(hourly_units=WEATHER_UNITS | {"wind_speed_10m": "km/h"})


def test_wind_comes_from_its_direction() -> None:
    batch = sky()
    u, v = (batch.values[Quantity(name, "m/s", "instant")] for name in ("wind_u", "wind_v"))  # type: ignore[arg-type]
    assert u == pytest.approx([3, 0], abs=1e-3)  # from the west: towards the east
    assert v == pytest.approx([0, -4], abs=1e-3)  # from the north: towards the south


def test_rain_is_of_the_hour_that_its_label_ends() -> None:
    batch = sky()
    assert [moment(hour).hour for hour in batch.start.tolist()] == [0, 1]
    assert batch.values[Quantity("precipitation", "mm", "sum")].tolist() == [0.4, 1.2]


def test_pressure_is_in_pascal() -> None:
    assert sky().values[Quantity("pressure", "Pa", "instant")].tolist() == [101320, 101310]


@pytest.mark.parametrize("label", [None, 5, "2023-04-25", "2023-04-25T00:30", "2023-04-25T24:00", "soon"])
def test_a_label_that_cannot_be_placed_is_a_reject(label: Any) -> None:
    batch = read(hourly(AIR, time=[label, *AIR["hourly"]["time"][1:]]))
    assert len(batch.rejects) == 1


def test_a_label_that_stands_twice_is_a_reject() -> None:
    batch = read(hourly(AIR, time=["2023-04-25T00:00"] * 3))
    assert [one.reason for one in batch.rejects] == ["the label stands twice"] * 2


def test_arrays_of_another_length_are_drift() -> None:
    with pytest.raises(SchemaDrift):
        read(hourly(AIR, pm2_5=[1.0]))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": True, "reason": "Parameter 'start_date' is out of allowed range"}, NoData),
        (400, {"error": True, "reason": "Cannot initialize"}, SchemaDrift),
        (
            429,
            {"error": True, "reason": "Daily API request limit exceeded."},
            Quota,
        ),
        (429, {"error": True, "reason": "Minutely API request limit exceeded."}, Transient),
        (503, {"error": True, "reason": "overloaded"}, Transient),
        (200, AIR, None),
        (200, [AIR, AIR], None),
    ],
)
def test_what_an_answer_tells(status: int, body: Any, kind: type[SourceError] | None) -> None:
    if kind is None:
        judge(status, json.dumps(body).encode())
        return
    with pytest.raises(kind):
        judge(status, json.dumps(body).encode())


@pytest.mark.parametrize("body", [b"<html>", b'[{"hourly"'])
def test_a_broken_answer_is_tried_again(body: bytes) -> None:
    with pytest.raises(Transient):
        judge(200, body)


def test_there_is_a_point_for_each_sido_and_for_the_cities_of_the_regions() -> None:
    codes = {one.code for one in points()}
    assert len(codes) == len(points()) == len({(one.lat, one.lon) for one in points()})
    assert len([code for code in codes if str(code).startswith("kr-")]) == 17
    assert {"cn-beijing", "cn-shanghai", "cn-shenyang", "cn-jinan"} <= codes


# Recordings


def recorded(shared: Path, name: str) -> Any:
    path = shared / "sources" / "open_meteo" / name
    if not path.exists():
        pytest.skip(f"the recording {path} is not there")
    return json.loads(path.read_bytes())


def test_the_recorded_hours(shared: Path) -> None:
    item = recorded(shared, "air_quality_hourly_2023-04-25.json")
    batch = read(item)
    assert moment(int(batch.start[0])).isoformat()[:16] == "2023-04-24T21:00"
    assert batch.values[PM25].tolist() == [15.9, 15.2, 14.0, 13.6, 13.4]
    assert batch.values[PM10].tolist() == [18.7, 17.8, 17.2, 16.7, 17.1]
    assert batch.notes == Counter({"unknown key carbon_monoxide": 1})


def test_the_recorded_present_without_hours_is_drift(shared: Path) -> None:
    with pytest.raises(SchemaDrift, match="no hourly values"):
        read(recorded(shared, "air_quality_current_2026-07-29.json"))


@given(st.data())
def test_hostile_particles_are_read_refused_or_counted(data: st.DataObject) -> None:
    body = data.draw(mutated([AIR, AIR]))
    try:
        batch = _read(PARTICLES.parse, payload(PARTICLES, body, address(SEOUL, BEIJING)))
    except SchemaDrift:
        return
    labels = sum(len(item["hourly"]["time"]) for item in json.loads(body))
    left_out = batch.notes["hours without a value yet"] + batch.notes["values after the hours asked for"]
    assert len(batch.start) + len(batch.rejects) + left_out == labels
    assert all((np.isnan(v) == (batch.statuses[q] != 0)).all() for q, v in batch.values.items())


@given(st.data())
def test_hostile_weather_is_read_refused_or_counted(data: st.DataObject) -> None:
    body = data.draw(mutated(SKY))
    try:
        batch = _read(WEATHER.parse, payload(WEATHER, body, address(SEOUL, more="")))
    except SchemaDrift:
        return
    labels = len(json.loads(body)["hourly"]["time"])
    placed = labels - len(batch.rejects)
    assert len(batch.start) + batch.notes["hours without a value yet"] == max(placed - 1, 0)


# Over HTTP, before the sandbox

Open = Callable[..., Desk]


@pytest.fixture
def open_desk(sqlite_store: Store, facts: Facts) -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda *faults, **kind: stack.enter_context(Desk(sqlite_store, facts, faults, **kind))


def values(desk: Desk, pollutant: str) -> dict[tuple[str, int], float]:
    with desk.store.read() as connection:
        names = {one.id: one.key.station for one in select_series(connection, pollutant=pollutant)}
        rows = select_held(connection, list(names), list(range(START_HOUR // 24 - 40, START_HOUR // 24 + 9)))
    triples = zip(*(getattr(rows.columns, c).tolist() for c in ("series", "hour", "value")), strict=True)
    return {(names[series], hour): value for series, hour, value in triples}


def test_the_daemon_keeps_every_hour_with_one_call_an_hour(open_desk: Open) -> None:
    desk = open_desk(source="openmeteo")
    desk.work(40, every_minutes=20)
    held = desk.held()
    assert {"open-meteo-kr-seoul", "open-meteo-cn-beijing"} <= {station for station, _ in held}
    hours = range(START_HOUR - 6, START_HOUR + 40)
    assert {hour for _, hour in held} == set(hours)
    for hour in hours:
        near = desk.world.block("airkorea", hour)[:, 0].mean()
        assert held["open-meteo-kr-seoul", hour] == pytest.approx(near, abs=0.06)
    calls = sum(run.calls for run in desk.runs)
    assert calls <= 42
    assert not desk.errors()
    # What is looked at again after a day is settled, all of it, by the same calls.
    assert [window.state for window in desk.windows()].count("settled") >= 20


def test_both_engines_hold_the_same_points(store: Store, facts: Facts) -> None:
    with Desk(store, facts, source="openmeteo") as desk:
        desk.work(1, every_minutes=30)
        held = desk.held()
        assert {hour for _, hour in held} == set(range(START_HOUR - 6, START_HOUR + 1))
        assert {one.partition("-cn-")[0] for one, _ in held} >= {"open-meteo", "open-meteo-kr-seoul"}
        assert {window.state for window in desk.windows()} == {"open"}


def test_what_is_late_in_the_archive_is_waited_for_and_units_are_asked_in_metres(open_desk: Open) -> None:
    desk = open_desk(source="openmeteo-weather")
    desk.work(2, every_minutes=20)
    windows = desk.windows()
    assert windows
    assert windows[-1].start <= START_HOUR - 6 * 24 + 2
    u, v = values(desk, "wind_u"), values(desk, "wind_v")
    assert len(u) == len(v) >= 7
    assert all(0 <= hypot(u[key], v[key]) < 9 for key in u)
    assert all(len(values(desk, one)) == len(u) for one in ("temperature", "pressure", "precipitation"))


def test_a_restart_asks_for_nothing_that_is_held(open_desk: Open) -> None:
    desk = open_desk(source="openmeteo")
    desk.work(2, every_minutes=20)
    desk.new_collector()
    assert desk.tick().calls <= 1


def test_a_source_that_fails_is_asked_again(open_desk: Open) -> None:
    desk = open_desk({"kind": "http", "rate": 1.0, "times": 7, "to_hours": 9.0}, source="openmeteo")
    desk.work(6, every_minutes=10)
    assert any(run.errors for run in desk.runs)
    assert {hour for _, hour in desk.held()} >= set(range(START_HOUR - 6, START_HOUR + 5))


def test_a_long_past_comes_in_stretches_of_two_weeks(open_desk: Open) -> None:
    desk = open_desk(source="openmeteo")
    desk.collector.open_due()
    desk.collector.open_span(START_HOUR - 24 * 30, START_HOUR)
    assert desk.tick().calls == 3
    assert len({hour for _, hour in values(desk, "pm25")}) == 24 * 30


def test_calls_of_a_day_are_never_more_than_allowed(open_desk: Open) -> None:
    desk = open_desk(source="openmeteo")
    desk.new_collector(daily_calls=5)
    desk.work(9, every_minutes=20)
    with desk.store.read() as connection:
        used = quota.used(connection, "openmeteo", moment(START_HOUR).date())
    assert used.calls <= 5
