"""Requests and answers, whoever carries them: a socket, API Gateway, a test."""

import hashlib
import json
import zlib
from typing import Any, Callable, Mapping, NamedTuple

REASONS = {200: "OK", 204: "No Content", 304: "Not Modified", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found",
           405: "Method Not Allowed", 408: "Request Timeout", 413: "Content Too Large", 414: "URI Too Long",
           421: "Misdirected Request", 431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
           503: "Service Unavailable", 505: "HTTP Version Not Supported"}

JSON, PROBLEM, HTML = "application/json", "application/problem+json", "text/html; charset=utf-8"
WORTH_PACKING = 600     # bytes from which gzip saves something


class Request(NamedTuple):
    """What was asked. Header names are in lower case; `local` is the address that the connection came in at, "" when
    who carries the request has seen to the host already."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    local: str = ""


class Body:
    """Bytes of a type, with their tag, and the same bytes packed once they are asked for."""

    __slots__ = ("data", "type", "policy", "tag", "_packed")

    def __init__(self, data: bytes, type: str = JSON, policy: str = "default-src 'none'; frame-ancestors 'none'"):
        self.data, self.type, self.policy = data, type, policy
        self.tag = hashlib.sha256(data).hexdigest()[:20]
        self._packed: bytes | None = None

    def packed(self) -> bytes:
        """The bytes as gzip has them, without a time, so that equal bytes stay equal."""
        if self._packed is None:
            engine = zlib.compressobj(6, zlib.DEFLATED, 31)
            self._packed = engine.compress(self.data) + engine.flush()
        return self._packed


class Answer(NamedTuple):
    """A status, headers in their order, and a body. `fresh` tells later whether the same request would still be answered
    with the same; None when that is not worth asking."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    fresh: Callable[[], bool] | None = None


class Problem(Exception):
    """An answer that says what went wrong, as RFC 9457 has it."""

    def __init__(self, status: int, name: str, title: str, detail: str, *, headers: tuple[tuple[str, str], ...] = (), **more: Any):
        super().__init__(title)
        self.status, self.headers = status, headers
        self.document = {"type": f"urn:llmops:{name}", "title": title, "status": status, "detail": detail, **more}

    def body(self) -> Body:
        return Body(encoded(self.document), PROBLEM)


def encoded(value: Any) -> bytes:
    """A JSON document as it is sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"


def accepts(header: str, *names: str) -> bool:
    """Whether a list such as that of Accept-Encoding names one of `names`, and not with a weight of nothing.

    >>> accepts("br, gzip;q=0.5", "gzip"), accepts("gzip;q=0", "gzip"), accepts("", "gzip")
    (True, False, False)
    """
    for part in header.lower().split(","):
        name, _, parameters = part.partition(";")
        if name.strip() in names:
            weight = next((text.strip()[2:] for text in parameters.split(";") if text.strip().startswith("q=")), "1")
            return weight.strip("0.") != ""
    return False


def same(tag: str, header: str) -> bool:
    """Whether an If-None-Match header names a tag; the packed form of the same bytes counts as the same.

    >>> same("ab", 'W/"ab", "x"'), same("ab", '"ab-gzip"'), same("ab", "*"), same("ab", '"abc"')
    (True, True, True, False)
    """
    named = [part.strip().removeprefix("W/").strip('"').removesuffix("-gzip") for part in header.split(",")]
    return tag in named or "*" in named
