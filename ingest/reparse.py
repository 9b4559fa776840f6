"""`yellowsea reparse`: readings rebuilt from the answers as they were received, after a parser was mended.

The answers are read from the newest back: what the newest one says of an hour is its last word, as it was
when they came, and older ones no longer count for it. What no parser can read is told and its readings stay;
so do readings that a file (or an answer whose bytes are forgotten) brought later, and those that no answer
tells any more: nothing is ever taken out. A trial takes the same way through `store.readings.put`, and each
of its transactions is rolled back: what it shows is what would be written. A handful of answers is one
transaction, so that a daemon at work waits for seconds at most; whatever was stopped half-way is taken up
by asking again.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from config.clock import Clock
from config.facts import Facts
from ingest.hours import moment
from ingest.rebuild import Rebuilt, Reparser
from ingest.source import Payload, Request, SchemaDrift, Source, SourceError, StationRef
from store import payloads
from store.batches import begin_batch, end_batch, payload_body
from store.engine import Store
from store.payloads import KeptPayload

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Answers of one transaction.
TOGETHER = 50
_EVER = 2**31 - 1
_TRIPPED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def reparse(
    store: Store,
    facts: Facts,
    clock: Clock,
    source: Source,
    *,
    hours: tuple[int, int] | None = None,
    apply: bool = False,
    most: int = 20,
) -> Rebuilt:
    """Read the stored answers of a source again.

    Parameters
    ----------
    hours : (int, int), optional
        Only readings that start in these hours (hour numbers, the end excluded); answers that came before
        the first are then left alone, for no source tells an hour before it begins.
    apply : bool
        Write what differs, with a batch for each answer that changes something; else nothing is written.
    most : int
        So many differences are told, those of the newest answers first.
    """
    feed, since = source.spec.feed, moment(hours[0]) if hours else None
    with store.read() as connection:
        kept = payloads.kept(connection, source.spec.id, since)
        of = payloads.batches_of(connection, source.spec.id)
    saver: Reparser | None = None
    for at in range(0, len(kept), TOGETHER):
        with store.write() as connection:
            if saver is None:
                saver = Reparser(connection, facts, hours or (-_EVER, _EVER), most, feed)
            else:
                saver.enter(connection)
            for one in kept[at : at + TOGETHER]:
                _again(connection, saver, source, one, of, clock)
            if not apply:
                connection.rollback()
    if saver is None:
        return Rebuilt()
    unread = {one["payload"] for one in saver.result.unreadable}
    asked = {one.id for one in kept}
    with store.read() as connection:
        saver.enter(connection)
        saver.find_untold(feed, {batch for batch, one in of.items() if one in asked - unread})
    return saver.result


def _again(
    connection: Connection,
    saver: Reparser,
    source: Source,
    one: KeptPayload,
    of: dict[int, int],
    clock: Clock,
) -> None:
    """One answer through its parser and into its series."""
    spec, result = source.spec, saver.result
    route = next((r for r in spec.routes if r.name == one.route), None) or spec.route("latest")
    route = route or spec.routes[0]
    if route.span == "list":
        return
    result.payloads += 1
    asked = one.station if one.station in saver.places.stations else None
    request = Request(route, station=_ref(saver, asked), station_id=asked)
    body = payload_body(connection, one.id)
    payload = Payload(spec.id, request, one.url, body, one.content_type, one.world)  # type: ignore[arg-type]
    try:
        batch = source.parse(payload)
        if batch.drift:
            raise SchemaDrift(batch.drift)
    except (SourceError, *_TRIPPED) as error:
        saver.stays |= {batch for batch, bytes_ in of.items() if bytes_ == one.id}
        result.unreadable.append(_unreadable(one, error))
        return
    saver.received = one.received_at
    number = begin_batch(
        connection,
        source=spec.id,
        feed_id=saver.ensure_feed(spec.feed),
        parser_version=spec.parser_version,
        received_at=clock.now(),
        format_name=payloads.AGAIN,
        payload_id=one.id,
        world=one.world,
    )
    counts = saver.save(batch, number)
    # What a later answer says again, or what lies outside the hours, does not count.
    counts.rows = counts.new + counts.changed + counts.same + counts.rejected
    for reject in batch.rejects:
        result.reasons[reject.reason] = result.reasons.get(reject.reason, 0) + reject.readings
    result.counts.add(counts)
    if counts.new + counts.changed:
        end_batch(connection, number, counts, json.dumps({"reparsed": one.batch}))
    else:
        payloads.discard(connection, number)


def _ref(saver: Reparser, station: str | None) -> StationRef | None:
    if station is None:
        return None
    version = saver.places.version(station)
    return StationRef(version.code, version.name, version.area)


def _unreadable(one: KeptPayload, error: Exception) -> dict[str, Any]:
    said = str(error) if isinstance(error, SourceError) else f"{type(error).__name__}: {str(error)[:120]}"
    return {
        "payload": one.id,
        "url": one.url,
        "received_at": one.received_at.isoformat(),
        "was_read": one.was_read,
        "error": said,
    }


def answer(source: Source, result: Rebuilt, *, apply: bool) -> dict[str, Any]:
    """What `yellowsea reparse` says."""
    counts = asdict(result.counts)
    row = {
        "source": source.spec.id,
        "feed": source.spec.feed,
        "parser_version": source.spec.parser_version,
        "applied": apply,
        "payloads": result.payloads,
        "unreadable": len(result.unreadable),
        **{name: counts[name] for name in ("rows", "new", "changed", "same", "rejected")},
        "superseded": result.superseded,
        "no_longer_told": result.no_longer_told,
    }
    return {
        "reparse": [row],
        "differences": [asdict(one) for one in result.differences],
        "unreadable": result.unreadable,
        "reject_reasons": result.reasons,
    }
