"""Alerts to a web address where something else answers: they count as not delivered, and that is said in a line."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import monotonic, sleep

import pytest

from llmops_cli.monitor.outlets import Outlets
from llmops_cli.monitor.state import State
from llmops_cli.monitor.webhook import Sender

from .made import alerts_of, lines, reply, watcher

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


@pytest.fixture
def receiver():
    """A web server on this machine that answers with the next of `answers`, else with 200; 0 is never. `bodies` is what it got."""
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body, status = json.loads(self.rfile.read(int(self.headers["Content-Length"]))), server.answers.pop(0) if server.answers else 200
            if not status:
                server.over.wait(30)
                return
            server.bodies.append(body)
            self.send_response(status)
            self.send_header("Retry-After", "9" * 30)
            self.end_headers()

        def log_message(self, *_):
            pass
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.answers, server.bodies, server.over = [], [], threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


def test_every_alert_is_delivered_or_said_not_to_be(receiver):
    alerts = alerts_of(watcher(), [reply(number, latency_ms=6000.0) for number in range(5)])
    sender = Sender(f"http://127.0.0.1:{receiver.server_port}", "pagerduty", "k", "info", sleep, monotonic)
    receiver.answers = [200, 200, 0]
    for alert in alerts:
        sender.put(alert)
    assert [alert["message_id"] for alert in sender.finish(1.0)] == ["m2", "m3", "m4"] and len(receiver.bodies) == 2


def test_alerts_wait_until_the_receiver_is_well_again_and_the_state_knows_of_them(receiver, tmp_path):
    watching, waits, well = watcher(), [], threading.Event()

    def wait(seconds):
        waits.append(seconds)
        if len(waits) == 12:
            well.wait(10)
    sender = Sender(f"http://127.0.0.1:{receiver.server_port}", "slack", "", "info", wait, monotonic)
    state = State(str(tmp_path / "state"), watching, [].append)
    outlets = Outlets(watching, state, log=None, write_sums=None, sender=sender, board=None, draw_on=None, now=monotonic, sleep=sleep)
    receiver.answers = [503] * 12
    (alert,) = alerts_of(watching, [reply(1, latency_ms=6000.0)])
    sender.put(alert)
    outlets.keep()
    assert json.loads((tmp_path / "state").read_text())["unsent"] == [alert]
    well.set()
    while len(receiver.bodies) < 13:
        sleep(0.01)
    assert sender.finish(5.0) == [] and waits == [3600.0] * 12
    outlets.keep()
    assert json.loads((tmp_path / "state").read_text())["unsent"] == []
    state.close()
