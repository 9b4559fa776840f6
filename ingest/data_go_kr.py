"""Answers of data.go.kr, Korea's public data portal: result codes in five shapes, and rows of a body.

Parse order after the technical document and recordings: JSON, else XML; the gateway's `returnReasonCode`
first, then the provider's `header.resultCode`. HTTP 200 says nothing, and XML comes where JSON was asked.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import Any

from ingest.source import Auth, NoData, Quota, SchemaDrift, SourceError, Transient

KEY_PARAM = "serviceKey"

# Technical document, error table; the meaning decides what to do.
_FINE = {"00", "0", "200"}
_NO_DATA = {"03"}
_TRANSIENT = {"01", "02", "04", "05", "23", "99"}
_QUOTA = {"22"}
_RETIRED = {"12"}
_AUTH = {"20", "21", "29", "30", "31", "32", "33"}
# The file-data gateway (odcloud) has codes of its own.
_FILE_GATEWAY = {-4: "30", -3: "12"}

_REASON = ("OpenAPI_ServiceResponse", "cmmMsgHeader", "returnReasonCode")
_RESULT = ("response", "header", "resultCode")


class Judge:
    """Raises what an answer tells of; quiet for a normal one.

    Parameters
    ----------
    provider : str
        Who answers, for people.
    advice : str
        What to do where the key is refused.
    """

    def __init__(self, provider: str, advice: str) -> None:
        self._provider, self._advice = provider, advice

    def __call__(self, status: int, body: bytes) -> None:
        """Look at an answer; `status` decides only where the body says nothing (see `HttpClient`)."""
        text = body.lstrip(b"\xef\xbb\xbf \r\n\t")
        if text.startswith(b"{"):
            code = self._json_code(text)
        elif text.startswith(b"<"):
            code = self._xml_code(text, status)
        else:
            return  # plain text (Forbidden, Unauthorized) or empty
        if code is None or code in _FINE:
            return
        # 99 is "unknown" by the table, but a provider has been recorded that says so of a wrong key.
        wrong_key = code == "99" and b"SERVICE KEY" in text.upper().replace(b"_", b" ")
        raise self._error("30" if wrong_key else code)

    def _error(self, code: str) -> SourceError:
        who = self._provider
        if code in _QUOTA:
            return Quota(f"{who} says that the day's calls are used up (22); it goes on after midnight KST")
        if code in _AUTH:
            return Auth(f"{who} refuses the key (reason {code}): {self._advice}")
        if code in _RETIRED:
            return Auth(f"{who} says that there is no such service (reason 12), retired or not applied for")
        if code in _NO_DATA:
            return NoData(f"{who} holds nothing for the question ({code})")
        if code in _TRANSIENT:
            return Transient(f"{who} answers with error {code}")
        return SchemaDrift(f"{who} answers with an error that is not documented: {code[:40]}")

    def _json_code(self, text: bytes) -> str | None:
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):  # nested without end is no answer either
            raise Transient(f"{self._provider}'s answer breaks off or is no JSON") from None
        if "code" in answer and "msg" in answer:
            return _FILE_GATEWAY.get(answer["code"], str(answer["code"]))
        for path in (_REASON, _RESULT, _RESULT[1:]):
            found = _inside(answer, path)
            if found is not None:
                return str(found)
        return None

    def _xml_code(self, text: bytes, status: int) -> str | None:
        try:
            root = ET.fromstring(text)  # noqa: S314 - no entities are resolved; size is bounded
        except ET.ParseError:
            raise Transient(f"{self._provider}'s answer breaks off or is no XML") from None
        for path in (".//returnReasonCode", ".//resultCode"):
            found = root.findtext(path)
            if found:
                return found.strip()
        if status >= 300:
            return None
        raise Transient(f"{self._provider}'s answer is a page without a result code")


def _inside(answer: object, path: tuple[str, ...]) -> object:
    """What stands at a path of keys; None where it does not go that deep."""
    for key in path:
        answer = answer.get(key) if isinstance(answer, dict) else None
    return answer


def _body(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)["response"]["body"]
    except (ValueError, KeyError, TypeError):
        raise SchemaDrift("the answer has no response.body") from None
    if not isinstance(found, dict):
        raise SchemaDrift("response.body is no object")
    return found


def total_count(body: bytes) -> int:
    """How many rows the question has, on all pages."""
    told = _body(body).get("totalCount")
    try:
        return int(told or 0)
    except (TypeError, ValueError):
        raise SchemaDrift("totalCount is no number") from None


def items(body: bytes) -> list[dict[str, Any]]:
    """The rows of a page: a list, a list inside an object, or nothing ("", missing).

    Raises
    ------
    SchemaDrift
    """
    found = _body(body).get("items") or []
    if isinstance(found, dict):
        found = found.get("item") or []
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise SchemaDrift("items are no list of objects")
    return found
