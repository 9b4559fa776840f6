"""A small memory of what was computed last, safe between the server's threads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """`make(key)` remembered for the `size` keys used last; one thread computes at a time.

    Parameters
    ----------
    make : callable
        Must give the same for the same key, for ever.
    size : int
        How many results are kept.
    """

    def __init__(self, make: Callable[[K], V], size: int) -> None:
        self._make = make
        self._size = size
        self._held: OrderedDict[K, V] = OrderedDict()
        self._lock = RLock()

    def __call__(self, key: K) -> V:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
            value = self._held[key] = self._make(key)
            if len(self._held) > self._size:
                self._held.popitem(last=False)
            return value
