"""Which notices there are and whom they reach: `notices.toml`, and the user's own `recipients.toml`."""

from __future__ import annotations

import datetime as dt
import re
from typing import ClassVar, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator, model_validator

from config.fact import Fact

About = Literal["forecast", "alert", "episode", "upwind", "silence"]
Channel = Literal["webhook", "email", "log"]
Language = Literal["en", "ko", "zh"]

# An address of the local part, one @, and a domain: enough to refuse a slip and anything that ends a header.
_ADDRESS = re.compile(r"^[^@\s<>,;:\"]+@[A-Za-z0-9.-]+$")


class NoticeRule(Fact):
    """When people have to be told of something: one rule, judged for each of its subjects.

    Attributes
    ----------
    about : what is looked at; the subject is a region, for `silence` a source.
    regions : between bars; each is a subject of its own.
    thresholds : levels from 1 on, rising: ug/m3 of a day mean forecast (strictly above), or hours of silence.
    profiles : of `episode`, level by level, between bars.
    alerts : of `alert`, level by level, between bars.
    horizon_days : a forecast counts for today and so many days ahead.
    upwind, upwind_profile, upwind_hours : of `upwind`: regions, any of which has an episode under way or had
        one that ended so many hours ago at most; of several profiles those count that hold on the day.
    clear_hours : how long it has to be known to be over before the all-clear.
    tell : audiences of recipients, between bars.
    urgent_from : the level from which quiet hours are broken; None: never.
    """

    SUFFIX: ClassVar[str] = ".toml"
    REFERS: ClassVar[dict[str, str]] = {
        "regions": "regions",
        "upwind": "regions",
        "profiles": "profiles",
        "upwind_profile": "profiles",
        "pollutant": "pollutants",
    }
    NEEDS: ClassVar[dict[str, tuple[str, ...]]] = {
        "forecast": ("regions", "thresholds"),
        "alert": ("regions", "alerts"),
        "episode": ("regions", "profiles"),
        "upwind": ("regions", "thresholds", "upwind", "upwind_profile"),
        "silence": ("thresholds",),
    }

    id: str
    about: About
    regions: str | None = None
    pollutant: str = "pm25"
    thresholds: tuple[float, ...] = ()
    profiles: str | None = None
    alerts: str | None = None
    horizon_days: int = Field(default=1, ge=0, le=3)
    upwind: str | None = None
    upwind_profile: str | None = None
    upwind_hours: int = Field(default=48, ge=0, le=120)
    clear_hours: int = Field(default=0, ge=0, le=240)
    tell: str
    urgent_from: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _complete(self) -> NoticeRule:
        for column in self.NEEDS[self.about]:
            if not getattr(self, column):
                raise ValueError(f"a rule about {self.about} needs {column}")
        if list(self.thresholds) != sorted(set(self.thresholds)):
            raise ValueError("thresholds rise from level to level")
        return self

    @property
    def subjects(self) -> list[str]:
        """The regions that the rule is judged for; empty for a rule about sources."""
        return parted(self.regions)

    def urgent(self, level: int) -> bool:
        """Whether a level breaks quiet hours."""
        return self.urgent_from is not None and level >= self.urgent_from


class Recipient(Fact):
    """Whom to tell, by one channel and in one language; a person with two channels has two rows.

    Attributes
    ----------
    audiences : those of rules that this recipient belongs to, between bars.
    address : of `webhook` an http(s) address, of `email` a mailbox; it is never shown.
    zone, quiet_from, quiet_to : civil time in which nothing but urgent notices is sent; past midnight
        where it begins later than it ends.
    regions, rules : only notices of these, between bars; empty: of all. A group means its members, too.
    """

    SUFFIX: ClassVar[str] = ".toml"
    KEY: ClassVar[tuple[str, ...]] = ("id", "channel")
    REFERS: ClassVar[dict[str, str]] = {"regions": "regions", "rules": "notices"}

    id: str = Field(min_length=1)
    channel: Channel
    address: SecretStr | None = None
    language: Language = "en"
    audiences: str
    regions: str | None = None
    rules: str | None = None
    zone: str = "Asia/Seoul"
    quiet_from: dt.time | None = None
    quiet_to: dt.time | None = None

    @field_validator("zone")
    @classmethod
    def _zone_there_is(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("no zone is called so; write Asia/Seoul or Asia/Shanghai") from None
        return zone

    @model_validator(mode="after")
    def _reachable(self) -> Recipient:
        address = self.address.get_secret_value() if self.address else ""
        if self.channel == "webhook":
            _check_url(address)
        if self.channel == "email" and not _ADDRESS.match(address):
            raise ValueError("an e-mail recipient needs an address like name@example.org")
        if self.channel == "log" and address:
            raise ValueError("the log has no address")
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("give both quiet_from and quiet_to, or neither")
        return self

    def hears(self, rule: NoticeRule) -> bool:
        """Whether notices of a rule are for this recipient at all, wherever."""
        return bool(set(parted(self.audiences)) & set(parted(rule.tell))) and (
            self.rules is None or rule.id in parted(self.rules)
        )


def _check_url(address: str) -> None:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        usable = False
    if not usable or any(one.isspace() for one in address):
        raise ValueError("a webhook needs an address like https://example.org/hook, without a user in it")


def parted(text: str | None) -> list[str]:
    """What stands between bars."""
    return [one.strip() for one in (text or "").split("|") if one.strip()]
