"""Tries of a call, on a clock that the test turns."""

import random

import pytest

from llmops_cli.llm.retry import Client, Dead, Patience, asked_wait, judge
from llmops_cli.wire import Headers, Request, Response, TransportError, World

REQUEST = Request("GET", "http://127.0.0.1/")


class Clock:
    """A world whose time passes only in sleep."""

    def __init__(self, seed: int = 1):
        self.at, self.slept = 1000.0, []
        self.world = World({}, self.now, self.now, self.sleep, random.Random(seed).random)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.at += seconds


def response(status: int, body: bytes = b"{}", **headers: str) -> Response:
    return Response(status, Headers.of([(name.replace("_", "-"), value) for name, value in headers.items()]), body)


def sent(outcomes: list, clock: Clock | None = None, **options):
    """What becomes of a call whose tries end like that, and how many were made."""
    clock, left = clock or Clock(), list(outcomes)

    def transport(request: Request) -> Response:
        clock.at += 0.1
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
    client = Client(transport, clock.world, patience=options.pop("patience", None))
    try:
        return client.send(lambda: REQUEST, **options), len(outcomes) - len(left)
    except TransportError as error:
        return error, len(outcomes) - len(left)


@pytest.mark.parametrize("failure", [response(408), response(409), response(429), response(500), response(503), response(529),
                                     TransportError("timeout", "x"), TransportError("cut", "x"), TransportError("refused", "x")], ids=lambda what: str(getattr(what, "status", what)))
def test_what_is_tried_again(failure):
    reply, tries = sent([failure, failure, response(200)])
    assert (reply.response.status, reply.tries, tries) == (200, 3, 3)


@pytest.mark.parametrize("failure", [response(400), response(401), response(403), response(404), response(422), response(301),
                                     response(429, b'{"error": {"code": "insufficient_quota", "message": "secret"}}'),
                                     response(429, b'{"error": {"type": "insufficient_quota"}}'), response(500, b'{"error": {"code": "model_not_found"}}'),
                                     response(500, x_should_retry="false")], ids=lambda what: f"{what.status} {what.body.decode()[:40]}")
def test_what_is_final(failure):
    reply, tries = sent([failure, response(200)])
    assert (reply.response, tries) == (failure, 1)


@pytest.mark.parametrize("kind", [kind for kind, again in TransportError.KINDS.items() if not again])
def test_what_cannot_be_mended_by_waiting(kind):
    error, tries = sent([TransportError(kind, "x"), response(200)])
    assert (error.kind, tries) == (kind, 1)


def test_a_server_may_ask_for_another_try():
    assert sent([response(400, x_should_retry="true"), response(200)])[0].response.status == 200


def test_eight_tries_and_no_more():
    clock = Clock()
    reply, tries = sent([response(500)] * 9, clock, patience=Patience(clock.now, 1000))
    assert (reply.response.status, reply.tries, tries) == (500, 8, 8)
    error, tries = sent([TransportError("cut", "x")] * 9, clock, patience=Patience(clock.now, 1000))
    assert (error.kind, tries) == ("cut", 8)


def test_waits_are_anywhere_up_to_a_bound_that_doubles():
    seen = [[] for _ in range(7)]
    for seed in range(200):
        clock = Clock(seed)
        sent([response(500)] * 7 + [response(200)], clock, patience=Patience(clock.now, 1000))
        for number, seconds in enumerate(clock.slept):
            seen[number].append(seconds)
    for number, waits in enumerate(seen):
        bound = min(8.0, 0.5 * 2 ** number)
        assert 0 <= min(waits) < 0.1 * bound and 0.9 * bound < max(waits) <= bound


@pytest.mark.parametrize("headers, seconds", [({"Retry-After": "3"}, 3), ({"retry-after": "0.25"}, 0.25), ({"Retry-After-Ms": "70", "Retry-After": "9"}, 0.07),
                                              ({"Retry-After": "Thu, 01 Jan 1970 00:20:00 GMT"}, 200), ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
                                              ({"Retry-After": "soon"}, None), ({"Retry-After": "-5"}, None), ({}, None)])
def test_how_long_a_server_asks_to_wait(headers, seconds):
    assert asked_wait(Headers.of(list(headers.items())), lambda: 1000.0) == seconds


def test_the_asked_wait_is_kept():
    clock = Clock()
    sent([response(503, retry_after="7"), response(200)], clock)
    assert 7 <= sum(clock.slept) <= 9
    reply, tries = sent([response(429, retry_after="3600"), response(200)])
    assert (reply.response.status, tries) == (429, 1)       # nobody waits an hour


