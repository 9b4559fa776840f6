"""The server: the questions of the command line over HTTP, and the dashboard beside them.

Public to read, from this machine alone unless bound otherwise; whatever changes something needs a token.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from starlette.types import ASGIApp

from config.settings import Settings
from web import problems, warm
from web.api import health, measures_kept, router
from web.desk import Room
from web.guard import Guard
from web.pages import site
from web.rate import Buckets

DESCRIPTION = """Hourly PM2.5 of both shores of the Yellow Sea, and what governments did about the bad days.

The questions, their parameters and their answers are those of the command line:
`/v1/averages?region=kr-seoul&from=2019-03-01&to=2019-03-07` is
`yellowsea averages --region kr-seoul --from 2019-03-01 --to 2019-03-07 --format json`.
A figure that the data held cannot give is null, never 0. Times are civil times of the place with their
offset, at the start of the averaging period; the plus of an offset is written %2B in an address."""


class _Guarded(FastAPI):
    """An application whose guard stands before everything, also before the answer to a fault."""

    guard: Buckets | None = None

    def build_middleware_stack(self) -> ASGIApp:
        """The usual stack behind the guard."""
        return Guard(super().build_middleware_stack(), self.guard)


def create_app(settings: Settings, *, warm_up: bool = True) -> FastAPI:
    """The application on the database and catalogue of these settings.

    The database has its schema already (`store.migrate.ensure`); `/readyz` says whether it is so.
    """
    room = Room(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # Every question is worked on in a thread of this pool; more would only share the processor.
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings.web_threads
        thread = warm.begin(room) if warm_up else None
        with room.open():
            yield
            if thread is not None:
                thread.join(timeout=10)

    app = _Guarded(
        title="Yellow Sea",
        version="1",
        summary="Air quality of Korea and China beside what was done about it",
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=lifespan,
        # Their pages load scripts from other hosts.
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    pace = settings.web_requests_per_second
    app.guard = Buckets(pace) if pace else None
    app.state.room = room
    app.state.settings = settings
    problems.install(app, room.store)
    app.include_router(health.router)
    router.install(app)
    app.include_router(measures_kept.router)
    site.install(app)
    return app
