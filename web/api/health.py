"""For supervisors and Prometheus: does the process live, can it answer, how do the sources stand."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool

from report.metrics import expose
from store.migrate import HEAD, current
from web.api.documentation import refusals
from web.desk import AtDesk
from web.problems import Problem
from web.standing import standing

router = APIRouter(tags=["health"])
_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/healthz", summary="The process lives", operation_id="healthz")
async def healthz() -> dict[str, str]:
    """Answers as long as the process does, whatever becomes of the database."""
    return {"status": "alive"}


@router.get(
    "/readyz",
    summary="Questions can be answered",
    operation_id="readyz",
    responses=refusals(503),
)
def readyz(desk: AtDesk) -> dict[str, str]:
    """The database answers and has this version's schema."""
    with desk.store.read() as connection:
        at = current(connection)
    if at != HEAD:
        raise Problem(
            503, "database", f"the database stands at schema {at or 'none'}, this version needs {HEAD}"
        )
    return {"status": "ready", "schema": at}


@router.get(
    "/metrics",
    summary="How every source stands, as Prometheus reads it",
    operation_id="metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **refusals(429, 503)},
)
async def metrics(desk: AtDesk) -> Response:
    """The text of `yellowsea metrics`."""

    def work() -> str:
        return expose(desk.store, standing(desk.settings, desk.store, desk.facts))

    text = await run_in_threadpool(work)
    return Response(text, media_type=_FORMAT, headers={"Cache-Control": "no-store"})
