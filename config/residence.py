"""How far a cell of a map of residence is to be trusted, by how many endpoints lie in it."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from config.fact import Fact


class ResidenceWeight(Fact):
    """A step of the weight W(n): a cell with more than `above` endpoints, up to the next step's, has it."""

    KEY: ClassVar = ("above",)

    above: int = Field(ge=0)
    weight: float = Field(ge=0, le=1)
