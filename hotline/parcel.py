"""What a channel carries, and how it says that it could not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from config.notices import Recipient
from hotline.wording import Text
from store.notices import Notice


class DeliveryError(Exception):
    """A delivery that did not arrive, in one line without an address or a secret.

    Attributes
    ----------
    final : whether another try is of no use.
    retry_after : seconds that the receiver asks for.
    """

    def __init__(self, message: str, *, final: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.final = final
        self.retry_after = retry_after


@dataclass(frozen=True)
class Parcel:
    """One notice for one recipient; `story` is the same for all notices of its occasion."""

    key: str
    story: str
    recipient: Recipient
    notice: Notice
    text: Text

    @property
    def address(self) -> str:
        """Where to; never told."""
        return self.recipient.address.get_secret_value() if self.recipient.address else ""


Carrier = Callable[[Parcel], None]
"""Sends a parcel, or raises `DeliveryError`."""
