"""HYSPLIT: trajectory endpoints ("tdump"), as the model and NOAA's READY pages write them.

https://www.ready.noaa.gov; HYSPLIT user's guide, "Trajectory endpoints file"

A file is text: the meteorology used, then direction and vertical motion, a starting place each, the names of
the diagnostics, and a line for each point: trajectory, grid, YY MM DD hh mm, forecast hour, age in hours,
latitude, longitude, height in m above ground, diagnostics (pressure in hPa). Times are UTC. Points are
moments, not means: they are no readings, and are kept as they are with an index (`store.trajectories`).

Years have two digits: 48 to 99 are 1948 (where the oldest meteorology begins) to 1999.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import NamedTuple, TypeVar

from ingest.members import FileProblem, Member
from ingest.save import Saver
from store.readings import Counts
from store.trajectories import Point, Trajectory, put

_LARGEST = 64 << 20
_FIRST_YEAR = 48
# Line by line: a pattern whose blanks may hold line ends tries every split of them.
_BEGINNING = re.compile(
    rb"[ \t]*\d+([ \t]+\d+)?[ \t\r]*\n"
    rb"([ \t]*\S+([ \t]+\d+){5}[ \t\r]*\n)+"
    rb"[ \t]*\d+[ \t]+(BACKWARD|FORWARD)\s"
)

T = TypeVar("T")


class EndpointError(ValueError):
    """A line of an endpoints file that does not say what it must."""


class _Start(NamedTuple):
    at: datetime
    lat: float
    lon: float
    height: float


def is_endpoints(sample: bytes) -> bool:
    """Whether a file begins as one of trajectory endpoints does."""
    return _BEGINNING.match(sample) is not None


@dataclass(frozen=True)
class TrajectoryFile:
    """A file of trajectory endpoints; its rows are its points."""

    member: Member
    format: str = "hysplit-endpoints"
    feed: str = "hysplit-endpoints"
    parser_version: int = 1

    def keep(self, saver: Saver, batch_id: int) -> tuple[Counts, Counter[str]]:
        """Store what is not held yet.

        Raises
        ------
        FileProblem
            For a file that breaks off or says something else than its header.
        """
        with self.member.open() as file:
            body = file.read(_LARGEST + 1)
        if len(body) > _LARGEST:
            raise FileProblem(f"{self.member.name}: more than {_LARGEST >> 20} MB of trajectories; split it")
        try:
            found = parse(body.decode("ascii", "replace"), self.member.sha256())
        except EndpointError as error:
            problem = f"{self.member.name}: not whole trajectories ({error}); fetch it again"
            raise FileProblem(problem) from None
        rows = sum(len(one.points) for one in found)
        new = put(saver.connection, found, batch_id)
        return Counts(rows=rows, new=new, same=rows - new), Counter()


def parse(text: str, sha256: str) -> list[Trajectory]:
    """The trajectories of an endpoints file, in its order; pure.

    Raises
    ------
    EndpointError
        Naming the first line that does not say what it must.
    """
    if _ends_within_a_line(text):
        raise EndpointError("it breaks off within its last line")
    lines = _Lines(text)
    models = [lines.next(_model) for _ in range(lines.next(_count))]
    count, direction, vertical = lines.next(_motion)
    starts = [lines.next(_start) for _ in range(count)]
    diagnostics = lines.next(_names)
    points: dict[int, list[Point]] = {number: [] for number in range(1, count + 1)}
    for number, point in lines.rest(lambda cells: _point(cells, len(diagnostics))):
        if number not in points:
            raise EndpointError(f"a point of trajectory {number}, but there are {count}")
        points[number].append(point)
    used = ", ".join(dict.fromkeys(models))
    return [
        Trajectory(
            sha256,
            number,
            *start,
            direction,
            max((abs(point.age) for point in points[number]), default=0.0),
            used,
            vertical,
            diagnostics,
            _whole(number, start, points[number]),
        )
        for number, start in enumerate(starts, start=1)
    ]


def _ends_within_a_line(text: str) -> bool:
    """Whether the last number may be cut: lines of points are equally long, and each ends."""
    lines = text.splitlines()
    return len(lines) > 1 and not text.endswith("\n") and len(lines[-1]) < len(lines[-2])


def _whole(number: int, start: _Start, points: list[Point]) -> tuple[Point, ...]:
    """The points of a trajectory, the first of which stands at its start."""
    if not points or points[0].age != 0 or points[0].at != start.at:
        raise EndpointError(f"trajectory {number} has no point at its start")
    return tuple(points)


class _Lines:
    """The lines of a file as cells; a cell that cannot be read names its line."""

    def __init__(self, text: str) -> None:
        numbered = ((at, line.split()) for at, line in enumerate(text.splitlines(), 1))
        self._lines = iter([(at, cells) for at, cells in numbered if cells])

    def next(self, read: Callable[[list[str]], T]) -> T:
        for at, cells in self._lines:
            return _read(at, cells, read)
        raise EndpointError("it breaks off in its header")

    def rest(self, read: Callable[[list[str]], T]) -> Iterator[T]:
        for at, cells in self._lines:
            yield _read(at, cells, read)


def _read(at: int, cells: list[str], read: Callable[[list[str]], T]) -> T:
    try:
        return read(cells)
    except (ValueError, IndexError, OverflowError):
        raise EndpointError(f"line {at}: {' '.join(cells)[:60]!r}") from None


def _count(cells: list[str]) -> int:
    return int(cells[0])


def _model(cells: list[str]) -> str:
    _moment(cells[1:5])
    return cells[0]


def _motion(cells: list[str]) -> tuple[int, str, str]:
    direction = cells[1].lower()
    if direction not in ("backward", "forward"):
        raise ValueError
    return int(cells[0]), direction, " ".join(cells[2:])


def _start(cells: list[str]) -> _Start:
    return _Start(_moment(cells[:4]), *_place(cells[4:7]))


def _names(cells: list[str]) -> tuple[str, ...]:
    if len(cells) != int(cells[0]) + 1:
        raise ValueError
    return tuple(cells[1:])


def _point(cells: list[str], diagnostics: int) -> tuple[int, Point]:
    if len(cells) != 12 + diagnostics:
        raise ValueError
    place = _place(cells[9:12])
    return int(cells[0]), Point(_moment(cells[2:7]), float(cells[8]), *place, tuple(map(float, cells[12:])))


def _place(cells: list[str]) -> tuple[float, float, float]:
    lat, lon, height = map(float, cells)
    if not (-90 <= lat <= 90 and -180 <= lon <= 360 and isfinite(height)):
        raise ValueError
    return lat, lon, height


def _moment(cells: list[str]) -> datetime:
    """A moment written YY MM DD hh, with mm where given."""
    year, month, day, hour, minute = map(int, [*cells, "0"][:5])
    if not 0 <= year <= 99:
        raise ValueError
    century = 1900 if year >= _FIRST_YEAR else 2000
    return datetime(century + year, month, day, hour, minute, tzinfo=UTC)
