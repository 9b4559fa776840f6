"""Copies of the catalogue in SQL, for people and BI tools; code reads the files."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, delete, insert

from config.fact import Fact
from config.facts import Facts
from store.policy_tables import COPIES


def sync(connection: Connection, facts: Facts, kinds: list[str] | None = None) -> dict[str, int]:
    """Replace the copies by what the files say now, in the caller's transaction.

    Parameters
    ----------
    kinds : list of str, optional
        Of `COPIES`; all of them unless given.

    Returns
    -------
    dict
        Rows written by kind.
    """
    written = {}
    for kind in kinds or COPIES:
        table = COPIES[kind]
        rows = [{"row": number, **_cells(row.fact)} for number, row in enumerate(facts.rows(kind), start=1)]
        connection.execute(delete(table))
        if rows:
            connection.execute(insert(table), rows)
        written[kind] = len(rows)
    return written


def _cells(fact: Fact) -> dict[str, Any]:
    return {name: _cell(getattr(fact, name)) for name in type(fact).model_fields}


def _cell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else value
