"""Both networks behind one door: which operation answers a request, and which fault comes before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from sandbox import wire
from sandbox.airkorea import AirKorea
from sandbox.airkorea_bulletins import MESSAGES, Bulletins
from sandbox.airkorea_stats import DayMeans
from sandbox.announced import Announced, Silence
from sandbox.cnemc import Cnemc
from sandbox.drift import drifted
from sandbox.faults import FaultPlan, Span
from sandbox.invented import Invented
from sandbox.journal import WHOLE, Journal
from sandbox.portals import portals
from sandbox.publication import Publication
from sandbox.waqi import Waqi, refused
from sandbox.world import World

KOREAN, CHINESE = "/B552584/", "/HourChangesPublish/"


class DataTime(Protocol):
    """A clock of data time."""

    def now(self) -> datetime:
        """Aware data time."""


class Upstream:
    """Answers requests at the data time of a clock.

    Parameters
    ----------
    world, clock, plan, seed, key, announced, journal
        As `sandbox.server.Sandbox` takes them.
    start : datetime
        From where the windows of faults count.
    """

    def __init__(
        self,
        world: World,
        clock: DataTime,
        plan: FaultPlan,
        seed: int,
        start: datetime,
        key: str | None,
        announced: Announced | None = None,
        journal: Journal | None = None,
    ) -> None:
        self._journal = journal
        self.world = world
        self._clock = clock
        self._plan = plan
        self._start = start
        publication = Publication(world, plan, seed, start)
        if announced is None:
            announced = Invented(publication.world, seed, start) if world.name == "synthetic" else Silence()
        self._bulletins = Bulletins(announced)
        others = self._bulletins.operations | DayMeans(publication).operations
        self._airkorea = AirKorea(publication, seed, key, others)
        self._cnemc = Cnemc(publication, seed)
        self._portals = portals(publication, seed, key)

    def respond(self, method: str, target: str, body: bytes, key: str | None = None) -> wire.Answer:
        """The answer to one request; its `mishap` says where the connection itself is to go wrong.

        `key` is the header X-API-Key.
        """
        now = self._clock.now()
        url = urlsplit(target)
        if url.path == "/health" and method == "GET":
            return wire.Answer(wire.dump(self._health(now)))
        if url.path.startswith(KOREAN):
            query = dict(parse_qsl(url.query))
            return self._guarded(
                "GET", method, "airkorea", AirKorea.route(url.path), now,
                lambda: self._airkorea.answer(url.path, query, now), url.path.rsplit("/", 1)[-1],
            )  # fmt: skip
        if url.path == MESSAGES:
            query = dict(parse_qsl(url.query))
            return self._guarded(
                "GET", method, "safetydata", "messages", now,
                lambda: self._bulletins.messages(query, now),
            )  # fmt: skip
        if url.path.startswith(CHINESE):
            form = dict(parse_qsl(body.decode("utf-8", "replace")))
            return self._guarded(
                "POST", method, "cnemc", Cnemc.route(url.path), now,
                lambda: self._cnemc.answer(url.path, form, now),
            )  # fmt: skip
        for portal in self._portals:
            if (route := portal.route(url.path)) is not None:
                query = dict(parse_qsl(url.query, keep_blank_values=True))
                answer = partial(portal.answer, url.path, query, key, now)
                # Of an address without a key in its path the journal tells what was asked.
                called = Waqi.called(url.path, query) if portal.network == Waqi.network else None
                return self._guarded("GET", method, portal.network, route, now, answer, called)
        return wire.Answer(b"", wire.TEXT, 404)

    def _guarded(
        self,
        wanted: str,
        method: str,
        network: str,
        route: str,
        now: datetime,
        answer: Callable[[], wire.Answer],
        operation: str | None = None,
    ) -> wire.Answer:
        if method != wanted:
            return wire.Answer(b"", wire.TEXT, 405, {"Allow": wanted})
        struck = self._plan.strike(network, route, (now - self._start).total_seconds() / 3600)
        if self._journal is not None:
            self._journal.note(now, network, operation or route, struck[0].kind if struck else WHOLE)
        if struck is None:
            return answer()
        fault, count = struck
        if fault.kind == "drift":
            return drifted(answer(), fault.key, fault.to)
        if fault.kind == "timeout":
            return wire.Answer(b"", mishap="hold", hold_seconds=fault.hold_seconds)
        if fault.kind == "truncate":
            return replace(answer(), mishap="truncate")
        if fault.kind == "quota" and network == Waqi.network:
            return refused("Over quota")
        return _instead(fault, count)

    def _health(self, now: datetime) -> dict[str, object]:
        return {
            "status": "ok",
            "world": self.world.name,
            "data_time": now.astimezone(UTC).isoformat(timespec="seconds"),
            "start": self._start.astimezone(UTC).isoformat(timespec="seconds"),
            "requests": self._plan.requests(),
            "faults": self._plan.counts(),
        }


def _instead(fault: Span, count: int) -> wire.Answer:
    """What a fault answers in place of the operation."""
    if fault.kind == "http":
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        return wire.Answer(b"", wire.TEXT, fault.status, headers)
    if fault.kind == "quota":
        return wire.gateway_xml("22") if count % 2 else wire.provider_xml("22")
    if fault.kind == "gateway_xml":
        return wire.gateway_xml(fault.code)
    if fault.kind == "provider_xml":
        return wire.provider_xml(fault.code)
    if fault.kind == "gateway_json":
        return wire.gateway_json(fault.code, fault.status)
    return wire.forbidden() if fault.kind == "forbidden" else wire.Answer(b"")
