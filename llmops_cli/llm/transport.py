"""From request to response over HTTP: connections kept alive, time-outs, proxies, certificates, limits.

A transport is any callable that takes a `Request` and returns a `Response` or raises `TransportError`. `Urllib` is the one
that the program uses: an opener of `urllib.request` whose handler for http and https is ours. Handlers of one's own
(a cookie jar, a company's sign-on) may be passed along.
"""

import socket
import urllib.request
from collections import deque
from typing import Any, Callable, Mapping, NamedTuple

from ..wire import Headers, Request, Response, Transport, TransportError
from .connection import Body, Connection, Cut
from .proxies import Origin, Proxies, Proxy, is_near, origin_of

__all__ = ["Opened", "Request", "Response", "Transport", "TransportError", "Urllib"]

CONNECT_SECONDS = 5.0       # for a connection, its TLS included
READ_SECONDS = 60.0         # for a single read or write
BODY_LIMIT = 8_000_000      # bytes of an answer that is read whole


class Opened(NamedTuple):
    """A response whose body is still to be read, to its end or until it is closed."""

    status: int
    headers: Headers
    stream: Body


class Urllib:
    """A transport for any number of threads: each exchange has a connection to itself, which is kept for the next.

    `environ` gives HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR and AWS_CA_BUNDLE; `now` is a
    clock in seconds. Plain http goes no farther than this machine, unless `insecure`.
    """

    def __init__(self, environ: Mapping[str, str], now: Callable[[], float], *, connect_seconds: float = CONNECT_SECONDS,
                 read_seconds: float = READ_SECONDS, limit: int = BODY_LIMIT, insecure: bool = False,
                 handlers: tuple[urllib.request.BaseHandler, ...] = ()):
        self._wires = _KeptAlive(environ, now, connect_seconds, read_seconds, insecure)
        self._limit = limit
        self._opener = urllib.request.OpenerDirector()
        for handler in (self._wires, *handlers):
            self._opener.add_handler(handler)

    def __call__(self, request: Request) -> Response:
        """Send, and read the whole answer."""
        opened = self._opened(request)
        return Response(opened.status, opened.headers, opened.stream.whole(self._limit))

    def open(self, request: Request) -> Opened:
        """Send, and read the head of the answer; its body is a stream of bytes that raises TransportError. The request's own
        time-out ends with the head: each read of the body may take `read_seconds`."""
        opened = self._opened(request)
        opened.stream.take_time()
        return opened

    def _opened(self, request: Request) -> Opened:
        try:
            carrier = urllib.request.Request(request.url, method=request.method)
        except ValueError:
            raise TransportError("request", "not an address of http", hint="as in https://api.example.com/v1") from None
        carrier.exchange = request
        opened = self._opener.open(carrier)
        if opened is None:
            raise TransportError("request", "not an address of http", hint="as in https://api.example.com/v1")
        return opened

    def close(self) -> None:
        """Close the connections that are kept."""
        self._wires.close()


class _KeptAlive(urllib.request.BaseHandler):
    """Handles http and https with connections that are kept and used again, the last one first."""

    def __init__(self, environ: Mapping[str, str], now: Callable[[], float], connect_seconds: float, read_seconds: float, insecure: bool):
        self._proxies = Proxies(environ)
        self._bundle = environ.get("AWS_CA_BUNDLE") or environ.get("SSL_CERT_FILE") or None
        self._folder = environ.get("SSL_CERT_DIR") or None
        self._now, self._connect_seconds, self._read_seconds, self._insecure = now, connect_seconds, read_seconds, insecure
        self._idle: dict[str, deque[Connection]] = {}
        self._origins: dict[str, tuple[Origin, Proxy | None]] = {}
        self._tls: Any = None

    def http_open(self, carrier: urllib.request.Request) -> Opened:
        """Called by the opener, as https_open is."""
        request: Request = carrier.exchange
        if carrier.headers:     # what other handlers have added
            request = request._replace(headers={**request.headers, **carrier.headers})
        place = request.url.split("/", 3)
        server = "/".join(place[:3])
        origin, proxy = self._origins.get(server) or self._get_to_know(server)
        target = "/" + place[3].partition("#")[0] if len(place) > 3 else "/"
        if proxy and origin.scheme == "http":
            target = server + target
        head = _head_of(request, origin, target, proxy)
        left = self._left(request.timeout)
        idle = self._idle[server]
        while True:
            connection = _last_alive(idle)
            reused = connection is not None
            if connection is None:
                connection = self._connect(origin, proxy, left)
            try:
                status, headers, lasting = _exchange(connection, head, request.body, left)
                break
            except Cut as cut:
                connection.close()
                if cut.silent and reused:       # it had been closed while it lay idle: the others probably too
                    while idle:
                        idle.pop().close()
                    continue
                raise TransportError("cut", "the connection was cut before the answer came", where=origin.where) from None
            except BaseException:
                connection.close()
                raise

        def release(connection: Connection, reusable: bool) -> None:
            if reusable:
                idle.append(connection)
            else:
                connection.close()

        return Opened(status, headers, Body(connection, request.method, status, headers, lasting, release))

    https_open = http_open

    def _left(self, seconds: "float | Callable[[], float] | None") -> Callable[[], float] | None:
        """A function that tells how many of so many seconds are left."""
        if seconds is None or callable(seconds):
            return seconds
        ends = self._now() + seconds
        return lambda: ends - self._now()

    def _get_to_know(self, server: str) -> tuple[Origin, Proxy | None]:
        origin = origin_of(server)
        if origin.scheme == "http" and not self._insecure and not is_near(origin.host):
            raise TransportError("plain", "would be sent without encryption", where=origin.where, hint="use https://, or --insecure in a network you trust")
        self._idle.setdefault(server, deque())
        self._origins[server] = origin, self._proxies.towards(origin)
        return self._origins[server]

    def _connect(self, origin: Origin, proxy: Proxy | None, left: "Callable[[], float] | None") -> Connection:
        seconds = self._connect_seconds if left is None else max(0.001, min(self._connect_seconds, left()))
        sock = _dialled(proxy or origin, seconds)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if origin.scheme == "https":
                if proxy:
                    _tunnel(Connection(sock, seconds, proxy.where), origin, proxy, self._left(seconds))
                sock.settimeout(seconds)
                sock = self._encrypted(sock, origin)
        except BaseException:
            sock.close()
            raise
        return Connection(sock, self._read_seconds, origin.where)

    def _encrypted(self, sock: socket.socket, origin: Origin) -> socket.socket:
        import ssl
        try:
            if self._tls is None:
                self._tls = ssl.create_default_context(cafile=self._bundle, capath=self._folder)
        except (OSError, ssl.SSLError):
            raise TransportError("certificate", "the certificates cannot be read", where=self._bundle or self._folder or "",
                                 hint="AWS_CA_BUNDLE or SSL_CERT_FILE names a file of certificates in PEM form") from None
        try:
            return self._tls.wrap_socket(sock, server_hostname=origin.host)
        except ssl.SSLCertVerificationError as error:
            raise TransportError("certificate", f"its certificate is not trusted: {error.verify_message}", where=origin.where,
                                 hint="SSL_CERT_FILE or AWS_CA_BUNDLE names the certificates of your company's authority") from None
        except TimeoutError:
            raise TransportError("connect", "no TLS connection in time", where=origin.where, hint="check host and port of the address") from None
        except (ssl.SSLEOFError, ConnectionError):
            raise TransportError("cut", "the connection was cut while TLS was agreed on", where=origin.where, hint="check that the port speaks https") from None
        except (ssl.SSLError, OSError):
            raise TransportError("tls", "this port speaks no TLS that we speak", where=origin.where, hint="write http:// if it is a server of your own without TLS") from None

    def close(self) -> None:
        for idle in self._idle.values():
            while idle:
                idle.pop().close()


