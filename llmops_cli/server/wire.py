"""HTTP over sockets: a thread for each connection, kept alive, with a limit on everything that a client may hold up."""

import socket
import struct
import threading
import time
from email.utils import formatdate
from http.server import ThreadingHTTPServer
from socketserver import BaseRequestHandler, TCPServer
from typing import Any, Callable, NamedTuple

from ..version import VERSION
from .head import MOST_HEAD, Head, read_head
from .messages import REASONS, Answer, Body, Problem, Request
from .service import Service

MOST_CONNECTIONS = 256      # open at a time; one more is told to come back
IDLE_SECONDS = 15.0         # between the requests of a connection
HEAD_SECONDS = 10.0         # for all of a request's head and body
SEND_SECONDS = 30.0         # for an answer that the client takes slowly, and a second more for each SLOWEST bytes
SLOWEST = 16 << 10
STOP_SECONDS = 10.0         # for what is under way when the server is told to stop
LINGER = 16 << 20           # bytes that are read and thrown away, so that a refused client gets to read why
MOST_REMEMBERED = 512       # heads whose answers are remembered
LONGEST_REMEMBERED = 2048   # bytes of such a head

BUSY = Problem(503, "busy", "Too many connections are open", f"This server holds {MOST_CONNECTIONS}; try again in a moment.", headers=(("Retry-After", "1"),))


class _Remembered(NamedTuple):
    """An answer on its way out: its bytes around the date, whether it would still be given, and whether the connection stays."""

    before: bytes
    after: bytes
    fresh: Callable[[], bool] | None
    keep: bool
    status: int


