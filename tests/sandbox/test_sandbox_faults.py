"""Each kind of fault, that faults are the same again, that they end, and that truth is left."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from conftest import Desk, Open

from sandbox.faults import FOLDER, FaultError, FaultPlan, Span
from sandbox.labels import airkorea_label, hour_of
from sandbox.publication import Publication
from sandbox.synthetic import SyntheticWorld, demo_start

FIRST = hour_of(demo_start)
LIVE = "getCtprvnRltmMesureDnsty"
ALWAYS = {"rate": 1, "to_hours": 100}


def ask(desk: Desk) -> httpx.Response:
    return desk.get(LIVE, sidoName="세종", ver="1.5")


def test_an_http_error_may_say_when_to_come_back(open_desk: Open) -> None:
    desk = open_desk(
        {"kind": "http", "status": 503, "retry_after": 7, "rate": 1, "times": 1},
        {"kind": "http", "status": 500, "rate": 1, "times": 1},
    )
    first, second, third = (ask(desk) for _ in range(3))
    assert (first.status_code, first.headers["Retry-After"]) == (503, "7")
    assert second.status_code == 500
    assert "Retry-After" not in second.headers
    assert third.status_code == 200


def test_a_held_connection_ends_without_an_answer(open_desk: Open) -> None:
    desk = open_desk({"kind": "timeout", "hold_seconds": 0.02, "rate": 1, "times": 1})
    with pytest.raises(httpx.RemoteProtocolError):
        ask(desk)
    assert ask(desk).status_code == 200


def test_a_held_connection_outlasts_an_impatient_client(open_desk: Open) -> None:
    desk = open_desk({"kind": "timeout", "hold_seconds": 30, "rate": 1, "times": 1})
    desk.http.timeout = 0.05
    with pytest.raises(httpx.ReadTimeout):
        ask(desk)
    desk.http.timeout = 20
    assert ask(desk).status_code == 200


@pytest.mark.parametrize("network", ["airkorea", "cnemc"])
def test_a_truncated_body_is_shorter_than_it_said(open_desk: Open, network: str) -> None:
    desk = open_desk({"kind": "truncate", "rate": 1, "times": 1})
    desk.clock.set(hours=5, minutes=45)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        ask(desk) if network == "airkorea" else desk.cnemc()
    assert ask(desk).json()


def test_an_empty_body_is_200(open_desk: Open) -> None:
    answer = ask(open_desk({"kind": "empty", **ALWAYS}))
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("code", ["05", "22"])
def test_errors_of_gateway_and_provider_are_xml_with_200(open_desk: Open, code: str) -> None:
    gateway = ask(open_desk({"kind": "gateway_xml", "code": code, **ALWAYS}))
    assert (gateway.status_code, gateway.headers["content-type"][:15]) == (200, "application/xml")
    assert f"<returnReasonCode>{code}</returnReasonCode>" in gateway.text
    provider = ask(open_desk({"kind": "provider_xml", "code": code, **ALWAYS}))
    assert provider.status_code == 200
    assert f"<resultCode>{code}</resultCode>" in provider.text


def test_the_newer_gateway_exchanges_its_messages(open_desk: Open) -> None:
    answer = ask(open_desk({"kind": "gateway_json", "status": 503, "code": "05", **ALWAYS}))
    header = answer.json()["OpenAPI_ServiceResponse"]["cmmMsgHeader"]
    assert (answer.status_code, header["errMsg"], header["returnReasonCode"]) == (
        503,
        "SERVICETIME_OUT",
        "05",
    )


def test_the_quota_is_exhausted_in_its_window_in_both_shapes(open_desk: Open) -> None:
    desk = open_desk({"kind": "quota", "network": "airkorea", "rate": 1, "from_hours": 9, "to_hours": 9.5})
    desk.clock.set(hours=8.9)
    assert ask(desk).json()
    desk.clock.set(hours=9.1)
    texts = [ask(desk).text for _ in range(4)]
    assert ["OpenAPI_ServiceResponse" in text for text in texts] == [True, False, True, False]
    assert all("22<" in text for text in texts)
    assert desk.cnemc(), "the other network has no quota"
    desk.clock.set(hours=9.5)
    assert ask(desk).json()


def test_a_fault_keeps_to_its_network_and_route(open_desk: Open) -> None:
    desk = open_desk({"kind": "empty", "network": "airkorea", "route": "history", **ALWAYS})
    desk.clock.set(hours=5, minutes=45)
    assert ask(desk).json()
    assert desk.cnemc()
    assert desk.get("getMsrstnAcctoRltmMesureDnsty", stationName="종로구", dataTerm="DAILY").content == b""


def test_a_late_hour_is_late_in_the_history_too(open_desk: Open) -> None:
    late = {"kind": "late", "network": "airkorea", "rate": 1, "minutes": [130, 130]}
    desk = open_desk({**late, "from_hours": 10, "to_hours": 11})
    label = airkorea_label(FIRST + 10)

    def labels(**after: float) -> tuple[set[Any], list[str]]:
        desk.clock.set(**after)
        return {row["dataTime"] for row in desk.live()}, [r["dataTime"] for r in desk.history("종로구")]

    live, history = labels(hours=11, minutes=45)
    assert label not in live
    assert history[0] == airkorea_label(FIRST + 9)
    live, history = labels(hours=12, minutes=45)
    assert airkorea_label(FIRST + 11) in live
    assert label not in history, "a hole between the hours"
    live, history = labels(hours=13, minutes=11)
    assert history[1] == label, "only the history brings it"


def test_a_revised_value_is_wrong_first_and_right_from_then_on(
    open_desk: Open, synthetic: SyntheticWorld
) -> None:
    desk = open_desk({"kind": "revised", "rate": 1, "minutes": [70, 70], "from_hours": 10, "to_hours": 11})
    code = next(s.code for s in synthetic.stations("airkorea") if s.name == "종로구")
    truth = synthetic.reading("airkorea", code, FIRST + 10)["pm25"]
    assert truth is not None
    desk.clock.set(hours=11, minutes=40)
    row = next(r for r in desk.live() if r["stationName"] == "종로구")
    assert row["dataTime"] == airkorea_label(FIRST + 10)
    assert float(row["pm25Value"]) == round(truth * 1.2) + 3
    assert desk.history("종로구")[0]["pm25Value"] == row["pm25Value"]
    assert {i["StationCode"]: i["PM2_5"] for i in desk.cnemc()}["1001A"] != str(
        synthetic.reading("cnemc", "1001A", FIRST + 10)["pm25"]
    )
    desk.clock.set(hours=12, minutes=11)
    assert float(desk.history("종로구")[1]["pm25Value"]) == truth


def test_mixes_empty_rows_and_stale_rows_by_plan(open_desk: Open) -> None:
    desk = open_desk({"kind": "mix", "minutes": [0, 55], **ALWAYS})
    desk.clock.set(hours=10, minutes=30)
    assert len({row["dataTime"] for row in desk.live() if row["dataTime"]} & {
        airkorea_label(FIRST + 8), airkorea_label(FIRST + 9)
    }) == 2  # fmt: skip
    empty = open_desk({"kind": "null_row", "rate": 0.5, "to_hours": 100})
    empty.clock.set(hours=10, minutes=45)
    share = np.mean([row["dataTime"] is None for row in empty.live()])
    assert 0.4 < share < 0.6
    stale = open_desk({"kind": "stale", **ALWAYS})
    stale.clock.set(hours=10, minutes=45)
    shown = {row["dataTime"] for row in stale.live() if row["dataTime"]}
    assert len(shown) == 1
    assert airkorea_label(FIRST + 9) not in shown


def test_the_same_seed_strikes_the_same_requests() -> None:
    def struck(seed: int) -> list[bool]:
        plan = FaultPlan([Span(kind="empty", rate=0.3, to_hours=9)], seed)
        return [plan.strike("airkorea", "live", 1.0) is not None for _ in range(200)]

    assert struck(1) == struck(1) != struck(2)
    assert 30 < sum(struck(1)) < 90


def test_health_counts_what_struck(open_desk: Open) -> None:
    desk = open_desk({"kind": "empty", "rate": 1, "times": 2})
    for _ in range(5):
        ask(desk)
    health = desk.http.get("/health").json()
    assert health["requests"] == {"airkorea live": 5}
    assert health["faults"] == {"empty": 2}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[fault]]\nkind = "empty"\nrate = 0.5', "must end"),
        ('[[fault]]\nkind = "late"\nrate = 0.5\ntimes = 3', "must end"),
        ('[[fault]]\nkind = "fire"\nrate = 0.5\nto_hours = 1', "kind"),
        ('[[fault]]\nkind = "empty"\nrate = 2\nto_hours = 1', "rate"),
        ('[[fault]]\nkind = "empty"\nrate = 1\nto_hours = 1\nspeed = 3', "speed"),
        ('[[fault]]\nkind = "timeout"\nrate = 1\nto_hours = 1\nhold_seconds = 300', "hold_seconds"),
        ('[[fault]]\nkind = "empty"\nrate = 1\nfrom_hours = 2\nto_hours = 1', "after from_hours"),
        ("[[fault]", "line 1"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FaultError, match=says) as error:
        FaultPlan.read(path)
    assert "plan.toml" in str(error.value)


def test_a_plan_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(FaultError, match="drill"):
        FaultPlan.read("dril")


def drill() -> FaultPlan:
    return FaultPlan.read("drill", 1)


def test_the_drill_has_every_kind_ends_and_never_holds_long() -> None:
    assert (FOLDER / "drill.toml").exists()
    spans = drill()._spans
    kinds = set(Span.model_fields["kind"].annotation.__args__[0].__args__)  # type: ignore[union-attr]
    kinds |= set(Span.model_fields["kind"].annotation.__args__[1].__args__)  # type: ignore[union-attr]
    assert {span.kind for span in spans} == kinds - {"drift"}
    assert all(span.to_hours is not None and span.to_hours <= 40 for span in spans)
    assert all(span.hold_seconds <= 3 for span in spans)
    quota = [s for s in spans if s.kind == "quota" or s.code == "22"]
    assert len(quota) == 1, "code 22 tells a careful client to stop for the day: once only"


def test_after_the_drill_hours_looked_at_again_are_right(synthetic: SyntheticWorld) -> None:
    """Three hours after its end every hour is out and shows the truth, on both networks."""
    publication = Publication(synthetic, drill(), 1, demo_start)
    late = revised = 0
    for network in ("airkorea", "cnemc"):
        for hour in range(FIRST, FIRST + 44):
            ended = demo_start + timedelta(hours=hour - FIRST + 1)
            out, values = publication.seen(network, hour, ended + timedelta(hours=3))
            assert out.all()
            truth = synthetic.block(network, hour)
            assert np.array_equal(values, truth, equal_nan=True)
            out, values = publication.seen(network, hour, ended + timedelta(minutes=59))
            late += int((~out).sum())
            revised += int((~((values == truth) | np.isnan(truth))).any(axis=1).sum())
    assert late > 200
    assert revised > 200


def test_a_client_that_asks_again_is_always_answered(open_desk: Open) -> None:
    """Outside the quota's window no request of the drill needs more than four tries."""
    desk = open_desk(plan="drill", seed=1)
    for hours in (0.9, 3.2, 6.9, 11.9, 20.9, 30.9):
        desk.clock.set(hours=hours)
        for _ in range(20):
            assert any(_answered(desk) for _ in range(4))
    assert sum(desk.http.get("/health").json()["faults"].values()) > 5


def _answered(desk: Desk) -> bool:
    desk.http.timeout = 0.3  # shorter than the drill holds
    try:
        return bool(ask(desk).json()["response"]["body"]["items"])
    except (httpx.TransportError, ValueError, KeyError):
        return False
    finally:
        desk.http.timeout = 20
