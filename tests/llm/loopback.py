"""A server on this machine whose answers a test writes byte by byte, and which remembers what it was sent."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager
from typing import Callable, Iterator, NamedTuple


class Scripted(NamedTuple):
    """Pieces to send, seconds between them, and whether the connection ends after them."""

    pieces: list[bytes]
    every: float = 0.0
    close: bool = False


def answer(body: bytes, *, status: str = "200 OK", headers: dict[str, str] | None = None, form: str = "length") -> bytes:
    """A whole answer; `form` is how its end is told: "length", "chunked" or "to the end" of the connection."""
    lines = [f"HTTP/1.1 {status}"] + [f"{name}: {value}" for name, value in (headers or {}).items()]
    if form == "length":
        lines.append(f"Content-Length: {len(body)}")
    elif form == "chunked":
        lines.append("Transfer-Encoding: chunked")
        step = max(1, len(body) // 3)
        chunks = [body[at:at + step] for at in range(0, len(body), step)]
        body = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nTrailer: x\r\n\r\n"
    else:
        lines.append("Connection: close")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Server:
    """What a test knows of its server: where it is, how many connections came, what was asked on them."""

    def __init__(self, port: int, scheme: str):
        self.address = f"{'localhost' if scheme == 'https' else '127.0.0.1'}:{port}"
        self.url = f"{scheme}://{self.address}"
        self.connections = 0
        self.requests: list[bytes] = []


@contextmanager
def serving(respond: Callable[[bytes], "bytes | Scripted"], *, whole: bool = True, closing_after: int = 0,
            tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that answers each request with `respond(request)`. With `whole` false it answers after the first bytes; with
    `closing_after` it closes a connection after so many answers."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = Server(listener.getsockname()[1], "https" if tls else "http")
    open_ones: list[socket.socket] = []
    over = threading.Event()

    def read(connection: socket.socket) -> bytes:
        data = b""
        while piece := connection.recv(65536):
            data += piece
            head, found, body = data.partition(b"\r\n\r\n")
            length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
            if not whole or found and len(body) >= length:
                return data
        return b""

    def talk(connection: socket.socket) -> None:
        answers = 0
        try:
            if tls:
                connection = tls.wrap_socket(connection, server_side=True)
            while request := read(connection):
                server.requests.append(request)
                given = respond(request)
                script = given if isinstance(given, Scripted) else Scripted([given], close=b"Connection: close" in given)
                for piece in script.pieces:
                    connection.sendall(piece)
                    if script.every:
                        time.sleep(script.every)
                answers += 1
                if script.close or answers == closing_after:
                    break
                if not script.pieces:
                    over.wait(30)
        except OSError:
            pass        # the client went away, or the test is over
        connection.close()

    def listen() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            open_ones.append(connection)
            threading.Thread(target=talk, args=[connection], daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield server
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_ones:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
