"""The transport against servers of this machine that behave, and that do not."""

import gzip
import random
import socket
import ssl
import threading
import time

import pytest

from llmops_cli.llm.transport import Request, TransportError, Urllib

from .loopback import Scripted, answer, serving

SLOW = 5.0      # seconds that nothing here should take


def transport(**options) -> Urllib:
    environ = options.pop("environ", {})
    return Urllib(environ, time.monotonic, **{"read_seconds": SLOW, "connect_seconds": SLOW, **options})


def failure(request: Request, **options) -> TransportError:
    """How a request fails."""
    with pytest.raises(TransportError) as raised:
        transport(**options)(request)
    assert "secret" not in str(raised.value) + raised.value.hint
    return raised.value


def test_a_request_and_its_answer():
    with serving(lambda request: answer(b'{"fine": true}', headers={"X-Thing": "one", "x-thing": "two"}, status="201 Created")) as server:
        response = transport()(Request("POST", server.url + "/v1/a%20b?c=d#e", {"X-Key": "k"}, b"{}"))
    assert (response.status, response.json(), response.headers["X-THING"]) == (201, {"fine": True}, "one, two")
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /v1/a%20b?c=d HTTP/1.1" and body == b"{}"
    assert sorted(lines[1:]) == ["Accept-Encoding: identity", "Content-Length: 2", f"Host: {server.address}", "X-Key: k"]


@pytest.mark.parametrize("form", ["length", "chunked", "to the end"])
@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 1_000_003])
def test_bodies_of_every_form_and_size(form, size):
    body = random.Random(size).randbytes(size)
    with serving(lambda request: answer(body, form=form)) as server:
        ours = transport()
        assert ours(Request("GET", server.url)).body == body
        opened = ours.open(Request("GET", server.url))
        assert b"".join(iter(lambda: opened.stream.read(10_000), b"")) == body
        assert ours(Request("GET", server.url)).body == body
    assert server.connections == (3 if form == "to the end" else 1)


