"""Where an export goes: Zarr, netCDF or Parquet, at any address that fsspec knows.

Each target keeps how many stations are written next to the data, so that an export that was broken off goes
on where it stopped; one of another question, or of a database that has changed since, is refused.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import fsspec
import numpy as np
from fsspec.implementations.local import LocalFileSystem

from report.answer import Answer
from report.export import FEED, Export
from report.question import QuestionError

if TYPE_CHECKING:
    import xarray as xr

_ABOUT = "yellowsea"
_DONE = "yellowsea_stations_written"


class Held(NamedTuple):
    """What stands at an address: what it is about, and how many stations are written."""

    about: Answer
    done: int


class Target(ABC):
    """Takes the blocks of an export in order."""

    def __init__(self, address: str, export: Export) -> None:
        self.address, self.export = address, export
        self.system, self.path = fsspec.core.url_to_fs(address)

    def begin(self, *, anew: bool = False) -> int:
        """Make ready; how many stations are written already.

        Raises
        ------
        QuestionError
            When something else stands at the address; with `anew` an export that stands there is replaced.
        """
        if self.exists():
            held = self.held()
            if held is None:
                raise QuestionError(f"{self.address} exists and is no export of ours: give another --out")
            if not anew:
                self._check(held.about)
                return held.done
            self.remove()
        self.lay_out()
        return 0

    def _check(self, about: Answer) -> None:
        now = json.loads(json.dumps(self.export.about, default=str))
        if about != now:
            same = about.get("question") == now["question"]
            of = "the same, but the database has changed since" if same else "another question"
            raise QuestionError(f"{self.address} holds an export: {of}; give another --out, or --anew")

    def exists(self) -> bool:
        """Whether anything stands at the address."""
        return bool(self.system.exists(self.path))

    def remove(self) -> None:
        """Take away the export that stands there."""
        self.system.rm(self.path, recursive=True)

    @abstractmethod
    def held(self) -> Held | None:
        """What export stands there; None where it is none of ours."""

    @abstractmethod
    def lay_out(self) -> None:
        """Write everything but the values."""

    @abstractmethod
    def write(self, rows: slice, block: xr.Dataset) -> None:
        """Write the stations `rows`; when it returns they are there for good."""

    def _empty(self, chunk: int) -> xr.Dataset:
        import dask.array as da

        export = self.export
        shape = (len(export.stations), export.n)
        values, feed_at = (
            da.full(shape, one, chunks=(chunk, export.n), dtype=one.dtype) for one in (_NAN, _NO_FEED)
        )
        dataset = export.dataset(values, feed_at, slice(0, shape[0]))
        dataset.attrs[_DONE] = 0
        return dataset


_NAN, _NO_FEED = np.float32(np.nan), np.int8(-1)


class ZarrTarget(Target):
    """A Zarr group: chunks of whole stations. Format 2, whose texts every reader of Zarr knows."""

    def held(self) -> Held | None:
        """See `Target`."""
        import zarr

        try:
            attrs = zarr.open_group(self.address, mode="r", use_consolidated=False).attrs.asdict()
        except (FileNotFoundError, ValueError, NotADirectoryError):
            return None
        if _DONE not in attrs:
            return None
        return Held(json.loads(str(attrs[_ABOUT])), int(str(attrs[_DONE])))

    def lay_out(self) -> None:
        """See `Target`."""
        chunk = min(self.export.at_once, len(self.export.stations))
        self._empty(chunk).to_zarr(self.address, mode="w", compute=False, consolidated=False, zarr_format=2)

    def write(self, rows: slice, block: xr.Dataset) -> None:
        """See `Target`."""
        import zarr

        values = block.drop_vars(list(block.coords))
        values.to_zarr(self.address, region={"station": rows}, mode="r+", consolidated=False)
        zarr.open_group(self.address, mode="r+", use_consolidated=False).attrs[_DONE] = rows.stop
        if rows.stop == len(self.export.stations):
            zarr.consolidate_metadata(self.address)


class NetcdfTarget(Target):
    """One netCDF-4 file; for a remote address it is written here first and sent when it is whole."""

    def __init__(self, address: str, export: Export) -> None:
        super().__init__(address, export)
        self._local = isinstance(self.system, LocalFileSystem)
        self._file = Path(self.path) if self._local else Path(f"{Path(self.path).name}.part")

    def exists(self) -> bool:
        """See `Target`."""
        return self._file.exists() or super().exists()

    def remove(self) -> None:
        """See `Target`."""
        self._file.unlink(missing_ok=True)

    def held(self) -> Held | None:
        """See `Target`."""
        import netCDF4

        if not self._file.is_file():
            return None
        try:
            with netCDF4.Dataset(self._file) as file:
                if _DONE not in file.ncattrs():
                    return None
                return Held(json.loads(file.getncattr(_ABOUT)), int(file.getncattr(_DONE)))
        except OSError:
            return None

    def lay_out(self) -> None:
        """See `Target`."""
        import netCDF4

        empty = self._empty(1)
        pollutant = self.export.question.pollutant
        empty.drop_vars([pollutant, FEED]).to_netcdf(self._file, engine="netcdf4", format="NETCDF4")
        with netCDF4.Dataset(self._file, "a") as file:
            # Of the values only the outline: xarray would write them all, missing.
            for name, fill in ((pollutant, _NAN), (FEED, _NO_FEED)):
                made = file.createVariable(
                    name,
                    fill.dtype,
                    ("station", "time"),
                    fill_value=fill if name == pollutant else False,
                    zlib=True,
                    chunksizes=(1, self.export.n),
                )
                made.setncatts({**empty[name].attrs, "coordinates": "name kind lat lon"})

    def write(self, rows: slice, block: xr.Dataset) -> None:
        """See `Target`."""
        import netCDF4

        with netCDF4.Dataset(self._file, "a") as file:
            for name in (self.export.question.pollutant, FEED):
                file[name][rows] = block[name].values
            file.setncattr(_DONE, rows.stop)
        if rows.stop == len(self.export.stations) and not self._local:
            self.system.put_file(str(self._file), self.path)
            self._file.unlink()


class ParquetTarget(Target):
    """A folder of Parquet files, a block of stations each: station, time, value, feed."""

    def held(self) -> Held | None:
        """See `Target`."""
        try:
            about = json.loads(self.system.cat_file(f"{self.path}/_about.json"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        return Held(about, int(about.pop(_DONE))) if _DONE in about else None

    def lay_out(self) -> None:
        """See `Target`."""
        self.system.makedirs(self.path, exist_ok=True)
        self._tell(0)

    def write(self, rows: slice, block: xr.Dataset) -> None:
        """See `Target`."""
        pollutant = self.export.question.pollutant
        table = block[[pollutant, FEED]].reset_coords(drop=True).to_dataframe().reset_index()
        table = table[table[FEED] >= 0]
        names: dict[Any, str] = dict(enumerate(self.export.feeds))
        table = table.assign(feed=table[FEED].map(names)).drop(columns=FEED)
        with self.system.open(f"{self.path}/stations-{rows.start:05d}.parquet", "wb") as file:
            table.to_parquet(file, engine="pyarrow", compression="zstd", index=False)
        self._tell(rows.stop)

    def _tell(self, done: int) -> None:
        about = json.dumps({**self.export.about, _DONE: done}, ensure_ascii=False, default=str)
        self.system.pipe_file(f"{self.path}/_about.json", about.encode())


TARGETS: dict[str, type[Target]] = {"zarr": ZarrTarget, "netcdf": NetcdfTarget, "parquet": ParquetTarget}
