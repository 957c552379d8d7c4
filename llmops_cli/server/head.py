"""The head of an HTTP/1.1 request, read strictly: what could be read in two ways is refused (RFC 9112)."""

import re
from typing import Mapping, NamedTuple

from .messages import Problem

MOST_HEAD = 32 << 10        # bytes of request line and headers
MOST_TARGET = 8 << 10       # bytes of a path with its query
MOST_HEADERS = 100
MOST_BODY = 64 << 10        # bytes of a body, which nothing here reads

_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([!-~]+) HTTP/(\d)\.(\d)")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*")
_ALONE = ("host", "content-length", "transfer-encoding", "authorization")      # said twice, they could mean two things


class Head(NamedTuple):
    """A request without its body, of which `body` bytes are still to come."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    keep: bool
    body: int


def read_head(raw: bytes) -> Head:
    """The head in its bytes, without the empty line. Problem when it is not one."""
    lines = raw.decode("latin-1").split("\r\n")
    match = _LINE.fullmatch(lines[0])
    if not match:
        raise Problem(400, "bad-request", "That is not an HTTP request", "The request line cannot be read.")
    method, target, major, minor = match.groups()
    if (major, minor) not in (("1", "1"), ("1", "0")):
        raise Problem(505, "bad-version", "That version of HTTP is not spoken here", "HTTP/1.1 and HTTP/1.0 are.")
    if len(target) > MOST_TARGET:
        raise Problem(414, "long-target", "The path is too long", f"Up to {MOST_TARGET:,} bytes are read.")
    headers = _fields(lines[1:])
    path, query = _target(target, method, headers)
    if minor == "1" and "host" not in headers:
        raise Problem(400, "no-host", "The Host header is missing", "HTTP/1.1 asks for it.")
    connection = [word.strip() for word in headers.get("connection", "").lower().split(",")]
    keep = "keep-alive" in connection if minor == "0" else "close" not in connection
    return Head(method, path, query, headers, keep, _body(headers))


def _fields(lines: list[str]) -> dict[str, str]:
    if len(lines) > MOST_HEADERS:
        raise Problem(431, "many-headers", "There are too many headers", f"Up to {MOST_HEADERS} are read.")
    headers: dict[str, str] = {}
    for line in lines:
        match = _FIELD.fullmatch(line)
        if not match:
            raise Problem(400, "bad-header", "A header cannot be read", "It is not made of a name, a colon and a value on one line.")
        name = match[1].lower()
        if name in headers:
            if name in _ALONE:
                raise Problem(400, "repeated-header", "A header is given twice", f"Give {name} once.")
            headers[name] += ", " + match[2]
        else:
            headers[name] = match[2]
    return headers


def _target(target: str, method: str, headers: dict[str, str]) -> tuple[str, str]:
    """Path and query; of a whole address, its host counts as the Host."""
    if target == "*" and method == "OPTIONS":
        return "*", ""
    if target[:7].lower() == "http://":
        host, slash, rest = target[7:].partition("/")
        headers["host"] = host
        target = "/" + rest
    if not target.startswith("/") or "#" in target:
        raise Problem(400, "bad-target", "That is not a path", "A path begins with a slash.")
    path, _, query = target.partition("?")
    return path, query


def _body(headers: Mapping[str, str]) -> int:
    """How many bytes of body follow."""
    if "transfer-encoding" in headers:
        raise Problem(501, "transfer-encoding", "Transfer-Encoding is not taken", "This server only reads; send no body.")
    length = headers.get("content-length", "0")
    if not re.fullmatch(r"\d{1,18}", length, re.ASCII):
        raise Problem(400, "bad-length", "Content-Length is not a number", "Send no body, or say how long it is.")
    if int(length) > MOST_BODY:
        raise Problem(413, "long-body", "The body is too long", "This server only reads; send no body.")
    return int(length)
