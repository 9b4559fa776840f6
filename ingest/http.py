"""The one HTTP client: retry by error class, pacing, a total deadline, size limits, redaction.

Nothing that leaves this module (errors, logs, payloads) holds a secret: addresses are told without the
parameter that carries it, and where a source repeats the key it is taken out.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from ingest.pace import Pace as Pace
from ingest.pace import Wait, asked_rest, retry_after
from ingest.redact import REDACTED, Redaction, without_user
from ingest.source import Auth, SchemaDrift, SourceError, Transient, World

# A nationwide hour is about 0.5 MB of JSON, three months of one station about 1.5 MB.
MAX_BODY = 32 * 1024 * 1024
# For all tries of one question together, waits included.
DEADLINE_SECONDS = 25.0
ATTEMPTS = 3
FIRST_WAIT_SECONDS = 0.2
SILENCE_SECONDS = 10.0
WORLD_HEADER = "X-Yellowsea-World"
# Of an address in an error: a question for many places is longer than a line.
LONGEST_TOLD = 300
# Where the key stands in an address that carries it in its path.
KEY_IN_PATH = "{key}"

Judge = Callable[[int, bytes], None]
"""Looks at status and body of an answer and raises the `SourceError` that it tells of, if any."""


@dataclass(frozen=True)
class Received:
    """The body of an answer, and the address without secrets."""

    url: str
    body: bytes
    content_type: str
    world: World


@dataclass(frozen=True)
class _Question:
    method: Literal["GET", "POST"]
    url: str
    params: Mapping[str, str | int]
    form: Mapping[str, str] | None
    headers: Mapping[str, str] | None
    secret_param: str | None
    secret_header: str | None
    judge: Judge

    @property
    def needs_secret(self) -> bool:
        return bool(self.secret_param or self.secret_header or KEY_IN_PATH in self.url)


# Their INFO and DEBUG lines hold whole addresses, the key included.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class HttpClient:
    """Asks one source.

    Parameters
    ----------
    source : str
        For errors and logs.
    pace : Pace
        Between calls.
    secret : SecretStr, optional
        The key; sent as the parameter or header that a call names, or in the path where the address
        says `{key}`, and taken out of everything that is told.
    before_call : callable
        Told before each try; may raise `Quota`.
    not_made : callable
        Told where a try never reached the source, so that it is not counted.
    deadline : float
        Seconds for one question with all its tries and waits.
    clock, wait : callable
        Machine time, and waiting in it between tries.
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
        not_made: Callable[[], None] = lambda: None,
        deadline: float = DEADLINE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.source = source
        # What the clock of the source said with its last answer (HTTP's Date).
        self.date: str | None = None
        self._pace = pace
        self._secret = secret
        self._redaction = Redaction(secret)
        self._before_call, self._not_made = before_call, not_made
        self._deadline, self._clock, self._wait = deadline, clock, wait
        self._client = httpx.Client(
            headers={"User-Agent": "yellowsea"}, follow_redirects=False, transport=transport
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
        secret_header: str | None = None,
        judge: Judge = lambda _status, _body: None,
    ) -> Received:
        """One answer; tries again what is worth it, as the server asks where it does (Retry-After).

        Raises
        ------
        SourceError
            The last one, of the class that tells what to do. A `Transient` whose `retry_after` would
            outlast the deadline is not waited for: that is for the caller.
        """
        question = _Question(method, url, params or {}, form, headers, secret_param, secret_header, judge)
        ends = self._clock() + self._deadline
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(question, ends)
            except Transient as error:
                pause = _pause(attempt) if error.retry_after is None else error.retry_after
                if attempt == ATTEMPTS or self._clock() + pause >= ends or self._wait(pause):
                    raise
        raise AssertionError("the last try ends with an answer or an error")

    def _once(self, question: _Question, ends: float) -> Received:
        address = self._told(question)
        told = address if len(address) <= LONGEST_TOLD else f"{address[:LONGEST_TOLD]}…"
        signed = self._signed(question, told)
        self._before_call()
        self._pace.wait()
        response, body, fault = self._exchanged(signed, told, ends)
        if fault is not None or response is None:
            raise fault or Transient(f"no answer from {told}", source=self.source, request=told)
        self._pace.rest(asked_rest(response))
        self.date = response.headers.get("Date")
        world = response.headers.get(WORLD_HEADER, "real")
        received = Received(
            address,
            self._redaction.body(body),
            response.headers.get("Content-Type", ""),
            world if world in ("synthetic", "replay") else "real",
        )
        self._judge(question.judge, response, received, told)
        return received

    def _signed(self, question: _Question, told: str) -> _Question:
        """The question with the key where it belongs; never told."""
        if not question.needs_secret:
            return question
        if self._secret is None:
            raise Auth(f"{self.source} needs a key", source=self.source, request=told)
        key = self._secret.get_secret_value()
        param, header = question.secret_param, question.secret_header
        return replace(
            question,
            url=question.url.replace(KEY_IN_PATH, quote(key, safe="")),
            params={**question.params, param: key} if param else question.params,
            headers={**(question.headers or {}), header: key} if header else question.headers,
        )

    def _exchanged(
        self, question: _Question, told: str, ends: float
    ) -> tuple[httpx.Response | None, bytes, SourceError | None]:
        """The answer with its body, or the fault.

        The fault is made outside of `except`: httpx's own errors hold the address with the key, and an
        error raised inside would carry them as its context.
        """
        left = max(0.1, ends - self._clock())
        try:
            with self._client.stream(
                question.method,
                question.url,
                params=question.params,
                data=question.form,
                headers=question.headers,
                timeout=httpx.Timeout(min(SILENCE_SECONDS, left)),
            ) as response:
                body, fault = self._body(response, told, ends)
                return response, body, fault
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            kind, reached = type(error).__name__, False
        except httpx.HTTPError as error:
            kind, reached = type(error).__name__, True
        except httpx.InvalidURL:
            return None, b"", SourceError("the address of the source cannot be read", source=self.source)
        if not reached:
            self._not_made()
        return None, b"", Transient(f"{kind} from {told}", source=self.source, request=told)

    def _body(self, response: httpx.Response, told: str, ends: float) -> tuple[bytes, SourceError | None]:
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > MAX_BODY:
                said = f"the answer of {told} is larger than {MAX_BODY} bytes"
                return b"", SourceError(said, source=self.source, request=told)
            if self._clock() > ends:
                said = f"{told} took longer than {self._deadline:g} s"
                return b"", Transient(said, source=self.source, request=told)
        return bytes(body), None

    def _judge(self, judge: Judge, response: httpx.Response, received: Received, told: str) -> None:
        """What the body says decides first, then the status."""
        status = response.status_code
        try:
            judge(status, received.body)
        except SourceError as error:
            error.source, error.request = self.source, told
            if isinstance(error, SchemaDrift):
                error.received = received
            if isinstance(error, Transient):
                asked = retry_after(response)
                error.retry_after = error.retry_after if asked is None else asked
            raise
        if status == 401:
            raise Auth(f"{told} answers 401: the key is refused", source=self.source, request=told)
        if status >= 300:
            raise Transient(
                f"{told} answers HTTP {status}",
                source=self.source,
                request=told,
                retry_after=retry_after(response),
            )
        if not received.body.strip():
            raise Transient(f"{told} answers with an empty body", source=self.source, request=told)

    def _told(self, question: _Question) -> str:
        """The address as it may be told and kept: parameters, but never the one with the key."""
        url = without_user(question.url).replace(KEY_IN_PATH, REDACTED)
        pairs = [*question.params.items(), *(question.form or {}).items()]
        query = "&".join(f"{name}={value}" for name, value in pairs)
        return self._redaction.text(f"{url}?{query}" if query else url)


def _pause(attempt: int) -> float:
    """Seconds before the next try: doubled each time, with some chance so that clients spread."""
    spread = 0.75 + random.random() / 2  # noqa: S311 - no secret
    return float(FIRST_WAIT_SECONDS * 2 ** (attempt - 1) * spread)
