"""`serve` from outside: a running server, asked over sockets."""

import base64
import gzip
import json
import random
import re
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest

from .report.years import make

TOKEN = {"LLMOPS_API_TOKEN": "söme token"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    lake = tmp_path_factory.mktemp("serve") / "lake"
    make(lake, days=20, teams=3, busy=4)
    return lake


@pytest.fixture
def lake(made, tmp_path):
    import shutil
    return shutil.copytree(made, tmp_path / "lake")


@pytest.fixture
def serve(start, tmp_path):
    """`serve(lake, "--allow-origin", …)`: the port of a running server."""
    def run(lake, *options: str, env: dict[str, str] | None = None) -> int:
        process = start("serve", lake, "--port", "0", *options, env=env, stderr=subprocess.PIPE)
        run.process = process
        return int(re.search(rb":(\d+)/", process.stderr.readline())[1])
    return run


def get(port: int, path: str, method: str = "GET", **headers: str):
    """(status, headers, body) of an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


def raw(port: int, data: bytes, wait: float = 5) -> bytes:
    """What comes back for bytes, until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        connection.sendall(data)
        found = b""
        try:
            while more := connection.recv(65536):
                found += more
        except TimeoutError:
            pass
        return found


def test_the_documents_as_they_stand_in_the_lake(serve, lake):
    port = serve(lake)
    assert get(port, "/v1/metrics?date=2025-03-05")[2] == (lake / "curated/metrics_daily/date=2025-03-05/metrics.json").read_bytes()
    assert get(port, "/v1/reports?date=2025-03-05")[2] == (lake / "reports/date=2025-03-05/run_latest.json").read_bytes()
    status, headers, body = get(port, "/v1/dates")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(body) == {"dates": [f"2025-03-{day:02}" for day in range(3, 23)]}
    assert json.loads(get(port, "/healthz")[2]) == {"status": "ok"}


@pytest.mark.parametrize("path, status", [
    ("/v1/metrics", 400), ("/v1/metrics?date=", 400), ("/v1/metrics?date=2025-02-30", 400), ("/v1/metrics?date=../../etc", 400), ("/v1/metrics?date=20250305", 400),
    ("/v1/metrics?date=2020-01-01", 404), ("/v1/reports?date=2020-01-01", 404), ("/v1/metrics?date=2025-03-05&date=2025-03-06", 400), ("/v1/metrics?day=2025-03-05", 400),
    ("/v1/metrics?date=%FF", 400), ("/v1/trends?by=user_id", 400), ("/v1/trends?from=soon", 400), ("/v1/trends?from=2025-03-05&to=2025-03-03", 400), ("/v2", 404),
    ("/..%2f..%2fetc/passwd", 404), ("/curated/metrics_daily/date=2025-03-05/metrics.json", 404), ("/v1/metrics/?date=2025-03-05", 404)])
def test_problems(serve, made, path, status):
    found, headers, body = get(serve(made), path)
    problem = json.loads(body)
    assert (found, headers["Content-Type"]) == (status, "application/problem+json")
    assert problem["status"] == status and {"type", "title", "detail"} <= problem.keys()
    if "2020" in path:
        assert "2025-03-05" in problem["dates"]


def test_trends_are_those_of_aggregate(serve, made, llmops):
    port = serve(made)
    for by in ("date", "week", "month", "team", "task_category"):
        rows = json.loads(get(port, f"/v1/trends?by={by}&from=2025-03-04&to=2025-03-12")[2])
        assert rows["by"] == by and rows["rows"] == sorted(rows["rows"], key=lambda row: row[by])
        assert sum(row["conversation_count"] for row in rows["rows"]) == sum(
            json.loads((made / f"curated/metrics_daily/date=2025-03-{day:02}/metrics.json").read_bytes())["total_conversations"] for day in range(4, 13))
    tallies = b"".join(path.read_bytes() for path in sorted(made.glob("curated/*/*/tallies.jsonl")))
    (made.parent / "all.jsonl").write_bytes(tallies)
    merged = [json.loads(line) for line in llmops("aggregate", "--merge", "--format", "jsonl", made.parent / "all.jsonl").out.splitlines()]
    whole = json.loads(get(port, "/v1/trends?by=team")[2])["rows"]
    assert {row["team"]: row["input_tokens"] for row in whole} == {team: sum(row["input_tokens"] for row in merged if row["team"] == team) for team in {row["team"] for row in merged}}
    assert {row["model"] for row in json.loads(get(port, "/v1/trends?by=model")[2])["rows"]} == {"amazon.nova-micro-v1:0", "claude-sonnet-4", "gpt-4.1-mini"}
    assert json.loads(get(port, "/v1/trends")[2])["by"] == "date"


def test_the_plainest_lake_is_enough(serve, tmp_path):
    folder = tmp_path / "plain/curated/metrics_daily/date=2026-01-03"
    folder.mkdir(parents=True)
    (folder / "metrics.json").write_text(json.dumps({"date": "2026-01-03", "total_conversations": 3, "total_events_processed": 10, "metrics": [
        {"team": "Sales", "task_category": "Technical Help", "conversation_count": 3, "total_turns": 10, "total_chars_user": 50, "total_chars_assistant": 60}]}))
    port = serve(tmp_path / "plain")
    row = json.loads(get(port, "/v1/trends?by=team")[2])["rows"][0]
    assert (row["conversation_count"], row["total_turns"], row["cost_usd"], row["users"], row["errors"]) == (3, 10, None, None, None)
    assert b'llmops_conversations_total{team="Sales"} 3' in get(port, "/metrics")[2]
    assert get(port, "/")[0] == 200 and get(port, "/v1/reports?date=2026-01-03")[0] == 404
    assert json.loads(get(port, "/v1/trends?by=model")[2])["rows"][0]["model"] == "unknown"


def test_a_broken_date_is_marked_and_the_rest_served(serve, lake):
    port = serve(lake)
    assert get(port, "/v1/metrics?date=2025-03-05")[0] == 200
    (lake / "curated/metrics_daily/date=2025-03-05/metrics.json").write_bytes(b"{")
    assert get(port, "/v1/metrics?date=2025-03-05")[0] == 500 and get(port, "/v1/metrics?date=2025-03-06")[0] == 200
    dates = json.loads(get(port, "/v1/dates")[2])
    assert dates["unusable"] == [{"date": "2025-03-05", "reason": "is not JSON"}] and len(dates["dates"]) == 20
    trends = json.loads(get(port, "/v1/trends")[2])
    assert len(trends["rows"]) == 19 and trends["left_out"][0]["date"] == "2025-03-05"
    assert b"llmops_lake_unusable_dates 1" in get(port, "/metrics")[2]
    assert "cannot be used: 2025-03-05" in get(port, "/")[2].decode()


def test_what_changes_in_the_lake_is_seen_at_once(serve, lake):
    port = serve(lake)
    before = {path: get(port, path)[1]["ETag"] for path in ("/", "/v1/dates", "/v1/trends")}
    (lake / "curated/metrics_daily/date=2025-03-21").rename(lake / "elsewhere")
    assert all(get(port, path)[1]["ETag"] != tag for path, tag in before.items())
    (lake / "elsewhere").rename(lake / "curated/metrics_daily/date=2025-03-21")
    assert {path: get(port, path)[1]["ETag"] for path in before} == before


def test_a_lake_that_is_gone_is_not_an_empty_one(serve, lake):
    port = serve(lake)
    paths = ("/", "/v1/dates", "/v1/trends", "/v1/metrics?date=2025-03-05", "/metrics", "/healthz")
    before = [get(port, path)[0] for path in paths]
    lake.rename(lake.parent / "elsewhere")
    for path in paths:
        status, headers, body = get(port, path)
        assert (status, headers["Retry-After"], json.loads(body)["title"]) == (503, "10", "The lake cannot be read"), path
    (lake.parent / "elsewhere").rename(lake)
    assert [get(port, path)[0] for path in paths] == before == [200] * 6


def test_what_goes_and_comes_back_on_a_kept_connection(serve, lake):
    path, aside = lake / "curated/metrics_daily/date=2025-03-05/metrics.json", lake / "aside.json"
    connection = HTTPConnection("127.0.0.1", serve(lake), timeout=20)

    def status() -> int:
        connection.request("GET", "/v1/metrics?date=2025-03-05")
        answer = connection.getresponse()
        answer.read()
        return answer.status

    assert [status(), status()] == [200, 200]
    kept = connection.sock
    path.rename(aside)
    assert [status(), status()] == [404, 404]
    aside.rename(path)
    assert [status(), status()] == [200, 200] and connection.sock is kept
    connection.close()


def test_tags_packing_and_head(serve, made):
    port, path = serve(made), "/v1/metrics?date=2025-03-05"
    _, plain, body = get(port, path)
    status, packed, zipped = get(port, path, Accept_Encoding="br, gzip")
    assert packed["Content-Encoding"] == "gzip" and gzip.decompress(zipped) == body and packed["ETag"] != plain["ETag"] and "Accept-Encoding" in plain["Vary"]
    for tag in (plain["ETag"], packed["ETag"], f'"x", W/{plain["ETag"]}', "*"):
        status, headers, empty = get(port, path, If_None_Match=tag)
        assert (status, empty) == (304, b"") and headers["ETag"] == plain["ETag"]
    assert get(port, path, If_None_Match='"other"')[0] == 200
    for target in (path, "/", "/metrics", "/nowhere"):
        status, headers, empty = get(port, target, method="HEAD")
        assert empty == b"" and int(headers["Content-Length"]) > 0
    assert get(port, path, Accept_Encoding="gzip;q=0")[2] == body


def test_prometheus_and_openmetrics(serve, made):
    port = serve(made)
    status, headers, text = get(port, "/metrics")
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert b"# TYPE llmops_conversations_total counter\n" in text and text.endswith(b"# EOF\n")
    status, headers, text = get(port, "/metrics", Accept="application/openmetrics-text; version=1.0.0, text/plain;q=0.5")
    assert headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0") and b"# TYPE llmops_conversations counter\n" in text
    for line in text.decode().splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) [a-z_]+ .+|# EOF|[a-z_]+(\{([a-z_]+="([^"\\]|\\.)*",?)+\})? [0-9.e+-]+', line), line


