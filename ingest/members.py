"""The files behind a path: a file, a folder's files, what a .zip holds; .gz is seen through.

Whatever is wrong with a file is said when it is opened or read, in one line that says what to do.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

Opener = Callable[[ExitStack], IO[bytes]]  # what has to be closed in the end goes onto the stack

_STEP = 1 << 20
_UTF8_NAME = 0x800  # the flag by which a zip says that its names are UTF-8


class FileProblem(ValueError):
    """A file that cannot be read; the text is one line: which file, what is wrong, what to do."""


@dataclass(frozen=True)
class Member:
    """One file to read.

    Attributes
    ----------
    name : str
        As the user knows it: the path given, and for a member of an archive `outer.zip!inner.csv`.
    path : Path
        The file on disk that holds it.
    size : int
        Compressed bytes.
    """

    name: str
    path: Path
    size: int
    opener: Opener

    def open(self) -> BinaryIO:
        """The decompressed bytes; opening and reading raise `FileProblem`."""
        with ExitStack() as stack, _explained(self.name):
            raw = self.opener(stack)
            if self.name.lower().endswith(".gz"):
                raw = cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=raw)))
            return io.BufferedReader(_Explained(self.name, raw, stack.pop_all()), _STEP)
        raise AssertionError  # not reached: opening returns or raises

    def sha256(self) -> str:
        """The hash of the decompressed bytes, read once to the end, so that it also proves the file whole."""
        digest = hashlib.sha256()
        with self.open() as file:
            while piece := file.read(_STEP):
                digest.update(piece)
        return digest.hexdigest()


def members(path: Path) -> Iterator[Member]:
    """Every file behind a path, folders in sorted order, hidden files left out.

    Folders that are linked into one are followed, each once; a link to a folder around the path is not.

    Raises
    ------
    FileProblem
        Where the path itself does not exist. A broken archive is one member whose `open` raises.
    """
    if path.is_dir():
        yield from _of_folder(path)
    elif path.exists():
        yield from _of_file(path)
    else:
        raise FileProblem(f"{path}: no such file or folder")


def _of_folder(folder: Path) -> Iterator[Member]:
    around = folder.resolve()
    seen = {around, *around.parents}
    for root, folders, files in os.walk(folder, followlinks=True):
        folders[:] = list(_not_yet(Path(root), folders, seen))
        for name in sorted(files):
            if not name.startswith("."):
                yield from _of_file(Path(root) / name)


def _not_yet(root: Path, folders: list[str], seen: set[Path]) -> Iterator[str]:
    """The folders of a folder that were not gone through under another name."""
    for name in sorted(folders):
        real = (root / name).resolve()
        if not name.startswith(".") and real not in seen:
            seen.add(real)
            yield name


def _of_file(path: Path) -> Iterator[Member]:
    member = Member(str(path), path, path.stat().st_size, lambda stack: stack.enter_context(path.open("rb")))
    yield from _of_zip(member) if _is_zip(member) else [member]


def _of_zip(outer: Member) -> Iterator[Member]:
    try:
        with ExitStack() as stack:
            archive = _zip(outer, stack)
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except FileProblem as problem:
        yield Member(outer.name, outer.path, outer.size, _raiser(problem))
        return
    for entry in sorted(entries, key=_entry_name):
        inside = _entry_name(entry)
        if any(part.startswith(".") for part in inside.split("/")):
            continue
        name, opener = f"{outer.name}!{inside}", _entry_opener(outer, entry)
        member = Member(name, outer.path, entry.compress_size, opener)
        yield from _of_zip(member) if _is_zip(member) else [member]


def _is_zip(member: Member) -> bool:
    return member.name.lower().endswith(".zip")


def _zip(outer: Member, stack: ExitStack) -> zipfile.ZipFile:
    with _explained(outer.name):
        if outer.name == str(outer.path):
            return stack.enter_context(zipfile.ZipFile(outer.path))
        held = stack.enter_context(SpooledTemporaryFile(max_size=_STEP * 64))  # noqa: SIM115 - the stack closes it
        with outer.open() as file:
            shutil.copyfileobj(file, held, _STEP)
        return stack.enter_context(zipfile.ZipFile(cast("IO[bytes]", held)))
    raise AssertionError  # not reached: opening returns or raises


def _entry_opener(outer: Member, entry: zipfile.ZipInfo) -> Opener:
    return lambda stack: stack.enter_context(_zip(outer, stack).open(entry))


def _raiser(problem: FileProblem) -> Opener:
    def opener(_stack: ExitStack) -> IO[bytes]:
        raise problem

    return opener


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: Korean Windows writes cp949 where zipfile must assume cp437."""
    if not entry.flag_bits & _UTF8_NAME and not entry.filename.isascii():
        for encoding in ("utf-8", "cp949"):
            try:
                return entry.filename.encode("cp437").decode(encoding)
            except UnicodeError:
                continue
    return entry.filename


class _Explained(io.RawIOBase):
    """A raw reader whose faults are told as `FileProblem`."""

    def __init__(self, name: str, raw: IO[bytes], stack: ExitStack) -> None:
        self._name = name
        self._raw = raw
        self._stack = stack

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        with _explained(self._name):
            piece = self._raw.read(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._stack.close()
        super().close()


_FAULTS = (EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError)


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turns the faults of gzip, zip and the file system into one line for the user."""
    try:
        yield
    except _FAULTS as error:
        raise FileProblem(f"{name}: {_reason(error)}") from None


def _reason(error: BaseException) -> str:
    match error:
        case EOFError():
            return "the gzip stream ends early; fetch the file again"
        case gzip.BadGzipFile() | zlib.error():
            return "the compressed bytes are damaged; fetch the file again"
        case zipfile.BadZipFile():
            return "not a whole zip file; fetch it again"
        case NotImplementedError():
            return "the zip uses a compression that is not known here; unpack it first"
        case RuntimeError():
            return "the zip is encrypted; unpack it first"
        case OSError():
            return f"cannot be read: {error.strerror or error}"
    return str(error)
