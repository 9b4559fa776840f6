"""Notices as JSON to an address of the recipient's: signed, with a key by which a repeat is known.

Only addresses of the user's own catalogue are asked, and no redirect is followed. Errors name the host alone,
for an address may hold a token.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from hotline.parcel import DeliveryError, Parcel
from ingest.pace import retry_after

CONNECT_SECONDS, SILENCE_SECONDS = 5.0, 10.0
KEY_HEADER, SIGNATURE_HEADER = "Idempotency-Key", "X-Yellowsea-Signature"
# The receiver says that this address is no more (RFC 9110, 15.5.11): trying on would be a nuisance.
GONE = 410


class Webhook:
    """Sends notices by HTTP POST.

    Parameters
    ----------
    secret : SecretStr, optional
        Signs each request: `t=<unix time>,v1=<hex HMAC-SHA256 of "t.body">`.
    clock : callable
        Machine time, for the signature.
    """

    def __init__(self, secret: SecretStr | None, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._clock = secret, clock
        timeout = httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
        self._client = httpx.Client(timeout=timeout, follow_redirects=False)

    def __call__(self, parcel: Parcel) -> None:
        """Send a parcel; any answer of 2xx is its receipt.

        Raises
        ------
        DeliveryError
        """
        host = urlsplit(parcel.address).hostname or "?"
        body = json.dumps(_payload(parcel), ensure_ascii=False, allow_nan=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "yellowsea-hotline",
            KEY_HEADER: parcel.key,
            **self._signed(body),
        }
        fault = self._posted(parcel.address, body, headers, host)
        if fault is not None:
            raise fault

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _posted(self, url: str, body: bytes, headers: dict[str, str], host: str) -> DeliveryError | None:
        """The fault, made outside of `except`: httpx's own errors hold the whole address."""
        try:
            with self._client.stream("POST", url, content=body, headers=headers) as response:
                return _judged(response, host)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            kind = type(error).__name__
        return DeliveryError(f"{kind} from {host}")

    def _signed(self, body: bytes) -> dict[str, str]:
        if self._secret is None:
            return {}
        at = str(int(self._clock()))
        signed = at.encode() + b"." + body
        digest = hmac.new(self._secret.get_secret_value().encode(), signed, hashlib.sha256).hexdigest()
        return {SIGNATURE_HEADER: f"t={at},v1={digest}"}


def _judged(response: httpx.Response, host: str) -> DeliveryError | None:
    status = response.status_code
    if 200 <= status < 300:
        return None
    told = f"{host} answers HTTP {status}"
    if 300 <= status < 400:
        return DeliveryError(f"{told}: redirects are not followed; give the new address")
    return DeliveryError(told, final=status == GONE, retry_after=retry_after(response))


def _payload(parcel: Parcel) -> dict[str, object]:
    notice, text = parcel.notice, parcel.text
    return {
        "id": notice.id,
        "key": parcel.key,
        "rule": notice.rule,
        "subject": notice.subject,
        "occasion": notice.occasion,
        "stage": notice.stage,
        "level": notice.level,
        "raised_at": notice.raised_at.isoformat(),
        "language": parcel.recipient.language,
        "title": text.title,
        "text": text.body,
        "facts": notice.facts,
        "acknowledge": f"yellowsea hotline acknowledge {notice.id}",
    }
