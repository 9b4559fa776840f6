"""Disaster messages of Korea's Ministry of the Interior and Safety (safetydata.go.kr, DSSP-IF-00247).

Hints that an emergency reduction measure was announced. They are text for people, never authoritative: a
measure is taken into the catalogue by a person, with `yellowsea measures add` and `confirm`. Messages that do
not name a measure are counted and not stored; the bytes are in the payload archive.

Documented by clients, not recorded: a flat object with `body` a list, or null where nothing is held; `crtDt`
is the first day asked for. The portal is not data.go.kr and has keys of its own. Its certificate chain has
been incomplete: where the address cannot be reached for that reason, the system needs the missing
certificate; nothing is asked without checking it.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from ingest.bulletins import Bulletin, BulletinSpec
from ingest.data_go_kr import Judge
from ingest.operation import Item, Operation, UnreadableError, needed, told
from ingest.source import SchemaDrift
from ingest.wording import Wording, instant
from store.messages import Message

MEASURE = "비상저감조치"
_SENT = re.compile(r"(\d{4})[-/.](\d{2})[-/.](\d{2})[ T](\d{2}:\d{2})")
_WHERE = "apply for DSSP-IF-00247 (긴급재난문자) at www.safetydata.go.kr, which has keys of its own"


def _since(day: date) -> dict[str, str | int]:
    return {"crtDt": f"{day:%Y%m%d}"}


def _answer(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict) or "body" not in found:
        raise SchemaDrift("the answer has no body")
    return found


def _rows(body: bytes) -> list[Item]:
    found = _answer(body)["body"] or []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise SchemaDrift("body is no list of objects")
    return found


def _total(body: bytes) -> int:
    told_total = _answer(body).get("totalCount") or 0
    try:
        return int(told_total)
    except (TypeError, ValueError, OverflowError):
        raise SchemaDrift("totalCount is no number") from None


def _read(bulletin: Bulletin, item: Item, _wording: Wording) -> None:
    """One message, where it speaks of a measure."""
    text = needed(item, "MSG_CN")
    if MEASURE not in "".join(text.split()):
        bulletin.notes["other messages"] += 1
        return
    sent = _SENT.match(needed(item, "CRT_DT"))
    if sent is None:
        raise UnreadableError(f"CRT_DT is no time: {needed(item, 'CRT_DT')[:40]}")
    bulletin.hints.append(
        Message(
            needed(item, "SN"),
            instant("-".join(sent.groups()[:3]), sent[4]),
            text,
            told(item, "RCPTN_RGN_NM"),
            told(item, "EMRG_STEP_NM"),
            told(item, "DST_SE_NM"),
        )
    )


MESSAGES = Operation(
    BulletinSpec(
        id="disaster-messages",
        base_url="https://www.safetydata.go.kr",
        zone="Asia/Seoul",
        span="day",
        dispatches=(),
        poll_minutes=20,
        lateness_hours=2,
        needs_key=True,
        daily_calls=500,
        calls_per_second=2.0,
        parser_version=1,
        where_to_get_a_key=_WHERE,
        onward=True,
        first=date(2023, 9, 16),
    ),
    "/V2/api/DSSP-IF-00247",
    1000,
    _since,
    Judge("safetydata.go.kr", f"check YELLOWSEA_DISASTER_MESSAGES__KEY; {_WHERE}"),
    _read,
    frozenset(
        {"SN", "CRT_DT", "MSG_CN", "RCPTN_RGN_NM", "EMRG_STEP_NM", "DST_SE_NM", "REG_YMD", "MDFCN_YMD"}
    ),
    _rows,
    _total,
)
