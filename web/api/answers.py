"""An answer as it is sent: JSON in pieces, or its rows as CSV, Parquet or netCDF; pages where asked."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from report import render
from report.answer import Answer
from web.api.asked import Asked, Shape
from web.problems import Problem

MEDIA: dict[Shape, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "netcdf": "application/netcdf",
}
_SUFFIX: dict[Shape, str] = {"json": "json", "csv": "csv", "parquet": "parquet", "netcdf": "nc"}
# As programs may call them besides.
_ALSO: dict[str, Shape] = {
    "application/x-netcdf": "netcdf",
    "application/x-parquet": "parquet",
    "application/csv": "csv",
}
# Rows encoded at a time: a piece is some hundred kilobytes.
_PIECE = 2000


def shape_of(asked: Asked, accept: str | None) -> Shape:
    """The shape in which a question is answered: `format`, else what the Accept header likes best.

    Raises
    ------
    Problem
        406 where none that is offered would do.
    """
    offered = asked.shapes
    if asked.shape is not None:
        if asked.shape in offered:
            return asked.shape
        raise Problem(406, "not-offered", f"format {asked.shape} is not offered here: {', '.join(offered)}")
    if not accept:
        return offered[0]
    named = {MEDIA[shape].partition(";")[0]: shape for shape in offered}
    named |= {media: shape for media, shape in _ALSO.items() if shape in offered}
    for media in _liked(accept):
        if media in named:
            return named[media]
        kind = media.partition("/")[0]
        if media == "*/*" or (media == f"{kind}/*" and any(one.startswith(f"{kind}/") for one in named)):
            return next(shape for one, shape in named.items() if media == "*/*" or one.startswith(f"{kind}/"))
    raise Problem(406, "not-offered", f"none of {accept[:100]!r} is offered here: {', '.join(named)}")


def _liked(accept: str) -> list[str]:
    """Media ranges of an Accept header, best liked first."""
    found = []
    for place, part in enumerate(accept.split(",")[:20]):
        media, *parameters = (one.strip().lower() for one in part.split(";"))
        quality = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        try:
            weight = float(quality)
        except ValueError:
            weight = 0.0
        if weight > 0:
            found.append((-weight, place, media))
    return [media for _, _, media in sorted(found)]


def paged(asked: Asked, answer: Answer, rows: list[Answer]) -> tuple[Answer, list[Answer], int | None]:
    """Answer and lines cut to the page asked for, and how many lines there are; None where all are asked."""
    if asked.limit is None and not asked.offset:
        return answer, rows, None
    last = None if asked.limit is None else asked.offset + asked.limit
    whole = answer[asked.rows_of()]
    # A spreadsheet may have more lines than the answer has rows: each pages its own.
    total = len(rows)
    page = {"offset": asked.offset, "limit": asked.limit, "total": len(whole)}
    cut = {**answer, asked.rows_of(): whole[asked.offset : last], "page": page}
    return cut, rows[asked.offset : last], total


def links(request: Request, asked: Asked, total: int) -> str:
    """The Link header of a page (RFC 8288): first, previous, next and last, as addresses of this server."""
    if asked.limit is None:
        return ""
    last = max(0, (total - 1) // asked.limit * asked.limit)
    places = {"first": 0, "last": last}
    if asked.offset:
        places["prev"] = max(0, asked.offset - asked.limit)
    if asked.offset + asked.limit < total:
        places["next"] = asked.offset + asked.limit
    other = [(key, value) for key, value in request.query_params.multi_items() if key != "offset"]
    # Without a host: behind a proxy the server does not know its own name.
    return ", ".join(
        f'<{request.url.path}?{urlencode([*other, ("offset", place)])}>; rel="{name}"'
        for name, place in places.items()
    )


def pieces(asked: Asked, shape: Shape, answer: Answer, rows: list[Answer]) -> Iterator[bytes]:
    """The body, piece by piece."""
    if shape == "json":
        return _json(answer, asked.rows_of())
    if shape == "csv":
        return _csv(rows)
    if shape == "parquet":
        from report.parquet import as_parquet

        return iter((as_parquet(answer, rows),))
    from report.netcdf import as_netcdf

    return iter((as_netcdf(answer, asked.rows_of()),))


def _json(answer: Answer, key: str) -> Iterator[bytes]:
    """As `report.render.as_json` writes it, the rows a piece at a time."""
    for place, (name, value) in enumerate(answer.items()):
        head = f"{', ' if place else '{'}{_encoded(name)}: "
        if name == key and isinstance(value, list):
            yield f"{head}[".encode()
            for first in range(0, len(value), _PIECE):
                text = _encoded(value[first : first + _PIECE])[1:-1]
                yield f"{', ' if first else ''}{text}".encode()
            yield b"]"
        else:
            yield f"{head}{_encoded(value)}".encode()
    yield b"}\n"


def _encoded(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)


def _csv(rows: list[Answer]) -> Iterator[bytes]:
    out = io.StringIO()
    render.as_csv(rows, out)
    yield out.getvalue().encode()


def disposition(asked: Asked, shape: Shape) -> str | None:
    """Under which name a file is saved; JSON is read in place."""
    if shape == "json":
        return None
    return f'attachment; filename="{asked.path.strip("/").replace("/", "-")}.{_SUFFIX[shape]}"'
