"""Readings in: compare with what is held, keep what is replaced, write what is new, count. One transaction.

The writer is alone (`Store.write`), so the comparison is made here with arrays rather than in SQL: what is
new goes by the driver's fast path as plain inserts (PostgreSQL: COPY), what differs leaves a revision, what
is the same writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from store.changes import bring_up_to_date, drop_stale_blocks, insert_new, replace
from store.columns import Bools, Columns, Held, Ints, joined, nothing_held, nullable
from store.held import select_held
from store.series import SeriesBook

__all__ = ["Columns", "Counts", "Held", "differing", "held_there", "match", "nullable", "put"]


@dataclass
class Counts:
    """What became of the readings of a batch: `rows = new + changed + same + rejected`."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    missing: int = 0

    def add(self, other: Counts) -> None:
        """Add another batch's counts."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def put(connection: Connection, _book: SeriesBook, batch_id: int, columns: Columns) -> tuple[Counts, Columns]:
    """Write readings of one batch; a batch may come in several calls.

    Parameters
    ----------
    connection : Connection
        Of `Store.write`.
    batch_id : int
        Where the readings come from.
    columns : Columns
        In the order of the file: of two values for one hour the first stands.

    Returns
    -------
    Counts, Columns
        What became of the rows, and the rows rejected because this batch gives their hour twice with
        another value.
    """
    counts = Counts(rows=len(columns), missing=int(np.count_nonzero(columns.status)))
    if not len(columns):
        return counts, columns
    ordered, places = _in_order(columns)
    first, conflicting = _repeats(ordered, places)
    fresh, wanted = (ordered, places) if first.all() else (ordered.take(first), places[first])

    held = held_there(connection, fresh)
    at, found = match(wanted, held.columns.places())
    differs = np.zeros(len(fresh), bool)
    differs[found] = differing(fresh.take(found), held.columns.take(at[found]))
    own = np.zeros(len(fresh), bool)
    own[found] = held.batch[at[found]] == batch_id
    refused = joined([ordered.take(conflicting), fresh.take(differs & own)])
    changed = differs & ~own

    new = fresh.take(~found)
    insert_new(connection, new, batch_id)
    replace(connection, fresh.take(changed), held.take(at[changed]), batch_id)
    bring_up_to_date(connection, new)
    drop_stale_blocks(connection, fresh.take(~found | changed))

    counts.new = len(new)
    counts.changed = int(np.count_nonzero(changed))
    counts.rejected = len(refused)
    counts.same = counts.rows - counts.new - counts.changed - counts.rejected
    return counts, refused


def _in_order(columns: Columns) -> tuple[Columns, Ints]:
    places = columns.places()
    if (places[1:] > places[:-1]).all():
        return columns, places
    order = np.argsort(places, kind="stable")
    return columns.take(order), places[order]


def _repeats(ordered: Columns, places: Ints) -> tuple[Bools, Bools]:
    """Of rows in order: the first at each place, and those that come later with another value."""
    first = np.concatenate(([True], places[1:] != places[:-1]))
    if first.all():
        return first, ~first
    leader = np.maximum.accumulate(np.where(first, np.arange(len(places)), 0))
    return first, ~first & differing(ordered, ordered.take(leader))


def differing(a: Columns, b: Columns) -> Bools:
    """Which rows of two tables of one length have another value or another status."""
    same_value: Bools = (a.value == b.value) | (np.isnan(a.value) & np.isnan(b.value))
    differs: Bools = ~same_value | (a.status != b.status)
    return differs


def match(wanted: Ints, have: Ints) -> tuple[np.typing.NDArray[np.intp], Bools]:
    """Where each wanted place stands among those held (these in order), and whether it does."""
    at = np.searchsorted(have, wanted)
    found = at < len(have)
    found[found] = have[at[found]] == wanted[found]
    return at, found


def held_there(connection: Connection, fresh: Columns) -> Held:
    """What is held at the days and series of these rows; only series whose hours reach there are asked."""
    low, high = int(fresh.hour.min()), int(fresh.hour.max())
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    reaching = connection.exec_driver_sql(
        f"SELECT id FROM series WHERE last_hour >= {mark} AND first_hour <= {mark}",  # noqa: S608
        (low, high),
    )
    candidates = np.intersect1d(np.array(reaching.scalars().all(), np.int64), fresh.series)
    if not len(candidates):
        return nothing_held()
    days = np.unique(fresh.hour // 24).tolist()
    return select_held(
        connection, candidates.tolist(), days, (low % 24, high % 24) if len(days) == 1 else (0, 23)
    )
