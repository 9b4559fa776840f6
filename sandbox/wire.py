"""Envelopes and errors of data.go.kr, and what an operation hands to the server.

Recorded: the JSON envelope, the classic gateway XML, the provider XML, the newer gateway JSON, `Forbidden`.
Documented, not recorded: the XML envelope of a full answer, JSON with a code other than 00, an empty answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from xml.sax.saxutils import escape

JSON = "application/json;charset=UTF-8"
XML = "application/xml;charset=UTF-8"
TEXT = "text/plain;charset=UTF-8"

Item = Mapping[str, str | None]

GATEWAY = {
    "12": ("NO_OPENAPI_SERVICE_ERROR", "해당 오픈API 서비스가 없거나 폐기됨"),
    "20": ("SERVICE_ACCESS_DENIED_ERROR", "서비스 접근거부"),
    "05": ("SERVICETIME_OUT", "서비스 연결실패 에러"),
    "22": ("LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR", "서비스 요청제한횟수 초과"),
    "30": ("SERVICE_KEY_IS_NOT_REGISTERED_ERROR", "등록되지 않은 서비스키"),
}
PROVIDER = {
    "03": "NODATA_ERROR",
    "05": "SERVICETIMEOUT_ERROR",
    "10": "INVALID_REQUEST_PARAMETER_ERROR",
    "11": "NO_MANDATORY_REQUEST_PARAMETERS_ERROR",
    "22": "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR",
    "99": "UNKNOWN_ERROR",
}


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; with a `mishap` it is held back, or cut in half behind its full Content-Length."""

    body: bytes
    content_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    mishap: Literal["hold", "truncate"] | None = None
    hold_seconds: float = 0.0


def dump(value: Any) -> bytes:
    """JSON as the services write it: compact, UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def envelope(items: Sequence[Item], total: int, page: int, rows: int, *, as_json: bool) -> Answer:
    """A full answer; `total`, `page` and `rows` are numbers, everything below is text or null."""
    if as_json:
        body = {"totalCount": total, "items": items, "pageNo": page, "numOfRows": rows}
        return Answer(dump({"response": {"body": body, "header": _header("00", "NORMAL_CODE")}}))
    return Answer(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<response>\n<header>\n<resultCode>00</resultCode>\n'
            "<resultMsg>NORMAL_CODE</resultMsg>\n</header>\n<body>\n"
            + ("<items>\n" + "".join(map(_item, items)) + "</items>\n" if items else "<items/>\n")
            + f"<numOfRows>{rows}</numOfRows>\n<pageNo>{page}</pageNo>\n<totalCount>{total}</totalCount>\n"
            "</body>\n</response>\n"
        ).encode(),
        XML,
    )


def _item(item: Item) -> str:
    cells = (f"<{k}/>\n" if v is None else f"<{k}>{escape(v)}</{k}>\n" for k, v in item.items())
    return "<item>\n" + "".join(cells) + "</item>\n"


def _header(code: str, message: str) -> dict[str, str]:
    return {"resultMsg": message, "resultCode": code}


def no_data(page: int, rows: int, *, as_json: bool) -> Answer:
    """Nothing held for the question: code 03 beside an empty list."""
    if not as_json:
        return provider_xml("03")
    body = {"totalCount": 0, "items": [], "pageNo": page, "numOfRows": rows}
    return Answer(dump({"response": {"body": body, "header": _header("03", PROVIDER["03"])}}))


def provider_error(code: str, *, as_json: bool) -> Answer:
    """An error of the provider behind the gateway."""
    if as_json:
        return Answer(dump({"response": {"header": _header(code, PROVIDER[code])}}))
    return provider_xml(code)


def provider_xml(code: str) -> Answer:
    """The provider's XML, sent with HTTP 200; its messages are spaced and end with a stop."""
    message = PROVIDER.get(code, PROVIDER["99"]).replace("_", " ") + "."
    return Answer(
        (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<response>\n<header>\n<resultCode>{code}</resultCode>\n'
            f"<resultMsg>{message}</resultMsg>\n</header>\n</response>\n"
        ).encode(),
        XML,
    )


def gateway_xml(code: str) -> Answer:
    """The classic gateway's XML: HTTP 200 whatever was asked for."""
    return Answer(
        (
            "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
            f"<returnAuthMsg>{GATEWAY[code][0]}</returnAuthMsg><returnReasonCode>{code}</returnReasonCode>"
            "</cmmMsgHeader></OpenAPI_ServiceResponse>"
        ).encode(),
        XML,
    )


def gateway_json(code: str, status: int) -> Answer:
    """The newer gateway's JSON: the two messages have changed places, and HTTP has a status."""
    name, text = GATEWAY[code]
    header = {"errMsg": name, "returnAuthMsg": text, "returnReasonCode": code}
    return Answer(dump({"OpenAPI_ServiceResponse": {"cmmMsgHeader": header}}), JSON, status)


def forbidden() -> Answer:
    """The edge's refusal."""
    return Answer(b"Forbidden", TEXT, 403)
