"""How a question is asked over HTTP: its parameters have names and meaning of the command's options."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from report.answer import Answer
from report.question import Basis, Question, ask
from report.readings import size
from report.stations_held import Desk as ReportDesk
from web.desk import Desk
from web.problems import Problem

Shape = Literal["json", "csv", "parquet", "netcdf"]
TABLES: tuple[Shape, ...] = ("json", "csv", "parquet")
SERIES: tuple[Shape, ...] = (*TABLES, "netcdf")

# A plus in a query means a blank, and an offset has a plus: 2019-03-05T12:00+09:00 arrives without it.
_OFFSET = re.compile(r"(?<=[0-9]) (?=[0-9]{2}:?[0-9]{2}$)")


def _plus(text: object) -> object:
    return _OFFSET.sub("+", text) if isinstance(text, str) else text


def kebab(name: str) -> str:
    """The name of an option."""
    return {"since": "from", "until": "to", "shape": "format"}.get(name, name.strip("_").replace("_", "-"))


EXAMPLE_WEEK = "region=kr-seoul&from=2019-03-01&to=2019-03-07"

Text = Annotated[str, Field(min_length=1, max_length=100)]
Moment = Annotated[str, BeforeValidator(_plus), Field(min_length=4, max_length=40)]
Name = Annotated[
    Text,
    Field(description="Id or English, Korean or Chinese name.", examples=["kr-seoul", "Beijing", "서울"]),
]
Names = Annotated[list[Text], Field(max_length=50)]
Amount = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]
Hours = Annotated[int, Field(ge=0, le=8784)]
HourSpan = Annotated[str, Field(pattern=r"^[0-9]{1,3}-[0-9]{1,3}$")]
BasisChoice = Annotated[
    Basis, Field(description="Hourly readings, published day means, or what gives more valid days.")
]
Draws = Annotated[int, Field(ge=99, le=2000, description="Draws of the bootstrap and of chance.")]


class Asked(BaseModel):
    """A question: a subclass declares its parameters and its answer once, and is a route by that."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=kebab)

    path: ClassVar[str]
    rows: ClassVar[str]
    shapes: ClassVar[tuple[Shape, ...]] = TABLES
    # For the documentation: parameters as they stand in an address.
    example: ClassVar[str] = ""

    shape: Shape | None = Field(None, description="How it is answered; else the Accept header says.")
    limit: int | None = Field(None, ge=1, le=100_000, description="Rows of one page; all unless given.")
    offset: int = Field(0, ge=0, le=10_000_000, description="Rows before the page.")

    def answer(self, desk: Desk) -> Answer:
        """The answer of the report, as the command line gives it."""
        raise NotImplementedError

    def lines(self, answer: Answer) -> list[Answer]:
        """The rows of a spreadsheet."""
        found: list[Answer] = answer[self.rows_of()]
        return found

    def rows_of(self) -> str:
        """The key of the rows in the answer."""
        return self.rows

    @classmethod
    def row_keys(cls) -> tuple[str, ...]:
        """The keys under which an answer may have its rows."""
        return (cls.rows,)

    def depends_on(self, desk: Desk) -> str | None:  # noqa: ARG002 - others depend on the moment
        """What else than data and catalogue the answer depends on; None where it is another each time."""
        return ""


class OfReadings(Asked):
    """A question that is answered from readings; what it does not offer is as the command line has it."""

    network: Text | None = Field(None, description="Only feeds of this network.")
    feed: Text | None = Field(None, description="Only this feed.")
    panel: Literal["all", "common"] = Field("all", description="All stations, or those valid throughout.")
    as_of: Moment | None = Field(None, description="What was known at this time.")
    flags: Literal["keep", "drop"] = Field("keep", description="Readings with a quality flag.")

    def understood(self, desk: Desk, *, listed: bool = False, **other: Any) -> Question:
        """The question of these parameters (`other` in their place), names resolved first, within reach.

        `listed`: the answer has a row for each reading.

        Raises
        ------
        UnknownPlaceError, AmbiguousPlaceError, QuestionError
        Problem
            For more readings than one answer may be computed from.
        """
        given = {name: getattr(self, name) for name in _SHARED if name in type(self).model_fields}
        given |= {"stations": tuple(getattr(self, "station", ())), **other}
        with desk.store.read() as connection:
            held = ReportDesk(connection, desk.facts)
            question = ask(
                desk.facts,
                held.places,
                **given,
                drop_flagged=self.flags == "drop",
                own_feeds=held.feeds if self.feed else (),
            )
            asked = size(held, question)
        within(asked.values, desk.settings.web_most_readings, "readings")
        if listed:
            within(asked.rows, desk.settings.web_most_rows, "readings in one list")
        return question


_SHARED = ("region", "since", "until", "pollutant", "network", "feed", "basis", "panel", "as_of")


class Spanned(Asked):
    """A question about a span of days or hours."""

    since: Moment | None = Field(
        None, description="First civil day of the place, or an ISO time with offset.", examples=["2019-03-01"]
    )
    until: Moment | None = Field(
        None, description="Last day (inclusive), or an ISO time with offset.", examples=["2019-03-07"]
    )


class Somewhere(Spanned):
    """A question about a region or stations in a span."""

    region: Name | None = None
    station: Names = Field([], description="Id, code or name of a station; may be repeated.")


class OfPollutant(OfReadings):
    """Of one pollutant."""

    pollutant: Text = Field("pm25", description="pm25 pm10 o3 no2 so2 co; of models also weather.")


class AboutPlace(Somewhere, OfPollutant):
    """A question about the readings of a region or of stations."""

    basis: BasisChoice = "best"


def within(asked: int, most: int, what: str) -> None:
    """Refuse a question that asks for more than one answer gives."""
    if asked > most:
        raise Problem(
            422,
            "too-large",
            f"up to {asked:,} {what} are asked, and one answer takes at most {most:,}: "
            "ask for fewer days, a smaller region or single stations, part by part",
            asked=asked,
            most=most,
        )
