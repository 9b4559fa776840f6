"""Notices arrive at least once, each recorded once, whatever receivers and processes do in between."""

from __future__ import annotations

import hashlib
import hmac
import subprocess
import sys
from collections.abc import Callable
from datetime import time, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from config.hotline import HotlineSettings
from config.notices import Recipient
from hotline import courier as courier_module
from hotline import webhook
from hotline.courier import FIRST_WAIT, LEASE, LONGEST_WAIT, MOST_ATTEMPTS, pause
from hotline.mail import message
from hotline.parcel import DeliveryError, Parcel
from hotline.watch import key_of, story_of
from hotline.wording import text_of
from tests.hotline.conftest import NOW, Mailbox, Post, person
from tests.hotline.receiver import Receiver

Posts = Callable[..., Post]
ROOT = Path(__file__).parents[2]


def test_a_notice_arrives_once_and_is_recorded(post: Posts, receiver: Receiver) -> None:
    office = post(person("webhook", f"{receiver.url}/hook", language="ko"))
    notice = office.file()
    assert office.courier().deliver() == 1
    assert office.courier().deliver() == 0
    [got] = receiver.got
    assert (got.path, got.key) == ("/hook", key_of(notice, "kim", "webhook"))
    assert got.json["title"] == "서울: 초미세먼지 주의보"
    assert (got.json["stage"], got.json["level"], got.json["id"]) == ("first", 1, notice.id)
    [one] = office.deliveries()
    assert (one.state, one.attempts, one.error) == ("delivered", 1, None)
    assert one.delivered_at == office.machine.at


def test_a_fault_is_tried_again_with_back_off_until_it_arrives(post: Posts, receiver: Receiver) -> None:
    office = post(person("webhook", receiver.url))
    office.file()
    receiver.script = [500, 503]
    courier = office.courier()
    assert courier.deliver() == 0
    assert courier.deliver() == 0, "not before its time"
    assert len(receiver.got) == 1
    assert office.deliveries()[0].error == "127.0.0.1 answers HTTP 500"
    office.machine.pass_by(seconds=FIRST_WAIT.total_seconds() * 1.25)
    assert courier.deliver() == 0
    office.machine.pass_by(seconds=FIRST_WAIT.total_seconds() * 1.25)
    assert courier.deliver() == 0, "the second wait is twice the first"
    office.machine.pass_by(seconds=FIRST_WAIT.total_seconds() * 1.25)
    assert courier.deliver() == 1
    assert len({one.key for one in receiver.got}) == 1
    assert [one.attempts for one in office.deliveries()] == [3]


def test_a_receiver_that_got_it_and_cut_the_line_gets_it_again_under_the_same_key(
    post: Posts, receiver: Receiver
) -> None:
    office = post(person("webhook", receiver.url))
    office.file()
    receiver.script = ["reset"]
    courier = office.courier()
    assert courier.deliver() == 0
    office.machine.pass_by(minutes=1)
    assert courier.deliver() == 1
    first, second = receiver.got
    assert first.key == second.key
    assert first.body == second.body
    assert office.states == ["delivered"]


def test_a_receiver_that_says_nothing_is_left_and_tried_again(
    local_post: Posts, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "SILENCE_SECONDS", 0.2)
    office = local_post(person("webhook", receiver.url))
    office.file()
    receiver.script = ["hang"]
    courier = office.courier()
    assert courier.deliver() == 0
    assert office.deliveries()[0].error == "ReadTimeout from 127.0.0.1"
    office.machine.pass_by(minutes=1)
    assert courier.deliver() == 1


def test_a_redirect_is_not_followed(local_post: Posts, receiver: Receiver) -> None:
    office = local_post(person("webhook", f"{receiver.url}/hook"))
    office.file()
    receiver.script = ["elsewhere"]
    assert office.courier().deliver() == 0
    assert [one.path for one in receiver.got] == ["/hook"]
    assert "redirects are not followed" in str(office.deliveries()[0].error)


