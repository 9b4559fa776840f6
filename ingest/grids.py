"""What a model's product states of its netCDF files, and the one way from a file to batches.

A file is read in slices of time, only the box in which our stations stand, so that memory stays flat. Units
come from the file; one that is not known is refused, for kilograms read as micrograms look like clean air.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from config.air import Station
from config.fact import Period
from config.facts import Facts
from ingest.grid_cells import Floats, Points
from ingest.grid_variables import GridProblem, conversion, day_of, milliseconds, surface, values
from ingest.hours import HourClock, Hours, LabelError, day_starts
from ingest.source import Batch, Quantity, StationRef

# What the time of a file names. An instant stands at the hour that begins with it (statistic `instant`);
# a mean or sum is named by the end or the middle of its hour; a day by its date.
TimeLabel = Literal["instant", "end", "middle", "day"]

_BOX_VALUES = 4 << 20  # of one variable in one slice: 32 MB
_CLOCKS = {
    "instant": (HourClock("start", "UTC"), 0),
    "end": (HourClock("end", "UTC"), 0),
    "middle": (HourClock("start", "UTC"), 30 * 60_000),
}


@dataclass(frozen=True)
class Field:
    """One quantity of a product: a variable, or a weighted sum of several.

    Attributes
    ----------
    parts : mapping of variable to weight
    said_unit : str, optional
        What the product's publisher says of a variable to which the file gives no unit.
    """

    feed: str
    quantity: Quantity
    parts: Mapping[str, float]
    label: TimeLabel
    said_unit: str | None = None


@dataclass(frozen=True)
class Product:
    """A model's files: by its variables a file is recognized."""

    name: str
    network: str
    parser_version: int
    fields: Sequence[Field]

    @property
    def feed(self) -> str:
        """The feed of its first field."""
        return self.fields[0].feed

    @property
    def feeds(self) -> list[str]:
        """Every feed to which its readings belong."""
        return list(dict.fromkeys(field.feed for field in self.fields))

    def in_file(self, file: xr.Dataset) -> list[Field]:
        """The fields of which a file holds a part."""
        return [field for field in self.fields if any(part in file for part in field.parts)]


def places_of(facts: Facts) -> list[Station]:
    """Every station of the catalogue with coordinates, where it last stood."""
    newest = (versions[-1] for versions in facts.stations.values())
    return [one for one in newest if one.lat is not None and one.lon is not None]


def batches(
    file: xr.Dataset,
    product: Product,
    points: Points,
    dims: tuple[Hashable, Hashable],
    zones: Sequence[str],
    no_value: int,
) -> Iterator[Batch]:
    """The readings of all fields at all points, slice by slice.

    Parameters
    ----------
    zones : sequence of str
        The civil time of each point, for fields of civil days.
    no_value : int
        The status of a reading that the file fills.
    """
    for field in product.in_file(file):
        reader = _FieldReader(file, field, points, dims)
        starts = _starts(file, field, reader.time, zones)
        period: Period = "P1D" if field.label == "day" else "PT1H"
        for part in reader.slices(len(starts)):
            values = reader.read(part).ravel()
            missing = ~np.isfinite(values)
            yield Batch(
                feed=field.feed,
                period=period,
                stations=[StationRef(code=one.code) for one in points.stations],
                station=np.tile(np.arange(len(points.stations), dtype=np.int32), part.stop - part.start),
                start=starts[part].ravel(),
                values={field.quantity: np.where(missing, np.nan, values)},
                statuses={field.quantity: np.where(missing, no_value, 0).astype(np.uint8)},
            )


class _FieldReader:
    """Reads one field: its parts in our unit, at the points."""

    def __init__(
        self, file: xr.Dataset, field: Field, points: Points, dims: tuple[Hashable, Hashable]
    ) -> None:
        lacking = [part for part in field.parts if part not in file]
        if lacking:
            raise GridProblem(
                f"{field.quantity.pollutant} is computed from {', '.join(field.parts)}; "
                f"not in the file: {', '.join(lacking)}"
            )
        self._points = points
        self._dims = dims
        unit = field.quantity.unit
        self._parts = [
            (surface(file[name], dims), weight, *conversion(file[name], unit, field.said_unit))
            for name, weight in field.parts.items()
        ]
        times = {one.dims[:-2] for one, *_ in self._parts}
        if len(times) > 1:
            raise GridProblem(f"{', '.join(field.parts)} do not stand at the same times")
        self.time: tuple[Hashable, ...] = times.pop()

    def slices(self, times: int) -> Iterator[slice]:
        """Stretches of time that fit into memory."""
        rows, columns = self._points.box
        box = (rows.stop - rows.start) * (columns.stop - columns.start)
        step = max(1, _BOX_VALUES // box)
        for at in range(0, times, step):
            yield slice(at, min(at + step, times))

    def read(self, part: slice) -> Floats:
        """Values (time, point) in the stored unit, NaN where the file holds none."""
        rows, columns = self._points.box
        chosen: dict[Hashable, slice] = dict.fromkeys(self.time, part)
        chosen.update(zip(self._dims, (rows, columns), strict=True))
        y, x = self._points.y - rows.start, self._points.x - columns.start
        found: Floats = np.zeros((part.stop - part.start, len(y)))
        for variable, weight, factor, addend in self._parts:
            box = values(variable.isel(chosen))
            found += weight * (box.reshape(-1, *box.shape[-2:])[:, y, x] * factor + addend)
        return found


def _starts(file: xr.Dataset, field: Field, time: tuple[Hashable, ...], zones: Sequence[str]) -> Hours:
    """Hour numbers (time, point) at which the averaging periods begin."""
    if field.label == "day":
        if time:
            raise GridProblem(f"its date names one day, but it has the dimension {time[0]}")
        day = np.array([day_of(file)], "datetime64[D]")
        return np.concatenate([day_starts(day, zone) for zone in zones])[np.newaxis]
    clock, before = _CLOCKS[field.label]
    try:
        hours = [clock.from_epoch_ms(at - before) for at in milliseconds(file, time)]
    except LabelError:
        said = f"{field.quantity.pollutant} is named by the {field.label} of full hours"
        raise GridProblem(f"{said}, and its times do not stand there") from None
    return np.repeat(np.array(hours, np.int64)[:, np.newaxis], len(zones), axis=1)
