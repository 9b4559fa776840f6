"""What can be set for the hotline (`YELLOWSEA_HOTLINE__...`): how mail leaves, and what signs webhooks."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class HotlineSettings(BaseModel):
    """Mail server and signature; whom to tell stands in the catalogue's recipients."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # On, so that notices are filed for the dashboard even where nobody is to be told.
    enabled: bool = True
    # Without it webhooks carry no signature; receivers know a sender by it.
    webhook_secret: SecretStr | None = None
    # Without a server e-mail waits, and `yellowsea hotline list` says so.
    smtp_host: str | None = None
    # The port of submission (RFC 6409); 465 with `tls`.
    smtp_port: int = Field(default=587, ge=1, le=65535)
    # Mail tells who is told what: encrypted unless a relay on this machine is used.
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    # The mailbox that notices come from.
    smtp_from: str | None = None
    # Certificates of an authority of one's own; else those of the system.
    smtp_ca: Path | None = None

    @model_validator(mode="after")
    def _whole(self) -> HotlineSettings:
        if self.smtp_host and not (self.smtp_from and "@" in self.smtp_from):
            raise ValueError("smtp_from is needed with smtp_host: the mailbox that notices come from")
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("smtp_user and smtp_password are given together")
        if self.smtp_password is not None and self.smtp_security == "none":
            raise ValueError(
                "a password is not sent without encryption: set smtp_security to starttls or tls"
            )
        return self
