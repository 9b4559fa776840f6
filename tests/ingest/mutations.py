"""Hostile versions of a recorded answer: cut, reordered, retyped, huge, doubled, emptied."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

HOSTILE: list[Any] = [
    None, "", "-", 0, -1, -999, 9999, 1e308, 10**400, float("nan"), float("inf"), True, False, [], {}, [[]],
    "\x00", "\ud800", "\u202e25", "1e999", "NaN", "x" * 5000, "2024-02-30T25:00", "24:00", {"v": None},
]  # fmt: skip


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in [(*path, key), *_places(value[key], (*path, key))]]


def _holder(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value


@st.composite
def mutated(draw: st.DrawFn, recording: Any) -> bytes:
    """The bytes of a recording with one to four faults in it, now and then cut off."""
    value = copy.deepcopy(recording)
    for _ in range(draw(st.integers(1, 4))):
        places = _places(value)
        if not places:
            break
        path = draw(st.sampled_from(places))
        holder, key = _holder(value, path), path[-1]
        kind = draw(st.sampled_from(["retype", "retype", "drop", "double", "shuffle", "rename"]))
        if kind == "retype":
            holder[key] = copy.deepcopy(draw(st.sampled_from(HOSTILE)))
        elif kind == "drop":
            del holder[key]
        elif kind == "double" and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        elif kind == "shuffle" and isinstance(holder, list):
            holder[:] = draw(st.permutations(holder))
        elif kind == "rename" and isinstance(holder, dict):
            holder[f"{key}2"] = holder.pop(key)
    body = json.dumps(value).encode()
    return body[: draw(st.integers(0, len(body)))] if draw(st.integers(0, 9)) == 0 else body
