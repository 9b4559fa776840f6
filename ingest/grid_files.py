"""netCDF files of models: which product one is of, and its readings at the points that are kept."""

from __future__ import annotations

import shutil
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import xarray as xr

from config.facts import Facts
from ingest.grid_cells import Axes, Points, points
from ingest.grid_variables import GridProblem, axes_of, not_whole
from ingest.grids import Product, batches, places_of
from ingest.members import FileProblem, Member
from ingest.netcdf_size import CLASSIC, least_size
from ingest.save import Saver
from ingest.sources import cams, cmaq, era5, merra2
from store.readings import Counts

MAGIC = (*CLASSIC, b"\x89HDF\r\n\x1a\n")

PRODUCTS: Sequence[Product] = (cams.PRODUCT, era5.PRODUCT, merra2.PRODUCT, cmaq.PRODUCT)

_STEP = 1 << 20
_BESIDE = {"latitude", "lat", "longitude", "lon", "time", "valid_time"}


@dataclass(frozen=True)
class GridFile:
    """A netCDF file whose product is known."""

    member: Member
    product: Product
    facts: Facts

    @property
    def format(self) -> str:
        """The product's name."""
        return self.product.name

    @property
    def feed(self) -> str:
        """The feed of the product's first field."""
        return self.product.feed

    @property
    def parser_version(self) -> int:
        """Which version of the product's rules reads."""
        return self.product.parser_version

    def keep(self, saver: Saver, batch_id: int) -> tuple[Counts, Counter[str]]:
        """Store the readings at the grid's points; returns what became of them, and what was met.

        Raises
        ------
        FileProblem
            For a unit that is not known, a time that does not fit, a file that breaks off.
        """
        counts, notes = Counts(), Counter[str]()
        with _opened(self.member) as file:
            axes, dims = axes_of(file)
            kept = _kept(axes, self.product.network, self.facts)
            if not kept.stations:
                raise GridProblem("none of the catalogue's stations stands in its cells: give another area")
            for station in kept.stations:
                if station.id not in saver.places.stations:
                    saver.places.add(station)
            for feed in self.product.feeds:
                saver.ensure_feed(feed)
            zones = [self.facts.regions[one.area].zone for one in kept.stations]
            no_value = self.facts.statuses["sentinel"].code
            for batch in batches(file, self.product, kept, dims, zones, no_value):
                counts.add(saver.save(batch, batch_id))
                notes += batch.notes
            notes += _unread(file, self.product)
        if kept.outside:
            notes["stations of the catalogue outside the grid"] = kept.outside
        return counts, notes


def find(member: Member, facts: Facts) -> GridFile:
    """The product of a netCDF file.

    Raises
    ------
    FileProblem
        For a file that is broken, that is of no known product, or whose values cannot be placed.
    """
    with _opened(member) as file:
        for product in PRODUCTS:
            if product.in_file(file):
                return GridFile(member, product, facts)
        axes_of(file)
        known = sorted(part for one in PRODUCTS for field in one.fields for part in field.parts)
        raise GridProblem(
            f"no surface field that is stored, but {_listed(file)}; stored are {', '.join(known)}"
        )


@lru_cache(maxsize=2)
def _kept(axes: Axes, network: str, facts: Facts) -> Points:
    """The points of a grid: files of a product, one a day or a month, share it."""
    return points(axes, network, places_of(facts))


@contextmanager
def _opened(member: Member) -> Iterator[xr.Dataset]:
    """The file, lazily; what is wrong with it is told in one line."""
    try:
        with _on_disk(member) as path, _dataset(path) as file:
            yield file
    except GridProblem as problem:
        raise FileProblem(f"{member.name}: {problem}") from None


def _dataset(path: Path) -> xr.Dataset:
    try:
        _must_be_whole(path)
        with warnings.catch_warnings():
            # Fill values of another type than their variable: xarray drops them and says so.
            warnings.simplefilter("ignore", xr.SerializationWarning)
            return xr.open_dataset(path, engine="netcdf4", cache=False, decode_timedelta=False)
    except (OSError, RuntimeError, ValueError, LookupError) as error:
        raise GridProblem(not_whole(error)) from None


@contextmanager
def _on_disk(member: Member) -> Iterator[Path]:
    """The path of the plain file: the netCDF library reads no streams."""
    if member.name == str(member.path) and not member.name.lower().endswith(".gz"):
        yield member.path
        return
    with NamedTemporaryFile(suffix=".nc") as plain:
        with member.open() as packed:
            shutil.copyfileobj(packed, plain, _STEP)
        plain.flush()
        yield Path(plain.name)


def _must_be_whole(path: Path) -> None:
    """The length by which a classic file is known; HDF5 looks at its own.

    Raises
    ------
    ValueError
    """
    with path.open("rb") as file:
        if file.read(4) not in CLASSIC:
            return
        file.seek(0)
        wanted = least_size(file)
    if wanted is not None and path.stat().st_size < wanted:
        raise ValueError(f"{path.stat().st_size:,} of {wanted:,} bytes")


def _unread(file: xr.Dataset, product: Product) -> Counter[str]:
    read = {part for field in product.fields for part in field.parts}
    return Counter(f"variable {name} is not stored" for name in file.data_vars if name not in read | _BESIDE)


def _listed(file: xr.Dataset) -> str:
    shown = [f"{name} ({', '.join(map(str, one.dims))})" for name, one in file.data_vars.items()]
    return ", ".join(shown[:8])[:300] or "nothing"
