"""`yellowsea doctor`: what stands in the way of complete hours, and what to do about each.

Every enabled source is asked once, through the one HTTP client and counted in its calls of the day; the
answer is parsed and not kept. No line holds a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from analysis.episodes import Profile, ProfileError
from config.fact import FactError
from config.facts import Facts
from config.settings import Settings, settings_file, variable
from ingest.bulletin_collect import BulletinCollector
from ingest.collect import Collector
from ingest.fetch import collector_of
from ingest.plan import newest_due
from ingest.registry import BULLETINS, SOURCES
from ingest.source import Auth, NoData, Quota, Request, Route, SchemaDrift, SourceError, Transient
from store import heartbeat, size
from store.engine import Store, StoreError
from store.locks import LockedError, only_daemon
from store.migrate import ensure

# Two beats may be missed while a long file is loaded.
BEAT_SECONDS = 60.0
# A machine that is off by more asks for the wrong hours.
CLOCK_SECONDS = 60.0
# Some months of both shores.
LEAST_FREE = 1_000_000_000
_TRIPPED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `advice` says what to do where it is not well."""

    what: str
    ok: bool
    told: str
    advice: str | None = None


def examine(
    settings: Settings, load: Callable[[], Facts], store: Store, names: Collection[str] = ()
) -> Iterator[Check]:
    """Look at everything, one check after another.

    Parameters
    ----------
    load : callable
        Reads the catalogue; its `FactError` is told.
    names : collection of str
        Only these sources; all enabled ones where empty.
    """
    yield Check("settings", ok=True, told=f"settings file: {settings_file() or 'none'}")
    facts: Facts | None = None
    try:
        facts = load()
        yield _catalogue(facts)
    except FactError as error:
        yield Check("catalogue", False, str(error), "mend the file named; `yellowsea catalogue check`")
    try:
        ensure(store)
        yield Check("database", ok=True, told=f"{store.where} has this version's schema")
        yield from _room(store)
        yield _daemon(store)
    except StoreError as error:
        yield Check("database", False, str(error), "YELLOWSEA_DATABASE_URL names another database")
        return
    if facts is None:
        return
    for name in names or [*SOURCES, *BULLETINS]:
        yield from _source(store, facts, settings, name)


def _catalogue(facts: Facts) -> Check:
    try:
        facts.check()
        for profile in facts.profiles.values():
            Profile.from_fact(profile)
    except (FactError, ProfileError) as error:
        return Check("catalogue", False, str(error), "mend the row named; `yellowsea catalogue check`")
    return Check("catalogue", True, f"holds together; your folder: {facts.own}")


def _room(store: Store) -> Iterator[Check]:
    with store.read() as connection:
        held = size.database_bytes(connection)
    free = size.free_bytes(store)
    if free is None:
        yield Check("space", True, f"the database takes {_mb(held)}")
        return
    told = f"the database takes {_mb(held)}, {_mb(free)} are free beside it"
    enough = free >= LEAST_FREE
    yield Check("space", enough, told, None if enough else "free some space, or move the database")


def _daemon(store: Store) -> Check:
    with store.read() as connection:
        beat = heartbeat.last(connection)
    ago = None if beat is None else (datetime.now(UTC) - beat[0]).total_seconds()
    told = "it never ran here" if ago is None else f"last heartbeat {ago:.0f} s ago"
    try:
        with only_daemon(store):
            return Check("daemon", False, f"none runs; {told}", "start it: `yellowsea run`")
    except LockedError:
        alive = ago is not None and ago <= BEAT_SECONDS
        advice = (
            "if this is no fetch or backfill, stop the process that holds the lock, start `yellowsea run`"
        )
        return Check("daemon", alive, f"a process holds its lock; {told}", None if alive else advice)


def _source(store: Store, facts: Facts, settings: Settings, name: str) -> Iterator[Check]:
    own = settings.source(name)
    spec = (SOURCES.get(name) or BULLETINS[name]).spec
    if not own.enabled:
        yield Check(name, True, f"disabled; {variable(name, 'enabled')} enables it")
        return
    if spec.needs_key and own.key is None:
        advice = f"set {variable(name, 'key')}: {spec.where_to_get_a_key}"
        yield Check(name, False, "has no key", f"{advice}; or set {variable(name, 'enabled')} to false")
        return
    collector = collector_of(store, facts, settings, name)
    base = (own.url or spec.base_url).rstrip("/")
    try:
        yield Check(name, True, _try(collector, base))
    except NoData:
        yield Check(name, True, "answers, and holds nothing for what was asked")
    except SourceError as error:
        yield Check(name, False, str(error), _advice(name, spec.where_to_get_a_key, error))
    except _TRIPPED as error:
        told = f"the answer cannot be read ({type(error).__name__})"
        yield Check(name, False, told, _advice(name, "", SchemaDrift(told)))
    finally:
        collector.close()
    if collector.client.date:
        yield _clock(name, collector.client.date)


def _try(collector: Collector | BulletinCollector, base: str) -> str:
    """One question, its first page, parsed; what it brought."""
    if isinstance(collector, BulletinCollector):
        today = collector.clock.now().astimezone(ZoneInfo(collector.spec.zone)).date()
        for document in collector.source.fetch(collector.client, base, today):
            return f"answers: {collector.source.parse(document, collector.wording).rows} rows"
        return "answers with nothing"
    request = _cheapest(collector)
    if request is None:
        return "not asked: it has no question without a station"
    for payload in collector.source.fetch(collector.client, base, request):
        if request.route.span == "list":
            return f"answers: a list of {len(collector.source.parse_stations(payload))} stations"
        batch = collector.source.parse(payload)
        rejected = sum(one.readings for one in batch.rejects)
        return f"answers: {batch.rows} readings" + (f", {rejected} of them unreadable" if rejected else "")
    return "answers with nothing"


def _cheapest(collector: Collector) -> Request | None:
    """The question that costs a source least: the page on show, else its list, else its newest hour."""
    routes: dict[str, Route] = {route.span: route for route in reversed(collector.spec.routes)}
    newest = newest_due(collector.now(), collector.timing)
    for span in ("latest", "list"):
        if span in routes:
            return Request(routes[span])
    if "hour" in routes:
        return Request(routes["hour"], hour=newest)
    if "stretch" in routes:
        return Request(routes["stretch"], before=newest + 1, back_hours=1)
    return None


def _advice(name: str, where: str, error: SourceError) -> str:
    """What a person can do about a fault."""
    if isinstance(error, Auth):
        return f"check {variable(name, 'key')}" + (f"; {where}" if where else "")
    if isinstance(error, Quota):
        return f"wait for the source's next day, or raise {variable(name, 'daily_calls')} if it allows more"
    if isinstance(error, SchemaDrift):
        return f"its answers have changed: update yellowsea, then `yellowsea reparse {name}`"
    if isinstance(error, Transient) and "HTTP" not in str(error):
        return f"check the network and {variable(name, 'url')}; else the source is at fault: wait"
    return "the source is at fault: wait, and look at its own page"


def _clock(name: str, date: str) -> Check:
    what = f"clock by {name}"
    try:
        off = (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
    except (TypeError, ValueError):
        return Check(what, True, "its answer says no readable time")
    if abs(off) <= CLOCK_SECONDS:
        return Check(what, True, "this machine's time agrees")
    way = "ahead" if off > 0 else "behind"
    told = f"this machine is {abs(off):.0f} s {way}"
    return Check(what, False, told, "let it set its clock by NTP; hours are asked for by this clock")


def _mb(size_in_bytes: int) -> str:
    return f"{size_in_bytes / 1e6:,.0f} MB"