def test_the_page(serve, made):
    port = serve(made)
    status, headers, body = get(port, "/")
    assert headers["Content-Type"] == "text/html; charset=utf-8" and headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-")
    assert "Use of AI, 3 – 22 March 2025" in body.decode()
    assert "Use of AI, 16 – 22 March 2025" in get(port, "/?from=2025-03-16&to=2025-03-22")[2].decode()
    assert get(port, "/?from=2030-01-01")[0] == 200


def test_a_token(serve, made):
    port = serve(made, env=TOKEN)
    assert get(port, "/healthz")[0] == 200
    for path in ("/", "/v1/dates", "/metrics", "/openapi.json", "/nowhere"):
        status, headers, _ = get(port, path)
        assert status == 401 and "Basic" in headers["WWW-Authenticate"] and "Bearer" in headers["WWW-Authenticate"]
    token = TOKEN["LLMOPS_API_TOKEN"].encode()
    assert get(port, "/v1/dates", Authorization=b"Bearer " + token)[0] == 200
    assert get(port, "/", Authorization="Basic " + base64.b64encode(b"anyone:" + token).decode())[0] == 200
    for wrong in (b"Bearer x", b"Bearer " + token + b"x", b"Bearer", b"Basic !!!", b"Basic " + base64.b64encode(token)):
        assert get(port, "/v1/dates", Authorization=wrong)[0] == 401
    port = serve(made, env={"LLMOPS_API_TOKEN": "from a file\n"})
    assert get(port, "/v1/dates", Authorization="Bearer from a file")[0] == 200 and get(port, "/v1/dates")[0] == 401


