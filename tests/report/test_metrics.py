"""The metrics are text that Prometheus reads, and say what the database holds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from config.facts import Facts
from ingest.save import Saver
from ingest.source import Batch, Quantity, StationRef
from report import metrics, status
from store import heartbeat, ledger
from store.batches import begin_batch, keep_payload
from store.engine import Store

NOW = datetime(2020, 2, 14, 3, 30, tzinfo=UTC)
HOUR = int(NOW.timestamp() // 3600)
_SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)')
_LABEL = re.compile(r'([a-z]+)="((?:[^"\\]|\\.)*)"')
Parsed = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parsed(text: str) -> Parsed:
    """The samples of an exposition; each name has its HELP and TYPE before it, once."""
    assert text.endswith("\n")
    found: Parsed = {}
    announced: list[str] = []
    for line in text.splitlines():
        if line.startswith("# HELP "):
            announced.append(line.split(" ")[2])
        elif line.startswith("# TYPE "):
            assert line == f"# TYPE {announced[-1]} gauge"
        else:
            match = _SAMPLE.fullmatch(line)
            assert match, line
            assert match[1] == announced[-1]
            labels = frozenset(
                (name, re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value))
                for name, value in _LABEL.findall(match[2] or "")
            )
            assert (match[1], labels) not in found
            found[match[1], labels] = float(match[3])
    assert len(announced) == len(set(announced))
    return found


def value(found: Parsed, name: str, **labels: str) -> float | None:
    return found.get((f"yellowsea_{name}", frozenset(labels.items())))


class Then:
    def now(self) -> datetime:
        return NOW


def text_of(store: Store, facts: Facts) -> str:
    limits: dict[str, Any] = {"airkorea": ("airkorea-live", 500), "cnemc": ("cnemc-live", None)}
    return metrics.expose(store, status.ask(store, facts, Then(), limits))  # type: ignore[arg-type]


def test_an_empty_database_has_metrics(store: Store, facts: Facts) -> None:
    found = parsed(text_of(store, facts))
    assert value(found, "windows_open", source="airkorea") == 0
    assert value(found, "calls_left", source="airkorea") == 500
    assert value(found, "calls_left", source="cnemc") is None
    assert value(found, "newest_age_seconds", source="airkorea") is None
    assert value(found, "heartbeat_age_seconds") is None
    assert (value(found, "database_bytes") or 0) > 10_000


def test_they_say_what_is_held(store: Store, facts: Facts) -> None:
    pm25 = Quantity("pm25", "ug/m3")
    start = np.arange(HOUR - 5, HOUR - 1)
    batch = Batch(
        "airkorea-live",
        "PT1H",
        [StationRef(code="111121")],
        np.zeros(4, np.int32),
        start,
        {pm25: np.full(4, 10.0)},
        {pm25: np.zeros(4, np.uint8)},
    )
    with store.write() as connection:
        saver = Saver(connection, facts)
        one = begin_batch(
            connection,
            source="airkorea",
            feed_id=saver.ensure_feed("airkorea-live"),
            parser_version=1,
            received_at=NOW,
        )
        saver.save(batch, one)
        keep_payload(connection, source="s", url="u", content_type="", body=b"abc", received_at=NOW)
        ledger.open_hours(connection, "airkorea", "national", HOUR - 5, HOUR - 1)
        for window in ledger.unsettled(connection, "airkorea")[:2]:
            ledger.settle(connection, window.id, NOW)
        ledger.lose(connection, ledger.unsettled(connection, "airkorea")[0].id, NOW, "gone")
        ledger.failed(connection, "airkorea", 0, HOUR, NOW, "nationwide", "HTTP 503")
        heartbeat.beat(connection, datetime.now(UTC) - timedelta(seconds=30), NOW)
    found = parsed(text_of(store, facts))
    assert value(found, "readings", feed="airkorea-live") == 4
    assert value(found, "newest_age_seconds", source="airkorea") == 3600 + 1800
    assert value(found, "settled_age_seconds", source="airkorea") == 3 * 3600 + 1800
    assert value(found, "windows_open", source="airkorea") == 1
    assert value(found, "windows_lost", source="airkorea") == 1
    assert value(found, "error", source="airkorea") == 1
    assert value(found, "late", source="airkorea") == 0
    assert 0 < (value(found, "payload_bytes") or 0) < 50
    assert 30 <= (value(found, "heartbeat_age_seconds") or 0) < 60


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20),
    st.floats(allow_nan=False),
)
def test_any_label_and_value_can_be_read_back(label: str, number: float) -> None:
    line = metrics._line("yellowsea_readings", {"feed": label + '"\\\n'}, number)
    found = parsed(f"# HELP yellowsea_readings h\n# TYPE yellowsea_readings gauge\n{line}\n")
    ((_, labels),) = found
    assert dict(labels) == {"feed": label + '"\\\n'}
    assert list(found.values()) == [float(f"{number:.15g}")]


def test_every_metric_that_is_told_has_a_meaning(store: Store, facts: Facts) -> None:
    assert {name for name, _ in parsed(text_of(store, facts))} <= metrics.METRICS.keys()
