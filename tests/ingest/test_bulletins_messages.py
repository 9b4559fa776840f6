"""Disaster messages (WIRE_FORMATS §1.12): hints of a measure are kept, others counted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from bulletin_desk import Item, mutated, read
from hypothesis import given, settings

from config.facts import Facts
from ingest.bulletins import Bulletin
from ingest.source import Auth, SchemaDrift
from ingest.sources.disaster_messages import MESSAGES
from ingest.wording import Wording
from store.batches import begin_batch
from store.engine import Store
from store.messages import Message, messages, put_messages

ITEM: Item = {
    "SN": 215_001, "CRT_DT": "2024/01/29 17:15:07", "RCPTN_RGN_NM": "서울특별시 전체 ,인천광역시 전체",
    "MSG_CN": "[환경부] 내일 06~21시 수도권 미세먼지 비상저감조치 시행", "EMRG_STEP_NM": "안전안내",
    "DST_SE_NM": "미세먼지", "REG_YMD": "2024-01-29", "MDFCN_YMD": "2024-01-29",
}  # fmt: skip
SENT = datetime(2024, 1, 29, 8, 15, tzinfo=UTC)
MESSAGE = Message("215001", SENT, ITEM["MSG_CN"], ITEM["RCPTN_RGN_NM"], "안전안내", "미세먼지")


def answer(body: object, code: str = "00") -> bytes:
    header = {"resultCode": code, "resultMsg": "NORMAL SERVICE", "errorMsg": None}
    count = len(body) if isinstance(body, list) else 0
    told = {"header": header, "numOfRows": 1000, "pageNo": 1, "totalCount": count, "body": body}
    return json.dumps(told).encode()


@cache
def words() -> Wording:
    return Wording(Facts())


def hints(*items: object) -> Bulletin:
    return read("disaster-messages", answer(list(items)), words())


def one(**changes: Any) -> Bulletin:
    return hints(ITEM | changes)


def test_a_message_that_names_a_measure_is_a_hint() -> None:
    assert one().hints == [MESSAGE]
    assert one(MSG_CN="수도권 비상 저감 조치 시행").hints[0].text == "수도권 비상 저감 조치 시행"


def test_other_messages_are_counted_and_not_stored() -> None:
    bulletin = hints(ITEM, ITEM | {"MSG_CN": "건조주의보"}, ITEM | {"MSG_CN": "미세먼지 나쁨"})
    assert (len(bulletin.hints), bulletin.notes, bulletin.rejects) == (1, {"other messages": 2}, [])


def test_null_is_an_empty_answer() -> None:
    assert read("disaster-messages", answer(None), words()) == Bulletin()


@pytest.mark.parametrize("written", ["2024-01-29 17:15:07", "2024/01/29 17:15", "2024-01-29T17:15:07.0"])
def test_the_time_is_koreas_however_it_is_written(written: str) -> None:
    assert one(CRT_DT=written).hints[0].sent_at == SENT


@pytest.mark.parametrize(
    "changes", [{"SN": None}, {"CRT_DT": "어제"}, {"MSG_CN": None}, {"CRT_DT": "2024/02/30 1"}]
)
def test_a_message_that_cannot_be_placed_is_rejected(changes: Item) -> None:
    bulletin = one(**changes)
    assert (bulletin.hints, len(bulletin.rejects)) == ([], 1)


def test_a_body_of_another_shape_is_a_drift() -> None:
    for body in (b"[]", b"{}", answer({"SN": 1}), answer([1])):
        with pytest.raises(SchemaDrift):
            read("disaster-messages", body, words())


def test_a_refused_key_says_which_and_where() -> None:
    with pytest.raises(Auth, match=r"YELLOWSEA_DISASTER_MESSAGES__KEY.*safetydata"):
        MESSAGES.judge(200, answer(None, code="30"))


@settings(max_examples=200, deadline=None)
@given(rows=mutated([ITEM, ITEM | {"MSG_CN": "건조주의보"}]))
def test_every_message_is_a_hint_counted_or_a_reject(rows: list[Item]) -> None:
    bulletin = hints(*rows)
    assert len(bulletin.hints) + len(bulletin.rejects) + bulletin.notes["other messages"] == len(rows)


# Kept


def put(store: Store, *rows: Message) -> tuple[int, int]:
    with store.write() as connection:
        batch = begin_batch(connection, source="test", feed_id=None, parser_version=1, received_at=SENT)
        return put_messages(connection, rows, batch)


def held(store: Store, since: datetime = SENT, hours: float = 1) -> list[Message]:
    with store.read() as connection:
        return messages(connection, since, since + timedelta(hours=hours))


def test_a_message_is_kept_once_and_its_correction_takes_its_place(store: Store) -> None:
    assert put(store, MESSAGE) == (1, 0)
    assert put(store, MESSAGE, MESSAGE) == (0, 0)
    corrected = Message(MESSAGE.serial, SENT, "취소: 비상저감조치", "서울특별시 전체")
    assert put(store, corrected) == (0, 1)
    assert held(store) == [corrected]


def test_messages_are_found_by_when_they_were_sent(store: Store) -> None:
    later = Message("215002", SENT + timedelta(hours=1), "비상저감조치 해제")
    put(store, later, MESSAGE)
    assert held(store) == [MESSAGE]
    assert held(store, hours=2) == [MESSAGE, later]
