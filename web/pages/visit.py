"""A visit: the language a page speaks, the links that keep it, and copies that a browser may hold on to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

from config.words import LANGUAGES, Language, Speaker
from store.batches import worlds
from web.desk import AtDesk, Desk

try:
    _VERSION = version("yellowsea")
except PackageNotFoundError:  # run from a folder, without being installed
    _VERSION = "0"
# How each language calls itself: a reader looks for their own.
OWN_NAMES: dict[Language, str] = {"en": "English", "ko": "한국어", "zh": "中文"}


@dataclass(frozen=True)
class Visit:
    """Who asks for which page in which language."""

    request: Request
    desk: Desk
    language: Language

    @cached_property
    def say(self) -> Speaker:
        """The speaker of the page's language."""
        return Speaker(self.desk.facts, self.language)

    @cached_property
    def mark(self) -> str:
        """Which state of data and catalogue the page shows."""
        return self.desk.standing().mark

    @cached_property
    def synthetic(self) -> bool:
        """Whether the database holds what a sandbox made up."""
        with self.desk.store.read() as connection:
            return "synthetic" in worlds(connection)

    @property
    def path(self) -> str:
        """The address without what was asked."""
        return self.request.url.path

    def tag(self, *further: str) -> str:
        """The entity tag of this page: address, language, data, catalogue and program are in it."""
        parts = (
            _VERSION,
            str(self.request.url.path),
            self.request.url.query,
            self.language,
            self.mark,
            *further,
        )
        return f'"{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:32]}"'

    def link(self, path: str, **asked: object) -> str:
        """An address of ours in this language; what is None is left out, a list is repeated."""
        given = {key.strip("_"): value for key, value in asked.items() if value is not None}
        return f"{path}?{urlencode({**given, 'lang': self.language}, doseq=True)}"

    def in_language(self, language: str) -> str:
        """This very page in another language."""
        asked = [(key, value) for key, value in self.request.query_params.multi_items() if key != "lang"]
        return f"{self.path}?{urlencode([*asked, ('lang', language)])}"

    def data(self, path: str, **asked: object) -> str:
        """An address of the API; `_from` is its `from`."""
        given = {key.strip("_").replace("_", "-"): value for key, value in asked.items() if value is not None}
        return f"/v1/{path}?{urlencode(given, doseq=True)}"


def visit_of(
    request: Request,
    desk: AtDesk,
    lang: Annotated[str | None, Query(max_length=10)] = None,
) -> Visit:
    """The visit of a request: its `lang`, else what its reader's browser likes best, else English."""
    if lang in LANGUAGES:
        return Visit(request, desk, lang)
    return Visit(request, desk, _liked(request.headers.get("accept-language", "")))


def _liked(header: str) -> Language:
    for part in header.split(",")[:10]:
        wanted = part.split(";")[0].strip().lower()[:2]
        for language in LANGUAGES:
            if wanted == language:
                return language
    return "en"


AtVisit = Annotated[Visit, Depends(visit_of)]
