"""Who may ask the server, and what an answer may do in the browser.

A page of any other site can send requests to this machine, under a name of its own too (DNS
rebinding). So a request must name this server as its host, come from its own page, and bring the
token that was made when the server started.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pixkin.web.pace import Pace

__all__ = ["WRITE_HEADER", "Guard", "Keys", "TooLargeError"]

WRITE_HEADER = "x-pixkin-write"
SAFE = frozenset({"GET", "HEAD"})
OWN = frozenset({"same-origin", "none"})
"""What a browser says of where a request comes from (Sec-Fetch-Site): the page, or the user."""
MOST_BODY = 2**20
MOST_UPLOAD = 2**26
UPLOADS = "/api/uploads"
WRITES_PER_S, WRITES_AT_ONCE = 20.0, 200
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}
CLOSED = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Pixkin</title>
<h1>Open Pixkin with its link</h1>
<p>This page shows your pictures only to the browser that was opened with the link which
<code>pixkin open</code> printed. Run it again to get a new one.</p></html>"""


class TooLargeError(Exception):
    """A body grew beyond what it may."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a request has to bring.

    Attributes
    ----------
    token : str
        In the link that opens the page, and from then on in a cookie.
    write : str
        In a header of all that writes; the page is told of it.
    """

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    write: str = field(default_factory=lambda: secrets.token_urlsafe(32))


class Guard:
    """Lets through what comes from the page.

    Parameters
    ----------
    app : ASGI application
    keys : Keys
    hosts : collection of str
        Names and ports under which the server may be asked, such as ``127.0.0.1:8765``.
    """

    def __init__(self, app: ASGIApp, keys: Keys, hosts: Collection[str]) -> None:
        self.app, self.keys, self.hosts = app, keys, frozenset(hosts)
        # Cookies know no ports: two servers on one machine would take each other's.
        port = next(iter(sorted(self.hosts))).rpartition(":")[2]
        self.cookie = f"pixkin-{port}"
        self.pace = Pace(WRITES_PER_S, WRITES_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                added = [pair for pair in HEADERS.items() if pair[0] not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        answer = self._refusal(scope, headers)
        if answer is None:
            await self.app(scope, _bounded(receive, _most_of(scope["path"])), sent)
        else:
            await answer(scope, receive, sent)

    def _refusal(self, scope: Scope, headers: dict[bytes, str]) -> Response | None:
        """Give the answer to a request that is not let through."""
        if headers.get(b"host", "") not in self.hosts:
            return _no(421, "This server is not asked under that name.")
        if not self._is_own(headers):
            return _no(403, "Another site may not ask this server.")
        if scope["path"] == "/" and b"token=" in scope["query_string"]:
            return self._welcome(scope["query_string"])
        if not self._is_known(headers):
            is_page = scope["path"] == "/"
            return HTMLResponse(CLOSED, 401) if is_page else _no(401, "The token is missing.")
        return None if scope["method"] in SAFE else self._no_writing(scope["path"], headers)

    def _no_writing(self, path: str, headers: dict[bytes, str]) -> Response | None:
        if not _is_equal(headers.get(WRITE_HEADER.encode(), ""), self.keys.write):
            return _no(403, "What writes needs the page's own key.")
        length = headers.get(b"content-length", "0")
        if not length.isdigit() or int(length) > _most_of(path):
            return _no(413, "That is too large.")
        return None if self.pace.is_kept() else _no(429, "That is too fast. Wait a little.")

    def _is_own(self, headers: dict[bytes, str]) -> bool:
        origin = headers.get(b"origin")
        if origin is not None and origin not in {f"http://{host}" for host in self.hosts}:
            return False
        return headers.get(b"sec-fetch-site", "none") in OWN

    def _is_known(self, headers: dict[bytes, str]) -> bool:
        bearer = headers.get(b"authorization", "").removeprefix("Bearer ")
        if _is_equal(bearer, self.keys.token):
            return True
        try:
            known = SimpleCookie(headers.get(b"cookie", "")).get(self.cookie)
        except CookieError:
            return False
        return known is not None and _is_equal(known.value, self.keys.token)

    def _welcome(self, query: bytes) -> Response:
        given = parse_qs(query.decode("latin-1")).get("token", [""])[0]
        if not _is_equal(given, self.keys.token):
            return HTMLResponse(CLOSED, 401)
        # The token goes out of the address, so that it is in no history and no bookmark.
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self.cookie, self.keys.token, httponly=True, samesite="strict", path="/")
        return answer


def _most_of(path: str) -> int:
    return MOST_UPLOAD if path == UPLOADS else MOST_BODY


def _bounded(receive: Receive, most: int) -> Receive:
    """End a body that grows beyond what it may; its length may have been left out."""
    n = 0

    async def received() -> Message:
        nonlocal n
        message = await receive()
        n += len(message.get("body", b""))
        if n > most:
            raise TooLargeError
        return message

    return received


def _no(status: int, why: str) -> Response:
    return JSONResponse({"error": "refused", "message": why}, status)


def _is_equal(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
