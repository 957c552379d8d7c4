"""One HTTP/1.1 connection (RFC 9112): a request goes out whole, the head of its answer is read at once, its body as asked."""

import io
import re
import socket
from typing import Callable

from ..wire import Headers, TransportError

HEAD_LIMIT = 1 << 18        # bytes of status line and headers
PIECE = 1 << 16             # bytes asked of the socket at a time
_NO_BODY = (204, 304)
_LENGTH = re.compile(r"[0-9]{1,18}").fullmatch
_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,40}").fullmatch


class Cut(Exception):
    """The connection ended; `silent` when not one byte of an answer had come."""

    def __init__(self, silent: bool):
        self.silent = silent


class Connection:
    """A connected socket and what was read from it beyond the answer before. `patience` is how many seconds a single read or
    write may take, `where` the server as messages name it."""

    def __init__(self, sock: socket.socket, patience: float, where: str):
        self._sock, self._patience, self.where = sock, patience, where
        self._rest = b""
        self._left: Callable[[], float] | None = None
        self._hurried = False       # less than the usual patience was left for the last read or write
        self.uses = 0

    def alive(self) -> bool:
        """Whether the other side has left the connection open and said nothing unasked."""
        self._sock.settimeout(0)
        try:
            self._sock.recv(1)      # the end of the connection, or a byte nobody asked for; TLS reads its own messages here
        except BlockingIOError:
            return True
        except OSError as error:
            return type(error).__name__ == "SSLWantReadError"
        return False

    def close(self) -> None:
        self._sock.close()

    # Out --------------------------------------------------------------------------------------------------------------

    def send(self, head: bytes, body: bytes, left: Callable[[], float] | None) -> None:
        """Send a request; `left` tells the seconds left for it and its answer. Cut when the other side is gone."""
        self._left = left
        self.uses += 1
        try:
            self._limit()
            if len(body) < PIECE:
                self._sock.sendall(head + body)
            else:
                self._sock.sendall(head)
                view = memoryview(body)
                for at in range(0, len(view), 1 << 20):     # a time-out is for a megabyte, not for all of it
                    self._limit()
                    self._sock.sendall(view[at:at + (1 << 20)])
        except TimeoutError:
            raise self.late() from None
        except OSError:
            raise Cut(silent=True) from None

    def _limit(self) -> None:
        """Give the next read or write the time that is left."""
        if self._left is None:
            self._sock.settimeout(self._patience)
            return
        left = self._left()
        if left <= 0:
            raise TimeoutError
        self._hurried = left < self._patience
        self._sock.settimeout(min(left, self._patience))

    def _more_time(self) -> bool:
        """Whether a read that has just timed out has been given more time meanwhile."""
        return self._hurried and self._left is not None and self._left() > 0

    def unbind(self) -> None:
        self._left, self._hurried = None, False

    def late(self) -> TransportError:
        return TransportError("timeout", "no answer in time", where=self.where, hint="it may be overloaded, or a proxy in between may be")

    # In ---------------------------------------------------------------------------------------------------------------

    def receive(self, size: int = PIECE) -> bytes:
        """The next bytes of the answer, b"" at the end of the connection."""
        if self._rest:
            data, self._rest = self._rest[:size], self._rest[size:]
            return data
        while True:
            try:
                self._limit()
                return self._sock.recv(size)
            except TimeoutError:
                if not self._more_time():
                    raise self.late() from None
            except OSError:
                raise Cut(silent=False) from None

    def receive_into(self, buffer: memoryview) -> int:
        """Fill the start of a buffer; how many bytes came, 0 at the end of the connection."""
        if self._rest:
            data = self.receive(len(buffer))
            buffer[:len(data)] = data
            return len(data)
        while True:
            try:
                self._limit()
                return self._sock.recv_into(buffer)
            except TimeoutError:
                if not self._more_time():
                    raise self.late() from None
            except OSError:
                raise Cut(silent=False) from None

    def line(self) -> bytes:
        """A line of the framing of a chunked body, without its end."""
        found = self._rest
        self._rest = b""
        while (end := found.find(b"\n")) < 0:
            if len(found) > PIECE:
                raise TransportError("http", "the answer is not HTTP", where=self.where)
            found += self._more()
        self._rest = found[end + 1:]
        return found[:end].rstrip(b"\r")

    def _more(self) -> bytes:
        data = self.receive()
        if not data:
            raise Cut(silent=False)
        return data

    def head(self) -> tuple[int, Headers, bool]:
        """(status, headers, whether the connection may be used again) of the final answer; 1xx ones are passed over."""
        while True:
            status, headers, lasting = self._one_head()
            if status >= 200 or status == 101:
                return status, headers, lasting

    def _one_head(self) -> tuple[int, Headers, bool]:
        found = self._rest
        self._rest = b""
        while (end := found.find(b"\r\n\r\n")) < 0:
            if found and not b"HTTP/1.".startswith(found[:7]):
                break
            if len(found) > HEAD_LIMIT:
                raise TransportError("large", "the head of the answer is too large", where=self.where)
            try:
                data = self.receive()
            except Cut:
                raise Cut(silent=not found) from None
            if not data:
                raise Cut(silent=not found)
            found += data
        if not found.startswith(b"HTTP/1.") or not found[9:12].isdigit():
            raise self._not_http(found)
        lines = found[:end].decode("latin-1").split("\r\n")
        self._rest = found[end + 4:]
        headers = Headers()
        put = dict.__setitem__
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.lower()
            put(headers, name, f"{headers[name]}, {value.strip()}" if dict.__contains__(headers, name) else value.strip())
        tokens = dict.get(headers, "connection", "").lower()
        lasting = "close" not in tokens if found[7:8] == b"1" else "keep-alive" in tokens
        return int(found[9:12]), headers, lasting

    def _not_http(self, found: bytes) -> TransportError:
        if found[:2] in (b"\x15\x03", b"\x16\x03"):
            return TransportError("http", "this port speaks TLS", where=self.where, hint="write https:// in the address")
        return TransportError("http", "the answer is not HTTP", where=self.where, hint="check host and port of the address")


