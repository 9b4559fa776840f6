"""How official colours print."""

from __future__ import annotations

from typing import ClassVar

from config.fact import Fact


class Shade(Fact):
    """What stands for an official colour in figures: a shade that prints, and the ink read on it."""

    KEY: ClassVar = ("colour",)

    colour: str
    shade: str
    ink: str
