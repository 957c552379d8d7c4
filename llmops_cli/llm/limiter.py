"""How fast to ask: a pace shared by all threads, found out by trying, that slows down on 429 and creeps up again.

At first nothing is paced; only the number of calls in flight grows from a few, so that the first 429 cost few. When most of
the latest answers are 429, calls leave evenly from then on (`Pace`). When only some are, half as fast is tried for a short
while: if the 429 go away, there is a limit and the pace is kept to it; if they stay, they come by chance and slowing down
would only lose time.
"""

from collections import deque
from threading import Lock
from typing import Callable, Mapping, NamedTuple

from .pace import Pace

FIRST_IN_FLIGHT = 4         # calls at once before the first answer
WARY_IN_FLIGHT = 8          # and while it is found out what a 429 means
GROWTH = 0.5                # of a call more for each answer: half as many again per round trip
LATEST, MOST = 16, 12       # of so many answers, so many 429: too fast, without a doubt
SAMPLE = 64                 # answers that tell how many are 429
TRIAL, SLOWER = 32, 0.5     # calls of a trial, and its pace as a share of what got through before
CHANCE_SECONDS = 60.0       # until 429 that came by chance are looked into again
TOKENS_OF_A_CALL = 2000     # that must be left for the next call to be let through, about
POLL = 0.005                # seconds between two looks at whether a call in flight has come back
LONGEST_HOLD = 60.0         # seconds that a header may hold everybody back


class Ticket(NamedTuple):
    """Leave to send one call: when it was given, and the tokens reckoned for it."""

    at: float
    tokens: int


class Limiter:
    """Hands out leave to call. `now` and `sleep` are a clock and its sleep, in seconds; `per_minute` and `tokens_per_minute`
    are limits that are known beforehand."""

    def __init__(self, now: Callable[[], float], sleep: Callable[[float], None], *, per_minute: float | None = None,
                 tokens_per_minute: float | None = None):
        self._now, self._sleep, self._lock = now, sleep, Lock()
        self._ceiling = per_minute / 60 if per_minute else None
        self._tokens = _Bucket(tokens_per_minute / 60, now()) if tokens_per_minute else None
        self._pace: Pace | None = None
        self._trial: _Trial | None = None
        self._in_flight, self._window = 0, float(FIRST_IN_FLIGHT)
        self._next = self._held_until = 0.0
        self._strikes, self._struck_at = 0, 0.0      # 429 in a row, the last one that was news
        self._answers: deque[tuple[float, bool]] = deque(maxlen=SAMPLE)     # when, and whether it was 429, since the last verdict
        self._wary = False
        self._chance, self._chance_until = 0.0, 0.0      # the share of 429 that come by chance
        self.throttled = 0          # how often a server said 429

    def take(self, tokens: int = 0) -> Ticket:
        """Wait until a call may leave. `done` must follow, whatever becomes of it."""
        while not isinstance(given := self.ask(tokens), Ticket):
            self._sleep(given)
        return given

    def ask(self, tokens: int = 0) -> Ticket | float:
        """Leave to call now, or the seconds after which to ask again."""
        with self._lock:
            now = self._now()
            seconds = self._wait(now, tokens)
            if seconds is not None:
                return float(seconds)
            self._in_flight += 1
            return Ticket(now, tokens)

    def _wait(self, now: float, tokens: int) -> float | None:
        """Seconds after which to ask again, None when a call may leave now."""
        if now < self._held_until:
            return self._held_until - now
        if self._pace is None and self._in_flight >= (WARY_IN_FLIGHT if self._wary else self._window):
            return POLL
        if self._tokens and (seconds := self._tokens.wait(now, tokens)):
            return seconds
        rate = self._rate(now)
        if rate is not None:
            if now < self._next:
                return self._next - now
            self._next = max(self._next, now) + 1 / rate
        if self._tokens:
            self._tokens.spend(tokens)
        return None

    def _rate(self, now: float) -> float | None:
        found = self._pace.rate(now) if self._pace else self._trial.rate if self._trial else None
        return min((rate for rate in (found, self._ceiling) if rate is not None), default=None)

    def done(self, ticket: Ticket, *, throttled: bool = False, good: bool = True, wait: float | None = None,
             headers: Mapping[str, str] | None = None, tokens: int | None = None) -> None:
        """Say what came of a call: `throttled` for 429 and its like, `good` for an answer, the `wait` that the server asked
        for, its headers, the tokens that it really took."""
        with self._lock:
            now = self._now()
            self._in_flight -= 1
            self._answers.append((now, throttled))
            if throttled:
                self.throttled += 1
            elif good:
                self._window += GROWTH
            if self._pace:
                self._keep_pace(now, ticket, throttled, good, wait)
            else:
                self._look_for_limit(now, ticket, throttled)
            if headers and not throttled:       # what a 429 means for the others is found out, not believed
                self._heed(now, headers)
            if self._tokens and tokens is not None:
                self._tokens.spend(tokens - ticket.tokens)

    def _look_for_limit(self, now: float, ticket: Ticket, throttled: bool) -> None:
        """Is there a limit, to judge by the answers of late?"""
        if throttled:
            self._wary = now >= self._chance_until
        elif self._wary and len(self._answers) == SAMPLE:
            self._wary = any(was for _, was in self._answers)
        if throttled and sum(was for _, was in list(self._answers)[-LATEST:]) >= MOST:
            self._set_pace(now, max(2.0, self._let_through(now)))
        elif self._trial:
            if ticket.at >= self._trial.since:
                verdict = self._trial.told(throttled)
                if verdict is not None:
                    self._judge(now, verdict)
        elif len(self._answers) == SAMPLE and now >= self._chance_until:
            share = sum(was for _, was in self._answers) / SAMPLE
            if share > max(0.02, 2 * self._chance):
                through = self._let_through(now)
                self._trial = _Trial(max(1.0, through * SLOWER), through, now)

    def _judge(self, now: float, share: float) -> None:
        trial, self._trial = self._trial, None
        if share == 0:
            self._set_pace(now, trial.through)
        elif trial.second:
            self._by_chance(now, share)
        else:       # what got through before may have been a burst that is allowed once: slower still
            through = TRIAL * (1 - share) / max(0.02, now - trial.since)
            self._trial = _Trial(max(1.0, through * SLOWER), through, now, second=True)

    def _by_chance(self, now: float, share: float) -> None:
        self._pace, self._chance, self._chance_until, self._wary = None, share, now + CHANCE_SECONDS, False
        self._answers.clear()

    def _set_pace(self, now: float, rate: float) -> None:
        self._pace, self._trial = Pace(now, rate), None
        self._strikes, self._struck_at = 1, now

    def _keep_pace(self, now: float, ticket: Ticket, throttled: bool, good: bool, wait: float | None) -> None:
        news = ticket.at >= self._struck_at         # it left after the last news of this kind
        if not throttled:
            self._pace.good += good
            if news and good:
                self._strikes = 0
        elif news:
            if self._strikes:       # nothing has gone through since: hold everybody back, longer each time
                seconds = wait if wait and self._strikes > 1 else 0.05 * 2 ** self._strikes
                self._held_until = max(self._held_until, now + min(seconds, LONGEST_HOLD))
                self._pace.hold(self._held_until)
            elif self._pace.cut(now):
                self._by_chance(now, sum(was for _, was in self._answers) / len(self._answers))
                return
            self._strikes, self._struck_at = min(self._strikes + 1, 7), now

    def _let_through(self, now: float) -> float:
        """Good answers a second, of late."""
        since = self._answers[0][0]
        return sum(1 for _, was in self._answers if not was) / max(0.02, now - since)

    def _heed(self, now: float, headers: Mapping[str, str]) -> None:
        """Hold back when a server says that no calls, or no tokens, are left for now (`x-ratelimit-*` of OpenAI and others). The
        time to the reset is that until all are back."""
        for what in ("requests", "tokens"):
            left = headers.get(f"x-ratelimit-remaining-{what}", "")
            if whole(left) and int(left) <= (self._in_flight if what == "requests" else 0):
                limit = headers.get(f"x-ratelimit-limit-{what}", "")
                reset = seconds_of(headers.get(f"x-ratelimit-reset-{what}", ""))
                if reset and whole(limit):        # a bucket that fills up evenly
                    needed = self._in_flight + 1 - int(left) if what == "requests" else TOKENS_OF_A_CALL
                    reset *= min(1.0, needed / max(1, int(limit) - int(left)))
                self._held_until = max(self._held_until, now + min(reset, LONGEST_HOLD))