class Server(ThreadingHTTPServer):
    """Listens at an address and answers from a service. `log` gets a line for each answer, when it is given."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, host: str, port: int, service: Service, log: Callable[[str], None] | None = None, crashed: Callable[[], None] = lambda: None):
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.service, self.log, self.crashed = service, log, crashed
        self.connections: set[socket.socket] = set()
        self.remembered: dict[Any, _Remembered] = {}
        self.stopping = False
        self._counting = threading.Condition()
        self._turned_away = threading.Semaphore(32)
        super().__init__((host, port), Connection)

    def server_bind(self) -> None:
        """Bind without asking the name service who we are."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._counting:
            room = len(self.connections) < MOST_CONNECTIONS
            if room:
                self.connections.add(request)
        if room:
            super().process_request(request, client_address)
        elif self._turned_away.acquire(blocking=False):
            threading.Thread(target=self._turn_away, args=(request,), daemon=True).start()
        else:
            self.shutdown_request(request)

    def _turn_away(self, request: socket.socket) -> None:
        try:
            request.settimeout(2)
            before, after = wire_form(refusal(BUSY), False, "GET")
            request.sendall(b"".join((before, self.date(), after)))
            self.service.count(503)
            linger(request)
        except OSError:
            pass            # it went away by itself
        finally:
            self._turned_away.release()
            self.shutdown_request(request)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._counting:
            self.connections.discard(request)
            self._counting.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is no news; a bug is."""
        self.crashed()

    def stop(self) -> None:
        """Take no more connections, let what is under way finish, and end; from another thread than the one that serves."""
        self.stopping = True
        self.shutdown()
        self.server_close()
        with self._counting:
            for connection in self.connections:
                try:
                    connection.shutdown(socket.SHUT_RD)     # whoever waits for a request learns that none will come
                except OSError:
                    pass
            self._counting.wait_for(lambda: not self.connections, STOP_SECONDS)

    def date(self) -> bytes:
        """The time as headers say it."""
        now = int(time.time())
        if now != self._date[0]:
            self._date = now, formatdate(now, usegmt=True).encode()
        return self._date[1]

    _date = (0, b"")


class Connection(BaseRequestHandler):
    """One client: request after request until it leaves, is idle for too long, or breaks a limit."""

    server: Server

    def handle(self) -> None:
        connection = self.request
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wait_for(IDLE_SECONDS)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _interval(SEND_SECONDS))
        self.local = connection.getsockname()[0].removeprefix("::ffff:")
        self.waiting = b""
        server = self.server
        try:
            while not server.stopping and (raw := self._head()) is not None:
                known = server.remembered.get((self.local, raw)) if server.log is None else None
                if known and known.fresh():
                    server.service.count(known.status)
                    connection.sendall(b"".join((known.before, server.date(), known.after)))
                    keep = known.keep
                else:
                    keep = self._answer(raw)
                if not keep:
                    break
        except Problem as problem:
            self._refuse(problem)
        except (BlockingIOError, ConnectionError, TimeoutError):
            pass            # the client went away, or took too long to take what it asked for

    def _wait_for(self, seconds: float) -> None:
        """How long the client may be silent from now on."""
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _interval(max(0.001, seconds)))

    def _head(self) -> bytes | None:
        """The next head, without its empty line; None when the client has left or is silent."""
        data = self.waiting.lstrip(b"\r\n") if self.waiting else b""
        began = time.monotonic() if data else 0.0
        pressed = False             # whether the client has less time now than between requests
        while True:
            end = data.find(b"\r\n\r\n")
            if end >= 0:
                if pressed:
                    self._wait_for(IDLE_SECONDS)
                self.waiting = data[end + 4:]
                return data[:end] if end <= MOST_HEAD else self._too_long()
            if len(data) > MOST_HEAD:
                self._too_long()
            if data:
                self._wait_for(began + HEAD_SECONDS - time.monotonic())
                pressed = True
            try:
                more = self.request.recv(65536)
            except BlockingIOError:
                if not data:
                    return None
                more = None
            if more == b"":
                return None
            if not data:
                data = more.lstrip(b"\r\n")     # a line end too many after the request before (RFC 9112, 2.2)
                began = time.monotonic()
                continue
            if more is None or time.monotonic() - began > HEAD_SECONDS:
                raise Problem(408, "slow-request", "The request took too long", f"All of it must be here within {HEAD_SECONDS:.0f} seconds.")
            data += more

    @staticmethod
    def _too_long() -> None:
        raise Problem(431, "long-head", "The headers are too long", f"Up to {MOST_HEAD:,} bytes are read.")

    def _answer(self, raw: bytes) -> bool:
        """Answer one request; whether the connection stays."""
        server = self.server
        head = read_head(raw)
        self._pass_over_body(head)
        try:
            answer = server.service.answer(Request(head.method, head.path, head.query, head.headers, self.local))
        except (Problem, ConnectionError):
            raise
        except Exception:
            server.crashed()
            answer, head = refusal(Problem(500, "bug", "Something went wrong here", "It stands in the log of the server.")), head._replace(keep=False)
        keep = head.keep and not server.stopping
        before, after = wire_form(answer, keep, head.method)
        if answer.fresh and head.keep and len(raw) <= LONGEST_REMEMBERED and server.log is None:
            if len(server.remembered) >= MOST_REMEMBERED:
                server.remembered.clear()
            server.remembered[self.local, raw] = _Remembered(before, after, answer.fresh, keep, answer.status)
        self._send(b"".join((before, server.date(), after)))
        if server.log:
            server.log(f"{self.client_address[0]} {head.method} {head.path} {answer.status} {len(answer.body)}")
        return keep

    def _send(self, data: bytes) -> None:
        """Send an answer; TimeoutError when it is taken too slowly."""
        view, until = memoryview(data), time.monotonic() + SEND_SECONDS + len(data) / SLOWEST
        while view:
            view = view[self.request.send(view[:1 << 18]):]
            if view and time.monotonic() > until:
                raise TimeoutError

    def _pass_over_body(self, head: Head) -> None:
        """Read a body that nobody asked for, so that the next request begins where it should."""
        left, until = head.body - len(self.waiting), time.monotonic() + HEAD_SECONDS
        self.waiting = self.waiting[head.body:]
        if left <= 0:
            return
        while left > 0:
            self._wait_for(until - time.monotonic())
            try:
                more = self.request.recv(min(left, 65536))
            except BlockingIOError:
                more = b""
            if not more or time.monotonic() > until:
                raise Problem(408, "slow-request", "The request took too long", "The body that was promised did not come.")
            left -= len(more)
        self._wait_for(IDLE_SECONDS)

    def _refuse(self, problem: Problem) -> None:
        """Say what was wrong with a request that cannot be answered, and close."""
        self.server.service.count(problem.status)
        if self.server.log:
            self.server.log(f"{self.client_address[0]} - - {problem.status} 0")
        try:
            before, after = wire_form(refusal(problem), False, "GET")
            self._send(b"".join((before, self.server.date(), after)))
            linger(self.request)
        except OSError:
            pass            # the client did not wait for it


def refusal(problem: Problem) -> Answer:
    """The answer that a problem makes where no request could be read."""
    body: Body = problem.body()
    return Answer(problem.status, (*problem.headers, ("Content-Type", body.type), ("Content-Length", str(len(body.data)))), body.data)


def wire_form(answer: Answer, keep: bool, method: str) -> tuple[bytes, bytes]:
    """An answer as bytes: what goes before the value of its Date, and what after."""
    lines = [f"HTTP/1.1 {answer.status} {REASONS[answer.status]}", f"Server: llmops/{VERSION}",
             *(f"{name}: {value}" for name, value in answer.headers), f"Connection: {'keep-alive' if keep else 'close'}"]
    return ("\r\n".join(lines) + "\r\nDate: ").encode("latin-1"), b"\r\n\r\n" + (b"" if method == "HEAD" else answer.body)


def linger(connection: socket.socket) -> None:
    """Close our side and read on for a moment: closing at once would take away what the client has not read yet."""
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(0.5)
    until, left = time.monotonic() + 3, LINGER
    try:
        while left > 0 and time.monotonic() < until and (more := connection.recv(1 << 20)):
            left -= len(more)
    except OSError:
        pass


def _interval(seconds: float) -> bytes:
    """A length of time as socket options take it."""
    return struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
