"""A clock set by hand, and sandboxes that answer over real loopback HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.facts import Facts
from sandbox.faults import FaultPlan, Span
from sandbox.server import Sandbox
from sandbox.synthetic import SyntheticWorld, demo_start
from sandbox.world import World

SHARED = Path(__file__).resolve().parents[3] / "shared" / "sources"
MEASURED = "/B552584/ArpltnInforInqireSvc/"


class Hand:
    """Data time that moves when told to."""

    def __init__(self, start: datetime) -> None:
        self.start = self.time = start

    def now(self) -> datetime:
        return self.time

    def set(self, **after: float) -> None:
        """So long after the start."""
        self.time = self.start + timedelta(**after)


class Desk:
    """One sandbox, its clock, and a client's usual questions."""

    def __init__(self, sandbox: Sandbox, clock: Hand, http: httpx.Client) -> None:
        self.sandbox, self.clock, self.http = sandbox, clock, http

    def get(self, operation: str, **query: Any) -> httpx.Response:
        asked: dict[str, Any] = {"serviceKey": "k3y+/==", "returnType": "json", "numOfRows": 1000} | query
        path = operation if operation.startswith("/") else MEASURED + operation
        return self.http.get(path, params={k: v for k, v in asked.items() if v is not None})

    def live(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.get("getCtprvnRltmMesureDnsty", **({"sidoName": "전국", "ver": "1.5"} | query))
        items: list[dict[str, Any]] = answer.json()["response"]["body"]["items"]
        return items

    def history(self, station: str, **query: Any) -> list[dict[str, Any]]:
        asked = {"stationName": station, "dataTerm": "DAILY", "ver": "1.5"} | query
        answer = self.get("getMsrstnAcctoRltmMesureDnsty", **asked).json()["response"]
        items: list[dict[str, Any]] = answer["body"]["items"]
        return items

    def cnemc(self, date: str | None = None) -> list[dict[str, str]]:
        path = "/HourChangesPublish/"
        answer = (
            self.http.post(path + "GetAllAQIPublishLive")
            if date is None
            else self.http.post(path + "GetAQIHistoryByConditionHis", data={"date": date})
        )
        items: list[dict[str, str]] = answer.json()
        return items


Open = Callable[..., Desk]


@pytest.fixture(scope="session")
def facts() -> Facts:
    return Facts()


@pytest.fixture(scope="session")
def synthetic(facts: Facts) -> SyntheticWorld:
    return SyntheticWorld(facts)


@pytest.fixture
def open_desk(synthetic: SyntheticWorld) -> Iterator[Open]:
    with ExitStack() as stack:

        def open_(
            *faults: dict[str, Any],
            world: World = synthetic,
            start: datetime = demo_start,
            plan: str | None = None,
            **options: Any,
        ) -> Desk:
            clock = Hand(start)
            spans = FaultPlan([Span.model_validate(f) for f in faults], 1) if plan is None else plan
            sandbox = stack.enter_context(Sandbox(world, clock, spans, **options))
            return Desk(sandbox, clock, stack.enter_context(httpx.Client(base_url=sandbox.url, timeout=20)))

        yield open_


@pytest.fixture
def desk(open_desk: Open) -> Desk:
    """A faultless sandbox, 40 minutes past the 30th hour after the start: everything is out."""
    opened = open_desk()
    opened.clock.set(hours=30, minutes=40)
    return opened


def recording(name: str) -> Path:
    """A recording of the shared folder; the test is skipped where it does not lie beside the project."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the recordings are not at {SHARED}")
    return path
