"""The one HTTP client: retry by error class, pacing, a total deadline, size limits, redaction.

Nothing that leaves this module (errors, logs, payloads) holds a secret: addresses are told without the
parameters that carry one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import quote, quote_plus

import httpx
import stamina
from pydantic import SecretStr

from ingest.source import Auth, SourceError, Transient, World

# A nationwide hour is about 0.5 MB of JSON, three months of one station about 1.5 MB.
MAX_BODY = 32 * 1024 * 1024
DEADLINE_SECONDS = 25.0
ATTEMPTS = 3
WORLD_HEADER = "X-Yellowsea-World"

Judge = Callable[[int, bytes], None]
"""Looks at status and body of an answer and raises the `SourceError` that it tells of, if any."""


@dataclass(frozen=True)
class Received:
    """The body of an answer, and the address without secrets."""

    url: str
    body: bytes
    content_type: str
    world: World


# Their INFO and DEBUG lines hold whole addresses, the key included.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


# Each try is told by the collector, once, when it is in vain.
stamina.instrumentation.set_on_retry_hooks([])


class Pace:
    """At most so many calls a second to one host, shared by all who call it."""

    def __init__(self, calls_per_second: float) -> None:
        self._gap = 1.0 / calls_per_second
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Sleep until the next call is due."""
        with self._lock:
            now = time.monotonic()
            at = max(now, self._next)
            self._next = at + self._gap
        if at > now:
            time.sleep(at - now)


class HttpClient:
    """Asks one source.

    Parameters
    ----------
    source : str
        For errors and logs.
    pace : Pace
        Between calls.
    secret : SecretStr, optional
        The key; sent as the parameter that a call names, and taken out of everything that is told.
    before_call : callable
        Told before each attempt; may raise `Quota`.
    transport : httpx.BaseTransport, optional
        For tests.
    """

    def __init__(
        self,
        source: str,
        pace: Pace,
        *,
        secret: SecretStr | None = None,
        before_call: Callable[[], None] = lambda: None,
        deadline: float = DEADLINE_SECONDS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.source = source
        self._pace = pace
        self._secret = secret
        self._before_call = before_call
        self._deadline = deadline
        self._client = httpx.Client(
            timeout=httpx.Timeout(min(10.0, deadline)),
            headers={"User-Agent": "yellowsea"},
            follow_redirects=False,
            transport=transport,
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def ask(
        self,
        method: Literal["GET", "POST"],
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        secret_param: str | None = None,
        judge: Judge = lambda _status, _body: None,
    ) -> Received:
        """One answer; tries again what is worth it, as the server asks where it does (Retry-After).

        Raises
        ------
        SourceError
            The last one, of the class that tells what to do.
        """
        for attempt in stamina.retry_context(
            on=_worth_another_try, attempts=ATTEMPTS, timeout=self._deadline, wait_initial=0.1, wait_max=5.0
        ):
            with attempt:
                return self._once(method, url, params, form, headers, secret_param, judge)
        raise AssertionError("stamina ends with an answer or an error")

    def _once(
        self,
        method: str,
        url: str,
        params: Mapping[str, str | int] | None,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        secret_param: str | None,
        judge: Judge,
    ) -> Received:
        told = _told(url, params, form)
        self._before_call()
        self._pace.wait()
        sent = dict(params or {})
        if secret_param is not None:
            if self._secret is None:
                raise Auth(f"{self.source} needs a key", source=self.source, request=told)
            sent[secret_param] = self._secret.get_secret_value()
        try:
            with self._client.stream(method, url, params=sent, data=form, headers=headers) as response:
                body = self._body(response, told)
        except httpx.HTTPError as error:
            # The text of httpx's errors may hold the address with the key: only its class is told.
            raise Transient(f"{type(error).__name__} from {told}", source=self.source, request=told) from None
        self._judged(response, body, judge, told)
        world = response.headers.get(WORLD_HEADER, "real")
        return Received(
            told,
            body,
            response.headers.get("Content-Type", ""),
            world if world in ("synthetic", "replay") else "real",
        )

    def _body(self, response: httpx.Response, told: str) -> bytes:
        ends = time.monotonic() + self._deadline
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > MAX_BODY:
                raise SourceError(
                    f"the answer of {told} is larger than {MAX_BODY} bytes", source=self.source, request=told
                )
            if time.monotonic() > ends:
                raise Transient(
                    f"{told} took longer than {self._deadline:g} s", source=self.source, request=told
                )
        return bytes(body)

    def _judged(self, response: httpx.Response, body: bytes, judge: Judge, told: str) -> None:
        """What the body says decides first, then the status."""
        try:
            judge(response.status_code, body)
        except SourceError as error:
            error.source, error.request = self.source, told
            raise
        status = response.status_code
        if status == 401:
            raise Auth(f"{told} answers 401: the key is refused", source=self.source, request=told)
        if status >= 400:
            raise Transient(
                f"{told} answers HTTP {status}",
                source=self.source,
                request=told,
                retry_after=_retry_after(response),
            )
        if not body.strip():
            raise Transient(f"{told} answers with an empty body", source=self.source, request=told)


def _worth_another_try(error: Exception) -> bool | float:
    if not isinstance(error, Transient):
        return False
    return True if error.retry_after is None else error.retry_after


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that the server asks to wait: a number, or a date."""
    told = response.headers.get("Retry-After")
    if not told:
        return None
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except ValueError:
        return None


def _told(url: str, params: Mapping[str, str | int] | None, form: Mapping[str, str] | None) -> str:
    """The address as it may be told and kept: parameters, but never the one with the key."""
    pairs = [*(params or {}).items(), *(form or {}).items()]
    query = "&".join(f"{name}={value}" for name, value in pairs)
    return f"{url}?{query}" if query else url


def spellings(secret: SecretStr) -> set[str]:
    """Every form in which a key may be written in an address."""
    plain = secret.get_secret_value()
    return {plain, quote(plain, safe=""), quote_plus(plain), quote(plain)}
