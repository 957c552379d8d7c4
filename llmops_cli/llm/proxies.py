"""Where an address leads: its origin, and the proxy on the way there."""

from base64 import b64encode
from ipaddress import ip_address, ip_network
from typing import Mapping, NamedTuple
from urllib.parse import unquote, urlsplit

from ..wire import TransportError

_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Scheme, host and port of a server."""

    scheme: str
    host: str
    port: int

    @property
    def bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def authority(self) -> str:
        """What stands in the Host header: no port where it is the usual one.

        >>> Origin("https", "a.example", 443).authority, Origin("http", "::1", 8080).authority
        ('a.example', '[::1]:8080')
        """
        return self.bracketed if self.port == _PORTS[self.scheme] else f"{self.bracketed}:{self.port}"

    @property
    def where(self) -> str:
        return self.authority


class Proxy(NamedTuple):
    """A proxy, and the value of its Proxy-Authorization header, "" without one."""

    host: str
    port: int
    authorization: str

    @property
    def where(self) -> str:
        return f"proxy {self.host}:{self.port}"


def origin_of(address: str) -> Origin:
    """The origin of an address of http or https.

    >>> origin_of("https://api.example.com/v1")
    Origin(scheme='https', host='api.example.com', port=443)
    """
    try:
        parts = urlsplit(address)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in _PORTS or not host:
        raise TransportError("request", "not an address of http", hint="as in https://api.example.com/v1")
    return Origin(scheme, host, port or _PORTS[scheme])


def is_near(host: str) -> bool:
    """Whether a host is this machine, or an address that no router passes on (where clouds hand out credentials).

    >>> [is_near(host) for host in ("localhost", "127.0.0.2", "::1", "169.254.169.254", "10.0.0.1", "example.com")]
    [True, True, True, True, False, False]
    """
    try:
        address = ip_address(host)
        return address.is_loopback or address.is_link_local or address in ip_network("fd00:ec2::/32")
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class Proxies:
    """The proxies that an environment names: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, and NO_PROXY for exceptions, in either case.

    NO_PROXY holds hosts, domains (with or without a dot in front: their subdomains too), addresses, networks as 10.0.0.0/8,
    each with a port if need be, or `*`.
    """

    def __init__(self, environ: Mapping[str, str]):
        def value(name: str) -> str:
            return environ.get(name) or environ.get(name.upper()) or ""
        self._of = {scheme: value(f"{scheme}_proxy") or value("all_proxy") for scheme in _PORTS}
        self._without = [entry.strip().lower() for entry in value("no_proxy").split(",") if entry.strip()]

    def towards(self, origin: Origin) -> Proxy | None:
        """The proxy to a server, None when there is none."""
        address = self._of[origin.scheme]
        if not address or is_near(origin.host) or any(_covers(entry, origin) for entry in self._without):
            return None
        try:
            parts = urlsplit(address if "://" in address else f"http://{address}")
            scheme, port = parts.scheme, parts.port
        except ValueError:
            scheme = ""
        if scheme != "http" or not parts.hostname:
            raise TransportError("proxy", "the proxy's address is not one of http", hint="HTTPS_PROXY=http://host:port; proxies that speak TLS or SOCKS are not supported")
        authorization = ""
        if parts.username is not None:
            words = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            authorization = "Basic " + b64encode(words.encode("utf-8", "surrogateescape")).decode()
        return Proxy(parts.hostname, port or 80, authorization)


def _covers(entry: str, origin: Origin) -> bool:
    """Whether an entry of NO_PROXY is about a server.

    >>> server = Origin("https", "a.example.com", 443)
    >>> [_covers(entry, server) for entry in ("*", "example.com", ".example.com", "ample.com", "example.com:443", "a.example.com:80")]
    [True, True, True, False, True, False]
    >>> _covers("10.0.0.0/8", Origin("https", "10.1.2.3", 443))
    True
    """
    if entry == "*":
        return True
    if "/" in entry:
        try:
            return ip_address(origin.host) in ip_network(entry, strict=False)
        except ValueError:
            return False
    host, colon, port = entry.rpartition(":")
    if colon and port.isdecimal() and len(port) < 6 and (":" not in host or host.startswith("[")):
        if int(port) != origin.port:
            return False
        entry = host
    entry = entry.strip("[]").lstrip(".").removeprefix("*.")
    return origin.host == entry or origin.host.endswith(f".{entry}")
