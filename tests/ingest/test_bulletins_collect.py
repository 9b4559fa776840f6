"""Collectors of bulletins before a sandbox: windows, catch-up, faults, quota; on both engines."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from bulletin_desk import DAY, Desk, Mock, page
from live_desk import KEY

from config.facts import Facts
from config.settings import Settings, SettingsError
from ingest.dispatches import first_day, span_of
from ingest.fetch import fetch_once
from ingest.registry import BULLETINS
from ingest.standing import bulletins
from sandbox.announced import KOREA, Outlook, Sent, Silence, Warned
from scheduler import Daemon
from store.engine import Store
from store.forecasts import alerts_in_force, known

GRADE = {"informCode": "PM25", "informData": "2024-01-30", "informGrade": "서울 : 나쁨,제주 : 좋음"}
# Until something of theirs is set.
OFF = ("disaster-messages", "waqi")
FORMS = (KEY, "k3y%2B%2Fwith%3D%3Dsigns", "k3y+%2Fwith%3D%3Dsigns")


class Script(Silence):
    """Announces what a test says."""

    def __init__(self) -> None:
        self.told: list[Outlook] = []
        self.warned: list[Warned] = []
        self.sent: list[Sent] = []

    def outlooks(self, product: str, day: date) -> list[Outlook]:
        return [one for one in self.told if (one.product, one.issued.date()) == (product, day)]

    def alerts(self, year: int, now: datetime) -> list[Warned]:
        return [one for one in self.warned if one.issued.astimezone(KOREA).year == year and one.issued <= now]

    def messages(self, since: date, now: datetime) -> list[Sent]:
        return [one for one in self.sent if since <= one.sent.date() and one.sent <= now]


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+09:00")


def counts(desk: Desk) -> list[tuple[str, int, int, int]]:
    return [(one.state, one.counts.new, one.counts.same, one.counts.rejected) for one in desk.windows()]


# A day


def test_a_day_of_dispatches_is_read_and_closed_with_few_calls(store: Store, facts: Facts) -> None:
    with Desk(store, facts, "airkorea-forecast") as desk:
        desk.work(24)
        (window,) = desk.windows()[:1]
        assert (window.state, window.present, window.expected) == ("open", 4, 4)
        desk.work(0.6)
        (window, today) = desk.windows()
    assert (window.state, window.reason, window.error) == ("settled", None, None)
    assert (today.state, today.present) == ("open", 0)
    assert desk.calls <= 12
    issues = desk.rows("SELECT DISTINCT issued_at FROM forecast ORDER BY 1")
    assert len(issues) == 4
    assert window.counts.new == desk.rows("SELECT count(*) FROM forecast")[0][0] > 0
    assert window.counts.rejected == 0


def test_as_issued_the_forecast_that_was_known_answers(store: Store, facts: Facts) -> None:
    with Desk(store, facts, "airkorea-forecast") as desk:
        desk.work(26)
    tomorrow = DAY + timedelta(days=1)
    with store.read() as connection:
        regions = [row[0] for row in connection.exec_driver_sql("SELECT DISTINCT region FROM forecast")]
        at = {
            hour: known(connection, regions, "pm25", tomorrow, seoul(f"2024-01-29T{hour}"))
            for hour in ("04:59", "05:00", "16:59", "17:00", "23:30")
        }
    assert at["04:59"] == []
    assert {row.issued_at for row in at["05:00"]} == {seoul("2024-01-29T05:00")}
    assert {row.issued_at for row in at["16:59"]} == {seoul("2024-01-29T11:00")}
    assert {row.issued_at for row in at["17:00"]} == {seoul("2024-01-29T17:00")}
    assert {row.issued_at for row in at["23:30"]} == {seoul("2024-01-29T23:00")}


@pytest.mark.parametrize(("source", "product"), [("airkorea-week", "week"), ("airkorea-high", "over50")])
def test_the_other_forecasts_close_their_day_too(
    store: Store, facts: Facts, source: str, product: str
) -> None:
    with Desk(store, facts, source) as desk:
        desk.work(27, every_minutes=15)
    assert desk.windows()[0].state == "settled"
    assert desk.rows(f"SELECT count(*) FROM forecast WHERE product = '{product}'")[0][0] > 0


# After a stop


def test_after_a_stop_of_days_every_day_is_had(store: Store, facts: Facts) -> None:
    with Desk(store, facts, "airkorea-forecast") as desk:
        desk.work(3)
        desk.clock.move(days=4)
        desk.begin_anew()
        desk.work(1)
        windows = desk.windows()
    assert [one.state for one in windows] == ["settled"] * 4 + ["open"]
    assert [one.present for one in windows[:4]] == [4] * 4


def test_a_process_that_begins_anew_goes_on(store: Store, facts: Facts) -> None:
    with Desk(store, facts, "airkorea-forecast") as desk:
        for _ in range(26):
            desk.work(1, every_minutes=20)
            desk.begin_anew()
        assert (desk.windows()[0].state, desk.windows()[0].present) == ("settled", 4)


def test_a_new_ledger_begins_whole_days_back(store: Store, facts: Facts) -> None:
    with Desk(store, facts, "airkorea-forecast") as desk:
        for hours, days in ((23, 1), (24, 2), (72, 4)):
            desk.begin_anew(backfill_hours=hours).open_due()
            if not desk.runs:
                assert len(desk.windows()) in (1, days)
        assert first_day(BULLETINS["airkorea-forecast"].spec, desk.windows()[0].start) == DAY


@pytest.mark.parametrize("source", ["airkorea-forecast", "airkorea-alerts"])
def test_a_window_begins_at_midnight_of_its_zone(source: str) -> None:
    spec = BULLETINS[source].spec
    start, end = span_of(spec, DAY)
    assert first_day(spec, start) == (DAY if spec.span == "day" else date(2024, 1, 1))
    assert end - start == (24 if spec.span == "day" else 366 * 24)
    assert (start + 9) % 24 == 0


# What never comes, and what comes otherwise


def test_a_day_of_which_nothing_was_published_is_lost_with_the_reason(store: Store, facts: Facts) -> None:
    with Desk(store, facts, "airkorea-forecast", announced=Silence()) as desk:
        desk.work(25)
    window = desk.windows()[0]
    assert (window.state, window.reason) == ("lost", "nothing was published")


def test_a_dispatch_that_never_comes_is_told(store: Store, facts: Facts) -> None:
    script = Script()
    for hour in (5, 11, 23):
        issued = datetime(2024, 1, 29, hour, tzinfo=KOREA)
        script.told.append(Outlook("grade", "pm25", issued, DAY, {"kr-seoul": "나쁨"}))
    with Desk(store, facts, "airkorea-forecast", announced=script) as desk:
        desk.work(25)
    window = desk.windows()[0]
    assert (window.state, window.present) == ("settled", 3)
    assert window.reason == "3 of 4 dispatches held, the others never came"


def test_a_bulletin_that_comes_again_otherwise_is_a_reject_and_the_first_stands(
    store: Store, facts: Facts
) -> None:
    script = Script()
    issued = datetime(2024, 1, 29, 5, tzinfo=KOREA)
    first = Outlook("grade", "pm25", issued, DAY, {"kr-seoul": "나쁨"})
    script.told = [first]
    with Desk(store, facts, "airkorea-forecast", announced=script) as desk:
        desk.work(2)
        script.told = [replace(first, words={"kr-seoul": "좋음"})]
        desk.begin_anew()
        desk.work(0.5)
    assert desk.rows("SELECT region, up_to FROM forecast") == [("kr-seoul", 75.0)]
    (reject,) = desk.rows("SELECT reason, text FROM reject")
    assert reject[0] == "the bulletin is held and says otherwise"
    assert "좋음" in reject[1]
    assert counts(desk) == [("open", 1, 0, 1)]


# Faults


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "http", "status": 503, "rate": 0.5},
        {"kind": "truncate", "rate": 0.4},
        {"kind": "empty", "rate": 0.4},
        {"kind": "gateway_xml", "code": "05", "rate": 0.4},
        {"kind": "provider_xml", "code": "05", "rate": 0.4},
        {"kind": "gateway_json", "code": "05", "status": 503, "rate": 0.4},
        {"kind": "forbidden", "rate": 0.4},
        {"kind": "quota", "rate": 1.0, "from_hours": 6, "to_hours": 8},
    ],
    ids=lambda fault: fault["kind"],
)
def test_after_every_fault_the_day_is_held_whole(
    sqlite_store: Store, facts: Facts, fault: dict[str, Any]
) -> None:
    with Desk(sqlite_store, facts, "airkorea-forecast", faults=[{"to_hours": 18.0} | fault]) as desk:
        desk.work(28, every_minutes=15)
    assert desk.plan.counts()[fault["kind"]] > 0
    assert (desk.windows()[0].state, desk.windows()[0].present) == ("settled", 4)
    assert desk.windows()[0].error is None


ERRORS = {
    "gateway_old_xml_http200_30.xml": (200, "refuses the key"),
    "gateway_new_json_http403_30.json": (403, "refuses the key"),
    "provider_xml_99.xml": (200, "refuses the key"),
    "odcloud_401.json": (401, "refuses the key"),
    "odcloud_404.json": (404, "no such service"),
    "gateway_old_xml_http200_22.xml": (200, "used up"),
    "provider_xml_22.xml": (200, "used up"),
    "plain_403.txt": (403, "HTTP 403"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_recorded_error_stands_in_the_ledger(
    sqlite_store: Store, facts: Facts, shared: Path, name: str
) -> None:
    status, said = ERRORS[name]
    body = (shared / "sources/airkorea/errors" / name).read_bytes()
    with Mock(sqlite_store, facts, lambda _: httpx.Response(status, content=body)) as desk:
        assert len(desk.tick().errors) == 1
        (window,) = desk.windows()
        assert window.state == "open"
        assert said in (window.error or "")
        desk.clock.move(minutes=30)
        assert bool(desk.tick().calls) == (name == "plain_403.txt"), "refused or used up: not this day"
        desk.clock.move(days=1)
        assert desk.tick().calls


def test_an_unknown_shape_is_kept_and_not_parsed(store: Store, facts: Facts) -> None:
    body = b'{"response":{"header":{"resultCode":"00"},"body":{"items":"rows","totalCount":1}}}'
    with Mock(store, facts, lambda _: httpx.Response(200, content=body)) as desk:
        desk.tick()
        (window,) = desk.windows()
        assert "items are no list of objects" in (window.error or "")
        assert desk.rows("SELECT size FROM payload") == [(len(body),)]
        for _ in range(55):
            desk.clock.move(hours=7)
            desk.tick()
        first = desk.windows()[0]
    assert first.state == "lost", "nothing is asked for ever"
    assert "attempts" in (first.reason or "")


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"response":{"body":{"items":[],"totalCount":1e999}}}'])
def test_a_hostile_body_ends_in_the_ledger(sqlite_store: Store, facts: Facts, body: bytes) -> None:
    with Mock(sqlite_store, facts, lambda _: httpx.Response(200, content=body)) as desk:
        assert desk.tick().errors
        assert desk.windows()[0].error


def test_every_page_is_asked_for_and_pages_are_full(store: Store, facts: Facts) -> None:
    rows = [
        GRADE | {"dataTime": f"2024-01-29 {hour:02d}시 발표", "informData": f"2024-02-{day:02d}"}
        for hour in (5, 11, 17, 23, 6)
        for day in range(1, 29)
    ]
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append({name: request.url.params[name] for name in ("pageNo", "numOfRows", "searchDate")})
        first = (int(request.url.params["pageNo"]) - 1) * 100
        return httpx.Response(200, content=page(rows[first : first + 100], total=len(rows)))

    with Mock(store, facts, answer) as desk:
        assert not desk.tick().errors
    assert [one["pageNo"] for one in asked] == ["1", "2"]
    assert {(one["numOfRows"], one["searchDate"]) for one in asked} == {("100", "2024-01-29")}
    assert desk.rows("SELECT count(*) FROM forecast") == [(280,)]


# Alerts


def test_an_alert_is_followed_until_it_is_cleared(store: Store, facts: Facts) -> None:
    script = Script()
    begin = seoul("2024-12-31T20:30").astimezone(UTC)
    alert = Warned("kr-seoul", "서울권역", "pm25", "advisory", seoul("2024-12-31T23:00"), 80.0, None, None)
    script.warned = [alert]
    with Desk(store, facts, "airkorea-alerts", begin=begin, announced=script) as desk:
        desk.work(72, every_minutes=180)
        assert [one.state for one in desk.windows()] == ["open", "open"], "2024 waits for its last alert"
        assert held(store) == [("kr-seoul", None)]
        lifted = seoul("2025-01-03T20:00")
        script.warned = [replace(alert, cleared=lifted, cleared_value=30.0)]
        desk.work(0.5)
        assert held(store) == [("kr-seoul", lifted)]
    assert [one.state for one in desk.windows()] == ["settled", "open"]
    old = desk.windows()[0]
    assert (old.counts.new, old.counts.changed, old.counts.rejected) == (1, 1, 0)


def held(store: Store) -> list[tuple[str, datetime | None]]:
    with store.read() as connection:
        since = seoul("2024-12-31T00:00")
        found = alerts_in_force(connection, ["kr-seoul"], "pm25", since, since + timedelta(days=9))
    return [(one.region, one.cleared_at) for one in found]


def test_an_alert_that_is_never_cleared_does_not_hold_its_year_for_ever(store: Store, facts: Facts) -> None:
    script = Script()
    begin = seoul("2024-12-31T20:30").astimezone(UTC)
    script.warned = [
        Warned("kr-seoul", "서울권역", "pm25", "advisory", seoul("2024-12-31T20:00"), 80.0, None, None)
    ]
    with Desk(store, facts, "airkorea-alerts", begin=begin, announced=script) as desk:
        desk.work(24 * 34, every_minutes=24 * 60)
    assert desk.windows()[0].state == "settled"
    assert "had not ended after 30 days" in (desk.windows()[0].reason or "")


# Messages


def message(number: int, sent: str, text: str = "수도권 비상저감조치 시행") -> Sent:
    return Sent(number, seoul(sent), text, "서울특별시 전체", "안전안내", "미세먼지")


def test_one_answer_closes_all_days_that_it_brings(store: Store, facts: Facts) -> None:
    script = Script()
    script.sent = [message(n, f"2024-01-{26 + n}T17:15") for n in range(3)]
    script.sent.append(message(9, "2024-01-27T09:00", "건조주의보"))
    with Desk(store, facts, "disaster-messages", announced=script) as desk:
        desk.begin_anew(backfill_hours=96)
        run = desk.tick()
    assert run.calls == 1
    assert [one.state for one in desk.windows()] == ["settled"] * 4 + ["open"]
    assert desk.rows("SELECT serial FROM message ORDER BY sent_at") == [("0",), ("1",), ("2",)]
    assert run.counts.rows == run.counts.new == 3


def test_before_its_first_day_the_source_has_nothing(store: Store, facts: Facts) -> None:
    begin = seoul("2023-09-17T12:00").astimezone(UTC)
    with Desk(store, facts, "disaster-messages", begin=begin, announced=Script()) as desk:
        desk.begin_anew(backfill_hours=72)
        desk.tick()
    assert [one.state for one in desk.windows()] == ["lost", "lost", "settled", "open"]
    assert desk.windows()[0].reason == "the source begins on 2023-09-16"


# Quota, keys, settings


def test_calls_to_one_dataset_are_counted_together_and_catch_up_leaves_half(
    store: Store, facts: Facts
) -> None:
    with Desk(store, facts, "airkorea-forecast", announced=Silence()) as desk:
        desk.begin_anew(backfill_hours=24 * 12, daily_calls=10)
        desk.work(3)
        open_days = [one for one in desk.windows() if one.state == "open"]
        assert desk.collector.allowance.left() is not None
        desk.collector.close()
        assert 3 <= len(open_days) < 12
        assert {row[0] for row in desk.rows("SELECT source FROM quota")} == {"airkorea"}
        desk.clock.move(days=1)
        desk.begin_anew(daily_calls=10)
        desk.work(3)
    assert len([one for one in desk.windows() if one.state == "open"]) < len(open_days)


@pytest.mark.parametrize("source", [one for one in BULLETINS if one != "disaster-messages"])
def test_the_key_is_nowhere(sqlite_store: Store, facts: Facts, source: str) -> None:
    with Desk(sqlite_store, facts, source, faults=[{"kind": "http", "rate": 0.4, "to_hours": 9}]) as desk:
        desk.work(10, every_minutes=20)
    with sqlite_store.read() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert "serviceKey" not in dump
    assert not [form for form in FORMS if form in dump]


def test_what_is_not_set_for_a_dataset_is_as_for_airkorea() -> None:
    set_ = Settings(
        airkorea={"key": "k", "url": "http://mirror", "enabled": False},
        airkorea_week={"key": "own", "enabled": True},
    )
    assert set_.source("airkorea-alerts").url == "http://mirror"
    assert not set_.source("airkorea-alerts").enabled
    week = set_.source("airkorea-week")
    assert (week.key and week.key.get_secret_value(), week.url, week.enabled) == (
        "own",
        "http://mirror",
        True,
    )
    assert set_.source("disaster-messages").key is None, "another portal never sees the key"


def test_the_daemon_ticks_every_source_of_bulletins_that_has_its_key(
    sqlite_store: Store, facts: Facts
) -> None:
    url = sqlite_store.url.render_as_string()
    clock = f"2024-01-29T16:30+09:00@{time.time() + 1:.3f}x7200"
    with Desk(sqlite_store, facts, "airkorea-forecast") as desk:
        desk.clock.time = seoul("2024-01-31T12:00").astimezone(UTC)  # everything asked for is out
        own = {"key": KEY, "url": desk.sandbox.url, "calls_per_second": 1000, "daily_calls": 5000}
        set_ = Settings(
            database_url=url, clock=clock, airkorea=own, cnemc={"enabled": False}, backfill_hours=0,
            tick_seconds=0.2, log_level="error",
        )  # fmt: skip
        until = seoul("2024-01-29T18:00")
        daemon = Daemon(sqlite_store, facts, set_, until)
        assert list(daemon.bulletins) == [name for name in BULLETINS if name not in OFF]
        daemon._metronome()  # no job is refused
        for name in daemon.bulletins:
            daemon.tick(name)
            daemon.bulletins[name].close()
        for collector in daemon.collectors.values():
            collector.close()
        assert {row[0] for row in desk.rows("SELECT DISTINCT product FROM forecast")} >= {"grade", "over50"}
        assert not daemon._all_closed(), "the hours are open"
    with pytest.raises(SettingsError, match="no source can run"):
        Daemon(sqlite_store, facts, Settings(airkorea={"enabled": False}, cnemc={"enabled": False}))


def test_fetch_brings_old_days_and_says_what_became_of_them(sqlite_store: Store, facts: Facts) -> None:
    with Desk(sqlite_store, facts, "airkorea-forecast") as desk:
        clock = f"2024-02-05T12:00+09:00@{time.time():.3f}x1"
        desk.clock.time = seoul("2024-02-05T12:00").astimezone(UTC)
        own = {"key": KEY, "url": desk.sandbox.url}
        set_ = Settings(clock=clock, airkorea=own)
        bounds = seoul("2024-01-29T00:00"), seoul("2024-02-01T00:00")
        answer, fault = fetch_once(sqlite_store, facts, set_, "airkorea-forecast", bounds)
        assert fault is None
        told = [(one["start"][:10], one["state"], one["rejected"]) for one in answer["windows"]]
        assert told == [(f"2024-01-{day}", "settled", 0) for day in (28, 29, 30)], "UTC starts"
        rows = {row["id"]: row for row in bulletins(sqlite_store, set_)}
    assert (rows["airkorea-forecast"]["open"], rows["airkorea-forecast"]["late"]) == (1, False)
    assert rows["airkorea-forecast"]["newest"] == "2024-02-05T11:00:00+09:00"
    assert "disaster-messages" not in rows  # off until something of it is set
    with pytest.raises(SettingsError, match=r"YELLOWSEA_DISASTER_MESSAGES__KEY.*safetydata"):
        fetch_once(sqlite_store, facts, set_, "disaster-messages", None)
