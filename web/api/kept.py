"""Answers that were given lately, by entity tag; one that many ask for at once is worked out once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

# Bytes together and of one; what is larger is sent as it is made and not kept.
MOST_TOGETHER = 64 * 1024 * 1024
MOST_OF_ONE = 2 * 1024 * 1024


@dataclass(frozen=True)
class Whole:
    """An answer with its headers: its bytes, or for a large one the pieces, which can be taken once."""

    body: bytes | Iterator[bytes]
    headers: dict[str, str]

    @classmethod
    def of(cls, pieces: Iterator[bytes], headers: dict[str, str]) -> Whole:
        """The bytes where they are few enough to keep."""
        begun, size = [], 0
        for piece in pieces:
            begun.append(piece)
            size += len(piece)
            if size > MOST_OF_ONE:
                return cls(_rest(begun, pieces), headers)
        return cls(b"".join(begun), headers)


def _rest(begun: list[bytes], pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield from begun
    begun.clear()
    yield from pieces


class Kept:
    """The newest answers; of one event loop."""

    def __init__(self, most: int = MOST_TOGETHER) -> None:
        self._most = most
        self._size = 0
        self._held: OrderedDict[str, Whole] = OrderedDict()
        self._under_way: dict[str, asyncio.Future[Whole | None]] = {}

    async def get(self, tag: str | None, work: Callable[[], Awaitable[Whole]]) -> Whole:
        """The answer of a tag, worked out unless it is held; without a tag it always is worked out."""
        if tag is None:
            return await work()
        while tag not in self._held:
            if tag not in self._under_way:
                return await self._worked_out(tag, work)
            found = await self._under_way[tag]
            if found is None:
                # Large, or a fault: each who asks works out their own.
                return await work()
        self._held.move_to_end(tag)
        return self._held[tag]

    async def _worked_out(self, tag: str, work: Callable[[], Awaitable[Whole]]) -> Whole:
        promised = asyncio.get_running_loop().create_future()
        self._under_way[tag] = promised
        whole = None
        try:
            whole = await work()
            if isinstance(whole.body, bytes):
                self._keep(tag, whole, len(whole.body))
            return whole
        finally:
            del self._under_way[tag]
            promised.set_result(whole if whole is not None and isinstance(whole.body, bytes) else None)

    def _keep(self, tag: str, whole: Whole, size: int) -> None:
        self._held[tag] = whole
        self._size += size
        while self._size > self._most:
            _, gone = self._held.popitem(last=False)
            self._size -= len(gone.body) if isinstance(gone.body, bytes) else 0
