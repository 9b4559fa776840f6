"""JSON of the wire, with texts that every database takes."""

from __future__ import annotations

import json
from typing import Any

from ingest.bulletins import plain


def read_json(body: bytes) -> Any:
    """What a body says; raises `ValueError` where it is no JSON.

    Only an escape can write what is no text: NUL, and half of a character.
    """
    value = json.loads(body)
    return _plain(value) if b"\\u" in body else value


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {plain(key): _plain(one) for key, one in value.items()}
    return value
