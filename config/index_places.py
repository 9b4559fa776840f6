"""Where a network is asked for the index values that it shows: places and boxes, a row each."""

from __future__ import annotations

from typing import ClassVar, Literal

from config.fact import Fact


class IndexPlace(Fact):
    """A question put to a network that shows index values: one place (`feed`), or a box (`bounds`).

    `asked` is written as the network takes it: a city, `@` and a station's number, `geo:lat;lon`; a box is
    the latitude and longitude of two corners.
    """

    KEY: ClassVar = ("network", "what", "asked")
    REFERS: ClassVar = {"network": "networks", "region": "regions"}

    network: str
    region: str
    what: Literal["feed", "bounds"]
    asked: str
