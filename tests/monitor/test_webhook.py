"""Alerts to a web address: their shapes, what is tried again and kept, and where something else answers."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import monotonic, sleep

import pytest

from llmops_cli.monitor.outlets import Outlets
from llmops_cli.monitor.state import State
from llmops_cli.monitor.webhook import Sender

from .made import alerts_of, hour, lines, reply, watcher

ANSWERS = {
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n", "a status without end": b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
    "a wait in other digits": b"HTTP/1.1 503 no\r\nRetry-After: \xb2\r\nContent-Length: 0\r\n\r\n", "it has moved": b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"}
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_no_receiver(llmops, name):
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        def answer() -> None:
            try:
                while True:
                    with server.accept()[0] as connection:
                        asked.append(connection.recv(1 << 16)[:4])
                        connection.sendall(FINE if asked[-1] != b"POST" else ANSWERS[name] if len(asked) == 1 else GONE)
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
    """A web server on this machine that answers with the next of `answers`, else with 200; 0 is never. `asked` is how
    long to wait then, `bodies` what it got."""
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body, status = json.loads(self.rfile.read(int(self.headers["Content-Length"]))), server.answers.pop(0) if server.answers else 200
            if not status:
                server.over.wait(30)
                return
            server.bodies.append(body)
            self.send_response(status)
            if server.asked:
                self.send_header("Retry-After", server.asked)
            self.end_headers()

        def log_message(self, *_):
            pass
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.answers, server.bodies, server.asked, server.over = [], [], "", threading.Event()
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
    receiver.answers, receiver.asked = [503] * 12, "9" * 30
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


def test_alerts_are_sent_in_slacks_shape_and_tried_again(llmops, receiver):
    receiver.answers = [503]
    result = llmops("monitor", "--webhook", f"http://127.0.0.1:{receiver.server_port}/hook", stdin=lines([reply(1, latency_ms=6000.0)]))
    assert result.status == 1 and result.err == "" and [set(body) for body in receiver.bodies] == [{"text"}, {"text"}]
    assert "slow reply [team=Sales] 6 s (limit 5 s)" in receiver.bodies[-1]["text"]


def test_lesser_alerts_can_be_kept_from_it(llmops, receiver):
    events = [reply(1, latency_ms=6000.0), reply(2, content="I'm sorry, but I can't help with that.")]
    assert llmops("monitor", "--webhook-on", "critical", "--webhook", f"http://127.0.0.1:{receiver.server_port}", stdin=lines(events)).status == 1 and receiver.bodies == []
    llmops("monitor", "--webhook-on", "warning", "--webhook", f"http://127.0.0.1:{receiver.server_port}", stdin=lines(events))
    assert [body["text"].count("\n") for body in receiver.bodies] == [0]


def test_the_shapes_of_others(llmops, receiver):
    address = f"http://127.0.0.1:{receiver.server_port}"
    llmops("monitor", "--webhook", f"{address}/api/v2/alerts", stdin=lines([reply(1, latency_ms=6000.0)]))
    llmops("monitor", "--webhook-shape", "pagerduty", stdin=lines([reply(1, latency_ms=6000.0)]), env={"PAGERDUTY_ROUTING_KEY": "k" * 32, "LLMOPS_MONITOR_WEBHOOK": address})
    (manager,), pager = receiver.bodies
    assert manager["labels"]["alertname"] == "slow_reply" and pager["event_action"] == "trigger" and pager["payload"]["severity"] == "warning" and pager["dedup_key"] == "llmops/slow_reply/team=Sales/m1"


def test_what_is_over_is_over_for_whoever_was_paged(llmops, tmp_path, receiver):
    (tmp_path / "rules.toml").write_text("score.grounded = {below = 0.5}\nscore.tone = {below = 0.5}\n[budget]\nday = 60.0\nweek = 60.0\n")
    bad = hour(0, 25, error="Timeout", scores={"grounded": 0.1, "tone": 0.9}, cost_usd=3.0)
    log = lines([*bad, *hour(1, 25, scores={"grounded": 0.9, "tone": 0.1}), *hour(24, 25, scores={"grounded": 0.9, "tone": 0.9}), *hour(25, 1)])
    arguments = ("monitor", "--rules", "rules.toml", "--no-pii")
    llmops(*arguments, "--webhook-on", "warning", "--webhook-shape", "pagerduty", "--webhook", f"http://127.0.0.1:{receiver.server_port}", stdin=log, env={"PAGERDUTY_ROUTING_KEY": "k"})
    left = {key: len([body for body in receiver.bodies if body["dedup_key"] == key and body["event_action"] == "trigger"]) for body in receiver.bodies if "/h0-" not in (key := body["dedup_key"])}
    resolved = {body["dedup_key"] for body in receiver.bodies if body["event_action"] == "resolve"}
    assert set(left) - resolved == {"llmops/no_traffic/all", "llmops/budget/all/week"}
    assert resolved == {"llmops/error_rate/all", "llmops/timeouts/all", "llmops/score/all/grounded", "llmops/score/all/tone", "llmops/budget/all/day"}
    rows = json.loads(llmops(*arguments, "--format", "alertmanager", stdin=log).out)
    ended = [row["labels"] for row in rows if "endsAt" in row]
    assert len(ended) == 6 and all([row["labels"] for row in rows].count(labels) == 2 for labels in ended)


def test_what_could_not_be_sent_is_said_and_kept_for_the_next_run(llmops, tmp_path, receiver):
    receiver.answers = [400]
    (tmp_path / "log").write_bytes(lines([reply(1, latency_ms=6000.0)]))
    arguments = ("monitor", "--state", "state", "--webhook", f"http://127.0.0.1:{receiver.server_port}/hook", "log")
    first = llmops(*arguments)
    assert first.status == 1 and "1 alert not delivered to the webhook (HTTP 400), kept for the next run" in first.err
    assert llmops(*arguments).status == 0 and len(receiver.bodies) == 2
    assert llmops(*arguments).status == 0 and len(receiver.bodies) == 2
