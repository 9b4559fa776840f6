"""What a saved answer says, taken out of the envelopes in which portals and people keep it; pure.

An answer is JSON or XML: a whole body, the flat form of AirKorea's old portal (`list` beside `parm`), or its
rows alone. What comes out is what the sources' own parsers read.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

from ingest.wcf_binary import NotWholeError, is_binary
from ingest.wire_json import read_json

__all__ = [
    "NotWholeError",
    "Row",
    "envelope",
    "is_answer",
    "is_xml",
    "local",
    "read",
    "read_xml",
    "rows_of",
    "xml_rows",
]

Row = dict[str, Any]

_BOM = b"\xef\xbb\xbf"
_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>")
# The old portal repeats the question in every row, the key among it.
_ECHO = {"_returnType", "numOfRows", "pageNo", "resultCode", "resultMsg", "rnum", "serviceKey", "totalCount"}
_ECHO |= {"ver", "dataTerm", "searchDate", "searchCondition"}
_PLACE = ("sidoName", "stationName")


def is_answer(sample: bytes) -> bool:
    """Whether a file begins as JSON or XML does, plain or in Microsoft's binary form; no table begins so."""
    return is_binary(sample) or sample.removeprefix(_BOM).lstrip()[:1] in (b"{", b"[", b"<")


def is_xml(body: bytes) -> bool:
    """Whether an answer is XML."""
    return body.removeprefix(_BOM).lstrip()[:1] == b"<"


def read(body: bytes) -> Any:
    """What a JSON body says.

    Raises
    ------
    NotWholeError
    """
    try:
        return read_json(body.removeprefix(_BOM))
    except (ValueError, RecursionError):
        raise NotWholeError("it breaks off or is no JSON") from None


def read_xml(body: bytes) -> ET.Element:
    """The elements of an XML body; rows without one around them get it.

    Raises
    ------
    NotWholeError
    """
    inner = _DECLARATION.sub(b"", body.removeprefix(_BOM)).replace(b"&mdash;", "—".encode())
    if b"<!" in inner.replace(b"<![CDATA[", b""):
        raise NotWholeError("its XML declares a document type or holds remarks, which no source writes")
    try:
        return ET.fromstring(b"<answer>" + inner + b"</answer>")  # noqa: S314 - no entity can be declared here
    except (ET.ParseError, ValueError):
        raise NotWholeError("it breaks off or is no XML") from None


def xml_rows(root: ET.Element, name: str) -> list[Row]:
    """Every element of a local name as a row of its children that hold text; an empty one is None."""
    return [
        {local(child): (child.text or "").strip() or None for child in element if not len(child)}
        for element in root.iter()
        if local(element) == name
    ]


def local(element: ET.Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def rows_of(value: Any) -> list[Row] | None:
    """The rows of an answer of data.go.kr: of a whole body, of the old flat form, or alone; else None."""
    if isinstance(value, dict) and isinstance(value.get("list"), list):
        asked = value.get("parm") if isinstance(value.get("parm"), dict) else {}
        return _rows([_without_echo(row, asked) for row in value["list"]])
    if isinstance(value, dict) and isinstance(value.get("response"), dict):
        body = value["response"].get("body")
        items = (body.get("items") or []) if isinstance(body, dict) else None
        items = items.get("item") or [] if isinstance(items, dict) else items
        return _rows([items] if isinstance(items, dict) else items)
    if isinstance(value, list):
        return _rows([_without_echo(row) for row in value])
    return None


def envelope(rows: list[Row]) -> bytes:
    """Rows as a body of data.go.kr, as the parsers take it."""
    body = {"items": rows, "totalCount": len(rows)}
    return json.dumps({"response": {"header": {"resultCode": "00"}, "body": body}}).encode()


def _rows(found: Any) -> list[Row] | None:
    whole = isinstance(found, list) and all(isinstance(row, dict) for row in found)
    return found if whole else None


def _without_echo(row: Any, asked: Row | None = None) -> Any:
    """A row without the question in it; of which place it was asked is told by the question alone."""
    if not isinstance(row, dict) or "_returnType" not in row:
        return row
    own = {key: None if value == "" else value for key, value in row.items() if key not in _ECHO}
    places = {key: (asked or {}).get(key) for key in _PLACE if key in own and not own[key]}
    return own | {key: value for key, value in places.items() if value}
