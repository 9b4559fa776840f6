"""The words and sentences that people read, in English, Korean and Chinese: facts of the catalogue."""

from __future__ import annotations

from string import Formatter
from typing import ClassVar

from pydantic import model_validator

from config.fact import Fact


class Word(Fact):
    """A heading or a value of a table in three languages; `of` names the column whose value it is.

    A word without `of` is a heading or a word of general use. Values are translated only in the column that
    `of` names, for "high" is one thing of confidence and another of air.
    """

    KEY: ClassVar = ("en", "of")

    en: str
    of: str | None = None
    ko: str
    zh: str


class Message(Fact):
    """A sentence in three languages, with the same {names} to fill in each.

    Ids that begin with `answer.` are sentences that answers carry in English, to be retold.
    """

    KEY: ClassVar = ("id",)

    id: str
    en: str
    ko: str
    zh: str

    @property
    def names(self) -> frozenset[str]:
        """What has to be filled in."""
        return _names(self.en)

    @model_validator(mode="after")
    def _same_names(self) -> Message:
        for language in ("ko", "zh"):
            if _names(getattr(self, language)) != self.names:
                raise ValueError(f"{language} does not have the same names in braces as en")
        return self


def _names(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