def test_hosts(serve, made):
    port = serve(made, "--allow-host", "ai.example.com")
    for host in (f"127.0.0.1:{port}", "localhost", "LOCALHOST:1", "ai.example.com", "[::1]:80"):
        assert get(port, "/v1/dates", Host=host)[0] == 200, host
    for host in ("evil.example", "127.0.0.1.evil.example", "", "localhost.evil", "10.0.0.1", "ai.example.com.evil"):
        assert get(port, "/v1/dates", Host=host)[0] == 421, host
    assert raw(port, b"GET http://evil.example/v1/dates HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 421")


def test_a_name_may_be_an_address_of_version_6(serve, made):
    port = serve(made, "--allow-host", "2001:DB8::5", "--allow-host", "[2001:db8::6]:80")
    for name, status in (("[2001:db8::5]:8080", 200), ("[2001:db8::6]", 200), ("[2001:db8::7]", 421), ("2001", 421)):
        assert get(port, "/healthz", Host=name)[0] == status


def test_other_origins(serve, made):
    port = serve(made, "--allow-origin", "https://intranet.example.com/", env=TOKEN)
    headers = get(port, "/v1/dates", Origin="https://intranet.example.com", Authorization=b"Bearer " + TOKEN["LLMOPS_API_TOKEN"].encode())[1]
    assert headers["Access-Control-Allow-Origin"] == "https://intranet.example.com" and "Origin" in headers["Vary"]
    status, headers, _ = get(port, "/v1/dates", method="OPTIONS", Origin="https://intranet.example.com", Access_Control_Request_Method="GET")
    assert status == 204 and "Authorization" in headers["Access-Control-Allow-Headers"] and headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Access-Control-Allow-Origin" not in get(port, "/healthz", Origin="https://evil.example")[1]


