"""Faults as problem+json (RFC 9457): the same line as on the command line, never a trace.

UnknownPlaceError, NothingHeldError   404   the name means no place; nothing is held (with what is)
wrong use                             422   a question that cannot be understood or is too large
StoreError, FactError                 503   the database or a catalogue file cannot be used
SourceError                           502   a public source failed
anything else                         500   a mistake of ours: told in the server's log alone
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from analysis.episodes import ProfileError
from config.clock import ClockError
from config.fact import FactError
from config.places import AmbiguousPlaceError, UnknownPlaceError
from config.settings import SettingsError
from ingest.announced import AnnouncedError
from ingest.source import SourceError
from report.question import NothingHeldError, QuestionError
from store.engine import BusyError, Store, StoreError

MEDIA = "application/problem+json"
# How long a client should wait for a database that another writer holds.
_BUSY_RETRY = "5"


class Problem(Exception):
    """A refusal of the server itself; `kind` is the last part of its type."""

    def __init__(
        self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail
        self.headers, self.more = dict(headers or {}), more


KINDS: tuple[tuple[type[Exception], int, str], ...] = (
    (UnknownPlaceError, 404, "unknown-place"),
    (AmbiguousPlaceError, 422, "ambiguous-place"),
    (NothingHeldError, 404, "nothing-held"),
    (QuestionError, 422, "question"),
    (ProfileError, 422, "question"),
    (ClockError, 422, "question"),
    (AnnouncedError, 422, "question"),
    (FactError, 503, "catalogue"),
    (SettingsError, 503, "settings"),
    (StoreError, 503, "database"),
    (SourceError, 502, "source"),
)


def respond(
    status: int,
    kind: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """A problem as it is sent."""
    body = {
        "type": f"urn:yellowsea:problem:{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **(more or {}),
    }
    told = {"Cache-Control": "no-store", **(headers or {})}
    return JSONResponse(body, status, told, media_type=MEDIA)


def of_fault(error: Exception, store: Store | None = None) -> JSONResponse | None:
    """The answer to a fault that is told in words; None for a mistake of ours."""
    found = next(((status, kind) for fault, status, kind in KINDS if isinstance(error, fault)), None)
    if found is None:
        return None
    status, kind = found
    detail = str(error)
    if store is not None:
        # Where the database lies is the keeper's affair.
        detail = detail.replace(f"the database {store.where}", "the database")
    headers = {"Retry-After": _BUSY_RETRY} if isinstance(error, BusyError) else None
    held = error.held if isinstance(error, NothingHeldError) else None
    return respond(status, kind, detail, headers, None if held is None else {"held": held})


def of_validation(errors: Sequence[Any]) -> JSONResponse:
    """What does not fit of the parameters or the body, the first in words and all as a list."""
    told = [
        {"where": ".".join(str(part) for part in one["loc"]), "what": str(one["msg"])[:300]} for one in errors
    ]
    first = told[0] if told else {"where": "request", "what": "cannot be read"}
    return respond(422, "parameters", f"{first['where']}: {first['what']}", more={"errors": told[:20]})


def install(app: FastAPI, store: Store) -> None:
    """Answer every fault of an application with a problem."""

    async def refused(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)  # noqa: S101 - registered for this type alone
        return respond(error.status, error.kind, error.detail, error.headers, error.more)

    async def unfit(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return of_validation(error.errors())

    async def http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101
        return respond(error.status_code, "http", str(error.detail), error.headers)

    async def known(_: Request, error: Exception) -> JSONResponse:
        answer = of_fault(error, store)
        if answer is None:  # registered for the known kinds alone
            raise error
        return answer

    async def ours(_: Request, __: Exception) -> JSONResponse:
        # Raised again once this is sent, so that the server logs it with its trace.
        return respond(500, "internal", "a mistake of ours; the server's log tells more")

    app.add_exception_handler(Problem, refused)
    app.add_exception_handler(RequestValidationError, unfit)
    app.add_exception_handler(HTTPException, http)
    for kind, _, _ in KINDS:
        app.add_exception_handler(kind, known)
    app.add_exception_handler(Exception, ours)
