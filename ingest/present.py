"""Windows of a source that shows the present alone: over once their day and its lateness have passed.

Nothing of them can be asked for any more. How whole they are is told by the hours of which an index value
is held.
"""

from __future__ import annotations

from config.clock import Clock
from ingest.bulletins import BulletinSpec
from ingest.hours import moment
from ingest.memory import hours_of
from store import ledger
from store.engine import Store
from store.station_indices import hours_held


def close_over(spec: BulletinSpec, store: Store, clock: Clock) -> None:
    """Settle the windows that are over, and lose those of which nothing was had."""
    now = hours_of(clock)
    with store.write() as connection:
        for window in ledger.unsettled(connection, spec.id):
            if window.end + spec.lateness_hours > now:
                continue
            expected = window.end - window.start
            held = hours_held(connection, spec.id, moment(window.start), moment(window.end))
            ledger.note_presence(connection, window.id, held, expected)
            if not held:
                said = "it shows the present only, and nothing was had while this lasted"
                ledger.lose(connection, window.id, clock.now(), said)
                continue
            lacks = f"{held} of {expected} hours held; it shows the present only" if held < expected else None
            ledger.settle(connection, window.id, clock.now(), lacks)
