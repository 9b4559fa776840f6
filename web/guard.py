"""What stands before every route: headers that keep browsers safe, limits of input, and the rate of a client.

https://owasp.org/www-project-secure-headers/ ; nothing a client sends is fetched, opened or run.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.problems import respond
from web.rate import Buckets

# Bytes: the longest question has some dozen parameters; a report of a measure is a few lines.
MOST_QUERY = 4096
MOST_BODY = 64 * 1024

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SAFE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# They tell a supervisor that the server lives, and are asked often by one address.
UNCOUNTED = frozenset({"/healthz", "/readyz"})


class Guard:
    """The outermost layer; what it refuses never reaches a route.

    Parameters
    ----------
    app : ASGI application
    buckets : Buckets or None
        The rate of each client; None for no limit.
    """

    def __init__(self, app: ASGIApp, buckets: Buckets | None) -> None:
        self.app = app
        self.buckets = buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        bounded = _Bounded(receive)

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE.items():
                    headers.setdefault(name, value)
            await send(message)

        async def unless_too_large(message: Message) -> None:
            # Whatever a route makes of a body that was cut off, the client is told why.
            if not bounded.exceeded:
                await safely(message)
            elif message["type"] == "http.response.start":
                await _too_large()(scope, receive, safely)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, safely)
            return
        # The server drops the body of an answer to HEAD by itself; routes need to know GET alone.
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        await self.app(asked, bounded, unless_too_large)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        if len(scope["query_string"]) > MOST_QUERY:
            return respond(414, "too-long", f"a question has at most {MOST_QUERY} bytes")
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > MOST_BODY:
            return _too_large()
        if self.buckets is None or scope["path"] in UNCOUNTED:
            return None
        wait = self.buckets.take(scope["client"][0] if scope.get("client") else "")
        if wait is None:
            return None
        return respond(
            429, "too-many", f"too many questions at once: ask again in {wait} s", {"Retry-After": str(wait)}
        )


def _too_large() -> ASGIApp:
    return respond(413, "too-large", f"a body has at most {MOST_BODY} bytes")


class _Bounded:
    """The messages of a client, until they are more than a body may have; then as if it had hung up."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._seen = 0
        self.exceeded = False

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > MOST_BODY:
            self.exceeded = True
            return {"type": "http.disconnect"}
        return message