def test_a_receiver_may_ask_for_more_time_and_say_that_it_is_gone(
    local_post: Posts, receiver: Receiver
) -> None:
    office = local_post(person("webhook", receiver.url))
    office.file()
    receiver.script = [429, 410]
    office.courier().deliver()
    assert office.deliveries()[0].retry_at == office.machine.at + timedelta(seconds=120)
    office.machine.pass_by(seconds=121)
    office.courier().deliver()
    assert office.states == ["failed"]
    office.machine.pass_by(days=1)
    office.courier().deliver()
    assert len(receiver.got) == 2


def test_waits_double_up_to_a_quarter_of_an_hour_and_end_after_two_days() -> None:
    for attempt in range(1, MOST_ATTEMPTS):
        whole = min(FIRST_WAIT * 2 ** min(attempt - 1, 12), LONGEST_WAIT)
        assert whole * 0.75 <= pause(attempt) <= whole * 1.25
    assert timedelta(hours=36) < LONGEST_WAIT * MOST_ATTEMPTS < timedelta(hours=60)


def test_what_never_arrives_is_given_up_and_told(
    local_post: Posts, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_module, "MOST_ATTEMPTS", 2)
    office = local_post(person("webhook", receiver.url))
    office.file()
    receiver.script = [500, 500]
    office.courier().deliver()
    office.machine.pass_by(hours=1)
    office.courier().deliver()
    assert [(one.state, one.error) for one in office.deliveries()] == [
        ("failed", "127.0.0.1 answers HTTP 500")
    ]


