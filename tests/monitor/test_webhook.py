"""Alerts to a web address where something else answers: they count as not delivered, and that is said in a line."""

import socket
import threading

import pytest

from .made import lines, reply

ANSWERS = {
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n", "a status without end": b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
    "a wait in other digits": b"HTTP/1.1 503 no\r\nRetry-After: \xb2\r\nContent-Length: 0\r\n\r\n", "it has moved": b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_no_receiver(llmops, name):
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        def answer() -> None:
            try:
                while True:
                    with server.accept()[0] as connection:
                        asked.append(connection.recv(1 << 16)[:4])
                        connection.sendall(ANSWERS[name] if asked[-1] == b"POST" else b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            except OSError:
                pass
        threading.Thread(target=answer, daemon=True).start()
        result = llmops("monitor", "--webhook", f"http://127.0.0.1:{server.getsockname()[1]}/hook", stdin=lines([reply(1, latency_ms=6000.0)]))
        server.shutdown(socket.SHUT_RDWR)
    assert result.status == 1 and "1 alert not delivered to the webhook (" in result.err and "Traceback" not in result.err
    assert set(asked) == {b"POST"}


@pytest.mark.parametrize("url", ["http://localhost:port/token-xyz", "http://127.0.0.1:1/token xyz", "http://[::1"])
def test_what_is_no_address(llmops, url):
    result = llmops("monitor", "--webhook", url, stdin=lines([reply(1, latency_ms=6000.0)]))
    assert result.status == 1 and "not delivered" in result.err and "Traceback" not in result.err and "xyz" not in result.err