class _Trial:
    """A short while at a slower pace, after which `through` is known to get through: do the 429 go away?"""

    def __init__(self, rate: float, through: float, since: float, second: bool = False):
        self.rate, self.through, self.since, self.second = rate, through, since, second
        self._told: list[bool] = []

    def told(self, throttled: bool) -> float | None:
        """Take one answer in; the share of 429 once there are enough."""
        self._told.append(throttled)
        return sum(self._told) / len(self._told) if len(self._told) >= TRIAL else None


class _Bucket:
    """Tokens that may be used, filling up at `rate` a second to a minute's worth; it may fall below nothing and then waits."""

    def __init__(self, rate: float, now: float):
        self._rate, self._at = rate, now
        self._held = rate * 5       # seconds' worth to begin with: a minute's at once is what a provider refuses

    def wait(self, now: float, tokens: int) -> float:
        self._held = min(self._rate * 60, self._held + (now - self._at) * self._rate)
        self._at = now
        needed = min(tokens, self._rate * 5)
        return max(0.0, needed - self._held) / self._rate

    def spend(self, tokens: int) -> None:
        self._held -= tokens


def whole(text: str) -> bool:
    """Whether a header is a whole number, and not one that nobody means."""
    return text.isdecimal() and len(text) < 20


def seconds_of(text: str) -> float:
    """Seconds of `20ms`, `1s`, `6m0s`, `1h2m3.5s`, `12`; 0 when it is none of these.

    >>> seconds_of("6m0s"), seconds_of("20ms"), seconds_of("1.5"), seconds_of("soon")
    (360.0, 0.02, 1.5, 0.0)
    """
    import re
    if not re.fullmatch(r"(?:\d+(?:\.\d+)?(?:ms|h|m|s|d)?)+", text or ""):
        return 0.0
    units = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s|d)?", text))
