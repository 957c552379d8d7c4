"""The two Lambda handlers, and limits that would take too long from outside."""

import base64
import gzip
import json
import socket
import threading
import time

import pytest

from llmops_cli.errors import UserError
from llmops_cli.report.lakefiles import LakeFiles
from llmops_cli.server import collect_handler, lambda_handler, wire
from llmops_cli.server.access import Access
from llmops_cli.server.content import Content
from llmops_cli.server.service import Service

from .report.years import make


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    lake = tmp_path_factory.mktemp("functions") / "lake"
    make(lake, days=6, teams=2, busy=4)
    return lake


@pytest.fixture
def lake(made, monkeypatch):
    for name in ("LLMOPS_API_TOKEN", "LLMOPS_SERVE_ALLOW_ORIGIN", "LLMOPS_WEEK_START"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LLMOPS_LAKE", str(made))
    return made


def second(path: str, query: str = "", stage: str = "$default", **headers: str) -> dict:
    """An event in payload format 2.0."""
    return {"version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": {name.replace("_", "-"): value for name, value in headers.items()},
            "requestContext": {"stage": stage, "http": {"method": "GET", "path": path}}, "isBase64Encoded": False}


def first(path: str, **query: str) -> dict:
    """An event in payload format 1.0."""
    return {"version": "1.0", "resource": "/{proxy+}", "path": path, "httpMethod": "GET", "headers": {"Host": "abc.execute-api.eu-north-1.amazonaws.com"},
            "multiValueHeaders": {}, "queryStringParameters": query or None, "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
            "requestContext": {"stage": "prod"}, "body": None, "isBase64Encoded": False}


def test_both_payload_formats(lake):
    body = (lake / "curated/metrics_daily/date=2025-03-05/metrics.json").read_text()
    for event in (second("/v1/metrics", "date=2025-03-05"), second("/prod/v1/metrics", "date=2025-03-05", "prod"), first("/v1/metrics", date="2025-03-05")):
        answer = lambda_handler(event, None)
        assert (answer["statusCode"], answer["body"], answer["isBase64Encoded"]) == (200, body, False)
        assert answer["headers"]["Content-Type"] == "application/json"
    assert lambda_handler(first("/v1/metrics", date="2025-03-05"), None)["multiValueHeaders"]["Content-Type"] == ["application/json"]
    assert lambda_handler(second("/v1/metrics", "date=2020-01-01"), None)["statusCode"] == 404
    assert lambda_handler(first("/v1/metrics"), None)["statusCode"] == 400
    assert "<!doctype html>" in lambda_handler(second("/"), None)["body"]


def test_packed_bodies_are_base64(lake):
    answer = lambda_handler(second("/v1/metrics", "date=2025-03-05", accept_encoding="gzip"), None)
    assert answer["isBase64Encoded"] and json.loads(gzip.decompress(base64.b64decode(answer["body"])))["date"] == "2025-03-05"


def test_a_token_and_origins_from_the_environment(lake, monkeypatch):
    monkeypatch.setenv("LLMOPS_API_TOKEN", "t")
    monkeypatch.setenv("LLMOPS_SERVE_ALLOW_ORIGIN", "https://a.example, https://b.example")
    assert lambda_handler(second("/v1/dates"), None)["statusCode"] == 401
    answer = lambda_handler(second("/v1/dates", authorization="Bearer t", origin="https://b.example"), None)
    assert answer["statusCode"] == 200 and answer["headers"]["Access-Control-Allow-Origin"] == "https://b.example"


def test_no_lake_is_said(monkeypatch):
    monkeypatch.delenv("LLMOPS_LAKE", raising=False)
    with pytest.raises(UserError, match="LLMOPS_LAKE"):
        lambda_handler(second("/v1/dates"), None)


EVENT = {"id": "e-1", "source": "agents", "detail-type": "Query Processed", "time": "2026-03-02T08:00:00Z", "region": "eu-west-1",
         "detail": {"session_id": "c-1", "query": "Hi, ann@example.org", "response": {"text": "Hello."}, "metadata": {"duration_ms": 812.5, "user_id": "u-1"}}}


def test_session_events_into_the_lake_and_through_a_run(tmp_path, monkeypatch, llmops):
    monkeypatch.setenv("LLMOPS_LAKE", str(tmp_path / "lake"))
    path, = collect_handler(EVENT, None)["stored"]
    assert path.startswith("landing/date=2026-03-02/agentcore-") and json.loads((tmp_path / "lake" / path).read_bytes()) == EVENT
    assert collect_handler(EVENT, None)["stored"] == [path]
    collect_handler({**EVENT, "id": "e-2", "detail": {**EVENT["detail"], "session_id": "c-2"}}, None)
    assert llmops("run", "-o", tmp_path / "lake").status == 0
    document = json.loads((tmp_path / "lake/curated/metrics_daily/date=2026-03-02/metrics.json").read_bytes())
    assert document["total_conversations"] == 2 and document["total_events_processed"] == 4
    assert b"ann@example.org" not in next((tmp_path / "lake/sanitized").rglob("*.jsonl")).read_bytes()


def test_a_session_that_ends_says_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("LLMOPS_LAKE", str(tmp_path / "lake"))
    assert collect_handler({"detail-type": "Session Completed", "time": "2026-03-02T08:00:00Z", "detail": {"session_id": "c-1", "metadata": {}}}, None) == {"stored": [""]}
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("event", [{}, {"detail": None}, {"detail": {"session_id": "c", "query": "x"}}, {"detail": []}, {"detail": {"query": "x"}, "time": "2026-03-02T08:00:00Z"}])
def test_what_is_no_session_event_is_an_error(event, tmp_path, monkeypatch):
    monkeypatch.setenv("LLMOPS_LAKE", str(tmp_path / "lake"))
    with pytest.raises(UserError):
        collect_handler(event, None)


def test_of_a_queue_only_what_failed_comes_again(tmp_path, monkeypatch):
    monkeypatch.setenv("LLMOPS_LAKE", str(tmp_path / "lake"))
    done = collect_handler({"Records": [{"messageId": "1", "body": json.dumps(EVENT)}, {"messageId": "2", "body": "{"}, {"messageId": "3", "body": "[]"}]}, None)
    assert len(done["stored"]) == 1 and done["batchItemFailures"] == [{"itemIdentifier": "2"}, {"itemIdentifier": "3"}]


# Limits ---------------------------------------------------------------------------------------------------------------

@pytest.fixture
def hurried(made, monkeypatch):
    """The port of a server of little patience."""
    monkeypatch.setattr(wire, "IDLE_SECONDS", 0.4)
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.5)
    server = wire.Server("127.0.0.1", 0, Service(Content(LakeFiles(str(made))), Access()))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port
    server.stop()
    thread.join()


def test_a_silent_client_is_left(hurried):
    with socket.create_connection(("127.0.0.1", hurried), timeout=5) as connection:
        assert connection.recv(100) == b""


def test_a_client_that_drips_is_told_so(hurried):
    with socket.create_connection(("127.0.0.1", hurried), timeout=5) as connection:
        began = time.monotonic()
        try:
            for letter in b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: " + b"x" * 200:
                connection.send(bytes([letter]))
                time.sleep(0.02)
        except ConnectionError:
            pass
        assert time.monotonic() - began < 6
        assert connection.recv(4096).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_does_not_come(hurried):
    with socket.create_connection(("127.0.0.1", hurried), timeout=5) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")
        assert connection.recv(4096).startswith(b"HTTP/1.1 408 ")


def test_a_bug_is_an_answer_and_a_traceback(made):
    crashes = []
    service = Service(Content(LakeFiles(str(made))), Access())
    service.content.dates = lambda: 1 / 0
    server = wire.Server("127.0.0.1", 0, service, None, lambda: crashes.append(1))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=5) as connection:
        connection.sendall(b"GET /v1/dates HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 500 ")
    server.stop()
    thread.join()
    assert crashes == [1]
