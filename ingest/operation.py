"""One operation of a portal that answers in pages of rows: the shape that all bulletin sources have."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any

from ingest import data_go_kr
from ingest.bulletins import Bulletin, BulletinSpec, Document, plain
from ingest.data_go_kr import KEY_PARAM
from ingest.http import Judge
from ingest.wording import Wording

if TYPE_CHECKING:
    from ingest.http import HttpClient

Item = dict[str, Any]
Params = Mapping[str, str | int]


class UnreadableError(ValueError):
    """A row that says something else than it should; `rows` is how many it would have made."""

    def __init__(self, reason: str, rows: int = 1) -> None:
        super().__init__(reason)
        self.rows = rows


@dataclass(frozen=True)
class Operation:
    """A source of bulletins made of its parts.

    Attributes
    ----------
    params : what to ask for a window, by its first day.
    read : takes one row into a bulletin; raises `ValueError` (`UnreadableError`) for one that it cannot read.
    keys : what a row may hold; others are counted.
    rows, total : the rows of a page, and how many all pages have.
    """

    spec: BulletinSpec
    path: str
    page: int
    params: Callable[[date], Params]
    judge: Judge
    read: Callable[[Bulletin, Item, Wording], None]
    keys: frozenset[str]
    rows: Callable[[bytes], list[Item]] = data_go_kr.items
    total: Callable[[bytes], int] = data_go_kr.total_count

    def fetch(self, client: HttpClient, base_url: str, day: date) -> Iterator[Document]:
        """All pages of a window: the first alone is not the answer."""
        for page in count(1):
            received = client.ask(
                "GET",
                base_url + self.path,
                params={**self.params(day), "returnType": "json", "numOfRows": self.page, "pageNo": page},
                secret_param=KEY_PARAM,
                judge=self.judge,
            )
            yield Document(
                self.spec.id, day, received.url, received.body, received.content_type, received.world
            )
            if page * self.page >= self.total(received.body) or not self.rows(received.body):
                return

    def parse(self, document: Document, wording: Wording) -> Bulletin:
        """All rows of a page."""
        bulletin = Bulletin()
        for item in self.rows(document.body):
            for key in item.keys() - self.keys:
                bulletin.notes[plain(f"unknown key {key}")] += 1
            try:
                self.read(bulletin, item, wording)
            except ValueError as error:
                rows = error.rows if isinstance(error, UnreadableError) else 1
                bulletin.reject(json.dumps(item, ensure_ascii=False), str(error), rows)
        return bulletin


def told(item: Item, key: str) -> str | None:
    """A field as text without blanks around it; None where it is missing, null, empty or "-"."""
    value = item.get(key)
    if isinstance(value, str):
        text = plain(value.strip())
        return None if text in ("", "-") else text
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if value is None:
        return None
    raise UnreadableError(f"{key} is no text")


def needed(item: Item, key: str) -> str:
    """A field that a row must have."""
    text = told(item, key)
    if text is None:
        raise UnreadableError(f"row without {key}")
    return text


def number(item: Item, key: str) -> float | None:
    """A field as a number; None where it is missing."""
    text = told(item, key)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if "_" in text or not abs(value) < float("inf"):
        raise UnreadableError(f"{key} is no number: {text[:40]}")
    return value
