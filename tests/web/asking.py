"""Requests as anybody may send them: with any header, to a server that runs."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pixkin.web.serve import Served


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    served: Served,
    path: str,
    method: str = "GET",
    body: bytes | None = None,
    *,
    known: bool = True,
    writes: bool = True,
    **headers: str,
) -> Answer:
    """Send one request; ``known`` and ``writes`` bring what the page brings."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if known:
        token = parse_qs(urlsplit(served.link).query)["token"][0]
        sent.setdefault("cookie", f"pixkin-{served.port}={token}")
    if writes and method != "GET":
        sent.setdefault("x-pixkin-write", served.here.keys.write)
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    try:
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, answer.read())
    finally:
        connection.close()


def post(served: Served, path: str, what: Any, **headers: Any) -> Answer:
    """Send JSON."""
    headers.setdefault("content_type", "application/json")
    return ask(served, path, "POST", json.dumps(what).encode(), **headers)