class Body(io.RawIOBase):
    """The body of an answer as a stream. `release(reusable)` is called once, when it has been read or closed."""

    def __init__(self, connection: Connection, method: str, status: int, headers: Headers, lasting: bool,
                 release: Callable[[Connection, bool], None]):
        self._connection, self._lasting, self._release = connection, lasting, release
        self._chunked, self._left, self._done = False, 0, False
        if method == "HEAD" or status in _NO_BODY:
            self._left = 0
        elif "chunked" in dict.get(headers, "transfer-encoding", "").lower():
            self._chunked = True
        elif (length := dict.get(headers, "content-length")) is not None:
            lengths = {part.strip() for part in length.split(",")}
            if len(lengths) > 1 or not _LENGTH(length.split(",")[0].strip()):
                self._finish(False)
                raise TransportError("http", "the answer has no sensible length", where=connection.where)
            self._left = int(lengths.pop())
        else:
            self._left, self._lasting = -1, False       # until the connection ends
        if not self._left and not self._chunked:
            self._finish(self._lasting)

    def _finish(self, reusable: bool) -> None:
        if not self._done:
            self._done = True
            self._release(self._connection, reusable)

    def readable(self) -> bool:
        return True

    def take_time(self) -> None:
        """From here on only single reads are bound in time."""
        self._connection.unbind()

    def close(self) -> None:
        self._finish(False)
        super().close()

    def readinto(self, buffer) -> int:
        try:
            return self._readinto(memoryview(buffer))
        except Cut:
            self._finish(False)
            raise TransportError("cut", "the connection was cut in the middle of the answer", where=self._connection.where) from None
        except TransportError:
            self._finish(False)
            raise

    def _readinto(self, buffer: memoryview) -> int:
        if self._done:
            return 0
        if self._chunked and not self._left and not self._next_chunk():
            return 0
        if self._left < 0:
            count = self._connection.receive_into(buffer)
            if not count:
                self._finish(False)
            return count
        count = self._connection.receive_into(buffer[:self._left])
        if not count:
            raise Cut(silent=False)
        self._left -= count
        if not self._left:
            if self._chunked:
                self._connection.line()
            else:
                self._finish(self._lasting)
        return count

    def _next_chunk(self) -> bool:
        digits = self._connection.line().partition(b";")[0].strip()
        if not _CHUNK(digits):
            raise TransportError("http", "the answer is not HTTP", where=self._connection.where)
        self._left = int(digits, 16)
        if not self._left:
            while self._connection.line():      # trailers
                pass
            self._finish(self._lasting)
        return self._left > 0

    def whole(self, limit: int) -> bytes:
        """All of it. TransportError when it is more than `limit` bytes."""
        if self._done:
            return b""
        if not self._chunked and 0 < self._left <= min(limit, PIECE):      # nearly always: one piece, already here
            data = self._connection.receive(self._left) if self._connection._rest else b""
            if len(data) == self._left:
                self._finish(self._lasting)
                return data
            self._left -= len(data)
            pieces, size = [data], len(data)
        else:
            pieces, size = [], 0
        if self._left > limit:
            self._finish(False)
            raise self._too_large(limit)
        while piece := self.read(PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                self._finish(False)
                raise self._too_large(limit)
        return b"".join(pieces)

    def _too_large(self, limit: int) -> TransportError:
        return TransportError("large", f"the answer is larger than {limit // 1_000_000} MB", where=self._connection.where)
