"""The HTTP client: what is tried again and when it ends, pacing, size, and that no key leaves it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote, quote_plus

import httpx
import pytest
from pydantic import SecretStr

from ingest import http
from ingest.http import HttpClient, Pace
from ingest.source import Auth, NoData, Quota, SchemaDrift, SourceError, Transient

KEY = "k3y+/with==signs"
FORMS = {KEY, quote(KEY, safe=""), quote_plus(KEY), quote(KEY), quote(quote(KEY, safe=""), safe="")}
URL = "http://source.test/values"


class Hand:
    """Machine time that moves only by waiting."""

    def __init__(self) -> None:
        self.time = 100.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.time += seconds
        return False


class Desk:
    """A client before a server that answers by a list, the last answer again and again."""

    def __init__(
        self, *answers: httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]
    ) -> None:
        self.answers, self.asked, self.hand = list(answers), [], Hand()
        self.calls = self.not_made = 0
        self.client = HttpClient(
            "airkorea",
            Pace(1000, clock=self.hand.now, wait=self.hand.wait),
            secret=SecretStr(KEY),
            before_call=self._count,
            not_made=self._give_back,
            clock=self.hand.now,
            wait=self.hand.wait,
            transport=httpx.MockTransport(self._answer),
        )

    def _count(self) -> None:
        self.calls += 1

    def _give_back(self) -> None:
        self.not_made += 1

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def ask(self, judge: http.Judge = lambda _status, _body: None) -> http.Received:
        return self.client.ask("GET", URL, params={"ver": "1.5"}, secret_param="serviceKey", judge=judge)

    def fault(self, judge: http.Judge = lambda _status, _body: None) -> SourceError:
        with pytest.raises(SourceError) as raised:
            self.ask(judge)
        return raised.value


def ok(body: bytes = b"fine", **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(200, content=body, headers=headers)


def status(code: int, body: bytes = b"x", **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(code, content=body, headers=headers)


def raises(error: SourceError) -> http.Judge:
    def judge(_status: int, _body: bytes) -> None:
        raise error

    return judge


@pytest.mark.parametrize("code", [302, 400, 403, 404, 429, 500, 502, 503, 504])
def test_a_status_of_trouble_is_tried_again(code: int) -> None:
    desk = Desk(status(code), status(code), ok())
    assert desk.ask().body == b"fine"
    assert desk.calls == 3


def test_three_tries_and_no_more_each_counted() -> None:
    desk = Desk(status(503))
    assert isinstance(desk.fault(), Transient)
    assert desk.calls == len(desk.asked) == 3


def test_the_pauses_grow() -> None:
    desk = Desk(status(503))
    desk.fault()
    first, second = (wait for wait in desk.hand.waits if wait > 0.01)
    assert 0.1 < first < 0.3 < second < 0.6


@pytest.mark.parametrize("error", [Quota("q"), Auth("a"), NoData("n"), SchemaDrift("d")])
def test_what_another_try_cannot_help_is_asked_once(error: SourceError) -> None:
    desk = Desk(ok())
    assert desk.fault(raises(error)) is error
    assert desk.calls == 1


def test_401_is_a_refused_key() -> None:
    desk = Desk(status(401, b"Unauthorized"))
    assert isinstance(desk.fault(), Auth)
    assert desk.calls == 1


def test_an_empty_body_is_worth_another_try() -> None:
    assert isinstance(Desk(ok(b" \n")).fault(), Transient)


def test_retry_after_in_seconds_is_kept() -> None:
    desk = Desk(status(503, **{"Retry-After": "7"}), ok())
    desk.ask()
    assert 7.0 in desk.hand.waits


def test_retry_after_as_a_date_is_kept() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    desk = Desk(status(503, **{"Retry-After": then}), ok())
    desk.ask()
    assert any(7 <= wait <= 9 for wait in desk.hand.waits)


@pytest.mark.parametrize("said", ["soon", "-1", "inf", "nan"])
def test_a_retry_after_that_is_none(said: str) -> None:
    assert isinstance(Desk(status(503, **{"Retry-After": said})).fault(), Transient)


def test_a_retry_after_beyond_the_deadline_is_for_the_caller() -> None:
    desk = Desk(status(429, **{"Retry-After": "3600"}))
    error = desk.fault()
    assert isinstance(error, Transient)
    assert error.retry_after == 3600
    assert desk.calls == 1
    assert not [wait for wait in desk.hand.waits if wait > 1]


def test_retry_after_of_an_answer_that_is_judged() -> None:
    desk = Desk(status(503, **{"Retry-After": "3600"}))
    error = desk.fault(raises(Transient("05")))
    assert isinstance(error, Transient)
    assert error.retry_after == 3600


def test_the_deadline_is_for_all_tries_together() -> None:
    desk = Desk(status(503))

    def slow(request: httpx.Request) -> httpx.Response:
        desk.hand.time += 11
        return httpx.Response(503)

    desk.answers = [slow]
    desk.fault()
    assert desk.calls == 3
    assert desk.hand.time < 100 + 3 * 11 + 2
    desk = Desk(status(503))
    desk.answers = [
        lambda _request: (setattr(desk.hand, "time", desk.hand.time + 26), httpx.Response(503))[1]
    ]
    desk.fault()
    assert desk.calls == 1


def test_a_body_that_drips_ends_at_the_deadline() -> None:
    desk = Desk(ok())

    class Drip(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for _ in range(1000):
                desk.hand.time += 5
                yield b"x"

    desk.answers = [lambda _request: httpx.Response(200, stream=Drip())]
    assert "took longer" in str(desk.fault())
    assert desk.calls == 1


def test_a_body_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 1000)
    desk = Desk(ok(b"x" * 1001))
    error = desk.fault()
    assert "larger than 1000" in str(error)
    assert desk.calls == 1


def test_a_call_that_never_reached_the_source_is_given_back() -> None:
    desk = Desk(httpx.ConnectError(f"no route to {URL}?serviceKey={KEY}"))
    assert isinstance(desk.fault(), Transient)
    assert desk.calls == desk.not_made == 3
    desk = Desk(httpx.ReadTimeout("slow"))
    desk.fault()
    assert (desk.calls, desk.not_made) == (3, 0)


def test_a_stop_ends_the_waiting() -> None:
    desk = Desk(status(503))
    desk.client._wait = lambda _seconds: True
    desk.fault()
    assert desk.calls == 1


def test_the_key_is_sent_encoded_once() -> None:
    desk = Desk(ok())
    desk.ask()
    assert b"serviceKey=k3y%2B%2Fwith%3D%3Dsigns" in desk.asked[0].url.query


def test_no_key_in_addresses_errors_or_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    quoting = httpx.ReadTimeout(f"GET {URL}?serviceKey={quote(KEY, safe='')}")
    for answer in (quoting, status(500), status(401), httpx.ConnectError(f"{URL}?serviceKey={KEY}")):
        error = Desk(answer).fault()
        links: list[BaseException | None] = [error, error.__cause__, error.__context__]
        told = "".join(str(link) + repr(link) for link in links) + error.request
        told += "".join(traceback.format_exception(error))
        assert not [form for form in FORMS if form in told]
    assert Desk(ok()).ask().url == f"{URL}?ver=1.5"
    assert not [form for form in FORMS if form in caplog.text]


def test_a_source_that_repeats_the_key_does_not_get_it_stored() -> None:
    for form in FORMS:
        assert Desk(ok(f"key {form} is wrong".encode())).ask().body == b"key <key> is wrong"


def test_a_password_in_the_address_is_not_told() -> None:
    desk = Desk(ok())
    got = desk.client.ask("GET", "http://me:pass@source.test/x")
    assert got.url == "http://source.test/x"


def test_drift_keeps_the_answer() -> None:
    error = Desk(ok(b"[1]")).fault(raises(SchemaDrift("d")))
    assert isinstance(error, SchemaDrift)
    assert error.received is not None
    assert error.received.body == b"[1]"


def test_without_a_key_nothing_is_sent() -> None:
    desk = Desk(ok())
    desk.client._secret = None
    assert isinstance(desk.fault(), Auth)
    assert (desk.calls, desk.asked) == (0, [])


def test_the_world_is_told() -> None:
    assert Desk(ok(**{"X-Yellowsea-World": "replay"})).ask().world == "replay"
    assert Desk(ok(**{"X-Yellowsea-World": "other"})).ask().world == "real"


def test_pacing_spaces_calls_evenly() -> None:
    hand = Hand()
    pace = Pace(4, clock=hand.now, wait=hand.wait)
    times = []
    for _ in range(4):
        pace.wait()
        times.append(hand.time)
    assert times == [100.0, 100.25, 100.5, 100.75]
    hand.time += 60
    pace.wait()
    assert hand.time == 160.75  # what was not used is not saved up
