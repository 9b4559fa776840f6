"""Hands for tests of the hotline: recipients, notices in the queue, time that is told, real local servers."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

from config.clock import Clock
from config.facts import Facts
from config.hotline import HotlineSettings
from config.notices import NoticeRule, Recipient
from hotline.courier import Courier
from hotline.watch import queue
from store.deliveries import Delivery, deliveries_of
from store.engine import Store
from store.notices import Notice, Occasion, notices, put_notice
from tests.hotline.receiver import Receiver
from tests.report.conftest import Air

NOW = datetime(2019, 3, 5, 3, 0, tzinfo=UTC)  # noon in Korea


class StandingClock(Clock):
    """Data time that stands where the test puts it."""

    def __init__(self, at: datetime = NOW) -> None:
        super().__init__(at, 0.0, 1.0)
        object.__setattr__(self, "stands", at)

    def now(self) -> datetime:
        """Where it was put."""
        found: datetime = self.__dict__["stands"]
        return found

    def put(self, at: datetime) -> None:
        """Move it."""
        object.__setattr__(self, "stands", at)


@dataclass
class Machine:
    """Machine time that passes when the test says so."""

    at: datetime = field(default_factory=lambda: datetime(2026, 1, 1, tzinfo=UTC))

    def __call__(self) -> datetime:
        """The present machine time."""
        return self.at

    def pass_by(self, **span: float) -> None:
        """Let time pass."""
        self.at += timedelta(**span)


RULE = NoticeRule(
    id="kr-alert",
    about="alert",
    regions="kr-seoul",
    alerts="advisory|warning",
    tell="decision",
    urgent_from=2,
    source="test",
    confidence="high",
)


def person(channel: str, address: str | None = None, **how: Any) -> Recipient:
    """A recipient of decisions."""
    told = {"id": "kim", "audiences": "decision", "source": "test", "confidence": "high", **how}
    return Recipient(channel=channel, address=address, **told)


@dataclass
class Post:
    """A database with a queue, and the hands of everyone at it."""

    store: Store
    facts: Facts
    people: list[Recipient]
    settings: HotlineSettings = field(default_factory=HotlineSettings)
    clock: StandingClock = field(default_factory=StandingClock)
    machine: Machine = field(default_factory=Machine)

    def __post_init__(self) -> None:
        self.facts.all("recipients", Recipient)
        self.facts._read["recipients"] = [_Row(one) for one in self.people]  # type: ignore[misc]

    def courier(self, **how: Any) -> Courier:
        """A courier; carriers may be given."""
        return Courier(self.store, self.facts, self.settings, self.clock, self.machine, **how)

    def file(self, stage: str = "first", level: int = 1, began: datetime = NOW) -> Notice:
        """A notice of an alert in Seoul, with its deliveries."""
        with self.store.write() as connection:
            story = Occasion(RULE.id, "kr-seoul", began, level)
            notice = put_notice(connection, story, stage, level, self.clock.now(), told(level))  # type: ignore[arg-type]
            assert notice is not None
            queue(connection, RULE, notice, self.people)
        return notice

    def deliveries(self) -> list[Delivery]:
        """All deliveries, in order."""
        with self.store.read() as connection:
            return deliveries_of(connection, [one.id for one in notices(connection)])

    @property
    def states(self) -> list[str]:
        """Their states."""
        return [one.state for one in self.deliveries()]


@dataclass(frozen=True)
class _Row:
    fact: Recipient


def told(level: int = 1) -> dict[str, Any]:
    """The facts of an advisory or a warning."""
    name = ("advisory", "warning")[level - 1]
    alert = {
        "region": "kr-seoul",
        "zone": None,
        "level": name,
        "issued_at": "2019-03-05T12:00:00+09:00",
        "issued_value": 81.0,
        "origin": "replayed",
    }
    air = {
        "value": 81.0,
        "unit": "ug/m3",
        "hour_ended": "2019-03-05T12:00:00+09:00",
        "mean_24h": 64.5,
        "hours_24h": 23,
        "stations": 24,
        "stations_known": 25,
        "feeds": ["airkorea-final"],
        "attribution": [],
    }
    return {
        "about": "alert",
        "pollutant": "pm25",
        "at": "2019-03-05T12:00:00+09:00",
        "since": "2019-03-05T12:00:00+09:00",
        "knowledge": "as known then",
        "why": {"alert": alert},
        "air": air,
        "measures": {"listed": [], "word": "no measure known", "known_through": None},
    }


@pytest.fixture
def own_facts() -> Facts:
    """A catalogue that the test may give recipients."""
    return Facts()


@pytest.fixture
def post(store: Store, own_facts: Facts) -> Callable[..., Post]:
    """A post office on each engine in turn, with the people given."""
    return lambda *people, **how: Post(store, own_facts, list(people), **how)


@pytest.fixture
def local_post(sqlite_store: Store, own_facts: Facts) -> Callable[..., Post]:
    """The same on SQLite, for what SQL has no part in."""
    return lambda *people, **how: Post(sqlite_store, own_facts, list(people), **how)


@pytest.fixture
def air(store: Store, own_facts: Facts) -> Air:
    """An empty database to write readings into, on each engine in turn."""
    return Air(store, own_facts)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook's receiver on loopback."""
    with Receiver() as opened:
        yield opened


@dataclass
class Mailbox:
    """What a mail server accepted; `refusals` are answered first, in order."""

    refusals: list[str] = field(default_factory=list)
    letters: list[Envelope] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, _server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The server's answer to a letter."""
        self.letters.append(envelope)
        self.secure.append(session.ssl is not None)
        return self.refusals.pop(0) if self.refusals else "250 accepted"


def free_port() -> int:
    """A port of loopback that nobody listens on: the mail server cannot be given 0."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of localhost and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-nodes", "-keyout", str(key), "-out", str(cert), "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server on loopback, without encryption."""
    box = Mailbox(port=free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def secure_mailbox(certificate: tuple[Path, Path]) -> Iterator[Mailbox]:
    """A mail server that takes letters over STARTTLS from who logs in as hotline/s3cret."""
    box = Mailbox(port=free_port())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    def login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        known = (data.login, data.password) == (b"hotline", b"s3cret")
        return AuthResult(success=known, handled=False)

    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=box.port,
        tls_context=context,
        require_starttls=True,
        authenticator=login,
        auth_required=True,
    )
    controller.start()
    yield box
    controller.stop()
