"""An answer in another shape than the one that was researched: a field renamed, or its values wrapped."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sandbox.wire import Answer, dump


def drifted(answer: Answer, key: str, to: str | None) -> Answer:
    """The answer with `key` called `to` wherever it stands, or with its values inside objects.

    What is no JSON stays as it is: errors keep their shape.
    """
    try:
        held = json.loads(answer.body)
    except ValueError:
        return answer
    return replace(answer, body=dump(_changed(held, key, to)))


def restored(body: bytes, key: str, to: str | None) -> bytes:
    """The body before it drifted: what a mended parser has to understand."""
    return dump(_changed(json.loads(body), key if to is None else to, None if to is None else key, back=True))


def _changed(held: Any, key: str, to: str | None, *, back: bool = False) -> Any:
    if isinstance(held, list):
        return [_changed(one, key, to, back=back) for one in held]
    if not isinstance(held, dict):
        return held
    return {
        (to if to is not None and name == key else name): (
            _wrapped(value, back=back) if to is None and name == key else _changed(value, key, to, back=back)
        )
        for name, value in held.items()
    }


def _wrapped(value: Any, *, back: bool) -> Any:
    return value["value"] if back else {"value": value}