def test_head_and_empty_answers_have_no_body():
    with serving(lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" if b"HEAD" in request else b"HTTP/1.1 204 No Content\r\n\r\n") as server:
        ours = transport()
        assert [ours(Request(method, server.url)).body for method in ("HEAD", "DELETE", "HEAD")] == [b""] * 3
    assert server.connections == 1


def test_answers_before_the_answer_are_passed_over():
    with serving(lambda request: b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer(b"fine")) as server:
        assert transport()(Request("GET", server.url)).body == b"fine"


def test_an_answer_in_single_bytes():
    with serving(lambda request: Scripted([bytes([byte]) for byte in answer(b"slow", form="chunked")], every=0.0005)) as server:
        assert transport()(Request("GET", server.url)).body == b"slow"


# Connections ----------------------------------------------------------------------------------------------------------

def test_threads_share_connections_and_never_an_answer():
    def echo(request: bytes) -> bytes:
        return answer(request.partition(b"\r\n\r\n")[2])
    wrong = []
    with serving(echo) as server:
        ours = transport()

        def work(number: int) -> None:
            for turn in range(40):
                body = b"%d/%d" % (number, turn)
                if ours(Request("POST", server.url, {}, body)).body != body:
                    wrong.append(body)
        threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert wrong == [] and server.connections <= 8 and len(server.requests) == 320
        ours.close()


def test_a_kept_connection_that_was_closed_is_replaced_silently():
    with serving(lambda request: answer(b"fine"), closing_after=1) as server:
        ours = transport()
        for _ in range(3):
            assert ours(Request("POST", server.url, {}, b"x")).body == b"fine"
            time.sleep(0.01)
    assert len(server.requests) == 3


def test_a_kept_connection_that_dies_under_a_request_is_replaced_once():
    silent = Scripted([], close=True)
    answers = [answer(b"one"), silent, answer(b"two"), silent, silent]
    with serving(lambda request: answers.pop(0)) as server:
        ours = transport()
        assert ours(Request("GET", server.url)).body == b"one"
        assert ours(Request("GET", server.url)).body == b"two"      # the second try of it
        with pytest.raises(TransportError) as raised:               # a new connection that dies is no longer silent
            ours(Request("GET", server.url))
    assert raised.value.kind == "cut" and raised.value.retry and len(server.requests) == 5


def test_a_new_connection_that_dies_is_not_tried_again_here():
    with serving(lambda request: Scripted([], close=True)) as server:
        assert failure(Request("GET", server.url)).kind == "cut"
    assert len(server.requests) == 1


def test_an_answer_cut_anywhere_is_an_error_and_the_next_is_right():
    pick = random.Random(3)
    whole = {form: answer(pick.randbytes(3000), form=form) for form in ("length", "chunked")}
    for form, text in whole.items():
        for at in [1, 8, 20, *(pick.randrange(1, len(text)) for _ in range(12)), len(text) - 1]:
            script = [Scripted([text[:at]], close=True), text]
            with serving(lambda request: script.pop(0)) as server:
                ours = transport()
                with pytest.raises(TransportError) as raised:
                    ours(Request("GET", server.url))
                assert raised.value.kind == "cut" and raised.value.retry
                assert ours(Request("GET", server.url)).status == 200


def test_a_large_body_refused_early_gives_the_refusal():
    def refuse(request: bytes) -> Scripted:
        return Scripted([answer(b"too large", status="413 Content Too Large")], close=True)
    with serving(refuse, whole=False) as server:
        for _ in range(3):
            try:
                assert transport()(Request("POST", server.url, {}, bytes(20_000_000))).status == 413
            except TransportError as error:     # the refusal may be lost with the connection
                assert error.kind == "cut"


def test_a_body_left_unread_does_not_spoil_the_next_answer():
    with serving(lambda request: answer(b"x" * 500_000)) as server:
        ours = transport()
        with ours.open(Request("GET", server.url)).stream as stream:
            assert stream.read(10) == b"x" * 10
        assert ours(Request("GET", server.url)).body == b"x" * 500_000
    assert server.connections == 2


# Bad servers ----------------------------------------------------------------------------------------------------------

def test_a_server_that_says_nothing():
    with serving(lambda request: Scripted([])) as server:
        began = time.monotonic()
        error = failure(Request("GET", server.url), read_seconds=0.1)
        assert (error.kind, error.retry, error.where) == ("timeout", True, server.address) and time.monotonic() - began < SLOW


def test_a_server_that_dribbles_is_bound_by_the_requests_own_time():
    with serving(lambda request: Scripted([b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 1000, every=0.02)) as server:
        assert failure(Request("GET", server.url, timeout=0.2)).kind == "timeout"


@pytest.mark.parametrize("sent", [b"SSH-2.0-OpenSSH_9.2\r\n", b"<html>secret</html>\r\n\r\n", b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 abc secret\r\n\r\n", bytes(40),
                                  b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\nab", b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nab",
                                  b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n0\r\n\r\n"], ids=lambda sent: repr(sent[:8] + sent[-8:]))
def test_answers_that_are_not_http(sent):
    with serving(lambda request: Scripted([sent], close=True)) as server:
        assert failure(Request("GET", server.url)).kind == "http"


def test_plain_http_to_a_port_that_speaks_tls():
    with serving(lambda request: Scripted([b"\x15\x03\x01\x00\x02\x02\x16"], close=True)) as server:
        error = failure(Request("GET", server.url))
    assert "TLS" in error.message and "https" in error.hint and not error.retry


def test_tls_to_a_port_that_speaks_plain_http():
    with serving(lambda request: answer(b"secret", status="400 Bad Request"), whole=False) as server:
        error = failure(Request("GET", server.url.replace("http:", "https:")))
    assert error.kind in ("tls", "cut") and "TLS" in error.message


def test_more_than_allowed():
    for form in ("length", "chunked", "to the end"):
        with serving(lambda request: answer(bytes(300_000), form=form)) as server:
            assert failure(Request("GET", server.url), limit=200_000).kind == "large"
    with serving(lambda request: Scripted([b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000])) as server:
        assert failure(Request("GET", server.url)).kind == "large"


def test_nobody_listens_and_nobody_is_there():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = failure(Request("GET", f"http://127.0.0.1:{taken.getsockname()[1]}/"))
    assert (error.kind, error.retry) == ("refused", True) and "runs" in error.hint
    assert failure(Request("GET", "https://[::1")).kind == "request"
    assert failure(Request("GET", "ftp://example.com/secret")).kind == "request"
    assert failure(Request("GET", "nothing at all")).kind == "request"


def test_what_cannot_be_sent():
    with serving(lambda request: answer(b"")) as server:
        for request in (Request("GET", server.url, {"Authorization": "Bearer secret\n"}), Request("GET", server.url + "/a b"),
                        Request("GET", server.url, {"Authorization": "Bearer secret\u2019"}), Request("GET", server.url + "/\r\nX: y")):
            assert failure(request).kind == "request"
    assert server.requests == []


def test_plain_http_stays_on_this_machine():
    error = failure(Request("GET", "http://models.example/v1"))
    assert error.kind == "plain" and "--insecure" in error.hint


# Proxies --------------------------------------------------------------------------------------------------------------

def test_plain_requests_through_a_proxy():
    with serving(lambda request: answer(b"by proxy")) as proxy:
        environ = {"HTTP_PROXY": f"http://me:pass%20word@{proxy.address}", "NO_PROXY": "inside.example"}
        assert transport(environ=environ, insecure=True)(Request("GET", "http://models.example/v1")).body == b"by proxy"
    assert proxy.requests[0].startswith(b"GET http://models.example/v1 HTTP/1.1\r\nHost: models.example\r\n")
    assert b"Proxy-Authorization: Basic bWU6cGFzcyB3b3Jk\r\n" in proxy.requests[0]


@pytest.mark.parametrize("status, hint", [(407, "HTTPS_PROXY"), (403, "NO_PROXY"), (502, "NO_PROXY")])
def test_a_proxy_that_refuses_the_tunnel(status, hint):
    with serving(lambda request: answer(b"secret", status=f"{status} No")) as proxy:
        error = failure(Request("GET", "https://models.example/v1", {"Authorization": "secret"}), environ={"https_proxy": f"http://{proxy.address}"})
    assert error.kind == "proxy" and hint in error.hint and str(status) in error.message and error.retry == (status >= 500)
    assert proxy.requests[0] == b"CONNECT models.example:443 HTTP/1.1\r\nHost: models.example:443\r\n\r\n"     # and nothing secret


@pytest.mark.parametrize("address", ["http://[::1", "proxy.example:99999", "proxy.example:²", "socks5://proxy.example", "http://"])
def test_proxies_that_are_none(address):
    error = failure(Request("GET", "https://models.example/v1"), environ={"HTTPS_PROXY": address, "NO_PROXY": "[::1,a.example:²,:²"})
    assert error.kind == "proxy" and "HTTPS_PROXY" in error.hint


def test_this_machine_needs_no_proxy():
    with serving(lambda request: answer(b"direct")) as server:
        assert transport(environ={"ALL_PROXY": "http://127.0.0.1:1"})(Request("GET", server.url)).body == b"direct"


# TLS ------------------------------------------------------------------------------------------------------------------

def test_tls_with_a_certificate_that_is_known_and_one_that_is_not(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(lambda request: answer(gzip.compress(b"fine")), tls=context) as server:
        ours = transport(environ={"SSL_CERT_FILE": certificate})
        for _ in range(3):
            assert gzip.decompress(ours(Request("GET", server.url)).body) == b"fine"
        assert server.connections == 1
        assert transport(environ={"AWS_CA_BUNDLE": certificate})(Request("GET", server.url)).status == 200
        error = failure(Request("GET", server.url))
        assert error.kind == "certificate" and "SSL_CERT_FILE" in error.hint and not error.retry
        error = failure(Request("GET", server.url), environ={"SSL_CERT_FILE": "/nowhere.pem"})
        assert (error.kind, error.where) == ("certificate", "/nowhere.pem")
        error = failure(Request("GET", server.url.replace("localhost", "127.0.0.1")), environ={"SSL_CERT_FILE": certificate})
        assert error.kind == "certificate"
