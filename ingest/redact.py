"""Secrets are taken out of everything that is told or kept."""

from __future__ import annotations

from urllib.parse import quote, quote_plus

from pydantic import SecretStr

REDACTED = "<key>"
# What is shorter stands in any text by chance, and is no key of any source.
_SHORTEST = 8


class Redaction:
    """Takes one key out, however it is written."""

    def __init__(self, secret: SecretStr | None) -> None:
        self._spellings = () if secret is None else spellings(secret)

    def text(self, text: str) -> str:
        """A text without the key."""
        for spelling in self._spellings:
            text = text.replace(spelling, REDACTED)
        return text

    def body(self, body: bytes) -> bytes:
        """A body as received; the key is taken out where a source repeats it."""
        for spelling in self._spellings:
            if spelling.encode() in body:
                body = body.replace(spelling.encode(), REDACTED.encode())
        return body


def without_user(url: str) -> str:
    """An address without the user and password that may stand before its host."""
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}" if mark else url


def spellings(secret: SecretStr) -> tuple[str, ...]:
    """Every form in which a key may be written in an address or an answer, the longest first."""
    plain = secret.get_secret_value()
    once = {plain, quote(plain, safe=""), quote_plus(plain), quote(plain)}
    forms = once | {quote(one, safe="") for one in once}
    forms |= {form.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d") for form in forms}
    return tuple(sorted((form for form in forms if len(form) >= _SHORTEST), key=len, reverse=True))
