"""The limiter against servers that are a few lines of arithmetic, on a clock that jumps from event to event."""

import heapq
import itertools
import random
import threading
import time

import pytest

from llmops_cli.llm.limiter import Limiter, seconds_of
from llmops_cli.wire import Headers


class Bucket:
    """Lets through `rate` calls a second, and a burst of some after a pause."""

    def __init__(self, rate: float, burst: float):
        self.rate, self.burst, self.held, self.at = rate, burst, burst, 0.0

    def __call__(self, now: float) -> bool:
        self.held = min(self.burst, self.held + (now - self.at) * self.rate)
        self.at = now
        if self.held < 1:
            return False
        self.held -= 1
        return True


class Window:
    """Lets through `rate` calls in each second of the clock."""

    def __init__(self, rate: float):
        self.rate, self.second, self.count = rate, -1, 0

    def __call__(self, now: float) -> bool:
        if int(now) != self.second:
            self.second, self.count = int(now), 0
        self.count += 1
        return self.count <= self.rate


def worked(server, *, workers: int, latency: float, seconds: float, wait: float | None = None, **options) -> tuple[int, int]:
    """(answers, 429) of `workers` that call a server through one limiter for so long. A refusal comes at once."""
    pick, clock, number = random.Random(9), [0.0], itertools.count()
    limiter = Limiter(lambda: clock[0], lambda seconds: None, **options)
    events = [(pick.random() * 0.01, next(number), "ask", None) for _ in range(workers)]
    answers = refusals = 0
    while events[0][0] < seconds:
        clock[0], _, what, ticket = heapq.heappop(events)
        if what == "ask":
            pause = limiter.ask(0)
            after, then = (pause, ("ask", None)) if isinstance(pause, float) else (latency * pick.uniform(0.3, 0.5), ("arrive", pause))
        elif what == "arrive":
            through = server(clock[0])
            after, then = (latency * pick.uniform(0.5, 0.8), ("good", ticket)) if through else (0.002, ("refused", ticket))
        else:
            limiter.done(ticket, throttled=what == "refused", wait=wait if what == "refused" else None)
            answers += what == "good"
            refusals += what == "refused"
            after, then = (0.0 if what == "good" else wait or pick.random() / 2), ("ask", None)
        heapq.heappush(events, (clock[0] + after, next(number), *then))
    return answers, refusals


@pytest.mark.parametrize("rate, burst, workers", [(20, 20, 8), (50, 5, 32), (100, 10, 32), (100, 100, 32), (200, 20, 64), (400, 40, 64)])
def test_a_limit_is_used_and_little_is_wasted(rate, burst, workers):
    seconds = max(20, 4000 / rate)
    answers, refusals = worked(Bucket(rate, burst), workers=workers, latency=0.05, seconds=seconds)
    assert answers >= 0.95 * rate * seconds and refusals <= 0.02 * answers


@pytest.mark.parametrize("rate", [20, 100])
@pytest.mark.parametrize("wait", [None, 1.0])
def test_a_limit_by_the_second(rate, wait):
    seconds = 6000 / rate
    answers, refusals = worked(Window(rate), workers=32, latency=0.05, seconds=seconds, wait=wait)
    assert answers >= 0.9 * rate * seconds and refusals <= 0.03 * answers


def test_without_a_limit_nothing_is_held_back():
    answers, _ = worked(lambda now: True, workers=32, latency=0.05, seconds=10)
    assert answers >= 0.97 * 10 * 32 / (0.05 * 1.05)


def test_a_429_now_and_then_by_chance_does_not_slow_down():
    pick = random.Random(2)
    answers, refusals = worked(lambda now: pick.random() > 0.1, workers=32, latency=0.05, seconds=30, wait=0.1)
    assert answers >= 0.85 * 30 * 32 / (0.05 + 0.1 * 0.1) and 0.05 < refusals / answers < 0.15


def test_a_limit_that_rises_is_found_again():
    one, other = Bucket(20, 5), Bucket(80, 20)
    answers, _ = worked(lambda now: one(now) if now < 20 else other(now), workers=16, latency=0.05, seconds=60)
    assert answers >= 0.7 * (20 * 20 + 40 * 80)


def test_limits_that_are_known_beforehand():
    answers, refusals = worked(Bucket(10, 1.5), workers=16, latency=0.05, seconds=60, per_minute=594)
    assert answers >= 0.95 * 600 and refusals <= 0.02 * answers


def test_tokens_a_minute():
    clock, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds
    limiter = Limiter(lambda: clock[0], sleep, tokens_per_minute=60_000)
    for _ in range(200):
        limiter.done(limiter.take(tokens=500), tokens=1000)     # each takes twice what was reckoned
    assert 185 <= clock[0] <= 205


def test_what_headers_say_is_left():
    clock = [0.0]
    limiter = Limiter(lambda: clock[0], lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    limiter.done(limiter.take(), headers=Headers.of([("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "6s")]))
    limiter.take()
    assert clock[0] == 6
    limiter.done(limiter.take(), headers=Headers.of([("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "60s"), ("x-ratelimit-limit-requests", "60")]))
    limiter.take()
    assert 7 <= clock[0] <= 10      # one of sixty is back after a second
    for number in ("\xb2", "9" * 5000, "-1", "many"):
        limiter.done(limiter.take(), headers=Headers.of([("x-ratelimit-remaining-requests", number), ("x-ratelimit-limit-requests", number), ("x-ratelimit-reset-requests", "6s")]))


@pytest.mark.parametrize("text, seconds", [("1h2m3.5s", 3723.5), ("6m0s", 360), ("20ms", 0.02), ("3", 3), ("", 0), ("soon", 0), ("-1s", 0)])
def test_lengths_of_time_in_headers(text, seconds):
    assert seconds_of(text) == seconds


def test_threads_of_this_machine():
    server, lock, seen = Bucket(200, 20), threading.Lock(), {True: 0, False: 0}
    limiter = Limiter(time.monotonic, time.sleep)
    ends = time.monotonic() + 1.5

    def work() -> None:
        while time.monotonic() < ends:
            ticket = limiter.take()
            with lock:
                through = server(time.monotonic())
                seen[through] += 1
            time.sleep(0.01)
            limiter.done(ticket, throttled=not through)
    threads = [threading.Thread(target=work) for _ in range(16)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert seen[True] > 150 and seen[False] < seen[True]
