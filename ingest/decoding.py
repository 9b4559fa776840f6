"""Bytes in some encoding as UTF-8 lines of which each can stand alone."""

from __future__ import annotations

import codecs
from collections import Counter, deque
from typing import BinaryIO

_STEP = 1 << 18


def decodes(sample: bytes, encoding: str) -> bool:
    """Whether bytes, which may end inside a character, are in an encoding."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


class Utf8:
    """A file as UTF-8 bytes, without its first characters; the shape that Arrow reads from.

    A line with an odd number of quotes would swallow the rows that follow, up to the next such line, into
    one cell without a word. No archive writes cells of several lines, so these lines are set aside.
    """

    closed = False

    def __init__(self, file: BinaryIO, encoding: str, skip: int, set_aside: deque[str]) -> None:
        self._file = file
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._set_aside = set_aside
        self._replaced = 0
        self._begun = ""  # a line whose end has not been read
        self._rest = b""
        while skip > 0 and (piece := self._text(_STEP)):
            self._begun = piece[skip:]
            skip -= len(piece)

    def _text(self, size: int) -> str:
        """The next characters; "" only at the end."""
        while True:
            raw = self._file.read(size)
            text = self._decoder.decode(raw, final=not raw)
            self._replaced += text.count("\N{REPLACEMENT CHARACTER}")
            if text or not raw:
                return text

    def _lines(self, size: int) -> str:
        """The next whole lines without those that are set aside; "" only at the end."""
        while True:
            piece = self._text(max(size, _STEP))
            text = self._begun + piece
            end = text.rfind("\n") + 1 if piece else len(text)
            self._begun = text[end:]
            lines = self._balanced(text[:end])
            if lines or not piece:
                return lines

    def _balanced(self, text: str) -> str:
        if '"' not in text:
            return text
        lines = text.splitlines(keepends=True)
        odd = [line for line in lines if line.count('"') % 2]
        if not odd:
            return text
        self._set_aside.extend(line.rstrip("\r\n") for line in odd)
        return "".join(line for line in lines if line.count('"') % 2 == 0)

    def at_end(self) -> bool:
        """Whether nothing follows."""
        if not self._rest:
            self._rest = self._lines(_STEP).encode()
        return not self._rest

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, as many as that unless the file ends."""
        pieces = [self._rest]
        held = len(self._rest)
        while held < size and (piece := self._lines(size - held).encode()):
            pieces.append(piece)
            held += len(piece)
        joined = b"".join(pieces)
        self._rest = joined[size:]
        return joined[:size]

    def take_notes(self) -> Counter[str]:
        """Bytes that were in no way text, since last asked."""
        notes = Counter({f"bytes that are not {self._encoding}": self._replaced})
        self._replaced = 0
        return +notes

    def close(self) -> None:
        """Nothing to do: the member's file is closed by who opened it."""
