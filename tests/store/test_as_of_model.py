"""Random batches against a plain dict that remembers: what is held, as of any time, and what series hold."""

from __future__ import annotations

from datetime import timedelta

from by_hand import NOON, START, Writer, held, make_series, revisions, series_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.facts import Facts
from store.engine import Store

_value = st.one_of(st.none(), st.sampled_from([0.0, -0.4, 10.0, 11.0, 10.25]))
_row = st.tuples(st.integers(0, 2), st.sampled_from([-30, -1, 0, 1, 12, 13, 700]), _value)
# Hours between two batches; a clock that was set back makes one come "earlier" than the batch before.
_batch = st.tuples(st.sampled_from([1, 2, 5, -3]), st.lists(_row, max_size=8))
_quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(batches=st.lists(_batch, min_size=1, max_size=6))
@_quick
def test_every_moment_can_be_read_again(store: Store, facts: Facts, batches) -> None:
    ids = make_series(store, facts, 3)
    writer = Writer(store)
    chains: dict[tuple[int, int], list[tuple[object, float | None]]] = {}
    changed_in_all = len(revisions(store))
    for step, batch in batches:
        writer.at += timedelta(hours=step - 1)
        received = writer.at + timedelta(hours=1)
        rows = [(ids[one], NOON + hour, value) for one, hour, value in batch]
        counts = writer.give(rows)
        seen: set[tuple[int, int]] = set()
        new = changed = 0
        for one, hour, value in rows:
            chain = chains.setdefault((one, hour), [])
            if (one, hour) not in seen and (not chain or chain[-1][1] != value):
                new, changed = new + (not chain), changed + bool(chain)
                chain.append((received, value))
            seen.add((one, hour))
        changed_in_all += changed
        assert (counts.new, counts.changed, counts.rows) == (new, changed, len(rows))
        assert counts.new + counts.changed + counts.same + counts.rejected == counts.rows
    chains = {place: chain for place, chain in chains.items() if chain}

    assert held(store, ids) == {place: chain[-1][1] for place, chain in chains.items()}
    assert len(revisions(store)) == changed_in_all
    moments = sorted({received for chain in chains.values() for received, _ in chain})
    for moment in [START - timedelta(days=9), *moments, *(m + timedelta(minutes=30) for m in moments)]:
        known = {place: [v for at, v in chain if at <= moment] for place, chain in chains.items()}
        assert held(store, ids, as_of=moment) == {place: vs[-1] for place, vs in known.items() if vs}

    for one, series in series_of(store, ids).items():
        hours = [hour for place, hour in chains if place == one]
        assert series.readings == len(hours)
        assert (series.first, series.last) == ((min(hours), max(hours)) if hours else (None, None))


def test_as_of_a_million_hours_away_is_nothing_or_all(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    Writer(store).give([(a, NOON, 10.0)])
    assert held(store, [a], as_of=START - timedelta(days=36_500)) == {}
    assert held(store, [a], as_of=START + timedelta(days=36_500)) == {(a, NOON): 10.0}
