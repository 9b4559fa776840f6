"""What the OpenAPI document says of answers and refusals, beside what the parameters say of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

from fastapi import FastAPI

from web.api.asked import Asked

_ROW = {"type": "object", "additionalProperties": True}
_ANSWER_KEYS = {
    "question": {**_ROW, "description": "the question as it was understood"},
    "method": {**_ROW, "description": "units, rules and their sources"},
    "data": {**_ROW, "description": "networks, feeds, stations, capture, attribution, worlds, notes"},
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "one line: what happened and what to do"},
        "held": {"type": "array", "items": {"type": "string"}, "description": "what is held instead"},
    },
    "additionalProperties": True,
}
_REFUSALS = {
    401: ("No token, or none that holds", "token", "send a token: Authorization: Bearer ..."),
    404: ("A place that there is not, or nothing held", "nothing-held", "no reading of Seoul is held then"),
    406: ("A shape that is not offered", "not-offered", "format netcdf is not offered here: json, csv"),
    413: ("A body that is too large", "too-large", "a body has at most 65536 bytes"),
    414: ("A question that is too long", "too-long", "a question has at most 4096 bytes"),
    422: ("A question that cannot be understood", "question", "--to 2019-03-01 is before --from 2019-03-07"),
    429: ("Asked too often; Retry-After says when again", "too-many", "too many questions at once"),
    503: ("The database cannot be used", "database", "the database cannot be opened"),
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route, each as problem+json."""
    return {status: _refusal(status) for status in statuses}


def _refusal(status: int) -> dict[str, Any]:
    what, kind, detail = _REFUSALS[status]
    example = {"type": f"urn:yellowsea:problem:{kind}", "title": what, "status": status, "detail": detail}
    return {
        "description": what,
        "content": {"application/problem+json": {"schema": PROBLEM, "example": example}},
    }


def responses(kind: type[Asked]) -> dict[int | str, dict[str, Any]]:
    """What a question may be answered with."""
    from web.api.answers import MEDIA

    content: dict[str, Any] = {"application/json": {"schema": _answer(kind)}}
    for shape in kind.shapes[1:]:
        binary = {"type": "string"} if shape == "csv" else {"type": "string", "format": "binary"}
        content[MEDIA[shape]] = {"schema": binary}
    headers = {
        "ETag": {"schema": {"type": "string"}, "description": "of question, data and catalogue"},
        "Link": {"schema": {"type": "string"}, "description": "first, prev, next and last page"},
    }
    answered = {"description": "The answer", "content": content, "headers": headers}
    unchanged = {"description": "The client's copy is the answer"}
    return {200: answered, 304: unchanged, **refusals(404, 406, 414, 422, 429, 503)}


def with_examples(app: FastAPI, kinds: Iterable[type[Asked]]) -> None:
    """Let the document show, parameter by parameter, a question of each kind that shipped data can answer."""
    examples = {f"/v1{kind.path}": parse_qs(kind.example) for kind in kinds}
    plain = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        told = plain()
        for path, given in examples.items():
            for parameter in told["paths"][path]["get"]["parameters"]:
                values = given.get(parameter["name"])
                if values:
                    parameter["example"] = _typed(parameter["schema"], values)
        return told

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI documents it


def _typed(schema: dict[str, Any], values: list[str]) -> Any:
    """An example as its schema types it."""
    kinds = {one.get("type") for one in (schema, *schema.get("anyOf", ()))}
    if "array" in kinds:
        return values
    return int(values[0]) if "integer" in kinds else values[0]


def _answer(kind: type[Asked]) -> dict[str, Any]:
    keys = dict(_ANSWER_KEYS)
    for key in kind.row_keys():
        keys[key] = {"type": "array", "items": _ROW}
    return {
        "type": "object",
        "required": ["question", "method", "data"],
        "properties": keys,
        "additionalProperties": True,
    }
