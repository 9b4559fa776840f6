"""A person keeps the list of measures current: add, confirm, lift; each needs a token."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from config.facts import Facts
from config.places import Places
from ingest import announced
from report.answer import Answer
from report.measures import Ledger, told
from report.question import QuestionError
from web.api.asked import Name, Text, kebab
from web.api.documentation import refusals
from web.desk import AtDesk
from web.tokens import Changing

router = APIRouter(prefix="/v1/measures", tags=["measures"])
_REFUSALS = refusals(401, 404, 413, 422, 429, 503)

Source = Annotated[
    str,
    Field(
        min_length=1, max_length=500, description="Where it was read: an address or a document; never opened."
    ),
]


class _Report(BaseModel):
    """What every report says; the keys are the command's options."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=kebab)

    region: Name
    source: Source
    kind: Text = Field("emergency", description="emergency, preliminary or heavy-alert.")


class Added(_Report):
    """A measure that was issued."""

    date_: date = Field(alias="date", description="The day it is in force.")
    announced: AwareDatetime | None = None
    in_force_from: AwareDatetime | None = None
    in_force_to: AwareDatetime | None = None
    step: Text | None = None
    criterion: Text | None = Field(None, description="A, B or C, as announced.")
    confidence: Annotated[str, Field(pattern="^(high|medium|low)$")] = "medium"


class Confirmed(_Report):
    """A listed measure seen elsewhere (`date`), or until when the list was looked after (`through`)."""

    date_: date | None = Field(None, alias="date")
    through: date | None = None
    complete: bool = Field(False, description="With `through`: none is missing in the new span.")


class Lifted(_Report):
    """A listed measure that was lifted early."""

    date_: date = Field(alias="date")
    at: AwareDatetime


def _own(desk: AtDesk) -> Facts:
    """The catalogue read anew, to be written to: the desk's is shared by those who read."""
    return Facts(own=desk.settings.catalogue)


def _told(facts: Facts, measure: object, who: str) -> Answer:
    return {"question": {"by": who}, "measures": [told(facts, measure)]}  # type: ignore[arg-type]


@router.post("", status_code=201, operation_id="measures_add", responses=_REFUSALS)
def add_measure(desk: AtDesk, who: Changing, new: Added) -> Answer:
    """List a measure that was issued: in the keeper's folder of the catalogue, and in the database."""
    facts = _own(desk)
    measure = announced.measure(
        facts,
        new.region,
        new.kind,
        new.date_,
        source=new.source,
        confidence=new.confidence,  # type: ignore[arg-type]  # of the pattern
        announced_at=new.announced,
        in_force_from=new.in_force_from,
        in_force_to=new.in_force_to,
        step=new.step,
        criterion=new.criterion,
    )
    return _told(facts, announced.add(desk.store, facts, measure), who)


@router.post("/confirm", operation_id="measures_confirm", responses=_REFUSALS)
def confirm_measures(desk: AtDesk, who: Changing, seen: Confirmed) -> Answer:
    """Confirm a listed measure (`date`), or say until when the list was looked after (`through`)."""
    if (seen.date_ is None) == (seen.through is None):
        raise QuestionError("give either --date of a measure or --through, the day the list reaches")
    facts = _own(desk)
    places = Places(facts)
    place = places.region(seen.region).id
    if seen.date_ is not None:
        found = announced.listed(facts, place, seen.kind, seen.date_)
        return _told(facts, announced.confirm(desk.store, facts, found, seen.source), who)
    assert seen.through is not None  # noqa: S101 - one of the two is given
    row = announced.known_through(
        desk.store,
        facts,
        place,
        seen.kind,
        seen.through,
        seen.source,
        reached=Ledger(facts, places, place).known_through(seen.kind),
        complete=seen.complete,
    )
    return {"question": {"region": place, "by": who}, "known_through": [row.model_dump(mode="json")]}


@router.post("/lift", operation_id="measures_lift", responses=_REFUSALS)
def lift_measure(desk: AtDesk, who: Changing, lifted: Lifted) -> Answer:
    """Say when a listed measure was lifted early."""
    facts = _own(desk)
    place = Places(facts).region(lifted.region).id
    found = announced.listed(facts, place, lifted.kind, lifted.date_)
    return _told(facts, announced.lift(desk.store, facts, found, lifted.at, lifted.source), who)
