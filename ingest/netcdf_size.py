"""How long a classic netCDF file says it is.

The netCDF library reads past the end of a classic file that breaks off without a word, and gives zeros:
as packed numbers these look like air. So the length is taken from the header and held against the file.
The header's grammar: NetCDF Users' Guide, "The NetCDF classic format specification" (CDF-1, CDF-2, CDF-5).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import SEEK_END
from math import prod
from typing import BinaryIO

CLASSIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
_BYTES_OF_TYPE = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}


@dataclass(frozen=True)
class _Variable:
    begin: int
    shape: list[int]  # a record variable's first length is 0
    item: int

    @property
    def is_record(self) -> bool:
        return bool(self.shape) and self.shape[0] == 0

    @property
    def size(self) -> int:
        """Bytes of the variable, or of one record of it."""
        return self.item * prod(self.shape[1:] if self.is_record else self.shape)


def least_size(file: BinaryIO) -> int | None:
    """The bytes that a classic netCDF file must have; None for one that was never closed (streaming).

    Raises
    ------
    ValueError
        Where the header itself breaks off or is no header.
    """
    try:
        return _Header(file).least_size()
    except (struct.error, KeyError, IndexError):
        raise ValueError("the header breaks off") from None


class _Header:
    def __init__(self, file: BinaryIO) -> None:
        self._end = file.seek(0, SEEK_END)
        file.seek(0)
        magic = file.read(4)
        if magic not in CLASSIC:
            raise ValueError("no classic netCDF file")
        self._file = file
        self._count = ">Q" if magic == CLASSIC[2] else ">I"
        self._offset = ">I" if magic == CLASSIC[0] else ">Q"

    def least_size(self) -> int | None:
        records = self._number(self._count)
        if records == 2 ** (8 * struct.calcsize(self._count)) - 1:
            return None
        dimensions = [self._dimension() for _ in range(self._list())]
        self._attributes()
        variables = [self._variable(dimensions) for _ in range(self._list())]
        moving = [one for one in variables if one.is_record]
        # Records are padded to four bytes, but for a file's only record variable.
        step = moving[0].size if len(moving) == 1 else sum(_padded(one.size) for one in moving)
        ends = [self._file.tell()]
        ends += [one.begin + one.size for one in variables if not one.is_record]
        ends += [one.begin + (records - 1) * step + one.size for one in moving if records]
        return max(ends)

    def _number(self, form: str) -> int:
        return int(struct.unpack(form, self._file.read(struct.calcsize(form)))[0])

    def _list(self) -> int:
        self._number(">I")  # the tag says which kind of list, its place says so too
        return self._number(self._count)

    def _skip(self, size: int) -> None:
        at = self._file.tell() + _padded(size)
        if at > self._end:  # sought, not read: a damaged length may be any
            raise struct.error
        self._file.seek(at)

    def _name(self) -> None:
        self._skip(self._number(self._count))

    def _dimension(self) -> int:
        self._name()
        return self._number(self._count)

    def _attributes(self) -> None:
        for _ in range(self._list()):
            self._name()
            item = _BYTES_OF_TYPE[self._number(">I")]
            self._skip(item * self._number(self._count))

    def _variable(self, dimensions: list[int]) -> _Variable:
        self._name()
        shape = [dimensions[self._number(self._count)] for _ in range(self._number(self._count))]
        self._attributes()
        item = _BYTES_OF_TYPE[self._number(">I")]
        self._number(self._count)  # its size, which overflows for large variables: computed instead
        return _Variable(self._number(self._offset), shape, item)


def _padded(size: int) -> int:
    return size + -size % 4
