"""Who is to blame where a source is late, by heartbeat, quota, ledger and the last error.

`us`: no daemon asks, the calls of the day are used up, the key is refused. `them`: we asked, and the source
answered with faults or had not published. `both`: we do not ask, and the source was behind before, or faulty.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from report.answer import Answer
from store import ledger

Blame = Literal["us", "them", "both"]
# The daemon beats every few seconds; two may be missed while a long file is loaded.
BEAT_SECONDS = 60.0
# Whoever asked so lately, of data time, without a daemon, is not the cause.
ASKED_WITHIN = timedelta(hours=2)
# A daemon at work leaves a question that was in vain for six hours at most (`ingest/plan.py`).
LONGEST_REST = timedelta(hours=7)


class Beat(NamedTuple):
    """The daemon's last sign of life: seconds ago of machine time, and the data time of it."""

    seconds_ago: float
    data: datetime


def explain(connection: Connection, rows: list[Answer], beat: Beat | None, now: datetime) -> None:
    """Add `late_because` (us, them, both, null) and `late_told` in words to the rows of sources.

    Parameters
    ----------
    rows : list of dict
        As `status` tells them; `late_since`, where it is given, is the data time since when a row is late.
    now : datetime
        Data time.
    """
    for row in rows:
        tried = ledger.last_try(connection, row["id"])
        blame, told = why(row, beat, tried, now)
        row["late_because"], row["late_told"] = blame, told


def why(
    row: Answer, beat: Beat | None, tried: datetime | None, now: datetime
) -> tuple[Blame | None, str | None]:
    """Who is late, and the evidence; None for a source that is not late.

    Parameters
    ----------
    tried : datetime or None
        When the source was asked last, data time.
    """
    if not row["late"] and not row["blocked"]:
        return None, None
    ours = _ours(row, beat, tried, now)
    theirs = _theirs(row, beat, tried, asking=ours is None)
    if ours and theirs:
        return "both", f"{ours}; {theirs}"
    return ("us", ours) if ours else ("them", theirs)


def _ours(row: Answer, beat: Beat | None, tried: datetime | None, now: datetime) -> str | None:
    since = None if tried is None else now - tried
    asked = since is not None and since <= ASKED_WITHIN
    if row["exhausted"]:
        return "the source says that our calls of the day are used up"
    if row["calls_left"] == 0:
        return f"our {row['calls']} calls of the day are used up"
    if row["blocked"]:
        return f"the source refuses our key or our calls: {_bare(row)}"
    if beat is None and not asked:
        return "our daemon never ran"
    if beat is not None and beat.seconds_ago > BEAT_SECONDS and not asked:
        return f"our daemon does not run: its last heartbeat was {beat.seconds_ago:.0f} s ago"
    if since is None or tried is None:
        return "our daemon has not asked it yet: `yellowsea doctor` tells whether it lacks a key"
    if since > LONGEST_REST:
        return f"our daemon has not asked it since {tried.isoformat(timespec='minutes')}"
    return None


def _theirs(row: Answer, beat: Beat | None, tried: datetime | None, *, asking: bool) -> str | None:
    since = row.get("late_since")
    if row["error"] and not row["blocked"]:
        return f"the source answers with faults: {_bare(row)}"
    if asking and tried is not None:
        return f"asked at {tried.isoformat(timespec='minutes')}, the source had not published"
    if since is not None and beat is not None and datetime.fromisoformat(since) <= beat.data:
        return "the source was late before that"
    return None


def _bare(row: Answer) -> str:
    return str(row["error"]).removeprefix(f"{row['id']}: ")
