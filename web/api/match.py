"""Whether a client holds the answer already: validators from the state of what is held (RFC 9110, 13)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version

from fastapi import Request

from web.api.asked import Asked, Shape
from web.desk import Desk

try:
    _VERSION = version("yellowsea")
except PackageNotFoundError:  # run from a folder, without being installed
    _VERSION = "0"


def tag_of(asked: Asked, shape: Shape, desk: Desk) -> tuple[str | None, datetime | None]:
    """The entity tag of an answer, without working it out, and when data or catalogue last changed.

    Equal tags mean equal bytes: question, shape, data, catalogue and program are in it. None for an answer
    that is another one each time it is asked for.
    """
    depends = asked.depends_on(desk)
    if depends is None:
        return None, None
    standing = desk.standing()
    parts = (_VERSION, asked.path, asked.model_dump_json(), shape, standing.mark, depends)
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    return f'"{digest}"', standing.changed_at


def validators(tag: str | None, changed_at: datetime | None) -> dict[str, str]:
    """The headers that a client comes back with; it asks each time, for data change by the hour."""
    if tag is None:
        return {"Cache-Control": "no-store"}
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    moment = _told(changed_at)
    if moment is not None:
        headers["Last-Modified"] = format_datetime(moment, usegmt=True)
    return headers


def not_modified(request: Request, tag: str | None, changed_at: datetime | None) -> bool:
    """Whether the client's copy is the answer; the tag decides where the client gives one."""
    if tag is None:
        return False
    given = request.headers.get("if-none-match")
    if given is not None:
        return given.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in given.split(","))
    moment, since = _told(changed_at), request.headers.get("if-modified-since")
    if moment is None or since is None:
        return False
    try:
        held = parsedate_to_datetime(since)
    except ValueError:
        return False
    # To the second that is told, a copy from the very second of the change may be of before it.
    return held.tzinfo is not None and moment < held


def _told(changed_at: datetime | None) -> datetime | None:
    """The moment as it can be told: whole seconds, never of the future, where an accelerated clock goes."""
    if changed_at is None or changed_at > datetime.now(UTC):
        return None
    return changed_at.astimezone(UTC).replace(microsecond=0)
