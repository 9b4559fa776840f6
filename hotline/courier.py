"""Works off the queue: take under a lease, send, record; again with back-off where it failed.

Between sending and recording the process may die. Then the lease passes and the same delivery is sent again
under the same key: at least once, and a receiver can tell the repeat.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import structlog

from config.clock import Clock
from config.fact import FactError
from config.facts import Facts
from config.hotline import HotlineSettings
from config.notices import NoticeRule, Recipient
from hotline.mail import Mail
from hotline.parcel import Carrier, DeliveryError, Parcel
from hotline.quiet import due
from hotline.watch import recipients_of, rules_of, story_of
from hotline.webhook import Webhook
from hotline.wording import text_of
from store import deliveries
from store.deliveries import Delivery
from store.engine import Store
from store.notices import Notice, notices_of

# Longer than a mail server or a receiver may take for one delivery, all its time-outs together.
LEASE = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
# Two days at the longest wait: over a weekend somebody mends it, or the notice has no more use.
MOST_ATTEMPTS = 200
# A receiver that hangs must not keep the daemon's next look waiting.
MOST_SECONDS = 60.0

MachineTime = Callable[[], datetime]


def machine_time() -> datetime:
    """The present machine time."""
    return datetime.now(UTC)


class Courier:
    """Carries what is due.

    Parameters
    ----------
    clock : Clock
        Data time, for quiet hours.
    machine : callable
        Machine time, for leases and retries.
    carriers : mapping, optional
        By channel; those of the settings unless given.
    """

    def __init__(
        self,
        store: Store,
        facts: Facts,
        settings: HotlineSettings,
        clock: Clock,
        machine: MachineTime = machine_time,
        carriers: Mapping[str, Carrier] | None = None,
    ) -> None:
        self.store, self.facts, self.clock, self.machine = store, facts, clock, machine
        self.log = structlog.get_logger()
        self._webhook = Webhook(settings.webhook_secret)
        self.carriers: Mapping[str, Carrier] = carriers or {
            "webhook": self._webhook,
            "email": Mail(settings),
            "log": self._log,
        }

    def close(self) -> None:
        """Give connections back."""
        self._webhook.close()

    def deliver(self) -> int:
        """Send what is due until nothing is, or the time is up; how many arrived."""
        arrived, began = 0, time.monotonic()
        while time.monotonic() - began < MOST_SECONDS:
            with self.store.write() as connection:
                now = self.machine()
                one = deliveries.take(connection, now, self.clock.now(), now + LEASE)
                notice = notices_of(connection, [one.notice_id])[one.notice_id] if one else None
            if one is None or notice is None:
                break
            arrived += self._carried(one, notice)
        return arrived

    def _carried(self, one: Delivery, notice: Notice) -> bool:
        recipient = self._recipient(one)
        if recipient is None:
            self._given_up(one, f"{one.recipient} has no {one.channel} in the catalogue any more")
            return False
        now = self.clock.now()
        later = due(recipient, self._rule(notice), notice.level, now)
        if later > now:
            with self.store.write() as connection:
                deliveries.postpone(connection, one.id, later)
            return False
        try:
            self.carriers[one.channel](self._parcel(one, notice, recipient))
        except DeliveryError as error:
            self._failed(one, error)
            return False
        with self.store.write() as connection:
            deliveries.arrived(connection, one.id, self.machine())
        self.log.info("notice delivered", notice=notice.id, recipient=one.recipient, channel=one.channel)
        return True

    def _recipient(self, one: Delivery) -> Recipient | None:
        held = recipients_of(self.facts)
        return next((r for r in held if (r.id, r.channel) == (one.recipient, one.channel)), None)

    def _rule(self, notice: Notice) -> NoticeRule | None:
        return next((rule for rule in rules_of(self.facts) if rule.id == notice.rule), None)

    def _parcel(self, one: Delivery, notice: Notice, recipient: Recipient) -> Parcel:
        story = story_of(notice, one.recipient, one.channel)
        try:
            text = text_of(self.facts, notice, one.language)
        except FactError as error:  # a message of the user's own that lacks a name
            raise DeliveryError(str(error)) from None
        return Parcel(one.key, story, recipient, notice, text)

    def _failed(self, one: Delivery, error: DeliveryError) -> None:
        tries = one.attempts + 1
        if error.final or tries >= MOST_ATTEMPTS:
            self._given_up(one, str(error))
            return
        wait = max(
            pause(tries), timedelta(seconds=min(error.retry_after or 0.0, LONGEST_WAIT.total_seconds()))
        )
        with self.store.write() as connection:
            deliveries.again(connection, one.id, self.machine() + wait, str(error))
        self.log.warning(
            "notice not delivered",
            notice=one.notice_id,
            recipient=one.recipient,
            channel=one.channel,
            told=str(error),
            again_in=round(wait.total_seconds()),
        )

    def _given_up(self, one: Delivery, told: str) -> None:
        with self.store.write() as connection:
            deliveries.give_up(connection, one.id, told)
        self.log.error(
            "notice given up", notice=one.notice_id, recipient=one.recipient, channel=one.channel, told=told
        )

    def _log(self, parcel: Parcel) -> None:
        notice = parcel.notice
        self.log.warning(
            "notice",
            id=notice.id,
            key=parcel.key,
            recipient=parcel.recipient.id,
            rule=notice.rule,
            subject=notice.subject,
            stage=notice.stage,
            level=notice.level,
            title=parcel.text.title,
        )


def pause(attempt: int) -> timedelta:
    """Before the next try: doubled each time up to the longest, with some chance so that retries spread."""
    spread = 0.75 + random.random() / 2  # noqa: S311 - no secret
    doubled = FIRST_WAIT * float(2 ** min(attempt - 1, 20))
    return min(doubled, LONGEST_WAIT) * spread
