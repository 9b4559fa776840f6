"""The route of a page: what the API would refuse as problem+json is told as a page."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from report.question import NothingHeldError
from web import problems
from web.desk import Room
from web.pages.show import page
from web.pages.visit import visit_of

# Faults of the question; where the database or the catalogue fails no page could be made of it.
_REFUSED = tuple((kind, status) for kind, status, _ in problems.KINDS if status < 500)


class PageRoute(APIRoute):
    """Answers people."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with refusals told in HTML."""
        handler = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                first = error.errors()[0]
                lines = [f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"[:300]]
                return await run_in_threadpool(_refused, request, 422, lines)
            except tuple(kind for kind, _ in _REFUSED) as error:
                status = next(code for kind, code in _REFUSED if isinstance(error, kind))
                held = (error.held or []) if isinstance(error, NothingHeldError) else []
                return await run_in_threadpool(_refused, request, status, [str(error), *held])
            except problems.Problem as error:
                return await run_in_threadpool(_refused, request, error.status, [error.detail])

        return handled


def _refused(request: Request, status: int, lines: list[str]) -> Response:
    room: Room = request.app.state.room
    visit = visit_of(request, room.desk(), request.query_params.get("lang"))
    title = visit.say.message("web.error.nothing" if status == 404 else "web.error.question")
    return page(visit, "error.html", status=status, title=title, lines=lines)
