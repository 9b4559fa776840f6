"""What the daemon does beside collecting: pack closed months, forget old payloads, judge what has settled.

Flags are judged on settled hours alone and again until the week (of `ingest.quality`) in which they lie is
over and its surroundings have settled too: then they are those that `yellowsea flag` gives the same readings.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import structlog

from config.clock import Clock
from config.facts import Facts
from config.settings import Settings
from ingest.quality import AROUND, WEEK, Judged, flag
from ingest.source import SourceSpec
from store import blocks, ledger, retention
from store.engine import Store

# A month is closed for packing once late data can hardly come any more.
CLOSED_AFTER = timedelta(days=3)
# Judging looks at weeks of all stations: so many newly settled hours are waited for.
JUDGE_EVERY_HOURS = 6


class Upkeep:
    """The jobs of one daemon.

    Parameters
    ----------
    specs : iterable of SourceSpec
        The sources whose feeds are judged.
    """

    def __init__(
        self, store: Store, facts: Facts, settings: Settings, clock: Clock, specs: Iterable[SourceSpec]
    ) -> None:
        self._store, self._facts, self._settings, self._clock = store, facts, settings, clock
        self._specs = list(specs)
        # Where it is not known after a start, the two days before are judged again, with their week.
        self._judged: dict[str, int] = {}
        self._log = structlog.get_logger()

    def keep_house(self) -> None:
        """Pack closed months; forget payloads that are older than they are kept."""
        now = self._clock.now()
        packed = blocks.build(self._store, now - CLOSED_AFTER)
        with self._store.write() as connection:
            before = now - timedelta(days=self._settings.payload_days)
            most = self._settings.payload_megabytes
            gone = retention.drop_payloads(connection, before, None if most is None else int(most * 1e6))
        if packed or gone:
            self._log.info("kept house", blocks=packed, payloads_dropped=gone)

    def judge(self) -> None:
        """Judge each feed of which enough hours have settled since the last time."""
        for spec in self._specs:
            with self._store.read() as connection:
                settled = ledger.standing(connection, spec.id).settled
            if settled is None or settled - self._judged.get(spec.feed, 0) < JUDGE_EVERY_HOURS:
                continue
            judged = flag_settled(self._store, self._facts, spec.feed, self._judged.get(spec.feed), settled)
            self._judged[spec.feed] = settled
            if judged.changed:
                self._log.info("judged", feed=spec.feed, flags_changed=judged.changed)


def flag_settled(store: Store, facts: Facts, feed: str, before: int | None, settled: int) -> Judged:
    """Judge a feed up to hour `settled`, again from the week whose flags `before` may have left unfinished.

    Parameters
    ----------
    before : int, optional
        Up to which hour the feed was judged the last time.
    """
    since = (settled if before is None else min(before, settled)) - AROUND
    return flag(store, facts, since - since % WEEK, settled + 1, feeds=(feed,))
