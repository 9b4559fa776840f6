"""`yellowsea status`: per live feed how new and how settled it is, what is open, lost, late or blocked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from config.air import Feed
from config.clock import Clock
from config.facts import Facts
from report.answer import Answer, data_of_feeds, local
from report.lateness import Beat, explain
from report.stations_held import Desk
from store import heartbeat, ledger, quota
from store.engine import Store
from store.series import select_series

# A feed is late when its newest hour ended longer ago than its publication takes, plus this.
GRACE_MINUTES = 120


def ask(
    store: Store,
    facts: Facts,
    clock: Clock,
    limits: dict[str, tuple[str, int | None]],
    others: Sequence[Answer] = (),
) -> Answer:
    """The state of every live feed, and why one is late.

    Parameters
    ----------
    limits : dict
        By source id: its feed, and the calls of a day (None without a limit).
    others : sequence of dict
        Rows of sources without hours, which stand behind.
    """
    now = clock.now()
    with store.read() as connection:
        desk = Desk(connection, facts)
        newest: dict[str, int] = {}
        for one in select_series(connection):
            if one.last is not None:
                newest[one.key.feed] = max(newest.get(one.key.feed, one.last), one.last)
        rows = [
            _row(desk, source, facts.feeds[feed], newest.get(feed), limit, now)
            for source, (feed, limit) in limits.items()
        ]
        rows += others
        beat = heartbeat.last(connection)
        ago = None if beat is None else (datetime.now(UTC) - beat[0]).total_seconds()
        explain(connection, rows, None if beat is None or ago is None else Beat(ago, beat[1]), now)
        held = [desk.feeds[feed] for feed in sorted(newest)]
        return {
            "question": {"at": now.isoformat()},
            "method": {
                "late": "the newest hour ended longer ago than its publication takes, "
                f"plus {GRACE_MINUTES} min, in data time",
                "settled": "up to this hour nothing is open",
                "late_because": "us: no daemon asks, no call is left, the key is refused; them: we asked, "
                "and the source failed or had not published; both",
            },
            "data": {**data_of_feeds(desk, held), "stations": None, "capture": None},
            "daemon": {
                "heartbeat": beat[0].isoformat() if beat else None,
                "seconds_ago": ago,
            },
            "sources": rows,
        }


def _row(desk: Desk, source: str, feed: Feed, newest: int | None, limit: int | None, now: datetime) -> Answer:
    zone = "Asia/Seoul" if desk.facts.networks[feed.network].country == "KR" else "Asia/Shanghai"
    standing = ledger.standing(desk.connection, source)
    used = quota.used(desk.connection, source, now.astimezone(ZoneInfo(zone)).date())
    known = newest is not None or standing.open or standing.lost or standing.settled is not None
    ended = None if newest is None else datetime.fromtimestamp((newest + 1) * 3600, UTC)
    allowed = timedelta(minutes=(feed.publish_minutes or 0) + 60 + GRACE_MINUTES)
    return {
        "id": source,
        "feed": feed.id,
        "newest": None if newest is None else local(newest, zone),
        "settled": None if standing.settled is None else local(standing.settled, zone),
        "open": standing.open,
        "lost": standing.lost,
        # A source that never ran is not late: nothing was promised.
        "late": bool(known) and (ended is None or now - ended > allowed),
        "late_since": (ended + allowed).isoformat() if ended and now - ended > allowed else None,
        "calls": used.calls,
        "calls_left": used.left(limit),
        "exhausted": used.exhausted,
        # The source refuses the key, or its day's calls are used up: nothing of it comes for now.
        "blocked": standing.blocked,
        "error": standing.error,
    }
