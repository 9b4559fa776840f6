"""Sentences that answers carry in English, told in another language: matched, taken apart, put together.

An answer says what it says once, in English, for programs and people alike. Its sentences are rows of
`messages.csv`; what their names stand for is read off the English text and told in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from config.phrases import Message

# Sentences that answers and their tables carry in English are known by the beginning of their id.
CARRIED = ("answer.", "table.", "milestone.", "confounder.")

# What joins sentences, and words in a list; the widest first.
_LISTED, _DOT = ", ", " · "
_BETWEEN = ("\n", _DOT, "; ", _LISTED)
# A word with more about it: 24.4 (2025-04 release (restated)).
_ASIDE = re.compile(r"([^(]+) \((.+)\)")

# What a name in a sentence stands for, by its own name: figures, or texts of the catalogue and of others.
_FIGURES = (
    *("n", "of", "known", "other", "valid", "days", "least", "most", "share", "hours", "seconds", "calls"),
    *("year", "both", "only", "by_rule", "neither", "open", "same", "better", "worse", "off", "much"),
)
_QUOTED = ("statement", "source", "how", "folder")


class Retelling:
    """Tells English sentences in one language.

    Parameters
    ----------
    language : {"ko", "zh"}
    words : of this language, by English and the column whose value it is (None: of general use).
    names : of this language, by id or English name.
    messages : all there are; those that answers carry are used.
    """

    def __init__(
        self,
        language: str,
        words: Mapping[tuple[str, str | None], str],
        names: Mapping[str, str],
        messages: Iterable[Message],
    ) -> None:
        carried = [one for one in messages if one.id.startswith(CARRIED)]
        self._words, self._names = words, names
        self._fixed = {one.en: getattr(one, language) for one in carried if not one.names}
        open_ones = sorted((one for one in carried if one.names), key=_says_most)
        self._open = [(_pattern(one.en), _DOT in one.en, getattr(one, language)) for one in open_ones]
        self._told: dict[str, str] = {}

    def __call__(self, english: str) -> str:
        """The sentence in the language; what is not known stays English."""
        if english not in self._told:
            self._told[english] = self._whole(english) or self._in_parts(english)
        return self._told[english]

    def _whole(self, english: str) -> str | None:
        """A word, a name, a sentence; None where there is none."""
        known = self._words.get((english, None)) or self._names.get(english) or self._fixed.get(english)
        if known is not None:
            return known
        joined = _DOT in english
        for pattern, dotted, text in self._open:
            # Sentences with a dot between them are told one by one: no name stands for parts of two.
            found = pattern.fullmatch(english) if dotted or not joined else None
            if found:
                return str(
                    text.format_map(
                        {name: self._part(name, said) for name, said in found.groupdict().items()}
                    )
                )
        return None

    def _part(self, name: str, said: str) -> str:
        """What is filled in: quoted as it is, a value of the column of that name, or a sentence itself."""
        return said if name in _QUOTED else self._words.get((said, name)) or self(said)

    def _in_parts(self, english: str) -> str:
        """Sentences that were joined, lists of words, and what stands in brackets, part by part."""
        for between in _BETWEEN:
            parts = _parted(english, between)
            if len(parts) > 1:
                told = [self(part) for part in parts]
                if between != _LISTED or _all_known(parts, told):
                    return between.join(told)
        aside = _ASIDE.fullmatch(english)
        return f"{self(aside[1])} ({self(aside[2])})" if aside else english


def _says_most(message: Message) -> tuple[int, str]:
    return -len(re.sub(r"\{\w+\}", "", message.en)), message.id


def _all_known(parts: list[str], told: list[str]) -> bool:
    """Whether a list was understood, but for ids: a sentence with commas in it is no list."""
    return all(said != part or " " not in part for part, said in zip(parts, told, strict=True))


def _parted(text: str, between: str) -> list[str]:
    """The parts of a text that stand apart outside of brackets."""
    parts: list[str] = []
    for piece in text.split(between):
        if parts and parts[-1].count("(") > parts[-1].count(")"):
            parts[-1] += between + piece
        else:
            parts.append(piece)
    return parts


def _pattern(sentence: str) -> re.Pattern[str]:
    """What a sentence looks like once its names are filled in."""
    parts: list[str] = []
    seen: set[str] = set()
    for text, name in re.findall(r"([^{}]+)|\{(\w+)\}", sentence):
        if text:
            parts.append(re.escape(text))
        elif name in seen:
            parts.append(f"(?P={name})")
        else:
            parts.append(f"(?P<{name}>{_looks(name, parts[-1] if parts else '')})")
            seen.add(name)
    return re.compile("".join(parts), re.DOTALL)


def _looks(name: str, after: str) -> str:
    """How a filled-in part looks; only what is told after a colon or in brackets goes on over a semicolon."""
    if name in _FIGURES:
        return r"\s*[-+]?[\d.,]+%?"
    return ".+?" if after.endswith((":\\ ", "(")) else r"[^;\n]+?"
