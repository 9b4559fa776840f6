"""Files that are no tables, known by their first bytes: grids of models, trajectories, saved answers."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from config.facts import Facts
from ingest.members import FileProblem, Member
from ingest.save import Saver
from ingest.unwrapping import is_answer
from store.readings import Counts

_SAMPLE = 1 << 14
_NETCDF = (b"CDF\x01", b"CDF\x02", b"CDF\x05", b"\x89HDF\r\n\x1a\n")


class Special(Protocol):
    """A file that is kept in a way of its own."""

    @property
    def member(self) -> Member:
        """The file."""

    @property
    def format(self) -> str:
        """The format's name."""

    @property
    def feed(self) -> str | None:
        """The feed to which its contents belong; None for what is no reading of any."""

    @property
    def parser_version(self) -> int:
        """Which version of the format's rules reads."""

    def keep(self, saver: Saver, batch_id: int) -> tuple[Counts, Counter[str]]:
        """Store the contents in the saver's transaction; returns what became of them, and what was met."""


def find(member: Member, facts: Facts, station: str | None = None) -> Special | None:
    """The reader of a file that is no table; None for what may be one.

    `station` is the place that a saved answer is of, where it does not say.

    Raises
    ------
    FileProblem
        One line, for a file that is of such a kind and cannot be read.
    """
    with member.open() as file:
        sample = file.read(_SAMPLE)
    # Imported when met: the libraries behind grids take longer to load than most tables.
    if sample.startswith(_NETCDF):
        from ingest import grid_files

        return grid_files.find(member, facts)
    if sample.startswith(b"GRIB"):
        raise FileProblem(f"{member.name}: a GRIB file; make netCDF of it first (grib_to_netcdf, cdo)")
    if is_answer(sample):
        from ingest import recorded

        return recorded.find(member, facts, station)
    from ingest.sources.hysplit import TrajectoryFile, is_endpoints

    return TrajectoryFile(member) if is_endpoints(sample) else None
