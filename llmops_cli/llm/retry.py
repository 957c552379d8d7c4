"""Tries of one call: which failures are worth another, how long to wait before it, and when to give a whole run up.

    client = Client(transport, world)
    reply = client.send(lambda: request)        # made anew, and signed anew, for each try
    reply.response, reply.tries

`send` returns the last response, whatever its status: what a final 400 means is the provider's to say. It raises
TransportError when there was none, and `Dead` once nothing at all has succeeded for a while.
"""

from threading import Lock
from typing import Callable, Mapping, NamedTuple

from ..wire import Request, Response, Transport, TransportError, World
from .limiter import Limiter

TRIES = 8
BASE_SECONDS, CAP_SECONDS = 0.5, 8.0        # of the wait before the second try, and of the longest
PATIENCE_SECONDS = 16.0     # without a single success, until a provider is dead
CALL_SECONDS = 120.0        # one try, while others succeed
OBEYED_SECONDS = 120.0      # a server that asks to wait longer is not waited for
EXCUSED_SECONDS = 300.0     # without a success, of waits that were asked for or were our own, which patience does not count
RETRIED = {408, 409, 425, 429}      # and 5xx
# What an error body's `code` or `type` may say that no waiting mends, whatever the status.
FINAL_CODES = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "access_terminated", "model_not_found",
               "context_length_exceeded", "invalid_api_key", "account_deactivated"}


class Verdict(NamedTuple):
    """What an answer means for its call: is it worth another try, was it "too fast", how many seconds did it ask to wait."""

    again: bool
    throttled: bool = False
    wait: float | None = None


class Reply(NamedTuple):
    """The answer that counts, how often it was asked for, and how often the server said "too fast"."""

    response: Response
    tries: int
    throttled: int


class Dead(TransportError):
    """Nothing at all has succeeded for a while; what went wrong last is told."""


def judge(response: Response, time: Callable[[], float]) -> Verdict:
    """What an answer means by its status, its headers and its error code alone."""
    if response.status < 400:
        return Verdict(False)
    wait = asked_wait(response.headers, time)
    told = response.headers.get("x-should-retry", "")
    again = response.status in RETRIED or response.status >= 500
    if again and error_codes(response) & FINAL_CODES:
        again = False
    elif told in ("true", "false"):
        again = told == "true"
    return Verdict(again, again and response.status == 429, wait)


def error_codes(response: Response) -> set[str]:
    """The `code` and `type` of an error body of OpenAI's form, in lower case."""
    body = response.json()
    error = body.get("error", body) if isinstance(body, dict) else None
    found = (error.get(key) for key in ("code", "type")) if isinstance(error, dict) else ()
    return {value.lower() for value in found if isinstance(value, str)}


