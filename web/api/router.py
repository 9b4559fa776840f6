"""A route for each question, made of its declaration: parameters, answer, documentation."""

# Annotations are values here: FastAPI reads the parameters of a question from its class.

from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from web.api import air, answers, effect, held, known, measures, policy
from web.api.asked import Asked, Shape
from web.api.documentation import responses, with_examples
from web.api.kept import Kept, Whole
from web.api.match import not_modified, tag_of, validators
from web.desk import AtDesk, Desk

QUESTIONS: tuple[type[Asked], ...] = tuple(
    kind for module in (held, air, policy, measures, effect, known) for kind in module.QUESTIONS
)


def questions() -> APIRouter:
    """Every question under the prefix of this version."""
    router = APIRouter(prefix="/v1")
    for kind in QUESTIONS:
        _add(router, kind)
    return router


def _add(router: APIRouter, kind: type[Asked]) -> None:
    async def asked_over_http(
        request: Request,
        asked: Annotated[kind, Query()],  # type: ignore[valid-type]  # a class like any other
        desk: AtDesk,
    ) -> Response:
        return await _answer(request, asked, desk)

    told, words = kind.__doc__ or "", kind.path.strip("/")
    router.add_api_route(
        kind.path,
        asked_over_http,
        methods=["GET"],
        name=words.replace("/", "-"),
        summary=told.partition(":")[0].strip().rstrip("."),
        description=told,
        operation_id=words.replace("/", "_").replace("-", "_"),
        response_class=Response,
        responses=responses(kind),
        tags=[kind.__module__.rpartition(".")[2]],
    )


async def _answer(request: Request, asked: Asked, desk: Desk) -> Response:
    """Not modified, from what is kept, or worked out."""
    shape = answers.shape_of(asked, request.headers.get("accept"))
    tag, changed_at = await run_in_threadpool(tag_of, asked, shape, desk)
    headers = {"Vary": "Accept", **validators(tag, changed_at)}
    if not_modified(request, tag, changed_at):
        return Response(status_code=304, headers=headers)
    kept: Kept = request.app.state.kept

    def work() -> Whole:
        return _worked_out(request, asked, shape, desk)

    whole = await kept.get(tag, lambda: run_in_threadpool(work))
    headers |= whole.headers
    if isinstance(whole.body, bytes):
        return Response(whole.body, headers=headers, media_type=answers.MEDIA[shape])
    return StreamingResponse(whole.body, headers=headers, media_type=answers.MEDIA[shape])


def _worked_out(request: Request, asked: Asked, shape: Shape, desk: Desk) -> Whole:
    answer = asked.answer(desk)
    answer, rows, total = answers.paged(asked, answer, asked.lines(answer))
    headers: dict[str, str] = {}
    name = answers.disposition(asked, shape)
    if name is not None:
        headers["Content-Disposition"] = name
    if total is not None:
        headers["X-Total-Count"] = str(total)
        told = answers.links(request, asked, total)
        if told:
            headers["Link"] = told
    return Whole.of(answers.pieces(asked, shape, answer, rows), headers)


def install(app: FastAPI) -> None:
    """Give an application the questions."""
    app.state.kept = Kept()
    app.include_router(questions())
    with_examples(app, QUESTIONS)
