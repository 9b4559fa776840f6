"""What the tests of bulletins share: bodies, documents, hostile changes, and a collector before a sandbox."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

import httpx
from hypothesis import strategies as st
from live_desk import KEY, Hand, SmallWorld

from config.facts import Facts
from config.settings import SourceSettings
from ingest.bulletin_collect import BulletinCollector
from ingest.bulletins import Bulletin, Document
from ingest.perform import Run
from ingest.registry import BULLETINS
from ingest.wording import Wording
from sandbox.announced import Announced
from sandbox.faults import FaultPlan, Span
from sandbox.server import Sandbox
from store import ledger
from store.engine import Store

DAY = date(2024, 1, 29)
BEGIN = datetime.fromisoformat("2024-01-29T04:30+09:00").astimezone(UTC)
Item = dict[str, Any]


def page(items: object, total: int | None = None) -> bytes:
    """An envelope as data.go.kr writes it."""
    count = len(items) if isinstance(items, list) else 0
    body = {"totalCount": count if total is None else total, "items": items, "pageNo": 1, "numOfRows": 100}
    header = {"resultMsg": "NORMAL_CODE", "resultCode": "00"}
    return json.dumps({"response": {"body": body, "header": header}}).encode()


def read(source: str, body: bytes, wording: Wording) -> Bulletin:
    """What a source makes of a body."""
    return BULLETINS[source].parse(Document(source, DAY, "u", body, "application/json"), wording)


HOSTILE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.just("\ud800\x00"),
    st.just([]), st.just({}), st.lists(st.integers(), max_size=3),
    st.sampled_from(["-", "24:00", "2024-02-30", "9999-12-31 24시 발표", "서울 : 나쁨,,서울", "1e999"]),
    st.sampled_from(["０３:00", "２０２４-01-29 05시 발표", "-1:00", "99:99", "NaN"]),
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, items: Sequence[Item]) -> list[Item]:
    """Recorded rows with values replaced, keys dropped or added, rows doubled, dropped and shuffled."""
    rows = [copy.deepcopy(dict(row)) for row in draw(st.lists(st.sampled_from(items), max_size=4))]
    for row in rows:
        for key in draw(st.lists(st.sampled_from(sorted(row)), max_size=4, unique=True)):
            match draw(st.integers(0, 3)):
                case 0:
                    del row[key]
                case 1:
                    row[draw(st.text(max_size=8))] = row.pop(key)
                case 2 if isinstance(row[key], str):
                    row[key] = row[key][: draw(st.integers(0, 20))]
                case _:
                    row[key] = draw(HOSTILE)
    return rows


class Books:
    """What a source's database says."""

    store: Store
    source: str

    def windows(self) -> list[ledger.Window]:
        with self.store.read() as connection:
            return ledger.windows_between(connection, self.source, 0, 2**31 - 1)

    def rows(self, query: str) -> list[Any]:
        with self.store.read() as connection:
            return list(connection.exec_driver_sql(query))


class Mock(Books):
    """A collector before hand-made answers, by a clock that stands until it is moved."""

    def __init__(
        self, store: Store, facts: Facts, handle: Callable[[httpx.Request], httpx.Response],
        source: str = "airkorea-forecast",
    ) -> None:  # fmt: skip
        self.store, self.source, self.clock = store, source, Hand(BEGIN + timedelta(hours=2))
        own = SourceSettings(url="http://upstream", key=KEY, calls_per_second=10_000)  # type: ignore[arg-type]
        self.collector = BulletinCollector(
            BULLETINS[source], store, facts, own,
            self.clock,  # type: ignore[arg-type]
            backfill_hours=0, transport=httpx.MockTransport(handle),
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.collector.close()

    def tick(self) -> Run:
        return self.collector.tick()


class Desk(Books):
    """A sandbox that announces, one database, and collectors of one source that come and go."""

    def __init__(
        self,
        store: Store,
        facts: Facts,
        source: str,
        *,
        begin: datetime = BEGIN,
        faults: Iterable[dict[str, Any]] = (),
        announced: Announced | None = None,
        key: str | None = KEY,
    ) -> None:
        self.store, self.facts, self.source, self.clock = store, facts, source, Hand(begin)
        self.plan = FaultPlan([Span.model_validate(fault) for fault in faults], 1)
        self.world = SmallWorld(facts)
        self.sandbox = Sandbox(
            self.world, self.clock, self.plan, 1, key=key, start=begin, announced=announced
        )
        self.runs: list[Run] = []
        self.collector = self.begin_anew()

    def __enter__(self) -> Self:
        self.sandbox.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.collector.close()
        self.sandbox.close()

    def begin_anew(self, backfill_hours: int = 0, **settings: Any) -> BulletinCollector:
        """As a process that begins: nothing is remembered but the database."""
        if hasattr(self, "collector"):
            self.collector.client.close()
        given = {"url": self.sandbox.url, "key": KEY, "calls_per_second": 10_000} | settings
        self.collector = BulletinCollector(
            BULLETINS[self.source],
            self.store,
            self.facts,
            SourceSettings(**given),
            self.clock,  # type: ignore[arg-type]
            backfill_hours=backfill_hours,
        )
        return self.collector

    def tick(self) -> Run:
        run = self.collector.tick()
        self.runs.append(run)
        return run

    def work(self, hours: float, every_minutes: float = 10) -> None:
        """Tick through so many hours of data time."""
        for _ in range(round(hours * 60 / every_minutes)):
            self.tick()
            self.clock.move(minutes=every_minutes)

    @property
    def calls(self) -> int:
        return sum(run.calls for run in self.runs)
