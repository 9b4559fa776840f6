"""XML in the binary form of Microsoft's WCF services ("msbin1", [MC-NBFX]), read into elements; pure.

The part of the format that answers of services use: elements with a prefix of one letter or none, namespaces,
and texts. What belongs to the session form (dictionary strings) is refused, for its dictionary is not in the
file. Records with an odd number end their element as well.
"""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from typing import Any

_END = 0x01
_SHORT_ATTRIBUTE, _ATTRIBUTE = 0x04, 0x05
_SHORT_XMLNS, _XMLNS = 0x08, 0x09
_SHORT_ELEMENT, _ELEMENT = 0x40, 0x41
_PREFIX_ELEMENT = range(0x5E, 0x78)
_PREFIX_ATTRIBUTE = range(0x26, 0x40)
_FIRST_TEXT = 0x80
_DATETIME = 0x96
_TICKS = (1 << 62) - 1
_DEEPEST = 100

_FIXED = {0x80: "0", 0x82: "1", 0x84: "false", 0x86: "true", 0xA8: ""}
_NUMBERS = {0x88: "<b", 0x8A: "<h", 0x8C: "<i", 0x8E: "<q", 0x90: "<f", 0x92: "<d", 0xB2: "<Q", 0xB4: "<?"}
_LENGTHS = {0x98: "<B", 0x9A: "<H", 0x9C: "<i", 0xB6: "<B", 0xB8: "<H", 0xBA: "<i"}
_UTF16 = range(0xB6, 0xBC)


class NotWholeError(ValueError):
    """Bytes that begin as a document and are none; the text says what is wrong."""


def is_binary(sample: bytes) -> bool:
    """Whether bytes begin with an element of a plausible name; no text of ours begins so."""
    if len(sample) < 2 or sample[0] != _SHORT_ELEMENT:
        return False
    name = sample[2 : 2 + sample[1]]
    return 2 < len(name) == sample[1] and name.isalnum()


def read(body: bytes) -> ET.Element:
    """The elements of a document, below one that holds them all.

    Raises
    ------
    NotWholeError
    """
    return _Reader(body).document()


class _Reader:
    """Goes through the records of a document once."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def document(self) -> ET.Element:
        root = ET.Element("answer")
        open_ = [root]
        while self._at < len(self._body):
            record = self._byte()
            if record >= _FIRST_TEXT:
                open_[-1].text = (open_[-1].text or "") + self._text(record & ~1)
                self._close(open_, record & 1)
            elif record == _END:
                self._close(open_, 1)
            else:
                self._markup(record, open_)
        if len(open_) != 1 or not len(root):
            raise NotWholeError("its binary XML breaks off")
        return root

    def _markup(self, record: int, open_: list[ET.Element]) -> None:
        if record in (_SHORT_ELEMENT, *_PREFIX_ELEMENT):
            self._open(open_, self._string())
        elif record == _ELEMENT:
            self._string()  # the prefix
            self._open(open_, self._string())
        elif record == _SHORT_XMLNS:
            self._string()
        elif record == _XMLNS:
            self._string()
            self._string()
        elif record in (_SHORT_ATTRIBUTE, _ATTRIBUTE, *_PREFIX_ATTRIBUTE):
            for _ in range(2 if record == _ATTRIBUTE else 1):
                self._string()
            self._text(self._byte() & ~1)
        else:
            raise NotWholeError(f"its binary XML has a record that is not known here: {record:#04x}")

    def _open(self, open_: list[ET.Element], name: str) -> None:
        if len(open_) > _DEEPEST:
            raise NotWholeError("its binary XML is nested without end")
        open_.append(ET.SubElement(open_[-1], name))

    def _close(self, open_: list[ET.Element], ends: int) -> None:
        if ends and len(open_) == 1:
            raise NotWholeError("its binary XML ends an element that has not begun")
        if ends:
            open_.pop()

    def _text(self, record: int) -> str:
        if record in _FIXED:
            return _FIXED[record]
        if record in _NUMBERS:
            return str(self._unpacked(_NUMBERS[record]))
        if record == _DATETIME:
            return self._moment()
        if record in _LENGTHS:
            encoding = "utf-16-le" if record in _UTF16 else "utf-8"
            return self._decoded(self._unpacked(_LENGTHS[record]), encoding)
        raise NotWholeError(f"its binary XML has a text that is not known here: {record:#04x}")

    def _moment(self) -> str:
        """A moment in ticks of 100 ns since year 1; two bits above them tell its zone, which is not kept."""
        ticks = self._unpacked("<Q") & _TICKS
        try:
            return (datetime(1, 1, 1) + timedelta(microseconds=ticks // 10)).isoformat()  # noqa: DTZ001 - local
        except OverflowError:
            raise NotWholeError("its binary XML holds a moment after all years") from None

    def _string(self) -> str:
        """Text behind its length, in groups of seven bits."""
        length = shift = 0
        while True:
            byte = self._byte()
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return self._decoded(length, "utf-8")
            if shift > 28:
                raise NotWholeError("its binary XML breaks off")

    def _decoded(self, length: int, encoding: str) -> str:
        try:
            return self._taken(length).decode(encoding)
        except UnicodeDecodeError:
            raise NotWholeError(f"its binary XML holds what is no {encoding}") from None

    def _unpacked(self, form: str) -> Any:
        return struct.unpack(form, self._taken(struct.calcsize(form)))[0]

    def _byte(self) -> int:
        return self._taken(1)[0]

    def _taken(self, length: int) -> bytes:
        taken = self._body[self._at : self._at + length]
        if length < 0 or len(taken) < length:
            raise NotWholeError("its binary XML breaks off")
        self._at += length
        return taken