@pytest.mark.parametrize("asked", ["0", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_wait_of_nothing_does_not_use_up_the_tries_at_once(asked):
    waits = []
    for seed in range(50):
        clock = Clock(seed)
        sent([response(503, retry_after=asked)] * 7 + [response(200)], clock, patience=Patience(clock.now, 1000))
        waits.append(sum(clock.slept))
    assert min(waits) > 3 and 13 < sum(waits) / 50 < 19


def test_a_dead_provider_ends_the_run_soon():
    for failure in (response(500), TransportError("refused", "the connection was refused", where="here", hint="look"), response(502)):
        for seed in range(20):
            clock = Clock(seed)
            client = Client(lambda request: failure if isinstance(failure, Response) else (_ for _ in ()).throw(failure), clock.world)
            with pytest.raises(TransportError) as raised:
                while clock.at < 1100:
                    client.send(lambda: REQUEST)
            assert isinstance(raised.value, Dead) or raised.value is failure
            if isinstance(raised.value, Dead):
                assert clock.at < 1020


@pytest.mark.parametrize("refusal", [response(429), response(429, retry_after="30"), response(503, retry_after="100")])
def test_a_provider_that_only_ever_asks_to_wait_ends_the_run_in_minutes(refusal):
    """However much of that is our own holding back. One that lets something through every minute is alive."""
    clock = Clock()

    class Holding:
        def take(self, tokens):
            clock.at += 6

        def done(self, *_, **__):
            pass
    client = Client(lambda request: refusal, clock.world, limiter=Holding())
    with pytest.raises(Dead):
        while clock.at < 9000:
            client.send(lambda: REQUEST)
    assert 1300 < clock.at < 1330
    clock = Clock()
    client = Client(lambda request: response(200) if clock.at % 60 < 10 else response(429), clock.world, limiter=Holding())
    while clock.at < 9000:
        client.send(lambda: REQUEST)


def test_a_provider_that_hangs_is_given_the_same_time():
    clock = Clock()

    def hang(request: Request) -> Response:
        clock.at += request.timeout()
        raise TransportError("timeout", "no answer in time")
    with pytest.raises(Dead):
        Client(hang, clock.world).send(lambda: REQUEST)
    assert clock.at < 1020


def test_a_slow_answer_has_time_while_others_succeed():
    clock = Clock()
    patience = Patience(clock.now, 10)

    def slow(request: Request) -> Response:
        for _ in range(30):
            assert request.timeout() > 0
            clock.at += 1
            patience.succeeded()        # of another call
        return response(200)
    assert Client(slow, clock.world, patience=patience).send(lambda: REQUEST).tries == 1


def test_silence_before_a_call_is_not_a_failure():
    clock = Clock()
    patience = Patience(clock.now, 10)
    clock.at += 3600
    assert sent([response(500), response(200)], clock, patience=patience)[1] == 2


def test_waiting_for_leave_is_not_a_failure():
    clock = Clock()

    class Slow:
        def take(self, tokens):
            clock.at += 100

        def done(self, *_, **__):
            pass
    outcomes = [response(500), response(500), response(200)]
    client = Client(lambda request: outcomes.pop(0), clock.world, limiter=Slow())
    assert client.send(lambda: REQUEST).tries == 3


def test_one_that_succeeds_keeps_the_run_alive():
    clock = Clock()
    patience = Patience(clock.now, 10)
    pick = random.Random(5)
    for _ in range(300):
        outcomes = [response(500)] * pick.randrange(3) + [response(200)]
        assert sent(outcomes, clock, patience=patience)[1] == len(outcomes)
    assert clock.at > 1100


def test_a_refusal_is_mended_once():
    mended = []
    outcomes = [response(403), response(200)]
    reply, _ = sent(outcomes, mend=lambda refusal: not mended.append(refusal.status))
    assert (reply.response.status, reply.tries, mended) == (200, 2, [403])
    reply, tries = sent([response(403), response(403), response(200)], mend=lambda refusal: True)
    assert (reply.response.status, tries) == (403, 2)


def test_a_provider_may_judge_otherwise():
    reply, tries = sent([response(200, b"not JSON"), response(400), response(200, b"{}")], check=lambda answer: answer.json() is None or answer.status == 400)
    assert (reply.response.body, tries) == (b"{}", 3)
    assert sent([response(500), response(200)], check=lambda answer: False)[1] == 1
    assert judge(response(429), lambda: 0).throttled and not judge(response(503), lambda: 0).throttled


def test_waiting_for_the_place_of_a_try_that_got_no_answer_is_no_excuse():
    now = [0.0]
    patience = Patience(lambda: now[0], 16)
    patience.excuse(0.0, 3.0)               # held back while nothing was tried
    assert patience.left(3.0) == 19.0
    now[0] = 5.0
    patience.unheard()
    patience.failed(0.0, None)
    patience.excuse(2.0, 5.0)               # waited from 2 to 5 for the try that was lost at 5
    assert patience.left(5.0) == 14.0       # 16 since the excuse of old, which ended at 3