def _last_alive(idle: "deque[Connection]") -> Connection | None:
    """The connection used last that its server has not closed."""
    while True:
        try:
            connection = idle.pop()
        except IndexError:
            return None
        if connection.alive():
            return connection
        connection.close()


def _exchange(connection: Connection, head: bytes, body: bytes, left: Callable[[], float] | None) -> tuple[int, Headers, bool]:
    try:
        connection.send(head, body, left)
    except Cut:
        if len(body) < 1 << 16:
            raise
        status, headers, _ = connection.head()      # it may have refused a large body before all of it was sent
        return status, headers, False
    return connection.head()


def _head_of(request: Request, origin: Origin, target: str, proxy: Proxy | None) -> bytes:
    """Request line and headers as bytes, with those that every request needs."""
    lines = [f"{request.method} {target} HTTP/1.1"]
    named = {name.lower() for name in request.headers}
    if "host" not in named:
        lines.append(f"Host: {origin.authority}")
    if "accept-encoding" not in named:
        lines.append("Accept-Encoding: identity")
    if "content-length" not in named and (request.body or request.method in ("POST", "PUT", "PATCH")):
        lines.append(f"Content-Length: {len(request.body)}")
    if proxy and proxy.authorization and origin.scheme == "http":
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    text = "\r\n".join(lines)
    if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1 or " " in target:
        raise TransportError("request", "a header or the address holds a line break or a space", where=origin.where,
                             hint="a key read from a file may end in a line break")
    try:
        return text.encode("latin-1") + b"\r\n\r\n"
    except UnicodeEncodeError:
        raise TransportError("request", "a header or the address holds a letter that HTTP cannot carry", where=origin.where,
                             hint="a key may have been pasted with a typographic quote or dash") from None


def _dialled(end: Origin | Proxy, seconds: float) -> socket.socket:
    try:
        return socket.create_connection((end.host, end.port), seconds)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise TransportError("lookup", "its name cannot be looked up at the moment", where=end.where, hint="check the network") from None
        raise TransportError("name", "there is no such host", where=end.where, hint="check the spelling of the address, and the network") from None
    except TimeoutError:
        raise TransportError("connect", "no connection in time", where=end.where, hint="check host, port and firewall; a proxy is set with HTTPS_PROXY") from None
    except ConnectionRefusedError:
        raise TransportError("refused", "the connection was refused", where=end.where, hint="check that the server runs and the port is right") from None
    except (OSError, UnicodeError) as error:
        raise TransportError("unreachable", f"cannot be reached: {getattr(error, 'strerror', '') or 'bad host name'}", where=end.where, hint="check the network") from None


def _tunnel(connection: Connection, origin: Origin, proxy: Proxy, left: Callable[[], float] | None) -> None:
    """Have the proxy connect us through (RFC 9110, section 9.3.6)."""
    server = f"{origin.bracketed}:{origin.port}"
    lines = [f"CONNECT {server} HTTP/1.1", f"Host: {server}"] + [f"Proxy-Authorization: {proxy.authorization}"] * bool(proxy.authorization)
    try:
        connection.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), b"", left)
        status, _, _ = connection.head()
    except Cut:
        raise TransportError("proxy", "the proxy ended the connection", where=proxy.where, retry=True) from None
    if status // 100 != 2:
        raise TransportError("proxy", f"the proxy answered {status}", where=proxy.where, retry=status >= 500,
                             hint="it asks for user and password: HTTPS_PROXY=http://user:password@host:port" if status == 407 else "NO_PROXY lists hosts that need none")
