"""The rows of an answer as Parquet: one column a key, what is nested in columns of its own, as in the CSV."""

from __future__ import annotations

import io
import json
from typing import Any

from report.answer import Answer
from report.render import flat

_SCALARS = (bool, int, float, str)


def as_parquet(answer: Answer, rows: list[Answer]) -> bytes:
    """A Parquet file of the rows; question, method and data stand in its metadata under `yellowsea`, as JSON.

    A column of mixed kinds is text, a list is JSON; a column without any value is of type null.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    told = [flat(row) for row in rows]
    nested = {key for row in rows for key, value in row.items() if isinstance(value, dict)}
    keys = [key for key in dict.fromkeys(key for row in told for key in row) if key not in nested]
    columns = {key: pa.array(_column([row.get(key) for row in told])) for key in keys}
    about = {key: answer[key] for key in ("question", "method", "data") if key in answer}
    metadata = {"yellowsea": json.dumps(about, ensure_ascii=False, default=str)}
    out = io.BytesIO()
    table = pa.table(columns).replace_schema_metadata(metadata)
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def _column(values: list[Any]) -> list[Any]:
    """The cells of a column in one type."""
    plain = [
        value
        if value is None or isinstance(value, _SCALARS)
        else json.dumps(value, ensure_ascii=False, default=str)
        for value in values
    ]
    kinds = {type(value) for value in plain if value is not None}
    if len(kinds) <= 1:
        return plain
    if kinds == {int, float}:
        return [None if value is None else float(value) for value in plain]
    return [None if value is None else str(value) for value in plain]
