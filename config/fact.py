"""What every fact of the catalogue is: typed, with its source and its confidence; how a file is read.

A user's folder may hold files of the same names: a row whose key stands in the shipped file takes its
place, any other is added. A row that does not fit raises `FactError`, which names file, row and column.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Country = Literal["KR", "CN"]
Confidence = Literal["high", "medium", "low"]
Period = Literal["PT1H", "P1D", "P1M"]


class FactError(ValueError):
    """A catalogue file that does not hold what it must."""


class Fact(BaseModel):
    """One row: where it comes from and how sure it is.

    Attributes
    ----------
    KEY : the columns that tell a row from the others of its file; empty where rows need none.
    REFERS : column to the kind of fact whose ids it holds; several ids in a cell stand between bars.
    SUFFIX : how the names of its files end: `.csv`, or `.toml` where a row has lists in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    REFERS: ClassVar[dict[str, str]] = {}
    SUFFIX: ClassVar[str] = ".csv"

    source: Annotated[str, Field(min_length=1)]
    confidence: Confidence
    note: str | None = None

    @classmethod
    def columns(cls) -> list[str]:
        """The columns of a file as people read them: what is said, then since when, then on whose word."""
        word = list(Fact.model_fields)
        since = [one for one in Dated.model_fields if one in cls.model_fields and one not in word]
        said = [one for one in cls.model_fields if one not in since and one not in word]
        return [*said, *since, *word]

    @property
    def key(self) -> tuple[str, ...]:
        """What tells this row from the others of its file, as text."""
        values = (getattr(self, column) for column in self.KEY)
        return tuple("" if value is None else str(value) for value in values)


class Dated(Fact):
    """A fact that holds from `valid_from` (inclusive) to `valid_to` (inclusive); None is open."""

    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Dated:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether the fact is in force on a civil day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def holds_in(self, first: date, last: date) -> bool:
        """Whether the fact is in force on any day from `first` to `last`."""
        return (self.valid_from is None or self.valid_from <= last) and (
            self.valid_to is None or first <= self.valid_to
        )


class Row(NamedTuple):
    """A fact and where it stands; the header is row 1."""

    path: Path
    number: int
    fact: Fact

    def problem(self, column: str, said: str) -> FactError:
        """What is wrong with the row, named by file, row and column."""
        return FactError(f"{self.path.name}, row {self.number}, column {column}: {said}")


def read_rows(path: Path, model: type[Fact]) -> list[Row]:
    """All rows of a catalogue file as facts.

    Raises
    ------
    FactError
        Naming file, row (the header is row 1) and column of the first thing that does not fit.
    """
    rows = _of_toml(path, model) if path.suffix == ".toml" else _of_csv(path, model)
    _each_once(rows)
    return rows


def _of_csv(path: Path, model: type[Fact]) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # spreadsheets save a mark before the text
            return [
                Row(path, number, _fact(path, number, _cells(path, number, row), model))
                for number, row in enumerate(csv.DictReader(file), start=2)
            ]
    except OSError as error:
        raise FactError(f"{path.name}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise FactError(f"{path.name}: is no CSV file in UTF-8: {error}") from None


def _of_toml(path: Path, model: type[Fact]) -> list[Row]:
    """The tables of a TOML file, `[[kind]]` each; the first is row 1."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FactError(f"{path.name}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FactError(f"{path.name}: is no TOML file in UTF-8: {error}") from None
    tables = told.pop(path.stem, [])
    if told or not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise FactError(f"{path.name}: holds tables called [[{path.stem}]] and nothing else")
    return [Row(path, number, _fact(path, number, one, model)) for number, one in enumerate(tables, start=1)]


def overlaid(shipped: list[Row], own: list[Row]) -> list[Row]:
    """The shipped rows with a user's: same key, the user's row stands in its place; else it is added."""
    if not own:
        return shipped
    given = {row.fact.key: row for row in own}
    merged = [given.pop(row.fact.key, row) if row.fact.KEY else row for row in shipped]
    return [*merged, *(row for row in own if not row.fact.KEY or row.fact.key in given)]


def _each_once(rows: Iterable[Row]) -> None:
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        if not row.fact.KEY:
            continue
        if row.fact.key in seen:
            column = row.fact.KEY[0] if len(row.fact.KEY) == 1 else " + ".join(row.fact.KEY)
            raise row.problem(column, f"{' '.join(row.fact.key)} stands twice")
        seen.add(row.fact.key)


def _cells(path: Path, number: int, row: dict[str, str]) -> dict[str, str]:
    if None in row:
        raise FactError(f"{path.name}, row {number}: more cells than columns")
    return {key: value for key, value in row.items() if value}


def _fact(path: Path, number: int, given: Mapping[str, Any], model: type[Fact]) -> Fact:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(map(str, first["loc"])) or "the row"
        raise FactError(f"{path.name}, row {number}, column {column}: {first['msg']}") from None
