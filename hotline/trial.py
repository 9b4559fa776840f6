"""A test message to a recipient: whether address, server and secrets work, before anything happens."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from config.facts import Facts
from config.words import Speaker
from hotline.courier import Courier
from hotline.parcel import DeliveryError, Parcel
from hotline.watch import recipients_of
from hotline.wording import Text
from report.answer import NO_READINGS, Answer
from report.question import QuestionError
from store.notices import Notice


def trial(facts: Facts, courier: Courier, recipient: str) -> Answer:
    """Send a test by every channel of a recipient, now, whatever the quiet hours; nothing is filed.

    Raises
    ------
    QuestionError
        For a recipient that there is not.
    """
    held = recipients_of(facts)
    rows = [one for one in held if one.id == recipient]
    if not rows:
        known = ", ".join(dict.fromkeys(one.id for one in held)) or "none: see docs/hotline.md"
        raise QuestionError(f"no recipient is called {recipient!r}; there are {known}")
    now = datetime.now(UTC)
    notice = Notice(0, "test", recipient, now.isoformat(), "first", 1, now, {})
    sent = []
    for one in rows:
        say = Speaker(facts, one.language)
        text = Text(say.message("hotline.test.title"), (say.message("hotline.test.line"),))
        key = secrets.token_hex(16)
        error = None
        try:
            courier.carriers[one.channel](Parcel(key, key, one, notice, text))
        except DeliveryError as fault:
            error = str(fault)
        sent.append({"recipient": one.id, "channel": one.channel, "arrived": error is None, "error": error})
    return {"question": {"recipient": recipient}, "method": {}, "data": NO_READINGS, "sent": sent}