def asked_wait(headers: Mapping[str, str], time: Callable[[], float]) -> float | None:
    """Seconds of `Retry-After-Ms` or `Retry-After` (seconds, or a date as in RFC 9110), None without.

    >>> asked_wait({"retry-after": "1.5"}, lambda: 0), asked_wait({"retry-after": "Thu, 01 Jan 1970 00:01:00 GMT"}, lambda: 50)
    (1.5, 10.0)
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = headers.get(name, "").strip()
        if not text:
            continue
        if text.replace(".", "", 1).isdecimal():
            return float(text) * unit
        if unit == 1.0:
            from email.utils import parsedate_to_datetime
            try:
                return max(0.0, parsedate_to_datetime(text).timestamp() - time())
            except (ValueError, TypeError, IndexError, OverflowError):
                return None
    return None


def backoff(tried: int, random: Callable[[], float]) -> float:
    """Seconds before the next try after `tried` ones: anywhere up to a bound that doubles ("full jitter").

    >>> backoff(1, lambda: 1.0), backoff(9, lambda: 1.0), backoff(3, lambda: 0.5)
    (0.5, 8.0, 1.0)
    """
    return random() * min(CAP_SECONDS, BASE_SECONDS * 2 ** (tried - 1))


class Patience:
    """How long it is since anything succeeded, over all calls of a run. A server that asks to wait is not dead meanwhile, nor
    is one that we hold back from; but no server is waited for without end."""

    def __init__(self, now: Callable[[], float], seconds: float = PATIENCE_SECONDS):
        self._now, self.seconds, self._lock = now, seconds, Lock()
        self._last = now()
        self._failing_since: float | None = None
        self._excused = 0.0
        self._unheard_at = float("-inf")

    def succeeded(self) -> None:
        self._failing_since, self._last = None, self._now()

    def failed(self, began: float, wait: float | None) -> None:
        """A try that began then has failed; the server asked to wait so many seconds."""
        with self._lock:
            if self._failing_since is None:
                self._failing_since = max(began, self._last)
            if wait:
                self._excused = max(self._excused, self._now() + min(wait, OBEYED_SECONDS))

    def unheard(self) -> None:
        """A try got no answer at all."""
        self._unheard_at = self._now()

    def excuse(self, since: float, until: float) -> None:
        """In between we were the ones who held back, unless it was for the place of a try that got no answer meanwhile."""
        if self._unheard_at < since:
            self._excused = max(self._excused, until)

    def left(self, began: float) -> float:
        """Seconds until the provider counts as dead, if nothing succeeds: of a call that began then."""
        since = max(began, self._last) if self._failing_since is None else self._failing_since
        return min(max(since, self._excused), since + EXCUSED_SECONDS) + self.seconds - self._now()


class Client:
    """Sends calls until they succeed or cannot. Many threads may share one: they share its limiter and its patience."""

    def __init__(self, transport: Transport, world: World, *, limiter: Limiter | None = None, patience: Patience | None = None,
                 tries: int = TRIES, call_seconds: float = CALL_SECONDS):
        self._transport, self._world, self._tries, self._call_seconds = transport, world, tries, call_seconds
        self.limiter = limiter or Limiter(world.now, world.sleep)
        self.patience = patience or Patience(world.now)

    def send(self, make: Callable[[], Request], *, tokens: int = 0, check: Callable[[Response], bool | None] = lambda response: None,
             mend: Callable[[Response], bool] = lambda response: False, told: Callable[[Response | TransportError], None] = lambda what: None) -> Reply:
        """The answer to a call that is made with `make` for each try; `tokens` is what it is reckoned to take.

        `check` says of a response that another try is worth it (True), that it is final (False), or nothing (None: by its
        status). `mend` may put right what a refusal complains of (a clock, an outdated key): true means try again at once,
        once a call. `told` hears of each failed try.
        """
        throttled, mended = 0, False
        for tried in range(1, self._tries + 1):
            outcome, verdict, began = self._try(make, tokens, check)
            if isinstance(outcome, Response):
                if not verdict.again and outcome.status >= 400 and not mended and mend(outcome):
                    mended, (outcome, verdict, began) = True, self._try(make, tokens, check)
            throttled += verdict.throttled
            if isinstance(outcome, Response) and not verdict.again:
                return Reply(outcome, tried + mended, throttled)
            told(outcome)
            self.patience.failed(began, verdict.wait)
            last = tried == self._tries or (verdict.wait or 0) > OBEYED_SECONDS
            if not verdict.again or last:
                if isinstance(outcome, Response):
                    return Reply(outcome, tried + mended, throttled)
                raise outcome
            soon = verdict.wait == 0 and not verdict.throttled      # a 429 has the limiter to hold it back; all else would use up its tries at once
            self._pause(tried, None if soon else verdict.wait, began, outcome)
        raise AssertionError("a call has at least one try")

    def _try(self, make: Callable[[], Request], tokens: int, check: Callable[[Response], bool | None]) -> tuple[Response | TransportError, Verdict, float]:
        """One try: what came of it, what that means, and when it left (waiting for leave is nobody's failure)."""
        asked = self._world.now()
        ticket = self.limiter.take(tokens)
        began = self._world.now()
        if began - asked > 1:
            self.patience.excuse(asked, began)
        call_ends = began + self._call_seconds
        response = None
        try:
            request = make()._replace(timeout=lambda: min(call_ends - self._world.now(), self.patience.left(began)))
            response = self._transport(request)
        except TransportError as error:
            verdict = Verdict(error.retry)
            self.patience.unheard()      # before its place is free
            self.limiter.done(ticket, good=False)
            return error, verdict, began
        except BaseException:
            self.limiter.done(ticket, good=False)
            raise
        verdict = judge(response, self._world.time)
        said = check(response)
        if said is not None:
            verdict = verdict._replace(again=said, throttled=said and verdict.throttled)
        good = response.status < 400
        self.limiter.done(ticket, throttled=verdict.throttled, good=good, wait=verdict.wait, headers=response.headers)
        if not verdict.again:
            self.patience.succeeded()       # also a refusal: somebody is there
        return response, verdict, began

    def _pause(self, tried: int, wait: float | None, began: float, outcome: Response | TransportError) -> None:
        """Wait before the next try, no longer than patience lasts. Dead when it is at its end."""
        jitter = backoff(tried, self._world.random)
        seconds = jitter if wait is None else wait + min(jitter, 0.25 * wait)
        ends = self._world.now() + seconds
        while True:
            left = self.patience.left(began)
            if left <= 0:
                raise _dead(outcome, self.patience.seconds)
            rest = ends - self._world.now()
            if rest <= 0:
                return
            self._world.sleep(min(rest, max(0.01, left)))


def _dead(outcome: Response | TransportError, seconds: float) -> Dead:
    if isinstance(outcome, TransportError):
        return Dead(outcome.kind, outcome.message, where=outcome.where, hint=outcome.hint, retry=False)
    return Dead("http", f"nothing but errors for {seconds:.0f} s, the last with status {outcome.status}", retry=False,
                hint="see the provider's status page, or try again later")
