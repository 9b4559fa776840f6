"""What pages have worked out lately, by name; what many ask for at once is worked out once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

# Answers and drawings of a region are some hundred kilobytes each.
MOST = 200


class Shelf:
    """The newest results by key; the key names the state they were worked out from."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._busy: dict[tuple[Any, ...], threading.Lock] = {}
        self._lock = threading.Lock()

    def peek(self, key: tuple[Any, ...]) -> Any:
        """The result of a key if it is there without waiting, else None."""
        with self._lock:
            return self._held.get(key)

    def get(self, key: tuple[Any, ...], work: Callable[[], T]) -> T:
        """The result of a key, worked out unless it is held; a fault is raised and not kept."""
        with self._lock:
            busy = self._busy.setdefault(key, threading.Lock())
        with busy:
            with self._lock:
                if key in self._held:
                    self._held.move_to_end(key)
                    found: T = self._held[key]
                    return found
            try:
                found = work()
                with self._lock:
                    self._held[key] = found
                    while len(self._held) > self._most:
                        self._held.popitem(last=False)
                return found
            finally:
                with self._lock:
                    self._busy.pop(key, None)
