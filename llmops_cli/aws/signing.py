"""Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)."""

import hashlib
import hmac
from datetime import datetime, timezone
from typing import Any, Callable, Iterable, Mapping, NamedTuple
from urllib.parse import quote

from ..wire import Request, Response
from .errors import EXPIRED_CODES, SKEW_CODES, code_of

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY = hashlib.sha256(b"").hexdigest()
UNSIGNED = "UNSIGNED-PAYLOAD"
SKEW_SECONDS = 60.0         # a clock that is right within that is not what a server complains of
# Headers that a proxy or the transport may change.
_LEFT_OUT = {"authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id"}
_UNRESERVED = "-_.~"


class Parts(NamedTuple):
    """What is signed, and the signature: each is as the standard calls it."""

    canonical_request: str
    string_to_sign: str
    authorization: str


def canonical_path(path: str, *, double_encode: bool = True, normalize: bool = True) -> str:
    """The path of a request as it is signed; S3 wants it neither normalized nor encoded once more.

    >>> canonical_path("/model/arn%3Aaws/converse"), canonical_path("/a//./b/../c/")
    ('/model/arn%253Aaws/converse', '/a/c/')
    """
    path = path or "/"
    if normalize:
        kept: list[str] = []
        for part in path.split("/"):
            if part == "..":
                del kept[-1:]
            elif part not in ("", "."):
                kept.append(part)
        slash = "/" if kept and path.endswith("/") else ""
        path = f"/{'/'.join(kept)}{slash}"
    return quote(path, safe="/" + _UNRESERVED if double_encode else "/%" + _UNRESERVED)


def canonical_query(query: str) -> str:
    """Parameters encoded and sorted by name, then value.

    >>> canonical_query("b=2&a=x%2Fy&a=1&c")
    'a=1&a=x%2Fy&b=2&c='
    """
    if not query:
        return ""
    pairs = sorted(tuple(quote(word, safe="%" + _UNRESERVED) for word in pair.partition("=")[::2]) for pair in query.split("&") if pair)
    return "&".join(f"{name}={value}" for name, value in pairs)


def canonical_headers(headers: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """(the header lines, their names with semicolons between): lower case, sorted, runs of white space as one space."""
    values: dict[str, list[str]] = {}
    for name, value in headers:
        name = name.lower()
        if name not in _LEFT_OUT:
            values.setdefault(name, []).append(" ".join(value.split()))
    names = sorted(values)
    return "".join(f"{name}:{','.join(values[name])}\n" for name in names), ";".join(names)


def signature(method: str, target: str, headers: Iterable[tuple[str, str]], payload: str, access_key: str, key: bytes, scope: str,
              moment: str, *, double_encode: bool = True, normalize: bool = True) -> Parts:
    """The signature of a request: `target` its path and query, `payload` the SHA-256 of its body in hex, `key` the signing key
    of `scope` ("20260103/eu-central-1/bedrock/aws4_request"), `moment` its time ("20260103T101500Z")."""
    path, _, query = target.partition("?")
    lines, names = canonical_headers(headers)
    request = "\n".join((method, canonical_path(path, double_encode=double_encode, normalize=normalize), canonical_query(query), lines, names, payload))
    text = "\n".join((ALGORITHM, moment, scope, hashlib.sha256(request.encode("utf-8", "surrogateescape")).hexdigest()))
    signed = hmac.digest(key, text.encode(), "sha256").hex()
    return Parts(request, text, f"{ALGORITHM} Credential={access_key}/{scope}, SignedHeaders={names}, Signature={signed}")


def signing_key(secret_key: str, date: str, region: str, service: str) -> bytes:
    """The key of a day, a region and a service."""
    key = f"AWS4{secret_key}".encode("utf-8", "surrogateescape")
    for word in (date, region, service, "aws4_request"):
        key = hmac.digest(key, word.encode(), "sha256")
    return key


class Signer:
    """Signs requests to one service of one region. `credentials` has `get()` and `renew()`; `time` is seconds since 1970.

    Its clock is put right once, when a server says that it is wrong and tells its own time.
    """

    def __init__(self, credentials: Any, region: str, service: str, time: Callable[[], float]):
        self.credentials, self.region, self.service, self._time = credentials, region, service, time
        self._s3 = service == "s3"
        self._ahead = 0.0           # of our clock, the server's
        self._key: tuple[tuple[str, str], bytes] | None = None
        self._second: tuple[int, str] | None = None

    def __call__(self, request: Request, payload: str | None = None) -> Request:
        """The same request with X-Amz-Date, X-Amz-Security-Token and Authorization. `payload` is the hash of the body in hex,
        or UNSIGNED; None computes it."""
        credentials, moment = self.credentials.get(), self._moment()
        scheme, rest = request.url.split("://", 1)
        authority, slash, target = rest.partition("/")
        target = (slash + target.partition("#")[0]) or "/"
        if "?" in authority:
            authority, _, query = authority.partition("?")
            target = f"/?{query}"
        headers = dict(request.headers)
        headers["X-Amz-Date"] = moment
        if credentials.token:
            headers["X-Amz-Security-Token"] = credentials.token
        if payload is None:
            payload = hashlib.sha256(request.body).hexdigest() if request.body else EMPTY
        if self._s3:
            headers["X-Amz-Content-SHA256"] = payload
        signed = headers if any(name.lower() == "host" for name in headers) else {**headers, "Host": _host(scheme, authority)}
        date = moment[:8]
        parts = signature(request.method, target, signed.items(), payload, credentials.access_key, self._day_key(credentials.secret_key, date),
                          f"{date}/{self.region}/{self.service}/aws4_request", moment, double_encode=not self._s3, normalize=not self._s3)
        headers["Authorization"] = parts.authorization
        return request._replace(headers=headers)

    def _moment(self) -> str:
        second = int(self._time() + self._ahead)
        if self._second is None or self._second[0] != second:
            self._second = second, datetime.fromtimestamp(second, timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        return self._second[1]

    def _day_key(self, secret_key: str, date: str) -> bytes:
        held = self._key
        if held is None or held[0] != (secret_key, date):
            held = self._key = (secret_key, date), signing_key(secret_key, date, self.region, self.service)
        return held[1]

    def mend(self, response: Response) -> bool:
        """Put right what a refusal complains of: a clock that is off, credentials that have run out. True when something was."""
        code = code_of(response)
        if code in EXPIRED_CODES:
            return self.credentials.renew()
        if code not in SKEW_CODES and response.status not in (401, 403):
            return False
        server = _date(response.headers)
        if self._ahead or server is None or abs(server - self._time()) < SKEW_SECONDS:
            return False
        self._ahead = server - self._time()
        return True


class Bearer:
    """Adds an API key in place of a signature."""

    def __init__(self, token: str):
        self._token = token

    def __call__(self, request: Request, payload: str | None = None) -> Request:
        return request._replace(headers={**request.headers, "Authorization": f"Bearer {self._token}"})

    def mend(self, response: Response) -> bool:
        return False


def _host(scheme: str, authority: str) -> str:
    """What the transport sends as Host: no port where it is the usual one."""
    host = authority.rpartition("@")[2].lower()
    return host.removesuffix(":443") if scheme == "https" else host.removesuffix(":80")


def _date(headers: Mapping[str, str]) -> float | None:
    from email.utils import parsedate_to_datetime
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, TypeError, IndexError):
        return None
