"""What the daemon does beside collecting: the hotline's turn, and the scheduled reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog

from config.clock import Clock
from config.facts import Facts
from config.settings import Settings
from ingest.registry import SOURCES
from store.engine import Store

if TYPE_CHECKING:
    from report.press import Press

# A look at what is due each minute of data time; on a fast clock not more often than a report takes to write.
REPORT_SECONDS, LEAST_SECONDS = 60.0, 5.0
# After a stop, so long may what was missed wait for the hours that are brought anew; data time.
PATIENCE = timedelta(hours=3)


class Job(NamedTuple):
    """One job: what runs each so many real seconds, and what is called when the daemon ends."""

    name: str
    run: Callable[[], object]
    seconds: float
    close: Callable[[], None]


def beside(store: Store, facts: Facts, settings: Settings, clock: Clock) -> list[Job]:
    """The jobs that the settings ask for."""
    from hotline.watch import recipients_of

    found = []
    # A look at a whole country costs half a second: with nobody to tell, nothing is judged.
    if settings.hotline.enabled and recipients_of(facts):
        from hotline.tick import Hotline, every

        hotline = Hotline(store, facts, settings, clock)
        found.append(Job("hotline", hotline.tick, every(clock), hotline.close))
    press = press_of(store, facts, settings, PATIENCE)
    if press is not None:
        seconds = max(LEAST_SECONDS, clock.real_seconds(REPORT_SECONDS))
        found.append(Job("reports", lambda: write_reports(press, clock), seconds, lambda: None))
    return found


def press_of(
    store: Store, facts: Facts, settings: Settings, patience: timedelta = timedelta()
) -> Press | None:
    """What writes the scheduled reports; None where no folder is set."""
    if settings.reports is None:
        return None
    from report.press import Press
    from web.standing import standing

    enabled = [name for name in SOURCES if settings.source(name).enabled]
    return Press(
        store,
        facts,
        settings.reports,
        tuple(settings.report_languages.split(",")),
        {SOURCES[name].spec.feed: name for name in enabled},
        lambda: standing(settings, store, facts)["sources"],
        patience,
    )


def write_reports(press: Press, clock: Clock) -> None:
    """One turn; what it wrote, and a folder that cannot be written to, are told in the log."""
    from report.question import QuestionError

    log = structlog.get_logger()
    try:
        done = press.due(clock.now())
    except QuestionError as error:
        log.warning("no report written", told=str(error))
        return
    for path in done.written:
        log.info("report written", file=path.name)
    for name, told in done.nothing.items():
        log.info("no report: nothing held", report=name, told=told)
    if done.deleted:
        log.info("reports deleted", files=[path.name for path in done.deleted])
