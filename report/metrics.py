"""`yellowsea metrics`: the standing of every source as Prometheus reads it (text exposition format 0.0.4).

https://prometheus.io/docs/instrumenting/exposition_formats/

All are gauges of the present; what is not known has no line. Ages are seconds of data time, but for the
daemon's heartbeat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from report.answer import Answer
from store import size
from store.engine import Store
from store.series import select_series

# What each name means; `docs/commands.md` lists them.
METRICS = {
    "yellowsea_newest_age_seconds": "since the end of the newest hour held, or the newest bulletin's issue",
    "yellowsea_settled_age_seconds": "since the end of the hour up to which nothing is open",
    "yellowsea_windows_open": "windows that still lack something",
    "yellowsea_windows_lost": "windows that can no longer be had",
    "yellowsea_late": "1 where the newest hour is overdue",
    "yellowsea_late_because": "1 for who is to blame: us, them or both",
    "yellowsea_blocked": "1 where the source refuses the key, or the calls of the day are used up",
    "yellowsea_error": "1 while an open window has an error that is not over",
    "yellowsea_calls_used": "calls of the source's day",
    "yellowsea_calls_left": "calls left of the source's day, where it has a limit",
    "yellowsea_readings": "readings held, missing ones included, by feed",
    "yellowsea_blocks": "packed months",
    "yellowsea_database_bytes": "size of the database",
    "yellowsea_payload_bytes": "size of the archive of answers as received, packed",
    "yellowsea_heartbeat_age_seconds": "since the daemon's last heartbeat, machine time",
}
_HOUR = 3600.0
Sample = tuple[str, dict[str, str], float | None]


def expose(store: Store, status: Answer) -> str:
    """The text for Prometheus.

    Parameters
    ----------
    status : dict
        The answer of `report.status.ask`.
    """
    found = [*_of_sources(status), *_of_store(store)]
    found.append(("yellowsea_heartbeat_age_seconds", {}, status["daemon"]["seconds_ago"]))
    lines: list[str] = []
    for name, meaning in METRICS.items():
        samples = [_line(*one) for one in found if one[0] == name and one[2] is not None]
        if samples:
            lines += [f"# HELP {name} {meaning}", f"# TYPE {name} gauge", *samples]
    return "\n".join(lines) + "\n"


def _of_sources(status: Answer) -> Iterator[Sample]:
    now = datetime.fromisoformat(status["question"]["at"])
    for row in status["sources"]:
        labels = {"source": str(row["id"])}
        # Hours are named by their start, bulletins by their issue.
        length = 0.0 if row["feed"] is None else _HOUR
        yield "yellowsea_newest_age_seconds", labels, _age(now, row["newest"], length)
        yield "yellowsea_settled_age_seconds", labels, _age(now, row["settled"], _HOUR)
        yield "yellowsea_windows_open", labels, row["open"]
        yield "yellowsea_windows_lost", labels, row["lost"]
        yield "yellowsea_late", labels, float(row["late"])
        if row["late_because"]:
            yield "yellowsea_late_because", {**labels, "because": row["late_because"]}, 1.0
        yield "yellowsea_blocked", labels, float(row["blocked"])
        yield "yellowsea_error", labels, float(row["error"] is not None)
        yield "yellowsea_calls_used", labels, row["calls"]
        yield "yellowsea_calls_left", labels, row["calls_left"]


def _of_store(store: Store) -> Iterator[Sample]:
    with store.read() as connection:
        held: Counter[str] = Counter()
        for one in select_series(connection):
            held[one.key.feed] += one.readings
        for feed, readings in sorted(held.items()):
            yield "yellowsea_readings", {"feed": feed}, readings
        yield "yellowsea_blocks", {}, size.blocks(connection)
        yield "yellowsea_database_bytes", {}, size.database_bytes(connection)
        yield "yellowsea_payload_bytes", {}, size.archive_bytes(connection)


def _age(now: datetime, start: str | None, length: float) -> float | None:
    return None if start is None else (now - datetime.fromisoformat(start)).total_seconds() - length


def _line(name: str, labels: dict[str, str], value: float | None) -> str:
    pairs = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{pairs}}} {value:.15g}" if pairs else f"{name} {value:.15g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
