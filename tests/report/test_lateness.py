"""Who is late: the evidence decides, and says so in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.facts import Facts
from report import status
from report.lateness import Beat, explain, why
from store import heartbeat, ledger, quota
from store.engine import Store

NOW = datetime(2020, 2, 14, 3, tzinfo=UTC)
ALIVE, DEAD = Beat(5.0, NOW), Beat(7200.0, NOW - timedelta(hours=2))
ASKED = NOW - timedelta(minutes=20)
LONG_AGO = NOW - timedelta(hours=5)
REFUSED = "airkorea: AirKorea refuses the key (30)"


def row(**given: Any) -> dict[str, Any]:
    """A late row without any fault."""
    usual = {"id": "airkorea", "late": True, "blocked": False, "exhausted": False, "calls": 9}
    return usual | {"calls_left": 100, "error": None, "late_since": None} | given


@pytest.mark.parametrize(
    ("given", "beat", "tried", "who", "told"),
    [
        ({"late": False}, DEAD, None, None, None),
        ({}, None, None, "us", "never ran"),
        ({}, DEAD, LONG_AGO, "us", "last heartbeat was 7200 s ago"),
        ({}, ALIVE, None, "us", "has not asked"),
        ({}, ALIVE, NOW - timedelta(hours=8), "us", "has not asked it since 2020-02-13T19:00"),
        ({"exhausted": True, "calls_left": 0, "blocked": True}, ALIVE, ASKED, "us", "says that our calls"),
        ({"calls": 500, "calls_left": 0}, ALIVE, ASKED, "us", "our 500 calls of the day"),
        ({"late": False, "blocked": True, "error": REFUSED}, ALIVE, ASKED, "us", "refuses our key"),
        ({}, ALIVE, ASKED, "them", "had not published"),
        ({"error": "nationwide: HTTP 503"}, ALIVE, ASKED, "them", "faults: nationwide: HTTP 503"),
        # Who asks by `fetch`, without a daemon, asks nevertheless.
        ({}, None, ASKED, "them", "had not published"),
        ({"error": "nationwide: HTTP 503"}, DEAD, LONG_AGO, "both", "does not run"),
        ({"late_since": (NOW - timedelta(hours=3)).isoformat()}, DEAD, LONG_AGO, "both", "late before that"),
        ({"late_since": (NOW - timedelta(hours=1)).isoformat()}, DEAD, LONG_AGO, "us", "does not run"),
    ],
)
def test_the_evidence_decides(
    given: dict[str, Any], beat: Beat | None, tried: datetime | None, who: str | None, told: str | None
) -> None:
    blame, said = why(row(**given), beat, tried, NOW)
    assert blame == who
    assert (said is None) if told is None else (told in str(said))


@given(
    late=st.booleans(),
    blocked=st.booleans(),
    exhausted=st.booleans(),
    left=st.sampled_from([None, 0, 5]),
    error=st.sampled_from([None, "nationwide: HTTP 503"]),
    beat=st.sampled_from([None, ALIVE, DEAD]),
    tried=st.sampled_from([None, ASKED, LONG_AGO]),
)
def test_somebody_is_to_blame_exactly_where_a_source_is_late_or_blocked(
    late: bool, blocked: bool, exhausted: bool, left: int | None, error: str | None, beat: Any, tried: Any
) -> None:
    error = REFUSED if blocked else error
    one = row(late=late, blocked=blocked, exhausted=exhausted, calls_left=left, error=error)
    blame, told = why(one, beat, tried, NOW)
    assert (blame is not None) == (told is not None) == (late or blocked)
    assert "None" not in str(told or "")


def test_the_words_reach_the_answer(store: Store, facts: Facts) -> None:
    hour = int(NOW.timestamp() // 3600)

    class Then:
        def now(self) -> datetime:
            return NOW

    def late() -> dict[str, Any]:
        answer = status.ask(store, facts, Then(), {"airkorea": ("airkorea-live", 500)})  # type: ignore[arg-type]
        found: dict[str, Any] = answer["sources"][0]
        return found

    assert late()["late_because"] is None
    with store.write() as connection:
        ledger.open_hours(connection, "airkorea", "national", hour - 9, hour)
    assert late()["late_because"] == "us"
    with store.write() as connection:
        heartbeat.beat(connection, datetime.now(UTC), NOW)
        ledger.failed(connection, "airkorea", hour - 9, hour, ASKED, "nationwide", "HTTP 503")
    assert (late()["late_because"], "503" in late()["late_told"]) == ("them", True)
    with store.write() as connection:
        quota.mark_exhausted(connection, "airkorea", NOW.date())
    assert late()["late_because"] == "both"


def test_rows_of_other_sources_are_explained_too(store: Store) -> None:
    rows = [row(id="airkorea-forecast"), row(late=False)]
    with store.read() as connection:
        explain(connection, rows, None, NOW)
    assert [one["late_because"] for one in rows] == ["us", None]