def test_a_request_is_signed_and_neither_secret_nor_address_is_told(
    local_post: Posts, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = HotlineSettings(webhook_secret=SecretStr("a-secret"))
    office = local_post(person("webhook", f"{receiver.url}/T0KEN"), settings=settings)
    office.file()
    receiver.script = [500]
    office.courier().deliver()
    [got] = receiver.got
    parts = dict(part.split("=", 1) for part in got.headers["x-yellowsea-signature"].split(","))
    signed = parts["t"].encode() + b"." + got.body
    assert parts["v1"] == hmac.new(b"a-secret", signed, hashlib.sha256).hexdigest()
    written = capsys.readouterr()
    with office.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM delivery").all()
    for text in (written.out, written.err, str(rows), repr(settings), repr(office.people)):
        assert "T0KEN" not in text
        assert "a-secret" not in text


class Killed(BaseException):
    """The process ends here: nothing catches it."""


def test_dying_between_sending_and_recording_sends_twice_and_never_not_at_all(post: Posts) -> None:
    office = post(person("log"))
    office.file()
    sent: list[str] = []

    def dies(parcel: Parcel) -> None:
        sent.append(parcel.key)
        raise Killed

    with pytest.raises(Killed):
        office.courier(carriers={"log": dies}).deliver()
    assert office.states == ["leased"]
    lives = office.courier(carriers={"log": lambda parcel: sent.append(parcel.key)})
    assert lives.deliver() == 0, "another may still be at it"
    office.machine.pass_by(seconds=LEASE.total_seconds())
    assert lives.deliver() == 1
    assert len(sent) == 2
    assert len(set(sent)) == 1
    assert office.states == ["delivered"]


CHILD = """
import os, sys
from datetime import UTC, datetime
from config.clock import Clock
from config.facts import Facts
from pathlib import Path
from config.hotline import HotlineSettings
from hotline.courier import Courier
from store.engine import Store

courier = Courier(Store(sys.argv[1]), Facts(own=Path(sys.argv[2])), HotlineSettings(), Clock.real())
send = courier.carriers["webhook"]
courier.carriers = {"webhook": lambda parcel: (send(parcel), os.kill(os.getpid(), 9))}
courier.deliver()
"""


def test_a_process_that_is_killed_after_sending_leaves_it_to_the_next(
    local_post: Posts, receiver: Receiver, tmp_path: Path
) -> None:
    (tmp_path / "recipients.toml").write_text(
        f'[[recipients]]\nid = "kim"\nchannel = "webhook"\naddress = "{receiver.url}"\n'
        'audiences = "decision"\nsource = "test"\nconfidence = "high"\n'
    )
    office = local_post(person("webhook", receiver.url))
    office.file()
    url = office.store.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-c", CHILD, url, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode == -9
    assert office.states == ["leased"]
    [one] = office.deliveries()
    assert one.leased_until is not None
    office.machine.at = one.leased_until
    assert office.courier().deliver() == 1
    assert [got.key for got in receiver.got] == [one.key, one.key]


def test_an_update_waits_for_what_it_updates(post: Posts, receiver: Receiver) -> None:
    office = post(person("webhook", receiver.url))
    office.file()
    receiver.script = [500]
    courier = office.courier()
    courier.deliver()
    office.clock.put(NOW + timedelta(hours=3))
    office.file("all-clear")
    assert courier.deliver() == 0
    office.machine.pass_by(hours=1)
    assert courier.deliver() == 2
    assert [got.json["stage"] for got in receiver.got] == ["first", "first", "all-clear"]


NIGHT = {"quiet_from": time(22), "quiet_to": time(7), "zone": "Asia/Seoul"}
MIDNIGHT = NOW + timedelta(hours=12)
SEVEN = NOW + timedelta(hours=19)


def test_quiet_hours_hold_a_notice_until_they_end(post: Posts, receiver: Receiver) -> None:
    office = post(person("webhook", receiver.url, **NIGHT))
    office.clock.put(MIDNIGHT)
    office.file(began=MIDNIGHT)
    courier = office.courier()
    assert courier.deliver() == 0
    office.clock.put(SEVEN - timedelta(seconds=1))
    assert courier.deliver() == 0
    office.clock.put(SEVEN)
    assert courier.deliver() == 1


def test_an_urgent_level_breaks_them_and_stands_for_what_was_held(post: Posts, receiver: Receiver) -> None:
    office = post(person("webhook", receiver.url, **NIGHT))
    office.clock.put(MIDNIGHT)
    office.file(began=MIDNIGHT)
    office.clock.put(MIDNIGHT + timedelta(hours=1))
    office.file("escalated", 2, began=MIDNIGHT)
    assert office.courier().deliver() == 1
    office.clock.put(SEVEN)
    assert office.courier().deliver() == 0
    assert office.states == ["superseded", "delivered"]
    assert [got.json["stage"] for got in receiver.got] == ["escalated"]


def test_a_retry_that_falls_into_quiet_hours_waits_too(local_post: Posts, receiver: Receiver) -> None:
    office = local_post(person("webhook", receiver.url, **NIGHT))
    office.file()
    receiver.script = [500]
    office.courier().deliver()
    office.machine.pass_by(hours=1)
    office.clock.put(MIDNIGHT)
    assert office.courier().deliver() == 0
    assert [(one.due_at, one.attempts) for one in office.deliveries()] == [(SEVEN, 1)]
    office.clock.put(SEVEN)
    assert office.courier().deliver() == 1


def test_a_recipient_who_is_gone_is_told_and_not_tried_for_ever(local_post: Posts) -> None:
    office = local_post(person("log"))
    office.file()
    Post(office.store, office.facts, [])
    office.courier().deliver()
    assert [(one.state, one.error) for one in office.deliveries()] == [
        ("failed", "kim has no log in the catalogue any more")
    ]


def mail_settings(box: Mailbox, **how: object) -> HotlineSettings:
    """Settings that reach a mail server of the test."""
    given = {"smtp_host": "localhost", "smtp_from": "hotline@example.org", "smtp_port": box.port, **how}
    return HotlineSettings(**given)  # type: ignore[arg-type]


def test_mail_goes_over_starttls_with_login_and_is_the_same_message_at_each_try(
    local_post: Posts, secure_mailbox: Mailbox, certificate: tuple[Path, Path]
) -> None:
    settings = mail_settings(
        secure_mailbox, smtp_user="hotline", smtp_password=SecretStr("s3cret"), smtp_ca=certificate[0]
    )
    office = local_post(person("email", "kim@example.org", language="zh"), settings=settings)
    notice = office.file()
    secure_mailbox.refusals = ["451 later"]
    assert office.courier().deliver() == 0
    assert office.deliveries()[0].error == "the mail server answers 451"
    office.machine.pass_by(minutes=1)
    assert office.courier().deliver() == 1
    assert secure_mailbox.secure == [True, True]
    first, second = (
        message_from_bytes(one.original_content or b"", policy=default) for one in secure_mailbox.letters
    )
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"] == f"<{key_of(notice, 'kim', 'email')}@example.org>"
    assert first["Subject"] == "首尔：细颗粒物注意报"
    assert "没有已知措施" in second.get_content()
    assert first["Auto-Submitted"] == "auto-generated"


def test_a_wrong_password_is_told_without_it(
    local_post: Posts, secure_mailbox: Mailbox, certificate: tuple[Path, Path]
) -> None:
    settings = mail_settings(
        secure_mailbox, smtp_user="hotline", smtp_password=SecretStr("wr0ng"), smtp_ca=certificate[0]
    )
    office = local_post(person("email", "kim@example.org"), settings=settings)
    office.file()
    office.courier().deliver()
    assert office.deliveries()[0].error == "the mail server refuses our login (535)"


def test_a_server_whose_certificate_is_unknown_gets_no_letter(
    local_post: Posts, secure_mailbox: Mailbox
) -> None:
    office = local_post(person("email", "kim@example.org"), settings=mail_settings(secure_mailbox))
    office.file()
    assert office.courier().deliver() == 0
    assert secure_mailbox.letters == []
    assert office.deliveries()[0].error == "SSLCertVerificationError from the mail server"


def test_the_story_of_an_occasion_is_one_thread(local_post: Posts) -> None:
    office = local_post()
    first = office.file()
    last = office.file("all-clear")
    kim = person("email", "kim@example.org")

    def mail(notice):  # type: ignore[no-untyped-def]
        key, story = key_of(notice, "kim", "email"), story_of(notice, "kim", "email")
        return message(Parcel(key, story, kim, notice, text_of(office.facts, notice, "en")), "a@example.org")

    assert mail(first)["References"] == mail(last)["References"]
    assert mail(first)["Message-ID"] != mail(last)["Message-ID"]


def test_without_a_mail_server_mail_waits_and_says_why(local_post: Posts) -> None:
    office = local_post(person("email", "kim@example.org"))
    office.file()
    office.courier().deliver()
    assert "YELLOWSEA_HOTLINE__SMTP_HOST" in str(office.deliveries()[0].error)
    assert office.states == ["waiting"]


def test_a_password_never_leaves_unencrypted() -> None:
    with pytest.raises(ValidationError, match="not sent without encryption"):
        HotlineSettings(
            smtp_host="x",
            smtp_from="a@b.c",
            smtp_user="u",
            smtp_password=SecretStr("p"),
            smtp_security="none",
        )


@pytest.mark.parametrize("address", ["kim@example.org\nBcc: all@example.org", "kim", "a b@example.org", ""])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        person("email", address)


@pytest.mark.parametrize("address", ["ftp://example.org", "http://u:p@example.org/", "https://", "file:///x"])
def test_a_webhook_needs_a_plain_web_address(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Recipient(
            id="x", channel="webhook", address=address, audiences="air", source="test", confidence="high"
        )
    assert "without a user in it" in str(refused.value)


def test_a_fault_says_whether_another_try_is_of_use() -> None:
    assert DeliveryError("x").final is False