def test_it_only_reads(serve, made):
    port = serve(made)
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        status, headers, _ = get(port, "/v1/dates", method=method)
        assert (status, headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("data, status", [
    (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400), (b"GET /\r\n\r\n", 400), (b"GET / HTTP/1.1\r\n\r\n", 400), (b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1, 1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", 501), (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n", 413),
    (b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", 400), (b"GET x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414), (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"x" * 10_000_000, 431), (b"x" * 200_000, 431)], ids=range(15))
def test_what_is_no_request_is_refused(serve, made, data, status):
    port = serve(made)
    assert raw(port, data).startswith(f"HTTP/1.1 {status} ".encode())
    assert get(port, "/healthz")[0] == 200


def test_noise_is_never_a_traceback(serve, made):
    port, draw = serve(made, "-v"), random.Random(1)
    start = b"GET /v1/dates?x=%41 HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    for _ in range(150):
        noise = bytearray(start)
        for _ in range(draw.randrange(1, 5)):
            noise[draw.randrange(len(noise))] = draw.randrange(256)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(bytes(noise))
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(65536)
            assert not answer or re.match(rb"HTTP/1.1 (200|4\d\d|50[15]) ", answer), answer
    assert get(port, "/healthz")[0] == 200
    serve.process.send_signal(signal.SIGTERM)
    assert b"Traceback" not in serve.process.stderr.read() and serve.process.wait(10) == 0


def test_a_connection_is_kept_and_requests_may_stand_in_line(serve, made):
    port = serve(made)
    one = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
    answer = raw(port, one * 20 + b"GET /healthz HTTP/1.0\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 20 and b"421 Misdirected" in answer
    assert raw(port, b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n").count(b"Connection: close") == 1
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:       # the second in two packets
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /heal")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        connection.sendall(b"thz HTTP/1.1\r\nHost: loc")
        time.sleep(0.1)
        connection.sendall(b"alhost\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")


def test_requests_that_do_not_come_to_their_end_are_waited_for_ten_seconds(serve, made):
    port, began = serve(made), time.monotonic()
    with ThreadPoolExecutor() as both:
        answers = both.map(lambda begun: raw(port, begun, wait=13), (b"GET / HTTP/1.1\r\nHost:", b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc"))
        assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in answers)
    assert 9 < time.monotonic() - began < 13


def test_more_than_256_connections(serve, made):
    port = serve(made)
    held = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(256)]
    try:
        held[7].sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert held[7].recv(4096).startswith(b"HTTP/1.1 200")
        answer = raw(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 503") and b"Retry-After: 1" in answer and re.search(rb"\r\nDate: \w+, .+ GMT\r\n", answer)
        held[8].sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert held[8].recv(4096).startswith(b"HTTP/1.1 200")
    finally:
        for connection in held:
            connection.close()
    until = time.monotonic() + 10
    while get(port, "/healthz")[0] != 200 and time.monotonic() < until:
        time.sleep(0.05)
    assert get(port, "/healthz")[0] == 200


def test_it_stops_when_told(serve, made):
    for number, status in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
        port = serve(made)
        idle = socket.create_connection(("127.0.0.1", port), timeout=10)
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(4096).startswith(b"HTTP/1.1 200")
        serve.process.send_signal(number)
        assert serve.process.wait(10) == status
        assert idle.recv(4096) == b""
        idle.close()


def test_what_cannot_be_served(llmops, made):
    for words, said in ((("--host", "0.0.0.0"), "a token is needed"), (("--port", "70000"), "not a port"), (("--allow-origin", "intranet"), "not an origin"),
                        (("--allow-origin", "https://intranet.example.com/page"), "not an origin"), (("--allow-host", "https://ai.example.com"), "not the name of a host"),
                        (("--allow-host", "*"), "not the name of a host")):
        done = llmops("serve", made, *words)
        assert done.status == 2 and said in done.err
    assert llmops("serve", made / "nowhere").status == 2
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = llmops("serve", made, "--port", taken.getsockname()[1])
        assert done.status == 2 and "cannot listen there" in done.err


def test_an_address_that_others_reach_goes_by_that_address(serve, made):
    port = serve(made, "--host", "0.0.0.0", env=TOKEN)
    token = b"Bearer " + TOKEN["LLMOPS_API_TOKEN"].encode()
    assert get(port, "/v1/dates", Authorization=token)[0] == 200
    assert get(port, "/v1/dates", Host="evil.example", Authorization=token)[0] == 421


def test_openapi_names_every_path(serve, made):
    document = json.loads(get(serve(made), "/openapi.json")[2])
    assert document["openapi"].startswith("3.1.")
    assert set(document["paths"]) == {"/", "/v1/metrics", "/v1/reports", "/v1/dates", "/v1/trends", "/healthz", "/metrics", "/openapi.json"}
