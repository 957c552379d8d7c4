"""Who may ask, and from where: hosts, tokens, other origins."""

import base64
import binascii
import hmac
import ipaddress
from typing import NamedTuple

from .messages import Problem, Request

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class Access(NamedTuple):
    """The rules of a server: the token ("" for none), the names it goes by, the origins whose pages may read it."""

    token: str = ""
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()

    def check_host(self, request: Request) -> None:
        """Refuse a Host that is not ours: a name that some page had pointed at this address (DNS rebinding)."""
        if not request.local:
            return
        name = host_of(request.headers.get("host", ""))
        if name not in self.hosts and not (name in LOOPBACK_NAMES if is_loopback(request.local) else name == request.local):
            raise Problem(421, "unknown-host", "This server does not go by that name",
                          "The Host header names neither the address of this server nor a name it was given with --allow-host.")

    def check_token(self, request: Request) -> None:
        """Refuse a request without the token: as a bearer token or as the password of Basic."""
        if self.token and not hmac.compare_digest(_given(request.headers.get("authorization", "")), self.token.encode()):
            raise Problem(401, "no-token", "A token is needed", "Send it as a bearer token, or as the password of Basic with any user name.",
                          headers=(("WWW-Authenticate", 'Basic realm="llmops", charset="UTF-8", Bearer realm="llmops"'),))

    def origin_headers(self, request: Request) -> tuple[tuple[str, str], ...]:
        """The headers that let a page of an allowed origin read the answer."""
        origin = request.headers.get("origin")
        if not self.origins:
            return ()
        if origin is None or not (origin in self.origins or "*" in self.origins):
            return (("Vary", "Origin"),)
        return (("Access-Control-Allow-Origin", "*" if "*" in self.origins else origin), ("Vary", "Origin"), ("Access-Control-Expose-Headers", "ETag"))


def _given(header: str) -> bytes:
    """The token in an Authorization header, b"" when there is none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("latin-1", "replace")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value.strip(), validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return b""


def host_of(header: str) -> str:
    """The name in a Host header, without its port.

    >>> host_of("Localhost:8080"), host_of("[::1]:80"), host_of("10.0.0.1"), host_of("FE80::1")
    ('localhost', '::1', '10.0.0.1', 'fe80::1')
    """
    if header.count(":") > 1 and not header.startswith("["):
        return header.lower()       # an address of version 6 as --allow-host may give it
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].rstrip(".").lower()


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an address.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
